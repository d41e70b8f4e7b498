//! Who accepted what of a day, and why: append-only.

use daybook_domain::{Timestamp, reconcile::witness::Day};
use serde::Serialize;

use super::{day::read_day, difference::Effect};
use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT warehouse_id, day, seq, subject, actor, reason, at, net, tax, gross, \
             certificate FROM sign_off ",
            $rest
        )
    };
}

sql! {
    OF_DAY = select!("WHERE warehouse_id = $1 AND day = $2 ORDER BY seq");
    BETWEEN = select!("WHERE day >= $1 AND day <= $2 ORDER BY day, warehouse_id, seq");
    APPEND = "INSERT INTO sign_off (warehouse_id, day, seq, subject, actor, reason, at, net, tax, \
              gross, certificate) SELECT $1, $2, COALESCE(max(seq), 0) + 1, $3, $4, $5, $6, $7, \
              $8, $9, $10 FROM sign_off WHERE warehouse_id = $1 AND day = $2";
}

/// What a person accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSignOff {
    /// What it is about: `day`, or one difference.
    pub subject: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// How much it was when they did.
    pub effect: Effect,
    /// Number of the certificate that they saw.
    pub certificate: Option<i64>,
}

/// A sign-off as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOffRow {
    /// The store.
    pub warehouse_id: i64,
    /// The day.
    pub day: Day,
    /// Its place in the day, from 1.
    pub seq: i64,
    /// What it is about.
    pub subject: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// How much it was when they did.
    #[serde(flatten)]
    pub effect: Effect,
    /// Number of the certificate that they saw.
    pub certificate: Option<i64>,
}

impl FromCells for SignOffRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            day: read_day(row)?,
            seq: row.int("seq")?,
            subject: row.text("subject")?,
            actor: row.text("actor")?,
            reason: row.text("reason")?,
            at: row.time("at")?,
            effect: Effect {
                net: row.money("net")?,
                tax: row.money("tax")?,
                gross: row.money("gross")?,
            },
            certificate: row.opt_int("certificate")?,
        })
    }
}

/// Writes a sign-off down.
pub async fn append(
    tx: &mut Tx,
    now: Timestamp,
    (warehouse_id, day): (i64, Day),
    new: &NewSignOff,
) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(APPEND)
            .bind(warehouse_id)
            .bind(day.to_string())
            .bind(new.subject.as_str())
            .bind(new.actor.as_str())
            .bind(new.reason.as_str())
            .bind(now.micros())
            .bind(new.effect.net.pence())
            .bind(new.effect.tax.pence())
            .bind(new.effect.gross.pence())
            .bind(new.certificate)
            .execute(c)
            .await?;
    });
    Ok(())
}

/// The sign-offs of a day.
pub async fn of_day(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    day: Day,
) -> StoreResult<Vec<SignOffRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_DAY).bind(warehouse_id).bind(day.to_string());
        all(&query.fetch_all(c).await?)
    })
}

/// The sign-offs of all stores from a day to another, both included.
pub async fn between(
    source: impl Into<Source<'_>>,
    (from, to): (Day, Day),
) -> StoreResult<Vec<SignOffRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(BETWEEN).bind(from.to_string()).bind(to.to_string());
        all(&query.fetch_all(c).await?)
    })
}
