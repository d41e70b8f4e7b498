//! Writes whose outcome is not known. A movement is looked for in Sitoo's journal by its external
//! id, at once and again after the settling time, before its SKUs are written again.

use std::time::Duration;

use daybook_domain::{Timestamp, causes::Cause, stock::Why};
use daybook_store::{
    Tx, exception,
    stock::{
        due::{self, NewDue},
        write::{self, Ended, OpenWrite},
    },
};

use super::{Pass, journal, outcome::is_in_the_journal, write::scope};
use crate::{app::App, error::FlowError, retrying::retrying, sales::evaluate::DAYBOOK};

/// Searches without a find, the last one sent after the settling time, before it is given up.
const SEARCHES: i64 = 2;
/// A doubt that lasts so long is told to a person.
const TOO_LONG: Duration = Duration::from_hours(1);

/// Intents of a process that is gone become in doubt: nobody knows whether it called.
pub(super) async fn adopt_orphans(app: &App) -> Result<(), FlowError> {
    let orphans = retrying(app, "stock intents", || adopt(app)).await?;
    if orphans > 0 {
        tracing::warn!(orphans, "stock changes were interrupted; the journal will tell");
    }
    Ok(())
}

async fn adopt(app: &App) -> Result<u64, FlowError> {
    let mut tx = app.db.begin().await?;
    let orphans = write::adopt_orphans(&mut tx, app.now()).await?;
    tx.commit().await?;
    Ok(orphans)
}

/// Looks for every write in doubt that is due.
pub(super) async fn resolve(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    let now = pass.app.now();
    for open in write::open(&pass.app.db).await? {
        if open.intended || open.due_at.is_some_and(|at| at > now) {
            continue;
        }
        let asked_at = pass.app.now();
        let found = if is_in_the_journal(open.write.kind) {
            match search(pass.app, &open).await {
                Ok(found) => found,
                Err(error) => {
                    tell_if_lasting(pass.app, &open).await?;
                    return Err(error);
                }
            }
        } else {
            false
        };
        let app = pass.app;
        let ended = retrying(app, "stock in doubt", || record(app, &open, asked_at, found)).await?;
        pass.report.adopted += u64::from(ended == Some(Ended::Adopted));
        pass.report.given_up += u64::from(ended == Some(Ended::GivenUp));
    }
    Ok(())
}

async fn search(app: &App, open: &OpenWrite) -> Result<bool, FlowError> {
    let mut from = open.write.journal_from + 1;
    loop {
        let rows = journal::page(app, Some(open.write.warehouse_id), from).await?;
        let is_it = |id: &String| *id == open.write.external_id;
        if rows.iter().any(|row| row.external_id.as_ref().is_some_and(is_it)) {
            return Ok(true);
        }
        match rows.iter().map(|row| row.id).max() {
            Some(highest) if highest >= from => from = highest + 1,
            _ => return Ok(false),
        }
    }
}

/// Writes down what a search found; what the write came to, if that is known now.
async fn record(
    app: &App,
    open: &OpenWrite,
    asked_at: Timestamp,
    found: bool,
) -> Result<Option<Ended>, FlowError> {
    let now = app.now();
    let id = open.write.external_id.as_str();
    let settled_at = open.doubt_since.unwrap_or(now).plus(app.settings.stock.settling_time);
    let searches = open.lookups + 1;
    let mut tx = app.db.begin().await?;
    let ended = if found {
        write::finish(&mut tx, now, id, Ended::Adopted, "found in Sitoo's journal").await?;
        Ended::Adopted
    } else if asked_at >= settled_at
        && (searches >= SEARCHES || !is_in_the_journal(open.write.kind))
    {
        write::finish(&mut tx, now, id, Ended::GivenUp, "not in Sitoo's journal").await?;
        Ended::GivenUp
    } else {
        write::looked(&mut tx, id, searches, settled_at.max(now)).await?;
        tx.commit().await?;
        return Ok(None);
    };
    // Whatever came of it, what the shelf holds now has to be read.
    due::mark(&mut tx, &due_again(open, now)).await?;
    close(&mut tx, now, open).await?;
    tx.commit().await?;
    Ok(Some(ended))
}

fn due_again(open: &OpenWrite, due_at: Timestamp) -> Vec<NewDue> {
    let items = open.write.items.iter();
    items
        .map(|item| NewDue {
            warehouse_id: open.write.warehouse_id,
            folded: item.folded.clone(),
            why: Why::MissedWrite,
            due_at,
        })
        .collect()
}

async fn tell_if_lasting(app: &App, open: &OpenWrite) -> Result<(), FlowError> {
    let now = app.now();
    if now.since(open.doubt_since.unwrap_or(now)) < TOO_LONG {
        return Ok(());
    }
    let (scope, id) = (scope(open.write.warehouse_id), open.write.external_id.as_str());
    let what = format!(
        "{} SKUs of warehouse {} were sent at {}, and the journal cannot be read",
        open.write.items.len(),
        open.write.warehouse_id,
        open.intended_at
    );
    let mut tx = app.db.begin().await?;
    exception::raise_scoped(&mut tx, now, &scope, Cause::StockInDoubtUnresolved, id, &what).await?;
    tx.commit().await?;
    Ok(())
}

async fn close(tx: &mut Tx, now: Timestamp, open: &OpenWrite) -> Result<(), FlowError> {
    let scope = scope(open.write.warehouse_id);
    let about = (scope.as_str(), Cause::StockInDoubtUnresolved, open.write.external_id.as_str());
    exception::close_subject(tx, now, about, DAYBOOK, "it is resolved").await?;
    Ok(())
}
