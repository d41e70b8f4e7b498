//! Waiting returns and held entries are looked at again: an exception closes by itself when its
//! cause is gone.

use daybook_store::entry;

use super::{SyncReport, evaluate::evaluate, rounds::Rounds};
use crate::{app::App, error::FlowError};

/// Entries looked at in one transaction.
const BATCH: usize = 100;

/// Evaluates every waiting or held entry that is due.
pub(crate) async fn pass(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let mut rounds = Rounds::default();
    // What is put off during this pass is for the next one: were it due again before the last of
    // many has had its turn, the pass would never end.
    let began = app.now();
    loop {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let due = entry::due_standing(&mut tx, now.min(began), BATCH).await?;
        if rounds.are_over(&due) {
            return Ok(());
        }
        let evaluated = evaluate(app, &mut tx, now, due).await?;
        tx.commit().await?;
        report.released += evaluated.released;
        app.wake.post.notify_one();
    }
}
