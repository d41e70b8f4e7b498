//! The machine room: connections, watermarks, queues, pauses, leases; and the record of acts.

use daybook_domain::{
    Timestamp,
    class::Class,
    cutover::{Cutover, Flow},
};
pub use daybook_store::audit::AuditRow;
use daybook_store::{
    audit, cutover,
    exchange::{self, CallRow},
    lease::{self, LeaseRow},
    pause::{self, Pause},
    watermark,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::glance;
use crate::{app::App, error::FlowError, sales::receive::ORDERS, status::Summary, stock::figures};

/// Exchanges that are looked back on.
const EXCHANGES: usize = 200;

/// How the machine stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Health {
    /// `sqlite` or `postgres`.
    #[schemars(extend("enum" = ["sqlite", "postgres"]))]
    pub engine: &'static str,
    /// How things stand.
    pub summary: Summary,
    /// When orders were last read from Sitoo.
    pub orders_read_at: Option<Timestamp>,
    /// When stock was last read from OrderWise.
    pub stock_read_at: Option<Timestamp>,
    /// That Daybook does not post, in a sentence.
    #[serde(skip)]
    pub notice: Option<&'static str>,
    /// Flows that rest because another integration does their work.
    #[serde(skip)]
    pub resting: Vec<&'static str>,
    /// What stands still, and why.
    pub pauses: Vec<Pause>,
    /// Who does what at this moment.
    pub leases: Vec<LeaseRow>,
    /// The systems, by their latest calls.
    pub systems: Vec<SystemLine>,
}

/// A system by its latest calls.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SystemLine {
    /// `sitoo` or `orderwise`.
    #[schemars(extend("enum" = ["sitoo", "orderwise"]))]
    pub system: String,
    /// Calls looked at.
    pub calls: usize,
    /// Of those, calls that did not end well.
    pub failed: usize,
    /// The middle one of their durations, in microseconds.
    pub median_us: i64,
    /// When the last one was made.
    pub last_at: Timestamp,
    /// How the last one ended.
    #[schemars(with = "Class")]
    pub last_class: String,
}

/// How the machine stands.
pub async fn health(app: &App) -> Result<Health, FlowError> {
    let machine = glance::machine(app).await?;
    let cutover = cutover::state(&app.db).await?;
    Ok(Health {
        engine: app.db.engine_name(),
        summary: glance::summary(app).await?,
        orders_read_at: machine.orders_read_at,
        stock_read_at: machine.stock_read_at,
        notice: cutover.notice(),
        resting: resting(&cutover),
        // Read anew: whoever pauses a flow here looks at this next.
        pauses: pause::all(&app.db).await?,
        leases: machine.leases.clone(),
        systems: machine.systems.clone(),
    })
}

fn resting(cutover: &Cutover) -> Vec<&'static str> {
    let posting = (!cutover.mode.posts()).then_some("posting");
    let flows = Flow::ALL.into_iter().filter(|flow| !cutover.may_write(*flow)).map(Flow::word);
    posting.into_iter().chain(flows).collect()
}

/// What moves by itself, and is shared by all who look.
#[derive(Debug)]
pub(super) struct Machine {
    orders_read_at: Option<Timestamp>,
    stock_read_at: Option<Timestamp>,
    leases: Vec<LeaseRow>,
    systems: Vec<SystemLine>,
}

/// Reads it.
pub(super) async fn machine(app: &App) -> Result<Machine, FlowError> {
    Ok(Machine {
        orders_read_at: watermark::updated_at(&app.db, ORDERS).await?,
        stock_read_at: figures::read_at(app).await?,
        leases: lease::list(&app.db).await?,
        systems: systems(&exchange::latest_calls(&app.db, EXCHANGES).await?),
    })
}

fn systems(exchanges: &[CallRow]) -> Vec<SystemLine> {
    let mut names: Vec<&String> = exchanges.iter().map(|one| &one.system).collect();
    names.sort();
    names.dedup();
    let line = |name: &String| {
        let own: Vec<&CallRow> = exchanges.iter().filter(|one| one.system == *name).collect();
        let mut spans: Vec<i64> = own.iter().map(|one| one.duration_us).collect();
        spans.sort_unstable();
        let last = own.iter().max_by_key(|one| one.started_at)?;
        Some(SystemLine {
            system: name.clone(),
            calls: own.len(),
            failed: own.iter().filter(|one| one.class != "done").count(),
            median_us: spans.get(spans.len() / 2).copied().unwrap_or_default(),
            last_at: last.started_at,
            last_class: last.class.clone(),
        })
    };
    names.into_iter().filter_map(line).collect()
}

/// A page of the record, the newest first.
pub async fn acts(
    app: &App,
    before: Option<i64>,
    limit: usize,
) -> Result<Vec<AuditRow>, FlowError> {
    Ok(audit::list(&app.db, before, limit).await?)
}

/// The acts of one kind, the newest first.
pub async fn acts_of(app: &App, action: &str, limit: usize) -> Result<Vec<AuditRow>, FlowError> {
    Ok(audit::of_action(&app.db, action, limit).await?)
}

/// The number of the first act that is not as it was written; none when all are.
pub async fn verify(app: &App) -> Result<Option<i64>, FlowError> {
    Ok(audit::verify(&app.db).await?)
}
