//! Mappings: every table with what is missing, suggestions, and what a change would fix and break.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{
    access::Right,
    mapping::{MappingKind, MappingRow},
};
use daybook_flows::{
    desk::mappings::{self, RowChange, StoredMapping, Suggestion},
    people,
    sales::foresee::{Change, foresee},
};
use serde::Deserialize;

use super::{
    PageError, Section, Shell,
    effect::{EffectTold, effect_of_row, effect_told},
    exceptions::{mapping_row, wrong_mapping},
    say, shell,
};
use crate::{
    Web,
    access::Who,
    take::{Asked, At, Given},
};

#[derive(Template)]
#[template(path = "mappings.html")]
struct TablePage {
    shell: Shell,
    kind: &'static str,
    about: &'static str,
    kinds: Vec<(&'static str, usize, bool)>,
    fields: &'static [&'static str],
    search: String,
    rows: Vec<RowTold>,
    missing: Vec<MissingTold>,
    can_change: bool,
    done: Option<String>,
}

struct RowTold {
    key: String,
    values: Vec<String>,
    changed: String,
}

struct MissingTold {
    key: String,
    count: String,
    address: String,
    suggestions: Vec<(String, String, String)>,
}

/// A suggestion as pages show it: value, name, and how sure it is and why.
pub(super) fn suggested(one: Suggestion) -> (String, String, String) {
    let told = one.told();
    (one.value, one.name, told)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TableQuery {
    q: String,
    done: Option<String>,
}

/// What a kind maps, in a sentence.
fn about(kind: MappingKind) -> &'static str {
    match kind {
        MappingKind::Sku => {
            "A SKU of the till and the variant code in OrderWise. The same code needs no row."
        }
        MappingKind::Vat => "A VAT rate of the till and OrderWise's tax rate.",
        MappingKind::Payment => "A way of paying at the till and OrderWise's payment method.",
        MappingKind::Store => {
            "A store and its customer account, session, stock location and delivery method in OrderWise."
        }
        MappingKind::Warehouse => {
            "Another warehouse that goods may come back to, and its stock location."
        }
        MappingKind::Reason => "A reason for returns, and whether the goods can be sold again.",
        MappingKind::Item => {
            "Lines that are no goods (cash rounding, fees, gift cards) and their item in OrderWise."
        }
        MappingKind::Group => "A tax rate of OrderWise and Sitoo's product group for it.",
        MappingKind::Pickup => {
            "A store that goods are collected in, and the location they leave from."
        }
        MappingKind::Delivery => "A carrier of the till and OrderWise's delivery method.",
        MappingKind::Status => "A status text of OrderWise and what it means.",
    }
}

pub(super) fn kind_of(word: &str) -> Result<MappingKind, PageError> {
    word.parse().map_err(|_| PageError::not_found(format!("There is no table '{word}'")))
}

/// The key in the form under which rows are stored.
pub(crate) fn key_of(kind: MappingKind, key: &str) -> Result<String, PageError> {
    kind.normal_key(key).map_err(|fault| wrong_mapping(fault.to_string()))
}

pub(super) async fn first() -> Redirect {
    Redirect::to("/mappings/sku")
}

pub(super) async fn table(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    Asked(query): Asked<TableQuery>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let counts = mappings::counts(&web.app).await?;
    let table = mappings::table(&web.app, kind).await?;
    let zone = shell::zone(&web);
    let wanted = query.q.trim().to_lowercase();
    let fits = |stored: &&StoredMapping| {
        let mut texts = stored.row.value.values().chain([&stored.row.key]);
        wanted.is_empty() || texts.any(|text| text.to_lowercase().contains(&wanted))
    };
    let rows = table.rows.iter().filter(fits).map(|stored| RowTold {
        key: stored.row.key.clone(),
        values: values(kind, &stored.row),
        changed: format!("{}, {}", say::moment(stored.updated_at, &zone), stored.updated_by),
    });
    let missing =
        table.missing.into_iter().filter(|_| who.stores.is_none()).map(|one| MissingTold {
            count: say::count(one.exceptions, "exception", "exceptions"),
            address: super::exceptions::address(one.cause, &one.key),
            suggestions: one.suggestions.into_iter().map(suggested).collect(),
            key: one.key,
        });
    let page = TablePage {
        shell: Shell::new(&web, &who, Section::Mappings, "Mappings"),
        kind: kind.word(),
        about: about(kind),
        kinds: counts.into_iter().map(|(one, rows)| (one.word(), rows, one == kind)).collect(),
        fields: kind.fields(),
        rows: rows.collect(),
        missing: missing.collect(),
        can_change: who.may(Right::ChangeMappings),
        search: query.q,
        done: query.done.and_then(|count| count.parse().ok()).map(|count: i64| match count {
            0 => "Changed, on the record.".to_owned(),
            count => format!("{} released.", say::count(count, "entry is", "entries are")),
        }),
    };
    shell::show(&page)
}

fn values(kind: MappingKind, row: &MappingRow) -> Vec<String> {
    kind.fields().iter().map(|name| row.value.get(*name).cloned().unwrap_or_default()).collect()
}

#[derive(Template)]
#[template(path = "mapping.html")]
struct RowPage {
    shell: Shell,
    kind: &'static str,
    key: String,
    is_new: bool,
    fields: Vec<(&'static str, String)>,
    effect: Option<EffectTold>,
    wrong: Option<String>,
    removal: bool,
    history: Vec<ChangeTold>,
    can_change: bool,
}

/// A change of the row, and the address at which to go back to what was before.
struct ChangeTold {
    at: String,
    by: String,
    before: String,
    after: String,
    back: String,
}

fn change_told(
    one: RowChange,
    (kind, key): (MappingKind, &str),
    zone: &jiff::tz::TimeZone,
) -> ChangeTold {
    let mut back = url::form_urlencoded::Serializer::new(String::new());
    back.append_pair("key", key);
    match &one.fields_before {
        None => _ = back.append_pair("remove", "1"),
        Some(fields) => {
            for name in kind.fields() {
                let value = fields.get(*name).map_or("", String::as_str);
                back.append_pair(name, value);
            }
        }
    }
    let none = || "nothing".to_owned();
    ChangeTold {
        at: say::moment(one.at, zone),
        by: one.by,
        before: one.before.unwrap_or_else(none),
        after: one.after.unwrap_or_else(none),
        back: format!("/mappings/{kind}/row?{}", back.finish()),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct RowQuery {
    key: String,
    remove: Option<String>,
    #[serde(flatten)]
    fields: BTreeMap<String, String>,
}

pub(super) async fn row(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    headers: HeaderMap,
    Asked(query): Asked<RowQuery>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let key = key_of(kind, &query.key)?;
    let stored = mappings::row(&web.app, kind, &key).await?;
    let asked = kind.fields().iter().any(|name| query.fields.contains_key(*name));
    let value = |name: &str| {
        let stored = stored.as_ref().and_then(|row| row.value.get(name));
        let given = query.fields.get(name);
        if asked { given.cloned() } else { stored.cloned() }.unwrap_or_default()
    };
    let removal = query.remove.is_some() && stored.is_some();
    let may_ask = who.may(Right::ChangeMappings) && !shell::is_live(&headers);
    let (effect, wrong) = if may_ask {
        effect(&web, kind, &key, &query, removal, asked).await?
    } else {
        (None, None)
    };
    let zone = shell::zone(&web);
    let history = mappings::history(&web.app, kind, &key).await?;
    let page = RowPage {
        shell: Shell::new(&web, &who, Section::Mappings, format!("Mapping {kind}")),
        kind: kind.word(),
        is_new: stored.is_none(),
        fields: kind.fields().iter().map(|name| (*name, value(name))).collect(),
        effect,
        wrong,
        removal,
        history: history.into_iter().map(|one| change_told(one, (kind, &key), &zone)).collect(),
        can_change: who.may(Right::ChangeMappings),
        key,
    };
    shell::show(&page)
}

async fn effect(
    web: &Web,
    kind: MappingKind,
    key: &str,
    query: &RowQuery,
    removal: bool,
    asked: bool,
) -> Result<(Option<EffectTold>, Option<String>), PageError> {
    let change = if removal {
        Change::Remove(kind, key.to_owned())
    } else if asked {
        match mapping_row(kind, key, &query.fields) {
            Ok(row) => return Ok((Some(effect_of_row(web, row).await?), None)),
            Err(wrong) => return Ok((None, Some(wrong))),
        }
    } else {
        return Ok((None, None));
    };
    let told = foresee(&web.app, &change).await?;
    Ok((Some(effect_told(web, &told)), None))
}

pub(super) async fn set(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    Given(form): Given<RowQuery>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let row = mapping_row(kind, &form.key, &form.fields).map_err(wrong_mapping)?;
    let released = people::set_mapping(&web.app, &[row], &who.name).await?;
    Ok(Redirect::to(&format!("/mappings/{kind}?done={released}")).into_response())
}

pub(super) async fn remove(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    Given(form): Given<RowQuery>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    people::remove_mapping(&web.app, kind, &key_of(kind, &form.key)?, &who.name).await?;
    Ok(Redirect::to(&format!("/mappings/{kind}?done=0")).into_response())
}
