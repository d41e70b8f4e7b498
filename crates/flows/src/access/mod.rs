//! Who may come in: links, passwords, the second factor, sessions, tokens. What it takes to guess
//! is counted before a guess is looked at, and secrets are stored as hashes.

pub mod account;
pub mod link;
pub mod password;
pub mod people;
pub mod sign_in;
pub mod single_sign_on;
mod throttle;
pub mod token;
pub mod totp;

use std::collections::BTreeSet;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use daybook_domain::access::{Right, Role};
use daybook_store::audit;

pub use self::sign_in::{Entered, Identity, SignIn, Visitor};
use crate::{app::App, error::FlowError};

/// Longest name of a person or a program.
const NAME_LIMIT: usize = 80;
/// Names that the record uses for the program itself.
const OUR_NAMES: [&str; 5] =
    ["daybook", "configuration", "sitoo", "orderwise", single_sign_on::ACTOR];
/// Names of programs begin so on the record.
const PROGRAM: &str = "token ";

/// As logins and names are compared.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// All rights of these roles; of somebody who looks after some stores, those that stay within them.
pub fn rights_of(roles: &BTreeSet<Role>, stores: Option<&BTreeSet<i64>>) -> BTreeSet<Right> {
    within(roles.iter().flat_map(|role| role.rights()).copied(), stores)
}

/// Of these rights, those that stay within the stores that somebody, or a token, looks after.
pub fn within(
    rights: impl IntoIterator<Item = Right>,
    stores: Option<&BTreeSet<i64>>,
) -> BTreeSet<Right> {
    let stays = |right: &Right| stores.is_none() || !right.is_company_wide();
    rights.into_iter().filter(stays).collect()
}

/// Writes down that what tells of a shopper was shown to somebody.
pub async fn seen(app: &App, who: &str, reference: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    audit::append(&mut tx, app.now(), who, "shopper-seen", reference, "{}").await?;
    Ok(tx.commit().await?)
}

/// A new secret, as text that fits into addresses and cookies.
fn secret(app: &App) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(app.ids.secret())
}

/// A name as it stands on the record.
fn proper_name(name: &str) -> Result<String, FlowError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = !name.is_empty() && name.chars().count() <= NAME_LIMIT;
    if !fits || name.chars().any(char::is_control) {
        let hint = format!("use 1 to {NAME_LIMIT} characters");
        return Err(FlowError::request("name-invalid", "That is no name for the record", hint));
    }
    let folded = fold(&name);
    if OUR_NAMES.contains(&folded.as_str()) || folded.starts_with(PROGRAM) {
        let what = format!("'{name}' stands for the program itself on the record");
        return Err(FlowError::request("name-taken", what, "use the person's own name"));
    }
    Ok(name)
}

/// A login as it is kept.
fn proper_login(login: &str) -> Result<String, FlowError> {
    let login = fold(login);
    let length = login.chars().count();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    if !(1..=NAME_LIMIT).contains(&length) || login.chars().any(odd) {
        return Err(FlowError::request(
            "login-invalid",
            "That cannot be used to sign in with",
            "use an e-mail address, or a short name without blanks",
        ));
    }
    Ok(login)
}

fn taken(login: &str, name: &str) -> FlowError {
    FlowError::request(
        "account-taken",
        format!("There is an account '{login}' or a person named '{name}' already"),
        "choose another, or send that person a link to a new password",
    )
}

fn unknown() -> FlowError {
    FlowError::request(
        "account-unknown",
        "There is no such account",
        "People lists them, and `daybook people list`",
    )
}
