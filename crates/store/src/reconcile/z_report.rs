//! Z-reports: the figures that are compared, and apart from them what the till wrote, with the names
//! of staff in it.

use daybook_domain::{Money, Timestamp, reconcile::witness::ZReport};

use crate::{
    Source, StoreResult, Tx,
    chain::{self, Hash},
    engine::{self, Cells, FromCells, all, one},
    supply::{from_json, to_json},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT register_id, number, store, closed_at, added_at, read_at, version, figures, \
             fault FROM z_report ",
            $rest
        )
    };
}

sql! {
    KNOWN = "SELECT version, hash FROM z_report WHERE register_id = $1 AND number = $2";
    PUT = "INSERT INTO z_report (register_id, number, store, opened_at, closed_at, added_at, \
           read_at, sales, refunds, version, hash, figures, fault) \
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
           ON CONFLICT (register_id, number) DO UPDATE SET store = excluded.store, \
           opened_at = excluded.opened_at, closed_at = excluded.closed_at, \
           added_at = excluded.added_at, read_at = excluded.read_at, sales = excluded.sales, \
           refunds = excluded.refunds, version = excluded.version, hash = excluded.hash, \
           figures = excluded.figures, fault = excluded.fault";
    PUT_PAYLOAD = "INSERT INTO z_report_payload (register_id, number, version, received_at, body) \
                   VALUES ($1, $2, $3, $4, $5)";
    GET = select!("WHERE register_id = $1 AND number = $2");
    PAYLOAD = "SELECT body FROM z_report_payload WHERE register_id = $1 AND number = $2 \
               ORDER BY version DESC LIMIT 1";
    ERASE = "DELETE FROM z_report_payload WHERE received_at < $1";
    BEFORE = select!("WHERE register_id = $1 AND closed_at < $2 \
                      ORDER BY closed_at DESC, number DESC LIMIT 1");
    WITHIN = select!("WHERE register_id = $1 AND closed_at >= $2 AND closed_at < $3 \
                      ORDER BY closed_at, number");
    AFTER = select!("WHERE register_id = $1 AND closed_at >= $2 \
                     AND (opened_at IS NULL OR opened_at < $2) ORDER BY closed_at, number LIMIT 1");
    UNREADABLE = select!("WHERE fault IS NOT NULL ORDER BY register_id, number LIMIT $1");
}

/// A report as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewZReport {
    /// The till.
    pub register_id: String,
    /// Its number, which counts per till.
    pub number: i64,
    /// When it reached Sitoo.
    pub added_at: Timestamp,
    /// What it says, or why that cannot be read.
    pub report: Result<ZReport, String>,
    /// As it came.
    pub payload: String,
}

/// A report as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZReportRow {
    /// The till.
    pub register_id: String,
    /// Its number.
    pub number: i64,
    /// External id of its store.
    pub store: Option<String>,
    /// When the till was closed.
    pub closed_at: Timestamp,
    /// When it reached Sitoo.
    pub added_at: Timestamp,
    /// When this version of it was read.
    pub read_at: Timestamp,
    /// From 1; more than 1 when it was told differently later.
    pub version: i64,
    /// What it says; none where it could not be read.
    pub report: Option<ZReport>,
    /// Why it could not be read.
    pub fault: Option<String>,
}

impl FromCells for ZReportRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let figures = row.opt_text("figures")?;
        Ok(Self {
            register_id: row.text("register_id")?,
            number: row.int("number")?,
            store: row.opt_text("store")?,
            closed_at: row.time("closed_at")?,
            added_at: row.time("added_at")?,
            read_at: row.time("read_at")?,
            version: row.int("version")?,
            report: figures.as_deref().map(from_json).transpose()?,
            fault: row.opt_text("fault")?,
        })
    }
}

struct Known {
    version: i64,
    hash: Hash,
}

impl FromCells for Known {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { version: row.int("version")?, hash: row.hash("hash")? })
    }
}

/// How a report was found to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Never seen before.
    New,
    /// It says something else than before; the earlier text is kept too.
    Changed,
    /// As it was.
    Same,
}

/// Keeps a report; the same one again changes nothing.
pub async fn keep(tx: &mut Tx, now: Timestamp, new: &NewZReport) -> StoreResult<Kept> {
    let hash = chain::of_text(&new.payload);
    let known: Option<Known> = on!(tx, c => {
        let query = sqlx::query(KNOWN).bind(&new.register_id).bind(new.number);
        one(query.fetch_optional(c).await?.as_ref())?
    });
    if known.as_ref().is_some_and(|known| known.hash == hash) {
        return Ok(Kept::Same);
    }
    let version = known.as_ref().map_or(1, |known| known.version + 1);
    put(tx, now, new, version, &hash).await?;
    Ok(if known.is_some() { Kept::Changed } else { Kept::New })
}

async fn put(
    tx: &mut Tx,
    now: Timestamp,
    new: &NewZReport,
    version: i64,
    hash: &Hash,
) -> StoreResult<()> {
    let report = new.report.as_ref().ok();
    let money = |amount: Option<Money>| amount.unwrap_or_default().pence();
    let sales = money(report.map(|report| report.sales.gross + report.not_delivered.gross));
    let refunds = money(report.map(|report| report.refunds.gross));
    let closed_at = report.map_or(new.added_at, |report| report.closed_at);
    let figures = report.map(to_json).transpose()?;
    on!(tx, c => {
        sqlx::query(PUT)
            .bind(&new.register_id)
            .bind(new.number)
            .bind(report.and_then(|report| report.store_external_id.as_deref()))
            .bind(report.and_then(|report| report.opened_at).map(Timestamp::micros))
            .bind(closed_at.micros())
            .bind(new.added_at.micros())
            .bind(now.micros())
            .bind(sales)
            .bind(refunds)
            .bind(version)
            .bind(hash.as_slice())
            .bind(figures.as_deref())
            .bind(new.report.as_ref().err().map(String::as_str))
            .execute(&mut *c)
            .await?;
        sqlx::query(PUT_PAYLOAD)
            .bind(&new.register_id)
            .bind(new.number)
            .bind(version)
            .bind(now.micros())
            .bind(&new.payload)
            .execute(c)
            .await?;
    });
    Ok(())
}

/// One report.
pub async fn get(
    source: impl Into<Source<'_>>,
    register_id: &str,
    number: i64,
) -> StoreResult<Option<ZReportRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(register_id).bind(number);
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// What the till wrote, the latest version; none where it was erased.
pub async fn payload(
    source: impl Into<Source<'_>>,
    register_id: &str,
    number: i64,
) -> StoreResult<Option<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(PAYLOAD).bind(register_id).bind(number);
        query.fetch_optional(c).await?.map(|row| row.text("body")).transpose()
    })
}

/// Forgets what tills wrote before a moment, with the names of staff in it; the figures stay.
pub async fn erase_payloads(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    on!(tx, c => {
        Ok(sqlx::query(ERASE).bind(before.micros()).execute(c).await?.rows_affected())
    })
}

/// The reports of some tills that touch the time from `from` to before `to`, and of each till the
/// one before. By till, then by when it was closed.
pub async fn touching(
    source: impl Into<Source<'_>>,
    registers: &[String],
    from: Timestamp,
    to: Timestamp,
) -> StoreResult<Vec<ZReportRow>> {
    let mut conn = source.into().open().await?;
    let mut found = Vec::new();
    for register in registers {
        let (from, to) = (from.micros(), to.micros());
        let rows: [Vec<ZReportRow>; 3] = on!(conn, c => [
            all(&sqlx::query(BEFORE).bind(register).bind(from).fetch_all(&mut *c).await?)?,
            all(&sqlx::query(WITHIN).bind(register).bind(from).bind(to).fetch_all(&mut *c).await?)?,
            all(&sqlx::query(AFTER).bind(register).bind(to).fetch_all(c).await?)?,
        ]);
        found.extend(rows.into_iter().flatten());
    }
    Ok(found)
}

/// Reports that could not be read.
pub async fn unreadable(
    source: impl Into<Source<'_>>,
    limit: usize,
) -> StoreResult<Vec<ZReportRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        all(&sqlx::query(UNREADABLE).bind(engine::limit(limit)).fetch_all(c).await?)
    })
}
