//! Pausing and resuming what Daybook does by itself. A pass that is asked for by hand runs all the
//! same; what is under way is finished.

use std::time::Duration;

use daybook_store::{
    audit,
    pause::{self, NewPause},
};

use crate::{app::App, catalogue, despatch, error::FlowError, reconcile, settlement, stock};

/// What can be paused, with its name for people.
pub const FLOWS: [(&str, &str); 7] = [
    ("receiving", "Receiving from Sitoo"),
    ("posting", "Posting to OrderWise"),
    ("stock", "Stock"),
    ("despatch", "Despatch"),
    ("catalogue", "Catalogue"),
    ("reconcile", "The day close"),
    ("settlement", "Card money"),
];

/// Nobody resumes it but a person.
const UNTIL_RESUMED: Duration = Duration::from_hours(24 * 365 * 100);
/// How a person's pause is told from those that Daybook makes.
const BY_A_PERSON: &str = "paused-by-a-person";

fn scope(flow: &str) -> String {
    format!("flow:{flow}")
}

/// A flow's name for people, by the scope of its pause.
pub(crate) fn name_of(scope: &str) -> Option<&'static str> {
    let flow = scope.strip_prefix("flow:")?;
    FLOWS.iter().find(|(word, _)| *word == flow).map(|(_, name)| *name)
}

/// Why a flow does not run here at all; none where it does.
pub fn why_off(app: &App, flow: &str) -> Option<&'static str> {
    let settings = &app.settings;
    let (is_on, is_set_up) = match flow {
        "stock" => (settings.stock.enabled, stock::is_set_up(app)),
        "despatch" => (settings.despatch.enabled, despatch::is_set_up(app)),
        "catalogue" => (settings.catalogue.enabled, catalogue::is_set_up(app)),
        "reconcile" => (settings.reconcile.enabled, reconcile::is_set_up(app)),
        "settlement" => (settings.settlement.enabled, settlement::is_set_up(app)),
        _ => (true, true),
    };
    match (is_on, is_set_up) {
        (true, true) => None,
        (true, false) => Some("Not set up in the configuration."),
        (false, _) => Some("Switched off in the configuration."),
    }
}

/// Whether a person has paused a flow.
pub(crate) async fn is_paused(app: &App, flow: &str) -> Result<bool, FlowError> {
    let scope = scope(flow);
    Ok(pause::all(&app.db).await?.iter().any(|pause| pause.scope == scope))
}

/// Stops a flow until it is resumed.
pub async fn pause(app: &App, flow: &str, actor: &str, reason: &str) -> Result<(), FlowError> {
    known(flow)?;
    if reason.trim().is_empty() {
        return Err(FlowError::request(
            "reason-missing",
            "pausing needs a reason",
            "say why, for whoever comes next",
        ));
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let detail = format!("{actor}: {}", reason.trim());
    let new = NewPause {
        scope: &scope(flow),
        cause: BY_A_PERSON,
        detail: &detail,
        probe_at: now.plus(UNTIL_RESUMED),
        failures: 0,
    };
    pause::pause(&mut tx, now, &new).await?;
    let why = serde_json::json!({ "reason": reason.trim() }).to_string();
    audit::append(&mut tx, now, actor, "pause-flow", flow, &why).await?;
    tx.commit().await?;
    Ok(())
}

/// Lets a flow go on.
pub async fn resume(app: &App, flow: &str, actor: &str) -> Result<(), FlowError> {
    known(flow)?;
    let mut tx = app.db.begin().await?;
    pause::resume(&mut tx, &scope(flow)).await?;
    audit::append(&mut tx, app.now(), actor, "resume-flow", flow, "{}").await?;
    tx.commit().await?;
    for wake in app.wake.all() {
        wake.notify_one();
    }
    Ok(())
}

fn known(flow: &str) -> Result<(), FlowError> {
    if FLOWS.iter().any(|(word, _)| *word == flow) {
        return Ok(());
    }
    let words: Vec<&str> = FLOWS.iter().map(|(word, _)| *word).collect();
    Err(FlowError::request(
        "flow-unknown",
        format!("there is no flow '{flow}'"),
        format!("use one of {}", words.join(", ")),
    ))
}
