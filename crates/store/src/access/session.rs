//! What is signed in, and the browsers that were.

use daybook_domain::Timestamp;

use super::{Hash, account::Account};
use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, half, created_at, seen_at, idle_until, ends_at, agent \
             FROM session ",
            $rest
        )
    };
}

sql! {
    GET = select!("WHERE hash = $1 AND idle_until > $2 AND ends_at > $2");
    /// With its account, in one read: every page asks.
    WHOSE = "SELECT s.id AS session_id, s.seen_at AS seen_at, s.idle_until AS idle_until, \
             s.ends_at AS ends_at, s.agent AS agent, s.created_at AS began_at, a.id AS id, \
             a.login AS login, a.name AS name, a.password AS password, a.roles AS roles, \
             a.stores AS stores, a.factor AS factor, a.factor_next AS factor_next, \
             a.created_at AS created_at, a.created_by AS created_by, \
             a.password_at AS password_at, a.signed_in_at AS signed_in_at, \
             a.disabled_at AS disabled_at, a.issuer AS issuer, a.subject AS subject \
             FROM session AS s JOIN account AS a \
             ON a.id = s.account WHERE s.hash = $1 AND NOT s.half AND s.idle_until > $2 \
             AND s.ends_at > $2 AND a.disabled_at IS NULL";
    OF_ACCOUNT = select!("WHERE account = $1 AND NOT half AND idle_until > $2 AND ends_at > $2 \
                          ORDER BY created_at DESC, id");
    INSERT = "INSERT INTO session (hash, id, account, half, created_at, seen_at, idle_until, \
              ends_at, agent) VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8)";
    TOUCH = "UPDATE session SET seen_at = $2, idle_until = $3 WHERE hash = $1";
    END = "DELETE FROM session WHERE hash = $1";
    END_ONE = "DELETE FROM session WHERE account = $1 AND id = $2";
    END_OTHERS = "DELETE FROM session WHERE account = $1 AND id <> $2";
    SWEEP = "DELETE FROM session WHERE idle_until <= $1 OR ends_at <= $1";
    KNOWN = "SELECT seen_at FROM device WHERE hash = $1 AND account = $2";
    OURS = "SELECT seen_at FROM device WHERE hash = $1 LIMIT 1";
    REMEMBER = "INSERT INTO device (hash, account, seen_at) VALUES ($1, $2, $3) \
                ON CONFLICT (hash, account) DO UPDATE SET seen_at = excluded.seen_at";
    FORGET = "DELETE FROM device WHERE account = $1";
    FORGET_OLD = "DELETE FROM device WHERE seen_at < $1";
}

/// A session as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// By which people name it; it opens nothing.
    pub id: String,
    /// Whose.
    pub account: String,
    /// The second factor is still to come.
    pub half: bool,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub seen_at: Timestamp,
    /// When it ends if it is not used.
    pub idle_until: Timestamp,
    /// When it ends in any case.
    pub ends_at: Timestamp,
    /// The browser, shortened.
    pub agent: String,
}

impl FromCells for Session {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            id: row.text("id")?,
            account: row.text("account")?,
            half: row.flag("half")?,
            created_at: row.time("created_at")?,
            seen_at: row.time("seen_at")?,
            idle_until: row.time("idle_until")?,
            ends_at: row.time("ends_at")?,
            agent: row.text("agent")?,
        })
    }
}

/// Begins a session; those whose time is over go.
pub async fn begin(tx: &mut Tx, hash: &Hash, new: &Session) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(SWEEP).bind(new.created_at.micros()).execute(&mut *c).await?;
        let query = sqlx::query(INSERT).bind(hash.as_slice()).bind(new.id.as_str());
        let query = query.bind(new.account.as_str()).bind(new.half);
        let query = query.bind(new.created_at.micros()).bind(new.idle_until.micros());
        query.bind(new.ends_at.micros()).bind(new.agent.as_str()).execute(c).await?;
    });
    Ok(())
}

/// The session, if its time is not over.
pub async fn get(
    source: impl Into<Source<'_>>,
    hash: &Hash,
    now: Timestamp,
) -> StoreResult<Option<Session>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(hash.as_slice()).bind(now.micros());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// A session with its account.
struct Whose(Session, Account);

impl FromCells for Whose {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let account = Account::read(row)?;
        let session = Session {
            id: row.text("session_id")?,
            account: account.id.clone(),
            half: false,
            created_at: row.time("began_at")?,
            seen_at: row.time("seen_at")?,
            idle_until: row.time("idle_until")?,
            ends_at: row.time("ends_at")?,
            agent: row.text("agent")?,
        };
        Ok(Self(session, account))
    }
}

/// The whole session with its account, if neither is over.
pub async fn whose(
    source: impl Into<Source<'_>>,
    hash: &Hash,
    now: Timestamp,
) -> StoreResult<Option<(Session, Account)>> {
    let mut conn = source.into().open().await?;
    let found: Option<Whose> = on!(conn, c => {
        let query = sqlx::query(WHOSE).bind(hash.as_slice()).bind(now.micros());
        one(query.fetch_optional(c).await?.as_ref())?
    });
    Ok(found.map(|Whose(session, account)| (session, account)))
}

/// What an account has open, the newest first.
pub async fn of(
    source: impl Into<Source<'_>>,
    account: &str,
    now: Timestamp,
) -> StoreResult<Vec<Session>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_ACCOUNT).bind(account).bind(now.micros());
        all(&query.fetch_all(c).await?)
    })
}

/// Notes that a session is used.
pub async fn touch(
    tx: &mut Tx,
    hash: &Hash,
    now: Timestamp,
    idle_until: Timestamp,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(TOUCH).bind(hash.as_slice()).bind(now.micros());
        query.bind(idle_until.micros()).execute(c).await?;
    });
    Ok(())
}

/// Ends a session.
pub async fn end(tx: &mut Tx, hash: &Hash) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(END).bind(hash.as_slice()).execute(c).await?;
    });
    Ok(())
}

/// Ends one session of an account; false when there is none such.
pub async fn end_one(tx: &mut Tx, account: &str, id: &str) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        sqlx::query(END_ONE).bind(account).bind(id).execute(c).await?.rows_affected() == 1
    }))
}

/// Ends all sessions of an account but `kept`. Returns how many.
pub async fn end_others(tx: &mut Tx, account: &str, kept: Option<&str>) -> StoreResult<u64> {
    Ok(on!(tx, c => {
        let query = sqlx::query(END_OTHERS).bind(account).bind(kept.unwrap_or_default());
        query.execute(c).await?.rows_affected()
    }))
}

/// Whether `account` has signed in with this browser before.
pub async fn is_known(
    source: impl Into<Source<'_>>,
    device: &Hash,
    account: &str,
) -> StoreResult<bool> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(KNOWN).bind(device.as_slice()).bind(account);
        Ok(query.fetch_optional(c).await?.is_some())
    })
}

/// Whether anybody has signed in with this browser: a mark that we gave, and nobody made up.
pub async fn is_ours(source: impl Into<Source<'_>>, device: &Hash) -> StoreResult<bool> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        Ok(sqlx::query(OURS).bind(device.as_slice()).fetch_optional(c).await?.is_some())
    })
}

/// Remembers a browser; those that were not seen since `oldest` are forgotten.
pub async fn remember(
    tx: &mut Tx,
    device: &Hash,
    account: &str,
    (now, oldest): (Timestamp, Timestamp),
) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET_OLD).bind(oldest.micros()).execute(&mut *c).await?;
        let query = sqlx::query(REMEMBER).bind(device.as_slice()).bind(account);
        query.bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// Forgets the browsers of an account.
pub async fn forget(tx: &mut Tx, account: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET).bind(account).execute(c).await?;
    });
    Ok(())
}
