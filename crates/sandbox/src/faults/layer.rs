//! The wrapper: lets a request through, or makes it fail before or after it is processed.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};

use super::{Cut, ErrorBody, Fault, Faults, answers};

/// Puts fault injection around a system's router.
pub fn wrap(router: Router, faults: Arc<Faults>) -> Router {
    router.layer(from_fn_with_state(faults, apply))
}

async fn apply(State(faults): State<Arc<Faults>>, request: Request, next: Next) -> Response {
    let _in_flight = faults.enter();
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    match faults.decide(request.method().as_str(), path) {
        None => next.run(request).await,
        Some(fault) => fail(&faults, fault, request, next).await,
    }
}

async fn fail(faults: &Faults, fault: Fault, mut request: Request, next: Next) -> Response {
    let style = faults.style;
    match fault {
        Fault::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            next.run(request).await
        }
        Fault::TooManyRequests { retry_after_s } => {
            answers::too_many(style, (faults.now)(), retry_after_s)
        }
        Fault::ServerError { status, body } => answers::error(style, status, body),
        Fault::HtmlPage { status } => answers::html(status),
        Fault::EmptyUnauthorised => answers::error(style, 401, ErrorBody::Empty),
        Fault::CutBefore => answers::lost(Cut::Cut),
        Fault::TimeoutBefore => answers::lost(Cut::Hang),
        Fault::ErrorInOk => answers::error_in_ok(style),
        Fault::Outage => answers::html(503),
        Fault::CutAfter => {
            next.run(request).await;
            answers::lost(Cut::Cut)
        }
        Fault::TimeoutAfter => {
            next.run(request).await;
            answers::lost(Cut::Hang)
        }
        Fault::ErrorAfter { status } => {
            next.run(request).await;
            answers::error(style, status, ErrorBody::Json)
        }
        Fault::MalformedJson => broken(next.run(request).await).await,
        Fault::PartialBatch(spoil) => {
            request.extensions_mut().insert(spoil);
            next.run(request).await
        }
        Fault::ProcessedLate { ms } => {
            process_late(ms, request, next).await;
            answers::lost(Cut::Hang)
        }
    }
}

async fn broken(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    // Bodies of the sandbox are in memory: reading them cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    answers::break_off(parts.headers, parts.status, &body)
}

/// Reads the request now (its connection will be gone later), processes it after a while.
async fn process_late(ms: u64, request: Request, next: Next) {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else { return };
    let request = Request::from_parts(parts, Body::from(body));
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        next.run(request).await;
    });
}
