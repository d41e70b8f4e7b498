//! What a form sent: text by name, a name more than once where boxes were ticked.

use axum::{
    Form,
    extract::{FromRequest, Request},
    http::StatusCode,
};

use axum::response::IntoResponse as _;

use crate::{Web, desk::PageError};

/// The fields of a form.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// The first of this name; empty when there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

impl FromRequest<Web> for Fields {
    type Rejection = PageError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, PageError> {
        let form = Form::<Vec<(String, String)>>::from_request(request, web).await;
        let fields = form.map(|Form(fields)| fields).map_err(|rejection| {
            malformed(match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
                _ => StatusCode::BAD_REQUEST,
            })
        })?;
        // No database could look for it.
        if fields.iter().any(|(_, value)| value.contains('\0')) {
            return Err(malformed(StatusCode::BAD_REQUEST));
        }
        Ok(Self(fields))
    }
}

fn malformed(status: StatusCode) -> PageError {
    let hint = "go back and try it once more";
    PageError::new(status, "malformed", "What was sent cannot be read", hint)
}
