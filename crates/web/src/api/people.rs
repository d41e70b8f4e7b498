//! People and tokens: what `/people` shows and does. A program may give and change only what it may
//! do itself.

use std::collections::BTreeSet;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use daybook_domain::{
    Timestamp,
    access::{Right, Right::ManagePeople, Right::See, Role},
};
use daybook_flows::access::{
    link::{self, Link, Person},
    people::{self, Change, PersonView},
    rights_of,
    token::{self, Maker, NewToken, Token},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ApiError, about,
    calls::{Answer, DONE, Done},
    told::TellOnce,
};
use crate::{
    Web,
    access::{Who, base},
    desk::{PageError, Routes},
    take::{At, Given},
};

/// What a person is.
const IS: &[(&str, &str)] = &[
    ("roles", "finance, retail, admin, auditor."),
    ("stores", "Only these, by number; null: all."),
];
/// A person to be let in.
const PERSON: &[(&str, &str)] = &[
    ("name", "As the record names them."),
    ("login", "An e-mail address, or a short name without blanks."),
    ("roles", "finance, retail, admin, auditor."),
    ("stores", "Only these, by number; null: all."),
];
/// A token to be made.
const TOKEN: &[(&str, &str)] = &[
    ("name", "As the record names the program."),
    ("rights", "What it may do; nothing that its maker may not."),
    ("stores", "Only these, by number; null: all."),
    ("days", "For how many days it is good, 1 to 366."),
];

pub(super) fn routes() -> Routes {
    Routes::default()
        .call("/api/v1/account", See, about("Whoever asks, and what they may.", &[]), account)
        .call("/api/v1/people", ManagePeople, about("Who may come in.", &[]), all)
        .deed(
            "/api/v1/people/invite",
            ManagePeople,
            about("Make an account, and the link with which its owner joins.", PERSON),
            invite,
        )
        .deed(
            "/api/v1/people/{id}/rights",
            ManagePeople,
            about("Change what somebody is; signs them out.", IS),
            rights,
        )
        .deed(
            "/api/v1/people/{id}/link",
            ManagePeople,
            about("Make a link to a new password.", &[]),
            new_link,
        )
        .deed(
            "/api/v1/people/{id}/disable",
            ManagePeople,
            about("Close an account; signs them out.", &[]),
            disable,
        )
        .deed(
            "/api/v1/people/{id}/enable",
            ManagePeople,
            about("Let somebody in again.", &[]),
            enable,
        )
        .deed(
            "/api/v1/people/{id}/sign-out",
            ManagePeople,
            about("End every session of somebody.", &[]),
            sign_out,
        )
        .deed(
            "/api/v1/people/{id}/remove-factor",
            ManagePeople,
            about("Take somebody's second factor away.", &[]),
            remove_factor,
        )
        .call("/api/v1/tokens", ManagePeople, about("Tokens of programs.", &[]), tokens)
        .deed(
            "/api/v1/tokens/make",
            ManagePeople,
            about("Make a token; it is told this once.", TOKEN),
            make,
        )
        .deed("/api/v1/tokens/{id}/revoke", ManagePeople, about("Take a token back.", &[]), revoke)
}

/// Whoever asks.
#[derive(Debug, Serialize, JsonSchema)]
struct Account {
    /// As the record names them.
    name: String,
    /// What they are; empty for programs.
    roles: BTreeSet<Role>,
    /// What they may do.
    rights: BTreeSet<Right>,
    /// Only these stores; null means all.
    stores: Option<BTreeSet<i64>>,
}

async fn account(Extension(who): Extension<Who>) -> Answer<Account> {
    let Who { name, roles, rights, stores } = who;
    Ok(Json(Account { name, roles, rights, stores }))
}

/// Who may come in.
#[derive(Debug, Serialize, JsonSchema)]
struct People {
    /// By name.
    people: Vec<PersonView>,
}

async fn all(State(web): State<Web>) -> Answer<People> {
    Ok(Json(People { people: people::list(&web.app).await? }))
}

/// A program gives nothing that it does not have.
fn within_own(
    who: &Who,
    roles: &BTreeSet<Role>,
    stores: Option<&BTreeSet<i64>>,
) -> Result<(), ApiError> {
    let is_program = who.roles.is_empty();
    let Some(right) = rights_of(roles, stores).difference(&who.rights).next().copied() else {
        return Ok(());
    };
    if !is_program {
        return Ok(());
    }
    let what = format!("This would give, or take, the right '{right}', which the token lacks");
    let hint = "sign in and do it at the desk, or use a token that has the right";
    Err(PageError::new(StatusCode::FORBIDDEN, "beyond-own-rights", what, hint).into())
}

/// Whom a program may change: those who may no more than itself.
async fn theirs(web: &Web, who: &Who, id: &str) -> Result<PersonView, ApiError> {
    let all = people::list(&web.app).await?;
    let one = all.into_iter().find(|one| one.id == id);
    let one = one.ok_or_else(|| PageError::not_found("There is no such account"))?;
    within_own(who, &one.roles, one.stores.as_ref())?;
    Ok(one)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewPerson {
    name: String,
    login: String,
    roles: BTreeSet<Role>,
    stores: Option<BTreeSet<i64>>,
}

/// A link, as it is told: to whoever asked, and this once.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Link")]
struct LinkTold {
    /// Whose it is.
    name: String,
    /// Null when the call is repeated.
    address: Option<String>,
    /// Until when it is good.
    expires_at: Timestamp,
}

fn told(web: &Web, headers: &HeaderMap, link: Link) -> TellOnce<LinkTold> {
    let address = Some(link.address(&base(web, headers)));
    let told = LinkTold { name: link.name, address, expires_at: link.expires_at };
    TellOnce { kept: LinkTold { address: None, name: told.name.clone(), ..told }, told }
}

async fn invite(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    headers: HeaderMap,
    Given(new): Given<NewPerson>,
) -> Result<TellOnce<LinkTold>, ApiError> {
    within_own(&who, &new.roles, new.stores.as_ref())?;
    let NewPerson { name, login, roles, stores } = new;
    let person = Person { login, name, roles, stores };
    Ok(told(&web, &headers, link::invite(&web.app, &person, &who.name).await?))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Is {
    roles: BTreeSet<Role>,
    stores: Option<BTreeSet<i64>>,
}

/// The answer to what is simply done.
async fn change(web: &Web, who: &Who, id: &str, change: Change) -> Answer<PersonView> {
    theirs(web, who, id).await?;
    people::change(&web.app, id, &change, &who.name).await?;
    Ok(Json(theirs(web, who, id).await?))
}

async fn rights(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(id): At<String>,
    Given(is): Given<Is>,
) -> Answer<PersonView> {
    within_own(&who, &is.roles, is.stores.as_ref())?;
    change(&web, &who, &id, Change::Rights { roles: is.roles, stores: is.stores }).await
}

async fn new_link(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(id): At<String>,
    headers: HeaderMap,
) -> Result<TellOnce<LinkTold>, ApiError> {
    theirs(&web, &who, &id).await?;
    Ok(told(&web, &headers, link::reset(&web.app, &id, false, &who.name).await?))
}

async fn disable(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(id): At<String>,
) -> Answer<PersonView> {
    change(&web, &who, &id, Change::Disable).await
}

async fn enable(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(id): At<String>,
) -> Answer<PersonView> {
    change(&web, &who, &id, Change::Enable).await
}

async fn sign_out(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(id): At<String>,
) -> Answer<PersonView> {
    change(&web, &who, &id, Change::SignOut).await
}

async fn remove_factor(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(id): At<String>,
) -> Answer<PersonView> {
    change(&web, &who, &id, Change::RemoveFactor).await
}

/// Tokens of programs.
#[derive(Debug, Serialize, JsonSchema)]
struct Tokens {
    /// All that were ever made.
    tokens: Vec<Token>,
}

async fn tokens(State(web): State<Web>) -> Answer<Tokens> {
    Ok(Json(Tokens { tokens: token::list(&web.app).await? }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WantedToken {
    name: String,
    rights: BTreeSet<Right>,
    stores: Option<BTreeSet<i64>>,
    days: u64,
}

/// A new token, as it is told: this once.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NewToken")]
struct TokenTold {
    /// As the record names the program.
    name: String,
    /// Null when the call is repeated.
    token: Option<String>,
}

async fn make(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(new): Given<WantedToken>,
) -> Result<TellOnce<TokenTold>, ApiError> {
    let WantedToken { name, rights, stores, days } = new;
    let new = NewToken { name, rights, stores, days };
    let maker = Maker { name: &who.name, rights: &who.rights, stores: who.stores.as_ref() };
    let token = Some(token::make(&web.app, &new, maker).await?);
    let kept = TokenTold { name: new.name.clone(), token: None };
    Ok(TellOnce { told: TokenTold { name: new.name, token }, kept })
}

async fn revoke(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(id): At<String>,
) -> Answer<Done> {
    token::revoke(&web.app, &id, &who.name).await?;
    Ok(Json(DONE))
}
