//! Is OrderWise there at all? A circuit breaker for the whole system, pauses for one store, one
//! alert for each, and a probe that ends them. They are kept in the book, so that all processes
//! and the next start know of them.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use daybook_domain::{Timestamp, causes::Cause, class::Failure, exchange::Called, retry::Backoff};
use daybook_store::{
    Tx,
    exception::{self, ExceptionFilter},
    pause::{self, NewPause},
};

use crate::{app::App, error::FlowError, sales::evaluate::DAYBOOK};

/// Scope of what concerns all of OrderWise.
const ORDERWISE: &str = "orderwise";
/// Begins the scope of what concerns one store.
const STORE: &str = "store:";
/// Scope of what concerns reading only: nothing that is posted waits for it.
const EXPORTS: &str = "orderwise-exports";

/// What this process has seen of OrderWise lately.
#[derive(Debug)]
pub(crate) struct Health {
    /// Failures in a row that say something about the whole system.
    failures: AtomicI64,
    /// Scopes that were paused when last looked at.
    paused: Mutex<BTreeSet<String>>,
    /// This process has the probe of OrderWise.
    probing: AtomicBool,
}

impl Default for Health {
    /// The process before may have left an alert about reading: the first read that works ends it.
    fn default() -> Self {
        let paused = Mutex::new(BTreeSet::from([EXPORTS.to_owned()]));
        Self { failures: AtomicI64::new(0), paused, probing: AtomicBool::new(false) }
    }
}

impl Health {
    fn note(&self, scopes: BTreeSet<String>) {
        let mut paused = self.paused.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = paused.take(EXPORTS);
        *paused = scopes;
        paused.extend(reading);
    }

    fn add(&self, scope: &str) {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner).insert(scope.to_owned());
    }

    fn take(&self, scope: &str) -> bool {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner).remove(scope)
    }

    /// What is known to be paused.
    pub(crate) fn known(&self) -> BTreeSet<String> {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was taken for over in a transaction that was undone is not over yet.
    pub(crate) fn put_back(&self, known: BTreeSet<String>) {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner).extend(known);
    }
}

/// Whether OrderWise is paused and no probe is due, or asked to be left alone.
pub(crate) async fn is_paused(app: &App) -> Result<bool, FlowError> {
    if app.orderwise.held().is_some() {
        return Ok(true);
    }
    let now = app.now();
    let pauses = pause::all(&app.db).await?;
    app.health.note(pauses.iter().map(|pause| pause.scope.clone()).collect());
    Ok(pauses.iter().any(|pause| pause.scope == ORDERWISE && pause.probe_at > now))
}

/// What may be claimed now.
pub(crate) struct Allowance {
    /// So many entries: all, or one as a probe.
    pub(crate) entries: usize,
    /// Stores of which none is to be claimed.
    pub(crate) paused_stores: Vec<i64>,
}

/// What may be claimed now, if anything.
pub(crate) async fn allowance(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    batch: usize,
) -> Result<Option<Allowance>, FlowError> {
    if app.orderwise.held().is_some() {
        return Ok(None);
    }
    let pauses = pause::all(&mut *tx).await?;
    app.health.note(pauses.iter().map(|pause| pause.scope.clone()).collect());
    let paused_stores = pause::paused_stores(&pauses, now);
    let Some(pause) = pauses.iter().find(|pause| pause.scope == ORDERWISE) else {
        return Ok(Some(Allowance { entries: batch, paused_stores }));
    };
    if pause.probe_at > now {
        return Ok(None);
    }
    let next = now.plus(app.settings.posting.breaker_backoff.longest);
    let taken = pause::take_probe(tx, now, ORDERWISE, next).await?;
    app.health.probing.store(taken, Ordering::Relaxed);
    Ok(taken.then_some(Allowance { entries: 1, paused_stores }))
}

/// Nothing was there to probe with: the probe stays due, so that the next entry makes it.
pub(crate) async fn probe_unused(app: &App, tx: &mut Tx, now: Timestamp) -> Result<(), FlowError> {
    if app.health.probing.swap(false, Ordering::Relaxed) {
        let taken_until = now.plus(app.settings.posting.breaker_backoff.longest);
        pause::take_probe(tx, taken_until, ORDERWISE, now).await?;
    }
    Ok(())
}

/// OrderWise answered as it should; so did the session and the account of `store`.
pub(crate) async fn orderwise_well(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    store: &str,
) -> Result<(), FlowError> {
    app.health.failures.store(0, Ordering::Relaxed);
    for scope in [ORDERWISE.to_owned(), store_scope(store)] {
        if app.health.take(&scope) {
            pause::resume(tx, &scope).await?;
            exception::close_scoped(tx, now, &scope, DAYBOOK, "it works again").await?;
            tracing::info!(scope, "it works again");
        }
    }
    Ok(())
}

/// A failure that may be one of the whole system; enough of them open the breaker.
pub(crate) async fn orderwise_failed(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    what: &str,
) -> Result<(), FlowError> {
    let failures = app.health.failures.fetch_add(1, Ordering::Relaxed) + 1;
    if failures >= app.settings.posting.breaker_failures {
        pause_all(app, tx, now, Cause::OrderwiseUnreachable, what).await?;
    }
    Ok(())
}

/// A read of OrderWise worked.
pub(crate) async fn read_well(app: &App, tx: &mut Tx, now: Timestamp) -> Result<(), FlowError> {
    if app.health.take(EXPORTS) {
        exception::close_scoped(tx, now, EXPORTS, DAYBOOK, "it works again").await?;
    }
    orderwise_well(app, tx, now, "").await
}

/// A read of OrderWise failed. What is wrong with an export definition stops no posting: it is
/// one alert, and what needed the answer asks again.
pub(crate) async fn read_failed<T: Sync>(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    called: &Called<T>,
) -> Result<(), FlowError> {
    let Err(failure) = &called.outcome else { return Ok(()) };
    if called.is_put_off() {
        return Ok(());
    }
    let what = failure.to_string();
    let cause = match failure {
        Failure::Later { .. } | Failure::InDoubt { .. } => {
            return orderwise_failed(app, tx, now, &what).await;
        }
        Failure::NotAuthorised { status: 401, .. } => {
            pause_all(app, tx, now, Cause::OrderwiseCredentials, &what).await?;
            return Ok(());
        }
        Failure::NotAuthorised { .. } => Cause::OrderwisePermission,
        Failure::Refused { .. } | Failure::NotFound { .. } => Cause::OrderwiseExportDefinition,
        Failure::Drift { .. } => Cause::OrderwiseContract,
    };
    exception::raise_scoped(tx, now, EXPORTS, cause, "exports", &what).await?;
    app.health.add(EXPORTS);
    Ok(())
}

/// Pauses the whole flow to OrderWise; one alert. Returns when it is probed.
pub(crate) async fn pause_all(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    cause: Cause,
    what: &str,
) -> Result<Timestamp, FlowError> {
    pause_scope(app, tx, now, ORDERWISE, cause, what).await
}

/// Pauses one store; one alert. Returns when it is probed.
pub(crate) async fn pause_store(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    store: &str,
    cause: Cause,
    what: &str,
) -> Result<Timestamp, FlowError> {
    pause_scope(app, tx, now, &store_scope(store), cause, what).await
}

/// The system that a cause is about as a whole: one fault, however many flows meet it.
pub(crate) const fn system_of(cause: Cause) -> Option<&'static str> {
    match cause {
        Cause::OrderwiseCredentials | Cause::OrderwiseUnreachable => Some(ORDERWISE),
        Cause::SitooCredentials | Cause::SitooUnreachable => Some("sitoo"),
        _ => None,
    }
}

/// Whether another flow has told already what this one would tell of the same system. Once that
/// flow is well again, this one tells it at its next failure.
pub(crate) async fn is_told(tx: &mut Tx, scope: &str, cause: Cause) -> Result<bool, FlowError> {
    if system_of(cause).is_none() {
        return Ok(false);
    }
    let filter = ExceptionFilter { cause: Some(cause), ..ExceptionFilter::default() };
    let open = exception::list(&mut *tx, &filter, 1).await?;
    Ok(open.iter().any(|one| one.scope != scope))
}

fn store_scope(store: &str) -> String {
    format!("{STORE}{store}")
}

async fn pause_scope(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    scope: &str,
    cause: Cause,
    what: &str,
) -> Result<Timestamp, FlowError> {
    let probed = scope == ORDERWISE && app.health.probing.swap(false, Ordering::Relaxed);
    let known = pause::all(&mut *tx).await?.into_iter().find(|pause| pause.scope == scope);
    if let Some(pause) = known.as_ref().filter(|pause| pause.probe_at > now && !probed) {
        // One outage is one failure, however many calls were on their way when it began.
        return Ok(pause.probe_at);
    }
    let failures = known.map_or(0, |pause| pause.failures) + 1;
    let tries = u32::try_from(failures).unwrap_or(u32::MAX);
    let delay =
        Backoff::from(&app.settings.posting.breaker_backoff).delay(tries, app.ids.dice(), None);
    let probe_at = now.plus(delay);
    let new = NewPause { scope, cause: cause.code(), detail: what, probe_at, failures };
    pause::pause(tx, now, &new).await?;
    let subject = scope.strip_prefix(STORE).unwrap_or(scope);
    if !is_told(tx, scope, cause).await? {
        exception::raise_scoped(tx, now, scope, cause, subject, what).await?;
    }
    app.health.add(scope);
    tracing::warn!(scope, cause = cause.code(), %probe_at, "paused: {what}");
    Ok(probe_at)
}
