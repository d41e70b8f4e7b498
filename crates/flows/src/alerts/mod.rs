//! Alerts: what people are told without asking. A look around becomes observations, these become
//! changes of alerts and messages in one transaction, and messages are sent after it.

mod daily;
mod look;
mod record;
mod send;
pub mod show;
mod silence;

use serde::Serialize;

use crate::{app::App, engine, error::FlowError};

pub(crate) use self::silence::Usuals;
pub use self::{record::place, send::test};

/// Its name: lease and scope.
pub const FLOW: &str = "alerts";

/// What a pass has done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AlertsReport {
    /// Alerts opened.
    pub opened: u64,
    /// Alerts told further up.
    pub escalated: u64,
    /// Alerts that are over.
    pub closed: u64,
    /// Messages that arrived.
    pub sent: u64,
    /// Tries that failed.
    pub failed: u64,
}

/// One pass: look around, write down what changed, send what is due.
pub async fn pass(app: &App, report: &mut AlertsReport) -> Result<(), FlowError> {
    if !engine::is_ours(app, FLOW).await? {
        return Ok(());
    }
    let seen = look::around(app).await?;
    record::changes(app, &seen, report).await?;
    daily::messages(app).await?;
    send::due(app, report).await
}
