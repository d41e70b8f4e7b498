//! What went wrong, as a page that says what to do next.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use daybook_flows::FlowError;

use super::assets;

/// A page that could not be shown, or something that could not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageError {
    status: StatusCode,
    code: &'static str,
    what: String,
    hint: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    style: &'static str,
    code: &'a str,
    what: &'a str,
    hint: &'a str,
}

impl PageError {
    pub(crate) fn new(
        status: StatusCode,
        code: &'static str,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { status, code, what: what.into(), hint: hint.into() }
    }

    /// Status, code, sentence and hint, for whoever tells it otherwise.
    pub(crate) fn parts(self) -> (StatusCode, &'static str, String, String) {
        (self.status, self.code, self.what, self.hint)
    }

    /// Nothing is at this address, or nothing that may be seen by whoever asks.
    pub(crate) fn not_found(what: impl Into<String>) -> Self {
        let hint = "check the address, or search for it";
        Self::new(StatusCode::NOT_FOUND, "not-found", what, hint)
    }
}

impl From<FlowError> for PageError {
    fn from(error: FlowError) -> Self {
        let (code, hint) = (error.code(), error.hint().unwrap_or_default());
        let status = match error {
            FlowError::Request { .. } => StatusCode::CONFLICT,
            FlowError::Book(_) => StatusCode::SERVICE_UNAVAILABLE,
            FlowError::Sitoo(_) | FlowError::Orderwise(_) => StatusCode::BAD_GATEWAY,
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::warn!(code, "a page could not be read from the book: {error}");
        }
        Self::new(status, code, error.to_string(), hint)
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        tracing::error!("a page could not be written: {error}");
        let hint = "this is a fault in Daybook; please report it";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "page", "The page could not be made", hint)
    }
}

/// A hint as a sentence of its own; at the terminal it follows a word and a colon.
fn sentence(hint: &str) -> String {
    let mut letters = hint.chars();
    let Some(first) = letters.next() else { return String::new() };
    let end = if hint.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let page = ErrorPage {
            style: assets::STYLE.address(),
            code: self.code,
            what: &self.what,
            hint: &sentence(&self.hint),
        };
        match page.render() {
            Ok(page) => (self.status, Html(page)).into_response(),
            Err(_) => (self.status, self.what).into_response(),
        }
    }
}
