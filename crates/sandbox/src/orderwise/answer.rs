//! Answers in the words of ASP.NET Web API and IIS (facts/orderwise 1.3).

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};

/// A JSON answer.
pub(super) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    with_type(status, "application/json; charset=utf-8", body.into())
}

/// A JSON answer with 200.
pub(super) fn ok(body: impl Into<Body>) -> Response {
    json(StatusCode::OK, body)
}

/// `{"Message": …}`.
pub(super) fn message(status: StatusCode, text: &str) -> Response {
    json(status, serde_json::json!({ "Message": text }).to_string())
}

/// 400 with a message.
pub(super) fn bad_request(text: &str) -> Response {
    message(StatusCode::BAD_REQUEST, text)
}

/// 403 (its body is not known).
pub(super) fn forbidden() -> Response {
    message(StatusCode::FORBIDDEN, "Authorization has been denied for this request.")
}

/// 404 of a resource inside the API (its body is not known).
pub(super) fn not_found(text: &str) -> Response {
    message(StatusCode::NOT_FOUND, text)
}

/// 500 as ASP.NET answers it.
pub(super) fn failed() -> Response {
    message(StatusCode::INTERNAL_SERVER_ERROR, "An error has occurred.")
}

/// 405 as ASP.NET answers it.
pub(super) fn wrong_method(method: &http::Method) -> Response {
    message(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("The requested resource does not support http method '{method}'."),
    )
}

/// No body at all.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The page of IIS for an address that no application serves.
pub(super) fn no_such_page() -> Response {
    const PAGE: &str = "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \
        \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd\">\r\n<html \
        xmlns=\"http://www.w3.org/1999/xhtml\">\r\n<head><title>404 - File or directory not \
        found.</title></head>\r\n<body><div id=\"header\"><h1>Server Error</h1></div>\r\n<h2>404 - \
        File or directory not found.</h2>\r\n<h3>The resource you are looking for might have been \
        removed, had its name changed, or is temporarily unavailable.</h3></body></html>\r\n";
    with_type(StatusCode::NOT_FOUND, "text/html", Body::from(PAGE))
}

fn with_type(status: StatusCode, content_type: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
