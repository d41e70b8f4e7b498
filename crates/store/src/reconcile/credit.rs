//! Credits of documents that stand twice in OrderWise: one for each such document, for ever.

use daybook_domain::{Timestamp, document::Receipt, reconcile::witness::Day};
use serde::Serialize;

use super::day::read_day;
use crate::{
    Source, StoreResult, Tx,
    cutover::Leave,
    engine::{self, Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT erp_order_id, order_id, warehouse_id, day, state, attempt, lease_until, \
             due_at, doubt_since, lookups, credit_number, posted_at, detail \
             FROM double_credit ",
            $rest
        )
    };
}

sql! {
    GET = select!("WHERE erp_order_id = $1");
    DUE = select!("WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, erp_order_id LIMIT $2");
    OF_DAY = select!("WHERE warehouse_id = $1 AND day = $2 ORDER BY erp_order_id");
    /// Asked for once; asked for again it is due at once, unless it is there or on its way.
    ASK = "INSERT INTO double_credit (erp_order_id, order_id, warehouse_id, day, state, attempt, \
           due_at, lookups, detail) VALUES ($1, $2, $3, $4, 'ready', 0, $5, 0, '') \
           ON CONFLICT (erp_order_id) DO UPDATE SET due_at = excluded.due_at, \
           state = CASE WHEN double_credit.state = 'refused' THEN 'ready' \
           ELSE double_credit.state END WHERE double_credit.state IN ('ready', 'refused', 'in-doubt')";
    /// Only one process has the right to send; `due_at` is when its lease is over.
    INTEND = "UPDATE double_credit SET state = 'posting', attempt = attempt + 1, \
              lease_until = $3, due_at = $3, request = $4 \
              WHERE erp_order_id = $1 AND attempt = $2 AND state = 'ready'";
    DOUBT = "UPDATE double_credit SET state = 'in-doubt', lease_until = NULL, due_at = $3, \
             doubt_since = $4, lookups = 0, detail = $5 \
             WHERE erp_order_id = $1 AND attempt = $2 AND state = 'posting'";
    NOT_FOUND = "UPDATE double_credit SET lookups = lookups + 1, due_at = $3 \
                 WHERE erp_order_id = $1 AND attempt = $2 AND state = 'in-doubt'";
    PUT_OFF = "UPDATE double_credit SET due_at = $3 WHERE erp_order_id = $1 AND attempt = $2 \
               AND state IN ('ready', 'in-doubt')";
    READY = "UPDATE double_credit SET state = 'ready', lease_until = NULL, doubt_since = NULL, \
             lookups = 0, due_at = $3, detail = $4 WHERE erp_order_id = $1 AND attempt = $2 \
             AND state IN ('posting', 'in-doubt', 'ready')";
    REFUSED = "UPDATE double_credit SET state = 'refused', lease_until = NULL, due_at = NULL, \
               detail = $3 WHERE erp_order_id = $1 AND attempt = $2 \
               AND state IN ('posting', 'ready')";
    POSTED = "UPDATE double_credit SET state = 'posted', lease_until = NULL, due_at = NULL, \
              credit_id = $2, credit_number = $3, posted_at = $4, detail = '' \
              WHERE erp_order_id = $1 AND state <> 'posted'";
}

/// How far a credit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CreditState {
    /// To be placed.
    Ready,
    /// Its intent is written; a call may be on its way.
    Posting,
    /// It was sent, and its outcome is not known.
    InDoubt,
    /// OrderWise has it.
    Posted,
    /// OrderWise refused it: a person must help.
    Refused,
}

impl CreditState {
    /// The word used in the database and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Posting => "posting",
            Self::InDoubt => "in-doubt",
            Self::Posted => "posted",
            Self::Refused => "refused",
        }
    }
}

impl std::str::FromStr for CreditState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Ready, Self::Posting, Self::InDoubt, Self::Posted, Self::Refused]
            .into_iter()
            .find(|state| state.word() == text)
            .ok_or_else(|| format!("'{text}' is no state of a credit"))
    }
}

/// A credit as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CreditRow {
    /// The document that is taken back: OrderWise's id.
    pub erp_order_id: i64,
    /// The entry whose reference it bears.
    pub order_id: i64,
    /// The store whose day it is about.
    pub warehouse_id: i64,
    /// The day.
    pub day: Day,
    /// How far it is.
    pub state: CreditState,
    /// Number of the last try; 0 before the first.
    pub attempt: i64,
    /// Until when whoever sends it may take.
    pub lease_until: Option<Timestamp>,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// Since when its outcome is not known.
    pub doubt_since: Option<Timestamp>,
    /// Look-ups since then that did not find it.
    pub lookups: i64,
    /// OrderWise's number of the credit.
    pub credit_number: Option<String>,
    /// When OrderWise took it, or it was found there.
    pub posted_at: Option<Timestamp>,
    /// What was the matter last.
    pub detail: String,
}

impl FromCells for CreditRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            erp_order_id: row.int("erp_order_id")?,
            order_id: row.int("order_id")?,
            warehouse_id: row.int("warehouse_id")?,
            day: read_day(row)?,
            state: row.word("state")?,
            attempt: row.int("attempt")?,
            lease_until: row.opt_time("lease_until")?,
            due_at: row.opt_time("due_at")?,
            doubt_since: row.opt_time("doubt_since")?,
            lookups: row.int("lookups")?,
            credit_number: row.opt_text("credit_number")?,
            posted_at: row.opt_time("posted_at")?,
            detail: row.text("detail")?,
        })
    }
}

/// The credit of a document, if one was asked for.
pub async fn get(
    source: impl Into<Source<'_>>,
    erp_order_id: i64,
) -> StoreResult<Option<CreditRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(erp_order_id).fetch_optional(c).await?.as_ref()))
}

/// Credits to be looked at by now.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<CreditRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        all(&sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// The credits of a day.
pub async fn of_day(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    day: Day,
) -> StoreResult<Vec<CreditRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_DAY).bind(warehouse_id).bind(day.to_string());
        all(&query.fetch_all(c).await?)
    })
}

/// A person wants the document of `order_id` to be credited.
pub async fn ask(
    tx: &mut Tx,
    now: Timestamp,
    (warehouse_id, day): (i64, Day),
    (order_id, erp_order_id): (i64, i64),
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(ASK).bind(erp_order_id).bind(order_id).bind(warehouse_id);
        query.bind(day.to_string()).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// The intent, before the call: `request` is the body about to be sent, masked. False where another
/// process was faster.
pub async fn intend(
    tx: &mut Tx,
    _leave: Leave,
    row: &CreditRow,
    lease_until: Timestamp,
    request: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(INTEND).bind(row.erp_order_id).bind(row.attempt);
        let query = query.bind(lease_until.micros()).bind(request);
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// Its outcome is not known.
pub async fn doubt(
    tx: &mut Tx,
    (erp_order_id, attempt): (i64, i64),
    now: Timestamp,
    detail: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(DOUBT).bind(erp_order_id).bind(attempt);
        let query = query.bind(now.micros()).bind(now.micros()).bind(detail);
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// A look-up did not find it; the next one is due then.
pub async fn not_found(tx: &mut Tx, row: &CreditRow, again: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(NOT_FOUND).bind(row.erp_order_id).bind(row.attempt);
        query.bind(again.micros()).execute(c).await?;
    });
    Ok(())
}

/// It stays as it is, and is looked at again then.
pub async fn put_off(tx: &mut Tx, row: &CreditRow, again: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(PUT_OFF).bind(row.erp_order_id).bind(row.attempt);
        query.bind(again.micros()).execute(c).await?;
    });
    Ok(())
}

/// It is not there, and is placed (again) then.
pub async fn ready(
    tx: &mut Tx,
    (erp_order_id, attempt): (i64, i64),
    due: Timestamp,
    detail: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(READY).bind(erp_order_id).bind(attempt);
        let query = query.bind(due.micros()).bind(detail);
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// OrderWise does not take it, or Daybook does not send it.
pub async fn refused(
    tx: &mut Tx,
    (erp_order_id, attempt): (i64, i64),
    detail: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(REFUSED).bind(erp_order_id).bind(attempt).bind(detail);
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// OrderWise has it. Whoever learns that may say so: it is true whatever else was tried.
pub async fn posted(
    tx: &mut Tx,
    now: Timestamp,
    erp_order_id: i64,
    credit: &Receipt,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(POSTED).bind(erp_order_id).bind(credit.order_id);
        let query = query.bind(credit.order_number.as_str()).bind(now.micros());
        query.execute(c).await?.rows_affected() == 1
    }))
}
