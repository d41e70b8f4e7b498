//! Sitoo's journal of movements: what staff moved or counted by hand makes its SKUs due.

use std::time::Duration;

use daybook_connectors::sitoo::Transaction;
use daybook_domain::{Timestamp, exchange::Called, priority::Priority, sku::fold, stock::Why};
use daybook_store::{
    Tx,
    stock::{
        due::{self, NewDue},
        write,
    },
    watermark,
};

use super::{Pass, set_mark};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying};

/// Up to where the journal is read.
const READ: &str = "stock-journal";
/// The highest id seen, be it in the journal or in an answer: a lower end for searches.
const SEEN: &str = "stock-journal-seen";
/// When an event last told of a movement.
const WANTED: &str = "stock-journal-wanted";
/// Without events it is read so often.
const READ_EVERY: Duration = Duration::from_mins(5);
/// A lower end older than this is read anew: a search should not have to read a day.
const FRESH: Duration = Duration::from_hours(1);

/// Notes that something moved; the next pass reads the journal.
pub(crate) async fn wanted(tx: &mut Tx, now: Timestamp) -> Result<(), FlowError> {
    Ok(watermark::set(tx, now, WANTED, now.micros()).await?)
}

/// Reads on, if an event asked for it or it is time.
pub(super) async fn read_if_wanted(pass: &Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let read_at = watermark::updated_at(&app.db, READ).await?;
    let wanted = watermark::updated_at(&app.db, WANTED).await?;
    let is_due = read_at.is_none_or(|at| {
        wanted.is_some_and(|wanted| wanted >= at) || app.now().since(at) >= READ_EVERY
    });
    if is_due { read(pass).await } else { Ok(()) }
}

/// Reads on from where it was left; the first time it begins at the end.
pub(super) async fn read(pass: &Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let Some(mut mark) = watermark::get(&app.db, READ).await? else {
        let newest = newest(app).await?;
        return retrying(app, "journal", || remember(app, newest, &[])).await;
    };
    loop {
        let rows = page(app, None, mark + 1).await?;
        let Some(highest) = rows.iter().map(|row| row.id).max().filter(|id| *id > mark) else {
            return retrying(app, "journal", || remember(app, mark, &[])).await;
        };
        let due = by_hand(pass, &rows).await?;
        mark = highest;
        retrying(app, "journal", || remember(app, mark, &due)).await?;
    }
}

/// A page of the journal, in ascending order.
pub(super) async fn page(
    app: &App,
    warehouse_id: Option<i64>,
    from: i64,
) -> Result<Vec<Transaction>, FlowError> {
    let Called { outcome, exchanges } =
        app.sitoo.at(Priority::Stock).journal(warehouse_id, from).await;
    exchanges::keep(app, None, exchanges).await?;
    outcome.map_err(FlowError::Sitoo)
}

/// Whatever of it is neither a till's nor ours.
async fn by_hand(pass: &Pass<'_>, rows: &[Transaction]) -> Result<Vec<NewDue>, FlowError> {
    let named: Vec<String> = rows.iter().filter_map(|row| row.external_id.clone()).collect();
    let ours = write::known(&pass.app.db, &named).await?;
    let is_ours = |row: &&Transaction| row.external_id.as_ref().is_some_and(|id| ours.contains(id));
    let due_at = pass.app.now();
    let mut due = Vec::new();
    for row in rows.iter().filter(|row| !row.is_of_an_order() && !is_ours(row)) {
        if pass.places.concerned(row.warehouse_id).is_some() {
            due.extend(row.skus.iter().map(|sku| NewDue {
                warehouse_id: row.warehouse_id,
                folded: fold(sku),
                why: Why::Adjusted,
                due_at,
            }));
        }
    }
    Ok(due)
}

async fn remember(app: &App, mark: i64, due: &[NewDue]) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    due::mark(&mut tx, due).await?;
    watermark::set(&mut tx, now, READ, mark).await?;
    seen(&mut tx, now, mark).await?;
    tx.commit().await?;
    Ok(())
}

/// Notes the highest id that is known to be there.
pub(super) async fn seen(tx: &mut Tx, now: Timestamp, id: i64) -> Result<(), FlowError> {
    let known = watermark::get(&mut *tx, SEEN).await?;
    if known.is_none_or(|known| known <= id) {
        watermark::set(tx, now, SEEN, id).await?;
    }
    Ok(())
}

/// An id that everything which is sent from now on lies above.
pub(super) async fn lower_end(app: &App) -> Result<i64, FlowError> {
    let seen_at = watermark::updated_at(&app.db, SEEN).await?;
    if seen_at.is_some_and(|at| app.now().since(at) < FRESH)
        && let Some(id) = watermark::get(&app.db, SEEN).await?
    {
        return Ok(id);
    }
    let newest = newest(app).await?;
    set_mark(app, SEEN, newest).await?;
    Ok(newest)
}

async fn newest(app: &App) -> Result<i64, FlowError> {
    let Called { outcome, exchanges } = app.sitoo.at(Priority::Stock).newest_transaction().await;
    exchanges::keep(app, None, exchanges).await?;
    Ok(outcome.map_err(FlowError::Sitoo)?.unwrap_or(0))
}
