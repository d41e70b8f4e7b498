//! The catalogue, as people read it.

use std::fmt::Write as _;

use daybook_domain::{Money, Timestamp, catalogue::Attribute};
use daybook_flows::catalogue::show::{Plan, Progress, Shown, Status};
use daybook_store::{
    catalogue::{FaultRow, family::FamilyItem},
    till_product::Foreign,
};

use super::PriceView;
use crate::{context::Context, printer, words};

pub(super) fn status(context: &Context, status: &Status) -> String {
    let outline = &status.outline;
    let counts = &outline.variants;
    let rows = [
        ("published", counts.published),
        ("hidden", counts.hidden),
        ("withheld", counts.withheld),
        ("not for tills", counts.not_for_tills),
        ("pending", counts.pending),
        ("refused by Sitoo", counts.refused),
        ("not from OrderWise", status.foreign),
        ("families", outline.families.families),
        ("families that are not whole", outline.families.faulty),
        ("prices on their way", outline.prices_pending),
    ];
    let rows = rows.map(|(what, count)| vec![what.to_owned(), words::grouped(count)]).to_vec();
    let mut text = printer::table(&["products", "count"], &[1], rows);
    for (what, progress) in [("reading", &outline.reading), ("working", &outline.working)] {
        if let Some(Progress { done, of, since }) = progress {
            let (done, of) = (words::grouped(*done), words::grouped(*of));
            let _ = write!(text, "\n\n{what}: {done} of {of}, since {}", moment(context, *since));
        }
    }
    let _ = write!(text, "\n\nlast compared as a whole: {}", moment(context, outline.swept_at));
    if !status.not_ready.is_empty() {
        let rows = status.not_ready.iter().map(|group| {
            vec![
                group.cause.code().to_owned(),
                group.subject.clone(),
                words::grouped(group.skus),
                group.example.clone(),
                moment(context, Some(group.oldest)),
            ]
        });
        let head = ["not ready", "about", "skus", "one of them", "since"];
        let _ = write!(text, "\n\n{}", printer::table(&head, &[2], rows.collect()));
    }
    text
}

pub(super) fn faults(context: &Context, faults: &[FaultRow]) -> String {
    if faults.is_empty() {
        return String::new();
    }
    let rows = faults.iter().map(|row| {
        let since = moment(context, Some(row.since));
        vec![row.sku.clone(), row.cause.code().to_owned(), row.detail.clone(), since]
    });
    printer::table(&["sku", "cause", "what is the matter", "since"], &[], rows.collect())
}

pub(super) fn shown(context: &Context, shown: &Shown) -> String {
    let item = shown.item.as_ref();
    let standing = item.and_then(|item| item.standing);
    let mut text = format!(
        "{}: {}",
        shown.variant.variant.sku,
        standing.map_or("not looked at yet", |standing| standing.word())
    );
    if let Some(refusal) = item.and_then(|item| item.refusal.as_deref()) {
        let _ = write!(text, "\nSitoo refused it: {refusal}");
    }
    let price = |price: Option<daybook_domain::catalogue::Price>| {
        price.map_or_else(|| "-".to_owned(), |price| price.to_string())
    };
    let (variant, product) = (&shown.variant, shown.product.as_ref());
    let rate = variant.tax_rate.map(|rate| format!("{rate} %"));
    let rows = [
        ("sku", variant.variant.sku.clone(), product.map(|it| it.sku.clone())),
        ("title", variant.description.clone(), product.map(|it| it.title.clone())),
        ("price with VAT", price(variant.price_inc_vat), product.map(|it| it.price.to_string())),
        ("price without VAT", price(variant.price_exc_vat), None),
        (
            "VAT",
            words::or_dash(rate),
            product.and_then(|it| it.vat_id).map(|id| format!("group {id}")),
        ),
        ("barcode", words::or_dash(variant.ean.clone()), product.map(|it| it.barcode.clone())),
        (
            "told apart by",
            attributes(&variant.attributes),
            product.map(|it| attributes(&it.attributes)),
        ),
        (
            "sold",
            yes(variant.is_wanted()).to_owned(),
            product.map(|it| yes(it.active_pos).to_owned()),
        ),
    ];
    let rows = rows.map(|(what, ours, theirs)| vec![what.to_owned(), ours, words::or_dash(theirs)]);
    let _ = write!(text, "\n\n{}", printer::table(&["", "OrderWise", "Sitoo"], &[], rows.to_vec()));
    if !shown.faults.is_empty() {
        let _ = write!(text, "\n\n{}", faults(context, &shown.faults));
    }
    text
}

fn attributes(attributes: &[Attribute]) -> String {
    let told = attributes.iter().map(|one| format!("{}: {}", one.name, one.value));
    words::or_dash(Some(told.collect::<Vec<_>>().join(", ")).filter(|told| !told.is_empty()))
}

const fn yes(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

pub(super) fn prices(context: &Context, prices: &[PriceView]) -> String {
    if prices.is_empty() {
        return String::new();
    }
    let rows = prices.iter().map(|PriceView { arrival, late }| {
        vec![
            arrival.sku.clone(),
            arrival.list.to_string(),
            money(context, arrival.old),
            money(context, Some(arrival.new)),
            moment(context, arrival.changed_at),
            moment(context, arrival.written_at),
            moment(context, arrival.read_back_at),
            moment(context, Some(arrival.due_at)),
            if *late { "late".to_owned() } else { String::new() },
        ]
    });
    let head = ["sku", "list", "old", "new", "changed", "written", "at the tills", "needed by", ""];
    printer::table(&head, &[1, 2, 3], rows.collect())
}

pub(super) fn foreign(context: &Context, products: &[Foreign]) -> String {
    if products.is_empty() {
        return String::new();
    }
    let rows = products.iter().map(|one| {
        vec![
            one.product_id.to_string(),
            one.sku.clone(),
            one.title.clone(),
            yes(one.active_pos).to_owned(),
            moment(context, Some(one.since)),
        ]
    });
    let head = ["product", "sku", "title", "at the tills", "known since"];
    printer::table(&head, &[0], rows.collect())
}

pub(super) fn families(context: &Context, families: &[FamilyItem]) -> String {
    if families.is_empty() {
        return String::new();
    }
    let rows = families.iter().map(|one| {
        vec![
            one.style.clone(),
            words::or_dash(one.main.map(|id| id.to_string())),
            one.cause.map_or_else(String::new, |cause| cause.code().to_owned()),
            words::or_dash(one.detail.clone()),
            moment(context, one.since),
        ]
    });
    let head = ["style", "product", "cause", "what is the matter", "since"];
    printer::table(&head, &[1], rows.collect())
}

pub(super) fn plan(context: &Context, plan: &Plan) -> String {
    let mut text = format!(
        "would create {}, update {}, hide {}; {} as they should be, {} not ready",
        plan.creates, plan.updates, plan.hides, plan.same, plan.withheld
    );
    if !plan.planned.is_empty() {
        let rows = plan.planned.iter().map(|one| {
            vec![
                one.sku.clone(),
                one.what.to_owned(),
                one.fields.join(", "),
                money(context, one.old_price),
                money(context, one.new_price),
            ]
        });
        let head = ["sku", "what", "fields", "price", "new price"];
        let _ = write!(text, "\n\n{}", printer::table(&head, &[3, 4], rows.collect()));
    }
    text
}

fn moment(context: &Context, at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| words::moment(at, &context.zone()))
}

fn money(context: &Context, amount: Option<Money>) -> String {
    amount.map_or_else(|| "-".to_owned(), |amount| words::money(amount, context.currency()))
}
