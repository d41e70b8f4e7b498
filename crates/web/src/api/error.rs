//! Problems of the API: RFC 9457, with our stable codes.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use daybook_flows::FlowError;
use serde_json::json;

use crate::desk::PageError;

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
        let mut body = json!({
            "type": format!("urn:daybook:problem:{code}"),
            "title": what,
            "status": status.as_u16(),
            "code": code,
        });
        if !hint.is_empty() {
            body["detail"] = json!(hint);
        }
        let mut response = (status, body.to_string()).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }
}
