//! Faults of one system by hand.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use serde::Deserialize;
use serde_json::json;

use super::done;
use crate::faults::{Chance, Fault, Faults, Matcher, Outage};

pub(super) fn router(faults: &Arc<Faults>) -> Router {
    Router::new()
        .route("/", get(look).post(put_fault).delete(clear))
        .route("/schedule", put(schedule))
        .route("/outage", post(begin_outage).delete(end_outage))
        .route("/counts", delete(reset))
        .with_state(Arc::clone(faults))
}

async fn look(State(faults): State<Arc<Faults>>) -> Response {
    Json(json!({ "counts": faults.counts(), "pending": faults.pending() })).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ByHand {
    fault: Fault,
    #[serde(default)]
    matcher: Matcher,
}

async fn put_fault(State(faults): State<Arc<Faults>>, Json(by_hand): Json<ByHand>) -> Response {
    faults.put(by_hand.fault, by_hand.matcher);
    done()
}

async fn clear(State(faults): State<Arc<Faults>>) -> Response {
    faults.clear();
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schedule {
    seed: u64,
    chances: Vec<Chance>,
}

async fn schedule(State(faults): State<Arc<Faults>>, Json(given): Json<Schedule>) -> Response {
    faults.schedule(given.seed, given.chances);
    done()
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewOutage {
    fault: Fault,
    from: i64,
    until: Option<i64>,
}

impl Default for NewOutage {
    fn default() -> Self {
        Self { fault: Fault::Outage, from: i64::MIN, until: None }
    }
}

async fn begin_outage(State(faults): State<Arc<Faults>>, Json(new): Json<NewOutage>) -> Response {
    faults.outage(Outage { from: new.from, until: new.until, fault: new.fault });
    done()
}

async fn end_outage(State(faults): State<Arc<Faults>>) -> Response {
    faults.lift_outages();
    done()
}

async fn reset(State(faults): State<Arc<Faults>>) -> Response {
    faults.reset_counts();
    done()
}
