//! Who asks, and what they may: identified in one place, checked in one place.

use std::collections::BTreeSet;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::access::{Right, Role};

use crate::{desk::PageError, problem::Problem};

/// Whoever asks: a person who signed in, or a program with a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// As the record names them.
    pub name: String,
    /// What they are; empty for programs.
    pub roles: BTreeSet<Role>,
    /// What they may do.
    pub rights: BTreeSet<Right>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
}

impl Who {
    /// Whether they may do this.
    pub fn may(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }

    /// Whether they may see this store. What belongs to no store is for those who may see all.
    pub fn may_see_store(&self, store: Option<i64>) -> bool {
        match (&self.stores, store) {
            (None, _) => true,
            (Some(stores), Some(store)) => stores.contains(&store),
            (Some(_), None) => false,
        }
    }
}

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
