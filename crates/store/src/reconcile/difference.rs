//! The differences of a day, each with its cause, and the pennies that a tolerance let pass.

use std::collections::BTreeMap;

use daybook_domain::{Money, Timestamp, reconcile::witness::Day};
use serde::Serialize;
use sqlx::QueryBuilder;

use super::day::read_day;
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT warehouse_id, day, seq, key, measure, cause, tolerated, order_id, erp_order_id, \
             register_id, subject, net, tax, gross, detail, since FROM day_difference ",
            $rest
        )
    };
}

sql! {
    OF_DAY = select!("WHERE warehouse_id = $1 AND day = $2 ORDER BY seq");
    OF_ENTRY = select!("WHERE order_id = $1 ORDER BY warehouse_id, day, seq");
    SINCE = "SELECT warehouse_id, day, key, since FROM day_difference \
             WHERE day >= $1 AND day <= $2";
    OF_CAUSE = select!("WHERE cause = $1 AND day >= $2 AND day <= $3 \
                        ORDER BY day, warehouse_id, seq LIMIT $4");
    CLEAR = "DELETE FROM day_difference WHERE warehouse_id = $1 AND day = $2";
    BY_CAUSE = "SELECT measure, cause, tolerated, CAST(count(*) AS BIGINT) AS differences, \
                CAST(sum(net) AS BIGINT) AS net, CAST(sum(tax) AS BIGINT) AS tax, \
                CAST(sum(gross) AS BIGINT) AS gross, min(since) AS since FROM day_difference \
                WHERE day >= $1 AND day <= $2 \
                GROUP BY measure, cause, tolerated ORDER BY measure, cause, tolerated";
    CLEAR_TOLERATED = "DELETE FROM tolerated WHERE warehouse_id = $1 AND day = $2";
    PUT_TOLERATED = "INSERT INTO tolerated (warehouse_id, day, tax_code, differences, net, tax, \
                     gross, turnover) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    TOLERATED_BEFORE = "SELECT tax_code, CAST(sum(differences) AS BIGINT) AS differences, \
                     CAST(sum(net) AS BIGINT) AS net, CAST(sum(tax) AS BIGINT) AS tax, \
                     CAST(sum(gross) AS BIGINT) AS gross, \
                     CAST(sum(turnover) AS BIGINT) AS turnover FROM tolerated \
                     WHERE warehouse_id = $1 AND day < $2 GROUP BY tax_code ORDER BY tax_code";
    TOLERATED = "SELECT tax_code, CAST(sum(differences) AS BIGINT) AS differences, \
                 CAST(sum(net) AS BIGINT) AS net, CAST(sum(tax) AS BIGINT) AS tax, \
                 CAST(sum(gross) AS BIGINT) AS gross, \
                 CAST(sum(turnover) AS BIGINT) AS turnover FROM tolerated \
                 WHERE day >= $1 AND day <= $2 GROUP BY tax_code ORDER BY tax_code";
}

const INSERT: &str = "INSERT INTO day_difference (warehouse_id, day, seq, key, measure, cause, \
    tolerated, order_id, erp_order_id, register_id, subject, net, tax, gross, detail, since) ";

/// Pence of net, tax and gross.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// Net.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// Gross.
    pub gross: Money,
}

/// A difference that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDifference {
    /// Its key, which changes with anything about it: what a person signs.
    pub key: String,
    /// What was compared.
    pub measure: String,
    /// Code of its cause.
    pub cause: String,
    /// Whether a tolerance lets it pass.
    pub tolerated: bool,
    /// The entry.
    pub order_id: Option<i64>,
    /// OrderWise's document.
    pub erp_order_id: Option<i64>,
    /// The till.
    pub register_id: Option<String>,
    /// What it is about: a receipt, a line, a tender.
    pub subject: String,
    /// OrderWise's side less the till's.
    pub effect: Effect,
    /// Everything about it, as JSON; nothing about the shopper.
    pub detail: String,
}

/// A difference as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferenceRow {
    /// The store.
    pub warehouse_id: i64,
    /// The day.
    pub day: Day,
    /// Its place in the day, from 1.
    pub seq: i64,
    /// Its key, which changes with anything about it.
    pub key: String,
    /// What was compared.
    pub measure: String,
    /// Code of its cause.
    pub cause: String,
    /// Whether a tolerance lets it pass.
    pub tolerated: bool,
    /// The entry.
    pub order_id: Option<i64>,
    /// OrderWise's document.
    pub erp_order_id: Option<i64>,
    /// The till.
    pub register_id: Option<String>,
    /// What it is about.
    pub subject: String,
    /// OrderWise's side less the till's.
    #[serde(flatten)]
    pub effect: Effect,
    /// Everything about it, as JSON.
    pub detail: String,
    /// Since when it has been known.
    pub since: Timestamp,
}

impl Effect {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { net: row.money("net")?, tax: row.money("tax")?, gross: row.money("gross")? })
    }
}

impl FromCells for DifferenceRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            day: read_day(row)?,
            seq: row.int("seq")?,
            key: row.text("key")?,
            measure: row.text("measure")?,
            cause: row.text("cause")?,
            tolerated: row.int("tolerated")? != 0,
            order_id: row.opt_int("order_id")?,
            erp_order_id: row.opt_int("erp_order_id")?,
            register_id: row.opt_text("register_id")?,
            subject: row.text("subject")?,
            effect: Effect::read(row)?,
            detail: row.text("detail")?,
            since: row.time("since")?,
        })
    }
}

impl DifferenceRow {
    /// Whether it is the same difference, found again.
    fn is(&self, new: &NewDifference) -> bool {
        self.measure == new.measure
            && self.cause == new.cause
            && self.order_id == new.order_id
            && self.erp_order_id == new.erp_order_id
            && self.register_id == new.register_id
            && self.subject == new.subject
    }
}

/// Differences of one cause together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseTotal {
    /// What was compared.
    pub measure: String,
    /// Code of the cause.
    pub cause: String,
    /// Whether a tolerance lets them pass.
    pub tolerated: bool,
    /// How many.
    pub differences: i64,
    /// What they sum to.
    #[serde(flatten)]
    pub effect: Effect,
    /// Since when the oldest has been known.
    pub since: Timestamp,
}

impl FromCells for CauseTotal {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            measure: row.text("measure")?,
            cause: row.text("cause")?,
            tolerated: row.int("tolerated")? != 0,
            differences: row.int("differences")?,
            effect: Effect::read(row)?,
            since: row.time("since")?,
        })
    }
}

/// Tolerated pennies under one tax code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tolerated {
    /// OrderWise's tax code; empty where a line has none.
    pub tax_code: String,
    /// How many differences.
    pub differences: i64,
    /// What they sum to.
    #[serde(flatten)]
    pub effect: Effect,
    /// The same without their signs.
    pub turnover: Money,
}

impl FromCells for Tolerated {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            tax_code: row.text("tax_code")?,
            differences: row.int("differences")?,
            effect: Effect::read(row)?,
            turnover: row.money("turnover")?,
        })
    }
}

/// Puts `found` in the place of the day's differences. One that was known keeps its age.
pub async fn replace(
    tx: &mut Tx,
    now: Timestamp,
    (warehouse_id, day): (i64, Day),
    found: &[NewDifference],
) -> StoreResult<()> {
    let before = of_day(&mut *tx, warehouse_id, day).await?;
    let since = |new: &NewDifference| {
        before.iter().find(|row| row.is(new)).map_or(now, |row| row.since).micros()
    };
    let day = day.to_string();
    on!(tx, c => {
        sqlx::query(CLEAR).bind(warehouse_id).bind(day.as_str()).execute(c).await?;
    });
    let found: Vec<(i64, &NewDifference)> = (1..).zip(found).collect();
    for piece in pieces(found.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&found[piece], |mut row, (seq, new)| {
                row.push_bind(warehouse_id).push_bind(day.as_str()).push_bind(*seq);
                row.push_bind(new.key.as_str()).push_bind(new.measure.as_str());
                row.push_bind(new.cause.as_str()).push_bind(i64::from(new.tolerated));
                row.push_bind(new.order_id).push_bind(new.erp_order_id);
                row.push_bind(new.register_id.as_deref()).push_bind(new.subject.as_str());
                row.push_bind(new.effect.net.pence()).push_bind(new.effect.tax.pence());
                row.push_bind(new.effect.gross.pence()).push_bind(new.detail.as_str());
                row.push_bind(since(new));
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// The differences of a day.
pub async fn of_day(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    day: Day,
) -> StoreResult<Vec<DifferenceRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_DAY).bind(warehouse_id).bind(day.to_string());
        all(&query.fetch_all(c).await?)
    })
}

/// The differences of an entry.
pub async fn of_entry(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<DifferenceRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(c).await?))
}

/// Differences of one cause, from a day to another, both included.
pub async fn of_cause(
    source: impl Into<Source<'_>>,
    cause: &str,
    (from, to): (Day, Day),
    limit: usize,
) -> StoreResult<Vec<DifferenceRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_CAUSE).bind(cause).bind(from.to_string()).bind(to.to_string());
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// Since when each difference has been known, by store, day and key, from a day to another, both
/// included.
pub async fn since(
    source: impl Into<Source<'_>>,
    (from, to): (Day, Day),
) -> StoreResult<BTreeMap<(i64, Day, String), Timestamp>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(SINCE).bind(from.to_string()).bind(to.to_string());
        let mut found = BTreeMap::new();
        for row in query.fetch_all(c).await? {
            let key = (row.int("warehouse_id")?, read_day(&row)?, row.text("key")?);
            found.insert(key, row.time("since")?);
        }
        Ok(found)
    })
}

/// Differences by cause, from a day to another, both included.
pub async fn by_cause(
    source: impl Into<Source<'_>>,
    (from, to): (Day, Day),
) -> StoreResult<Vec<CauseTotal>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(BY_CAUSE).bind(from.to_string()).bind(to.to_string());
        all(&query.fetch_all(c).await?)
    })
}

/// Puts `pennies` in the place of what was tolerated on a day; each tax code once.
pub async fn replace_tolerated(
    tx: &mut Tx,
    (warehouse_id, day): (i64, Day),
    pennies: &[Tolerated],
) -> StoreResult<()> {
    let day = day.to_string();
    on!(tx, c => {
        sqlx::query(CLEAR_TOLERATED).bind(warehouse_id).bind(&day).execute(&mut *c).await?;
        for one in pennies {
            sqlx::query(PUT_TOLERATED)
                .bind(warehouse_id)
                .bind(&day)
                .bind(&one.tax_code)
                .bind(one.differences)
                .bind(one.effect.net.pence())
                .bind(one.effect.tax.pence())
                .bind(one.effect.gross.pence())
                .bind(one.turnover.pence())
                .execute(&mut *c)
                .await?;
        }
    });
    Ok(())
}

/// What was tolerated from a day to another, both included, by tax code.
pub async fn tolerated(
    source: impl Into<Source<'_>>,
    (from, to): (Day, Day),
) -> StoreResult<Vec<Tolerated>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(TOLERATED).bind(from.to_string()).bind(to.to_string());
        all(&query.fetch_all(c).await?)
    })
}

/// What was tolerated in a store before a day, by tax code.
pub async fn tolerated_before(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    day: Day,
) -> StoreResult<Vec<Tolerated>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(TOLERATED_BEFORE).bind(warehouse_id).bind(day.to_string());
        all(&query.fetch_all(c).await?)
    })
}
