//! Posting: intents are written many at a time, calls run beside each other up to the number in
//! flight, outcomes are written many at a time together with the next intents. One transaction a
//! turn; no call ever runs inside it.

use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc, time::Duration};

use daybook_domain::{Timestamp, document::Receipt, exchange::Called};
use daybook_store::{Tx, entry, pause};
use tokio::task::JoinSet;

use super::{
    SyncReport,
    evaluate::{Evaluated, Prepared, evaluate},
    lanes, outcome,
};
use crate::{app::App, error::FlowError, health};

/// A posting that has been tried.
pub(crate) struct Tried {
    pub(crate) prepared: Prepared,
    pub(crate) called: Called<Receipt>,
}

/// After this time a pass ends even if more is due, so that what is in doubt and what is to be
/// confirmed gets its turn during a backlog, and lanes are shared between processes.
const SLICE: Duration = Duration::from_secs(10);

/// Posts what is due now; returns when nothing is left to send, or when its slice is over.
pub(crate) async fn pass(app: &Arc<App>, report: &mut SyncReport) -> Result<(), FlowError> {
    let lanes = lanes::take(app).await?;
    if lanes == 0 {
        return Ok(());
    }
    let ends_at = app.now().plus(SLICE.min(app.settings.posting.lease / 4));
    let (queue, calls) = (VecDeque::new(), JoinSet::new());
    let mut run = Run { app, lanes, ends_at, queue, calls, dry: false };
    let result = run.until_dry(report).await;
    lanes::give_back(app).await?;
    result
}

struct Run<'a> {
    app: &'a Arc<App>,
    lanes: usize,
    ends_at: Timestamp,
    queue: VecDeque<Prepared>,
    calls: JoinSet<Tried>,
    /// The last look into the book found nothing more to claim.
    dry: bool,
}

type Turn<'a> = Pin<Box<dyn Future<Output = Result<Evaluated, FlowError>> + Send + 'a>>;

impl Run<'_> {
    async fn until_dry(&mut self, report: &mut SyncReport) -> Result<(), FlowError> {
        let mut done: Vec<Tried> = Vec::new();
        loop {
            self.launch();
            // What came back may have released a return that waited for its sale: look again.
            let refill =
                (!self.dry || !done.is_empty()) && self.queue.len() < self.lanes && !self.is_over();
            let refill = refill.then_some(self.lanes * 2);
            if done.is_empty() && refill.is_none() {
                match self.calls.join_next().await {
                    Some(tried) => done.extend(tried.ok()),
                    None if self.queue.is_empty() => return Ok(()),
                    None => {}
                }
                self.collect(&mut done);
                continue;
            }
            let outcomes = std::mem::take(&mut done);
            report.add_outcomes(&outcomes);
            let app = self.app;
            let turn: Turn<'_> = Box::pin(async move { take_turn(app, outcomes, refill).await });
            let evaluated = self.beside_calls(turn, &mut done).await?;
            if refill.is_some() {
                self.dry = evaluated.claimed == 0;
            }
            report.add_evaluated(&evaluated);
            self.queue.extend(evaluated.prepared);
        }
    }

    /// Waits for `turn`; calls that end meanwhile make room for the next at once. With one lane
    /// nothing is gained by that, and a simulation repeats only if it does not happen.
    async fn beside_calls(
        &mut self,
        mut turn: Turn<'_>,
        done: &mut Vec<Tried>,
    ) -> Result<Evaluated, FlowError> {
        if self.lanes == 1 {
            return turn.await;
        }
        loop {
            tokio::select! {
                biased;
                evaluated = &mut turn => return evaluated,
                Some(tried) = self.calls.join_next() => {
                    done.extend(tried.ok());
                    self.launch();
                }
            }
        }
    }

    fn is_over(&self) -> bool {
        self.app.stop.is_cancelled() || self.app.now() >= self.ends_at
    }

    fn launch(&mut self) {
        while self.calls.len() < self.lanes {
            let Some(prepared) = self.queue.pop_front() else { return };
            if self.app.now() >= prepared.send_before {
                // Too late to be sure that the call ends within the lease: left to the look-up.
                continue;
            }
            let app = Arc::clone(self.app);
            self.calls.spawn(async move { call(&app, prepared).await });
        }
    }

    fn collect(&mut self, done: &mut Vec<Tried>) {
        while let Some(tried) = self.calls.try_join_next() {
            done.extend(tried.ok());
        }
    }
}

/// Times a turn is tried when the database says that two transactions got in each other's way.
const TURN_TRIES: u32 = 5;

/// One transaction: the outcomes of what came back, the intents of what goes next. An outcome is
/// not given up lightly: without it the entry would have to wait for its lease to run out.
async fn take_turn(
    app: &App,
    outcomes: Vec<Tried>,
    refill: Option<usize>,
) -> Result<Evaluated, FlowError> {
    let mut tries = 1;
    loop {
        match try_turn(app, &outcomes, refill).await {
            Err(FlowError::Book(error)) if error.is_retryable() && tries < TURN_TRIES => {
                tracing::debug!("a turn is tried again: {error}");
                tries += 1;
            }
            result => return result,
        }
    }
}

async fn try_turn(
    app: &App,
    outcomes: &[Tried],
    refill: Option<usize>,
) -> Result<Evaluated, FlowError> {
    let mut tx = app.db.begin().await?;
    let now = app.now();
    outcome::record(app, &mut tx, now, outcomes).await?;
    let evaluated = match refill {
        Some(most) => claim(app, &mut tx, now, most).await?,
        None => Evaluated::default(),
    };
    tx.commit().await?;
    Ok(evaluated)
}

async fn claim(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    most: usize,
) -> Result<Evaluated, FlowError> {
    let most = most.min(app.settings.posting.batch).max(1);
    let Some(limit) = health::allowance(app, tx, now, most).await? else {
        return Ok(Evaluated::default());
    };
    let paused = pause::paused_stores(&mut *tx, now).await?;
    let rows = entry::claim_ready(tx, now, limit, &paused).await?;
    let evaluated = evaluate(app, tx, now, rows).await?;
    if evaluated.prepared.is_empty() {
        health::probe_unused(app, tx, now).await?;
    }
    Ok(evaluated)
}

async fn call(app: &App, prepared: Prepared) -> Tried {
    let called = app.orderwise.place(prepared.session_id, &prepared.rendered).await;
    Tried { prepared, called }
}
