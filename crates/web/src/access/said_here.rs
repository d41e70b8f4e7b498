//! Commands and documents on pages, as this machine names them: the same as at its terminal.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{Web, desk::PageError};

/// Pages are made whole before they are sent; none is larger.
const LARGEST: usize = 64 << 20;

/// Rewrites pages, and nothing else: what programs read stays as it is.
pub(crate) async fn said_here(State(web): State<Web>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(said_here) = web.manual.said_here.filter(|_| is_page(&response)) else {
        return response;
    };
    let (mut head, body) = response.into_parts();
    match to_bytes(body, LARGEST).await {
        Ok(page) => {
            head.headers.remove(header::CONTENT_LENGTH);
            let page = said_here(&String::from_utf8_lossy(&page));
            Response::from_parts(head, Body::from(page))
        }
        Err(error) => {
            tracing::error!("a page could not be read again: {error}");
            PageError::not_found("The page could not be made").into_response()
        }
    }
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}
