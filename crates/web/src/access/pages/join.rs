//! One-time links.

use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use daybook_flows::access::{
    SignIn, Visitor,
    link::{self, Choice, Invited, Purpose},
};

use super::{
    super::fields::Fields,
    bare::{Bare, Trouble, go_in},
};
use crate::{
    Web,
    desk::{PageError, shell},
};

#[derive(Template)]
#[template(path = "access-join.html")]
struct JoinPage<'a> {
    bare: Bare,
    /// The first account: login and name are to be chosen too.
    is_first: bool,
    /// Nothing is to be chosen.
    is_open_door: bool,
    is_reset: bool,
    name: &'a str,
    login: &'a str,
    least: usize,
    trouble: Option<Trouble>,
}

async fn invited(web: &Web, secret: &str) -> Result<Invited, PageError> {
    link::look(&web.app, secret).await?.ok_or_else(|| {
        PageError::new(
            StatusCode::GONE,
            "link-over",
            "This link was used already, or its time is over",
            "ask whoever looks after Daybook for a new one",
        )
    })
}

fn show(
    web: &Web,
    invited: &Invited,
    (login, name): (&str, &str),
    trouble: Option<Trouble>,
) -> Result<Response, PageError> {
    let known = invited.person.as_ref();
    let is_reset = invited.purpose == Purpose::Reset;
    shell::show(&JoinPage {
        bare: Bare::new(if is_reset { "A new password" } else { "Welcome to Daybook" }),
        is_first: known.is_none(),
        is_open_door: invited.purpose == Purpose::Enter,
        is_reset,
        name: known.map_or(name, |(name, _)| name),
        login: known.map_or(login, |(_, login)| login),
        least: web.app.settings.access.password_length,
        trouble,
    })
}

/// What the link is for. Looking at it does not use it up: programs that preview links do that.
pub(super) async fn page(
    State(web): State<Web>,
    Path(secret): Path<String>,
) -> Result<Response, PageError> {
    let invited = invited(&web, &secret).await?;
    show(&web, &invited, ("", ""), None)
}

/// Uses it.
pub(super) async fn accept(
    State(web): State<Web>,
    Path(secret): Path<String>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, PageError> {
    let invited = invited(&web, &secret).await?;
    let choice = Choice {
        login: fields.get("login").to_owned(),
        name: fields.get("name").to_owned(),
        password: fields.get("password").to_owned(),
    };
    match link::accept(&web.app, &secret, &choice, &visitor).await {
        Ok(SignIn::In(entered)) => Ok(go_in(&web, &entered, "/")),
        Ok(SignIn::SecondStep(entered)) => Ok(go_in(&web, &entered, "/sign-in/code")),
        Ok(_) => Err(PageError::not_found("This link leads nowhere")),
        Err(error) => {
            let trouble = Trouble::of(error)?;
            let typed = (choice.login.as_str(), choice.name.as_str());
            let mut response = show(&web, &invited, typed, Some(trouble))?;
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}
