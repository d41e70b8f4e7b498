//! Reading on from the watermark, page by page, in ascending id: ids and not dates, because an
//! offline till uploads late with an old date (facts/sitoo 2.8).

use daybook_connectors::sitoo::{OrdersPage, OrdersQuery, ReceivedOrder, StrayOrder};
use daybook_domain::{
    Timestamp,
    causes::Cause,
    scan::{Leap, Scan, Seen},
};
use daybook_store::{Tx, entry::Recorded, exception, watermark};

use super::{
    SyncReport,
    page::{Page, count},
    receive::{ORDERS, READ, ask},
};
use crate::{app::App, error::FlowError, retrying::retrying};

/// Name of the watermark that never moves: the order id that the first start began with.
pub(crate) const FIRST: &str = "orders-first";

/// Orders that are stored in one transaction.
const PIECE: usize = 128;

/// Which page comes next. It begins after the last id seen, not at an offset: rows that appear
/// between two requests shift offsets, not ids. Only past elements whose ids lead nowhere (none,
/// or one far beyond the others) an offset has to lead.
struct Place {
    from: i64,
    start: u32,
    /// The last page, to know a peer that gives the same one for ever.
    last: (Vec<i64>, Vec<String>),
}

impl Place {
    const fn at(from: i64) -> Self {
        Self { from, start: 0, last: (Vec::new(), Vec::new()) }
    }

    async fn ask(&self, app: &App) -> Result<OrdersPage, FlowError> {
        let num = app.sitoo.page_size();
        ask(app, &OrdersQuery::FromId { from: self.from, start: self.start, num }).await
    }

    /// What is needed of a page to go on from it.
    fn told(page: &OrdersPage) -> (Vec<i64>, Vec<String>) {
        let ids = page.orders.iter().map(|order| order.order_id).collect();
        (ids, page.strays.iter().map(|stray| stray.payload.clone()).collect())
    }

    /// Goes on to the next page, if there is one; ids above `mark` do not lead.
    fn go_on(&mut self, app: &App, told: (Vec<i64>, Vec<String>), total: i64, mark: i64) -> bool {
        let size = u32::try_from(told.0.len() + told.1.len()).unwrap_or(u32::MAX);
        // A peer may give fewer than were asked for, and still have more.
        let end = self.start.saturating_add(size);
        let more = size >= app.sitoo.page_size() || total > i64::from(end);
        if size == 0 || !more || told == self.last {
            return false;
        }
        let reached = told.0.iter().copied().filter(|id| *id <= mark).max();
        match reached.filter(|id| *id >= self.from) {
            Some(i64::MAX) => return false,
            Some(id) => (self.from, self.start) = (id + 1, 0),
            None => self.start = end,
        }
        self.last = told;
        true
    }
}

/// Reads and stores everything from the watermark on.
pub(crate) async fn new_orders(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    // What comes while it is read is read next time.
    let began = app.now();
    let Some(mark) = start(app).await? else { return all_read(app, began).await };
    let receive = &app.settings.receive;
    // What lies before the first start is in the ledger by another way: the overlap spares it.
    let first = watermark::get(&app.db, FIRST).await?.unwrap_or(1);
    let from = mark.saturating_add(1).saturating_sub(receive.overlap_ids).max(first);
    let mut scan = Scan::new(mark, receive.missing_range_limit);
    let mut place = Place::at(from);
    loop {
        let page = place.ask(app).await?;
        let (told, total) = (Place::told(&page), page.total_count);
        store_page(app, page, &mut scan, report).await?;
        if !place.go_on(app, told, total, scan.mark()) {
            return all_read(app, began).await;
        }
    }
}

/// Notes that every order up to `until` is in the book, but for what Sitoo does not show yet.
async fn all_read(app: &App, until: Timestamp) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, app.now(), READ, until.micros()).await?;
    tx.commit().await?;
    Ok(())
}

/// The watermark, or where to begin at the first start. None while there is no order to begin with:
/// ids do not begin at 1, and everything below the first order would be taken for missing.
async fn start(app: &App) -> Result<Option<i64>, FlowError> {
    if let Some(mark) = watermark::get(&app.db, ORDERS).await? {
        return Ok(Some(mark));
    }
    let Some(first) = beginning(app).await? else { return Ok(None) };
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

/// The order that a first start begins with, as the settings say; none where there is none yet.
pub(crate) async fn beginning(app: &App) -> Result<Option<i64>, FlowError> {
    match app.settings.receive.first_order_id {
        Some(id) => first_from(app, id).await,
        None => first_of_day(app).await,
    }
}

/// The given id, or the first order after it when there is a long stretch of nothing: a short one
/// may be orders that are not visible yet, a long one is ids of a time before this account.
async fn first_from(app: &App, id: i64) -> Result<Option<i64>, FlowError> {
    let page = ask(app, &OrdersQuery::FromId { from: id, start: 0, num: 1 }).await?;
    let lowest = page.orders.iter().map(|order| order.order_id).min();
    let short = app.settings.receive.missing_range_limit;
    Ok(lowest.map(|lowest| if lowest.saturating_sub(id) > short { lowest } else { id }))
}

async fn first_of_day(app: &App) -> Result<Option<i64>, FlowError> {
    let day = first_day(app)?;
    // The newest first: what is sold between the two questions comes after it.
    let newest = ask(app, &OrdersQuery::Newest).await?;
    let newest = newest.orders.iter().map(|order| order.order_id).max();
    let since = ask(app, &OrdersQuery::FirstSince(day)).await?;
    let first = since.orders.iter().map(|order| order.order_id).min();
    Ok(first.or(newest.map(|id| id.saturating_add(1))))
}

fn first_day(app: &App) -> Result<Timestamp, FlowError> {
    let Some(day) = &app.settings.receive.first_day else {
        return Ok(app.now().start_of_day());
    };
    Timestamp::from_day(day).map_err(|error| {
        FlowError::request(
            "config-first-day",
            format!("receive.first-day '{day}' is not a day: {error}"),
            "write it as 2026-11-24",
        )
    })
}

/// Stores a page a piece at a time, each with its own step of the watermark: posting waits for no
/// more than a piece.
async fn store_page(
    app: &App,
    page: OrdersPage,
    scan: &mut Scan,
    report: &mut SyncReport,
) -> Result<(), FlowError> {
    let OrdersPage { mut orders, mut strays, .. } = page;
    // A piece that held a higher id than the next one would call that one's ids missing.
    orders.sort_by_key(|order| order.order_id);
    loop {
        let rest = orders.split_off(PIECE.min(orders.len()));
        store_piece(app, orders, std::mem::take(&mut strays), scan, report).await?;
        if rest.is_empty() {
            return Ok(());
        }
        orders = rest;
    }
}

/// Stores a piece of the scan; ids between the watermark and the piece's highest that are not on it
/// are remembered, because ids may be handed out before their orders become visible.
async fn store_piece(
    app: &App,
    orders: Vec<ReceivedOrder>,
    strays: Vec<StrayOrder>,
    scan: &mut Scan,
    report: &mut SyncReport,
) -> Result<(), FlowError> {
    let seen = scan.see(orders.iter().map(|order| order.order_id));
    let (now, mark) = (app.now(), scan.mark());
    let page = Page::of(app, now, orders, strays);
    let write = || write_piece(app, now, &page, &seen, mark);
    let recorded = retrying(app, "orders", write).await?;
    report.add_recorded(app, &recorded);
    report.missing += count(seen.missing.len());
    Ok(())
}

async fn write_piece(
    app: &App,
    now: Timestamp,
    page: &Page,
    seen: &Seen,
    mark: i64,
) -> Result<Recorded, FlowError> {
    let mut tx = app.db.begin().await?;
    let recorded = page.record(app, &mut tx).await?;
    if !seen.missing.is_empty() {
        let next_ask = now.plus(app.settings.receive.missing_ask_every);
        watermark::note_missing(&mut tx, now, &seen.missing, next_ask).await?;
    }
    // What stands beyond a leap is read at every pass: told only when it is new.
    let told = |leap: &&Leap| leap.is_followed || recorded.new.contains(&leap.to);
    for leap in seen.leaps.iter().filter(told) {
        tell(&mut tx, now, leap, app.settings.receive.missing_range_limit).await?;
    }
    // Written even where it stands still: its age tells when Sitoo was last read.
    watermark::set(&mut tx, now, ORDERS, mark).await?;
    tx.commit().await?;
    Ok(recorded)
}

/// One alert a leap, brought up to date when it is followed.
async fn tell(tx: &mut Tx, now: Timestamp, leap: &Leap, limit: i64) -> Result<(), FlowError> {
    let (Leap { after, to, is_followed }, between) = (*leap, leap.between());
    let detail = if is_followed {
        let left = between.saturating_sub(limit);
        format!(
            "orders go on from {to}; of the {between} ids after {after}, {left} are not asked for"
        )
    } else {
        format!("order {to} came {between} ids after {after}, from where reading goes on")
    };
    let (subject, cause) = (to.to_string(), Cause::OrderIdLeap);
    exception::raise_scoped(tx, now, "sitoo", cause, &subject, &detail).await?;
    Ok(())
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
        watermark::set(&mut tx, app.now(), ORDERS, from.saturating_sub(1)).await?;
        watermark::set(&mut tx, app.now(), FIRST, from).await?;
        tx.commit().await?;
        return Ok(());
    };
    let mut place = Place::at(from);
    while place.from <= mark {
        let page = place.ask(app).await?;
        let (told, total) = (Place::told(&page), page.total_count);
        let page = Page::of(app, app.now(), page.orders, page.strays);
        let recorded = retrying(app, "orders read again", || record(app, &page)).await?;
        report.add_recorded(app, &recorded);
        if !place.go_on(app, told, total, mark) {
            return Ok(());
        }
    }
    Ok(())
}

async fn record(app: &App, page: &Page) -> Result<Recorded, FlowError> {
    let mut tx = app.db.begin().await?;
    let recorded = page.record(app, &mut tx).await?;
    tx.commit().await?;
    Ok(recorded)
}
