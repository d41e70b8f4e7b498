//! The answers of requests that went wrong.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{Cut, ErrorBody, Style};

const MICROS_PER_SECOND: i64 = 1_000_000;

/// An answer that never reaches the client.
pub(super) fn lost(cut: Cut) -> Response {
    let mut response = Response::new(Body::empty());
    // A transport that does not look at the extension must at least not see a success.
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.extensions_mut().insert(cut);
    response
}

/// An error status with the chosen body.
pub(super) fn error(style: Style, status: u16, body: ErrorBody) -> Response {
    let code = status_code(status);
    match body {
        ErrorBody::Json => json(code, error_json(style, code)),
        ErrorBody::Html => html(status),
        ErrorBody::Empty => with_body(code, None, Bytes::new()),
    }
}

/// A page of the web server.
pub(super) fn html(status: u16) -> Response {
    let code = status_code(status);
    let title = code.canonical_reason().unwrap_or("Error");
    let page = format!(
        "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\">\r\n<html><head><title>{status} \
         - {title}</title></head>\r\n<body><h2>{status} - {title}</h2></body></html>\r\n"
    );
    with_body(code, Some("text/html"), Bytes::from(page))
}

/// 429 (facts/sitoo 1.7: body of the normal error shape; two headers).
pub(super) fn too_many(style: Style, now: i64, retry_after_s: Option<u32>) -> Response {
    let code = StatusCode::TOO_MANY_REQUESTS;
    let mut response = json(code, error_json(style, code));
    if let Some(seconds) = retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        if style == Style::Sitoo {
            let reset = now.div_euclid(MICROS_PER_SECOND).saturating_add(i64::from(seconds));
            response.headers_mut().insert("x-rate-limit-reset", HeaderValue::from(reset));
        }
    }
    response
}

/// 200 that carries an error.
pub(super) fn error_in_ok(style: Style) -> Response {
    json(StatusCode::OK, error_json(style, StatusCode::INTERNAL_SERVER_ERROR))
}

/// Breaks a JSON body off, so that it certainly no longer parses.
pub(super) fn break_off(headers: HeaderMap, status: StatusCode, body: &Bytes) -> Response {
    let mut broken = body.slice(..body.len() / 2).to_vec();
    if serde_json::from_slice::<serde::de::IgnoredAny>(&broken).is_ok() {
        // Half of a bare number is still a number.
        broken.push(b'"');
    }
    let mut response = with_body(status, None, Bytes::from(broken));
    *response.headers_mut() = headers;
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

fn error_json(style: Style, code: StatusCode) -> String {
    let status = code.as_u16();
    let reason = code.canonical_reason().unwrap_or("Error");
    match (style, status) {
        (Style::Sitoo, 429) => {
            r#"{"statuscode":429,"errortext":"Too many connections"}"#.to_owned()
        }
        (Style::Sitoo, _) => format!(r#"{{"statuscode":{status},"errortext":"{reason}"}}"#),
        (Style::OrderWise, 500) => r#"{"Message":"An error has occurred."}"#.to_owned(),
        (Style::OrderWise, _) => format!(r#"{{"Message":"{reason}"}}"#),
    }
}

fn json(code: StatusCode, body: String) -> Response {
    with_body(code, Some("application/json"), Bytes::from(body))
}

fn with_body(code: StatusCode, content_type: Option<&'static str>, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = code;
    if let Some(content_type) = content_type {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    response
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
