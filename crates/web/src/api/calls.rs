//! What programs may read and do. Each call answers what the page of the same name shows.

use std::collections::BTreeMap;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use daybook_domain::{
    causes::{Cause, Owner},
    mapping::MappingKind,
    month::Month,
    reconcile::DayCause,
};
use daybook_flows::{
    catalogue::show,
    desk::{self, entry, goods, health, mappings, queue},
    people,
    reconcile::{
        self, Signature,
        asked::{self, Wanted},
        fix::{self, FixWanted},
        period,
    },
    sales::foresee::{Change, foresee},
    stock::people as stock,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::ApiError;
use crate::{
    Web,
    access::Who,
    desk::{PageError, day, entry_seen, find, key_of, mapping_row, zone},
    take::{Asked, At, Given},
};

type Answer<T> = Result<Json<T>, ApiError>;

/// Siblings in one answer.
const PAGE: usize = 200;

fn unknown(what: impl Into<String>) -> ApiError {
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

pub(super) async fn today(
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
pub(super) struct ByOwner {
    owner: Option<Owner>,
}

pub(super) async fn exceptions(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<ByOwner>,
) -> Answer<Value> {
    let groups = queue::groups(&web.app, query.owner, who.stores.as_ref()).await?;
    Ok(Json(json!({ "groups": groups })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Group {
    about: String,
    after: i64,
}

fn cause_of(word: &str) -> Result<Cause, ApiError> {
    word.parse().map_err(|_| unknown(format!("There is no cause '{word}'")))
}

pub(super) async fn exception(
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
pub(super) struct Act {
    about: String,
    text: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Done {
    done: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<u64>,
}

const DONE: Done = Done { done: true, entries: None };

pub(super) async fn retry_all(
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

pub(super) async fn comment(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(act): Given<Act>,
) -> Answer<Done> {
    let about = (cause_of(&cause)?, act.about.as_str());
    queue::comment(&web.app, about, &act.text, who.stores.as_ref(), &who.name).await?;
    Ok(Json(DONE))
}

pub(super) async fn assign(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(act): Given<Act>,
) -> Answer<Done> {
    let about = (cause_of(&cause)?, act.about.as_str());
    queue::assign(&web.app, about, &act.text, who.stores.as_ref(), &who.name).await?;
    Ok(Json(DONE))
}

pub(super) async fn dismiss_exception(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(number): At<i64>,
    Given(act): Given<Act>,
) -> Answer<Done> {
    who.sees_all_stores()?;
    people::dismiss_exception(&web.app, number, &who.name, &act.text).await?;
    Ok(Json(DONE))
}

pub(super) async fn entries(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(wanted): Asked<find::Wanted>,
) -> Answer<Value> {
    let filter = find::filter(&wanted, &zone(&web)).map_err(|what| {
        PageError::new(StatusCode::BAD_REQUEST, "request", what, "correct the query")
    })?;
    let found = find::search(&web, &who, &wanted, filter).await?;
    Ok(Json(json!({ "entries": found.page.entries, "next": found.page.next })))
}

pub(super) async fn one_entry(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Answer<entry::EntryWhole> {
    Ok(Json(entry_seen(&web, &who, &reference).await?.1))
}

pub(super) async fn exchanges(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Answer<entry::Exchanges> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    Ok(Json(entry::exchanges(&web.app, reference.order_id).await?))
}

pub(super) async fn retry(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Answer<Done> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    people::retry(&web.app, reference, &who.name).await?;
    Ok(Json(DONE))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Why {
    reason: String,
    cause: String,
    certificate: Option<i64>,
}

pub(super) async fn dismiss(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Given(why): Given<Why>,
) -> Answer<Done> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    people::dismiss(&web.app, reference, &who.name, &why.reason).await?;
    Ok(Json(DONE))
}

pub(super) async fn all_stock(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Answer<goods::StockOverview> {
    let mut told = goods::stock(&web.app).await?;
    told.stores.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    told.oversold.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    told.suggestions.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    Ok(Json(told))
}

pub(super) async fn stock_of(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(sku): At<String>,
) -> Answer<stock::SkuStock> {
    let mut told = stock::show(&web.app, &sku).await.map_err(|error| match error.code() {
        "stock-sku-unknown" => unknown(error.to_string()),
        _ => error.into(),
    })?;
    told.stores.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    Ok(Json(told))
}

pub(super) async fn catalogue(State(web): State<Web>) -> Answer<goods::CatalogueOverview> {
    Ok(Json(goods::catalogue(&web.app, PAGE).await?))
}

pub(super) async fn product(State(web): State<Web>, At(sku): At<String>) -> Answer<show::Shown> {
    let shown = show::sku(&web.app, &sku).await?;
    shown.map(Json).ok_or_else(|| unknown(format!("OrderWise has no variant '{sku}'")))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct After {
    after: i64,
    before: Option<i64>,
}

pub(super) async fn despatches(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<After>,
) -> Answer<Value> {
    let (mut lines, next) = goods::board(&web.app, query.after, PAGE).await?;
    lines.retain(|line| who.may_see_store(line.store));
    Ok(Json(json!({ "despatches": lines, "next": next })))
}

fn month_of(text: &str) -> Result<Month, ApiError> {
    text.parse().map_err(|_| unknown(format!("'{text}' is no month; write 2026-11")))
}

pub(super) async fn month(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
) -> Answer<Value> {
    let month = month_of(&month)?;
    let mut days = reconcile::month_days(&web.app, month).await?;
    days.retain(|day| who.may_see_store(Some(day.warehouse_id)));
    let mut period = period::view(&web.app, month).await?;
    period.obstacles.retain(|one| one.store().is_none_or(|id| who.may_see_store(Some(id))));
    Ok(Json(json!({ "period": period, "days": days })))
}

pub(super) async fn close(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Answer<period::PeriodView> {
    who.sees_all_stores()?;
    Ok(Json(period::close(&web.app, month_of(&month)?, &who.name, &why.reason).await?))
}

pub(super) async fn reopen(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Answer<period::PeriodView> {
    who.sees_all_stores()?;
    a_person(&who)?;
    Ok(Json(period::ask_reopen(&web.app, month_of(&month)?, &who.name, &why.reason).await?))
}

pub(super) async fn approve(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Given(why): Given<Why>,
) -> Answer<period::PeriodView> {
    who.sees_all_stores()?;
    a_person(&who)?;
    Ok(Json(period::approve(&web.app, month_of(&month)?, &who.name, &why.reason).await?))
}

pub(super) async fn store_day(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<reconcile::DayView> {
    Ok(Json(day::seen(&web, &who, &day, store).await?.1))
}

pub(super) async fn plan(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<fix::FixReport> {
    let (day, _) = day::seen(&web, &who, &day, store).await?;
    let wanted = FixWanted { day, store: Some(store), cause: None, reference: None };
    Ok(Json(fix::plan(&web.app, &wanted).await?))
}

pub(super) async fn compare(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<Value> {
    let (day, _) = day::seen(&web, &who, &day, store).await?;
    let id = asked::ask(&web.app, &Wanted::Compare { day, store: Some(store) }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(Json(json!({ "asked": id })))
}

pub(super) async fn run_plan(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
) -> Answer<Value> {
    let (day, _) = day::seen(&web, &who, &day, store).await?;
    let wanted = FixWanted { day, store: Some(store), cause: None, reference: None };
    let id = asked::ask(&web.app, &Wanted::Fix { wanted, by: who.name.clone() }).await?;
    web.app.wake.reconcile.notify_one();
    Ok(Json(json!({ "asked": id })))
}

pub(super) async fn answered(State(web): State<Web>, At(id): At<String>) -> Answer<Value> {
    let (begun, answer) = asked::answered(&web.app, &id).await?;
    Ok(Json(json!({ "begun": begun, "answer": answer })))
}

pub(super) async fn sign(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Given(why): Given<Why>,
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

fn kind_of(word: &str) -> Result<MappingKind, ApiError> {
    word.parse().map_err(|_| unknown(format!("There is no mapping table '{word}'")))
}

pub(super) async fn mapping_table(
    State(web): State<Web>,
    At(kind): At<String>,
) -> Answer<mappings::MappingTable> {
    Ok(Json(mappings::table(&web.app, kind_of(&kind)?).await?))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Key {
    key: String,
}

/// The mark of a row: changes with anything about it.
fn mark(row: Option<&daybook_domain::mapping::MappingRow>) -> String {
    let text = serde_json::to_string(&row).unwrap_or_default();
    let digest = Sha256::digest(text.as_bytes());
    let (short, _) = digest.split_at(8);
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(short))
}

pub(super) async fn mapping_row_of(
    State(web): State<Web>,
    At(kind): At<String>,
    Asked(query): Asked<Key>,
) -> Result<Response, ApiError> {
    let kind = kind_of(&kind)?;
    let key = key_of(kind, &query.key)?;
    let row = mappings::row(&web.app, kind, &key).await?;
    let mark =
        HeaderValue::from_str(&mark(row.as_ref())).unwrap_or(HeaderValue::from_static("\"\""));
    let history = mappings::history(&web.app, kind, &key).await?;
    let body = Json(json!({ "row": row, "history": history }));
    Ok(([(header::ETAG, mark)], body).into_response())
}

/// A row to try or to set.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Row {
    key: String,
    value: BTreeMap<String, String>,
    remove: bool,
}

pub(super) async fn foretold(
    State(web): State<Web>,
    At(kind): At<String>,
    Given(row): Given<Row>,
) -> Answer<daybook_flows::sales::foresee::Foresight> {
    let kind = kind_of(&kind)?;
    let change = if row.remove {
        Change::Remove(kind, key_of(kind, &row.key)?)
    } else {
        Change::Set(made(kind, &row)?)
    };
    Ok(Json(foresee(&web.app, &change).await?))
}

fn made(kind: MappingKind, row: &Row) -> Result<daybook_domain::mapping::MappingRow, ApiError> {
    mapping_row(kind, &row.key, &row.value).map_err(|what| {
        let hint = "correct the field";
        PageError::new(StatusCode::UNPROCESSABLE_ENTITY, "mapping", what, hint).into()
    })
}

/// With `If-Match` only if the row is still as it was read.
async fn as_read(
    web: &Web,
    headers: &HeaderMap,
    (kind, key): (MappingKind, &str),
) -> Result<(), ApiError> {
    let Some(read) = headers.get(header::IF_MATCH) else { return Ok(()) };
    let row = mappings::row(&web.app, kind, key).await?;
    if read.to_str().is_ok_and(|read| read == mark(row.as_ref())) {
        return Ok(());
    }
    let what = "The row was changed since you read it";
    let hint = "read it again";
    Err(PageError::new(StatusCode::PRECONDITION_FAILED, "changed-meanwhile", what, hint).into())
}

pub(super) async fn set_mapping(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    headers: HeaderMap,
    Given(row): Given<Row>,
) -> Answer<Done> {
    let kind = kind_of(&kind)?;
    let key = key_of(kind, &row.key)?;
    as_read(&web, &headers, (kind, &key)).await?;
    let released = if row.remove {
        u64::from(people::remove_mapping(&web.app, kind, &key, &who.name).await?)
    } else {
        people::set_mapping(&web.app, &[made(kind, &row)?], &who.name).await?
    };
    Ok(Json(Done { done: true, entries: Some(released) }))
}

pub(super) async fn activity(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<After>,
) -> Answer<Value> {
    who.sees_all_stores()?;
    let acts = health::acts(&web.app, query.before, PAGE).await?;
    let next = acts.last().filter(|_| acts.len() == PAGE).map(|act| act.seq);
    Ok(Json(json!({ "acts": acts, "next": next })))
}

pub(super) async fn machine(State(web): State<Web>) -> Answer<health::Health> {
    Ok(Json(health::health(&web.app).await?))
}
