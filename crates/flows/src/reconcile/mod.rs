//! The day close. A pass: new Z-reports are read, what came late is noted (`days`); each night the
//! day before of every store is due; and each day that is due is closed (`run`): the witnesses are
//! brought up to date ([`collect`]), loaded, compared by the domain, and what that came to is
//! written down in one transaction.
//!
//! A day that is due stays due until it was written down, so a run that is cut off goes on. What
//! differs is mended by [`fix`]; a process that does not hold the book asks for a day ([`asked`]).

pub mod asked;
mod beginning;
pub mod collect;
mod days;
pub mod drill;
pub mod fix;
pub(crate) mod late;
mod load;
pub mod month;
mod overdue;
pub mod period;
mod policy;
pub(crate) mod ready;
mod record;
mod run;
mod sign;
mod view;

use std::sync::Arc;

use daybook_domain::{Timestamp, reconcile::witness::Day};
use daybook_store::reconcile::day::{self, DayState};
pub use daybook_store::reconcile::day::{StandingRow, StoreDayRow};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::beginning::counted;
use self::collect::CollectReport;
pub use self::{
    beginning::{first_day, has_days, not_over},
    policy::store_zone,
    sign::{Signature, sign},
    view::{
        CauseView, CertificateView, Clearing, DayView, DifferenceView, FiguresView, days,
        month_days, view,
    },
};
use crate::{app::App, engine, error::FlowError};

/// The export definition that days cannot be closed without.
pub const EXPORT: &str = "order-totals";
/// The one that lets documents be compared line by line.
pub const LINES: &str = "order-lines";
/// Days looked up at once.
const PAGE: usize = 50;

/// What one pass came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReconcileReport {
    /// What was read.
    pub read: CollectReport,
    /// Days that are complete and equal.
    pub closed: u64,
    /// Days with differences.
    pub differs: u64,
    /// Days that wait for a witness.
    pub not_fresh: u64,
    /// Days that were compared again and are as they were.
    pub unchanged: u64,
}

impl ReconcileReport {
    fn add(&mut self, closed: &record::Closed) {
        match closed.row.state {
            _ if closed.is_unchanged => self.unchanged += 1,
            DayState::Closed | DayState::SignedOff => self.closed += 1,
            DayState::Differs => self.differs += 1,
            DayState::NotFresh | DayState::Open => self.not_fresh += 1,
        }
    }
}

/// Whether the flow is set up: its export definition has an id.
pub fn is_set_up(app: &App) -> bool {
    app.orderwise.has_export(EXPORT)
}

/// One pass, until nothing is left to do now.
pub async fn pass(app: &Arc<App>, report: &mut ReconcileReport) -> Result<(), FlowError> {
    asked::pass(app).await?;
    collect::z_reports(app, &mut report.read).await?;
    days::late(app).await?;
    days::night(app, &mut report.read).await?;
    fix::credit::due(app).await?;
    due(app, report).await?;
    overdue::tell(app).await
}

/// Closes the days that are due; what somebody asks for meanwhile is not left to wait.
async fn due(app: &Arc<App>, report: &mut ReconcileReport) -> Result<(), FlowError> {
    loop {
        let due = day::due(&app.db, app.now(), PAGE).await?;
        if due.is_empty() {
            return Ok(());
        }
        for row in due {
            if app.stop.is_cancelled() || !engine::is_ours(app, "reconcile").await? {
                return Ok(());
            }
            asked::pass(app).await?;
            let about = (row.warehouse_id, row.day);
            // What differed may have been mended in OrderWise since: it is read anew.
            let since = match row.state {
                DayState::Differs => days::last_night(app, row.warehouse_id).await?,
                _ => Timestamp::default(),
            };
            let closed = run::close(app, about, since, &mut report.read).await?;
            report.add(&closed);
        }
    }
}

/// Closes a day of one store, or of all, whether it is due or not.
pub async fn close_on_demand(
    app: &Arc<App>,
    day: Day,
    store: Option<i64>,
    report: &mut ReconcileReport,
) -> Result<Vec<StoreDayRow>, FlowError> {
    let wanted = days::wanted(app, store).await?;
    beginning::refuse_before(app, day, &wanted).await?;
    collect::z_reports(app, &mut report.read).await?;
    days::late(app).await?;
    let mut rows = Vec::new();
    // Who asks wants to know how OrderWise is now.
    let now = app.now();
    for warehouse_id in wanted {
        let closed = run::close(app, (warehouse_id, day), now, &mut report.read).await?;
        report.add(&closed);
        rows.push(closed.row);
    }
    Ok(rows)
}
