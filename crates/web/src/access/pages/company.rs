//! The company's own sign-in: to the provider, and back from it.
//!
//! One goes there by a link, not by a form: browsers check where a form leads over every further
//! step, and providers hand people on to others.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use daybook_flows::{
    FlowError,
    access::{
        SignIn, Visitor,
        single_sign_on::{self, Answer, OpenId},
    },
};
use serde::Deserialize;

use super::{
    super::{Who, cookies},
    bare::{encoded, go_in, local},
    sign_in::Next,
};
use crate::{Web, desk::PageError, take::Asked};

/// Where the way to the provider begins.
pub(super) const BEGIN: &str = "/sign-in/company";
/// Where providers send people back to; the address that Daybook is registered with there.
pub const SIGN_ON_BACK: &str = "/sign-in/company/back";

fn provider(web: &Web) -> Result<&OpenId, PageError> {
    let provider = web.single_sign_on.as_deref();
    provider.ok_or_else(|| PageError::not_found("There is no sign-in of the company's here"))
}

/// Sends the browser to the provider.
pub(super) async fn begin(
    State(web): State<Web>,
    who: Option<Extension<Who>>,
    Asked(asked): Asked<Next>,
) -> Result<Response, PageError> {
    let provider = provider(&web)?;
    let next = local(&asked.next);
    if who.is_some() {
        return Ok(Redirect::to(next).into_response());
    }
    let begun = single_sign_on::begin(&web.app, provider, next).await.map_err(told)?;
    let mut response = Redirect::to(&begun.address).into_response();
    cookies::keep_attempt(response.headers_mut(), &begun.secret, &web.app.settings.access);
    Ok(response)
}

/// What the provider sends the browser back with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Back {
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Lets in whom the provider knows, if a group of theirs may use Daybook.
pub(super) async fn back(
    State(web): State<Web>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Asked(back): Asked<Back>,
) -> Result<Response, PageError> {
    let provider = provider(&web)?;
    let settings = &web.app.settings.access;
    let secret = cookies::attempt(&headers, settings).unwrap_or_default();
    let answer = Answer { state: back.state, code: back.code, issuer: back.iss, error: back.error };
    let ended = single_sign_on::finish(&web.app, provider, (&secret, &answer), &visitor).await;
    let mut response = match ended {
        Ok((SignIn::In(entered), next)) => go_in(&web, &entered, local(&next)),
        Ok((SignIn::SecondStep(entered), next)) => {
            let to = format!("/sign-in/code?next={}", encoded(local(&next)));
            go_in(&web, &entered, &to)
        }
        Ok(_) => Redirect::to("/sign-in").into_response(),
        Err(error) => told(error).into_response(),
    };
    cookies::forget_attempt(response.headers_mut(), settings);
    Ok(response)
}

fn told(error: FlowError) -> PageError {
    let FlowError::Request { code, what, hint } = error else { return error.into() };
    let status = match code {
        "sign-on-over" => StatusCode::BAD_REQUEST,
        "sign-on-refused" => StatusCode::UNAUTHORIZED,
        "sign-on-no-role" | "sign-on-closed" => StatusCode::FORBIDDEN,
        "sign-on-unreachable" | "sign-on-code" | "sign-on-answer" => StatusCode::BAD_GATEWAY,
        _ => StatusCode::CONFLICT,
    };
    PageError::new(status, code, what, hint)
}
