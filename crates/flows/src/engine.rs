//! The engine of `daybook serve`: a loop that receives, one that posts, and one for each flow beside
//! sales. Each is woken by a signal and by a period, takes no input, and is harmless to run once
//! more.

pub(crate) mod beside;

pub(crate) use self::beside::{is_held, is_ours, send_before};

use std::{sync::Arc, time::Duration};

use daybook_domain::{causes::Cause, class::Failure, retry::Backoff};
use daybook_store::{exception, exchange, lease};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    desk::operate,
    error::FlowError,
    health,
    reconcile::asked,
    reference,
    sales::{self, SyncReport, evaluate::DAYBOOK, receive},
    status,
};

/// Lease of the process that polls Sitoo: one at a time.
const POLLER: &str = "sitoo-poll";

/// Runs all flows until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), FlowError> {
    sales::doubt::adopt_orphans(&app).await?;
    let stopping = async {
        stop.cancelled().await;
        app.stop.cancel();
    };
    let sales = async { tokio::join!(receiving(&app, &stop), posting(&app, &stop)) };
    let watched = async { tokio::join!(keeping(&app, &stop), watching(&app, &stop)) };
    tokio::join!(sales, beside::all(&app, &stop), watched, stopping);
    Ok(lease::release(&app.db, POLLER, &app.worker).await?)
}

async fn receiving(app: &Arc<App>, stop: &CancellationToken) {
    let mut failures = 0;
    while !stop.is_cancelled() {
        let pause = match receive_once(app).await {
            Ok(()) => {
                failures = 0;
                app.settings.receive.poll_every
            }
            Err(error) => {
                failures += 1;
                after_failed_poll(app, &error, failures).await
            }
        };
        rest(app, stop, &app.wake.receive, pause).await;
    }
}

async fn receive_once(app: &Arc<App>) -> Result<(), FlowError> {
    let mut report = SyncReport::default();
    if operate::is_paused(app, "receiving").await? {
        return Ok(());
    }
    if !is_poller(app).await? {
        // Whoever was told of an order fetches it: an event does not wait for the poller.
        return receive::named_by_events(app, &mut report).await;
    }
    receive::pass(app, &mut report).await?;
    let mut tx = app.db.begin().await?;
    exception::close_scoped(&mut tx, app.now(), "sitoo-poll", DAYBOOK, "it works again").await?;
    tx.commit().await?;
    if report != SyncReport::default() {
        tracing::info!(received = report.received, changed = report.changed, "orders received");
    }
    Ok(())
}

/// Two pollers for a moment do no harm, the key removes repeats; so the lease is short, and a
/// poller that died is soon replaced.
async fn is_poller(app: &App) -> Result<bool, FlowError> {
    if app.db.is_ours_alone() {
        return Ok(true);
    }
    let now = app.now();
    let slack = Duration::from_secs(10).min(app.settings.posting.lease / 2);
    let until = now.plus(app.settings.receive.poll_every * 3 + slack);
    Ok(lease::acquire(&app.db, now, POLLER, &app.worker, until).await?)
}

/// One alert, and a pause that grows.
async fn after_failed_poll(app: &App, error: &FlowError, failures: u32) -> Duration {
    tracing::warn!(code = error.code(), failures, "Sitoo could not be read: {error}");
    let (asked, cause) = match error {
        FlowError::Sitoo(failure) => (asked(failure), Some(cause_of(failure))),
        _ => (None, None),
    };
    // A single hiccup is no news; what lasts, or cannot heal by itself, is.
    let lasting = failures >= 3 || !matches!(cause, Some(Cause::SitooUnreachable));
    if let Some(cause) = cause.filter(|_| lasting)
        && let Err(error) = alert(app, cause, &error.to_string()).await
    {
        tracing::error!(code = error.code(), "the alert could not be written: {error}");
    }
    Backoff::from(&app.settings.posting.breaker_backoff).delay(failures, app.ids.dice(), asked)
}

async fn alert(app: &App, cause: Cause, what: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    if !health::is_told(&mut tx, "sitoo-poll", cause).await? {
        exception::raise_scoped(&mut tx, app.now(), "sitoo-poll", cause, "sitoo", what).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn asked(failure: &Failure) -> Option<Duration> {
    match failure {
        Failure::Later { after, .. } => *after,
        _ => None,
    }
}

fn cause_of(failure: &Failure) -> Cause {
    match failure {
        Failure::NotAuthorised { .. } => Cause::SitooCredentials,
        Failure::Drift { .. } | Failure::Refused { .. } => Cause::SitooContract,
        _ => Cause::SitooUnreachable,
    }
}

async fn posting(app: &Arc<App>, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let mut report = SyncReport::default();
        if let Err(error) = post_once(app, &mut report).await {
            tracing::warn!(code = error.code(), "posting could not go on: {error}");
        }
        if report != SyncReport::default() {
            tracing::info!(
                posted = report.posted,
                confirmed = report.confirmed,
                held = report.held,
                "entries posted"
            );
        }
        rest(app, stop, &app.wake.post, app.settings.posting.poll_every).await;
    }
}

async fn post_once(app: &Arc<App>, report: &mut SyncReport) -> Result<(), FlowError> {
    if operate::is_paused(app, "posting").await? {
        return Ok(());
    }
    sales::doubt::adopt_orphans(app).await?;
    if let Err(error) = reference::if_due(app).await {
        tracing::warn!(code = error.code(), "variants could not be refreshed: {error}");
    }
    sales::post_all(app, report).await
}

/// Housekeeping: figures for the metrics, old exchange records.
async fn keeping(app: &Arc<App>, stop: &CancellationToken) {
    const EVERY: Duration = Duration::from_mins(1);
    let nothing = Notify::new();
    while !stop.is_cancelled() {
        if let Err(error) = keep_once(app).await {
            tracing::warn!(code = error.code(), "housekeeping failed: {error}");
        }
        rest(app, stop, &nothing, EVERY).await;
    }
}

/// What another process asks for by way of the book: nothing else can wake this one.
async fn watching(app: &Arc<App>, stop: &CancellationToken) {
    const EVERY: Duration = Duration::from_secs(2);
    let nothing = Notify::new();
    while !stop.is_cancelled() {
        match asked::is_waited_for(app).await {
            Ok(true) => app.wake.reconcile.notify_one(),
            Ok(false) => {}
            Err(error) => tracing::debug!("it is not known what is asked: {error}"),
        }
        rest(app, stop, &nothing, EVERY).await;
    }
}

async fn keep_once(app: &App) -> Result<(), FlowError> {
    let before = app.now().minus(app.settings.keep_exchanges);
    exchange::prune(&app.db, before).await?;
    reference::lists_if_due(app).await?;
    status::publish(app).await
}

async fn rest(app: &App, stop: &CancellationToken, wake: &Notify, pause: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = wake.notified() => {}
        () = app.clock.sleep(pause) => {}
    }
}
