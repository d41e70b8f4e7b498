//! Sitoo: the address, the credentials, and everything that Daybook reads there.

use std::{collections::BTreeSet, time::Duration};

use daybook_connectors::{
    Sitoo,
    sitoo::{OrdersQuery, SiteSettings, ZReportsQuery},
};
use daybook_domain::{
    Timestamp, class::Failure, exchange::Called, lookup::Policy, mapping::Mapping, stock::Kind,
    words,
};

use super::{CheckLine, CheckState, Stops, hints};

const AREA: &str = "sitoo";
/// A till's clock may be a little ahead.
const AHEAD: Duration = Duration::from_mins(15);

/// Everything that is read; only the first line where the tills do not answer at all.
pub async fn look(
    sitoo: &Sitoo,
    policy: &Policy,
    mapping: &Mapping,
    now: Timestamp,
) -> Vec<CheckLine> {
    let mut lines = vec![orders(sitoo, now).await];
    if lines.iter().any(|line| line.state == CheckState::Failed) {
        return lines;
    }
    match sitoo.settings(sitoo.site()).await.outcome {
        Ok(settings) => lines.push(site(&settings, policy)),
        // The orders came: it is the site alone that is not there, and so everything of it.
        Err(Failure::NotFound { .. }) => {
            let detail = format!("site {} is not in this account", sitoo.site());
            let hint = "correct sitoo.site: the number of the web shop (eshopid), often 1";
            lines.push(CheckLine::failed(AREA, "site", detail, hint).stopping(&Stops::FLOWS));
            return lines;
        }
        Err(failure) => lines.push(failed("site", &failure, &[Stops::Catalogue])),
    }
    lines.push(warehouses(sitoo, mapping).await);
    lines.push(counted(sitoo.stores(sitoo.site()).await, "stores", &[Stops::Reconcile]));
    lines.push(counted(sitoo.cash_registers(sitoo.site()).await, "registers", &[Stops::Reconcile]));
    lines.push(counted(sitoo.product_groups().await, "product groups", &[Stops::Catalogue]));
    lines.push(z_reports(sitoo, now).await);
    lines
}

/// Address, credentials and the orders themselves: without them there is nothing.
pub async fn orders(sitoo: &Sitoo, now: Timestamp) -> CheckLine {
    let Called { outcome, .. } = sitoo.orders(&OrdersQuery::Newest).await;
    let page = match outcome {
        Ok(page) => page,
        Err(failure) => return failed("orders", &failure, &Stops::FLOWS),
    };
    let Some(newest) = page.orders.first() else {
        return CheckLine::ok(AREA, "orders", "no orders yet");
    };
    let id = newest.order_id;
    match &newest.order {
        Err(failure) => CheckLine::warning(
            AREA,
            "orders",
            format!("newest order is {id}, and it cannot be read: {failure}"),
            "it will be an exception of its own; compare it with \
             crates/connectors/src/sitoo/MAPPING.md",
        ),
        Ok(order) if order.order_date > now.plus(AHEAD) => CheckLine::warning(
            AREA,
            "orders",
            format!("newest order is {id}, and its date has not come yet"),
            "set the clock of that till, or of this machine",
        ),
        Ok(_) => CheckLine::ok(AREA, "orders", format!("newest order is {id}")),
    }
}

/// With which order a book would begin, and how many it leaves to whoever posted until now. `first` is
/// an order id; without one the day counts that begins at `since`.
pub async fn beginning(sitoo: &Sitoo, first: Option<i64>, since: Timestamp) -> CheckLine {
    let from_id = |from: i64| OrdersQuery::FromId { from, start: 0, num: 1 };
    let ours = match first {
        Some(id) => from_id(id),
        None => OrdersQuery::FirstSince(since),
    };
    let (ours, all) = (sitoo.orders(&ours).await.outcome, sitoo.orders(&from_id(1)).await.outcome);
    let (ours, all) = match (ours, all) {
        (Ok(ours), Ok(all)) => (ours, all),
        (Err(failure), _) | (_, Err(failure)) => return failed("beginning", &failure, &[]),
    };
    let before = all.total_count.saturating_sub(ours.total_count).max(0).unsigned_abs();
    let left = match before {
        0 => "none lies before it".to_owned(),
        some => format!(
            "{} before it: Daybook never posts those",
            words::count(some, "order lies", "orders lie")
        ),
    };
    let detail = match ours.orders.iter().min_by_key(|order| order.order_id) {
        Some(order) => {
            let of = order.order.as_ref().map(|order| format!(" of {}", order.order_date));
            let of = of.unwrap_or_default();
            let more = ours.total_count.max(1).unsigned_abs();
            let count = words::count(more, "order", "orders");
            format!("it begins with order {}{of}, {count} so far; {left}", order.order_id)
        }
        None => format!("it begins with the next order; {left}"),
    };
    CheckLine::ok(AREA, "beginning", detail)
}

/// What the newest order says of currency and zone; none where it cannot be read.
pub async fn told_by_tills(sitoo: &Sitoo) -> Option<(String, Option<String>)> {
    let page = sitoo.orders(&OrdersQuery::Newest).await.outcome.ok()?;
    let newest = page.orders.into_iter().find_map(|order| order.order.ok())?;
    Some((newest.currency, newest.time_zone))
}

fn failed(name: &str, failure: &Failure, stops: &[Stops]) -> CheckLine {
    let hint = hints::after(hints::Call::Sitoo, failure);
    CheckLine::failed(AREA, name, failure.to_string(), hint).stopping(stops)
}

fn counted<T>(called: Called<Vec<T>>, name: &str, stops: &[Stops]) -> CheckLine {
    match called.outcome {
        Ok(found) => CheckLine::ok(AREA, name, format!("{} found", found.len())),
        Err(failure) => failed(name, &failure, stops),
    }
}

/// Whether the site's currency and zone are ours; nothing where it does not answer.
pub async fn site_agrees(sitoo: &Sitoo, policy: &Policy) -> Option<CheckLine> {
    sitoo.settings(sitoo.site()).await.outcome.ok().map(|found| site(&found, policy))
}

/// Settings of the site that must not contradict ours; what ours does not say is not judged.
fn site(site: &SiteSettings, policy: &Policy) -> CheckLine {
    let detail = format!("{}, {}, {}", site.name, site.currency, site.time_zone);
    let is_ours = |known: &String| known.eq_ignore_ascii_case(&site.currency);
    let is_said = !site.currency.is_empty() && !policy.currencies.is_empty();
    if is_said && !policy.currencies.iter().any(is_ours) {
        let hint = format!(
            "set policy.currencies = [\"{}\"], if the accounts in OrderWise are kept in it; else \
             correct sitoo.site",
            site.currency
        );
        let ours = policy.currencies.join(", ");
        let detail =
            format!("{detail}: sales in {} are held, the accounts are in {ours}", site.currency);
        return CheckLine::warning(AREA, "site", detail, hint);
    }
    let is_said = !site.time_zone.is_empty() && !policy.default_time_zone.is_empty();
    if is_said && site.time_zone != policy.default_time_zone {
        let hint = format!(
            "set policy.default-time-zone = \"{}\", if the tills stand there",
            site.time_zone
        );
        let detail = format!("{detail}: days here are those of {}", policy.default_time_zone);
        return CheckLine::warning(AREA, "site", detail, hint);
    }
    CheckLine::ok(AREA, "site", detail)
}

/// Every warehouse that a mapping names is there, and of a kind whose stock can be set.
async fn warehouses(sitoo: &Sitoo, mapping: &Mapping) -> CheckLine {
    let found = match sitoo.warehouses(sitoo.site()).await.outcome {
        Ok(found) => found,
        Err(failure) => return failed("warehouses", &failure, &[Stops::Stock]),
    };
    let located = mapping.stores.iter().filter(|(_, store)| store.stock_location_id.is_some());
    let named = located.map(|(id, _)| *id).chain(mapping.warehouses.keys().copied());
    let (mut served, mut wrong) = (0_usize, Vec::new());
    for id in named.collect::<BTreeSet<_>>() {
        match found.iter().find(|warehouse| warehouse.id == id).map(|warehouse| warehouse.kind) {
            Some(Kind::Fifo | Kind::Virtual) => served += 1,
            Some(Kind::Unknown(number)) => wrong.push(format!("{id} is of type {number}")),
            None => wrong.push(format!("{id} is not there")),
        }
    }
    let virtual_ones = found.iter().filter(|one| one.kind == Kind::Virtual).count();
    let detail = format!("{} found, {virtual_ones} of them virtual; {served} mapped", found.len());
    if wrong.is_empty() {
        return CheckLine::ok(AREA, "warehouses", detail);
    }
    let hint = "correct the keys: `daybook map list store` and `daybook map list warehouse`";
    CheckLine::failed(AREA, "warehouses", format!("{detail}; {}", wrong.join(", ")), hint)
        .stopping(&[Stops::Stock])
}

/// The tills' own reports of the last day: what a day is closed by.
async fn z_reports(sitoo: &Sitoo, now: Timestamp) -> CheckLine {
    let added_from = Some(now.minus(Duration::from_hours(24)));
    let query = ZReportsQuery { added_from, ..ZReportsQuery::default() };
    let page = match sitoo.z_reports(&query).await.outcome {
        Ok(page) => page,
        Err(failure) => return failed("Z-reports", &failure, &[Stops::Reconcile]),
    };
    let faults = page.reports.iter().filter_map(|one| one.report.as_ref().err());
    let faults: Vec<_> = faults.chain(page.strays.iter().map(|stray| &stray.fault)).collect();
    let detail = format!("{} of the last 24 hours", page.elements);
    match faults.first() {
        None => CheckLine::ok(AREA, "Z-reports", detail),
        Some(fault) => {
            let detail = format!("{detail}, {} cannot be read: {fault}", faults.len());
            let hint =
                "compare a report with the reference, crates/connectors/src/sitoo/MAPPING.md";
            CheckLine::failed(AREA, "Z-reports", detail, hint).stopping(&[Stops::Reconcile])
        }
    }
}
