//! Families: the variants of a style as one product with choices. The products come first, one by
//! one; then this puts them together. Sitoo takes a family only as a whole and deletes what is not
//! sent any more, so each is read right before it is written, and no row is ever left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daybook_domain::{
    catalogue::{
        FullVariant, TillProduct,
        family::{Family, FamilyRow, Member, StyleJudged, Wanted, judge_style},
    },
    causes::Cause,
    class::Failure,
    exchange::Called,
    posting::Fault,
    priority::Priority,
};
use daybook_store::{
    Tx,
    catalogue::family::{self, FamilyItem, Settled, StyleMember},
    till_product, variant,
};

use super::{CatalogueReport, goes_on, known::Known, sitoo};
use crate::{app::App, error::FlowError, exchanges};

/// Styles that are looked at in one go.
const PIECE: usize = 50;

/// Whether families are made at all.
pub(super) fn are_made(app: &App) -> bool {
    !app.settings.catalogue.families.is_empty()
}

/// Asks for a look at the styles of variants that have been settled.
pub(super) async fn ask(app: &App, tx: &mut Tx, skus: &[String]) -> Result<(), FlowError> {
    if are_made(app) {
        family::queue_of(tx, app.now(), skus).await?;
    }
    Ok(())
}

/// Writes the families that differ.
pub(super) async fn run(
    app: &App,
    known: &Known,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    if !are_made(app) {
        return Ok(());
    }
    resolve(app, known).await?;
    while goes_on(app).await? {
        let due = family::due(&app.db, app.now(), PIECE).await?;
        if due.is_empty() {
            break;
        }
        piece(app, known, due, report).await?;
    }
    Ok(())
}

/// What was sent and has no outcome may still arrive. After the settling time Sitoo is asked what
/// it has, and the style is looked at anew.
async fn resolve(app: &App, known: &Known) -> Result<(), FlowError> {
    let now = app.now();
    for item in family::intended(&app.db).await? {
        let pause = app.settings.catalogue.settling_time;
        let pause = pause.saturating_mul(u32::try_from(item.tries + 1).unwrap_or(u32::MAX));
        let pause = pause.min(app.settings.catalogue.retry_refused_after);
        if item.intent_at.is_some_and(|at| now.since(at) < pause) {
            continue;
        }
        let members = family::members(&app.db, std::slice::from_ref(&item.style)).await?;
        read_back(app, known, members.iter().map(|member| member.product_id)).await?;
        let mut tx = app.db.begin().await?;
        family::doubted(&mut tx, now, &item.style).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// A style with what the book knows of it.
struct Style {
    item: FamilyItem,
    members: Vec<(StyleMember, FullVariant, TillProduct)>,
}

impl Style {
    fn judge(&self, names: &[String]) -> StyleJudged {
        let members: Vec<Member<'_>> = self
            .members
            .iter()
            .map(|(member, variant, product)| Member {
                variant,
                product,
                published: member.published,
            })
            .collect();
        judge_style(&self.item.style, names, &members)
    }

    /// The main variant where the tills show a family.
    fn main(&self) -> Option<i64> {
        self.members.iter().find_map(|(_, _, product)| product.parent_id)
    }

    fn settled(&self, fault: Option<Fault>) -> Settled {
        let fault = fault.map(|fault| (fault.cause, fault.detail));
        let FamilyItem { style, marks, .. } = &self.item;
        let (style, marks) = (style.clone(), *marks);
        Settled { style, main: self.main(), fault, again_at: None, marks }
    }
}

async fn load(app: &App, items: Vec<FamilyItem>) -> Result<Vec<Style>, FlowError> {
    let codes: Vec<String> = items.iter().map(|item| item.style.clone()).collect();
    let members = family::members(&app.db, &codes).await?;
    let skus: Vec<String> = members.iter().map(|member| member.sku.clone()).collect();
    let ids: Vec<i64> = members.iter().map(|member| member.product_id).collect();
    let variants = variant::by_sku_full(&app.db, &skus).await?;
    let mut variants: HashMap<String, FullVariant> =
        variants.into_iter().map(|full| (full.variant.sku.clone(), full)).collect();
    let products = till_product::by_product_ids(&app.db, &ids).await?;
    let products: HashMap<i64, TillProduct> =
        products.into_iter().map(|one| (one.product.product_id, one.product)).collect();
    let mut of_style: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for member in members {
        let (variant, product) = (variants.remove(&member.sku), products.get(&member.product_id));
        if let (Some(variant), Some(product)) = (variant, product) {
            let list = of_style.entry(member.style.clone()).or_default();
            list.push((member, variant, product.clone()));
        }
    }
    let style = |item: FamilyItem| {
        let members = of_style.remove(&item.style).unwrap_or_default();
        Style { item, members }
    };
    Ok(items.into_iter().map(style).collect())
}

/// What came of writing one family.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// It was taken.
    Taken,
    /// Sitoo has it already; the book did not know.
    There,
    /// Not known.
    InDoubt,
    /// It cannot be written.
    Fault(Fault),
}

async fn piece(
    app: &App,
    known: &Known,
    due: Vec<FamilyItem>,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let names = &app.settings.catalogue.families;
    let (mut settled, mut outcomes, mut touched) = (Vec::new(), Vec::new(), BTreeSet::new());
    for style in load(app, due).await? {
        let mut judged = style.judge(names);
        let Some(wanted) = judged.wanted.take() else {
            settled.push(style.settled(judged.faults.pop()));
            continue;
        };
        let outcome = write(app, &style, &wanted).await?;
        if !matches!(outcome, Outcome::Fault(_)) {
            touched.extend(style.members.iter().map(|(member, ..)| member.product_id));
        }
        outcomes.push((style.item, outcome));
    }
    if !touched.is_empty() {
        read_back(app, known, touched.into_iter()).await?;
    }
    let (items, outcomes): (Vec<FamilyItem>, Vec<Outcome>) = outcomes.into_iter().unzip();
    for (style, outcome) in load(app, items).await?.iter().zip(outcomes) {
        settled.extend(concluded(app, style, outcome, report));
    }
    let mut tx = app.db.begin().await?;
    family::settle(&mut tx, app.now(), &settled).await?;
    tx.commit().await?;
    Ok(())
}

/// What is written down about a family after it was read back; nothing while it is in doubt.
fn concluded(
    app: &App,
    style: &Style,
    outcome: Outcome,
    report: &mut CatalogueReport,
) -> Option<Settled> {
    let mut judged = style.judge(&app.settings.catalogue.families);
    let retry_at = app.now().plus(app.settings.catalogue.retry_refused_after);
    match (outcome, judged.wanted) {
        (Outcome::Fault(fault), _) => {
            // What Sitoo refused is tried again; what is unclear waits for a change, or the night.
            let again_at = (fault.cause == Cause::FamilyRefused).then_some(retry_at);
            report.refused += u64::from(again_at.is_some());
            Some(Settled { again_at, ..style.settled(Some(fault)) })
        }
        (Outcome::InDoubt, Some(_)) => None,
        (Outcome::Taken | Outcome::There, Some(_)) => {
            report.refused += 1;
            let fault = refused(&style.item.style, "it was taken, and Sitoo shows another");
            Some(Settled { again_at: Some(retry_at), ..style.settled(Some(fault)) })
        }
        (outcome, None) => {
            report.families += u64::from(outcome == Outcome::Taken);
            report.adopted += u64::from(outcome == Outcome::InDoubt);
            Some(style.settled(judged.faults.pop()))
        }
    }
}

fn refused(style: &str, what: &str) -> Fault {
    let detail = format!("{style}: {what}");
    Fault { cause: Cause::FamilyRefused, subject: "families".to_owned(), detail }
}

/// Reads the family, and writes it if it differs.
async fn write(app: &App, style: &Style, wanted: &Wanted) -> Result<Outcome, FlowError> {
    let read = match read(app, wanted).await? {
        Ok((present, joining)) => wanted.merge(&present, joining),
        Err(failure) => return failed(app, style, failure, false).await,
    };
    let family = match read {
        Ok(Some(family)) => family,
        Ok(None) => return Ok(Outcome::There),
        Err(fault) => return Ok(Outcome::Fault(fault)),
    };
    let mut tx = app.db.begin().await?;
    family::intend(&mut tx, app.now(), &style.item.style).await?;
    tx.commit().await?;
    let client = app.sitoo.at(Priority::Catalogue);
    let Called { outcome, exchanges } = client.set_family(wanted.main, &family).await;
    exchanges::keep(app, None, exchanges).await?;
    match outcome {
        Ok(()) => Ok(Outcome::Taken),
        Err(failure) => failed(app, style, failure, true).await,
    }
}

/// The family as it is, and the rows of those that join.
async fn read(
    app: &App,
    wanted: &Wanted,
) -> Result<Result<(Family, Vec<FamilyRow>), Failure>, FlowError> {
    let client = app.sitoo.at(Priority::Catalogue);
    let Called { outcome, exchanges } = client.family(wanted.main).await;
    exchanges::keep(app, None, exchanges).await?;
    let present = match outcome {
        Ok(present) => present,
        Err(failure) => return Ok(Err(failure)),
    };
    let mut joining = Vec::new();
    for product_id in wanted.joining(&present) {
        let Called { outcome, exchanges } = client.family_row(product_id).await;
        exchanges::keep(app, None, exchanges).await?;
        match outcome {
            Ok(row) => joining.push(row),
            Err(failure) => return Ok(Err(failure)),
        }
    }
    Ok(Ok((present, joining)))
}

/// A failure of this family alone is its fault; one of the whole system ends the pass.
async fn failed(
    app: &App,
    style: &Style,
    failure: Failure,
    is_sent: bool,
) -> Result<Outcome, FlowError> {
    match failure {
        Failure::InDoubt { what } if is_sent => {
            tracing::warn!(style = style.item.style, "a family is in doubt: {what}");
            Ok(Outcome::InDoubt)
        }
        Failure::Refused { .. } | Failure::NotFound { .. } | Failure::Drift { .. } => {
            Ok(Outcome::Fault(refused(&style.item.style, &failure.to_string())))
        }
        failure => {
            let mut tx = app.db.begin().await?;
            family::postpone(&mut tx, app.now(), &style.item.style).await?;
            tx.commit().await?;
            Err(sitoo(failure))
        }
    }
}

/// Reads products again, so that the book knows what Sitoo made of them.
async fn read_back(
    app: &App,
    known: &Known,
    ids: impl Iterator<Item = i64>,
) -> Result<(), FlowError> {
    let ids: Vec<i64> = ids.collect();
    let read_at = app.now();
    let found = known.mirror(app).read_ids(&ids).await?;
    known.mirror(app).keep(read_at, found).await?;
    Ok(())
}
