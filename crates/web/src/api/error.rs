//! Problems of the API: RFC 9457, with our stable codes.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use daybook_flows::FlowError;
use schemars::JsonSchema;
use serde::Serialize;

use super::codes;
use crate::desk::PageError;

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct ProblemBody<'a> {
    /// `urn:daybook:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// One sentence.
    title: &'a str,
    /// The status of the answer.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// Stable: what programs go by.
    #[schemars(schema_with = "codes::schema")]
    code: &'a str,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl<'a> ProblemBody<'a> {
    /// A problem's answer.
    pub(crate) fn answer(
        status: StatusCode,
        code: &'a str,
        title: &'a str,
        detail: Option<&'a str>,
    ) -> Response {
        let kind = format!("urn:daybook:problem:{code}");
        let body = Self { kind, title, status: status.as_u16(), code, detail };
        let text = serde_json::to_string(&body).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, kind)], text).into_response()
    }
}

/// Something that could not be shown or done.
#[derive(Debug)]
pub(crate) struct ApiError(PageError);

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        Self(error)
    }
}

impl From<FlowError> for ApiError {
    fn from(error: FlowError) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, code, what, hint) = self.0.parts();
        let hint = (!hint.is_empty()).then_some(hint.as_str());
        ProblemBody::answer(status, code, &what, hint)
    }
}
