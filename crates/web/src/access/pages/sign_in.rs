//! Signing in, in one step or two, and signing out.

use std::time::Duration;

use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use daybook_flows::access::{self, SignIn, Visitor};
use serde::Deserialize;

use super::{
    super::{Who, cookies, fields::Fields},
    bare::{Bare, Trouble, encoded, go_in, local},
    company,
};
use crate::{
    Web,
    desk::{PageError, shell},
};

/// Where to go afterwards.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    pub(super) next: String,
}

#[derive(Template)]
#[template(path = "access-sign-in.html")]
struct SignInPage<'a> {
    bare: Bare,
    next: &'a str,
    login: &'a str,
    /// The button of the company's own sign-in, and where it leads.
    company: Option<(&'a str, String)>,
    /// Whether there are passwords of ours.
    has_local: bool,
    trouble: Option<Trouble>,
}

fn door<'a>(web: &'a Web, next: &'a str, login: &'a str) -> SignInPage<'a> {
    let settings = &web.app.settings.access;
    let label = settings.single_sign_on.label.as_str();
    let address = || format!("{}?next={}", company::BEGIN, encoded(next));
    SignInPage {
        bare: Bare::new("Sign in"),
        next,
        login,
        company: web.single_sign_on.is_some().then(|| (label, address())),
        has_local: settings.has_local_accounts(),
        trouble: None,
    }
}

#[derive(Template)]
#[template(path = "access-code.html")]
struct CodePage<'a> {
    bare: Bare,
    next: &'a str,
    trouble: Option<Trouble>,
}

/// The door.
pub(super) async fn page(
    State(web): State<Web>,
    who: Option<Extension<Who>>,
    Query(next): Query<Next>,
) -> Result<Response, PageError> {
    let next = local(&next.next);
    if who.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    shell::show(&door(&web, next, ""))
}

/// Login and password.
pub(super) async fn password(
    State(web): State<Web>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (login, next) = (fields.get("login"), local(fields.get("next")));
    let ended = access::sign_in::sign_in(&web.app, login, fields.get("password"), &visitor).await?;
    let (status, wait, trouble) = match ended {
        SignIn::In(entered) => return Ok(go_in(&web, &entered, next)),
        SignIn::SecondStep(entered) => {
            let to = format!("/sign-in/code?next={}", encoded(next));
            return Ok(go_in(&web, &entered, &to));
        }
        SignIn::Wait(wait) => (StatusCode::TOO_MANY_REQUESTS, Some(wait), too_often(wait)),
        SignIn::Wrong | SignIn::Over => (StatusCode::UNAUTHORIZED, None, wrong()),
    };
    let page = SignInPage { trouble: Some(trouble), ..door(&web, next, login) };
    Ok(with(status, wait, shell::show(&page)?))
}

fn wrong() -> Trouble {
    Trouble {
        code: "sign-in-wrong",
        what: "The name or the password is not right".to_owned(),
        hint: "Forgotten? Whoever looks after Daybook can send you a link to a new one.".to_owned(),
    }
}

fn too_often(wait: Duration) -> Trouble {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    Trouble {
        code: "sign-in-wait",
        what: format!("Too many wrong tries. Wait {seconds} seconds, then try again"),
        hint: "Nothing is locked; this one was not looked at.".to_owned(),
    }
}

fn with(status: StatusCode, wait: Option<Duration>, mut response: Response) -> Response {
    *response.status_mut() = status;
    if let Some(wait) = wait {
        let seconds = HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// The second step.
pub(super) async fn code_page(
    State(web): State<Web>,
    Extension(visitor): Extension<Visitor>,
    Query(next): Query<Next>,
) -> Result<Response, PageError> {
    let next = local(&next.next);
    if !access::sign_in::is_half(&web.app, &visitor).await? {
        return Ok(begin_again(next));
    }
    shell::show(&CodePage { bare: Bare::new("Second step"), next, trouble: None })
}

fn begin_again(next: &str) -> Response {
    Redirect::to(&format!("/sign-in?next={}", encoded(next))).into_response()
}

/// A code from the telephone, or a recovery code.
pub(super) async fn code(
    State(web): State<Web>,
    Extension(visitor): Extension<Visitor>,
    fields: Fields,
) -> Result<Response, PageError> {
    let next = local(fields.get("next"));
    let ended = access::sign_in::second_step(&web.app, fields.get("code"), &visitor).await?;
    let (status, wait, trouble) = match ended {
        SignIn::In(entered) => return Ok(go_in(&web, &entered, next)),
        SignIn::Over | SignIn::SecondStep(_) => return Ok(begin_again(next)),
        SignIn::Wait(wait) => (StatusCode::TOO_MANY_REQUESTS, Some(wait), too_often(wait)),
        SignIn::Wrong => (StatusCode::UNAUTHORIZED, None, wrong_code()),
    };
    let page = CodePage { bare: Bare::new("Second step"), next, trouble: Some(trouble) };
    Ok(with(status, wait, shell::show(&page)?))
}

fn wrong_code() -> Trouble {
    Trouble {
        code: "sign-in-wrong",
        what: "That code is not right, or was used already".to_owned(),
        hint: "Wait for the next code of the telephone, or use one of your recovery codes."
            .to_owned(),
    }
}

/// Ends the session.
pub(super) async fn sign_out(
    State(web): State<Web>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, PageError> {
    if let Some(session) = &visitor.session {
        access::sign_in::sign_out(&web.app, session).await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    cookies::forget(response.headers_mut(), &web.app.settings.access);
    Ok(response)
}
