//! Books: a month of store-days, and one day with what differs, its fix, and its certificate.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Redirect, Response},
};
use daybook_domain::{
    Money,
    access::Right,
    month::{
        Month,
        pack::Pack,
        period::{Obstacle, PeriodAct, PeriodState},
    },
    reconcile::{Amounts, DayCause, fix::Doer, witness::Day},
    words,
};
use daybook_flows::{
    desk::find,
    reconcile::{
        self, CauseView, Clearing, DayView, Signature, StoreDayRow,
        asked::{self, Wanted},
        fix::{self, FixStep, FixWanted},
        is_set_up,
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

/// Differences of one cause that are listed on the page; the CSV has all.
const SHOWN: usize = 50;

#[derive(Template)]
#[template(path = "books.html")]
struct MonthPage {
    shell: Shell,
    month: String,
    name: String,
    earlier: String,
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
    let view = period::view(&web.app, month).await?;
    let names = find::stores(&web.app).await?;
    let rows = reconcile::month_days(&web.app, month).await?;
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
        earlier: month.previous().to_string(),
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
    rows: &[StoreDayRow],
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
    reason: String,
    #[serde(default)]
    cause: String,
}

fn month_of(text: &str) -> Result<Month, PageError> {
    text.parse().map_err(|_| PageError::not_found(format!("'{text}' is no month")))
}

pub(super) fn whole_company(who: &Who) -> Result<(), PageError> {
    if who.stores.is_none() {
        return Ok(());
    }
    Err(PageError::new(
        axum::http::StatusCode::FORBIDDEN,
        "forbidden",
        "This is about all stores, and you look after some",
        "ask somebody who sees all stores",
    ))
}

fn to_month(month: Month) -> Response {
    Redirect::to(&format!("/books?month={month}&done=1")).into_response()
}

/// The month-end pack as a page to print.
pub(super) async fn pack_page(
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
pub(super) async fn pack_xlsx(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
) -> Result<Response, PageError> {
    let pack = pack_of(&web, &who, &month).await?;
    files::xlsx(&format!("daybook-{month}"), &pack.tables, &shell::zone(&web))
}

async fn pack_of(web: &Web, who: &Who, month: &str) -> Result<Pack, PageError> {
    whole_company(who)?;
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
    whole_company(&who)?;
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
    whole_company(&who)?;
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
    whole_company(&who)?;
    period::approve(&web.app, month, &who.name, &why.reason).await?;
    Ok(to_month(month))
}

#[derive(Template)]
#[template(path = "day.html")]
struct DayPage {
    shell: Shell,
    store: i64,
    name: String,
    day: String,
    title: String,
    month: String,
    state: &'static str,
    mood: &'static str,
    detail: String,
    figures: Vec<FigureTold>,
    causes: Vec<CauseTold>,
    steps: Vec<StepTold>,
    for_people: i64,
    total: String,
    signed: Vec<(String, String, String)>,
    fixes: Vec<(String, String, String)>,
    certificate: Option<(String, String, String, String)>,
    can_close: bool,
    can_sign: bool,
    done: Option<&'static str>,
}

struct FigureTold {
    witness: &'static str,
    count: String,
    net: String,
    tax: String,
    gross: String,
    until: String,
    differs: bool,
}

struct CauseTold {
    title: &'static str,
    code: String,
    mood: &'static str,
    clearing: &'static str,
    measure: String,
    count: String,
    gross: String,
    owner: String,
    fix: &'static str,
    rows: Vec<(String, String, String, String, String)>,
    more: usize,
    is_open: bool,
}

struct StepTold {
    subject: String,
    cause: String,
    does: String,
    documents: String,
    gross: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DayQuery {
    done: Option<String>,
}

/// The day at an address, if whoever asks may see its store.
pub(crate) async fn seen(
    web: &Web,
    who: &Who,
    day: &str,
    store: i64,
) -> Result<(Day, DayView), PageError> {
    let unknown = || PageError::not_found("This day of this store has not been compared");
    let on: Day = day.parse().map_err(|_| unknown())?;
    if !who.may_see_store(Some(store)) {
        return Err(unknown());
    }
    let view = reconcile::days(&web.app, on, Some(store)).await?.pop().ok_or_else(unknown)?;
    Ok((on, view))
}

pub(super) async fn day(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Asked(query): Asked<DayQuery>,
) -> Result<Response, PageError> {
    let (on, view) = seen(&web, &who, &day, store).await?;
    let steps = plan(&web, on, store, &view).await?;
    let zone = shell::zone(&web);
    let money = |amount: Money| say::money(amount, &currency(&web));
    let (state, mood) = yesterday(Some(view.state.word()));
    let may_close = who.may(Right::CloseBooks);
    let is_open = view.causes.iter().any(|cause| cause.clearing == Clearing::Open);
    let page = DayPage {
        shell: Shell::new(&web, &who, Section::Books, format!("{}, {on}", view.name)),
        title: say::day(on.0),
        month: Month::of(on).to_string(),
        figures: figures(&web, &view),
        causes: view.causes.iter().map(|cause| cause_told(&web, cause)).collect(),
        total: {
            let ours = steps.iter().filter(|step| step.step.doer == Doer::Daybook);
            let sum: Amounts = ours.map(|step| step.step.effect).sum();
            money(sum.gross)
        },
        steps: steps
            .iter()
            .filter(|step| step.step.doer == Doer::Daybook)
            .map(|step| step_told(&web, step))
            .collect(),
        for_people: {
            let count = steps.iter().filter(|step| step.step.doer != Doer::Daybook).count();
            i64::try_from(count).unwrap_or_default()
        },
        signed: view
            .sign_offs
            .iter()
            .map(|one| {
                let count = i64::try_from(one.differences.len()).unwrap_or_default();
                (one.by.clone(), one.reason.clone(), say::count(count, "difference", "differences"))
            })
            .collect(),
        fixes: view
            .fixes
            .iter()
            .map(|one| (one.by.clone(), one.act.to_string(), one.subject.clone()))
            .collect(),
        certificate: view.certificate.as_ref().map(|one| {
            let previous = one.previous.clone().unwrap_or_else(|| "the first".to_owned());
            (one.number.to_string(), say::moment(one.at, &zone), one.hash.clone(), previous)
        }),
        can_close: may_close && is_set_up(&web.app),
        can_sign: may_close && is_open,
        done: match query.done.as_deref() {
            Some("asked") => Some("It is being compared now; this page follows."),
            Some("fixing") => Some("Daybook is at it; this page follows."),
            Some("signed") => Some("Signed, on the record."),
            _ => None,
        },
        store,
        name: view.name,
        day: on.to_string(),
        state,
        mood,
        detail: view.detail,
    };
    shell::show(&page)
}

async fn plan(web: &Web, day: Day, store: i64, view: &DayView) -> Result<Vec<FixStep>, PageError> {
    if view.certificate.is_none() {
        return Ok(Vec::new());
    }
    let wanted = FixWanted { day, store: Some(store), cause: None, reference: None };
    let days = fix::plan(&web.app, &wanted).await?.days;
    Ok(days.into_iter().flat_map(|day| day.steps).collect())
}

fn figures(web: &Web, view: &DayView) -> Vec<FigureTold> {
    let Some(figures) = &view.figures else { return Vec::new() };
    let zone = shell::zone(web);
    let money = |amount: Money| say::money(amount, &currency(web));
    let row =
        |witness, count: i64, amounts: Amounts, at: Option<daybook_domain::Timestamp>| FigureTold {
            witness,
            count: words::grouped(count),
            net: money(amounts.net),
            tax: money(amounts.tax),
            gross: money(amounts.gross),
            until: at.map_or_else(|| "–".to_owned(), |at| say::moment(at, &zone)),
            differs: amounts.gross != figures.till.gross || amounts.tax != figures.till.tax,
        };
    let ages = figures.ages;
    vec![
        row("Receipts in the day book", figures.receipts, figures.till, Some(ages.orders)),
        row("Z-reports of the tills", figures.z_receipts, figures.z_reports, ages.z_reports),
        row("Documents in OrderWise", figures.documents, figures.orderwise, ages.ledger),
    ]
}

fn cause_told(web: &Web, cause: &CauseView) -> CauseTold {
    let money = |amount: Money| say::money(amount, &currency(web));
    let (clearing, mood) = match cause.clearing {
        Clearing::Open => ("Open", "bad"),
        Clearing::Signed => ("Signed", "well"),
        Clearing::Tolerated => ("Tolerated", "none"),
    };
    let count = i64::try_from(cause.differences.len()).unwrap_or_default();
    let rows = cause.differences.iter().take(SHOWN).map(|one| {
        let link = if one.subject.starts_with('S') && one.subject[1..].contains('-') {
            format!("/entries/{}", one.subject)
        } else {
            String::new()
        };
        let (gross, tax) = (money(one.amounts.gross), money(one.amounts.tax));
        (one.subject.clone(), link, one.detail.clone(), gross, tax)
    });
    CauseTold {
        title: cause.title,
        code: cause.cause.to_string(),
        mood,
        clearing,
        measure: cause.measure.to_string(),
        count: say::count(count, "difference", "differences"),
        gross: money(cause.amounts.gross),
        owner: cause.owner.to_string(),
        fix: cause.fix,
        rows: rows.collect(),
        more: cause.differences.len().saturating_sub(SHOWN),
        is_open: cause.clearing == Clearing::Open,
    }
}

fn step_told(web: &Web, step: &FixStep) -> StepTold {
    let told = &step.step;
    StepTold {
        subject: step.subject.clone(),
        cause: told.cause.to_string(),
        does: told.act.to_string(),
        documents: format!("{:+}", told.documents),
        gross: say::money(told.effect.gross, &currency(web)),
    }
}

fn to_day(day: Day, store: i64, done: &str) -> Response {
    Redirect::to(&format!("/books/{day}/{store}?done={done}")).into_response()
}

/// The process that holds the book compares it: this one, a moment from now.
pub(super) async fn compare(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Result<Response, PageError> {
    let (on, _) = seen(&web, &who, &day, store).await?;
    asked::ask(&web.app, &Wanted::Compare { day: on, store: Some(store) }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(to_day(on, store, "asked"))
}

pub(super) async fn run_fix(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Result<Response, PageError> {
    let (on, _) = seen(&web, &who, &day, store).await?;
    let wanted = FixWanted { day: on, store: Some(store), cause: None, reference: None };
    asked::ask(&web.app, &Wanted::Fix { wanted, by: who.name.clone() }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(to_day(on, store, "fixing"))
}

pub(super) async fn sign(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Given(why): Given<Why>,
) -> Result<Response, PageError> {
    let (on, _) = seen(&web, &who, &day, store).await?;
    let cause = match why.cause.as_str() {
        "" => None,
        word => Some(word.parse::<DayCause>().map_err(|_| PageError::not_found("No such cause"))?),
    };
    let signature = Signature { cause, actor: &who.name, reason: &why.reason };
    reconcile::sign(&web.app, (store, on), signature).await?;
    Ok(to_day(on, store, "signed"))
}
