//! The flows beside sales: each in a loop of its own, so that none waits for another. What they
//! may call is shared out by priority (design section 2).

use std::{future::Future, sync::Arc, time::Duration};

use daybook_domain::{Timestamp, causes::Cause, class::Failure, retry::Backoff};
use daybook_store::{Tx, exception, lease as leases};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use super::rest;
use crate::{
    alerts::{self, AlertsReport},
    app::App,
    audit,
    catalogue::{self, CatalogueReport},
    desk::operate,
    despatch::{self, DespatchReport},
    error::FlowError,
    health,
    reconcile::{self, ReconcileReport},
    sales::evaluate::DAYBOOK,
    settlement::{self, SettlementReport},
    stock::{self, StockReport},
};

/// A flow that runs beside sales.
struct Beside<'a> {
    /// Its name: lease and scope of its alerts.
    name: &'static str,
    /// Whether it is wanted and set up.
    runs: bool,
    every: Duration,
    wake: &'a Notify,
}

/// How long a process may be silent before another takes its flow over: longer than any call, so
/// that what the other looks for has arrived or never will.
fn lease(app: &App) -> Duration {
    app.settings.posting.lease.max(app.settings.despatch.lease)
}

/// Runs all of them until `stop`.
pub(super) async fn all(app: &Arc<App>, stop: &CancellationToken) {
    tokio::join!(
        levels(app, stop),
        parcels(app, stop),
        products(app, stop),
        books(app, stop),
        payouts(app, stop),
        watch(app, stop),
        audits(app, stop),
    );
}

async fn levels(app: &Arc<App>, stop: &CancellationToken) {
    let settings = &app.settings.stock;
    let beside = Beside {
        name: "stock",
        runs: settings.enabled && stock::is_set_up(app),
        every: settings.poll_every,
        wake: &app.wake.stock,
    };
    let pass = || async {
        let mut report = StockReport::default();
        let result = stock::pass(app, &mut report).await;
        tell("stock", &report);
        result
    };
    Box::pin(keep_running(app, stop, &beside, pass)).await;
}

async fn parcels(app: &Arc<App>, stop: &CancellationToken) {
    let settings = &app.settings.despatch;
    let beside = Beside {
        name: "despatch",
        runs: settings.enabled && despatch::is_set_up(app),
        every: settings.poll_every,
        wake: &app.wake.despatch,
    };
    let pass = || async {
        let mut report = DespatchReport::default();
        let result = despatch::pass(app, &mut report).await;
        tell("despatch", &report);
        result
    };
    Box::pin(keep_running(app, stop, &beside, pass)).await;
}

async fn products(app: &Arc<App>, stop: &CancellationToken) {
    let settings = &app.settings.catalogue;
    let beside = Beside {
        name: "catalogue",
        runs: settings.enabled && catalogue::is_set_up(app),
        every: settings.poll_every,
        wake: &app.wake.catalogue,
    };
    let pass = || async {
        let mut report = CatalogueReport::default();
        let result = catalogue::pass(app, &mut report).await;
        tell("catalogue", &report);
        result
    };
    Box::pin(keep_running(app, stop, &beside, pass)).await;
}

async fn books(app: &Arc<App>, stop: &CancellationToken) {
    let settings = &app.settings.reconcile;
    let beside = Beside {
        name: "reconcile",
        // What people ask for is done in any case.
        runs: reconcile::is_set_up(app),
        every: settings.poll_every,
        wake: &app.wake.reconcile,
    };
    let pass = || async {
        let mut report = ReconcileReport::default();
        let result = if settings.enabled {
            reconcile::pass(app, &mut report).await
        } else {
            reconcile::asked::pass(app).await
        };
        tell("reconcile", &report);
        if report.closed + report.differs > 0 {
            app.wake.settlement.notify_one();
        }
        result
    };
    Box::pin(keep_running(app, stop, &beside, pass)).await;
}

async fn payouts(app: &Arc<App>, stop: &CancellationToken) {
    let settings = &app.settings.settlement;
    let beside = Beside {
        name: "settlement",
        runs: settings.enabled && settlement::is_set_up(app),
        every: settings.poll_every,
        wake: &app.wake.settlement,
    };
    let seen = Mutex::new(settlement::inbox::Seen::default());
    let pass = || async {
        let mut report = SettlementReport::default();
        let result = settlement::pass(app, &seen, &mut report).await;
        tell("settlement", &report);
        result
    };
    Box::pin(keep_running(app, stop, &beside, pass)).await;
}

async fn watch(app: &Arc<App>, stop: &CancellationToken) {
    let settings = &app.settings.alerts;
    let beside = Beside {
        name: alerts::FLOW,
        runs: settings.enabled,
        every: settings.poll_every,
        wake: &app.wake.alerts,
    };
    let pass = || async {
        let mut report = AlertsReport::default();
        let result = alerts::pass(app, &mut report).await;
        tell(alerts::FLOW, &report);
        result
    };
    Box::pin(keep_running(app, stop, &beside, pass)).await;
}

async fn audits(app: &Arc<App>, stop: &CancellationToken) {
    let settings = &app.settings.audit;
    // Nothing wakes it: nobody waits for it.
    let nothing = Notify::new();
    let beside = Beside {
        name: "audits",
        runs: settings.enabled,
        every: settings.poll_every,
        wake: &nothing,
    };
    let pass = || async {
        if let Some(audited) = audit::pass(app).await? {
            let (gaps, records) = (audited.report.gaps.len(), audited.report.records());
            tracing::info!(gaps, records, "both systems are audited");
        }
        Ok(())
    };
    Box::pin(keep_running(app, stop, &beside, pass)).await;
}

fn tell<R: Default + PartialEq + Serialize>(flow: &'static str, report: &R) {
    if *report != R::default() {
        let done = figures(&json!(report)).join(", ");
        tracing::info!(flow, done, "a pass is over");
    }
}

/// What a report counts, without what is nought: `raised 3`.
fn figures(report: &Value) -> Vec<String> {
    let Some(counted) = report.as_object() else { return Vec::new() };
    let said = counted.iter().flat_map(|(name, value)| match value {
        Value::Number(figure) if figure.as_u64() != Some(0) => {
            vec![format!("{} {figure}", name.replace('_', " "))]
        }
        part => figures(part),
    });
    said.collect()
}

async fn keep_running<F, Fut>(
    app: &Arc<App>,
    stop: &CancellationToken,
    beside: &Beside<'_>,
    pass: F,
) where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<(), FlowError>>,
{
    let mut failures = 0;
    while beside.runs && !stop.is_cancelled() {
        let pause = match once(app, beside, &pass).await {
            Ok(()) => {
                failures = 0;
                beside.every
            }
            Err(error) => {
                failures += 1;
                after_failure(app, beside, &error, failures).await
            }
        };
        rest(app, stop, beside.wake, pause).await;
    }
    if let Err(error) = leases::release(&app.db, beside.name, &app.worker).await {
        tracing::debug!(flow = beside.name, "the lease is left to run out: {error}");
    }
}

async fn once<F, Fut>(app: &Arc<App>, beside: &Beside<'_>, pass: &F) -> Result<(), FlowError>
where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<(), FlowError>>,
{
    if operate::is_paused(app, beside.name).await? || !is_ours(app, beside.name).await? {
        return Ok(());
    }
    tokio::select! {
        biased;
        result = pass() => result?,
        () = renewing(app, beside.name) => {}
    }
    let mut tx = app.db.begin().await?;
    exception::close_scoped(&mut tx, app.now(), &scope(beside.name), DAYBOOK, "it works again")
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Renews the right to run a flow while a pass runs; never over by itself. Where it is lost, the pass
/// finds out at its next step: a call that is on its way is not cut off.
pub(crate) async fn renewing(app: &App, flow: &'static str) {
    loop {
        tokio::time::sleep(lease(app) / 3).await;
        if let Err(error) = is_ours(app, flow).await {
            tracing::debug!(flow, "the lease is not renewed: {error}");
        }
    }
}

/// Takes or renews the right to run a flow: one process at a time. A long pass asks again at every
/// step, and ends where the answer is no.
pub(crate) async fn is_ours(app: &App, flow: &str) -> Result<bool, FlowError> {
    if app.db.is_ours_alone() {
        return Ok(true);
    }
    let now = app.now();
    Ok(leases::acquire(&app.db, now, flow, &app.worker, now.plus(lease(app))).await?)
}

/// Whether a flow is still ours, for the length of this transaction: what a process that lost it
/// would write down is not written.
pub(crate) async fn is_held(app: &App, tx: &mut Tx, flow: &str) -> Result<bool, FlowError> {
    if app.db.is_ours_alone() {
        return Ok(true);
    }
    let until = app.now().plus(lease(app));
    Ok(leases::hold(tx, flow, &app.worker, until).await?)
}

/// A call that follows an intent begins before this, or not at all: begun later it might outlive
/// the lease, when another process has looked for it already.
pub(crate) fn send_before(app: &App, intended_at: Timestamp) -> Timestamp {
    intended_at.plus(lease(app) / 3)
}

fn scope(flow: &str) -> String {
    format!("flow:{flow}")
}

/// One alert once it lasts, and a pause that grows.
async fn after_failure(
    app: &App,
    beside: &Beside<'_>,
    error: &FlowError,
    failures: u32,
) -> Duration {
    tracing::warn!(flow = beside.name, code = error.code(), failures, "could not go on: {error}");
    let asked = match error {
        FlowError::Sitoo(Failure::Later { after, .. })
        | FlowError::Orderwise(Failure::Later { after, .. }) => *after,
        _ => None,
    };
    if failures >= 3
        && let Some(cause) = cause_of(error)
        && let Err(error) = alert(app, beside.name, cause, &error.to_string()).await
    {
        tracing::error!(code = error.code(), "the alert could not be written: {error}");
    }
    Backoff::from(&app.settings.posting.breaker_backoff).delay(failures, app.ids.dice(), asked)
}

async fn alert(app: &App, flow: &str, cause: Cause, what: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    let scope = scope(flow);
    if !health::is_told(&mut tx, &scope, cause).await? {
        let subject = health::system_of(cause).unwrap_or(flow);
        exception::raise_scoped(&mut tx, app.now(), &scope, cause, subject, what).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn cause_of(error: &FlowError) -> Option<Cause> {
    match error {
        FlowError::Sitoo(failure) => Some(super::cause_of(failure)),
        FlowError::Orderwise(failure) => Some(match failure {
            Failure::NotAuthorised { status: 401, .. } => Cause::OrderwiseCredentials,
            Failure::NotAuthorised { .. } => Cause::OrderwisePermission,
            Failure::Refused { .. } | Failure::NotFound { .. } => Cause::OrderwiseExportDefinition,
            Failure::Drift { .. } => Cause::OrderwiseContract,
            Failure::Later { .. } | Failure::InDoubt { .. } => Cause::OrderwiseUnreachable,
        }),
        _ => None,
    }
}
