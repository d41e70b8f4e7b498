//! The despatch flow: what OrderWise sent shows in Sitoo, each of its deliveries exactly once, and
//! both sides of an order end alike.
//!
//! A pass: what was interrupted is looked up (`doubt`); OrderWise is read (`read`); Sitoo is
//! told (`write`); orders of which something is to come are looked at on both sides (`follow`).

mod doubt;
mod follow;
mod look;
mod note;
mod read;
mod statuses;
mod write;

use std::sync::Arc;

use serde::Serialize;

use crate::{
    app::App,
    cutover::{self, Flow},
    error::FlowError,
};

/// What one pass came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DespatchReport {
    /// Deliveries of OrderWise that were new.
    pub told: u64,
    /// Deliveries written into Sitoo.
    pub written: u64,
    /// Deliveries found in Sitoo after a doubt.
    pub adopted: u64,
    /// Calls that did not end in a delivery.
    pub not_written: u64,
    /// Deliveries that OrderWise changed or took back.
    pub corrected: u64,
    /// Orders whose status in OrderWise changed.
    pub moved: u64,
    /// Orders that Daybook closed in Sitoo.
    pub closed: u64,
    /// Orders that are at their end on both sides.
    pub ended: u64,
    /// Exceptions raised.
    pub raised: u64,
}

impl DespatchReport {
    /// What was written down in a transaction counts once it is committed.
    fn add(&mut self, other: &Self) {
        self.told += other.told;
        self.written += other.written;
        self.adopted += other.adopted;
        self.not_written += other.not_written;
        self.corrected += other.corrected;
        self.moved += other.moved;
        self.closed += other.closed;
        self.ended += other.ended;
        self.raised += other.raised;
    }
}

/// Whether the flow is set up: its export definition has an id.
pub fn is_set_up(app: &App) -> bool {
    app.orderwise.has_export(EXPORT)
}

/// The export definition that the flow reads.
pub const EXPORT: &str = "despatches";

/// One pass, until nothing is left to do now.
pub async fn pass(app: &Arc<App>, report: &mut DespatchReport) -> Result<(), FlowError> {
    if cutover::rests(app, Flow::Despatch).await? {
        return Ok(());
    }
    doubt::adopt_orphans(app).await?;
    // What Sitoo can be told does not wait for an OrderWise that is away, nor the other way round.
    let read = read::pass(app, report).await;
    loop {
        let before = report.clone();
        doubt::pass(app, report).await?;
        write::pass(app, report).await?;
        follow::pass(app, report).await?;
        if *report == before || app.stop.is_cancelled() {
            return read;
        }
    }
}
