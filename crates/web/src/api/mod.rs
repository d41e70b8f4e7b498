//! `/api/v1`: everything that the pages show and do, for programs.
//!
//! Reads answer the same JSON as the command line's `--json` where there is such a command. Every
//! write carries an `Idempotency-Key` ([`once`]). Errors are problem details with stable codes. The
//! document is made from the table of calls and from the types of their handlers ([`told`]).

mod alerts;
mod books;
mod calls;
mod codes;
mod deeds;
mod document;
mod error;
mod files;
mod goods;
mod manual;
mod mappings;
mod once;
mod people;
mod reference;
mod running;
mod said;
mod schemas;
mod told;

use axum::{Router, middleware::from_fn_with_state};
use daybook_domain::access::Right::See;

pub use self::document::openapi;
pub(crate) use self::{
    error::{ApiError, ProblemBody},
    told::{Shape, Told},
};
use crate::{
    Web,
    desk::{RouteLine, Routes},
};

/// What is documented of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// One sentence.
    pub summary: &'static str,
    /// Query parameters of a read; fields of the body of a write.
    pub takes: &'static [(&'static str, &'static str)],
    /// Statuses of problems that its types do not tell of.
    pub also: &'static [u16],
}

impl About {
    /// The same, which may also end so.
    const fn or(self, also: &'static [u16]) -> Self {
        Self { also, ..self }
    }
}

const fn about(summary: &'static str, takes: &'static [(&'static str, &'static str)]) -> About {
    About { summary, takes, also: &[] }
}

const WHY: &[(&str, &str)] = &[("reason", "Why; kept on record.")];

/// Every call.
fn all() -> Routes {
    calls::routes()
        .and(said::routes())
        .and(deeds::routes())
        .and(goods::routes())
        .and(books::routes())
        .and(mappings::routes())
        .and(alerts::routes())
        .and(running::routes())
        .and(manual::routes())
        .and(people::routes())
        .and(files::routes())
}

/// The router, and its table.
pub(crate) fn routes(web: &Web) -> (Router<Web>, Vec<RouteLine>) {
    let (calls, table) = all().done();
    let (document, described) = Routes::default()
        .page("/api", See, reference::page)
        .page("/api/v1/openapi.json", See, document::json)
        .done();
    let calls = calls.layer(from_fn_with_state(web.clone(), once::once));
    (calls.merge(document), table.into_iter().chain(described).collect())
}

/// The calls that the document describes.
pub(crate) fn described() -> Vec<RouteLine> {
    all().done().1
}
