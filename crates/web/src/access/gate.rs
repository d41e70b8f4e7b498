//! What a route needs, checked in one place.

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::access::Right;

use super::Who;
use crate::{desk::PageError, problem::Problem};

/// Lets a request pass only if whoever asks has the right that its route names.
pub(crate) async fn gate(State(right): State<Right>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let for_programs = path.starts_with("/api/");
    let Some(who) = request.extensions().get::<Who>() else {
        if for_programs {
            return Problem::SIGN_IN.into_response();
        }
        let to = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let next: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
        return Redirect::to(&format!("/sign-in?next={next}")).into_response();
    };
    if who.may(right) {
        return next.run(request).await;
    }
    if for_programs {
        return Problem::FORBIDDEN
            .detail(format!("this needs the right '{right}'"))
            .into_response();
    }
    PageError::new(
        StatusCode::FORBIDDEN,
        "forbidden",
        "This is not among the things that you may do here",
        format!("ask whoever looks after Daybook for the right '{right}'"),
    )
    .into_response()
}
