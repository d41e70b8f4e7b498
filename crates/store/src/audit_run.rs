//! Audits of both systems: what one has read so far, and the reports of those that are done. (What
//! people did is on record in [`crate::audit`].)

use daybook_domain::Timestamp;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one},
};

sql! {
    NEXT = "SELECT COALESCE(MAX(number), 0) + 1 AS number FROM audit_run";
    BEGIN = "INSERT INTO audit_run (number, began_at) VALUES ($1, $2)";
    UNFINISHED = "SELECT number, began_at FROM audit_run WHERE finished_at IS NULL \
                  ORDER BY number DESC LIMIT 1";
    FORGET_OTHERS = "DELETE FROM audit_run WHERE finished_at IS NULL AND number <> $1";
    FORGET_OTHER_PIECES = "DELETE FROM audit_piece WHERE run <> $1";
    FORGET_PART = "DELETE FROM audit_piece WHERE run = $1 AND part = $2";
    PUT = "INSERT INTO audit_piece (run, part, place, next, piece) VALUES ($1, $2, $3, $4, $5) \
           ON CONFLICT (run, part, place) DO UPDATE SET next = excluded.next, \
           piece = excluded.piece";
    PIECES = "SELECT part, place, next, piece FROM audit_piece WHERE run = $1 ORDER BY part, place";
    FINISH = "UPDATE audit_run SET finished_at = $2, report = $3 WHERE number = $1";
    CLEAR = "DELETE FROM audit_piece WHERE run = $1";
    LATEST = "SELECT number, finished_at, report FROM audit_run WHERE finished_at IS NOT NULL \
              ORDER BY number DESC LIMIT $1";
    PRUNE = "DELETE FROM audit_run WHERE finished_at IS NOT NULL AND number <= $1";
}

/// An audit that is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unfinished {
    /// Its number.
    pub number: i64,
    /// When it began.
    pub began_at: Timestamp,
}

/// Something that an audit has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceRow {
    /// Part of the audit.
    pub part: String,
    /// Its place in the part.
    pub place: i64,
    /// Where the part goes on; none when it is done.
    pub next: Option<i64>,
    /// JSON.
    pub piece: String,
}

/// An audit that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its number.
    pub number: i64,
    /// When it was done.
    pub finished_at: Timestamp,
    /// JSON.
    pub report: String,
}

impl FromCells for Unfinished {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { number: row.int("number")?, began_at: row.time("began_at")? })
    }
}

impl FromCells for PieceRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            part: row.text("part")?,
            place: row.int("place")?,
            next: row.opt_int("next")?,
            piece: row.text("piece")?,
        })
    }
}

impl FromCells for Finished {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            number: row.int("number")?,
            finished_at: row.time("finished_at")?,
            report: row.text("report")?,
        })
    }
}

/// Begins an audit; what others left half done is forgotten.
pub async fn begin(tx: &mut Tx, now: Timestamp) -> StoreResult<Unfinished> {
    let number = on!(tx, c => {
        let number = sqlx::query(NEXT).fetch_one(&mut *c).await?.int("number")?;
        sqlx::query(FORGET_OTHERS).bind(number).execute(&mut *c).await?;
        sqlx::query(FORGET_OTHER_PIECES).bind(number).execute(&mut *c).await?;
        sqlx::query(BEGIN).bind(number).bind(now.micros()).execute(&mut *c).await?;
        number
    });
    Ok(Unfinished { number, began_at: now })
}

/// The latest audit that is not done.
pub async fn unfinished(source: impl Into<Source<'_>>) -> StoreResult<Option<Unfinished>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(UNFINISHED).fetch_optional(c).await?.as_ref()))
}

/// Keeps what was read; the same place again replaces it.
pub async fn put(tx: &mut Tx, run: i64, piece: &PieceRow) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(PUT)
            .bind(run)
            .bind(piece.part.as_str())
            .bind(piece.place)
            .bind(piece.next)
            .bind(piece.piece.as_str())
            .execute(c)
            .await?;
    });
    Ok(())
}

/// Everything that an audit has read, part by part.
pub async fn pieces(source: impl Into<Source<'_>>, run: i64) -> StoreResult<Vec<PieceRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(PIECES).bind(run).fetch_all(c).await?))
}

/// Forgets what was read of a part.
pub async fn forget_part(tx: &mut Tx, run: i64, part: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET_PART).bind(run).bind(part).execute(c).await?;
    });
    Ok(())
}

/// Keeps a report, and forgets what was read for it.
pub async fn finish(tx: &mut Tx, run: i64, now: Timestamp, report: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FINISH).bind(run).bind(now.micros()).bind(report).execute(&mut *c).await?;
        sqlx::query(CLEAR).bind(run).execute(&mut *c).await?;
    });
    Ok(())
}

/// The latest audits that are done, the newest first.
pub async fn latest(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<Finished>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// Forgets the reports of audits up to a number.
pub async fn prune(tx: &mut Tx, up_to: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(PRUNE).bind(up_to).execute(c).await?;
    });
    Ok(())
}
