//! From another integration to Daybook, and back. Who posts is a row of the book; it is read in the
//! transaction that writes an intent (`gate`), and changed by a person ([`deeds`]). While another
//! integration posts, its documents are looked for under its own references (`look`).

pub mod deeds;
mod gate;
mod look;
mod plan;
mod report;
mod stock;
mod watch;

pub use daybook_domain::cutover::{Cutover, Flow, Mode};
use daybook_domain::{
    Timestamp,
    cutover::{gate::Limits, rules::Rule},
};
use daybook_store::{Tx, cutover};

pub(crate) use self::{
    gate::{Gate, in_doubt, open},
    look::{
        adopted, may_be_posted, name_original, not_there, others, strange, take, under_own_names,
    },
    watch::pass as watch,
};
pub use self::{
    plan::plan,
    report::{Line, Report, report},
    stock::{Comparison, compare_stock},
};
use crate::{app::App, error::FlowError};

/// Reason of an entry that is looked for under the other integration's references. Nothing was sent.
pub const ELSEWHERE: &str = "other-integration";
/// Reason of an entry that nobody has posted: it may be sent.
pub(crate) const LOOKED: &str = "looked-up-elsewhere";

fn limits(app: &App) -> Limits {
    app.settings.cutover.limits(app.settings.posting.settling_time)
}

/// The rules; those that cannot be used are refused when the configuration is read.
fn rules(app: &App) -> Vec<Rule> {
    app.settings.cutover.rules().unwrap_or_default()
}

/// How the cut-over stands.
pub async fn state(app: &App) -> Result<Cutover, FlowError> {
    Ok(cutover::state(&app.db).await?)
}

/// Whether a flow may write to the tills now, said in the transaction that writes its intent.
pub(crate) async fn may_write(tx: &mut Tx, flow: Flow) -> Result<bool, FlowError> {
    Ok(cutover::gate(tx).await?.0.may_write(flow))
}

/// Whether a flow that writes to the tills rests.
pub(crate) async fn rests(app: &App, flow: Flow) -> Result<bool, FlowError> {
    Ok(!cutover::state(&app.db).await?.may_write(flow))
}

/// How long an entry that the other integration should have posted may be missing; none while
/// Daybook posts.
pub(crate) async fn patience(app: &App) -> Result<Option<std::time::Duration>, FlowError> {
    let state = cutover::state(&app.db).await?;
    Ok((!state.mode.posts()).then_some(app.settings.cutover.report_after))
}

/// Before this moment an entry should have been posted by the other integration.
fn overdue_before(app: &App) -> Timestamp {
    app.now().minus(app.settings.cutover.report_after)
}
