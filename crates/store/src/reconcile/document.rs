//! OrderWise's documents as they were last read, a stretch of its wall clock at a time.

use std::collections::BTreeMap;

use daybook_domain::{
    Reference, Timestamp,
    document::Document,
    reconcile::witness::{LedgerDocument, LocalTime},
};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    chain::{self, Hash},
    engine::{self, Cells, FromCells, all, padded, pieces},
    supply::{from_json, to_json},
};

macro_rules! columns {
    () => {
        "erp_order_id, order_number, reference, order_type, order_date, stored_at, net, tax, \
         gross, status, lines"
    };
}

sql! {
    KNOWN = "SELECT erp_order_id, order_id, location_id, order_date, hash FROM ledger_document \
             WHERE order_date >= $1 AND order_date < $2";
    OURS = "SELECT erp_order_id, reference FROM ledger_document WHERE order_date >= $1 \
            AND order_date < $2 AND order_id IS NOT NULL ORDER BY erp_order_id";
    WINDOWS = "SELECT starts_at, ends_at, read_at FROM ledger_window \
               WHERE starts_at < $2 AND ends_at > $1 ORDER BY starts_at";
    CLEAR_WINDOWS = "DELETE FROM ledger_window WHERE starts_at < $2 AND ends_at > $1";
    PUT_WINDOW = "INSERT INTO ledger_window (starts_at, ends_at, read_at, documents) \
                  VALUES ($1, $2, $3, $4)";
    AT_PLACE = concat!("SELECT ", columns!(), " FROM ledger_document WHERE location_id = $1 \
                AND order_date >= $2 AND order_date < $3 AND erp_order_id > $4 \
                ORDER BY erp_order_id LIMIT $5");
    DATED = concat!("SELECT ", columns!(), " FROM ledger_document WHERE order_date >= $1 \
             AND order_date < $2 AND erp_order_id > $3 ORDER BY erp_order_id LIMIT $4");
}

const OF_ENTRIES: &str =
    concat!("SELECT ", columns!(), " FROM ledger_document WHERE order_id IN (");
const ORDER: &str = ") ORDER BY erp_order_id";
const GONE: &str = "DELETE FROM ledger_document WHERE erp_order_id IN (";
const UPSERT: &str = "INSERT INTO ledger_document (erp_order_id, order_number, reference, order_id, \
    order_type, order_date, stored_at, net, tax, gross, status, location_id, lines, hash, \
    changed_at) ";
const UPSERT_UP: &str = " ON CONFLICT (erp_order_id) DO UPDATE SET \
    order_number = excluded.order_number, reference = excluded.reference, \
    order_id = excluded.order_id, order_type = excluded.order_type, \
    order_date = excluded.order_date, stored_at = excluded.stored_at, net = excluded.net, \
    tax = excluded.tax, gross = excluded.gross, status = excluded.status, \
    location_id = excluded.location_id, lines = excluded.lines, hash = excluded.hash, \
    changed_at = excluded.changed_at";

/// A document as the book holds it.
struct Kept(LedgerDocument);

impl FromCells for Kept {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let document = Document {
            order_id: row.int("erp_order_id")?,
            order_number: row.text("order_number")?,
            reference: row.text("reference")?,
            order_type: row.int("order_type")?,
            stored_at: row.opt_time("stored_at")?,
            net: row.money("net")?,
            tax: row.money("tax")?,
            gross: row.money("gross")?,
            status: row.text("status")?,
        };
        Ok(Self(LedgerDocument {
            document,
            order_date: LocalTime::from_wall_micros(row.int("order_date")?),
            lines: row.opt_text("lines")?.as_deref().map(from_json).transpose()?,
            payments: None,
            account: None,
        }))
    }
}

/// What is new, different or gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touched {
    /// OrderWise's id of the document.
    pub erp_order_id: i64,
    /// The entry that it names.
    pub order_id: Option<i64>,
    /// Stock location of its first line.
    pub location_id: Option<i64>,
    /// Its order date.
    pub order_date: LocalTime,
}

struct Known {
    touched: Touched,
    hash: Hash,
}

impl FromCells for Known {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let touched = Touched {
            erp_order_id: row.int("erp_order_id")?,
            order_id: row.opt_int("order_id")?,
            location_id: row.opt_int("location_id")?,
            order_date: LocalTime::from_wall_micros(row.int("order_date")?),
        };
        Ok(Self { touched, hash: row.hash("hash")? })
    }
}

#[expect(clippy::struct_field_names, reason = "the table's own names")]
struct Window {
    starts_at: i64,
    ends_at: i64,
    read_at: Timestamp,
}

impl FromCells for Window {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            starts_at: row.int("starts_at")?,
            ends_at: row.int("ends_at")?,
            read_at: row.time("read_at")?,
        })
    }
}

/// A document that is to be kept.
struct New<'a> {
    document: &'a LedgerDocument,
    touched: Touched,
    lines: Option<String>,
    hash: Hash,
}

impl<'a> New<'a> {
    fn of(document: &'a LedgerDocument) -> StoreResult<Self> {
        let head = &document.document;
        let lines = document.lines.as_ref();
        let touched = Touched {
            erp_order_id: head.order_id,
            order_id: Reference::named_by(&head.reference).map(|entry| entry.order_id),
            location_id: lines.and_then(|all| all.iter().find_map(|line| line.stock_location_id)),
            order_date: document.order_date,
        };
        let lines = lines.map(to_json).transpose()?;
        // When OrderWise stored it is no part of what it says.
        let hash = chain::hash(&[
            head.order_number.as_bytes(),
            head.reference.as_bytes(),
            &head.order_type.to_be_bytes(),
            &document.order_date.wall_micros().to_be_bytes(),
            &head.net.pence().to_be_bytes(),
            &head.tax.pence().to_be_bytes(),
            &head.gross.pence().to_be_bytes(),
            head.status.as_bytes(),
            lines.as_deref().unwrap_or("-").as_bytes(),
        ]);
        Ok(Self { document, touched, lines, hash })
    }
}

/// Puts `documents` in the place of what was known of the time from `from` to before `to`. Gives
/// what is new, different or gone; what is as it was is not written again.
pub async fn replace(
    tx: &mut Tx,
    read_at: Timestamp,
    (from, to): (LocalTime, LocalTime),
    documents: &[LedgerDocument],
) -> StoreResult<Vec<Touched>> {
    let (from, to) = (from.wall_micros(), to.wall_micros());
    let known: Vec<Known> = on!(tx, c => {
        all(&sqlx::query(KNOWN).bind(from).bind(to).fetch_all(c).await?)?
    });
    let mut known: BTreeMap<i64, Known> =
        known.into_iter().map(|row| (row.touched.erp_order_id, row)).collect();
    // An export may tell a row twice; the last one counts.
    let told: BTreeMap<i64, &LedgerDocument> =
        documents.iter().map(|document| (document.document.order_id, document)).collect();
    let mut changed = Vec::new();
    for (id, document) in told {
        let new = New::of(document)?;
        if known.remove(&id).is_none_or(|known| known.hash != new.hash) {
            changed.push(new);
        }
    }
    for piece in pieces(changed.len()) {
        write(tx, read_at, &changed[piece]).await?;
    }
    let gone: Vec<Touched> = known.into_values().map(|row| row.touched).collect();
    remove(tx, &gone).await?;
    on!(tx, c => {
        sqlx::query(CLEAR_WINDOWS).bind(from).bind(to).execute(&mut *c).await?;
        let count = engine::limit(documents.len());
        let query = sqlx::query(PUT_WINDOW).bind(from).bind(to).bind(read_at.micros());
        query.bind(count).execute(c).await?;
    });
    Ok(changed.into_iter().map(|new| new.touched).chain(gone).collect())
}

async fn write(tx: &mut Tx, at: Timestamp, documents: &[New<'_>]) -> StoreResult<()> {
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(UPSERT);
        query.push_values(documents, |mut row, new| {
            let head = &new.document.document;
            row.push_bind(head.order_id).push_bind(head.order_number.as_str());
            row.push_bind(head.reference.as_str()).push_bind(new.touched.order_id);
            row.push_bind(head.order_type).push_bind(new.document.order_date.wall_micros());
            row.push_bind(head.stored_at.map(Timestamp::micros)).push_bind(head.net.pence());
            row.push_bind(head.tax.pence()).push_bind(head.gross.pence());
            row.push_bind(head.status.as_str()).push_bind(new.touched.location_id);
            row.push_bind(new.lines.as_deref()).push_bind(new.hash.as_slice());
            row.push_bind(at.micros());
        });
        query.push(UPSERT_UP).build().execute(c).await?;
    });
    Ok(())
}

async fn remove(tx: &mut Tx, gone: &[Touched]) -> StoreResult<()> {
    let ids: Vec<i64> = gone.iter().map(|gone| gone.erp_order_id).collect();
    for ids in ids.chunks(1_024) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(GONE);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// When the time from `from` to before `to` was read, its oldest part; none where a part of it never
/// was.
pub async fn read_at(
    source: impl Into<Source<'_>>,
    from: LocalTime,
    to: LocalTime,
) -> StoreResult<Option<Timestamp>> {
    let (from, to) = (from.wall_micros(), to.wall_micros());
    let mut conn = source.into().open().await?;
    let windows: Vec<Window> = on!(conn, c => {
        all(&sqlx::query(WINDOWS).bind(from).bind(to).fetch_all(c).await?)?
    });
    let (mut reached, mut oldest) = (from, None);
    for window in windows {
        if window.starts_at > reached {
            return Ok(None);
        }
        reached = reached.max(window.ends_at);
        oldest = Some(oldest.map_or(window.read_at, |at: Timestamp| at.min(window.read_at)));
    }
    Ok(oldest.filter(|_| reached >= to))
}

/// The documents that name these entries, whatever their date.
pub async fn of_entries(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<Vec<LedgerDocument>> {
    let mut conn = source.into().open().await?;
    let mut found: Vec<LedgerDocument> = Vec::new();
    for ids in order_ids.chunks(1_024) {
        let kept: Vec<Kept> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(OF_ENTRIES);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all(&query.push(ORDER).build().fetch_all(c).await?)?
        });
        found.extend(kept.into_iter().map(|kept| kept.0));
    }
    Ok(found)
}

/// A page of the documents of a stock location that are dated from `from` to before `to`, by id;
/// `after` is the last id of the page before.
pub async fn at_place(
    source: impl Into<Source<'_>>,
    location_id: i64,
    (from, to): (LocalTime, LocalTime),
    after: i64,
    limit: usize,
) -> StoreResult<Vec<LedgerDocument>> {
    let mut conn = source.into().open().await?;
    let kept: Vec<Kept> = on!(conn, c => {
        let query = sqlx::query(AT_PLACE).bind(location_id).bind(from.wall_micros());
        let query = query.bind(to.wall_micros()).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)?
    });
    Ok(kept.into_iter().map(|kept| kept.0).collect())
}

/// Documents of entries that are dated from `from` to before `to`: OrderWise's id and the reference.
pub async fn ours(
    source: impl Into<Source<'_>>,
    (from, to): (LocalTime, LocalTime),
) -> StoreResult<Vec<(i64, String)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OURS).bind(from.wall_micros()).bind(to.wall_micros());
        let rows = query.fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.int("erp_order_id")?, row.text("reference")?))).collect()
    })
}

/// A page of all documents that are dated from `from` to before `to`.
pub async fn dated(
    source: impl Into<Source<'_>>,
    (from, to): (LocalTime, LocalTime),
    after: i64,
    limit: usize,
) -> StoreResult<Vec<LedgerDocument>> {
    let mut conn = source.into().open().await?;
    let kept: Vec<Kept> = on!(conn, c => {
        let query = sqlx::query(DATED).bind(from.wall_micros()).bind(to.wall_micros());
        all(&query.bind(after).bind(engine::limit(limit)).fetch_all(c).await?)?
    });
    Ok(kept.into_iter().map(|kept| kept.0).collect())
}
