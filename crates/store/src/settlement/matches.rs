//! Matches: what belongs together, who says so, and what became of it. None is ever removed.

use daybook_domain::{
    Money, Timestamp,
    settlement::{MatchState, Subject},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{from_json, to_json};
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, subject, state, rule, rule_version, amount, difference, parts, \
             made_at, made_by, decided_at, decided_by, reason, currency FROM money_match ",
            $rest
        )
    };
}

sql! {
    GET = select!("WHERE number = $1");
    IN_STATE = select!("WHERE subject = $1 AND state = $2 ORDER BY number");
    LATEST = select!("WHERE subject = $1 AND state = $2 ORDER BY number DESC LIMIT $3");
    COUNTS = "SELECT subject, state, CAST(count(*) AS BIGINT) AS matches, \
              CAST(sum(amount) AS BIGINT) AS amount, CAST(sum(difference) AS BIGINT) AS difference, \
              currency FROM money_match GROUP BY subject, state, currency \
              ORDER BY subject, state, coalesce(currency, '')";
    INSERT = "INSERT INTO money_match (subject, state, rule, rule_version, amount, difference, \
              parts, made_at, made_by, decided_at, decided_by, currency) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING number";
    DECIDE = "UPDATE money_match SET state = $3, decided_at = $4, decided_by = $5, reason = $6 \
              WHERE number = $1 AND state = $2";
}

/// What a match is made of: the keys of both sides, as they were when it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Payments of tills (`11513:0`), or payouts (`adyen 7 GBP`).
    pub left: Vec<String>,
    /// Numbers of lines, of a report or of the bank.
    pub right: Vec<i64>,
}

/// A match that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMatch {
    /// What it matches.
    pub subject: Subject,
    /// Whether it holds, or is only suggested.
    pub state: MatchState,
    /// The rule, or `by-hand`.
    pub rule: String,
    /// Version of the rules.
    pub rule_version: i64,
    /// Sum of the left side.
    pub amount: Money,
    /// Left less right.
    pub difference: Money,
    /// ISO 4217, of both sides.
    pub currency: String,
    /// What it is made of.
    pub parts: Parts,
    /// Who made it.
    pub made_by: String,
}

/// A match as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredMatch {
    /// `M-12`.
    pub number: i64,
    /// What it matches.
    pub subject: Subject,
    /// Where it is.
    pub state: MatchState,
    /// The rule, or `by-hand`.
    pub rule: String,
    /// Version of the rules when it was made.
    pub rule_version: i64,
    /// Sum of the left side.
    pub amount: Money,
    /// Left less right.
    pub difference: Money,
    /// ISO 4217, of both sides; none where nothing is known of one that is undone.
    pub currency: Option<String>,
    /// What it is made of.
    pub parts: Parts,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub made_by: String,
    /// When it was confirmed or undone.
    pub decided_at: Option<Timestamp>,
    /// By whom.
    pub decided_by: Option<String>,
    /// Why it was undone.
    pub reason: Option<String>,
}

impl FromCells for StoredMatch {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            number: row.int("number")?,
            subject: row.word("subject")?,
            state: row.word("state")?,
            rule: row.text("rule")?,
            rule_version: row.int("rule_version")?,
            amount: row.money("amount")?,
            difference: row.money("difference")?,
            currency: row.opt_text("currency")?,
            parts: from_json(&row.text("parts")?)?,
            made_at: row.time("made_at")?,
            made_by: row.text("made_by")?,
            decided_at: row.opt_time("decided_at")?,
            decided_by: row.opt_text("decided_by")?,
            reason: row.opt_text("reason")?,
        })
    }
}

/// How many matches there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MatchCount {
    /// What they match.
    pub subject: Subject,
    /// Where they are.
    pub state: MatchState,
    /// How many.
    pub matches: i64,
    /// Sum of their left sides.
    pub amount: Money,
    /// Sum of what their sides differ by.
    pub difference: Money,
    /// ISO 4217; none where nothing is known of those that are undone.
    pub currency: Option<String>,
}

impl FromCells for MatchCount {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            subject: row.word("subject")?,
            state: row.word("state")?,
            matches: row.int("matches")?,
            amount: row.money("amount")?,
            difference: row.money("difference")?,
            currency: row.opt_text("currency")?,
        })
    }
}

/// Writes a match and gives its number.
pub async fn insert(tx: &mut Tx, now: Timestamp, new: &NewMatch) -> StoreResult<i64> {
    let parts = to_json(&new.parts)?;
    let decided = (new.state == MatchState::Confirmed).then_some(now.micros());
    on!(tx, c => {
        sqlx::query(INSERT)
            .bind(new.subject.word())
            .bind(new.state.word())
            .bind(new.rule.as_str())
            .bind(new.rule_version)
            .bind(new.amount.pence())
            .bind(new.difference.pence())
            .bind(parts)
            .bind(now.micros())
            .bind(new.made_by.as_str())
            .bind(decided)
            .bind(decided.map(|_| new.made_by.as_str()))
            .bind(new.currency.as_str())
            .fetch_one(c)
            .await?
            .int("number")
    })
}

/// Confirms or undoes a match; false if it is no longer in state `from`.
pub async fn decide(
    tx: &mut Tx,
    now: Timestamp,
    number: i64,
    (from, to): (MatchState, MatchState),
    actor: &str,
    reason: Option<&str>,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(DECIDE).bind(number).bind(from.word()).bind(to.word());
        let query = query.bind(now.micros()).bind(actor).bind(reason);
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// One match.
pub async fn get(source: impl Into<Source<'_>>, number: i64) -> StoreResult<Option<StoredMatch>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(number).fetch_optional(c).await?.as_ref()))
}

/// All matches of a subject in a state, by number.
pub async fn in_state(
    source: impl Into<Source<'_>>,
    subject: Subject,
    state: MatchState,
) -> StoreResult<Vec<StoredMatch>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(IN_STATE).bind(subject.word()).bind(state.word());
        all(&query.fetch_all(c).await?)
    })
}

/// The latest matches of a subject in a state.
pub async fn latest(
    source: impl Into<Source<'_>>,
    subject: Subject,
    state: MatchState,
    limit: usize,
) -> StoreResult<Vec<StoredMatch>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LATEST).bind(subject.word()).bind(state.word());
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// How many there are, by subject and state.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<Vec<MatchCount>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(COUNTS).fetch_all(c).await?))
}
