//! Alerts as people and programs see them.

use std::{collections::BTreeSet, time::Duration};

use daybook_domain::{
    Timestamp,
    alert::{Alert, AlertKind},
    causes::{Owner, Severity},
};
pub use daybook_store::alert::delivery::DeliveryRow;
use daybook_store::{
    alert::{self, channel, delivery},
    audit,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{app::App, error::FlowError, settings::ChannelKind};

const WEEK: Duration = Duration::from_hours(24 * 7);

/// An alert with what the table says of its kind, and who was told.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct AlertView {
    /// The alert.
    #[serde(flatten)]
    pub alert: Alert,
    /// A few words for a heading.
    pub title: &'static str,
    /// How soon.
    pub severity: Severity,
    /// What to do.
    pub todo: &'static str,
    /// Messages about it.
    pub deliveries: Vec<DeliveryRow>,
}

/// A channel as it is set, and how it does.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "AlertChannel")]
pub struct ChannelView {
    /// Its name.
    pub name: String,
    /// `mail`, `webhook`, `slack` or `teams`.
    #[schemars(extend("enum" = ["mail", "webhook", "slack", "teams"]))]
    pub kind: &'static str,
    /// Whose alerts it takes; all where none is named.
    pub owners: Vec<Owner>,
    /// Only what is told further up.
    pub escalations: bool,
    /// The digest too.
    pub digest: bool,
    /// Failures in a row.
    pub failures: i64,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// Why the last one.
    pub error: Option<String>,
    /// When a message last arrived.
    pub sent_at: Option<Timestamp>,
}

/// Alerts of one kind in the last week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "AlertWeek")]
pub struct WeekLine {
    /// The kind.
    pub kind: AlertKind,
    /// Its heading.
    pub title: &'static str,
    /// How many were over.
    pub closed: usize,
    /// Of those, how many nobody had looked at.
    pub unneeded: usize,
}

/// Everything about alerts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Alerts")]
pub struct Overview {
    /// What is open, the oldest first.
    pub open: Vec<AlertView>,
    /// What is over, the newest first.
    pub closed: Vec<AlertView>,
    /// For the next page of those; none on the last.
    pub next: Option<i64>,
    /// Channels by name; empty for who does not see every store.
    pub channels: Vec<ChannelView>,
    /// The last week, kind by kind.
    pub week: Vec<WeekLine>,
}

/// Whether somebody who looks after these stores sees it.
fn is_seen(alert: &Alert, stores: Option<&BTreeSet<i64>>) -> bool {
    stores.is_none_or(|stores| alert.key.store().is_some_and(|store| stores.contains(&store)))
}

/// Everything about alerts, for somebody who looks after these stores, or all.
pub async fn overview(
    app: &App,
    stores: Option<&BTreeSet<i64>>,
    before: Option<i64>,
    limit: usize,
) -> Result<Overview, FlowError> {
    let open = alert::open(&app.db).await?;
    let mut closed = alert::closed(&app.db, before, limit + 1).await?;
    let is_last = closed.len() <= limit;
    closed.truncate(limit);
    let next = closed.last().filter(|_| !is_last).map(|last| last.number);
    let week = alert::closed_since(&app.db, app.now().minus(WEEK)).await?;
    let week: Vec<Alert> = week.into_iter().filter(|one| is_seen(one, stores)).collect();
    Ok(Overview {
        open: views(app, open, stores).await?,
        closed: views(app, closed, stores).await?,
        next,
        channels: if stores.is_none() { channels(app).await? } else { Vec::new() },
        week: week_lines(&week),
    })
}

async fn views(
    app: &App,
    alerts: Vec<Alert>,
    stores: Option<&BTreeSet<i64>>,
) -> Result<Vec<AlertView>, FlowError> {
    let mut views = Vec::with_capacity(alerts.len());
    for alert in alerts.into_iter().filter(|alert| is_seen(alert, stores)) {
        views.push(view(app, alert).await?);
    }
    Ok(views)
}

async fn view(app: &App, alert: Alert) -> Result<AlertView, FlowError> {
    let row = alert.key.kind.row();
    let deliveries = delivery::of_alert(&app.db, alert.number).await?;
    let (title, severity, todo) = (row.title, row.severity, row.todo);
    Ok(AlertView { alert, title, severity, todo, deliveries })
}

const fn word(kind: ChannelKind) -> &'static str {
    match kind {
        ChannelKind::Mail => "mail",
        ChannelKind::Webhook => "webhook",
        ChannelKind::Slack => "slack",
        ChannelKind::Teams => "teams",
    }
}

/// Channels as they are set, and how they do.
pub async fn channels(app: &App) -> Result<Vec<ChannelView>, FlowError> {
    let used = channel::list(&app.db).await?;
    let channels = app.settings.alerts.channels.iter().map(|(name, set)| {
        let used = used.iter().find(|one| one.name == *name);
        ChannelView {
            name: name.clone(),
            kind: word(set.kind),
            owners: set.owners.clone(),
            escalations: set.escalations,
            digest: set.digest,
            failures: used.map_or(0, |one| one.failures),
            failing_since: used.and_then(|one| one.failing_since),
            error: used.and_then(|one| one.error.clone()),
            sent_at: used.and_then(|one| one.sent_at),
        }
    });
    Ok(channels.collect())
}

fn week_lines(week: &[Alert]) -> Vec<WeekLine> {
    let line = |kind: &AlertKind| {
        let own = || week.iter().filter(|alert| alert.key.kind == *kind);
        let unneeded = own().filter(|alert| alert.nobody_needed_it()).count();
        let title = kind.row().title;
        Some(WeekLine { kind: *kind, title, closed: own().count(), unneeded })
            .filter(|line| line.closed > 0)
    };
    AlertKind::ALL.iter().filter_map(line).collect()
}

/// Somebody has looked at an alert; false when somebody had before, none where there is no such alert
/// that they may see.
pub async fn look_at(
    app: &App,
    number: i64,
    stores: Option<&BTreeSet<i64>>,
    actor: &str,
) -> Result<Option<bool>, FlowError> {
    let known = alert::get(&app.db, number).await?;
    if known.is_none_or(|alert| !is_seen(&alert, stores)) {
        return Ok(None);
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let is_first = alert::looked(&mut tx, now, number, actor).await?;
    if is_first {
        let subject = format!("AL-{number}");
        audit::append(&mut tx, now, actor, "look-at-alert", &subject, "{}").await?;
    }
    tx.commit().await?;
    Ok(Some(is_first))
}
