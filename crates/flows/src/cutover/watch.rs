//! What Daybook posted while the other integration may be late is looked at once more: a document
//! that the other posted between our look and our posting is a second one, and a person is told.

use std::slice;

use daybook_domain::{Timestamp, document::Document, exchange::Called};
use daybook_store::{
    cutover::{self, WatchRow},
    entry::{self, DueRow},
};

use super::{look::take, others};
use crate::{
    app::App,
    error::FlowError,
    exchanges, health,
    retrying::retrying,
    sales::doubt::{documents_under, warn_if_doubled},
};

/// Entries looked at in one go.
const BATCH: usize = 50;

/// Looks at what is due.
pub(crate) async fn pass(app: &App) -> Result<(), FlowError> {
    let due = cutover::watch_due(&app.db, app.now(), BATCH).await?;
    if due.is_empty() || health::is_paused(app).await? {
        return Ok(());
    }
    for watched in due {
        if app.stop.is_cancelled() {
            break;
        }
        one(app, watched).await?;
    }
    Ok(())
}

async fn one(app: &App, watched: WatchRow) -> Result<(), FlowError> {
    let Some(row) = entry::get(&app.db, watched.order_id).await? else { return Ok(()) };
    let row = DueRow::from(row);
    let references = others(app, slice::from_ref(&row)).await?.remove(&row.order_id);
    let asked_at = app.now();
    let called = documents_under(app, &row, &references.unwrap_or_default()).await;
    retrying(app, "a second look", || write(app, watched, &row, &called, asked_at)).await
}

async fn write(
    app: &App,
    watched: WatchRow,
    row: &DueRow,
    called: &Called<Vec<Document>>,
    asked_at: Timestamp,
) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    exchanges::keep_in(app, &mut tx, Some(row.order_id), called.exchanges.clone()).await?;
    let pause = now.since(row.posted_at.unwrap_or(row.received_at));
    let again = now.plus(pause.max(app.settings.posting.settling_time));
    match &called.outcome {
        Ok(documents) if row.state.is_in_ledger() => {
            let documents = take(app, &mut tx, row, documents).await?;
            warn_if_doubled(&mut tx, now, row, &documents).await?;
            if asked_at >= watched.until {
                cutover::forget(&mut tx, row.order_id).await?;
            } else {
                cutover::put_off(&mut tx, row.order_id, again.min(watched.until)).await?;
            }
        }
        Ok(_) if asked_at >= watched.until && !row.state.is_unfinished() => {
            cutover::forget(&mut tx, row.order_id).await?;
        }
        // What became of it is not known yet: the doubt's own look sees every document.
        Ok(_) => cutover::put_off(&mut tx, row.order_id, again).await?,
        Err(_) => {
            health::read_failed(app, &mut tx, now, called).await?;
            cutover::put_off(&mut tx, row.order_id, again).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
