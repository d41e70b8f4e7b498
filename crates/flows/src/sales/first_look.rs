//! An older copy of the book was put back, or a new one begins over days that were posted: what is in
//! OrderWise is not in it. Whatever could have been posted is looked up by its reference before it is
//! sent; what is found is adopted.

use std::collections::BTreeMap;

use daybook_connectors::sitoo::{OrdersQuery, parse_order};
use daybook_domain::{Timestamp, causes::Cause, entry::EntryState};
use daybook_store::{
    Tx,
    entry::{self, Changes, DueRow, Transition},
    exception, restore, watermark,
};

use super::{
    doubt::{TAKEN, step},
    receive::{ORDERS, ask},
    scan,
};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying};

/// Why such an entry is in doubt; also the name of the watermark that says up to which order.
pub(crate) const REASON: &str = "look-up-first";
/// Reason of an entry that was not found: it may be sent.
pub(crate) const DONE: &str = "looked-up-first";

/// Which entries the book that was lost may have posted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unsure {
    /// Orders up to this id were there when this book was started.
    up_to: i64,
    /// When it was started: nothing was sent by the lost one after that.
    since: Timestamp,
}

/// Begins if somebody asks for it, or if this book was put back and has not worked since.
pub async fn begin_if(app: &App, asked: bool) -> Result<(), FlowError> {
    if asked || watermark::get(&app.db, restore::MARK).await? == Some(1) {
        begin(app).await?;
    }
    Ok(())
}

/// From now on every order that the tills have at this moment is looked up before it is sent. Kept
/// in the book, so that it outlives this process.
async fn begin(app: &App) -> Result<(), FlowError> {
    let newest = ask(app, &OrdersQuery::Newest).await?;
    let newest = newest.orders.iter().map(|order| order.order_id).max().unwrap_or_default();
    let up_to = newest.max(watermark::get(&app.db, ORDERS).await?.unwrap_or_default());
    let since = app.now();
    retrying(app, "look up first", || keep(app, up_to, since)).await?;
    app.unsure.set(Some(Unsure { up_to, since })).ok();
    tracing::warn!(up_to, "orders up to this id are looked up in OrderWise before they are sent");
    Ok(())
}

/// How many of the orders that a new book begins with, and of the latest, OrderWise has under
/// Daybook's own references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct PostedAlready {
    /// Orders that were looked up.
    pub asked: usize,
    /// Those that are there.
    pub found: usize,
}

/// Looks orders up for a book that is new and may not be the first: from both ends, because whoever
/// posted may have stopped before the latest. Where any is there, all that the tills have at its
/// first start are looked up before they are sent.
pub async fn posted_already(app: &App, actor: &str) -> Result<PostedAlready, FlowError> {
    const EACH_END: u32 = 10;
    let newest = ask(app, &OrdersQuery::Newest).await?;
    let newest = newest.orders.iter().map(|order| order.order_id).max().unwrap_or_default();
    let latest = newest.saturating_sub(i64::from(EACH_END) - 1).max(1);
    let first = scan::beginning(app).await?.unwrap_or(latest);
    let mut ends = BTreeMap::new();
    for from in [first, latest.max(first)] {
        let page = ask(app, &OrdersQuery::FromId { from, start: 0, num: EACH_END }).await?;
        ends.extend(page.orders.into_iter().map(|order| (order.order_id, order)));
    }
    let mut posted = PostedAlready { asked: 0, found: 0 };
    for received in ends.values() {
        let Ok(order) = parse_order(&received.payload) else { continue };
        posted.asked += 1;
        posted.found +=
            usize::from(exchanges::is_there(app, None, &order.reference.to_string()).await?);
    }
    if posted.found > 0 {
        restore::look_up_first(&app.db, app.now(), actor).await?;
    }
    Ok(posted)
}

async fn keep(app: &App, up_to: i64, since: Timestamp) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, since, REASON, up_to).await?;
    watermark::set(&mut tx, since, restore::MARK, 0).await?;
    tx.commit().await?;
    Ok(())
}

async fn unsure(app: &App, tx: &mut Tx) -> Result<Option<Unsure>, FlowError> {
    if let Some(known) = app.unsure.get() {
        return Ok(*known);
    }
    let since = watermark::updated_at(&mut *tx, REASON).await?.unwrap_or_default();
    let up_to = watermark::get(tx, REASON).await?;
    let found = up_to.map(|up_to| Unsure { up_to, since });
    Ok(*app.unsure.get_or_init(|| found))
}

/// Whatever their way back was, entries whose number was another's are looked up before they are
/// sent: a session that makes a second document would make one. Nothing was sent since, so one look
/// tells.
async fn is_number_free(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    rows: &[DueRow],
) -> Result<(), FlowError> {
    let since = now.minus(app.settings.posting.settling_time);
    let detail = "another's document had its number: whether it is free is looked up first";
    let steps: Vec<_> =
        rows.iter().map(|row| looked_up(row, (since, now), TAKEN, detail)).collect();
    entry::transition(tx, now, &steps).await?;
    Ok(())
}

/// Puts those of `rows` in doubt that may be in OrderWise already; returns the others.
pub(crate) async fn before_sending(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    rows: Vec<DueRow>,
) -> Result<Vec<DueRow>, FlowError> {
    let unsure = unsure(app, tx).await?;
    let (up_to, since) = unsure.map_or((0, now), |unsure| (unsure.up_to, unsure.since));
    // What is older than the book was somebody else's to post before a person fetched it.
    let oldest = watermark::get(&mut *tx, scan::FIRST).await?.unwrap_or_default();
    let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
    let taken = exception::ever(&mut *tx, Cause::ReferenceTaken, &ids).await?;
    let is_looked_up = |row: &DueRow| row.reason.as_deref() == Some(DONE);
    let (numbered, rows): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|row| taken.contains(&row.order_id) && !is_looked_up(row));
    is_number_free(app, tx, now, &numbered).await?;
    let may_be_there =
        |row: &DueRow| (row.order_id <= up_to || row.order_id < oldest) && !is_looked_up(row);
    let (first, sure): (Vec<_>, Vec<_>) = rows.into_iter().partition(may_be_there);
    if first.is_empty() {
        return Ok(sure);
    }
    let detail = "this book does not know whether it was posted before";
    let steps: Vec<_> =
        first.iter().map(|row| looked_up(row, (since, now), REASON, detail)).collect();
    entry::transition(tx, now, &steps).await?;
    Ok(sure)
}

/// An entry that is looked up before it is sent, because of something that stands `since` then.
fn looked_up(
    row: &DueRow,
    (since, now): (Timestamp, Timestamp),
    reason: &str,
    detail: &str,
) -> Transition {
    let changes = Changes {
        doubt_since: Some(Some(since)),
        doubt_lookups: Some(0),
        due_at: Some(Some(now)),
        reason: Some(Some(reason.to_owned())),
        ..Changes::default()
    };
    step(row, EntryState::InDoubt, changes, REASON, detail)
}
