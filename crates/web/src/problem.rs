//! Errors as programs read them: problem details (RFC 9457) with a stable code.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::api::ProblemBody;

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: Option<Cow<'static, str>>,
}

impl Problem {
    pub(crate) const NOT_FOUND: Self =
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is nothing at this address");
    pub(crate) const METHOD_NOT_ALLOWED: Self =
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "Not with this method");
    pub(crate) const UNAUTHORIZED: Self =
        Self::new(StatusCode::UNAUTHORIZED, "not-authorised", "User or password is wrong");
    pub(crate) const SIGN_IN: Self =
        Self::new(StatusCode::UNAUTHORIZED, "sign-in", "Sign in, or send a token, first");
    pub(crate) const TOKEN: Self = Self::new(
        StatusCode::UNAUTHORIZED,
        "token",
        "This token opens nothing: it is unknown, too old, or was taken back",
    );
    pub(crate) const FORGED: Self = Self::new(
        StatusCode::FORBIDDEN,
        "forged-origin",
        "This was not sent from a page of Daybook; programs send a token",
    );
    pub(crate) const FORBIDDEN: Self =
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This is not among your rights");
    pub(crate) const EVENTS_CLOSED: Self =
        Self::new(StatusCode::NOT_FOUND, "events-closed", "Events are not set up on this Daybook");
    pub(crate) const MALFORMED: Self =
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The body is not JSON");
    pub(crate) const ADDRESS: Self =
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The address cannot be read");
    pub(crate) const TOO_LARGE: Self =
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large");
    pub(crate) const NOT_READY: Self =
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "Daybook cannot work right now");
    pub(crate) const NOT_WRITTEN: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "events-not-written",
        "The events could not be written down; send them again",
    );

    const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title, detail: None }
    }

    /// Adds what is particular about this time. Never data of shoppers, never a secret.
    pub(crate) fn detail(self, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let detail = self.detail.as_deref();
        let mut response = ProblemBody::answer(self.status, self.code, self.title, detail);
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                // "Basic" would make browsers ask for a password that nobody has.
                let realm = match self.code {
                    "not-authorised" => "Basic realm=\"daybook\", charset=\"UTF-8\"",
                    _ => "Bearer realm=\"daybook\"",
                };
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(realm));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}
