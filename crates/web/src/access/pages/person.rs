//! What is done with one person's account.

use axum::{
    Extension,
    extract::{Path, State},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use daybook_flows::access::{
    link,
    people::{self, Change},
};

use super::{
    super::{Who, fields::Fields},
    people::{roles, show_link, stores_of},
};
use crate::{Web, desk::PageError};

async fn change(web: &Web, who: &Who, id: &str, change: Change) -> Result<Response, PageError> {
    people::change(&web.app, id, &change, &who.name).await?;
    Ok(Redirect::to("/people").into_response())
}

pub(super) async fn rights(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let wanted = Change::Rights { roles: roles(&fields), stores: stores_of(&fields)? };
    change(&web, &who, &id, wanted).await
}

pub(super) async fn link(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let link = link::reset(&web.app, &id, false, &who.name).await?;
    show_link(&web, &who, &headers, &link).await
}

pub(super) async fn disable(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    change(&web, &who, &id, Change::Disable).await
}

pub(super) async fn enable(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    change(&web, &who, &id, Change::Enable).await
}

pub(super) async fn sign_out(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    change(&web, &who, &id, Change::SignOut).await
}

pub(super) async fn remove_factor(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    change(&web, &who, &id, Change::RemoveFactor).await
}
