//! What is gone through each day, week and month; and who is responsible for what.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{access::Right, manual::routine::Routine};
use daybook_flows::manual::{
    responsible,
    routine::{self, LineState, LineView, RoutineView},
};
use serde::Deserialize;

use super::{PageError, Section, Shell, say, shell};
use crate::{
    Web,
    access::Who,
    take::{Asked, Given},
};

/// Ticks of the past that are shown.
const KEPT: usize = 40;

#[derive(Template)]
#[template(path = "routines.html")]
struct RoutinesPage {
    shell: Shell,
    routines: Vec<RoutineTold>,
    kept: Vec<(String, String, String, String)>,
    can_tick: bool,
}

struct RoutineTold {
    word: &'static str,
    title: &'static str,
    period: String,
    done: String,
    lines: Vec<LineTold>,
}

struct LineTold {
    code: &'static str,
    text: &'static str,
    how: &'static str,
    link: &'static str,
    owner: &'static str,
    mood: &'static str,
    state: &'static str,
    said: String,
    by_hand: bool,
    ticked: Option<String>,
}

fn line_told(line: &LineView, zone: &jiff::tz::TimeZone) -> LineTold {
    let (mood, state) = match line.state {
        LineState::Done => ("well", "Done"),
        LineState::Open => ("wait", "To do"),
        LineState::Unknown => ("none", "Not known"),
    };
    LineTold {
        code: line.code,
        text: line.text,
        how: line.how,
        link: line.link,
        owner: match line.owner {
            "finance" => "Finance",
            "retail" => "Retail",
            _ => "IT",
        },
        mood,
        state,
        said: line.said.clone(),
        by_hand: line.by_hand,
        ticked: line.ticked.as_ref().map(|tick| {
            let remark = if tick.remark.is_empty() { "" } else { ": " };
            format!("{}, {}{remark}{}", tick.actor, say::short(tick.at, zone), tick.remark)
        }),
    }
}

/// How far a routine is; what cannot be known yet is not left to be done.
fn done_told(one: &RoutineView) -> String {
    let unknown = one.lines.iter().filter(|line| line.state == LineState::Unknown).count();
    match (one.done(), one.lines.len(), unknown) {
        (done, of, 0) => format!("{done} of {of} done"),
        (done, of, unknown) => format!("{done} of {of} done, {unknown} not known yet"),
    }
}

/// The words of a line, wherever it stands.
fn words_of(code: &str) -> Option<&'static str> {
    Routine::ALL.into_iter().find_map(|one| one.line(code)).map(|line| line.text)
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    let zone = shell::zone(&web);
    let read = routine::read(&web.app, who.stores.as_ref()).await?;
    let routines = read.iter().map(|one| RoutineTold {
        word: one.routine.word(),
        title: one.routine.title(),
        period: one.period.clone(),
        done: done_told(one),
        lines: one.lines.iter().map(|line| line_told(line, &zone)).collect(),
    });
    let kept = routine::kept(&web.app, KEPT).await?;
    let page = RoutinesPage {
        shell: Shell::new(&web, &who, Section::Manual, "Routines"),
        routines: routines.collect(),
        kept: kept
            .into_iter()
            .filter_map(|tick| {
                let at = say::moment(tick.at, &zone);
                Some((tick.period, words_of(&tick.line)?.to_owned(), tick.actor, at))
            })
            .collect(),
        can_tick: who.may(Right::ClearExceptions),
    };
    shell::show(&page)
}

#[derive(Debug, Deserialize)]
pub(super) struct Ticked {
    routine: String,
    line: String,
    #[serde(default)]
    remark: String,
}

pub(super) async fn tick(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(one): Given<Ticked>,
) -> Result<Response, PageError> {
    routine::tick(&web.app, (&one.routine, &one.line), &one.remark, &who.name).await?;
    Ok(back(&one.line))
}

pub(super) async fn untick(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(one): Given<Ticked>,
) -> Result<Response, PageError> {
    routine::untick(&web.app, (&one.routine, &one.line), &who.name).await?;
    Ok(back(&one.line))
}

/// To the line that was ticked; it is one of ours, or there would have been a refusal.
fn back(line: &str) -> Response {
    Redirect::to(&format!("/manual/routines#{line}")).into_response()
}

#[derive(Template)]
#[template(path = "responsible.html")]
struct ResponsiblePage {
    shell: Shell,
    rows: Vec<NamedTold>,
    can_set: bool,
    done: bool,
}

struct NamedTold {
    code: &'static str,
    title: &'static str,
    what: &'static str,
    name: String,
    deputy: String,
    said: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DoneQuery {
    done: Option<String>,
}

pub(super) async fn responsible(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<DoneQuery>,
) -> Result<Response, PageError> {
    let zone = shell::zone(&web);
    let rows = responsible::list(&web.app).await?.into_iter().map(|one| NamedTold {
        code: one.workflow.code,
        title: one.workflow.title,
        what: one.workflow.what,
        said: one.said.map_or_else(String::new, |(at, by)| {
            format!("said by {by}, {}", say::short(at, &zone))
        }),
        name: one.name,
        deputy: one.deputy,
    });
    let page = ResponsiblePage {
        shell: Shell::new(&web, &who, Section::Manual, "Who is responsible"),
        rows: rows.collect(),
        can_set: who.may(Right::Operate),
        done: query.done.is_some(),
    };
    shell::show(&page)
}

#[derive(Debug, Deserialize)]
pub(super) struct NewName {
    workflow: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    deputy: String,
}

pub(super) async fn set_responsible(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(new): Given<NewName>,
) -> Result<Response, PageError> {
    responsible::set(&web.app, &new.workflow, (&new.name, &new.deputy), &who.name).await?;
    Ok(Redirect::to("/manual/responsible?done=1").into_response())
}
