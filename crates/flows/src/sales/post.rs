//! Posting: intents are written many at a time, calls run beside each other up to the number in
//! flight, outcomes are written many at a time together with the next intents. One transaction a
//! turn; no call ever runs inside it.

use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc, time::Duration};

use daybook_domain::{Timestamp, document::Receipt, exchange::Called};
use daybook_store::{Tx, entry};
use tokio::{task::JoinSet, time::Instant};

use super::{
    SyncReport,
    beside::Beside,
    evaluate::{Evaluated, Prepared, evaluate},
    first_look, lanes, outcome,
};
use crate::{app::App, cutover, error::FlowError, health, retrying::retrying};

/// A posting that has been tried.
pub(crate) struct Tried {
    pub(crate) prepared: Prepared,
    pub(crate) called: Called<Receipt>,
}

/// After this time a pass ends even if more is due, so that what is in doubt and what is to be
/// confirmed gets its turn during a backlog, and lanes are shared between processes.
const SLICE: Duration = Duration::from_secs(10);

/// With several lanes, outcomes are written down so many at a time, or after [`GROUP_WAIT`]:
/// one commit for many. A crash in between leaves more in doubt, and nothing else.
const GROUP: usize = 64;
/// While more is on its way, outcomes are written down in whole multiples of this: bulk statements
/// are as wide as powers of two, so an odd number needs a statement for each of its bits.
const EVEN: usize = 16;
/// Most entries that wait for a lane: what is lost in a crash has to be looked up.
const MOST_AHEAD: usize = 512;
/// How long the first outcome of a group waits for others.
const GROUP_WAIT: Duration = Duration::from_millis(100);

/// Posts what is due now; returns when nothing is left to send, or when its slice is over.
/// `came_back` is told of everything that came back.
pub(crate) async fn pass(
    app: &Arc<App>,
    report: &mut SyncReport,
    came_back: &Beside,
) -> Result<(), FlowError> {
    let lanes = lanes::take(app).await?;
    if lanes == 0 {
        return Ok(());
    }
    let ends_at = app.now().plus(SLICE.min(app.settings.posting.lease / 4));
    let (queue, calls) = (VecDeque::new(), JoinSet::new());
    let mut run = Run { app, lanes, ends_at, queue, calls, came_back, dry: false, ended: 0 };
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
    came_back: &'a Beside,
    /// The last look into the book found nothing more to claim.
    dry: bool,
    /// Calls that ended since entries were last claimed.
    ended: usize,
}

type Turn<'a> = Pin<Box<dyn Future<Output = Result<Evaluated, FlowError>> + Send + 'a>>;

impl Run<'_> {
    async fn until_dry(&mut self, report: &mut SyncReport) -> Result<(), FlowError> {
        let mut done: Vec<Tried> = Vec::new();
        let mut full_at = None;
        loop {
            self.launch();
            // What came back may have released a return that waited for its sale: look again.
            let refill = (!self.dry || !done.is_empty()) && self.runs_low() && !self.is_over();
            let refill = refill.then(|| self.ahead().saturating_sub(self.queue.len()).max(1));
            if !done.is_empty() {
                full_at.get_or_insert_with(|| Instant::now() + GROUP_WAIT);
            }
            if refill.is_none() && !self.is_full(&done, full_at) {
                if !self.wait(&mut done, full_at).await {
                    return Ok(());
                }
                continue;
            }
            full_at = None;
            let outcomes = self.batch(&mut done);
            report.add_outcomes(&outcomes);
            let came_back = outcomes.len();
            if refill.is_some() {
                self.ended = 0;
            }
            let app = self.app;
            let turn: Turn<'_> = Box::pin(async move { take_turn(app, outcomes, refill).await });
            let evaluated = self.beside_calls(turn, &mut done).await?;
            self.came_back.tell(came_back, app.settings.posting.confirm_batch);
            if refill.is_some() {
                self.dry = evaluated.claimed == 0;
            }
            report.add_evaluated(&evaluated);
            self.queue.extend(evaluated.prepared);
        }
    }

    /// Entries to have at hand: enough that the lanes stay busy during the next turn, at the speed
    /// at which OrderWise has just answered.
    fn ahead(&self) -> usize {
        if self.lanes == 1 { 2 } else { (self.ended * 2).min(MOST_AHEAD).max(self.lanes * 3) }
    }

    /// Whether the lanes may have nothing to do before the next turn is over.
    fn runs_low(&self) -> bool {
        if self.lanes == 1 { self.queue.is_empty() } else { self.queue.len() < self.ahead() / 2 }
    }

    /// What of the done is written down now.
    fn batch(&self, done: &mut Vec<Tried>) -> Vec<Tried> {
        let even = done.len() / EVEN * EVEN;
        let all = even == 0 || self.calls.is_empty();
        done.drain(..if all { done.len() } else { even }).collect()
    }

    /// Whether what is done is to be written down now.
    fn is_full(&self, done: &[Tried], full_at: Option<Instant>) -> bool {
        let at_once = self.lanes == 1 || self.queue.is_empty() || done.len() >= GROUP;
        !done.is_empty() && (at_once || full_at.is_some_and(|at| Instant::now() >= at))
    }

    /// Waits until a call has ended, or `until`. False when there is nothing left to wait for.
    async fn wait(&mut self, done: &mut Vec<Tried>, until: Option<Instant>) -> bool {
        let next = self.calls.join_next();
        let ended = match until {
            Some(until) => tokio::time::timeout_at(until, next).await,
            None => Ok(next.await),
        };
        match ended {
            Ok(Some(tried)) => {
                self.ended += 1;
                done.extend(tried.ok());
            }
            Ok(None) if self.queue.is_empty() && done.is_empty() => return false,
            Ok(None) | Err(_) => {}
        }
        self.collect(done);
        true
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
                    self.ended += 1;
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
                let order_id = prepared.order_id;
                tracing::warn!(order_id, "its turn came too late; it is looked up after its lease");
                continue;
            }
            let app = Arc::clone(self.app);
            self.calls.spawn(async move { call(&app, prepared).await });
        }
    }

    fn collect(&mut self, done: &mut Vec<Tried>) {
        while let Some(tried) = self.calls.try_join_next() {
            self.ended += 1;
            done.extend(tried.ok());
        }
    }
}

/// One transaction: the outcomes of what came back, the intents of what goes next. An outcome is
/// not given up lightly: without it the entry would have to wait for its lease to run out.
async fn take_turn(
    app: &App,
    outcomes: Vec<Tried>,
    refill: Option<usize>,
) -> Result<Evaluated, FlowError> {
    retrying(app, "a turn", || try_turn(app, &outcomes, refill)).await
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
    let Some(allowed) = health::allowance(app, tx, now, most).await? else {
        return Ok(Evaluated::default());
    };
    // From here on nobody can change who posts before these intents are committed.
    let gate = cutover::open(tx).await?;
    if gate.is_shut() {
        health::probe_unused(app, tx, now).await?;
        return Ok(Evaluated::default());
    }
    let rows = entry::claim_ready(tx, now, allowed.entries, &allowed.paused_stores).await?;
    let claimed = rows.len();
    let rows = first_look::before_sending(app, tx, now, rows).await?;
    let rows = gate.before_sending(app, tx, now, rows).await?;
    let looked_up = claimed - rows.len();
    let mut evaluated = evaluate(app, tx, now, rows, &gate).await?;
    evaluated.claimed = claimed;
    evaluated.looked_up += u64::try_from(looked_up).unwrap_or(u64::MAX);
    if evaluated.prepared.is_empty() {
        health::probe_unused(app, tx, now).await?;
    }
    Ok(evaluated)
}

async fn call(app: &App, prepared: Prepared) -> Tried {
    let called = app.orderwise.place(prepared.session_id, &prepared.rendered).await;
    Tried { prepared, called }
}
