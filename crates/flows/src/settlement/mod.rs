//! Did the money arrive? Payments are read from what the tills told, reports and statements from
//! files, and rules match them. Nothing here calls anybody: the flow is load, decide, record.
//! `daybook serve` looks into folders for files; on the command line they are given by hand.

pub mod balance;
mod collect;
pub mod import;
pub mod inbox;
mod items;
pub mod pass;
pub mod people;
pub mod rules;
pub mod show;
mod tell;

pub use collect::{Collected, collect};

use serde::Serialize;
use tokio::sync::Mutex;

use self::{
    inbox::Seen,
    pass::{MatchReport, Reach},
};
use crate::{app::App, error::FlowError};

/// What one pass of the flow came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SettlementReport {
    /// Files that were imported.
    pub imported: u64,
    /// Files that cannot be read.
    pub bad: u64,
    /// What was matched.
    pub matched: MatchReport,
}

/// Whether the flow is set up: somebody settles what the tills take.
pub fn is_set_up(app: &App) -> bool {
    !app.settings.settlement.providers.is_empty()
}

/// One pass: files first, then what belongs together, then what a person must see to.
pub async fn pass(
    app: &App,
    seen: &Mutex<Seen>,
    report: &mut SettlementReport,
) -> Result<(), FlowError> {
    let looked = inbox::look(app, &mut *seen.lock().await).await?;
    report.imported = looked.imported;
    report.bad = looked.bad.len() as u64;
    report.matched = pass::run(app, Reach::Open).await?;
    tell::all(app, Some(&looked.bad)).await
}

/// What a person must see to, after something was done by hand.
pub async fn tell(app: &App) -> Result<(), FlowError> {
    tell::all(app, None).await
}

/// Who makes and undoes matches by rule.
pub(crate) const DAYBOOK: &str = "daybook";
