//! `Idempotency-Key`: a write of the API that is repeated is answered as the first time, and not
//! done again. Kept in the book with a hash of the body: the same key with another body is refused.

use std::{collections::HashMap, future::Future, sync::LazyLock};

use axum::{
    body::{Body, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use daybook_domain::access::Right;
use daybook_flows::desk::once::{self, Begun, Repeat};
use sha2::{Digest as _, Sha256};

use super::ApiError;
use crate::{Web, access::Who, desk::PageError};

/// The header.
const KEY: &str = "idempotency-key";
/// Longest key.
const LONGEST: usize = 200;
/// Largest answer that is kept; ours are small.
const ANSWER: usize = 16 << 20;

/// What the book keeps of an answer that holds a secret: who repeats the call is answered so.
#[derive(Debug, Clone)]
pub(super) struct ToldOnce(pub(super) String);

/// Of this answer the book keeps nothing: the call may be made as often as one likes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Forgotten;

/// Runs a write at most once a key.
pub(crate) async fn once(State(web): State<Web>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match guarded(&web, request, next).await {
        Ok(answer) => answer,
        Err(error) => error.into_response(),
    }
}

async fn guarded(web: &Web, request: Request, next: Next) -> Result<Response, ApiError> {
    // Who may not is turned away by the route, and no key is taken for it.
    let who = request.extensions().get::<Who>().filter(|who| may(who, &request));
    let Some(who) = who else { return Ok(next.run(request).await) };
    let key = key_of(&request)?;
    let caller = who.name.clone();
    let what = format!("{} {}", request.method(), request.uri().path());
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, web.body_limit_bytes).await.map_err(|_| too_large())?;
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    // Apart from the connection, from the taking of the key on: a client that hangs up must not
    // leave a write half done, nor its key without the answer.
    let run = next.run(Request::from_parts(parts, Body::from(bytes)));
    let work = tokio::spawn(begun(web.clone(), (caller, key), (what, hash), run));
    work.await.unwrap_or_else(|error| {
        tracing::error!("a call of the API broke off: {error}");
        Err(broken())
    })
}

/// Takes the key, and does the write if nobody has.
async fn begun(
    web: Web,
    (caller, key): (String, String),
    (what, hash): (String, [u8; 32]),
    work: impl Future<Output = Response>,
) -> Result<Response, ApiError> {
    let repeat = Repeat { caller: &caller, key: &key, what: &what, hash };
    match once::begin(&web.app, repeat).await? {
        Begun::First => done(web, (caller, key), work).await,
        Begun::Again { status, answer } => Ok(kept(status, answer)),
        Begun::Other => {
            Err(refused("idempotency-key-reused", "This key was sent with another request"))
        }
        Begun::AtWork => {
            Err(refused("idempotency-at-work", "The first request with this key still runs"))
        }
    }
}

/// Does the write, and keeps its answer for those who ask again.
async fn done(
    web: Web,
    (caller, key): (String, String),
    work: impl Future<Output = Response>,
) -> Result<Response, ApiError> {
    let (parts, body) = work.await.into_parts();
    let Ok(bytes) = to_bytes(body, ANSWER).await else {
        once::forget(&web.app, &caller, &key).await?;
        return Err(too_large());
    };
    let text = String::from_utf8_lossy(&bytes);
    // A failure of ours, and what depends on how things stand, may be tried again with the same key.
    let passing = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::CONFLICT,
        StatusCode::PRECONDITION_FAILED,
    ];
    let is_forgotten = parts.extensions.get::<Forgotten>().is_some();
    if is_forgotten || parts.status.is_server_error() || passing.contains(&parts.status) {
        once::forget(&web.app, &caller, &key).await?;
    } else {
        let kept = parts.extensions.get::<ToldOnce>().map_or(&*text, |ToldOnce(kept)| kept);
        once::finish(&web.app, &caller, &key, parts.status.as_u16(), kept).await?;
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn broken() -> ApiError {
    let (what, hint) = ("The call broke off", "this is a fault in Daybook; please report it");
    PageError::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", what, hint).into()
}

/// Every write's path, with the right that it needs.
static RIGHTS: LazyLock<HashMap<&'static str, Right>> = LazyLock::new(|| {
    let writes = super::described().into_iter().filter(|line| line.method == "POST");
    writes.map(|line| (line.path, line.right)).collect()
});

fn may(who: &Who, request: &Request) -> bool {
    let path = request.extensions().get::<MatchedPath>();
    path.and_then(|path| RIGHTS.get(path.as_str())).is_some_and(|right| who.may(*right))
}

fn too_large() -> ApiError {
    let hint = "send or ask for less, or have web.body-limit-kib raised";
    let what = "The body is too large";
    PageError::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", what, hint).into()
}

fn key_of(request: &Request) -> Result<String, ApiError> {
    let key = request.headers().get(KEY).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if key.is_empty() || key.len() > LONGEST {
        let what = "Every write needs an Idempotency-Key of at most 200 characters";
        let hint = "make a new one, such as a UUID, for each thing that you want done";
        let error = PageError::new(StatusCode::BAD_REQUEST, "idempotency-key-missing", what, hint);
        return Err(error.into());
    }
    Ok(key.to_owned())
}

fn refused(code: &'static str, what: &str) -> ApiError {
    let hint = "use a new key for a new request; wait, and repeat this one as it was";
    PageError::new(StatusCode::CONFLICT, code, what, hint).into()
}

/// The first answer once more.
fn kept(status: u16, answer: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let mut response = (status, answer).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    response
}
