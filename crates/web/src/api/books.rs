//! Months and days, for programs.

use axum::{Extension, Json, extract::State};
use daybook_domain::{
    access::Right::{CloseBooks, See},
    month::Month,
    reconcile::DayCause,
};
use daybook_flows::reconcile::{
    self, Signature, StoreDayRow,
    asked::{self, Wanted},
    drill::{DrillEntry, DrillLine, Level},
    fix::{self, FixWanted},
    period,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ApiError, WHY, about,
    calls::{Answer, Why, a_person, unknown},
};
use crate::{
    Web,
    access::Who,
    desk::{Routes, day, drill},
    take::{Asked, At, Given},
};

/// The way down to entries of a day.
pub(super) const WAY: &[(&str, &str)] = &[
    ("register", "Only of this till, by its id."),
    ("tender", "Only paid so, by the till's name; split for several."),
];
/// The way down from a month.
const DOWN: &[(&str, &str)] = &[
    ("store", "The tills of this store."),
    ("register", "The ways of paying at this till of it."),
    ("tender", "The days of this way of paying at it."),
];

pub(super) fn routes() -> Routes {
    Routes::default()
        .call("/api/v1/months/{month}", See, about("A month and its store-days.", &[]), month)
        .deed("/api/v1/months/{month}/close", CloseBooks, about("Close it.", WHY), close)
        .deed(
            "/api/v1/months/{month}/reopen",
            CloseBooks,
            about("Ask that it be opened again.", WHY),
            reopen,
        )
        .deed(
            "/api/v1/months/{month}/approve",
            CloseBooks,
            about("Approve that, as a second person.", WHY),
            approve,
        )
        .call("/api/v1/days/{day}/{store}", See, about("A store's day.", &[]), store_day)
        .call(
            "/api/v1/days/{day}/{store}/plan",
            See,
            about("What would take its differences away.", &[]).or(&[409]),
            plan,
        )
        .deed(
            "/api/v1/days/{day}/{store}/compare",
            CloseBooks,
            about("Compare it again; see /api/v1/asked/{id} for the answer.", &[]),
            compare,
        )
        .deed(
            "/api/v1/days/{day}/{store}/fix",
            CloseBooks,
            about("Run the plan; see /api/v1/asked/{id} for the answer.", &[]),
            run_plan,
        )
        .deed(
            "/api/v1/days/{day}/{store}/sign",
            CloseBooks,
            about(
                "Accept what differs.",
                &[
                    ("reason", "Why; kept on record."),
                    ("cause", "Only differences of this cause."),
                    ("certificate", "The number of the certificate that you looked at."),
                ],
            ),
            sign,
        )
        .call(
            "/api/v1/months/{month}/drill",
            See,
            about("A month's figures, a level further down with each that is named.", DOWN)
                .or(&[409]),
            drill_down,
        )
        .call(
            "/api/v1/days/{day}/{store}/entries",
            See,
            about("The entries behind a day's figures.", WAY).or(&[409]),
            entries,
        )
        .call(
            "/api/v1/asked/{id}",
            See,
            about("What came of a question.", &[]).or(&[409]),
            answered,
        )
}

/// A level of a month's figures.
#[derive(Debug, Serialize, JsonSchema)]
struct Drill {
    /// What its lines are.
    level: Level,
    /// Its lines.
    lines: Vec<DrillLine>,
}

async fn drill_down(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Asked(wanted): Asked<drill::Wanted>,
) -> Answer<Drill> {
    let path = wanted.path(&who)?;
    let lines = drill::lines(&web, &who, month_of(&month)?, &path).await?;
    Ok(Json(Drill { level: path.level(), lines }))
}

/// Entries behind a day's figures.
#[derive(Debug, Serialize, JsonSchema)]
struct DayEntries {
    /// By time.
    entries: Vec<DrillEntry>,
}

async fn entries(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Asked(wanted): Asked<drill::Wanted>,
) -> Answer<DayEntries> {
    let (on, _) = day::seen(&web, &who, &day, store).await?;
    let path = wanted.path(&who)?;
    let entries = reconcile::drill::entries(&web.app, (store, on), &path).await?;
    Ok(Json(DayEntries { entries }))
}

pub(super) fn month_of(text: &str) -> Result<Month, ApiError> {
    text.parse().map_err(|_| unknown(format!("'{text}' is no month; write 2026-11")))
}

/// A month.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Month")]
struct MonthTold {
    /// How it stands as a period of the books.
    period: period::PeriodView,
    /// Its store-days.
    days: Vec<StoreDayRow>,
}

async fn month(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
) -> Answer<MonthTold> {
    let month = month_of(&month)?;
    let mut days = reconcile::month_days(&web.app, month).await?;
    days.retain(|day| who.may_see_store(Some(day.warehouse_id)));
    let mut period = period::view(&web.app, month).await?;
    period.obstacles.retain(|one| one.store().is_none_or(|id| who.may_see_store(Some(id))));
    Ok(Json(MonthTold { period, days }))
}

async fn close(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Answer<period::PeriodView> {
    who.sees_all_stores()?;
    Ok(Json(period::close(&web.app, month_of(&month)?, &who.name, &why.reason).await?))
}

async fn reopen(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Answer<period::PeriodView> {
    who.sees_all_stores()?;
    a_person(&who)?;
    Ok(Json(period::ask_reopen(&web.app, month_of(&month)?, &who.name, &why.reason).await?))
}

async fn approve(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Answer<period::PeriodView> {
    who.sees_all_stores()?;
    a_person(&who)?;
    Ok(Json(period::approve(&web.app, month_of(&month)?, &who.name, &why.reason).await?))
}

async fn store_day(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<reconcile::DayView> {
    Ok(Json(day::seen(&web, &who, &day, store).await?.1))
}

async fn plan(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<fix::FixReport> {
    let (day, _) = day::seen(&web, &who, &day, store).await?;
    let wanted = FixWanted { day, store: Some(store), cause: None, reference: None };
    Ok(Json(fix::plan(&web.app, &wanted).await?))
}

/// A question that another process answers.
#[derive(Debug, Serialize, JsonSchema)]
struct Question {
    /// Its id: see `/api/v1/asked/{id}`.
    asked: String,
}

async fn compare(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<Question> {
    let (day, _) = day::seen(&web, &who, &day, store).await?;
    let asked = asked::ask(&web.app, &Wanted::Compare { day, store: Some(store) }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(Json(Question { asked }))
}

async fn run_plan(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<Question> {
    let (day, _) = day::seen(&web, &who, &day, store).await?;
    let wanted = FixWanted { day, store: Some(store), cause: None, reference: None };
    let asked = asked::ask(&web.app, &Wanted::Fix { wanted, by: who.name.clone() }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(Json(Question { asked }))
}

/// What came of a question.
#[derive(Debug, Serialize, JsonSchema)]
struct Answered {
    /// Whether somebody is at it, or was. False also of a question that nobody asked.
    begun: bool,
    /// The answer, once there is one.
    answer: Option<asked::Answer>,
}

async fn answered(State(web): State<Web>, At(id): At<String>) -> Answer<Answered> {
    let (begun, answer) = asked::answered(&web.app, &id).await?;
    Ok(Json(Answered { begun, answer }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Signing {
    reason: String,
    cause: String,
    certificate: Option<i64>,
}

async fn sign(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Given(why): Given<Signing>,
) -> Answer<reconcile::DayView> {
    let (day, _) = day::seen(&web, &who, &day, store).await?;
    let cause = match why.cause.as_str() {
        "" => None,
        word => Some(word.parse::<DayCause>().map_err(|_| unknown("There is no such cause"))?),
    };
    let signature =
        Signature { cause, certificate: why.certificate, actor: &who.name, reason: &why.reason };
    let row = reconcile::sign(&web.app, (store, day), signature).await?;
    Ok(Json(reconcile::view(&web.app, row).await?))
}
