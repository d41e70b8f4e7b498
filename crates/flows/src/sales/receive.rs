//! Reading Sitoo: new orders by id, missing ids, orders that are not final, orders that events
//! name. A page is stored in the transaction that moves the watermark (promise 1).

use std::collections::BTreeSet;

use daybook_connectors::sitoo::{OrdersPage, OrdersQuery};
use daybook_domain::{Timestamp, causes::Cause, class::Failure, exchange::Called};
use daybook_store::{Tx, entry, exception, inbox, watermark};

use super::{SyncReport, changed, evaluate::DAYBOOK, recorded::new_entry};
use crate::{app::App, error::FlowError, exchanges, stock};

/// Name of the watermark: the highest order id that is stored.
pub(crate) const ORDERS: &str = "orders";
/// Name of the watermark that never moves: the order id that the first start began with.
const FIRST: &str = "orders-first";

/// Type of the events that tell of a movement in a warehouse (facts/sitoo 7). Their particulars are
/// not documented, so the journal is read for whatever it was.
const STOCK_MOVED: &str = "warehouse-transaction";

/// Orders that are stored in one transaction.
const PIECE: usize = 128;

/// One pass: everything that Sitoo has for us now.
pub(crate) async fn pass(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    // An event with an id that Sitoo chokes on stops only the events, not the net under them.
    let named = match named_by_events(app, report).await {
        Err(FlowError::Sitoo(failure @ (Failure::Refused { .. } | Failure::Drift { .. }))) => {
            Err(FlowError::Sitoo(failure))
        }
        other => Ok(other?),
    };
    new_orders(app, report).await?;
    missing(app, report).await?;
    not_final(app, report).await?;
    named
}

/// As [`pass`], and what may have changed since it was last asked for is asked for now: an open
/// order that a till closed, an id that was missing. A level of stock that was read before this
/// holds no sale that is not in the book afterwards.
pub(crate) async fn everything(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    watermark::ask_now(&mut tx, now).await?;
    entry::recheck_now(&mut tx, now).await?;
    tx.commit().await?;
    pass(app, report).await
}

/// Reads on from the watermark, page by page, in ascending id: ids and not dates, because an
/// offline till uploads late with an old date (facts/sitoo 2.8).
async fn new_orders(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let Some(mut mark) = start(app).await? else { return Ok(()) };
    // What lies before the first start is in the ledger by another way: the overlap spares it.
    let first = watermark::get(&app.db, FIRST).await?.unwrap_or(1);
    let mut from = (mark + 1 - app.settings.receive.overlap_ids).max(first);
    loop {
        let num = app.sitoo.page_size();
        let page = ask(app, &OrdersQuery::FromId { from, num }).await?;
        let size = page.orders.len();
        // A peer may give fewer than were asked for, and still have more.
        let more = size >= usize::try_from(num).unwrap_or(usize::MAX)
            || page.total_count > i64::try_from(size).unwrap_or(i64::MAX);
        let highest = page.orders.iter().map(|order| order.order_id).max();
        mark = store_page(app, page, mark, report).await?;
        let Some(highest) = highest else { return Ok(()) };
        // Nothing that was asked for: a peer that gives the same page for ever.
        if !more || highest < from {
            return Ok(());
        }
        // The next page begins after the last id seen, never at an offset: rows that appear
        // between two requests shift offsets, not ids.
        from = highest + 1;
    }
}

/// The watermark, or where to begin at the first start. None while there is no order to begin with:
/// ids do not begin at 1, and everything below the first order would be taken for missing.
async fn start(app: &App) -> Result<Option<i64>, FlowError> {
    if let Some(mark) = watermark::get(&app.db, ORDERS).await? {
        return Ok(Some(mark));
    }
    let first = match app.settings.receive.first_order_id {
        Some(id) => first_from(app, id).await?,
        None => first_of_day(app).await?,
    };
    let Some(first) = first else { return Ok(None) };
    let mark = first - 1;
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, app.now(), ORDERS, mark).await?;
    // Where the retailer named an id, all from there on is ours, also what is not visible yet.
    let ours_from = app.settings.receive.first_order_id.unwrap_or(first);
    watermark::set(&mut tx, app.now(), FIRST, ours_from.min(first)).await?;
    tx.commit().await?;
    tracing::info!(first_order_id = first, "first start: reading orders from this id on");
    Ok(Some(mark))
}

/// The given id, or the first order after it when there is a long stretch of nothing: a short one
/// may be orders that are not visible yet, a long one is ids of a time before this account.
async fn first_from(app: &App, id: i64) -> Result<Option<i64>, FlowError> {
    const SHORT: i64 = 1_000;
    let page = ask(app, &OrdersQuery::FromId { from: id, num: 1 }).await?;
    let lowest = page.orders.iter().map(|order| order.order_id).min();
    Ok(lowest.map(|lowest| if lowest - id > SHORT { lowest } else { id }))
}

async fn first_of_day(app: &App) -> Result<Option<i64>, FlowError> {
    let day = first_day(app)?;
    // The newest first: what is sold between the two questions comes after it.
    let newest = ask(app, &OrdersQuery::Newest).await?;
    let newest = newest.orders.iter().map(|order| order.order_id).max();
    let since = ask(app, &OrdersQuery::FirstSince(day)).await?;
    let first = since.orders.iter().map(|order| order.order_id).min();
    Ok(first.or(newest.map(|id| id + 1)))
}

fn first_day(app: &App) -> Result<Timestamp, FlowError> {
    let Some(day) = &app.settings.receive.first_day else {
        let day = 86_400_000_000;
        return Ok(Timestamp::from_micros(app.now().micros() / day * day));
    };
    Timestamp::from_day(day).map_err(|error| {
        FlowError::request(
            "config-first-day",
            format!("receive.first-day '{day}' is not a day: {error}"),
            "write it as 2026-11-24",
        )
    })
}

/// Stores a page a piece at a time, each with its own step of the watermark, which is returned:
/// posting waits for no more than a piece.
async fn store_page(
    app: &App,
    page: OrdersPage,
    mut mark: i64,
    report: &mut SyncReport,
) -> Result<i64, FlowError> {
    let OrdersPage { total_count, mut orders } = page;
    // A piece that held a higher id than the next one would call that one's ids missing.
    orders.sort_by_key(|order| order.order_id);
    while !orders.is_empty() {
        let rest = orders.split_off(PIECE.min(orders.len()));
        let highest = orders.last().map_or(mark, |order| order.order_id);
        store_scan(app, OrdersPage { total_count, orders }, mark, report).await?;
        mark = mark.max(highest);
        orders = rest;
    }
    Ok(mark)
}

/// Stores a piece of the scan; ids between the watermark and the page's highest that are not on it
/// are remembered, because ids may be handed out before their orders become visible.
async fn store_scan(
    app: &App,
    page: OrdersPage,
    mark: i64,
    report: &mut SyncReport,
) -> Result<(), FlowError> {
    let present: BTreeSet<i64> = page.orders.iter().map(|order| order.order_id).collect();
    let highest = present.last().copied().unwrap_or(mark);
    let absent: Vec<i64> = (mark + 1..highest).filter(|id| !present.contains(id)).collect();
    let now = app.now();
    let before = report.clone();
    let mut tx = app.db.begin().await?;
    record(app, &mut tx, page, report).await?;
    if !absent.is_empty() {
        let next_ask = now.plus(app.settings.receive.missing_ask_every);
        watermark::note_missing(&mut tx, now, &absent, next_ask).await?;
        report.missing += count(absent.len());
    }
    // Written even where it stands still: its age tells when Sitoo was last read.
    watermark::set(&mut tx, now, ORDERS, highest.max(mark)).await?;
    tx.commit().await?;
    app.wake.post.notify_one();
    wake_stock(app, &before, report);
    Ok(())
}

/// Writes the orders of a page into the book; the key removes repeats.
async fn record(
    app: &App,
    tx: &mut Tx,
    page: OrdersPage,
    report: &mut SyncReport,
) -> Result<(), FlowError> {
    if page.orders.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let moved = stock::Page::of(app, &page);
    let ids: Vec<i64> = page.orders.iter().map(|order| order.order_id).collect();
    let (rows, faults): (Vec<_>, Vec<_>) =
        page.orders.into_iter().map(|order| new_entry(app, now, order)).unzip();
    let recorded = entry::record(tx, now, &rows).await?;
    for &order_id in &recorded.changed {
        // What it was held for was said about another payload.
        exception::close_for_entry(tx, now, order_id, DAYBOOK, "the till changed it").await?;
    }
    let faults: Vec<_> = faults.into_iter().flatten().collect();
    if !faults.is_empty() {
        exception::set_for_entries(tx, now, &faults, DAYBOOK).await?;
    }
    moved.record(tx, now, &recorded).await?;
    watermark::found(tx, &ids).await?;
    close_gaps(tx, now, &recorded.new).await?;
    changed::after_posting(tx, now, &recorded.changed_after_posting).await?;
    report.received += count(recorded.new.len());
    report.changed += count(recorded.changed.len());
    Ok(())
}

/// What moved is due; where nothing was new, nothing did, and the flow must not wake itself.
fn wake_stock(app: &App, before: &SyncReport, report: &SyncReport) {
    if before != report {
        app.wake.stock.notify_one();
    }
}

/// An order that was called a gap and came all the same.
async fn close_gaps(tx: &mut Tx, now: Timestamp, new: &[i64]) -> Result<(), FlowError> {
    let Some(mark) = watermark::get(&mut *tx, ORDERS).await? else { return Ok(()) };
    for id in new.iter().filter(|id| **id <= mark) {
        let subject = id.to_string();
        let about = ("sitoo", Cause::OrderIdGap, subject.as_str());
        exception::close_subject(tx, now, about, DAYBOOK, "the order came").await?;
    }
    Ok(())
}

/// Ids in one request: never more than a page holds, or the rest would pass for absent.
fn ids_at_a_time(app: &App) -> usize {
    let page = usize::try_from(app.sitoo.page_size()).unwrap_or(usize::MAX);
    app.settings.receive.ids_per_request.min(page)
}

/// Asks again for ids that are missing below the watermark, until the age limit.
async fn missing(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let limits = &app.settings.receive;
    let began = app.now();
    loop {
        let now = app.now();
        let ids = watermark::due_missing(&app.db, now.min(began), ids_at_a_time(app)).await?;
        if ids.is_empty() {
            break;
        }
        let page = ask(app, &OrdersQuery::Ids(ids.clone())).await?;
        let mut tx = app.db.begin().await?;
        record(app, &mut tx, page, report).await?;
        watermark::asked(&mut tx, &ids, now.plus(limits.missing_ask_every)).await?;
        tx.commit().await?;
    }
    give_up_missing(app).await
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
    let limits = &app.settings.receive;
    let began = app.now();
    loop {
        let now = app.now();
        let due = entry::due_recheck(&app.db, now.min(began), ids_at_a_time(app)).await?;
        if due.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = due.iter().map(|row| row.order_id).collect();
        let page = ask(app, &OrdersQuery::Ids(ids)).await?;
        let before = report.clone();
        let mut tx = app.db.begin().await?;
        let again: Vec<_> = due
            .iter()
            .map(|row| {
                let young = now.since(row.received_at) < limits.open_age_limit;
                (row.order_id, young.then(|| now.plus(limits.open_ask_every)))
            })
            .collect();
        entry::reschedule(&mut tx, &again).await?;
        record(app, &mut tx, page, report).await?;
        tx.commit().await?;
        app.wake.post.notify_one();
        wake_stock(app, &before, report);
    }
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
        let ids: Vec<i64> = ids.into_iter().collect();
        let page = if ids.is_empty() {
            OrdersPage { total_count: 0, orders: Vec::new() }
        } else {
            ask(app, &OrdersQuery::Ids(ids)).await?
        };
        let seen: BTreeSet<i64> = page.orders.iter().map(|order| order.order_id).collect();
        let stock_moved = due.iter().any(|event| event.event_type == STOCK_MOVED);
        let (handled, again): (Vec<_>, Vec<_>) = due.into_iter().partition(|event| {
            let old = now.since(event.received_at) >= limits.missing_age_limit;
            event.order_id.is_none_or(|id| seen.contains(&id)) || old
        });
        let before = report.clone();
        let mut tx = app.db.begin().await?;
        record(app, &mut tx, page, report).await?;
        if stock_moved {
            stock::wanted(&mut tx, now).await?;
        }
        inbox::handled(&mut tx, now, &event_ids(&handled)).await?;
        let next = now.plus(limits.missing_ask_every);
        inbox::again(&mut tx, &event_ids(&again), next).await?;
        tx.commit().await?;
        app.wake.post.notify_one();
        wake_stock(app, &before, report);
    }
}

fn event_ids(events: &[inbox::InboxEvent]) -> Vec<String> {
    events.iter().map(|event| event.event_id.clone()).collect()
}

/// Reads orders again from `from` on, without touching the watermark (`--from-order`).
pub(crate) async fn back_fill(
    app: &App,
    from: i64,
    report: &mut SyncReport,
) -> Result<(), FlowError> {
    let mark = watermark::get(&app.db, ORDERS).await?;
    let Some(mark) = mark else {
        let mut tx = app.db.begin().await?;
        watermark::set(&mut tx, app.now(), ORDERS, from - 1).await?;
        watermark::set(&mut tx, app.now(), FIRST, from).await?;
        tx.commit().await?;
        return Ok(());
    };
    let mut from = from;
    while from <= mark {
        let num = app.sitoo.page_size();
        let page = ask(app, &OrdersQuery::FromId { from, num }).await?;
        let highest = page.orders.iter().map(|order| order.order_id).max();
        let mut tx = app.db.begin().await?;
        record(app, &mut tx, page, report).await?;
        tx.commit().await?;
        match highest {
            Some(highest) => from = highest.max(from) + 1,
            None => return Ok(()),
        }
    }
    Ok(())
}

async fn ask(app: &App, query: &OrdersQuery) -> Result<OrdersPage, FlowError> {
    let Called { outcome, exchanges } = app.sitoo.orders(query).await;
    exchanges::keep(app, None, exchanges).await?;
    outcome.map_err(FlowError::Sitoo)
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
