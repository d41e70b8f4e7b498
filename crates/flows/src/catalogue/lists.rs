//! Price lists beside the default one: each a share of the price, and each price known to arrive.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use daybook_connectors::sitoo::{Element, ListPrice};
use daybook_domain::{Money, causes::Cause, exchange::Called, priority::Priority, sku::fold};
use daybook_store::{
    exception,
    list_price::{self, Differing},
    price_arrival::{self, Arrival, DEFAULT_LIST},
    till_product,
};

use super::{CatalogueReport, FLOW, goes_on, sitoo, sweep};
use crate::{app::App, error::FlowError, exchanges, mirror, sales::evaluate::DAYBOOK};

/// How old a change of the price may be that a list follows, and is still the reason for it.
const FOLLOWS: Duration = Duration::from_hours(24);
/// How far an item may have moved in its list since the list was read.
const SLACK: usize = 50;
/// Prices that are looked for in one go.
const SOUGHT: usize = 10_000;

/// The lists that are kept: id and share in per cent. The default list is never one of them.
fn kept(app: &App) -> impl Iterator<Item = (i64, i64)> + '_ {
    let lists = app.settings.catalogue.price_lists.iter();
    let lists = lists.filter_map(|(id, percent)| Some((id.parse().ok()?, i64::from(*percent))));
    lists.filter(|(id, _)| *id != DEFAULT_LIST)
}

/// Reads every list anew, as part of the nightly comparison.
pub(super) async fn read_all(app: &App) -> Result<(), FlowError> {
    for (list, _) in kept(app) {
        let mut tx = app.db.begin().await?;
        list_price::clear(&mut tx, list).await?;
        tx.commit().await?;
        let mut start = 0;
        loop {
            let read = page(app, list, start).await?;
            start += read;
            if read < mirror::PAGE {
                break;
            }
        }
    }
    Ok(())
}

/// Reads a page of a list, and notes which prices have arrived. Returns how many rows it had.
async fn page(app: &App, list: i64, start: usize) -> Result<usize, FlowError> {
    let client = app.sitoo.at(Priority::Catalogue);
    let Called { outcome, exchanges } = client.list_prices(list, start, mirror::PAGE).await;
    exchanges::keep(app, None, exchanges).await?;
    let page = outcome.map_err(sitoo)?;
    let read = page.len();
    let prices: Vec<(String, Money)> =
        page.into_iter().map(|item| (item.sku, item.price)).collect();
    let sought = sought(app, list).await?;
    let seen = prices.iter().filter_map(|(sku, price)| Some((sought.get(sku)?.clone(), *price)));
    let seen: Vec<(String, Money)> = seen.collect();
    let mut tx = app.db.begin().await?;
    list_price::put(&mut tx, list, &prices).await?;
    price_arrival::read_back(&mut tx, app.now(), list, &seen).await?;
    tx.commit().await?;
    Ok(read)
}

/// Variants whose price in a list was written and not seen yet, by their SKU at the tills.
async fn sought(app: &App, list: i64) -> Result<HashMap<String, String>, FlowError> {
    let unseen = price_arrival::unseen(&app.db, list, "", SOUGHT).await?;
    let links: Vec<String> = unseen.iter().map(|one| fold(&one.sku)).collect();
    let by_link: HashMap<String, String> =
        unseen.into_iter().map(|one| (fold(&one.sku), one.sku)).collect();
    let products = till_product::by_links(&app.db, &links).await?;
    let variant = |linked: till_product::Linked| {
        Some((linked.product.sku, by_link.get(&linked.link)?.clone()))
    };
    Ok(products.into_iter().filter_map(variant).collect())
}

/// Writes the prices of further lists that differ from their share of the price. A write whose
/// reply was lost is simply made again: it sets what is set already.
pub(super) async fn write(app: &App, report: &mut CatalogueReport) -> Result<(), FlowError> {
    forget(app).await?;
    for (list, percent) in kept(app) {
        let mut after = 0;
        let mut refusal = None;
        while goes_on(app).await? {
            let batch = app.settings.catalogue.batch.max(1);
            let found = list_price::differing(&app.db, (list, percent), after, batch).await?;
            let Some(last) = found.last() else { break };
            after = last.product_id;
            expect(app, list, &found).await?;
            if let Some(what) = batch_of(app, list, found, report).await? {
                refusal = Some(what);
            }
        }
        tell(app, list, refusal).await?;
        see(app, list).await?;
    }
    Ok(())
}

/// Prices that will never come are not waited for: the list is not kept any more, or its share of
/// the price is another by now.
async fn forget(app: &App) -> Result<(), FlowError> {
    let lists: Vec<(i64, i64)> = kept(app).collect();
    let mut tx = app.db.begin().await?;
    price_arrival::forget_other_lists(&mut tx, lists.iter().map(|(list, _)| *list)).await?;
    for (list, percent) in lists {
        price_arrival::forget_overtaken_in(&mut tx, list, percent).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Notes what is to arrive. A list follows the price: it has to be there when the price has.
async fn expect(app: &App, list: i64, differing: &[Differing]) -> Result<(), FlowError> {
    let now = app.now();
    let skus: Vec<String> = differing.iter().map(|one| one.variant.clone()).collect();
    let changes = price_arrival::latest(&app.db, DEFAULT_LIST, now.minus(FOLLOWS), &skus).await?;
    let opening = sweep::next_after(app, now, app.settings.catalogue.opening_time);
    let arrival = |one: &Differing| {
        let change = changes.get(&one.variant);
        Arrival {
            sku: one.variant.clone(),
            list,
            decided_at: now,
            old: one.old,
            new: one.price,
            changed_at: change.and_then(|change| change.changed_at),
            due_at: change.map_or(opening, |change| change.due_at),
            written_at: None,
            read_back_at: None,
        }
    };
    let expected: Vec<Arrival> = differing.iter().map(arrival).collect();
    let mut tx = app.db.begin().await?;
    price_arrival::expect(&mut tx, &expected).await?;
    tx.commit().await?;
    Ok(())
}

/// One request. Returns what Sitoo said of an element that it refused.
async fn batch_of(
    app: &App,
    list: i64,
    differing: Vec<Differing>,
    report: &mut CatalogueReport,
) -> Result<Option<String>, FlowError> {
    let prices: Vec<ListPrice> =
        differing.iter().map(|one| ListPrice { sku: one.sku.clone(), price: one.price }).collect();
    let client = app.sitoo.at(Priority::Catalogue);
    let Called { outcome, exchanges } = client.set_list_prices(list, &prices).await;
    exchanges::keep(app, None, exchanges).await?;
    let (mut taken, mut written, mut refusal) = (Vec::new(), Vec::new(), None);
    for (one, outcome) in differing.into_iter().zip(outcome.map_err(sitoo)?) {
        match outcome {
            Element::Done(()) => {
                taken.push((one.sku, one.price));
                written.push((one.variant, one.price));
            }
            Element::Refused(what) => {
                report.refused += 1;
                refusal = Some(format!("{}: {what}", one.sku));
            }
            // It still differs as far as the book knows, and is set again.
            Element::InDoubt(_) => {}
        }
    }
    let mut tx = app.db.begin().await?;
    list_price::put(&mut tx, list, &taken).await?;
    price_arrival::written(&mut tx, app.now(), list, &written).await?;
    tx.commit().await?;
    report.prices += taken.len() as u64;
    Ok(refusal)
}

/// Reads the pages on which prices stand that were written and not seen. Sitoo shows a list in the
/// order of its products, so a few changes need a few pages; what has moved is seen at night.
async fn see(app: &App, list: i64) -> Result<(), FlowError> {
    let sought = sought(app, list).await?;
    if sought.is_empty() {
        return Ok(());
    }
    let places = list_price::in_order(&app.db, list).await?;
    let places = places.iter().enumerate().filter(|(_, sku)| sought.contains_key(*sku));
    let pages: BTreeSet<usize> = places
        .flat_map(|(place, _)| [place.saturating_sub(SLACK), place + SLACK])
        .map(|place| place / mirror::PAGE)
        .collect();
    for number in pages {
        if !goes_on(app).await? {
            break;
        }
        page(app, list, number * mirror::PAGE).await?;
    }
    Ok(())
}

async fn tell(app: &App, list: i64, refusal: Option<String>) -> Result<(), FlowError> {
    let subject = format!("price list {list}");
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if let Some(what) = refusal {
        exception::raise_scoped(&mut tx, now, FLOW, Cause::ProductRefused, &subject, &what).await?;
    } else {
        let about = (FLOW, Cause::ProductRefused, subject.as_str());
        exception::close_subject(&mut tx, now, about, DAYBOOK, "its cause is gone").await?;
    }
    tx.commit().await?;
    Ok(())
}
