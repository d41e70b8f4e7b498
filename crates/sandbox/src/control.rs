//! The control interface, JSON under `/control`: troubles by hand, and a look inside. It has no
//! authentication and is never subject to faults; serve it on loopback only.
//!
//! | call | does |
//! |---|---|
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
};
use http::StatusCode;

use crate::Sandbox;

/// Control of the faults of both systems and of OrderWise's companies.
pub fn router(sandbox: &Sandbox) -> Router {
    Router::new()
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
