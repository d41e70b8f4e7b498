//! What a request brings, taken apart; what does not fit is told as a page or as a problem, by who
//! asks.

use axum::{
    Form, Json,
    body::{Body, Bytes},
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{StatusCode, Uri, request::Parts},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use crate::{api::ApiError, desk::PageError};

/// Whether a program asks.
pub(crate) fn is_for_programs(uri: &Uri) -> bool {
    uri.path().starts_with("/api/")
}

/// Something of the request does not fit.
#[derive(Debug)]
pub(crate) struct Misfit {
    error: PageError,
    for_programs: bool,
}

impl Misfit {
    fn new(uri: &Uri, status: StatusCode, part: &str, what: &impl ToString) -> Self {
        let hint = format!("correct the {part}; /api describes every call");
        let error = PageError::new(status, "request", what.to_string(), hint);
        Self { error, for_programs: is_for_programs(uri) }
    }
}

impl IntoResponse for Misfit {
    fn into_response(self) -> Response {
        if self.for_programs {
            ApiError::from(self.error).into_response()
        } else {
            self.error.into_response()
        }
    }
}

/// The part of the address after the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Misfit;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Misfit> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => {
                Err(Misfit::new(&parts.uri, StatusCode::BAD_REQUEST, "query", &error.body_text()))
            }
        }
    }
}

/// The parameters inside the path.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Misfit;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Misfit> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(at)) => Ok(Self(at)),
            Err(error) => {
                Err(Misfit::new(&parts.uri, StatusCode::NOT_FOUND, "address", &error.body_text()))
            }
        }
    }
}

/// The body: JSON from programs, a form from pages.
pub(crate) struct Given<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Misfit;

    async fn from_request(request: Request, state: &S) -> Result<Self, Misfit> {
        let uri = request.uri().clone();
        let wrong = |status, text: String| Misfit::new(&uri, status, "body", &text);
        let (parts, body) = request.into_parts();
        let whole = Request::from_parts(parts.clone(), body);
        let bytes = Bytes::from_request(whole, state).await;
        let bytes = bytes.map_err(|error| wrong(error.status(), error.body_text()))?;
        // No database takes it, and no name of anything holds it.
        let nul = ["\0", "%00", "\\u0000"];
        let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        if nul.iter().any(|text| holds(text)) {
            let what = "the body holds a NUL character".to_owned();
            return Err(wrong(StatusCode::UNPROCESSABLE_ENTITY, what));
        }
        let request = Request::from_parts(parts, Body::from(bytes));
        if is_for_programs(&uri) {
            let taken = Json::<T>::from_request(request, state).await;
            taken.map(|Json(given)| Self(given)).map_err(|e| wrong(e.status(), e.body_text()))
        } else {
            let taken = Form::<T>::from_request(request, state).await;
            taken.map(|Form(given)| Self(given)).map_err(|e| wrong(e.status(), e.body_text()))
        }
    }
}
