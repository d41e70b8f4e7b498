//! Alerts, for programs.

use axum::{Extension, Json, extract::State};
use daybook_flows::alerts::show::{self, Overview};
use serde::{Deserialize, Serialize};

use super::ApiError;
use crate::{
    Web,
    access::Who,
    desk::PageError,
    take::{Asked, At},
};

/// Alerts that are over in one answer.
const PAGE: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Older {
    before: Option<i64>,
}

#[derive(Debug, Serialize)]
pub(super) struct Seen {
    done: bool,
    /// Whether nobody had looked before.
    first: bool,
}

pub(super) async fn list(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<Older>,
) -> Result<Json<Overview>, ApiError> {
    Ok(Json(show::overview(&web.app, who.stores.as_ref(), query.before, PAGE).await?))
}

pub(super) async fn seen(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(number): At<i64>,
) -> Result<Json<Seen>, ApiError> {
    let seen = show::look_at(&web.app, number, who.stores.as_ref(), &who.name).await?;
    let unknown = || PageError::not_found(format!("There is no alert AL-{number}"));
    let first = seen.ok_or_else(unknown)?;
    Ok(Json(Seen { done: true, first }))
}
