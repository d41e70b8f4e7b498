//! `POST /events`, as Sitoo defines it (facts/sitoo 7): an array of up to 10 events, answered 200
//! only after a durable write. Any other answer than 429, 503 or 504 makes Sitoo drop the batch,
//! so whatever can be kept is kept, and what cannot be written is answered 503.

mod read;

use std::time::Duration;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::HeaderMap,
};
use daybook_flows::events;
use serde::Serialize;

use crate::{Web, auth, problem::Problem};

/// Sitoo waits 15 seconds for an answer.
const PATIENCE: Duration = Duration::from_secs(12);

/// The answer when all is written.
#[derive(Debug, Serialize)]
pub(crate) struct Received {
    received: usize,
}

/// Takes a batch.
pub(crate) async fn receive(
    State(web): State<Web>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Received>, Problem> {
    let Some(expected) = &web.events else { return Err(Problem::EVENTS_CLOSED) };
    if !auth::is_sender(&headers, expected) {
        return Err(Problem::UNAUTHORIZED);
    }
    let body = body.map_err(|rejection| match rejection.status().as_u16() {
        413 => Problem::TOO_LARGE,
        _ => Problem::MALFORMED.detail("the body could not be read"),
    })?;
    let batch = read::batch(&body).map_err(|error| Problem::MALFORMED.detail(error.to_string()))?;
    let received = batch.len();
    if received > 0 {
        write(&web, batch).await?;
    }
    Ok(Json(Received { received }))
}

async fn write(web: &Web, batch: Vec<events::IncomingEvent>) -> Result<(), Problem> {
    if web.stop.is_cancelled() {
        return Err(Problem::NOT_WRITTEN.detail("Daybook is stopping"));
    }
    let app = web.app.clone();
    // A task of its own: a sender that hangs up must not end a commit that others share.
    let written = tokio::spawn(async move { events::receive(&app, batch).await });
    match tokio::time::timeout(PATIENCE, written).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => {
            tracing::error!(code = error.code(), "events could not be written: {error}");
            Err(Problem::NOT_WRITTEN)
        }
        Ok(Err(error)) => {
            tracing::error!("events could not be written: {error}");
            Err(Problem::NOT_WRITTEN)
        }
        Err(_) => {
            tracing::error!("events were not written in time");
            Err(Problem::NOT_WRITTEN.detail("the book is slow"))
        }
    }
}
