//! Pages about coming in, one's own account, and people.

mod account;
mod bare;
mod company;
mod factor;
mod join;
mod people;
mod person;
mod sign_in;
mod tokens;

use axum::{
    Router,
    routing::{get, post},
};
use daybook_domain::access::Right;

pub use self::company::SIGN_ON_BACK;
pub(crate) use self::people::base;
use crate::{Web, desk::Routes};

/// What needs somebody who signed in.
pub(crate) fn pages() -> Routes {
    Routes::default()
        .page("/account", Right::See, account::page)
        .act("/account/password", Right::See, account::change_password)
        .act("/account/sessions/end-others", Right::See, account::end_others)
        .act("/account/sessions/{id}/end", Right::See, account::end_session)
        .page("/account/factor", Right::See, factor::page)
        .act("/account/factor", Right::See, factor::begin)
        .act("/account/factor/confirm", Right::See, factor::confirm)
        .act("/account/factor/remove", Right::See, factor::remove)
        .act("/account/factor/codes", Right::See, factor::renew_codes)
        .page("/people", Right::ManagePeople, people::page)
        .act("/people/invite", Right::ManagePeople, people::invite)
        .act("/people/{id}/rights", Right::ManagePeople, person::rights)
        .act("/people/{id}/link", Right::ManagePeople, person::link)
        .act("/people/{id}/disable", Right::ManagePeople, person::disable)
        .act("/people/{id}/enable", Right::ManagePeople, person::enable)
        .act("/people/{id}/sign-out", Right::ManagePeople, person::sign_out)
        .act("/people/{id}/remove-factor", Right::ManagePeople, person::remove_factor)
        .page("/people/tokens", Right::ManagePeople, tokens::page)
        .act("/people/tokens", Right::ManagePeople, tokens::make)
        .act("/people/tokens/{id}/revoke", Right::ManagePeople, tokens::revoke)
}

/// What is open to everybody: the doors.
pub(crate) fn open() -> Router<Web> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::password))
        .route("/sign-in/code", get(sign_in::code_page).post(sign_in::code))
        .route(company::BEGIN, get(company::begin))
        .route(SIGN_ON_BACK, get(company::back))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/join/{secret}", get(join::page).post(join::accept))
}
