//! Periods: who closed which month, who opened it again, and with which certificate each store-day
//! was counted. Acts are append-only, and one chain a period.

mod verify;

use daybook_domain::{
    Timestamp,
    month::{
        Month,
        period::{PeriodAct, PeriodState},
    },
    reconcile::witness::Day,
};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

pub use self::verify::verify;
use crate::{
    Source, StoreResult, Tx,
    chain::{self, Hash},
    engine::{Cells, FromCells, all, one, pieces},
    reconcile::day::read_day,
};

macro_rules! act {
    ($rest:literal) => {
        concat!(
            "SELECT month, seq, act, actor, reason, at, days, pinned, prev, hash FROM period_act ",
            $rest
        )
    };
}

sql! {
    GET = "SELECT month, state, changed_at, seq, hash FROM period WHERE month = $1";
    LIST = "SELECT month, state, changed_at, seq, hash FROM period ORDER BY month";
    /// Two that act on one period wait for each other.
    LOCKED = "INSERT INTO period (month, state, changed_at, seq, hash) \
              VALUES ($1, 'open', $2, 0, $3) \
              ON CONFLICT (month) DO UPDATE SET seq = period.seq \
              RETURNING month, state, changed_at, seq, hash";
    MOVE = "UPDATE period SET state = $2, changed_at = $3, seq = $4, hash = $5 WHERE month = $1";
    APPEND = "INSERT INTO period_act (month, seq, act, actor, reason, at, days, pinned, prev, \
              hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    ACTS = act!("WHERE month = $1 ORDER BY seq");
    MONTHS = "SELECT month FROM period UNION SELECT month FROM period_act ORDER BY month";
    PINNED = "SELECT warehouse_id, day, certificate, before FROM period_day \
              WHERE month = $1 AND act = $2 ORDER BY day, warehouse_id";
    /// Days up to `$1` of a period that was closed, whose certificate is another than the one that
    /// was counted last.
    LATE = "SELECT d.warehouse_id AS warehouse_id, d.day AS day, d.certificate AS certificate, \
            p.certificate AS before FROM store_day AS d LEFT JOIN (SELECT warehouse_id, day, \
            max(certificate) AS certificate FROM period_day GROUP BY warehouse_id, day) AS p \
            ON p.warehouse_id = d.warehouse_id AND p.day = d.day \
            WHERE d.day <= $1 AND d.certificate IS NOT NULL \
            AND (p.certificate IS NULL OR d.certificate > p.certificate) \
            AND substr(d.day, 1, 7) IN (SELECT month FROM period WHERE state = 'closed') \
            ORDER BY d.day, d.warehouse_id";
    FIRST_DAYS = "SELECT warehouse_id, min(day) AS day FROM store_day \
                  WHERE certificate IS NOT NULL GROUP BY warehouse_id ORDER BY warehouse_id";
    DAYS_OF = "SELECT DISTINCT substr(day, 1, 7) AS month FROM store_day \
               WHERE certificate IS NOT NULL ORDER BY month";
}

const PIN: &str = "INSERT INTO period_day (month, act, warehouse_id, day, certificate, before) ";

/// How a period stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeriodRow {
    /// Which.
    pub month: Month,
    /// How it stands.
    pub state: PeriodState,
    /// Since when.
    pub changed_at: Timestamp,
    /// How many acts it has seen.
    pub seq: i64,
    #[serde(skip)]
    hash: Hash,
}

/// What somebody did to a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PeriodActRow")]
pub struct ActRow {
    /// Which period.
    pub month: Month,
    /// From 1.
    pub seq: i64,
    /// What.
    pub act: PeriodAct,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// How many store-days were counted with it.
    pub days: i64,
    #[serde(skip)]
    pinned: Hash,
    #[serde(skip)]
    prev: Hash,
    #[serde(skip)]
    hash: Hash,
}

/// A store-day that is counted in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pinned {
    /// The store.
    pub warehouse_id: i64,
    /// The day.
    pub day: Day,
    /// Number of the certificate that it is counted with.
    pub certificate: i64,
    /// Number of the one that it had been counted with before, where it was.
    pub before: Option<i64>,
}

impl FromCells for PeriodRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            month: row.word("month")?,
            state: row.word("state")?,
            changed_at: row.time("changed_at")?,
            seq: row.int("seq")?,
            hash: row.hash("hash")?,
        })
    }
}

impl FromCells for ActRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            month: row.word("month")?,
            seq: row.int("seq")?,
            act: row.word("act")?,
            actor: row.text("actor")?,
            reason: row.text("reason")?,
            at: row.time("at")?,
            days: row.int("days")?,
            pinned: row.hash("pinned")?,
            prev: row.hash("prev")?,
            hash: row.hash("hash")?,
        })
    }
}

impl FromCells for Pinned {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            day: read_day(row)?,
            certificate: row.int("certificate")?,
            before: row.opt_int("before")?,
        })
    }
}

impl ActRow {
    fn seal(&self) -> Hash {
        chain::hash(&[
            &self.prev,
            self.month.to_string().as_bytes(),
            &self.seq.to_be_bytes(),
            self.act.word().as_bytes(),
            self.actor.as_bytes(),
            self.reason.as_bytes(),
            &self.at.micros().to_be_bytes(),
            &self.days.to_be_bytes(),
            &self.pinned,
        ])
    }
}

/// What a period's chain begins with: chains cannot be swapped.
fn beginning(month: Month) -> Hash {
    chain::hash(&[b"daybook period", month.to_string().as_bytes()])
}

/// One fingerprint over the days of an act, in their order.
fn fingerprint(days: &[Pinned]) -> Hash {
    let mut parts = Vec::with_capacity(days.len() * 4);
    for one in days {
        parts.push(one.warehouse_id.to_be_bytes().to_vec());
        parts.push(one.day.to_string().into_bytes());
        parts.push(one.certificate.to_be_bytes().to_vec());
        parts.push(one.before.map_or_else(Vec::new, |seq| seq.to_be_bytes().to_vec()));
    }
    chain::hash(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Locks a period for the rest of the transaction; gives how it stands.
pub async fn lock(tx: &mut Tx, now: Timestamp, month: Month) -> StoreResult<PeriodRow> {
    let begin = beginning(month);
    on!(tx, c => {
        let query = sqlx::query(LOCKED).bind(month.to_string()).bind(now.micros());
        PeriodRow::read(&query.bind(begin.as_slice()).fetch_one(c).await?)
    })
}

/// Writes down what somebody did to a period that is locked, with the days that it counts, sorted
/// by day and store.
pub async fn act(
    tx: &mut Tx,
    now: Timestamp,
    period: &PeriodRow,
    act: PeriodAct,
    (actor, reason): (&str, &str),
    days: &[Pinned],
) -> StoreResult<ActRow> {
    let mut row = ActRow {
        month: period.month,
        seq: period.seq + 1,
        act,
        actor: actor.to_owned(),
        reason: reason.to_owned(),
        at: now,
        days: crate::engine::limit(days.len()),
        pinned: fingerprint(days),
        prev: period.hash,
        hash: period.hash,
    };
    row.hash = row.seal();
    let month = row.month.to_string();
    on!(tx, c => {
        sqlx::query(APPEND)
            .bind(&month)
            .bind(row.seq)
            .bind(act.word())
            .bind(actor)
            .bind(reason)
            .bind(now.micros())
            .bind(row.days)
            .bind(row.pinned.as_slice())
            .bind(row.prev.as_slice())
            .bind(row.hash.as_slice())
            .execute(&mut *c)
            .await?;
        let query = sqlx::query(MOVE).bind(&month).bind(act.leads_to().word()).bind(now.micros());
        query.bind(row.seq).bind(row.hash.as_slice()).execute(c).await?;
    });
    for piece in pieces(days.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(PIN);
            query.push_values(&days[piece], |mut values, one| {
                values.push_bind(month.as_str()).push_bind(row.seq).push_bind(one.warehouse_id);
                values.push_bind(one.day.to_string()).push_bind(one.certificate);
                values.push_bind(one.before);
            });
            query.build().execute(c).await?;
        });
    }
    Ok(row)
}

/// How a period stands; none while nobody has touched it: it is open.
pub async fn get(source: impl Into<Source<'_>>, month: Month) -> StoreResult<Option<PeriodRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(month.to_string());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// Every period that somebody has touched, by month.
pub async fn list(source: impl Into<Source<'_>>) -> StoreResult<Vec<PeriodRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LIST).fetch_all(c).await?))
}

/// Who did what to a period, the oldest first.
pub async fn acts(source: impl Into<Source<'_>>, month: Month) -> StoreResult<Vec<ActRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(ACTS).bind(month.to_string()).fetch_all(c).await?))
}

/// The days that an act counted, by day and store.
pub async fn pinned(
    source: impl Into<Source<'_>>,
    month: Month,
    act: i64,
) -> StoreResult<Vec<Pinned>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        all(&sqlx::query(PINNED).bind(month.to_string()).bind(act).fetch_all(c).await?)
    })
}

/// Days up to `to` of closed periods that came or changed after they were counted, by day and store.
pub async fn late(source: impl Into<Source<'_>>, to: Day) -> StoreResult<Vec<Pinned>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATE).bind(to.to_string()).fetch_all(c).await?))
}

/// The first day of each store that was ever compared.
pub async fn first_days(source: impl Into<Source<'_>>) -> StoreResult<Vec<(i64, Day)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(FIRST_DAYS).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.int("warehouse_id")?, read_day(row)?))).collect()
    })
}

/// Months that have days which were compared.
pub async fn months_with_days(source: impl Into<Source<'_>>) -> StoreResult<Vec<Month>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(DAYS_OF).fetch_all(c).await?;
        rows.iter().map(|row| row.word("month")).collect()
    })
}

/// Months that have a chain of acts, also where its end was removed.
pub async fn months(source: impl Into<Source<'_>>) -> StoreResult<Vec<Month>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(MONTHS).fetch_all(c).await?;
        rows.iter().map(|row| row.word("month")).collect()
    })
}
