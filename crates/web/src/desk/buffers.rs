//! Stock that is held back from the tills: rules, set and taken away.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{
    access::Right,
    stock::{Amount, BufferRule, BufferScope},
};
use daybook_flows::{desk::find, stock::people};
use serde::Deserialize;

use super::{PageError, Section, Shell, shell};
use crate::{
    Web,
    access::Who,
    take::{Asked, Given},
};

#[derive(Template)]
#[template(path = "buffers.html")]
struct BuffersPage {
    shell: Shell,
    rules: Vec<RuleTold>,
    stores: Vec<(i64, String)>,
    everywhere: bool,
    can_change: bool,
    done: bool,
}

struct RuleTold {
    scope: &'static str,
    what: &'static str,
    key: String,
    store: Option<i64>,
    store_name: String,
    amount: String,
    may_remove: bool,
}

fn named(scope: BufferScope) -> &'static str {
    match scope {
        BufferScope::Sku => "SKU",
        BufferScope::Category => "Category",
        BufferScope::Prefix => "SKUs beginning with",
        BufferScope::Store => "Everything in the store",
        BufferScope::Default => "Everything",
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: Option<String>,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<Done>,
) -> Result<Response, PageError> {
    let names = find::stores(&web.app).await?;
    let name = |id: Option<i64>| match id {
        None => "every store".to_owned(),
        Some(id) => names
            .iter()
            .find(|(one, _)| *one == id)
            .map_or_else(|| id.to_string(), |(_, name)| name.clone()),
    };
    let rules = people::buffers(&web.app).await?;
    let seen =
        |rule: &&BufferRule| rule.warehouse_id.is_none() || who.may_see_store(rule.warehouse_id);
    let can_change = who.may(Right::ManageStock);
    let rules = rules.iter().filter(seen).map(|rule| RuleTold {
        scope: rule.scope.word(),
        what: named(rule.scope),
        key: rule.key.clone(),
        store: rule.warehouse_id,
        store_name: name(rule.warehouse_id),
        amount: rule.amount.to_string(),
        may_remove: can_change && who.may_see_store(rule.warehouse_id),
    });
    let page = BuffersPage {
        shell: Shell::new(&web, &who, Section::Stock, "Buffers"),
        rules: rules.collect(),
        everywhere: who.stores.is_none(),
        can_change,
        done: query.done.is_some(),
        stores: names.iter().filter(|(id, _)| who.may_see_store(Some(*id))).cloned().collect(),
    };
    shell::show(&page)
}

/// A rule as a form or a program tells it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RuleGiven {
    scope: String,
    key: String,
    store: String,
    amount: String,
}

/// What a rule is about, if whoever asks may say so: a rule for every store is for those who see all.
pub(crate) fn about(given: &RuleGiven, who: &Who) -> Result<(BufferScope, Option<i64>), PageError> {
    let wrong = |what: String| {
        let hint = "a SKU, category or beginning, a store, and units (2) or a share (10%)";
        PageError::new(StatusCode::UNPROCESSABLE_ENTITY, "stock-buffer-rule", what, hint)
    };
    let scope: BufferScope =
        given.scope.parse().map_err(|_| wrong(format!("'{}' is no kind of rule", given.scope)))?;
    let store = match given.store.trim() {
        "" => None,
        text => Some(text.parse().map_err(|_| wrong(format!("'{text}' is no store")))?),
    };
    if store.is_none() {
        who.sees_all_stores()?;
    } else if !who.may_see_store(store) {
        return Err(wrong("You do not look after this store".to_owned()));
    }
    Ok((scope, store))
}

/// Sets the rule.
pub(crate) async fn set_rule(web: &Web, who: &Who, given: &RuleGiven) -> Result<(), PageError> {
    let (scope, store) = about(given, who)?;
    let amount: Amount = given.amount.parse().map_err(|fault| {
        let hint = "units (2), or a share of what is free, with a floor or without (10%, 10%>=2)";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        PageError::new(status, "stock-buffer-rule", format!("{fault}"), hint)
    })?;
    let rule = BufferRule::new(scope, &given.key, store, amount);
    Ok(people::set_buffer(&web.app, &rule, &who.name).await?)
}

/// Takes the rule away.
pub(crate) async fn unset_rule(web: &Web, who: &Who, given: &RuleGiven) -> Result<(), PageError> {
    let (scope, store) = about(given, who)?;
    Ok(people::unset_buffer(&web.app, scope, &given.key, store, &who.name).await?)
}

fn back() -> Response {
    Redirect::to("/stock/buffers?done=1").into_response()
}

pub(super) async fn set(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(given): Given<RuleGiven>,
) -> Result<Response, PageError> {
    set_rule(&web, &who, &given).await?;
    Ok(back())
}

pub(super) async fn remove(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(given): Given<RuleGiven>,
) -> Result<Response, PageError> {
    unset_rule(&web, &who, &given).await?;
    Ok(back())
}
