//! Exceptions: what waits for a person, its fix beside it, and the effect before it is done.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{
    Money,
    access::Right,
    causes::{Cause, Owner},
    mapping::{MappingKind, MappingRow},
    words,
};
use daybook_flows::{
    desk::{
        doubts, mappings,
        queue::{self, GroupPage},
    },
    people,
    view::GroupView,
};
use serde::Deserialize;

use super::{
    PageError, Section, Shell,
    effect::{EffectTold, effect_of_row},
    say, shell,
    today::currency,
};
use crate::{
    Web,
    access::Who,
    take::{Asked, At, Given},
};

/// Siblings on one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "exceptions.html")]
struct ListPage {
    shell: Shell,
    owner: String,
    owners: Vec<(&'static str, &'static str)>,
    total: String,
    groups: Vec<GroupTold>,
}

struct GroupTold {
    title: &'static str,
    subject: String,
    address: String,
    sentence: &'static str,
    count: String,
    money: String,
    age: String,
    owner: String,
    mood: &'static str,
    severity: String,
}

/// The address of siblings; the subject may hold anything.
pub(super) fn address(cause: &str, subject: &str) -> String {
    let subject: String = url::form_urlencoded::byte_serialize(subject.as_bytes()).collect();
    format!("/exceptions/{cause}?about={subject}")
}

fn group_told(web: &Web, group: &GroupView) -> GroupTold {
    let severity = group.severity.word();
    GroupTold {
        title: group.title,
        subject: group.subject.clone(),
        address: address(group.cause, &group.subject),
        sentence: group.sentence,
        count: match group.behind {
            0 => words::grouped(group.exceptions),
            behind => {
                let (own, behind) = (words::grouped(group.exceptions), words::grouped(behind));
                format!("{own}, and {behind} behind it")
            }
        },
        money: told_money(web, group.money, group.currency.as_deref()),
        age: say::age(group.oldest, web.app.now()),
        owner: owner_word(group.owner).to_owned(),
        mood: if severity == "normal" { "wait" } else { "bad" },
        severity: match severity {
            "normal" => "Today",
            "high" => "Soon",
            _ => "Now",
        }
        .to_owned(),
    }
}

/// In the currency of the money, which need not be that of the sums.
fn told_money(web: &Web, money: Money, of: Option<&str>) -> String {
    let book = currency(web);
    say::money(money, of.unwrap_or(&book))
}

fn owner_word(owner: Owner) -> &'static str {
    match owner {
        Owner::Finance => "Finance",
        Owner::Retail => "Retail",
        Owner::It => "IT",
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    owner: String,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<ListQuery>,
) -> Result<Response, PageError> {
    let owner = match query.owner.as_str() {
        "finance" => Some(Owner::Finance),
        "retail" => Some(Owner::Retail),
        "it" => Some(Owner::It),
        _ => None,
    };
    let groups = queue::groups(&web.app, owner, who.stores.as_ref()).await?;
    let total = if owner.is_some() {
        let count = groups.iter().map(|group| group.exceptions).sum();
        say::count(count, "exception", "exceptions")
    } else {
        let (count, money) = queue::at_risk(&web.app, who.stores.as_ref()).await?;
        let money = money.told(&currency(&web));
        format!("{}, {money} at risk", say::count(count, "exception", "exceptions"))
    };
    let page = ListPage {
        shell: Shell::new(&web, &who, Section::Exceptions, "Exceptions"),
        owner: owner.map_or(String::new(), |owner| owner.word().to_owned()),
        owners: vec![("", "All"), ("finance", "Finance"), ("retail", "Retail"), ("it", "IT")],
        total,
        groups: groups.iter().map(|group| group_told(&web, group)).collect(),
    };
    shell::show(&page)
}

#[derive(Template)]
#[template(path = "exception.html")]
struct OnePage {
    shell: Shell,
    cause: &'static str,
    title: &'static str,
    sentence: &'static str,
    fix: &'static str,
    subject: String,
    group: Option<GroupTold>,
    rows: Vec<RowTold>,
    next: Option<String>,
    assignee: String,
    said: Vec<SaidTold>,
    mapping: Option<MapForm>,
    can_retry: bool,
    done: Option<String>,
}

struct RowTold {
    number: String,
    reference: String,
    scope: String,
    detail: String,
    money: String,
    age: String,
}

struct SaidTold {
    when: String,
    by: String,
    what: String,
    text: String,
}

/// The fix that is a mapping: its fields, and what it would do once they are filled in.
struct MapForm {
    kind: &'static str,
    key: String,
    fields: Vec<FieldTold>,
    suggestions: Vec<(String, String, String)>,
    /// What OrderWise has, where that is few.
    known: String,
    effect: Option<EffectTold>,
    wrong: Option<String>,
}

struct FieldTold {
    name: &'static str,
    value: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct OneQuery {
    #[serde(default)]
    about: String,
    #[serde(default)]
    after: String,
    done: Option<String>,
    #[serde(flatten)]
    rest: BTreeMap<String, String>,
}

fn cause_of(word: &str) -> Result<Cause, PageError> {
    word.parse().map_err(|_| PageError::not_found(format!("There is no cause '{word}'")))
}

pub(super) async fn one(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    headers: HeaderMap,
    Asked(query): Asked<OneQuery>,
) -> Result<Response, PageError> {
    let cause = cause_of(&cause)?;
    let about = (cause, query.about.as_str());
    let after = query.after.parse().unwrap_or_default();
    let page = queue::group(&web.app, about, who.stores.as_ref(), after, PAGE).await?;
    let row = cause.entry();
    let here = address(row.code, &query.about);
    let mapping = map_form(&web, &who, &page, &query, shell::is_live(&headers)).await?;
    let has_entries = page.exceptions.iter().any(|one| one.reference.is_some());
    let page = OnePage {
        shell: Shell::new(&web, &who, Section::Exceptions, row.title),
        cause: row.code,
        title: row.title,
        sentence: row.sentence,
        fix: row.fix,
        rows: rows(&web, &page),
        next: page.next.map(|after| format!("{here}&after={after}")),
        group: page.group.as_ref().map(|group| group_told(&web, group)),
        assignee: page.assignee.clone().unwrap_or_default(),
        said: said(&web, &page),
        // All of them may concern stores that this person does not look after.
        can_retry: has_entries && who.may(Right::ClearExceptions) && who.stores.is_none(),
        done: query.done.as_deref().and_then(done),
        subject: query.about,
        mapping,
    };
    shell::show(&page)
}

/// What was just done: a word and a number, nothing that an address could bring in.
fn done(text: &str) -> Option<String> {
    let (word, count) = text.split_once('-').unwrap_or((text, "0"));
    let count: i64 = count.parse().ok()?;
    Some(match word {
        "retried" => format!("{} on the way again.", say::count(count, "entry is", "entries are")),
        "mapped" => format!(
            "Mapped. {} released and on the way to OrderWise.",
            say::count(count, "entry is", "entries are")
        ),
        "said" => "Noted.".to_owned(),
        _ => return None,
    })
}

fn rows(web: &Web, page: &GroupPage) -> Vec<RowTold> {
    let now = web.app.now();
    let row = |one: &daybook_flows::view::ExceptionView| RowTold {
        number: one.number.clone(),
        reference: one.reference.clone().unwrap_or_default(),
        scope: one.scope.clone(),
        detail: one.detail.clone(),
        money: told_money(web, one.money, one.currency.as_deref()),
        age: say::age(one.raised_at, now),
    };
    page.exceptions.iter().map(row).collect()
}

fn said(web: &Web, page: &GroupPage) -> Vec<SaidTold> {
    let zone = shell::zone(web);
    let one = |said: &queue::Said| SaidTold {
        when: say::moment(said.at, &zone),
        by: said.by.clone(),
        what: match said.act.as_str() {
            "assign" if said.text.is_empty() => "gave it back".to_owned(),
            "assign" => "gave it to".to_owned(),
            _ => "wrote".to_owned(),
        },
        text: said.text.clone(),
    };
    page.said.iter().map(one).collect()
}

async fn map_form(
    web: &Web,
    who: &Who,
    page: &GroupPage,
    query: &OneQuery,
    is_live: bool,
) -> Result<Option<MapForm>, PageError> {
    let Some(kind) = page.released_by.filter(|_| who.may(Right::ChangeMappings)) else {
        return Ok(None);
    };
    // What the row says already stays, unless a person says otherwise.
    let key = super::mappings::key_of(kind, &query.about)?;
    let stored = mappings::row(&web.app, kind, &key).await?;
    let is_given = kind.fields().iter().any(|name| query.rest.contains_key(*name));
    let given = |name: &str| {
        let stored = stored.as_ref().and_then(|row| row.value.get(name));
        let value = if is_given { query.rest.get(name) } else { stored };
        value.cloned().unwrap_or_default()
    };
    let fields: Vec<FieldTold> =
        kind.fields().iter().map(|name| FieldTold { name, value: given(name) }).collect();
    let suggestions = mappings::suggest(&web.app, kind, &query.about).await?;
    let mut form = MapForm {
        kind: kind.word(),
        key: query.about.clone(),
        fields,
        suggestions: suggestions.into_iter().map(super::mappings::suggested).collect(),
        known: match kind {
            MappingKind::Vat => doubts::tax_rates(&web.app).await?.unwrap_or_default(),
            _ => String::new(),
        },
        effect: None,
        wrong: None,
    };
    if is_given && !is_live {
        match mapping_row(kind, &query.about, &query.rest) {
            Ok(row) => form.effect = Some(effect_of_row(web, row).await?),
            Err(wrong) => form.wrong = Some(wrong),
        }
    }
    Ok(Some(form))
}

/// The row that a form describes.
pub(crate) fn mapping_row(
    kind: MappingKind,
    key: &str,
    fields: &BTreeMap<String, String>,
) -> Result<MappingRow, String> {
    let filled = |name: &&'static str| {
        let value = fields.get(*name)?.trim();
        (!value.is_empty()).then(|| ((*name).to_owned(), value.to_owned()))
    };
    let given = kind.fields().iter().filter_map(filled);
    MappingRow::from_fields(kind, key, given).map_err(|fault| fault.to_string())
}

#[derive(Debug, Deserialize)]
pub(super) struct Siblings {
    #[serde(default)]
    about: String,
    #[serde(default)]
    text: String,
    #[serde(flatten)]
    fields: BTreeMap<String, String>,
}

fn back(cause: Cause, about: &Siblings, done: &str) -> Response {
    let here = address(cause.code(), &about.about);
    Redirect::to(&format!("{here}&done={done}")).into_response()
}

pub(super) async fn retry(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(about): Given<Siblings>,
) -> Result<Response, PageError> {
    let cause = cause_of(&cause)?;
    who.sees_all_stores()?;
    let retried = people::retry_group(&web.app, cause, Some(&about.about), &who.name).await?;
    Ok(back(cause, &about, &format!("retried-{retried}")))
}

pub(super) async fn map(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(about): Given<Siblings>,
) -> Result<Response, PageError> {
    let cause = cause_of(&cause)?;
    let Some(kind) = cause.entry().released_by else {
        return Err(PageError::not_found("No mapping releases this"));
    };
    let row = mapping_row(kind, &about.about, &about.fields).map_err(wrong_mapping)?;
    let released = people::set_mapping(&web.app, &[row], &who.name).await?;
    Ok(back(cause, &about, &format!("mapped-{released}")))
}

pub(super) fn wrong_mapping(what: String) -> PageError {
    let hint = "go back and correct the field";
    PageError::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, "mapping", what, hint)
}

pub(super) async fn comment(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(about): Given<Siblings>,
) -> Result<Response, PageError> {
    let cause = cause_of(&cause)?;
    let stores = who.stores.as_ref();
    queue::comment(&web.app, (cause, &about.about), &about.text, stores, &who.name).await?;
    Ok(back(cause, &about, "said-1"))
}

pub(super) async fn assign(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(cause): At<String>,
    Given(about): Given<Siblings>,
) -> Result<Response, PageError> {
    let cause = cause_of(&cause)?;
    let stores = who.stores.as_ref();
    queue::assign(&web.app, (cause, &about.about), &about.text, stores, &who.name).await?;
    Ok(back(cause, &about, "said-1"))
}

pub(super) async fn dismiss(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(number): At<i64>,
    Given(about): Given<Siblings>,
) -> Result<Response, PageError> {
    who.sees_all_stores()?;
    people::dismiss_exception(&web.app, number, &who.name, &about.text).await?;
    Ok(Redirect::to("/exceptions").into_response())
}
