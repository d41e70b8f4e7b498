//! Books: a month of store-days, what is in the way of closing it, and its pack.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use daybook_domain::{
    access::Right,
    month::{
        Month,
        pack::Pack,
        period::{Obstacle, PeriodAct, PeriodState},
    },
    reconcile::witness::Day,
};
use daybook_flows::{
    desk::find,
    reconcile::{
        self, StandingRow, has_days, is_set_up,
        period::{self, PeriodView},
    },
};
use serde::Deserialize;

use super::{
    PageError, Section, Shell, files, say, shell,
    today::{currency, yesterday},
};
use crate::{
    Web,
    access::Who,
    export,
    take::{Asked, At, Given},
};

#[derive(Template)]
#[template(path = "books.html")]
struct MonthPage {
    shell: Shell,
    month: String,
    name: String,
    earlier: Option<String>,
    later: Option<String>,
    is_set_up: bool,
    days: Vec<i8>,
    stores: Vec<(String, Vec<Option<DayCell>>)>,
    sum: String,
    state: &'static str,
    mood: &'static str,
    obstacles: Vec<(String, String)>,
    asked_by: Option<String>,
    late: String,
    acts: Vec<(String, String, String, String)>,
    may: MayDo,
    done: bool,
}

/// What whoever looks may do with the month now.
struct MayDo {
    close: bool,
    reopen: bool,
    approve: bool,
}

struct DayCell {
    day: i8,
    address: String,
    state: String,
    said: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct MonthQuery {
    month: String,
    done: Option<String>,
}

pub(super) async fn month(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<MonthQuery>,
) -> Result<Response, PageError> {
    let zone = shell::zone(&web);
    let today = web.app.now().to_jiff().to_zoned_datetime(zone.clone()).date();
    let month = match query.month.trim() {
        "" => Month::of(Day(today)),
        text => text.parse().map_err(|_| PageError::not_found(format!("'{text}' is no month")))?,
    };
    let (view, rows) = period::calendar(&web.app, month).await?;
    let names = find::stores(&web.app).await?;
    let (mut by_store, counts) = cells(&rows, &names, &who);
    let stores_named = names.clone();
    let seen = names.into_iter().filter(|(id, _)| who.may_see_store(Some(*id)));
    let days: Vec<i8> = (1..=month.last().0.day()).collect();
    let stores = seen.map(|(id, name)| {
        let mut cells = by_store.remove(&id).unwrap_or_default();
        (name, days.iter().map(|day| cells.remove(day)).collect())
    });
    let is_closed = view.state == PeriodState::Closed;
    let page = MonthPage {
        shell: Shell::new(&web, &who, Section::Books, "Books"),
        name: month.first().0.strftime("%B %Y").to_string(),
        earlier: has_days(&web.app, month.previous()).await?.then(|| month.previous().to_string()),
        later: (month.last().0 < today).then(|| month.next().to_string()),
        is_set_up: is_set_up(&web.app),
        stores: stores.collect(),
        days,
        sum: counts
            .iter()
            .map(|(said, count)| format!("{count} {}", said.to_lowercase()))
            .collect::<Vec<_>>()
            .join(", "),
        state: match view.state {
            PeriodState::Open => "Open",
            PeriodState::Closed => "Closed",
            PeriodState::Reopened => "Opened again",
        },
        mood: if is_closed { "well" } else { "wait" },
        obstacles: obstacles(&view.obstacles, &stores_named, &who, &currency(&web)),
        may: may_do(&who, &view, !rows.is_empty()),
        asked_by: view.asked_by,
        late: match view.late_days {
            _ if who.stores.is_some() => String::new(),
            0 => String::new(),
            1 => "1 store-day came or changed after it was closed.".to_owned(),
            count => format!("{count} store-days came or changed after it was closed."),
        },
        acts: view
            .acts
            .iter()
            .map(|act| {
                let at = say::moment(act.at, &zone);
                (at, act.actor.clone(), act_word(act.act).to_owned(), act.reason.clone())
            })
            .collect(),
        month: month.to_string(),
        done: query.done.is_some(),
    };
    shell::show(&page)
}

/// Cells by store and day of the month.
type Cells = BTreeMap<i64, BTreeMap<i8, DayCell>>;

/// A cell a day, by store; and how many days are how far.
fn cells(
    rows: &[StandingRow],
    names: &[(i64, String)],
    who: &Who,
) -> (Cells, BTreeMap<&'static str, i64>) {
    let mut by_store = Cells::new();
    let mut counts: BTreeMap<&'static str, i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| who.may_see_store(Some(row.warehouse_id))) {
        let (said, _) = yesterday(Some(row.state.word()));
        *counts.entry(said).or_default() += 1;
        let name = names.iter().find(|(id, _)| *id == row.warehouse_id);
        let name = name.map_or_else(|| row.warehouse_id.to_string(), |(_, name)| name.clone());
        let cell = DayCell {
            day: row.day.0.day(),
            address: format!("/books/{}/{}", row.day, row.warehouse_id),
            state: row.state.word().to_owned(),
            said: format!("{name}, {}: {said}", say::day(row.day.0)),
        };
        by_store.entry(row.warehouse_id).or_default().insert(cell.day, cell);
    }
    (by_store, counts)
}

fn may_do(who: &Who, view: &PeriodView, has_days: bool) -> MayDo {
    let may = who.may(Right::CloseBooks) && who.stores.is_none();
    let is_closed = view.state == PeriodState::Closed;
    MayDo {
        close: may && !is_closed && view.obstacles.is_empty() && has_days,
        reopen: may && is_closed && view.asked_by.is_none(),
        approve: may && view.asked_by.as_ref().is_some_and(|by| *by != who.name),
    }
}

/// What is in the way: days that differ one by one, days that were not compared as a count.
fn obstacles(
    all: &[Obstacle],
    stores: &[(i64, String)],
    who: &Who,
    currency: &str,
) -> Vec<(String, String)> {
    let name = |id: i64| {
        let found = stores.iter().find(|(one, _)| *one == id);
        found.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    };
    let mut told = Vec::new();
    let mut not_compared = 0;
    let seen = |one: &&Obstacle| one.store().is_none_or(|id| who.may_see_store(Some(id)));
    for one in all.iter().filter(seen) {
        match one {
            Obstacle::NotCompared { .. } => not_compared += 1,
            Obstacle::Differs { store, day, differences, gross } => {
                let count = say::count(*differences, "difference", "differences");
                let day_said = say::day(day.0);
                let money = say::money(*gross, currency);
                let text = format!("{}, {day_said}: {count}, {money}", name(*store));
                told.push((text, format!("/books/{day}/{store}")));
            }
            Obstacle::ToBeCompared { store, day } => {
                let text = format!("{}, {}: to be compared again", name(*store), say::day(day.0));
                told.push((text, format!("/books/{day}/{store}")));
            }
            Obstacle::Late { month, .. } => {
                told.push((one.to_string(), format!("/books?month={month}")));
            }
            Obstacle::NotOver { last } => {
                told.push((format!("The month ends on {}", say::day(last.0)), String::new()));
            }
            Obstacle::BeforeDaybook { first } => {
                let text = format!("Daybook's first day is {}", say::day(first.0));
                told.push((text, format!("/books?month={}", Month::of(*first))));
            }
            Obstacle::Earlier { month } => {
                told.push((format!("{month} is not closed"), format!("/books?month={month}")));
            }
        }
    }
    if not_compared > 0 {
        let text = say::count(
            not_compared,
            "store-day is not compared yet",
            "store-days are not compared yet",
        );
        told.push((text, String::new()));
    }
    told
}

fn act_word(act: PeriodAct) -> &'static str {
    match act {
        PeriodAct::Close => "closed it",
        PeriodAct::AskReopen => "asked that it be opened again",
        PeriodAct::ApproveReopen => "approved: it is open again",
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Why {
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) cause: String,
    #[serde(default)]
    pub(super) certificate: Option<i64>,
}

fn month_of(text: &str) -> Result<Month, PageError> {
    text.parse().map_err(|_| PageError::not_found(format!("'{text}' is no month")))
}

fn to_month(month: Month) -> Response {
    Redirect::to(&format!("/books?month={month}&done=1")).into_response()
}

/// The month-end pack as a page to print.
pub(crate) async fn pack_page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
) -> Result<Response, PageError> {
    let pack = pack_of(&web, &who, &month).await?;
    // The page carries its own style: it is made to be kept as one file.
    let style =
        [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")];
    let page = export::pack::page(&pack, &shell::zone(&web), &currency(&web));
    Ok((style, Html(page)).into_response())
}

/// The month-end pack as a workbook.
pub(crate) async fn pack_xlsx(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
) -> Result<Response, PageError> {
    let pack = pack_of(&web, &who, &month).await?;
    files::xlsx(&format!("daybook-{month}"), &pack.tables, &shell::zone(&web))
}

async fn pack_of(web: &Web, who: &Who, month: &str) -> Result<Pack, PageError> {
    who.sees_all_stores()?;
    let facts = reconcile::month::facts(&web.app, month_of(month)?).await?;
    Ok(daybook_domain::month::pack::pack(&facts))
}

pub(super) async fn close(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Result<Response, PageError> {
    let month = month_of(&month)?;
    who.sees_all_stores()?;
    period::close(&web.app, month, &who.name, &why.reason).await?;
    Ok(to_month(month))
}

pub(super) async fn reopen(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Result<Response, PageError> {
    let month = month_of(&month)?;
    who.sees_all_stores()?;
    period::ask_reopen(&web.app, month, &who.name, &why.reason).await?;
    Ok(to_month(month))
}

pub(super) async fn approve(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Result<Response, PageError> {
    let month = month_of(&month)?;
    who.sees_all_stores()?;
    period::approve(&web.app, month, &who.name, &why.reason).await?;
    Ok(to_month(month))
}
