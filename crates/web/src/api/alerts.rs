//! Alerts, for programs.

use axum::{Extension, Json, extract::State};
use daybook_domain::access::Right::{ClearExceptions, See};
use daybook_flows::alerts::show::{self, Overview};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ApiError, about};
use crate::{
    Web,
    access::Who,
    desk::{PageError, Routes},
    take::{Asked, At},
};

/// Alerts that are over in one answer.
const PAGE: usize = 200;

pub(super) fn routes() -> Routes {
    Routes::default()
        .call(
            "/api/v1/alerts",
            See,
            about(
                "What is the matter, what is over, and how the channels do.",
                &[("before", "The `next` of the page before.")],
            ),
            list,
        )
        .deed(
            "/api/v1/alerts/{number}/seen",
            ClearExceptions,
            about("Say that somebody sees to it.", &[]),
            seen,
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Older {
    before: Option<i64>,
}

/// It is seen.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AlertSeen")]
struct Seen {
    /// Always true.
    done: bool,
    /// Whether nobody had looked before.
    first: bool,
}

async fn list(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<Older>,
) -> Result<Json<Overview>, ApiError> {
    Ok(Json(show::overview(&web.app, who.stores.as_ref(), query.before, PAGE).await?))
}

async fn seen(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(number): At<i64>,
) -> Result<Json<Seen>, ApiError> {
    let seen = show::look_at(&web.app, number, who.stores.as_ref(), &who.name).await?;
    let unknown = || PageError::not_found(format!("There is no alert AL-{number}"));
    let first = seen.ok_or_else(unknown)?;
    Ok(Json(Seen { done: true, first }))
}
