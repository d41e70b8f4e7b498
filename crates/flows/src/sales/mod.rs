//! The sales flow: receive, decide, post, resolve doubt, confirm.

mod beside;
mod changed;
pub(crate) mod confirm;
pub(crate) mod doubt;
pub(crate) mod evaluate;
pub(crate) mod first_look;
pub mod foresee;
pub(crate) mod lanes;
pub(crate) mod load;
pub(crate) mod next_step;
mod outcome;
mod page;
pub(crate) mod post;
pub(crate) mod receive;
mod recorded;
mod rounds;
pub(crate) mod scan;
pub(crate) mod shopper;
pub(crate) mod standing;
mod supply;

use std::sync::Arc;

use daybook_domain::class::Class;
use daybook_store::exception;
use serde::Serialize;

pub use self::first_look::{PostedAlready, begin_if as look_up_first_if, posted_already};
pub use self::receive::fetch;
use self::{beside::Beside, evaluate::Evaluated, post::Tried};
use crate::{app::App, cutover, error::FlowError, reference};

/// What one pass may be told.
#[derive(Debug, Clone, Default)]
pub struct SyncOptions {
    /// Read again from this order id on.
    pub from_order: Option<i64>,
    /// An older copy of the book was put back: look everything up before it is sent.
    pub look_up_first: bool,
}

/// What one pass came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SyncReport {
    /// Orders that were new.
    pub received: u64,
    /// Orders that had changed at the till.
    pub changed: u64,
    /// Ids found missing below the watermark.
    pub missing: u64,
    /// Entries posted.
    pub posted: u64,
    /// Entries that are looked up before they are sent, or instead: after an older copy was put back,
    /// and while another integration may have posted them.
    pub looked_up: u64,
    /// Entries found in OrderWise after a doubt.
    pub adopted: u64,
    /// Entries read back.
    pub confirmed: u64,
    /// Documents whose totals differ from the till's.
    pub findings: u64,
    /// Returns that began to wait for their sale.
    pub waiting: u64,
    /// Entries that became exceptions.
    pub held: u64,
    /// Entries that are not, or not yet, for the ledger: open, parked, cancelled.
    pub set_aside: u64,
    /// Entries released from waiting or from an exception.
    pub released: u64,
    /// Calls that did not end in a posting.
    pub not_posted: u64,
    /// Entries that stand still because their store is paused, at the end of the pass.
    pub behind: u64,
}

impl SyncReport {
    fn add_outcomes(&mut self, outcomes: &[Tried]) {
        for tried in outcomes {
            match &tried.called.outcome {
                Ok(_) => self.posted += 1,
                Err(failure) if failure.class() != Class::Done => self.not_posted += 1,
                Err(_) => {}
            }
        }
    }

    fn add_evaluated(&mut self, evaluated: &Evaluated) {
        self.waiting += evaluated.waiting;
        self.held += evaluated.held;
        self.set_aside += evaluated.set_aside;
        self.released += evaluated.released;
        self.looked_up += evaluated.looked_up;
    }
}

/// One pass of the whole flow, until nothing is left to do now.
pub async fn sync(app: &Arc<App>, options: &SyncOptions) -> Result<SyncReport, FlowError> {
    let mut report = SyncReport::default();
    first_look::begin_if(app, options.look_up_first).await?;
    doubt::adopt_orphans(app).await?;
    if let Some(from) = options.from_order {
        scan::back_fill(app, from, &mut report).await?;
    }
    // What the till has goes before what OrderWise can take: an ERP that is away must not keep
    // sales from being written down, nor a till that is away those from being posted.
    let received = receive::pass(app, &mut report).await;
    let refreshed = reference::if_due(app).await;
    post_all(app, &mut report).await?;
    received?;
    refreshed?;
    let behind = exception::behind(&app.db).await?;
    report.behind = behind.values().map(|one| one.entries.unsigned_abs()).sum();
    Ok(report)
}

/// Everything between the book and OrderWise, until nothing is left to do now. One at a time in a
/// process: the plan of a day runs it as well as the engine.
pub(crate) async fn post_all(app: &Arc<App>, report: &mut SyncReport) -> Result<(), FlowError> {
    let _alone = app.posting.lock().await;
    loop {
        let before = report.clone();
        standing::pass(app, report).await?;
        doubt::pass(app, report).await?;
        post_beside(app, report).await?;
        shopper::pass(app).await?;
        doubt::pass(app, report).await?;
        confirm::pass(app, report, 1).await?;
        cutover::watch(app).await?;
        if app.stop.is_cancelled() || *report == before && !shopper::are_wanted(app) {
            return Ok(());
        }
    }
}

/// Posts; with several lanes, doubts are resolved and documents are read back meanwhile. With one
/// lane they wait: one call at a time is what was asked for, and a simulation repeats.
async fn post_beside(app: &Arc<App>, report: &mut SyncReport) -> Result<(), FlowError> {
    let beside = Beside::default();
    if app.settings.posting.in_flight <= 1 {
        return post::pass(app, report, &beside).await;
    }
    let mut settled = SyncReport::default();
    let posting = async {
        let result = post::pass(app, report, &beside).await;
        beside.end();
        result
    };
    let (posted, settling) = tokio::join!(posting, beside.settle(app, &mut settled));
    report.adopted += settled.adopted;
    report.confirmed += settled.confirmed;
    report.findings += settled.findings;
    posted.and(settling)
}
