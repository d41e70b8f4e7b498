//! One's own account.

use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use daybook_flows::{access::account, desk::find};

use super::{
    super::{Own, Who, fields::Fields},
    bare::Trouble,
};
use crate::{
    Web,
    desk::{PageError, Section, Shell, say, shell},
};

#[derive(Template)]
#[template(path = "access-account.html")]
struct AccountPage {
    shell: Shell,
    login: String,
    roles: String,
    stores: String,
    sessions: Vec<Line>,
    /// Known by the company's own sign-in: password and second factor are looked after there.
    is_company: bool,
    has_factor: bool,
    codes_left: i64,
    least: usize,
    trouble: Option<Trouble>,
    done: bool,
}

/// A session.
struct Line {
    id: String,
    agent: String,
    began: String,
    seen: String,
    is_this: bool,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    own: Option<Extension<Own>>,
) -> Result<Response, PageError> {
    show(&web, &who, &mine(own)?, None, false).await
}

/// The session; without one it is not a person who asks.
pub(super) fn mine(own: Option<Extension<Own>>) -> Result<Own, PageError> {
    let own = own.map(|Extension(own)| own);
    own.ok_or_else(|| PageError::not_found("Programs have no account"))
}

pub(super) async fn show(
    web: &Web,
    who: &Who,
    own: &Own,
    trouble: Option<Trouble>,
    done: bool,
) -> Result<Response, PageError> {
    let Own(own) = own;
    let (now, zone) = (web.app.now(), shell::zone(web));
    let standing = account::standing(&web.app, own).await?;
    let sessions = standing.sessions.into_iter().map(|session| Line {
        is_this: session.id == own.session.id,
        agent: if session.agent.is_empty() { "a browser".to_owned() } else { session.agent },
        began: say::moment(session.created_at, &zone),
        seen: say::ago(session.seen_at, now),
        id: session.id,
    });
    let has_trouble = trouble.is_some();
    let page = AccountPage {
        shell: Shell::new(web, who, Section::Account, "Your account"),
        login: own.account.login.clone(),
        roles: words(&own.account.roles),
        stores: stores(own.account.stores.as_ref(), &find::stores(&web.app).await?),
        sessions: sessions.collect(),
        is_company: own.account.subject.is_some(),
        has_factor: standing.has_factor,
        codes_left: standing.codes_left,
        least: web.app.settings.access.password_length,
        trouble,
        done,
    };
    let mut response = shell::show(&page)?;
    if has_trouble {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `admin, finance`.
pub(super) fn words<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", ")
}

/// `all stores`, `stores 5, 7`.
pub(super) fn stores(
    stores: Option<&std::collections::BTreeSet<i64>>,
    known: &[(i64, String)],
) -> String {
    let Some(stores) = stores else { return "all stores".to_owned() };
    let told = stores.iter().map(|id| match known.iter().find(|(one, _)| one == id) {
        Some((_, name)) => format!("{id} {name}"),
        None => format!("{id} (in no mapping)"),
    });
    format!("only {}", told.collect::<Vec<_>>().join(", "))
}

pub(super) async fn change_password(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    own: Option<Extension<Own>>,
    fields: Fields,
) -> Result<Response, PageError> {
    let own = mine(own)?;
    let (present, wanted) = (fields.get("present"), fields.get("password"));
    match account::change_password(&web.app, &own.0, present, wanted).await {
        Ok(()) => show(&web, &who, &own, None, true).await,
        Err(error) => show(&web, &who, &own, Some(Trouble::of(error)?), false).await,
    }
}

pub(super) async fn end_session(
    State(web): State<Web>,
    own: Option<Extension<Own>>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    account::end_session(&web.app, &mine(own)?.0, &id).await?;
    Ok(Redirect::to("/account").into_response())
}

pub(super) async fn end_others(
    State(web): State<Web>,
    own: Option<Extension<Own>>,
) -> Result<Response, PageError> {
    account::end_other_sessions(&web.app, &mine(own)?.0).await?;
    Ok(Redirect::to("/account").into_response())
}
