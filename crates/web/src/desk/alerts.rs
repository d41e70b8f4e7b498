//! Alerts: what is the matter, who was told, and what nobody needed.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{
    Timestamp,
    access::Right,
    alert::Occasion,
    causes::{Owner, Severity},
    words,
};
use daybook_flows::alerts::show::{self, AlertView, ChannelView, DeliveryRow};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{PageError, Section, Shell, say, shell, today::currency};
use crate::{
    Web,
    access::Who,
    take::{Asked, At},
};

/// Alerts that are over on one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "alerts.html")]
struct AlertsPage {
    shell: Shell,
    open: Vec<AlertTold>,
    closed: Vec<AlertTold>,
    next: Option<i64>,
    channels: Vec<ChannelTold>,
    week: Vec<(&'static str, String, String)>,
    sees_all: bool,
    can_act: bool,
}

struct AlertTold {
    number: i64,
    title: &'static str,
    sentence: String,
    mood: &'static str,
    how_soon: &'static str,
    owner: &'static str,
    todo: &'static str,
    page: String,
    records: String,
    money: String,
    since: String,
    age: String,
    until: String,
    seen: Option<String>,
    told: Vec<(&'static str, String)>,
}

struct ChannelTold {
    name: String,
    kind: &'static str,
    mood: &'static str,
    how: String,
    last: String,
    takes: String,
}

fn owner_word(owner: Owner) -> &'static str {
    match owner {
        Owner::Finance => "Finance",
        Owner::Retail => "Retail",
        Owner::It => "IT",
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Older {
    before: Option<i64>,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<Older>,
) -> Result<Response, PageError> {
    let all = show::overview(&web.app, who.stores.as_ref(), query.before, PAGE).await?;
    let (now, zone, currency) = (web.app.now(), shell::zone(&web), currency(&web));
    let told = |view: &AlertView| alert_told(view, now, &zone, &currency);
    let week = all.week.iter().map(|line| {
        let count = |count: usize| words::grouped(i64::try_from(count).unwrap_or(i64::MAX));
        (line.title, count(line.closed), count(line.unneeded))
    });
    let page = AlertsPage {
        open: all.open.iter().map(told).collect(),
        closed: all.closed.iter().map(told).collect(),
        next: all.next,
        channels: all.channels.iter().map(|one| channel_told(one, now)).collect(),
        week: week.collect(),
        sees_all: who.stores.is_none(),
        can_act: who.may(Right::ClearExceptions),
        shell: Shell::new(&web, &who, Section::Alerts, "Alerts"),
    };
    shell::show(&page)
}

fn alert_told(view: &AlertView, now: Timestamp, zone: &TimeZone, currency: &str) -> AlertTold {
    let alert = &view.alert;
    let (mood, how_soon) = match view.severity {
        _ if alert.closed_at.is_some() => ("well", "Over"),
        Severity::Normal => ("wait", "Today"),
        Severity::High => ("bad", "Soon"),
        Severity::Critical => ("bad", "Now"),
    };
    let seen = alert.looked_by.as_ref().zip(alert.looked_at);
    let end = alert.closed_at.unwrap_or(now);
    AlertTold {
        number: alert.number,
        title: view.title,
        sentence: alert.sentence.clone(),
        mood,
        how_soon,
        owner: owner_word(alert.owner),
        todo: view.todo,
        page: alert.page.clone(),
        records: match alert.impact.records {
            0 => String::new(),
            records => words::grouped(records),
        },
        money: match alert.impact.money {
            money if money.is_zero() => String::new(),
            money => say::money(money, currency),
        },
        since: say::short(alert.opened_at, zone),
        age: say::age(alert.opened_at, end),
        until: alert.closed_at.map_or_else(String::new, |at| say::short(at, zone)),
        seen: seen.map(|(who, at)| format!("{who}, {}", say::short(at, zone))),
        told: view.deliveries.iter().map(|row| delivery_told(row, zone)).collect(),
    }
}

fn delivery_told(row: &DeliveryRow, zone: &TimeZone) -> (&'static str, String) {
    let what = match row.occasion {
        Occasion::Escalated => "told further up",
        Occasion::Closed => "told that it is over",
        _ => "told",
    };
    let at = |at: Option<Timestamp>| at.map_or_else(String::new, |at| say::short(at, zone));
    let (mood, how) = match (row.state.as_str(), &row.error) {
        ("sent", _) => ("well", at(row.last_at)),
        ("failed", Some(error)) => ("bad", format!("given up: {error}")),
        ("dropped", _) => ("wait", "not needed any more".to_owned()),
        (_, Some(error)) => ("bad", format!("again {}: {error}", at(row.due_at))),
        _ => ("wait", format!("due {}", at(row.due_at))),
    };
    (mood, format!("{} {what}: {how}", row.channel))
}

fn channel_told(one: &ChannelView, now: Timestamp) -> ChannelTold {
    let (mood, how) = match (&one.error, one.sent_at) {
        (Some(error), _) => ("bad", error.clone()),
        (None, Some(_)) => ("well", "Works".to_owned()),
        (None, None) => ("wait", "Not used yet".to_owned()),
    };
    let owners: Vec<&str> = one.owners.iter().map(|owner| owner_word(*owner)).collect();
    let takes = if owners.is_empty() { "All".to_owned() } else { owners.join(", ") };
    ChannelTold {
        name: one.name.clone(),
        kind: one.kind,
        mood,
        how,
        last: one.sent_at.map_or_else(|| "–".to_owned(), |at| say::ago(at, now)),
        takes: if one.escalations { format!("{takes}, once old") } else { takes },
    }
}

pub(super) async fn seen(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(number): At<i64>,
) -> Result<Response, PageError> {
    let seen = show::look_at(&web.app, number, who.stores.as_ref(), &who.name).await?;
    seen.ok_or_else(|| PageError::not_found(format!("There is no alert AL-{number}")))?;
    Ok(Redirect::to("/alerts").into_response())
}
