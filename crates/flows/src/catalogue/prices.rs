//! The proof that prices arrive, and price lists beside the default one.

use std::collections::HashMap;

use daybook_connectors::sitoo::ListPrice;
use daybook_domain::{
    Money, Timestamp,
    catalogue::{Action, TillProduct},
    causes::Cause,
    exchange::Called,
    priority::Priority,
    sku::fold,
};
use daybook_store::{
    exception, list_price,
    price_arrival::{self, Arrival, DEFAULT_LIST},
    till_product,
};

use super::{CatalogueReport, FLOW, goes_on, known::Known, mirror, piece::Work, sitoo, sweep};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying, sales::evaluate::DAYBOOK};

/// The price that a work brings to the tills, and by when it must be there.
pub(super) fn expected(app: &App, now: Timestamp, work: &Work) -> Option<Arrival> {
    let old = work.product.as_ref().map(|product| product.price);
    let new = match &work.judged.action {
        Action::Create(new) => new.price,
        Action::Update { patch, .. } => patch.price?,
        Action::Nothing => return None,
    };
    // What OrderWise changed after we last looked is its change; anything else (a new product, a
    // price that somebody changed in Sitoo) counts from now.
    let amended = work.variant.last_amended;
    let changed_at = amended.filter(|at| work.item.decided_at.is_some_and(|looked| *at >= looked));
    let from = changed_at.unwrap_or(now).min(now);
    Some(Arrival {
        sku: work.variant.variant.sku.clone(),
        list: DEFAULT_LIST,
        decided_at: now,
        old,
        new,
        changed_at: amended,
        due_at: sweep::next_after(app, from, app.settings.catalogue.opening_time),
        written_at: None,
        read_back_at: None,
    })
}

/// What variants cost at the tills, of those that were found there.
pub(super) fn of<'a>(
    known: &Known,
    skus: impl Iterator<Item = &'a str>,
    found: &[TillProduct],
) -> Vec<(String, Money)> {
    let by_link: HashMap<String, Money> =
        found.iter().map(|product| (known.link(&product.sku), product.price)).collect();
    let price = |sku: &str| Some((sku.to_owned(), *by_link.get(&fold(sku))?));
    skus.filter_map(price).collect()
}

/// Reads the products back whose prices were written and not seen at once.
pub(super) async fn see(app: &App, known: &Known) -> Result<(), FlowError> {
    let mut after = String::new();
    while goes_on(app).await? {
        let unseen = price_arrival::unseen(&app.db, &after, mirror::NAMED).await?;
        let Some(last) = unseen.last() else { break };
        after.clone_from(&last.sku);
        let links: Vec<String> = unseen.iter().map(|one| fold(&one.sku)).collect();
        let products = till_product::by_links(&app.db, &links).await?;
        let ids: Vec<i64> = products.iter().map(|linked| linked.product.product_id).collect();
        let read_at = app.now();
        let found = mirror::read_ids(app, &ids).await?;
        let seen = of(known, unseen.iter().map(|one| one.sku.as_str()), &found);
        mirror::keep(app, known, read_at, found).await?;
        let note = || async {
            let mut tx = app.db.begin().await?;
            price_arrival::read_back(&mut tx, app.now(), DEFAULT_LIST, &seen).await?;
            Ok(tx.commit().await?)
        };
        retrying(app, "prices seen", note).await?;
    }
    Ok(())
}

/// The lists that are kept: id and share in per cent. The default list is never one of them.
fn kept(app: &App) -> impl Iterator<Item = (i64, i64)> + '_ {
    let lists = app.settings.catalogue.price_lists.iter();
    let lists = lists.filter_map(|(id, percent)| Some((id.parse().ok()?, i64::from(*percent))));
    lists.filter(|(id, _)| *id != DEFAULT_LIST)
}

/// Reads every list anew, as part of the nightly comparison.
pub(super) async fn read_lists(app: &App) -> Result<(), FlowError> {
    for (list, _) in kept(app) {
        let clear = || async {
            let mut tx = app.db.begin().await?;
            list_price::clear(&mut tx, list).await?;
            Ok(tx.commit().await?)
        };
        retrying(app, "a price list", clear).await?;
        let mut start = 0;
        loop {
            let Called { outcome, exchanges } =
                app.sitoo.at(Priority::Catalogue).list_prices(list, start, mirror::PAGE).await;
            exchanges::keep(app, None, exchanges).await?;
            let page = outcome.map_err(sitoo)?;
            start += page.len();
            let full = page.len() >= mirror::PAGE;
            let prices: Vec<(String, Money)> =
                page.into_iter().map(|item| (item.sku, item.price)).collect();
            retrying(app, "a price list", || put(app, list, &prices)).await?;
            if !full {
                break;
            }
        }
    }
    Ok(())
}

/// Writes the prices of further lists that differ from their share of the price. A write whose
/// reply was lost is simply made again: it sets what is set already.
pub(super) async fn lists(app: &App, report: &mut CatalogueReport) -> Result<(), FlowError> {
    for (list, percent) in kept(app) {
        let mut after = 0;
        let mut refusal = None;
        while goes_on(app).await? {
            let batch = app.settings.catalogue.batch.max(1);
            let found = list_price::differing(&app.db, (list, percent), after, batch).await?;
            let Some(last) = found.last() else { break };
            after = last.product_id;
            let prices: Vec<ListPrice> =
                found.into_iter().map(|one| ListPrice { sku: one.sku, price: one.price }).collect();
            if let Some(what) = write_list(app, list, prices, report).await? {
                refusal = Some(what);
            }
        }
        retrying(app, "a price list", || tell(app, list, refusal.as_deref())).await?;
    }
    Ok(())
}

/// One request. Returns what Sitoo said of an element that it refused.
async fn write_list(
    app: &App,
    list: i64,
    prices: Vec<ListPrice>,
    report: &mut CatalogueReport,
) -> Result<Option<String>, FlowError> {
    let Called { outcome, exchanges } =
        app.sitoo.at(Priority::Catalogue).set_list_prices(list, &prices).await;
    exchanges::keep(app, None, exchanges).await?;
    let (mut taken, mut refusal) = (Vec::new(), None);
    for (item, outcome) in prices.into_iter().zip(outcome.map_err(sitoo)?) {
        match outcome {
            Ok(()) => taken.push((item.sku, item.price)),
            Err(what) => {
                report.refused += 1;
                refusal = Some(format!("{}: {what}", item.sku));
            }
        }
    }
    retrying(app, "a price list", || put(app, list, &taken)).await?;
    report.prices += taken.len() as u64;
    Ok(refusal)
}

async fn put(app: &App, list: i64, prices: &[(String, Money)]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    list_price::put(&mut tx, list, prices).await?;
    Ok(tx.commit().await?)
}

async fn tell(app: &App, list: i64, refusal: Option<&str>) -> Result<(), FlowError> {
    let subject = format!("price list {list}");
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some(what) = refusal {
        exception::raise_scoped(&mut tx, now, FLOW, Cause::ProductRefused, &subject, what).await?;
    } else {
        let about = (FLOW, Cause::ProductRefused, subject.as_str());
        exception::close_subject(&mut tx, now, about, DAYBOOK, "its cause is gone").await?;
    }
    tx.commit().await?;
    Ok(())
}
