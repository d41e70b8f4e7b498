//! What was looked for, what became of it, and what Daybook posted since the switch.

use std::collections::HashMap;

use daybook_domain::{
    Money, Timestamp,
    cutover::plan::Pile,
    entry::{EntryKind, EntryState},
};
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one, padded},
    tx::Conn,
};

macro_rules! sought {
    ($rest:literal) => {
        concat!(
            "SELECT s.order_id, s.began_at, s.looked_at, s.asked_at, s.posting, s.faults, e.reference, \
             e.state, e.kind, e.warehouse_id, e.gross, e.vat, e.order_date, e.received_at, \
             x.erp_order_id, x.order_number, x.reference AS other, x.net AS erp_net, \
             x.tax AS erp_tax, x.gross AS erp_gross FROM sought AS s \
             JOIN entry AS e ON e.order_id = s.order_id \
             LEFT JOIN elsewhere AS x ON x.order_id = s.order_id ",
            $rest
        )
    };
}

sql! {
    /// What it would have been is as it was judged last; since when it is looked for stays.
    SEEK = "INSERT INTO sought (order_id, began_at, posting, faults) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (order_id) DO UPDATE SET posting = excluded.posting, \
            faults = excluded.faults";
    LOOKED = "INSERT INTO sought (order_id, began_at, looked_at, asked_at) \
              VALUES ($1, $2, $2, $2) ON CONFLICT (order_id) DO UPDATE \
              SET looked_at = excluded.looked_at, asked_at = excluded.asked_at";
    ASKED = "UPDATE sought SET asked_at = $2 WHERE order_id = $1";
    SOUGHT = sought!("WHERE s.order_id > $1 ORDER BY s.order_id, x.erp_order_id LIMIT $2");
    PILE = "SELECT CAST(count(*) AS BIGINT) AS entries, \
               CAST(coalesce(sum(abs(gross)), 0) AS BIGINT) AS money, min(received_at) AS oldest \
               FROM entry WHERE state = 'in-doubt' AND reason = $1 AND received_at < $2";
    DOUBTFUL = "SELECT CAST(count(*) AS BIGINT) AS entries FROM entry \
                WHERE state = 'in-doubt' AND (reason IS NULL OR reason <> $1)";
    ADOPTED = "SELECT CAST(count(DISTINCT order_id) AS BIGINT) AS entries FROM elsewhere";
    DIFFERENT = "SELECT CAST(count(DISTINCT f.order_id) AS BIGINT) AS entries FROM finding AS f \
                 JOIN elsewhere AS x ON x.order_id = f.order_id";
    WOULD_BE_HELD = "SELECT CAST(count(*) AS BIGINT) AS entries FROM sought \
                     WHERE faults IS NOT NULL";
    LOWEST = "SELECT min(order_id) AS order_id FROM entry";
    FIRST_OPEN = "SELECT min(order_id) AS order_id FROM entry \
                  WHERE state IN ('waiting', 'ready', 'in-doubt', 'held') AND state \
                  IN ('waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted') \
                  AND NOT (state = 'in-doubt' AND attempt > 0 \
                  AND (reason IS NULL OR reason <> $1))";
    STILL_OPEN = "SELECT order_id FROM entry WHERE state = 'set-aside' AND due_at IS NOT NULL \
                  AND order_id < $1 UNION SELECT order_id FROM missing \
                  WHERE given_up_at IS NULL AND order_id < $1 ORDER BY order_id";
    /// What was sent since then, and what another book of Daybook had sent: it was found under our own
    /// references, and the other integration knows nothing of it.
    OURS = "SELECT e.order_id, e.reference, e.state, e.erp_order_id, e.erp_order_number, e.gross, \
            e.posted_at FROM entry AS e WHERE e.order_id > $1 \
            AND ((e.posted_at >= $2 AND e.attempt > 0) \
            OR (e.posted_at IS NOT NULL AND e.attempt = 0)) AND NOT EXISTS (SELECT 1 FROM elsewhere AS x \
            WHERE x.erp_order_id = e.erp_order_id) ORDER BY e.order_id LIMIT $3";
    /// Under references of the other integration.
    THEIRS = "SELECT e.order_id, e.reference, e.state, e.erp_order_id, e.erp_order_number, e.gross, \
              e.posted_at FROM entry AS e WHERE e.order_id > $1 \
              AND e.state IN ('posted', 'confirmed') AND EXISTS (SELECT 1 FROM elsewhere AS x \
              WHERE x.erp_order_id = e.erp_order_id) ORDER BY e.order_id LIMIT $2";
    UNSETTLED = "SELECT order_id, reference, state, erp_order_id, erp_order_number, gross, \
                 posted_at FROM entry WHERE state IN ('posting', 'in-doubt') AND state \
                 IN ('waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted') AND attempt > 0 \
                 AND (reason IS NULL OR reason <> $1) ORDER BY order_id";
}

const LOOKED_AT: &str =
    "SELECT order_id, looked_at FROM sought WHERE looked_at IS NOT NULL AND order_id IN (";

/// An entry that was looked for; with several adopted documents it comes several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoughtRow {
    /// Sitoo's order id.
    pub order_id: i64,
    /// Its own reference.
    pub reference: String,
    /// Where it is.
    pub state: EntryState,
    /// Sale or return.
    pub kind: EntryKind,
    /// The store.
    pub warehouse_id: Option<i64>,
    /// The till's gross, returns negative.
    pub gross: Money,
    /// The till's VAT, returns negative.
    pub vat: Money,
    /// When it happened at the till.
    pub order_date: Timestamp,
    /// When it was written down.
    pub received_at: Timestamp,
    /// Since when it is looked for.
    pub began_at: Timestamp,
    /// When a look found nothing that was believed.
    pub looked_at: Option<Timestamp>,
    /// When OrderWise was last asked for it; none before the first look.
    pub asked_at: Option<Timestamp>,
    /// What Daybook would have posted (JSON).
    pub posting: Option<String>,
    /// What Daybook would have held it for (JSON).
    pub faults: Option<String>,
    /// The other integration's document: id, number, reference, net, tax, gross.
    pub found: Option<FoundCells>,
}

/// The cells of an adopted document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoundCells {
    /// OrderWise's id.
    pub erp_order_id: i64,
    /// Its number.
    pub order_number: String,
    /// Its reference.
    pub reference: String,
    /// Net.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// Gross.
    pub gross: Money,
}

impl FromCells for SoughtRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let found = match row.opt_int("erp_order_id")? {
            Some(erp_order_id) => Some(FoundCells {
                erp_order_id,
                order_number: row.text("order_number")?,
                reference: row.text("other")?,
                net: row.money("erp_net")?,
                tax: row.money("erp_tax")?,
                gross: row.money("erp_gross")?,
            }),
            None => None,
        };
        Ok(Self {
            order_id: row.int("order_id")?,
            reference: row.text("reference")?,
            state: row.word("state")?,
            kind: row.word("kind")?,
            warehouse_id: row.opt_int("warehouse_id")?,
            gross: row.money("gross")?,
            vat: row.money("vat")?,
            order_date: row.time("order_date")?,
            received_at: row.time("received_at")?,
            began_at: row.time("began_at")?,
            looked_at: row.opt_time("looked_at")?,
            asked_at: row.opt_time("asked_at")?,
            posting: row.opt_text("posting")?,
            faults: row.opt_text("faults")?,
            found,
        })
    }
}

/// An entry that Daybook itself sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OursRow {
    /// Sitoo's order id.
    pub order_id: i64,
    /// Its own reference.
    pub reference: String,
    /// Where it is.
    pub state: EntryState,
    /// OrderWise's id.
    pub erp_order_id: Option<i64>,
    /// OrderWise's number.
    pub erp_order_number: Option<String>,
    /// The till's gross, returns negative.
    pub gross: Money,
    /// When it was posted.
    pub posted_at: Option<Timestamp>,
}

impl FromCells for OursRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            reference: row.text("reference")?,
            state: row.word("state")?,
            erp_order_id: row.opt_int("erp_order_id")?,
            erp_order_number: row.opt_text("erp_order_number")?,
            gross: row.money("gross")?,
            posted_at: row.opt_time("posted_at")?,
        })
    }
}

struct Piled(Pile);

impl FromCells for Piled {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(Pile {
            entries: row.int("entries")?,
            money: row.money("money")?,
            oldest: row.opt_time("oldest")?,
        }))
    }
}

struct Count(i64);

impl FromCells for Count {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.int("entries")?))
    }
}

struct Looked(i64, Timestamp);

impl FromCells for Looked {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.int("order_id")?, row.time("looked_at")?))
    }
}

/// Notes that an entry is looked for, and what Daybook would have done with it.
pub async fn begin_to_seek(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    posting: Option<&str>,
    faults: Option<&str>,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(SEEK).bind(order_id).bind(now.micros());
        query.bind(posting).bind(faults).execute(c).await?;
    });
    Ok(())
}

/// Notes that OrderWise was asked for an entry's document.
pub async fn asked(tx: &mut Tx, at: Timestamp, order_id: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(ASKED).bind(order_id).bind(at.micros()).execute(c).await?;
    });
    Ok(())
}

/// Notes that a look sent at this moment found nothing, and is believed.
pub async fn looked(tx: &mut Tx, at: Timestamp, order_id: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(LOOKED).bind(order_id).bind(at.micros()).execute(c).await?;
    });
    Ok(())
}

/// When the believed looks for these entries were sent.
pub async fn looked_at(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<HashMap<i64, Timestamp>> {
    let mut conn = source.into().open().await?;
    let mut found = HashMap::new();
    for ids in order_ids.chunks(1_024) {
        let rows: Vec<Looked> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(LOOKED_AT);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all(&query.push(")").build().fetch_all(c).await?)?
        });
        found.extend(rows.into_iter().map(|row| (row.0, row.1)));
    }
    Ok(found)
}

/// What was looked for, in the order of ids.
pub async fn sought(
    source: impl Into<Source<'_>>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<SoughtRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(SOUGHT).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// How much was looked for, and what became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not found yet.
    pub waiting: Pile,
    /// Of them recorded before the moment that was asked for.
    pub overdue: Pile,
    /// Adopted.
    pub adopted: i64,
    /// Adopted with other totals than the till's.
    pub different: i64,
    /// What Daybook would have held.
    pub would_be_held: i64,
    /// In doubt for another reason.
    pub doubtful: i64,
}

/// Counts. `reason` marks what is looked for; `before` is the moment that makes it overdue.
pub async fn counts(
    source: impl Into<Source<'_>>,
    reason: &str,
    before: Timestamp,
) -> StoreResult<Counts> {
    let mut conn = source.into().open().await?;
    Ok(Counts {
        waiting: pile(&mut conn, reason, Timestamp::from_micros(i64::MAX)).await?,
        overdue: pile(&mut conn, reason, before).await?,
        adopted: number(&mut conn, ADOPTED).await?,
        different: number(&mut conn, DIFFERENT).await?,
        would_be_held: number(&mut conn, WOULD_BE_HELD).await?,
        doubtful: doubtful(&mut conn, reason).await?,
    })
}

async fn pile(conn: &mut Conn<'_>, reason: &str, before: Timestamp) -> StoreResult<Pile> {
    let row: Option<Piled> = on!(conn, c => {
        let query = sqlx::query(PILE).bind(reason).bind(before.micros());
        one(query.fetch_optional(c).await?.as_ref())?
    });
    Ok(row.map(|row| row.0).unwrap_or_default())
}

async fn number(conn: &mut Conn<'_>, text: &'static str) -> StoreResult<i64> {
    let row: Option<Count> = on!(conn, c => {
        one(sqlx::query(text).fetch_optional(c).await?.as_ref())?
    });
    Ok(row.map_or(0, |row| row.0))
}

async fn doubtful(conn: &mut Conn<'_>, reason: &str) -> StoreResult<i64> {
    let row: Option<Count> = on!(conn, c => {
        one(sqlx::query(DOUBTFUL).bind(reason).fetch_optional(c).await?.as_ref())?
    });
    Ok(row.map_or(0, |row| row.0))
}

/// What Daybook itself posted since a moment, among orders after an id.
pub async fn ours_since(
    source: impl Into<Source<'_>>,
    after: i64,
    since: Timestamp,
    limit: usize,
) -> StoreResult<Vec<OursRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OURS).bind(after).bind(since.micros());
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// What the other integration is known to have posted, among orders after an id.
pub async fn theirs_after(
    source: impl Into<Source<'_>>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<OursRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        all(&sqlx::query(THEIRS).bind(after).bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// What Daybook sent and does not know the outcome of. `reason` marks what was not sent.
pub async fn unsettled(source: impl Into<Source<'_>>, reason: &str) -> StoreResult<Vec<OursRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(UNSETTLED).bind(reason).fetch_all(c).await?))
}

struct Lowest(Option<i64>);

impl FromCells for Lowest {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.opt_int("order_id")?))
    }
}

/// The lowest order of the book.
pub async fn lowest(source: impl Into<Source<'_>>) -> StoreResult<Option<i64>> {
    let mut conn = source.into().open().await?;
    let row: Option<Lowest> = on!(conn, c => {
        one(sqlx::query(LOWEST).fetch_optional(c).await?.as_ref())?
    });
    Ok(row.and_then(|row| row.0))
}

/// The lowest order that nobody is known to have posted. `reason` marks what was not sent.
pub async fn first_open(source: impl Into<Source<'_>>, reason: &str) -> StoreResult<Option<i64>> {
    let mut conn = source.into().open().await?;
    let row: Option<Lowest> = on!(conn, c => {
        one(sqlx::query(FIRST_OPEN).bind(reason).fetch_optional(c).await?.as_ref())?
    });
    Ok(row.and_then(|row| row.0))
}

struct Open(i64);

impl FromCells for Open {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.int("order_id")?))
    }
}

/// The orders before an id that may still become sales: open at a till, or not shown yet.
pub async fn still_open(source: impl Into<Source<'_>>, before: i64) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    let rows: Vec<Open> =
        on!(conn, c => all(&sqlx::query(STILL_OPEN).bind(before).fetch_all(c).await?)?);
    Ok(rows.into_iter().map(|row| row.0).collect())
}
