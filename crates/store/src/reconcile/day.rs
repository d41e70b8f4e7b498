//! Days of stores: how far each one is, and what comparing it came to.

use daybook_domain::{Money, Timestamp, reconcile::witness::Day};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreError, StoreResult, Tx,
    chain::Hash,
    engine::{self, Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT warehouse_id, day, state, due_at, reconciled_at, inputs, entries, \
             differences, net, tax, gross, certificate, detail FROM store_day ",
            $rest
        )
    };
}

sql! {
    STANDINGS = "SELECT warehouse_id, day, state, due_at, differences, gross, certificate \
                 FROM store_day WHERE day >= $1 AND day <= $2 ORDER BY day, warehouse_id";
    GET = select!("WHERE warehouse_id = $1 AND day = $2");
    DUE = select!("WHERE due_at IS NOT NULL AND due_at <= $1 \
                   ORDER BY due_at, warehouse_id, day LIMIT $2");
    UNCLOSED = select!("WHERE state IN ('open', 'not-fresh', 'differs') AND day <= $1 \
                        ORDER BY day, warehouse_id LIMIT $2");
    /// Looked at again at `$3`, or sooner where that was said before.
    TOUCH = "INSERT INTO store_day (warehouse_id, day, state, due_at, entries, differences, net, \
             tax, gross, detail) VALUES ($1, $2, 'open', $3, 0, 0, 0, 0, 0, '') \
             ON CONFLICT (warehouse_id, day) DO UPDATE SET due_at = \
             CASE WHEN store_day.due_at IS NULL OR store_day.due_at > excluded.due_at \
             THEN excluded.due_at ELSE store_day.due_at END";
    PUT = "INSERT INTO store_day (warehouse_id, day, state, due_at, reconciled_at, inputs, \
           entries, differences, net, tax, gross, certificate, detail) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
           ON CONFLICT (warehouse_id, day) DO UPDATE SET state = excluded.state, \
           due_at = excluded.due_at, reconciled_at = excluded.reconciled_at, \
           inputs = excluded.inputs, entries = excluded.entries, \
           differences = excluded.differences, net = excluded.net, tax = excluded.tax, \
           gross = excluded.gross, certificate = excluded.certificate, detail = excluded.detail";
}

const LIST: &str = select!("WHERE day >= ");

/// How far a day is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DayState {
    /// It was not compared yet, or has to be again.
    Open,
    /// A witness is missing, or not as fresh as the others.
    NotFresh,
    /// Something differs.
    Differs,
    /// Complete and equal, or what differs is tolerated.
    Closed,
    /// What differs was accepted by a person.
    SignedOff,
}

impl DayState {
    /// The word used in the database and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::NotFresh => "not-fresh",
            Self::Differs => "differs",
            Self::Closed => "closed",
            Self::SignedOff => "signed-off",
        }
    }

    /// Whether a period may be closed over it.
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Closed | Self::SignedOff)
    }
}

impl std::str::FromStr for DayState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Open, Self::NotFresh, Self::Differs, Self::Closed, Self::SignedOff]
            .into_iter()
            .find(|state| state.word() == text)
            .ok_or_else(|| format!("'{text}' is no state of a day"))
    }
}

/// A day of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoreDayRow {
    /// The store.
    pub warehouse_id: i64,
    /// The day.
    pub day: Day,
    /// How far it is.
    pub state: DayState,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// When it was last compared.
    pub reconciled_at: Option<Timestamp>,
    /// Fingerprint of what was compared: the same again needs no second look.
    #[serde(skip)]
    pub inputs: Option<Hash>,
    /// Entries of the day.
    pub entries: i64,
    /// How many differences it has, tolerated ones left out.
    pub differences: i64,
    /// What they sum to: net.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// Gross.
    pub gross: Money,
    /// Number of its latest certificate in the store's chain.
    pub certificate: Option<i64>,
    /// One sentence for a person.
    pub detail: String,
}

pub(crate) fn read_day(row: &impl Cells) -> StoreResult<Day> {
    row.text("day")?
        .parse()
        .map_err(|error: <Day as std::str::FromStr>::Err| StoreError::unreadable(error.to_string()))
}

impl FromCells for StoreDayRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            day: read_day(row)?,
            state: row.word("state")?,
            due_at: row.opt_time("due_at")?,
            reconciled_at: row.opt_time("reconciled_at")?,
            inputs: row.opt_bytes("inputs")?.and_then(|bytes| bytes.try_into().ok()),
            entries: row.int("entries")?,
            differences: row.int("differences")?,
            net: row.money("net")?,
            tax: row.money("tax")?,
            gross: row.money("gross")?,
            certificate: row.opt_int("certificate")?,
            detail: row.text("detail")?,
        })
    }
}

/// One day of a store.
pub async fn get(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    day: Day,
) -> StoreResult<Option<StoreDayRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(warehouse_id).bind(day.to_string());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// Days that are to be looked at by now.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<StoreDayRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        all(&sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// Days up to `last` that are not closed, the oldest first.
pub async fn unclosed(
    source: impl Into<Source<'_>>,
    last: Day,
    limit: usize,
) -> StoreResult<Vec<StoreDayRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(UNCLOSED).bind(last.to_string()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Days from `from` to `to`, both included, of one store or of all, by day.
pub async fn list(
    source: impl Into<Source<'_>>,
    (from, to): (Day, Day),
    warehouse_id: Option<i64>,
) -> StoreResult<Vec<StoreDayRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(LIST);
        query.push_bind(from.to_string()).push(" AND day <= ").push_bind(to.to_string());
        if let Some(id) = warehouse_id {
            query.push(" AND warehouse_id = ").push_bind(id);
        }
        all(&query.push(" ORDER BY day, warehouse_id").build().fetch_all(c).await?)
    })
}

/// How far a day is, without what comparing it came to: a month of all stores is many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingRow {
    /// Sitoo's warehouse id.
    pub warehouse_id: i64,
    /// The day.
    pub day: Day,
    /// How far it is.
    pub state: DayState,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// How many differences it has, tolerated ones left out.
    pub differences: i64,
    /// What they sum to, gross.
    pub gross: Money,
    /// Number of its latest certificate in the store's chain.
    pub certificate: Option<i64>,
}

impl FromCells for StandingRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            day: read_day(row)?,
            state: row.word("state")?,
            due_at: row.opt_time("due_at")?,
            differences: row.int("differences")?,
            gross: row.money("gross")?,
            certificate: row.opt_int("certificate")?,
        })
    }
}

/// How far all days from `from` to `to` are, both included, by day and store.
pub async fn standings(
    source: impl Into<Source<'_>>,
    (from, to): (Day, Day),
) -> StoreResult<Vec<StandingRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(STANDINGS).bind(from.to_string()).bind(to.to_string());
        all(&query.fetch_all(c).await?)
    })
}

/// A day is to be looked at (again) at this moment, or before.
pub async fn touch(tx: &mut Tx, warehouse_id: i64, day: Day, due: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(TOUCH).bind(warehouse_id).bind(day.to_string());
        query.bind(due.micros()).execute(c).await?;
    });
    Ok(())
}

/// Writes down how far a day is.
pub async fn put(tx: &mut Tx, row: &StoreDayRow) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(PUT)
            .bind(row.warehouse_id)
            .bind(row.day.to_string())
            .bind(row.state.word())
            .bind(row.due_at.map(Timestamp::micros))
            .bind(row.reconciled_at.map(Timestamp::micros))
            .bind(row.inputs.as_ref().map(<[u8; 32]>::as_slice))
            .bind(row.entries)
            .bind(row.differences)
            .bind(row.net.pence())
            .bind(row.tax.pence())
            .bind(row.gross.pence())
            .bind(row.certificate)
            .bind(row.detail.as_str())
            .execute(c)
            .await?;
    });
    Ok(())
}
