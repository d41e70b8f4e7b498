//! Sends what is due. A try is written down before it is made; channels do not wait for each other.

use std::{collections::BTreeMap, time::Duration};

use daybook_connectors::notify::NotTaken;
use daybook_domain::{
    alert::{Notice, test_notice},
    retry::Backoff,
};
use daybook_store::{
    alert::{
        channel,
        delivery::{self, DeliveryRow, Ended},
    },
    audit,
};
use futures_util::future::join_all;

use super::{
    AlertsReport,
    record::{place, write},
};
use crate::{app::App, error::FlowError};

/// Messages of one pass.
const MOST: usize = 200;
/// A try that has no end by then is made again: its process is gone. Longer than any time-out.
const LEASE: Duration = Duration::from_mins(5);

/// Sends what is due.
pub(super) async fn due(app: &App, report: &mut AlertsReport) -> Result<(), FlowError> {
    let mut channels: BTreeMap<String, Vec<DeliveryRow>> = BTreeMap::new();
    for row in delivery::due(&app.db, app.now(), MOST).await? {
        channels.entry(row.channel.clone()).or_default().push(row);
    }
    let ends = channels.into_values().map(|rows| over_one(app, rows));
    for ended in join_all(ends).await {
        let (sent, failed) = ended?;
        report.sent += sent;
        report.failed += failed;
    }
    Ok(())
}

/// In order; what fails is tried again later, and so is what stands behind it.
async fn over_one(app: &App, rows: Vec<DeliveryRow>) -> Result<(u64, u64), FlowError> {
    let mut sent = 0;
    for row in rows {
        match one(app, &row).await? {
            Some(true) => sent += 1,
            Some(false) => return Ok((sent, 1)),
            None => {}
        }
    }
    Ok((sent, 0))
}

/// Whether it arrived; none when another has it.
async fn one(app: &App, row: &DeliveryRow) -> Result<Option<bool>, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let is_ours = delivery::begin(&mut tx, now, row, now.plus(LEASE)).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(None);
    }
    let told = match serde_json::from_str::<Notice>(&row.notice) {
        Ok(notice) => app.notifier.send(&row.channel, &row.id, &notice, now).await,
        Err(_) => Err(NotTaken {
            code: "alert-message",
            what: "the message in the book cannot be read".to_owned(),
        }),
    };
    let error = told.err().map(|error| error.to_string());
    let (now, attempt) = (app.now(), row.attempts + 1);
    let mut tx = app.db.begin().await?;
    let ended = match &error {
        None => Ended::Sent,
        Some(error) => after_failure(app, row, attempt, error),
    };
    if delivery::end(&mut tx, row.number, attempt, ended).await? {
        channel::tried(&mut tx, now, &row.channel, error.as_deref()).await?;
    }
    tx.commit().await?;
    if let Some(error) = &error {
        tracing::warn!(channel = row.channel, attempt, "an alert could not be delivered: {error}");
    }
    Ok(Some(error.is_none()))
}

fn after_failure<'a>(app: &App, row: &DeliveryRow, attempt: i64, error: &'a str) -> Ended<'a> {
    let settings = &app.settings.alerts;
    let failures = u32::try_from(attempt).unwrap_or(u32::MAX);
    let pause = Backoff::from(&settings.backoff).delay(failures, app.ids.dice(), None);
    let again = app.now().plus(pause);
    // What was held back until the morning has its time from then on.
    let first = row.due_at.filter(|_| row.attempts == 0).unwrap_or(row.created_at);
    if again > first.plus(settings.give_up_after) {
        return Ended::Failed(error);
    }
    Ended::Again(again, error)
}

/// Sends a test over one channel, now, and tells how it ended.
pub async fn test(app: &App, name: &str, actor: &str) -> Result<Result<(), NotTaken>, FlowError> {
    if !app.settings.alerts.channels.contains_key(name) {
        let known: Vec<&str> = app.settings.alerts.channels.keys().map(String::as_str).collect();
        let hint = if known.is_empty() {
            "set one up in [alerts.channels]".to_owned()
        } else {
            format!("use one of {}", known.join(", "))
        };
        let what = format!("there is no channel '{name}'");
        return Err(FlowError::request("channel-unknown", what, hint));
    }
    let now = app.now();
    let notice = test_notice(name, now, &place(app).0);
    let mut tx = app.db.begin().await?;
    audit::append(&mut tx, now, actor, "test-channel", name, "{}").await?;
    // Not due before the try below has ended: nobody else sends it.
    let id = write(app, &mut tx, None, (name, now.plus(LEASE)), &notice).await?;
    tx.commit().await?;
    let rows = delivery::latest(&app.db, None, MOST).await?;
    let row = rows.into_iter().find(|row| row.id == id).ok_or_else(|| {
        let what = "the test was written down and is not in the book".to_owned();
        FlowError::request("alert-message", what, "try again; if it stays so, please report it")
    })?;
    let told = app.notifier.send(name, &row.id, &notice, now).await;
    let error = told.as_ref().err().map(ToString::to_string);
    let mut tx = app.db.begin().await?;
    delivery::begin(&mut tx, now, &row, now.plus(LEASE)).await?;
    let ended = error.as_deref().map_or(Ended::Sent, Ended::Failed);
    delivery::end(&mut tx, row.number, row.attempts + 1, ended).await?;
    channel::tried(&mut tx, app.now(), name, error.as_deref()).await?;
    tx.commit().await?;
    Ok(told)
}
