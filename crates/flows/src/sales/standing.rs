//! Waiting returns and held entries are looked at again: an exception closes by itself when its
//! cause is gone.

use daybook_domain::Timestamp;
use daybook_store::entry;

use super::{SyncReport, evaluate::evaluate, rounds::Rounds};
use crate::{app::App, cutover, error::FlowError, retrying::retrying};

/// Entries looked at in one transaction.
const BATCH: usize = 100;

/// Evaluates every waiting or held entry that is due.
pub(crate) async fn pass(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let mut rounds = Rounds::default();
    // What is put off during this pass is for the next one: were it due again before the last of
    // many has had its turn, the pass would never end.
    let began = app.now();
    loop {
        let looked = retrying(app, "standing entries", || look(app, began, &rounds)).await?;
        let Some((taken, released)) = looked else { return Ok(()) };
        rounds.remember(taken);
        report.released += released;
        app.wake.post.notify_one();
    }
}

/// One round: what it took, and how many of those were released. None when there is nothing more.
async fn look(
    app: &App,
    began: Timestamp,
    rounds: &Rounds,
) -> Result<Option<(Vec<i64>, u64)>, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let due = entry::due_standing(&mut tx, now.min(began), BATCH).await?;
    if rounds.would_repeat(&due) {
        return Ok(None);
    }
    let taken = due.iter().map(|row| row.order_id).collect();
    let gate = cutover::open(&mut tx).await?;
    let evaluated = evaluate(app, &mut tx, now, due, &gate).await?;
    tx.commit().await?;
    Ok(Some((taken, evaluated.released)))
}
