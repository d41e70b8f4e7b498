//! Tokens of programs: made, shown once, taken back.

use std::{collections::BTreeSet, time::Duration};

use daybook_domain::access::Right;
pub use daybook_store::access::token::Token;
use daybook_store::access::{hash, token};

use super::{proper_name, secret};
use crate::{app::App, error::FlowError};

/// Every token begins so: programs that look for leaked secrets know it by that.
pub const BEGINS: &str = "dbk_";
/// Characters by which people tell tokens apart.
const SHOWN: usize = 10;
/// Use is noted at most this often.
const NOTE_EVERY: Duration = Duration::from_mins(1);
/// No token is good for longer.
const MOST_DAYS: u64 = 366;

/// A token to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// As the record names the program.
    pub name: String,
    /// What it may do.
    pub rights: BTreeSet<Right>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
    /// For how many days.
    pub days: u64,
}

/// Who makes it: a token never may what its maker may not.
#[derive(Debug, Clone, Copy)]
pub struct Maker<'a> {
    /// As the record names them.
    pub name: &'a str,
    /// What they may do.
    pub rights: &'a BTreeSet<Right>,
    /// Only these stores; none means all.
    pub stores: Option<&'a BTreeSet<i64>>,
}

/// Makes a token. Returns it; nobody sees it again.
pub async fn make(app: &App, new: &NewToken, maker: Maker<'_>) -> Result<String, FlowError> {
    let name = proper_name(&new.name)?;
    if new.rights.is_empty() {
        let what = "A token without any right opens nothing";
        return Err(FlowError::request("token-rights", what, "choose what it may do"));
    }
    if let Some(right) = new.rights.difference(maker.rights).next() {
        let what = format!("You do not have the right '{right}' yourself");
        let hint = "somebody who has it can make this token";
        return Err(FlowError::request("token-rights", what, hint));
    }
    let within = match (maker.stores, &new.stores) {
        (None, _) => true,
        (Some(own), Some(wanted)) => wanted.is_subset(own),
        (Some(_), None) => false,
    };
    if !within {
        let what = "The token would see stores that you may not see";
        return Err(FlowError::request("token-stores", what, "name only stores of yours"));
    }
    if !(1..=MOST_DAYS).contains(&new.days) {
        let what = format!("A token is good for 1 to {MOST_DAYS} days");
        return Err(FlowError::request("token-days", what, "choose fewer days"));
    }
    let (now, text) = (app.now(), format!("{BEGINS}{}", secret(app)));
    let token = Token {
        id: app.ids.uuid().to_string(),
        prefix: text.chars().take(SHOWN).collect(),
        name: name.clone(),
        rights: new.rights.clone(),
        stores: new.stores.clone(),
        created_at: now,
        created_by: maker.name.to_owned(),
        expires_at: now.plus(Duration::from_hours(24 * new.days)),
        used_at: None,
        revoked_at: None,
    };
    let mut tx = app.db.begin().await?;
    if !token::add(&mut tx, &hash(&text), &token).await? {
        let what = format!("There is a token named '{name}' already");
        return Err(FlowError::request("token-taken", what, "choose another name"));
    }
    tx.commit().await?;
    Ok(text)
}

/// All tokens.
pub async fn list(app: &App) -> Result<Vec<Token>, FlowError> {
    Ok(token::list(&app.db).await?)
}

/// Takes a token back.
pub async fn revoke(app: &App, id: &str, actor: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    if !token::revoke(&mut tx, app.now(), id, actor).await? {
        let what = "There is no such token that opens anything";
        return Err(FlowError::request("token-unknown", what, "see People"));
    }
    Ok(tx.commit().await?)
}

/// The token, if it opens anything.
pub async fn identify(app: &App, text: &str) -> Result<Option<Token>, FlowError> {
    let now = app.now();
    let found = token::get(&app.db, &hash(text), now).await?;
    let Some(token) = found else { return Ok(None) };
    if token.used_at.is_none_or(|used| now.since(used) >= NOTE_EVERY) {
        let mut tx = app.db.begin().await?;
        token::used(&mut tx, &token.id, now).await?;
        tx.commit().await?;
    }
    Ok(Some(token))
}
