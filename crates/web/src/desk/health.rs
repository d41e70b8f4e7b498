//! Health and activity: the machine room, and who did what.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{access::Right, words};
use daybook_flows::desk::{
    health::{self, AuditRow, Health},
    operate,
};
use serde::Deserialize;

use super::{PageError, Section, Shell, say, shell};
use crate::{
    Web,
    access::Who,
    take::{Asked, Given},
};

/// Acts on one page.
const PAGE: usize = 100;

#[derive(Template)]
#[template(path = "health.html")]
struct HealthPage {
    shell: Shell,
    engine: &'static str,
    systems: Vec<SystemTold>,
    marks: Vec<(&'static str, String)>,
    queues: Vec<(String, String, String)>,
    pauses: Vec<(String, String, String, String)>,
    leases: Vec<(String, String)>,
    flows: Vec<FlowTold>,
    can_operate: bool,
    notice: Option<&'static str>,
}

struct FlowTold {
    word: &'static str,
    name: &'static str,
    paused: Option<String>,
    /// Why it does not run at all.
    off: Option<&'static str>,
    rests: Option<&'static str>,
}

struct SystemTold {
    name: &'static str,
    mood: &'static str,
    state: String,
    calls: String,
    median: String,
    last: String,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    let told = health::health(&web.app).await?;
    let (now, zone) = (web.app.now(), shell::zone(&web));
    let ago = |at| say::ago(at, now);
    let never = || "never yet".to_owned();
    let systems = told.systems.iter().map(|one| {
        let is_paused = told.pauses.iter().any(|pause| pause.scope == one.system);
        let (mood, state) = match (is_paused, one.last_class.as_str()) {
            (true, _) => ("bad", "Paused".to_owned()),
            (false, "done") => ("well", "Answers".to_owned()),
            (false, class) => ("wait", class.replace('-', " ")),
        };
        SystemTold {
            name: if one.system == "sitoo" { "Sitoo" } else { "OrderWise" },
            mood,
            state,
            calls: format!("{} of the last {} did not end well", one.failed, one.calls),
            median: format!("{} ms", one.median_us / 1_000),
            last: ago(one.last_at),
        }
    });
    let summary = &told.summary;
    let queues = summary.entries.iter().map(|line| {
        let oldest = line.oldest.map_or_else(|| "–".to_owned(), |at| say::age(at, now));
        (super::find::state_word(line.state).0.to_owned(), words::grouped(line.entries), oldest)
    });
    let page = HealthPage {
        engine: match told.engine {
            "sqlite" => "SQLite, embedded",
            _ => "PostgreSQL",
        },
        systems: systems.collect(),
        marks: vec![
            ("Orders read up to", summary.watermark.map_or_else(never, |mark| mark.to_string())),
            ("Orders last read", told.orders_read_at.map_or_else(never, ago)),
            ("Order ids not shown yet", words::grouped(summary.missing)),
            ("Stock last read", told.stock_read_at.map_or_else(never, ago)),
            ("Products to be looked at", words::grouped(summary.catalogue.variants.pending)),
        ],
        queues: queues.collect(),
        pauses: told
            .pauses
            .iter()
            .filter(|one| !one.scope.starts_with("flow:"))
            .map(|one| {
                let again = say::moment(one.probe_at, &zone);
                (one.scope.clone(), one.detail.clone(), say::age(one.since, now), again)
            })
            .collect(),
        leases: told
            .leases
            .iter()
            .map(|one| (one.name.clone(), say::moment(one.until, &zone)))
            .collect(),
        flows: flows(&web, &told),
        can_operate: who.may(Right::Operate),
        notice: told.notice,
        shell: Shell::new(&web, &who, Section::Health, "Health"),
    };
    shell::show(&page)
}

/// Each flow, and why it does not go on where it does not.
fn flows(web: &Web, told: &Health) -> Vec<FlowTold> {
    let flow = |(word, name): &(&'static str, &'static str)| {
        let scope = format!("flow:{word}");
        let paused = told.pauses.iter().find(|one| one.scope == scope);
        FlowTold {
            word,
            name,
            paused: paused.map(|one| one.detail.clone()),
            off: operate::why_off(&web.app, word),
            rests: rests(word, &told.resting),
        }
    };
    operate::FLOWS.iter().map(flow).collect()
}

/// Why a flow that nobody paused does nothing to the other side.
fn rests(flow: &str, resting: &[&str]) -> Option<&'static str> {
    let why = match flow {
        "posting" => "The other integration posts. Daybook sends nothing to OrderWise.",
        _ => "The other integration writes to the tills. Daybook writes nothing there.",
    };
    resting.contains(&flow).then_some(why)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Why {
    flow: String,
    reason: String,
}

pub(super) async fn pause(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(why): Given<Why>,
) -> Result<Response, PageError> {
    operate::pause(&web.app, &why.flow, &who.name, &why.reason).await?;
    Ok(Redirect::to("/health").into_response())
}

pub(super) async fn resume(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(why): Given<Why>,
) -> Result<Response, PageError> {
    operate::resume(&web.app, &why.flow, &who.name).await?;
    Ok(Redirect::to("/health").into_response())
}

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    shell: Shell,
    acts: Vec<(String, String, String, String, String)>,
    next: Option<i64>,
    verified: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ActivityQuery {
    before: Option<i64>,
    verify: Option<String>,
}

pub(super) async fn activity(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<ActivityQuery>,
) -> Result<Response, PageError> {
    who.sees_all_stores()?;
    let acts = health::acts(&web.app, query.before, PAGE).await?;
    let zone = shell::zone(&web);
    let verified = match query.verify {
        None => None,
        Some(_) => Some(match health::verify(&web.app).await? {
            None => "Every act is as it was written: the chain holds.".to_owned(),
            Some(at) => format!("Act {at} is not as it was written: the record was changed."),
        }),
    };
    let page = ActivityPage {
        next: acts.last().filter(|_| acts.len() == PAGE).map(|act| act.seq),
        acts: acts
            .into_iter()
            .map(|act| {
                let detail = plain(&act);
                (
                    say::moment(act.at, &zone),
                    act.actor,
                    act.action.replace('-', " "),
                    act.subject,
                    detail,
                )
            })
            .collect(),
        verified,
        shell: Shell::new(&web, &who, Section::Activity, "Activity"),
    };
    shell::show(&page)
}

/// The particulars without braces and quotes.
pub(super) fn plain(act: &AuditRow) -> String {
    let detail: serde_json::Value = serde_json::from_str(&act.detail).unwrap_or_default();
    let Some(fields) = detail.as_object() else { return String::new() };
    let fields = fields.iter().map(|(name, value)| format!("{name}: {}", text(value)));
    fields.collect::<Vec<_>>().join("; ")
}

/// A value as people write it.
fn text(value: &serde_json::Value) -> String {
    use serde_json::Value::{Array, Null, Object, String};
    match value {
        Null => "none".to_owned(),
        String(text) => text.clone(),
        Array(all) => all.iter().map(text).collect::<Vec<_>>().join(", "),
        Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}={}", text(value)));
            fields.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn particulars_are_told_without_braces_and_quotes() {
        let value = serde_json::json!({
            "roles": ["retail", "it"], "after": { "account": "STORE-ELL" }, "before": null,
        });
        assert_eq!(super::text(&value), "after=account=STORE-ELL before=none roles=retail, it");
    }
}
