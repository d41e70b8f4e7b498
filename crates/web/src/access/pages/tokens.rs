//! Tokens of programs.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::access::Right;
use daybook_flows::{
    FlowError,
    access::token::{self, Maker, NewToken},
    desk::find,
};

use super::{
    super::{Who, fields::Fields},
    account::{stores, words},
    bare::Trouble,
    people::stores_of,
};
use crate::{
    Web,
    desk::{PageError, Section, Shell, say, shell},
};

#[derive(Template)]
#[template(path = "access-tokens.html")]
struct TokensPage {
    shell: Shell,
    tokens: Vec<Line>,
    /// What whoever looks may give away.
    rights: Vec<&'static str>,
    /// A token that was just made: shown once.
    made: Option<String>,
    trouble: Option<Trouble>,
}

/// A token.
struct Line {
    id: String,
    name: String,
    prefix: String,
    rights: String,
    stores: String,
    made: String,
    standing: String,
    is_open: bool,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    show(&web, &who, None, None).await
}

async fn show(
    web: &Web,
    who: &Who,
    made: Option<String>,
    trouble: Option<Trouble>,
) -> Result<Response, PageError> {
    let (now, zone) = (web.app.now(), shell::zone(web));
    let known = find::stores(&web.app).await?;
    let tokens = token::list(&web.app).await?.into_iter().map(|one| Line {
        is_open: one.revoked_at.is_none() && one.expires_at > now,
        standing: match (one.revoked_at, one.used_at) {
            (Some(at), _) => format!("taken back {}", say::ago(at, now)),
            _ if one.expires_at <= now => "its time is over".to_owned(),
            (None, Some(at)) => format!("used {}", say::ago(at, now)),
            (None, None) => "not used yet".to_owned(),
        },
        rights: words(&one.rights),
        stores: stores(one.stores.as_ref(), &known),
        made: format!("by {}, good until {}", one.created_by, say::moment(one.expires_at, &zone)),
        id: one.id,
        name: one.name,
        prefix: one.prefix,
    });
    let has_trouble = trouble.is_some();
    let page = TokensPage {
        shell: Shell::new(web, who, Section::People, "Tokens"),
        tokens: tokens.collect(),
        rights: who.rights.iter().map(|right| right.word()).collect(),
        made,
        trouble,
    };
    let mut response = shell::show(&page)?;
    if has_trouble {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

pub(super) async fn make(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    fields: Fields,
) -> Result<Response, PageError> {
    let made = async {
        let rights: BTreeSet<Right> =
            fields.all("right").filter_map(|word| word.parse().ok()).collect();
        let new = NewToken {
            name: fields.get("name").to_owned(),
            rights,
            stores: stores_of(&fields)?,
            days: fields.get("days").trim().parse().unwrap_or(0),
        };
        let maker = Maker { name: &who.name, rights: &who.rights, stores: who.stores.as_ref() };
        token::make(&web.app, &new, maker).await
    };
    let made: Result<String, FlowError> = made.await;
    match made {
        Ok(text) => show(&web, &who, Some(text), None).await,
        Err(error) => show(&web, &who, None, Some(Trouble::of(error)?)).await,
    }
}

pub(super) async fn revoke(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    token::revoke(&web.app, &id, &who.name).await?;
    Ok(Redirect::to("/people/tokens").into_response())
}
