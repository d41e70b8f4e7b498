//! Payouts, as their lines tell them.

use daybook_domain::settlement::{Day, Payout};
use schemars::JsonSchema;
use serde::Serialize;

use super::matched;
use super::{from_json, to_json};
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT provider, payout, currency, account, day, amount, lines_net, declared, lines, \
             refs, match_number FROM payout ",
            $rest
        )
    };
}

sql! {
    OF = select!("WHERE provider = $1 AND payout = $2 ORDER BY currency");
    /// What only a suggestion holds; with 1, also what a rule has confirmed.
    HELD = select!("WHERE match_number IN (SELECT number FROM money_match WHERE subject = 'bank' AND (state = 'suggested' \
                    OR $1 = 1 AND state = 'confirmed' AND decided_by = 'daybook')) \
                    ORDER BY day, provider, payout, currency");
    LATEST = select!("ORDER BY day DESC, provider, payout, currency LIMIT $1");
    OPEN = select!("WHERE match_number IS NULL ORDER BY day, provider, payout, currency");
    /// Neither matched, nor confirmed.
    UNCONFIRMED = select!("WHERE day <= $1 AND (match_number IS NULL OR match_number IN \
                           (SELECT number FROM money_match WHERE subject = 'bank' \
                           AND state = 'suggested')) ORDER BY day, provider, payout, currency");
    OF_MATCH = select!("WHERE match_number = $1 ORDER BY provider, payout, currency");
    PUT = "INSERT INTO payout (provider, payout, currency, account, day, amount, lines_net, \
           declared, lines, refs) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
           ON CONFLICT (provider, payout, currency) DO UPDATE SET account = excluded.account, \
           day = excluded.day, amount = excluded.amount, lines_net = excluded.lines_net, \
           declared = excluded.declared, lines = excluded.lines, refs = excluded.refs";
    ATTACH = "UPDATE payout SET match_number = $4 WHERE provider = $1 AND payout = $2 \
              AND currency = $3 AND match_number IS NULL";
    DETACH = "UPDATE payout SET match_number = NULL WHERE match_number = $1";
}

/// A payout as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoredPayout {
    /// What its lines say.
    #[serde(flatten)]
    pub payout: Payout,
    /// The match with the bank that it belongs to.
    pub match_number: Option<i64>,
}

impl FromCells for StoredPayout {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let payout = Payout {
            provider: row.text("provider")?,
            payout: row.text("payout")?,
            account: row.text("account")?,
            currency: row.text("currency")?,
            day: row.word("day")?,
            amount: row.money("amount")?,
            lines_net: row.money("lines_net")?,
            declared: row.flag("declared")?,
            lines: row.int("lines")?,
            references: from_json(&row.text("refs")?)?,
        };
        Ok(Self { payout, match_number: row.opt_int("match_number")? })
    }
}

impl StoredPayout {
    /// How it is named in matches: `adyen 7 GBP`.
    pub fn key(&self) -> String {
        let payout = &self.payout;
        format!("{} {} {}", payout.provider, payout.payout, payout.currency)
    }
}

/// A provider's payout, one a currency.
pub async fn of(
    source: impl Into<Source<'_>>,
    provider: &str,
    payout: &str,
) -> StoreResult<Vec<StoredPayout>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF).bind(provider).bind(payout).fetch_all(c).await?))
}

/// The latest payouts.
pub async fn latest(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<StoredPayout>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// What rules may match: what no match holds, and what only a suggestion holds; with `redo`, also
/// what a rule has confirmed.
pub async fn free(source: impl Into<Source<'_>>, redo: bool) -> StoreResult<Vec<StoredPayout>> {
    matched::free(source.into(), (OPEN, HELD), None, redo).await
}

/// The payouts of a match.
pub async fn of_match(
    source: impl Into<Source<'_>>,
    number: i64,
) -> StoreResult<Vec<StoredPayout>> {
    matched::of_match(source.into(), OF_MATCH, number).await
}

/// Writes what the lines of a payout say now.
pub async fn put(tx: &mut Tx, payout: &Payout) -> StoreResult<()> {
    let refs = to_json(&payout.references)?;
    on!(tx, c => {
        sqlx::query(PUT)
            .bind(payout.provider.as_str())
            .bind(payout.payout.as_str())
            .bind(payout.currency.as_str())
            .bind(payout.account.as_str())
            .bind(payout.day.to_string())
            .bind(payout.amount.pence())
            .bind(payout.lines_net.pence())
            .bind(payout.declared)
            .bind(payout.lines)
            .bind(refs)
            .execute(c)
            .await?;
    });
    Ok(())
}

/// Makes a payout part of a match; false if another one has it.
pub async fn attach(tx: &mut Tx, payout: &Payout, number: i64) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(ATTACH).bind(payout.provider.as_str());
        let query = query.bind(payout.payout.as_str()).bind(payout.currency.as_str());
        query.bind(number).execute(c).await?.rows_affected() == 1
    }))
}

/// Frees the payouts of a match.
pub async fn detach(tx: &mut Tx, number: i64) -> StoreResult<()> {
    matched::detach(tx, DETACH, number).await
}

/// Payouts up to a day that no confirmed line of the bank stands for.
pub async fn unconfirmed(
    source: impl Into<Source<'_>>,
    until: Day,
) -> StoreResult<Vec<StoredPayout>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(UNCONFIRMED).bind(until.to_string()).fetch_all(c).await?))
}
