//! The control interface, JSON under `/control`: troubles by hand, and a look inside. It has no
//! authentication and is never subject to faults; serve it on loopback only.
//!
//! | call | does |
//! |---|---|
//! | `GET /control` | all of these and those of both systems, with examples: docs/sandbox.md |
//! | `GET /control/faults/{system}` | requests and faults seen, in flight, most in flight, pending |
//! | `POST /control/faults/{system}` | puts `{"fault": {"kind": …}, "matcher": {…}}` |
//! | `DELETE /control/faults/{system}` | forgets all faults, schedule and outages |
//! | `PUT /control/faults/{system}/schedule` | `{"seed", "chances": [{"fault", "per_10_000", "matcher"}]}` |
//! | `POST /control/faults/{system}/outage` | begins an outage: `{"fault"?, "from"?, "until"?}` |
//! | `DELETE /control/faults/{system}/outage` | ends it |
//! | `DELETE /control/faults/{system}/counts` | counts from zero |
//! | `…/control/{company}/…` | see `control/company.rs` |
//!
//! `{system}` is `sitoo` or `orderwise`; `{company}` is `orderwise` or `orderwise-sandbox`.

mod company;
mod fault;

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use http::StatusCode;

use crate::Sandbox;

/// What can be done here, for people.
const GUIDE: &str = include_str!("../../../docs/sandbox.md");

/// Control of the faults of both systems and of OrderWise's companies.
pub fn router(sandbox: &Sandbox) -> Router {
    Router::new()
        .route("/control", get(async || GUIDE))
        .nest("/control/faults/sitoo", fault::router(&sandbox.sitoo_faults))
        .nest("/control/faults/orderwise", fault::router(&sandbox.orderwise_faults))
        .nest("/control/orderwise", company::router(&sandbox.orderwise))
        .nest("/control/orderwise-sandbox", company::router(&sandbox.orderwise_sandbox))
}

fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// 204, or 404 where there was nothing to change.
fn done_if(was_found: bool) -> Response {
    if was_found { done() } else { StatusCode::NOT_FOUND.into_response() }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::GUIDE;

    /// The words of each route that is declared below a folder.
    fn routes(folder: &Path, found: &mut Vec<String>) {
        for file in fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                routes(&path, found);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let routes = text.split(".route(\"").skip(1);
            found.extend(routes.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }

    #[test]
    fn the_guide_names_every_call() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = Vec::new();
        for folder in ["control", "sitoo/control"] {
            routes(&source.join(folder), &mut found);
        }
        assert!(found.len() > 40, "{found:?}");
        for route in found {
            let words = route.split('/').filter(|word| !word.is_empty() && !word.starts_with('{'));
            for word in words {
                assert!(GUIDE.contains(word), "{route}: docs/sandbox.md does not say {word}");
            }
        }
    }
}
