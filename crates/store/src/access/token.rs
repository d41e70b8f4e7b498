//! Tokens of programs.

use std::collections::BTreeSet;

use daybook_domain::{Timestamp, access::Right};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Hash, joined, opt_joined, opt_parted, parted};
use crate::{
    Source, StoreResult, Tx, audit,
    engine::{Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, prefix, name, rights, stores, created_at, created_by, expires_at, \
             used_at, revoked_at FROM api_token ",
            $rest
        )
    };
}

sql! {
    LIST = select!("ORDER BY revoked_at IS NOT NULL, name");
    GET = select!("WHERE hash = $1 AND expires_at > $2 AND revoked_at IS NULL");
    BY_ID = select!("WHERE id = $1");
    INSERT = "INSERT INTO api_token (id, hash, prefix, name, rights, stores, created_at, \
              created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
              ON CONFLICT DO NOTHING";
    USED = "UPDATE api_token SET used_at = $2 WHERE id = $1";
    REVOKE = "UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
}

/// A token, without what opens anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Token {
    /// Never changes.
    pub id: String,
    /// Its first characters, by which people tell tokens apart.
    pub prefix: String,
    /// As the record names the program.
    pub name: String,
    /// What the program may do.
    pub rights: BTreeSet<Right>,
    /// Only these stores; none means all.
    pub stores: Option<BTreeSet<i64>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// Until when it opens anything.
    pub expires_at: Timestamp,
    /// When it was last used, to the minute or so.
    pub used_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

impl FromCells for Token {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            id: row.text("id")?,
            prefix: row.text("prefix")?,
            name: row.text("name")?,
            rights: parted(&row.text("rights")?)?,
            stores: opt_parted(row.opt_text("stores")?)?,
            created_at: row.time("created_at")?,
            created_by: row.text("created_by")?,
            expires_at: row.time("expires_at")?,
            used_at: row.opt_time("used_at")?,
            revoked_at: row.opt_time("revoked_at")?,
        })
    }
}

/// All tokens; those that were taken back come last.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<Token>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LIST).fetch_all(c).await?))
}

/// The token of this hash, if it opens anything.
pub async fn get(
    source: impl Into<Source<'_>>,
    hash: &Hash,
    now: Timestamp,
) -> StoreResult<Option<Token>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(hash.as_slice()).bind(now.micros());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// Makes a token; false when another has that name.
pub async fn add(tx: &mut Tx, hash: &Hash, new: &Token) -> StoreResult<bool> {
    let added = on!(tx, c => {
        let query = sqlx::query(INSERT).bind(new.id.as_str()).bind(hash.as_slice());
        let query = query.bind(new.prefix.as_str()).bind(new.name.as_str());
        let query = query.bind(joined(&new.rights)).bind(opt_joined(new.stores.as_ref()));
        let query = query.bind(new.created_at.micros()).bind(new.created_by.as_str());
        query.bind(new.expires_at.micros()).execute(c).await?.rows_affected() == 1
    });
    if added {
        let detail = serde_json::json!({
            "rights": new.rights, "stores": new.stores, "expires": new.expires_at,
        });
        let (now, by) = (new.created_at, new.created_by.as_str());
        audit::append(tx, now, by, "token-made", &new.name, &detail.to_string()).await?;
    }
    Ok(added)
}

/// Notes that a token is used.
pub async fn used(tx: &mut Tx, id: &str, now: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(USED).bind(id).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// Takes a token back; false when there is none such, or it was taken back before.
pub async fn revoke(tx: &mut Tx, now: Timestamp, id: &str, actor: &str) -> StoreResult<bool> {
    let token: Option<Token> = on!(tx, c => {
        one(sqlx::query(BY_ID).bind(id).fetch_optional(c).await?.as_ref())?
    });
    let Some(token) = token else { return Ok(false) };
    let revoked = on!(tx, c => {
        let query = sqlx::query(REVOKE).bind(id).bind(now.micros());
        query.execute(c).await?.rows_affected() == 1
    });
    if revoked {
        audit::append(tx, now, actor, "token-revoked", &token.name, "{}").await?;
    }
    Ok(revoked)
}
