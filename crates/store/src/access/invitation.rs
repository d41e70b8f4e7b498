//! One-time links.

use std::{fmt, str::FromStr};

use daybook_domain::Timestamp;

use super::Hash;
use crate::{
    Source, StoreResult, Tx, audit,
    engine::{Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT account, purpose, expires_at, created_by FROM invitation ", $rest)
    };
}

sql! {
    GET = select!("WHERE hash = $1 AND expires_at > $2");
    OPEN = select!("WHERE expires_at > $1 ORDER BY expires_at");
    INSERT = "INSERT INTO invitation (hash, account, purpose, expires_at, created_at, created_by) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    TAKE = "DELETE FROM invitation WHERE hash = $1 AND expires_at > $2";
    WITHDRAW = "DELETE FROM invitation WHERE account = $1";
    WITHDRAW_FIRST = "DELETE FROM invitation WHERE account IS NULL";
    SWEEP = "DELETE FROM invitation WHERE expires_at <= $1";
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Make the first account, which is an admin's.
    First,
    /// Choose the first password.
    Join,
    /// Choose a new password.
    Reset,
    /// Come in without one: the demo.
    Enter,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::First, Self::Join, Self::Reset, Self::Enter];

    /// The word used in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Join => "join",
            Self::Reset => "reset",
            Self::Enter => "enter",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Purpose {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|purpose| purpose.word() == word);
        found.ok_or_else(|| format!("'{word}' is no purpose of a link"))
    }
}

/// A link that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Whose; none makes the first account.
    pub account: Option<String>,
    /// What it is for.
    pub purpose: Purpose,
    /// Until when.
    pub expires_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

impl FromCells for Invitation {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            account: row.opt_text("account")?,
            purpose: row.word("purpose")?,
            expires_at: row.time("expires_at")?,
            created_by: row.text("created_by")?,
        })
    }
}

/// Makes a link for `account` (id and name); an older one of theirs is void.
pub async fn add(
    tx: &mut Tx,
    now: Timestamp,
    hash: &Hash,
    invitation: &Invitation,
    subject: &str,
) -> StoreResult<()> {
    let account = invitation.account.as_deref();
    on!(tx, c => {
        sqlx::query(SWEEP).bind(now.micros()).execute(&mut *c).await?;
        match account {
            Some(account) => sqlx::query(WITHDRAW).bind(account).execute(&mut *c).await?,
            None => sqlx::query(WITHDRAW_FIRST).execute(&mut *c).await?,
        };
        let query = sqlx::query(INSERT).bind(hash.as_slice()).bind(account);
        let query = query.bind(invitation.purpose.word()).bind(invitation.expires_at.micros());
        query.bind(now.micros()).bind(invitation.created_by.as_str()).execute(c).await?;
    });
    let detail = serde_json::json!({ "purpose": invitation.purpose.word() }).to_string();
    audit::append(tx, now, &invitation.created_by, "account-link", subject, &detail).await
}

/// The link, if it is still open.
pub async fn get(
    source: impl Into<Source<'_>>,
    hash: &Hash,
    now: Timestamp,
) -> StoreResult<Option<Invitation>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(hash.as_slice()).bind(now.micros());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// All open links.
pub async fn open(source: impl Into<Source<'_>>, now: Timestamp) -> StoreResult<Vec<Invitation>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OPEN).bind(now.micros()).fetch_all(c).await?))
}

/// Uses a link up; false when somebody else was first, or its time is over.
pub async fn take(tx: &mut Tx, hash: &Hash, now: Timestamp) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(TAKE).bind(hash.as_slice()).bind(now.micros());
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// Makes an account's links void.
pub async fn withdraw(tx: &mut Tx, account: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(WITHDRAW).bind(account).execute(c).await?;
    });
    Ok(())
}
