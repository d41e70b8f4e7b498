//! What programs may read and do. Each call answers what the page of the same name shows.

use axum::{Extension, Json, extract::State, http::StatusCode};
use daybook_domain::{
    access::Right::{ClearExceptions, See},
    causes::{Cause, Owner},
};
use daybook_flows::{
    desk::{self, entry, health, queue},
    people,
    view::{EntryView, GroupView},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ApiError, WHY, about};
use crate::{
    Web,
    access::Who,
    desk::{PageError, Routes, entry_seen, find, zone},
    take::{Asked, At, Given},
};

pub(super) type Answer<T> = Result<Json<T>, ApiError>;

/// Siblings in one answer.
pub(super) const PAGE: usize = 200;

const ACT: &[(&str, &str)] = &[
    ("about", "What the siblings are about: the SKU, the rate, the store."),
    ("text", "The words, or the name."),
];

pub(super) fn routes() -> Routes {
    Routes::default()
        .call("/api/v1/today", See, about("Whether all is well, store by store.", &[]), today)
        .call(
            "/api/v1/exceptions",
            See,
            about("Open exceptions, siblings together.", &[("owner", "finance, retail or it.")]),
            exceptions,
        )
        .call(
            "/api/v1/exceptions/{cause}",
            See,
            about(
                "Siblings of one cause.",
                &[("about", "What they are about."), ("after", "The `next` of the page before.")],
            ),
            exception,
        )
        .deed(
            "/api/v1/exceptions/{cause}/retry",
            ClearExceptions,
            about("Try all siblings again.", ACT),
            retry_all,
        )
        .deed(
            "/api/v1/exceptions/{cause}/comment",
            ClearExceptions,
            about("Say something about siblings.", ACT),
            comment,
        )
        .deed(
            "/api/v1/exceptions/{cause}/assign",
            ClearExceptions,
            about("Give siblings to somebody.", ACT),
            assign,
        )
        .deed(
            "/api/v1/exceptions/{cause}/dismiss",
            ClearExceptions,
            about("Dismiss exception number {cause}, behind which no entry stands.", ACT),
            dismiss_exception,
        )
        .and(entry_routes())
        .call(
            "/api/v1/activity",
            See,
            about(
                "Who did what, the newest first.",
                &[("before", "The `next` of the page before.")],
            ),
            activity,
        )
        .call("/api/v1/health", See, about("The machine room.", &[]), machine)
}

fn entry_routes() -> Routes {
    Routes::default()
        .call(
            "/api/v1/entries",
            See,
            about(
                "Entries, the newest first.",
                &[
                    ("q", "Reference, order id, receipt, document, payment reference or amount."),
                    ("state", "Only in this state."),
                    ("store", "Only of this store."),
                    ("from", "Only from this day on, 2026-11-24."),
                    ("to", "Only up to this day, the day included."),
                    ("before", "The `next` of the page before."),
                ],
            ),
            entries,
        )
        .call("/api/v1/entries/{reference}", See, about("All about one entry.", &[]), one_entry)
        .call(
            "/api/v1/entries/{reference}/exchanges",
            See,
            about("What was said with both systems about it, masked.", &[]),
            exchanges,
        )
        .deed(
            "/api/v1/entries/{reference}/retry",
            ClearExceptions,
            about("Try it again.", &[]),
            retry,
        )
        .deed(
            "/api/v1/entries/{reference}/dismiss",
            ClearExceptions,
            about("Decide that it is not posted.", WHY),
            dismiss,
        )
}

pub(super) fn unknown(what: impl Into<String>) -> ApiError {
    PageError::not_found(what).into()
}

/// Two persons open a month again: a program is none.
pub(super) fn a_person(who: &Who) -> Result<(), ApiError> {
    if who.roles.is_empty() {
        let what = "This needs the word of a person, and a program asks";
        let hint = "sign in, and do it at the desk";
        return Err(PageError::new(StatusCode::FORBIDDEN, "person-needed", what, hint).into());
    }
    Ok(())
}

async fn today(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Answer<desk::today::Today> {
    let today = desk::today(&web.app).await?;
    Ok(Json(match &who.stores {
        None => (*today).clone(),
        Some(stores) => today.only(stores),
    }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ByOwner {
    owner: Option<Owner>,
}

/// Open exceptions, siblings together.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Exceptions")]
struct Groups {
    /// Siblings that one fix clears, the most money first.
    groups: Vec<GroupView>,
}

async fn exceptions(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<ByOwner>,
) -> Answer<Groups> {
    let groups = queue::groups(&web.app, query.owner, who.stores.as_ref()).await?;
    Ok(Json(Groups { groups }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Group {
    about: String,
    after: i64,
}

fn cause_of(word: &str) -> Result<Cause, ApiError> {
    word.parse().map_err(|_| unknown(format!("There is no cause '{word}'")))
}

async fn exception(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Asked(query): Asked<Group>,
) -> Answer<queue::GroupPage> {
    let about = (cause_of(&cause)?, query.about.as_str());
    Ok(Json(queue::group(&web.app, about, who.stores.as_ref(), query.after, PAGE).await?))
}

/// The body of what is done to siblings.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Act {
    about: String,
    text: String,
}

/// It is done.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Done {
    /// Always true: what could not be done is answered as a problem.
    pub(super) done: bool,
    /// How many entries it concerned, where it may concern many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) entries: Option<u64>,
}

pub(super) const DONE: Done = Done { done: true, entries: None };

async fn retry_all(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(act): Given<Act>,
) -> Answer<Done> {
    who.sees_all_stores()?;
    let cause = cause_of(&cause)?;
    let retried = people::retry_group(&web.app, cause, Some(&act.about), &who.name).await?;
    Ok(Json(Done { done: true, entries: Some(retried) }))
}

async fn comment(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(act): Given<Act>,
) -> Answer<Done> {
    let about = (cause_of(&cause)?, act.about.as_str());
    queue::comment(&web.app, about, &act.text, who.stores.as_ref(), &who.name).await?;
    Ok(Json(DONE))
}

async fn assign(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(act): Given<Act>,
) -> Answer<Done> {
    let about = (cause_of(&cause)?, act.about.as_str());
    queue::assign(&web.app, about, &act.text, who.stores.as_ref(), &who.name).await?;
    Ok(Json(DONE))
}

async fn dismiss_exception(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(number): At<i64>,
    Given(act): Given<Act>,
) -> Answer<Done> {
    who.sees_all_stores()?;
    people::dismiss_exception(&web.app, number, &who.name, &act.text).await?;
    Ok(Json(DONE))
}

/// A page of entries.
#[derive(Debug, Serialize, JsonSchema)]
struct Entries {
    /// The newest order id first.
    entries: Vec<EntryView>,
    /// Send it as `before` to get the next page; null on the last one.
    next: Option<i64>,
}

async fn entries(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(wanted): Asked<find::Wanted>,
) -> Answer<Entries> {
    let filter = find::filter(&wanted, &zone(&web)).map_err(|what| {
        PageError::new(StatusCode::BAD_REQUEST, "request", what, "correct the query")
    })?;
    let found = find::search(&web, &who, &wanted, filter).await?;
    Ok(Json(Entries { entries: found.page.entries, next: found.page.next }))
}

async fn one_entry(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Answer<entry::EntryWhole> {
    Ok(Json(entry_seen(&web, &who, &reference).await?.1))
}

async fn exchanges(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Answer<entry::Exchanges> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    Ok(Json(entry::exchanges(&web.app, reference.order_id).await?))
}

async fn retry(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Answer<Done> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    people::retry(&web.app, reference, &who.name).await?;
    Ok(Json(DONE))
}

/// Why something is done.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Why {
    pub(super) reason: String,
}

async fn dismiss(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Given(why): Given<Why>,
) -> Answer<Done> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    people::dismiss(&web.app, reference, &who.name, &why.reason).await?;
    Ok(Json(DONE))
}

/// The page that is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Earlier {
    before: Option<i64>,
}

/// A page of the record.
#[derive(Debug, Serialize, JsonSchema)]
struct Activity {
    /// The newest first.
    acts: Vec<health::AuditRow>,
    /// Send it as `before` to get the next page; null on the last one.
    next: Option<i64>,
}

async fn activity(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<Earlier>,
) -> Answer<Activity> {
    who.sees_all_stores()?;
    let acts = health::acts(&web.app, query.before, PAGE).await?;
    let next = acts.last().filter(|_| acts.len() == PAGE).map(|act| act.seq);
    Ok(Json(Activity { acts, next }))
}

async fn machine(State(web): State<Web>) -> Answer<health::Health> {
    Ok(Json(health::health(&web.app).await?))
}
