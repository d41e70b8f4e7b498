//! `GET /healthz` and `GET /readyz`.

use std::time::Duration;

use axum::{Json, extract::State};
use serde_json::{Value, json};

use crate::{Web, problem::Problem};

/// A load balancer asks often and waits little.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process lives. It asks nothing else: a restart would not bring a database back.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive", "version": env!("CARGO_PKG_VERSION") }))
}

/// The process can take events: the book answers, and it is not stopping.
pub(crate) async fn ready(State(web): State<Web>) -> Result<Json<Value>, Problem> {
    if web.stop.is_cancelled() {
        return Err(Problem::NOT_READY.detail("Daybook is stopping"));
    }
    match tokio::time::timeout(PATIENCE, web.app.db.ping()).await {
        Ok(Ok(())) => Ok(Json(json!({ "status": "ready" }))),
        Ok(Err(error)) => {
            tracing::warn!(code = error.code(), "the book does not answer: {error}");
            Err(Problem::NOT_READY.detail("the book does not answer"))
        }
        Err(_) => Err(Problem::NOT_READY.detail("the book does not answer in time")),
    }
}
