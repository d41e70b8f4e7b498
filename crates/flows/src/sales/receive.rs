//! Reading Sitoo: new orders by id, missing ids, orders that are not final, orders that events
//! name. A page is stored in the transaction that moves the watermark (promise 1).

use std::collections::BTreeSet;

use daybook_connectors::sitoo::{OrdersPage, OrdersQuery};
use daybook_domain::{
    Timestamp, causes::Cause, class::Failure, classify::SetAside, exchange::Called, posting::Fault,
    priority::Priority,
};
use daybook_store::{
    audit, despatch,
    entry::{self, DueRow, Recorded},
    exception::{self, EntryFaults},
    inbox::{self, InboxEvent},
    watermark,
};

use super::{SyncReport, evaluate::DAYBOOK, page::Page, scan, supply};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying, stock};

/// Name of the watermark: the highest order id that is stored, but for those beyond a leap.
pub(crate) const ORDERS: &str = "orders";
/// Name of the mark until when all orders are in the book.
pub(crate) const READ: &str = "orders-read";

/// Type of the events that tell of a movement in a warehouse (facts/sitoo 7). Their particulars are
/// not documented, so the journal is read for whatever it was.
const STOCK_MOVED: &str = "warehouse-transaction";

/// Types of the events that tell of a till that was closed (facts/sitoo 7).
const TILL_CLOSED: [&str; 2] = ["z-report", "store-z-report"];

/// One pass: everything that Sitoo has for us now.
pub(crate) async fn pass(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    // An event with an id that Sitoo chokes on stops only the events, not the net under them.
    let named = match named_by_events(app, report).await {
        Err(FlowError::Sitoo(failure @ (Failure::Refused { .. } | Failure::Drift { .. }))) => {
            Err(FlowError::Sitoo(failure))
        }
        other => Ok(other?),
    };
    scan::new_orders(app, report).await?;
    missing(app, report).await?;
    not_final(app, report).await?;
    supply::pass(app).await?;
    named
}

/// As [`pass`], and what may have changed since it was last asked for is asked for now: an open
/// order that a till closed, an id that was missing. A level of stock that was read before this
/// holds no sale that is not in the book afterwards.
pub(crate) async fn everything(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let now = app.now();
    let mut changed = entry::rechecked_later(&app.db, now).await?;
    if changed.len() > ids_at_a_time(app) {
        changed = leave_out_open(app, changed).await?;
    }
    retrying(app, "what to ask for", || ask_for(app, now, &changed)).await?;
    pass(app, report).await
}

async fn ask_for(app: &App, now: Timestamp, changed: &[i64]) -> Result<(), FlowError> {
    let due: Vec<_> = changed.iter().map(|id| (*id, Some(now))).collect();
    let mut tx = app.db.begin().await?;
    watermark::ask_now(&mut tx, now).await?;
    entry::reschedule(&mut tx, &due).await?;
    tx.commit().await?;
    Ok(())
}

/// Many orders stay open for long. What Sitoo lists as open and not paid is what it was: of the
/// others each is asked for. An order that a page just missed is asked for, and nothing is lost.
async fn leave_out_open(app: &App, ids: Vec<i64>) -> Result<Vec<i64>, FlowError> {
    let Some(first) = ids.first().copied() else { return Ok(ids) };
    let mut open = BTreeSet::new();
    let (mut start, mut pages) = (0, 0);
    // Asking for each costs so many calls: a list that is longer is of no use.
    let most = ids.len().div_ceil(ids_at_a_time(app));
    loop {
        let client = app.sitoo.at(Priority::Stock);
        let Called { outcome, exchanges } = client.unpaid_open_orders(first, start).await;
        exchanges::keep(app, None, exchanges).await?;
        let (total, page) = outcome.map_err(FlowError::Sitoo)?;
        start += page.len();
        pages += 1;
        let is_last = page.is_empty() || i64::try_from(start).is_ok_and(|read| read >= total);
        open.extend(page);
        if is_last || pages >= most {
            return Ok(ids.into_iter().filter(|id| !open.contains(id)).collect());
        }
    }
}

/// Ids in one request: never more than a page holds, or the rest would pass for absent.
fn ids_at_a_time(app: &App) -> usize {
    let page = usize::try_from(app.sitoo.page_size()).unwrap_or(usize::MAX);
    app.settings.receive.ids_per_request.min(page)
}

/// Somebody wants an order read, such as one that is older than the book: whoever reads orders asks
/// Sitoo for it next. What is not in OrderWise under Daybook's reference is then posted.
pub async fn fetch(app: &App, order_id: i64, actor: &str) -> Result<(), FlowError> {
    let ask = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        // Also where it was given up before.
        watermark::found(&mut tx, &[order_id]).await?;
        watermark::note_missing(&mut tx, now, &[order_id], now).await?;
        audit::append(&mut tx, now, actor, "order-asked-for", &order_id.to_string(), "{}").await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "an order", ask).await?;
    app.wake.receive.notify_one();
    Ok(())
}

/// Asks again for ids that are missing below the watermark, until the age limit.
async fn missing(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let began = app.now();
    loop {
        let now = app.now();
        let ids = watermark::due_missing(&app.db, now.min(began), ids_at_a_time(app)).await?;
        if ids.is_empty() {
            break;
        }
        let page = by_ids(app, now, ids.clone()).await?;
        let write = || write_missing(app, now, &page, &ids);
        report.add_recorded(app, &retrying(app, "missing orders", write).await?);
    }
    retrying(app, "gaps", || give_up_missing(app)).await
}

async fn write_missing(
    app: &App,
    now: Timestamp,
    page: &Page,
    ids: &[i64],
) -> Result<Recorded, FlowError> {
    let mut tx = app.db.begin().await?;
    let recorded = page.record(app, &mut tx).await?;
    watermark::asked(&mut tx, ids, now.plus(app.settings.receive.missing_ask_every)).await?;
    // Whoever asked for an id that no order of this book ever had is not waited for.
    let first = watermark::get(&mut tx, scan::FIRST).await?.unwrap_or(1);
    let mark = watermark::get(&mut tx, ORDERS).await?.unwrap_or(i64::MAX);
    let beyond: Vec<i64> = ids.iter().copied().filter(|id| !(first..=mark).contains(id)).collect();
    watermark::found(&mut tx, &beyond).await?;
    tx.commit().await?;
    Ok(recorded)
}

async fn give_up_missing(app: &App) -> Result<(), FlowError> {
    let now = app.now();
    let before = now.minus(app.settings.receive.missing_age_limit);
    let mut tx = app.db.begin().await?;
    let gaps = watermark::give_up(&mut tx, now, before).await?;
    for id in &gaps {
        let detail = format!("Sitoo never showed order {id}, although later ones came");
        exception::raise_scoped(&mut tx, now, "sitoo", Cause::OrderIdGap, &id.to_string(), &detail)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Reads again what was not final: orders have no modified-since (facts/sitoo 2.8).
async fn not_final(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let began = app.now();
    loop {
        let now = app.now();
        let due = entry::due_recheck(&app.db, now.min(began), ids_at_a_time(app)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = due.iter().map(|row| row.order_id).collect();
        let page = by_ids(app, now, ids).await?;
        let write = || write_not_final(app, now, &page, &due);
        report.add_recorded(app, &retrying(app, "orders that are not final", write).await?);
    }
}

async fn write_not_final(
    app: &App,
    now: Timestamp,
    page: &Page,
    due: &[DueRow],
) -> Result<Recorded, FlowError> {
    let limits = &app.settings.receive;
    let is_young = |row: &&DueRow| now.since(row.received_at) < limits.open_age_limit;
    let again: Vec<_> = due
        .iter()
        .map(|row| (row.order_id, is_young(&row).then(|| now.plus(limits.open_ask_every))))
        .collect();
    let mut tx = app.db.begin().await?;
    entry::reschedule(&mut tx, &again).await?;
    let recorded = page.record(app, &mut tx).await?;
    let left: Vec<_> = due
        .iter()
        .filter(|row| !is_young(row) && !recorded.changed.contains(&row.order_id))
        .filter(|row| row.reason.as_deref() != Some(SetAside::UnknownKind.word()))
        .map(|row| left_open(now, row))
        .collect();
    exception::set_for_entries(&mut tx, now, &left, DAYBOOK).await?;
    // What nobody can judge stays told for as long as it is followed.
    let followed: Vec<_> = again.iter().map(|(order_id, _)| *order_id).collect();
    exception::set_for_entries(&mut tx, now, &page.faults_of(&followed), DAYBOOK).await?;
    tx.commit().await?;
    Ok(recorded)
}

/// Nobody reads it again by himself from now on: a person is told.
fn left_open(now: Timestamp, row: &DueRow) -> EntryFaults {
    let days = now.since(row.received_at).as_secs() / 86_400;
    let why = row.reason.as_deref().unwrap_or("open");
    let detail = format!("still {why} after {days} days; {} {}", row.gross, row.currency);
    let subject = row.reference().to_string();
    let fault = Fault { cause: Cause::OrderLeftOpen, subject, detail };
    EntryFaults { order_id: row.order_id, money: row.gross.abs(), faults: vec![fault] }
}

/// Fetches the orders that events named.
pub(crate) async fn named_by_events(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let limits = &app.settings.receive;
    let began = app.now();
    loop {
        let now = app.now();
        let due = inbox::due(&app.db, now.min(began), ids_at_a_time(app)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let ids: BTreeSet<i64> = due.iter().filter_map(|event| event.order_id).collect();
        let page = ask(app, &OrdersQuery::Ids(ids.into_iter().collect())).await?;
        let seen: BTreeSet<i64> = page.orders.iter().map(|order| order.order_id).collect();
        if due.iter().any(|event| TILL_CLOSED.contains(&event.event_type.as_str())) {
            app.wake.reconcile.notify_one();
        }
        let stock_moved = due.iter().any(|event| event.event_type == STOCK_MOVED);
        let (handled, again): (Vec<_>, Vec<_>) = due.into_iter().partition(|event| {
            let old = now.since(event.received_at) >= limits.missing_age_limit;
            event.order_id.is_none_or(|id| seen.contains(&id)) || old
        });
        let page = Page::of(app, now, page.orders, page.strays);
        let (handled, again) = (event_ids(&handled), event_ids(&again));
        let named = Named { seen: seen.into_iter().collect(), handled, again, stock_moved };
        let write = || write_named(app, now, &page, &named);
        report.add_recorded(app, &retrying(app, "orders of events", write).await?);
        if named.stock_moved {
            app.wake.stock.notify_one();
        }
    }
}

/// What became of a batch of events.
struct Named {
    /// Orders that were found.
    seen: Vec<i64>,
    /// Events that are done with.
    handled: Vec<String>,
    /// Events whose orders are not there yet.
    again: Vec<String>,
    /// Whether one told of a movement in a warehouse.
    stock_moved: bool,
}

async fn write_named(
    app: &App,
    now: Timestamp,
    page: &Page,
    named: &Named,
) -> Result<Recorded, FlowError> {
    let mut tx = app.db.begin().await?;
    let recorded = page.record(app, &mut tx).await?;
    if named.stock_moved {
        stock::wanted(&mut tx, now).await?;
    }
    // What is followed is looked at again: its state, its deliveries, its log.
    if despatch::sending::wake(&mut tx, &named.seen, now).await? > 0 {
        app.wake.despatch.notify_one();
    }
    inbox::handled(&mut tx, now, &named.handled).await?;
    inbox::again(&mut tx, &named.again, now.plus(app.settings.receive.missing_ask_every)).await?;
    tx.commit().await?;
    Ok(recorded)
}

fn event_ids(events: &[InboxEvent]) -> Vec<String> {
    events.iter().map(|event| event.event_id.clone()).collect()
}

/// Fetches the order of a receipt, by the receipt's whole id. False where Sitoo does not show it.
pub(crate) async fn by_receipt(
    app: &App,
    receipt_id: &str,
    report: &mut SyncReport,
) -> Result<bool, FlowError> {
    let client = app.sitoo.at(Priority::Reconciliation);
    let query = OrdersQuery::Receipt(receipt_id.to_owned());
    let Called { outcome, exchanges } = client.orders(&query).await;
    exchanges::keep(app, None, exchanges).await?;
    let page = outcome.map_err(FlowError::Sitoo)?;
    let found = !page.orders.is_empty();
    let page = Page::of(app, app.now(), page.orders, page.strays);
    let write = || async {
        let mut tx = app.db.begin().await?;
        let recorded = page.record(app, &mut tx).await?;
        tx.commit().await?;
        Ok(recorded)
    };
    report.add_recorded(app, &retrying(app, "a receipt", write).await?);
    Ok(found)
}

async fn by_ids(app: &App, now: Timestamp, ids: Vec<i64>) -> Result<Page, FlowError> {
    let page = ask(app, &OrdersQuery::Ids(ids)).await?;
    Ok(Page::of(app, now, page.orders, page.strays))
}

pub(crate) async fn ask(app: &App, query: &OrdersQuery) -> Result<OrdersPage, FlowError> {
    let Called { outcome, exchanges } = app.sitoo.orders(query).await;
    exchanges::keep(app, None, exchanges).await?;
    outcome.map_err(FlowError::Sitoo)
}
