//! Who may sign in, and what is signed in. Every secret comes hashed: [`hash`] is for those that are
//! random enough not to need more; passwords are hashed before they come here.

pub mod account;
pub mod invitation;
pub mod session;
pub mod sign_on;
pub mod throttle;
pub mod token;

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::{StoreError, StoreResult};

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    account::STATEMENTS,
    invitation::STATEMENTS,
    session::STATEMENTS,
    sign_on::STATEMENTS,
    throttle::STATEMENTS,
    token::STATEMENTS,
];

/// What the book knows of a secret.
pub type Hash = [u8; 32];

/// The hash of a secret that nobody chose: a session, a link, a token, a recovery code.
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// Words with a blank between them.
fn joined<T: ToString>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" ")
}

/// The other way round.
fn parted<T>(text: &str) -> StoreResult<BTreeSet<T>>
where
    T: std::str::FromStr<Err: std::fmt::Display> + Ord,
{
    text.split_whitespace().map(|one| one.parse().map_err(StoreError::unreadable)).collect()
}

fn opt_joined(stores: Option<&BTreeSet<i64>>) -> Option<String> {
    stores.map(|stores| joined(stores.iter()))
}

fn opt_parted(text: Option<String>) -> StoreResult<Option<BTreeSet<i64>>> {
    text.map(|text| parted(&text)).transpose()
}
