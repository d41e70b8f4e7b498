//! What was written to Sitoo's stock: the intent before the call, what came of it after. While it
//! is not known, its SKUs are not written again.

use daybook_domain::{Quantity, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreError, StoreResult, Tx,
    engine::{Cells, FromCells, all, pieces},
};

sql! {
    OPEN = "SELECT external_id, warehouse_id, kind, state, items, journal_from, intended_at, \
            doubt_since, due_at, lookups FROM stock_write WHERE finished_at IS NULL \
            ORDER BY intended_at, external_id";
    /// Only the process that holds the flow's lease intends: what it finds is its predecessor's.
    ORPHANED = "UPDATE stock_write SET state = 'in-doubt', doubt_since = $1, due_at = $1, \
                detail = 'the process that sent it is gone' \
                WHERE finished_at IS NULL AND state = 'intended'";
    FINISH = "UPDATE stock_write SET state = $2, finished_at = $3, due_at = NULL, detail = $4 \
              WHERE external_id = $1 AND finished_at IS NULL";
    DOUBT = "UPDATE stock_write SET state = 'in-doubt', doubt_since = $2, due_at = $2, \
             detail = $3 WHERE external_id = $1 AND finished_at IS NULL";
    LOOKED = "UPDATE stock_write SET lookups = $2, due_at = $3 WHERE external_id = $1 \
              AND finished_at IS NULL";
    ARRIVED = "SELECT items FROM stock_write WHERE finished_at >= $2 AND warehouse_id = $1 \
               AND state IN ('done', 'adopted')";
    PRUNE = "DELETE FROM stock_write WHERE finished_at IS NOT NULL AND finished_at < $1";
}

const INTEND: &str = "INSERT INTO stock_write (external_id, warehouse_id, kind, state, items, \
    journal_from, intended_at, lookups, detail) ";
const KNOWN: &str = "SELECT external_id FROM stock_write WHERE external_id IN (";

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteKind {
    /// Goods in.
    In,
    /// Goods out.
    Out,
    /// Absolute values, of a virtual warehouse.
    Absolute,
}

impl WriteKind {
    /// The word used in the book.
    pub const fn word(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Absolute => "absolute",
        }
    }
}

impl std::str::FromStr for WriteKind {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::In, Self::Out, Self::Absolute]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| format!("'{word}' is not a kind of stock write"))
    }
}

/// What came of a write that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// Sitoo has it.
    Done,
    /// In doubt, and found in the journal.
    Adopted,
    /// Refused, or certainly not sent.
    Refused,
    /// In doubt, and not in the journal after it was searched twice.
    GivenUp,
}

impl Ended {
    /// The word used in the book.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Adopted => "adopted",
            Self::Refused => "refused",
            Self::GivenUp => "given-up",
        }
    }
}

/// One SKU of a write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteItem {
    /// In Sitoo's spelling.
    pub sku: String,
    /// Folded.
    pub folded: String,
    /// The change, or the value of an absolute write. Signed.
    pub quantity: Quantity,
}

/// A write that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWrite {
    /// The key that makes a repeat visible; it stands in Sitoo's journal.
    pub external_id: String,
    /// Where.
    pub warehouse_id: i64,
    /// How.
    pub kind: WriteKind,
    /// What.
    pub items: Vec<WriteItem>,
    /// Everything in Sitoo's journal up to this id was there before.
    pub journal_from: i64,
}

/// A write whose end is not written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenWrite {
    /// As it was intended.
    pub write: NewWrite,
    /// Whether a call may be under way; otherwise it is in doubt.
    pub intended: bool,
    /// When it was intended.
    pub intended_at: Timestamp,
    /// Since when its outcome is not known.
    pub doubt_since: Option<Timestamp>,
    /// When the journal is searched next.
    pub due_at: Option<Timestamp>,
    /// How often it was searched in vain.
    pub lookups: i64,
}

impl FromCells for OpenWrite {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let items = serde_json::from_str(&row.text("items")?).map_err(StoreError::unreadable)?;
        Ok(Self {
            write: NewWrite {
                external_id: row.text("external_id")?,
                warehouse_id: row.int("warehouse_id")?,
                kind: row.word("kind")?,
                items,
                journal_from: row.int("journal_from")?,
            },
            intended: row.text("state")? == "intended",
            intended_at: row.time("intended_at")?,
            doubt_since: row.opt_time("doubt_since")?,
            due_at: row.opt_time("due_at")?,
            lookups: row.int("lookups")?,
        })
    }
}

/// Writes intents down.
pub async fn intend(tx: &mut Tx, now: Timestamp, writes: &[NewWrite]) -> StoreResult<()> {
    for piece in pieces(writes.len()) {
        let writes = &writes[piece];
        let items: Vec<String> = writes
            .iter()
            .map(|write| serde_json::to_string(&write.items).map_err(StoreError::unreadable))
            .collect::<StoreResult<_>>()?;
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INTEND);
            query.push_values(writes.iter().zip(&items), |mut row, (write, items)| {
                row.push_bind(write.external_id.as_str()).push_bind(write.warehouse_id);
                row.push_bind(write.kind.word()).push_bind("intended").push_bind(items.as_str());
                row.push_bind(write.journal_from).push_bind(now.micros());
                row.push_bind(0_i64).push_bind("");
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// Every write whose end is not written down, the oldest first.
pub async fn open(source: impl Into<Source<'_>>) -> StoreResult<Vec<OpenWrite>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OPEN).fetch_all(c).await?))
}

/// Intents whose process is gone become in doubt; returns how many.
pub async fn adopt_orphans(tx: &mut Tx, now: Timestamp) -> StoreResult<u64> {
    Ok(on!(tx, c => sqlx::query(ORPHANED).bind(now.micros()).execute(c).await?.rows_affected()))
}

/// Ends a write.
pub async fn finish(
    tx: &mut Tx,
    now: Timestamp,
    external_id: &str,
    ended: Ended,
    detail: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(FINISH).bind(external_id).bind(ended.word());
        query.bind(now.micros()).bind(detail).execute(c).await?;
    });
    Ok(())
}

/// Notes that nobody knows what came of a write.
pub async fn doubt(
    tx: &mut Tx,
    now: Timestamp,
    external_id: &str,
    detail: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(DOUBT).bind(external_id).bind(now.micros()).bind(detail);
        query.execute(c).await?;
    });
    Ok(())
}

/// Notes that the journal was searched in vain, and when to search it again.
pub async fn looked(
    tx: &mut Tx,
    external_id: &str,
    lookups: i64,
    again: Timestamp,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(LOOKED).bind(external_id).bind(lookups).bind(again.micros());
        query.execute(c).await?;
    });
    Ok(())
}

/// Which of these ids are of our own writes.
pub async fn known(
    source: impl Into<Source<'_>>,
    external_ids: &[String],
) -> StoreResult<std::collections::HashSet<String>> {
    let mut conn = source.into().open().await?;
    let mut found = std::collections::HashSet::new();
    for piece in pieces(external_ids.len()) {
        on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(KNOWN);
            let mut list = query.separated(", ");
            for id in &external_ids[piece] {
                list.push_bind(id.as_str());
            }
            for row in query.push(")").build().fetch_all(c).await? {
                found.insert(row.text("external_id")?);
            }
        });
    }
    Ok(found)
}

/// The SKUs, as Sitoo spells them, of writes that it has taken for a warehouse since a moment.
pub async fn arrived(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    since: Timestamp,
) -> StoreResult<std::collections::HashSet<String>> {
    let mut conn = source.into().open().await?;
    let mut found = std::collections::HashSet::new();
    on!(conn, c => {
        let query = sqlx::query(ARRIVED).bind(warehouse_id).bind(since.micros());
        for row in query.fetch_all(c).await? {
            let items: Vec<WriteItem> =
                serde_json::from_str(&row.text("items")?).map_err(StoreError::unreadable)?;
            found.extend(items.into_iter().map(|item| item.sku));
        }
    });
    Ok(found)
}

/// Forgets writes that ended before `before`; the history stays.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    Ok(on!(tx, c => sqlx::query(PRUNE).bind(before.micros()).execute(c).await?.rows_affected()))
}
