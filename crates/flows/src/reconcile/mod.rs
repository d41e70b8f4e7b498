//! The day close. A pass: new Z-reports are read, what came late is noted (`days`); each night the
//! day before of every store is due; and each day that is due is closed (`run`): the witnesses are
//! brought up to date ([`collect`]), loaded, compared by the domain, and what that came to is
//! written down in one transaction.
//!
//! A day that is due stays due until it was written down, so a run that is cut off goes on.

pub mod collect;
mod days;
pub(crate) mod late;
mod load;
pub mod month;
pub mod period;
mod policy;
pub(crate) mod ready;
mod record;
mod run;
mod sign;
mod view;

use std::sync::Arc;

use daybook_domain::{Timestamp, reconcile::witness::Day};
use daybook_store::reconcile::day::{self, DayState, StoreDayRow};
use serde::Serialize;

use self::collect::CollectReport;
pub use self::{
    sign::{Signature, sign},
    view::{
        CauseView, CertificateView, Clearing, DayView, DifferenceView, FiguresView, days, view,
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
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
    collect::z_reports(app, &mut report.read).await?;
    days::late(app).await?;
    days::night(app, &mut report.read).await?;
    loop {
        let due = day::due(&app.db, app.now(), PAGE).await?;
        if due.is_empty() {
            return Ok(());
        }
        for row in due {
            if app.stop.is_cancelled() || !engine::is_ours(app, "reconcile").await? {
                return Ok(());
            }
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
    collect::z_reports(app, &mut report.read).await?;
    days::late(app).await?;
    let mut rows = Vec::new();
    // Who asks wants to know how OrderWise is now.
    let now = app.now();
    for warehouse_id in days::stores(app).await? {
        if store.is_none_or(|wanted| wanted == warehouse_id) {
            let about = (warehouse_id, day);
            let closed = run::close(app, about, now, &mut report.read).await?;
            report.add(&closed);
            rows.push(closed.row);
        }
    }
    if rows.is_empty() {
        let what = match store {
            Some(id) => format!("no store {id} is to be closed"),
            None => "no store is mapped".to_owned(),
        };
        let hint = "see `daybook map list store`, and [reconcile] stores in the configuration";
        return Err(FlowError::request("no-such-store", what, hint));
    }
    Ok(rows)
}
