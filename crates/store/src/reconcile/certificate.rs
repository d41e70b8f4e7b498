//! Certificates of store-days: append-only, and one chain a store, so that a change to any of them
//! shows in all that follow.

use daybook_domain::{Timestamp, reconcile::witness::Day};
use serde::Serialize;

use super::day::read_day;
use crate::{
    Db, Source, StoreResult, Tx,
    chain::{self, Hash},
    engine::{self, Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT warehouse_id, seq, day, at, body, prev, hash FROM certificate ", $rest)
    };
}

sql! {
    HEAD = "SELECT seq, hash FROM certificate_head WHERE warehouse_id = $1";
    /// Two that append wait for each other: a store has one chain.
    HEAD_LOCKED = "INSERT INTO certificate_head (warehouse_id, seq, hash) VALUES ($1, 0, $2) \
                   ON CONFLICT (warehouse_id) DO UPDATE SET seq = certificate_head.seq \
                   RETURNING seq, hash";
    MOVE_HEAD = "UPDATE certificate_head SET seq = $2, hash = $3 WHERE warehouse_id = $1";
    APPEND = "INSERT INTO certificate (warehouse_id, seq, day, at, body, prev, hash) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LATEST_OF_DAY = select!("WHERE warehouse_id = $1 AND day = $2 ORDER BY seq DESC LIMIT 1");
    LATEST = select!("WHERE warehouse_id = $1 ORDER BY seq DESC LIMIT 1");
    GET = select!("WHERE warehouse_id = $1 AND seq = $2");
    AFTER = select!("WHERE warehouse_id = $1 AND seq > $2 ORDER BY seq LIMIT $3");
    /// Also those whose head was removed.
    STORES = "SELECT warehouse_id FROM certificate_head \
              UNION SELECT warehouse_id FROM certificate ORDER BY warehouse_id";
    OF_DAYS = "SELECT c.warehouse_id AS warehouse_id, c.seq AS seq, c.day AS day, c.at AS at, body, \
               prev, hash FROM store_day AS d JOIN certificate AS c \
               ON c.warehouse_id = d.warehouse_id AND c.seq = d.certificate \
               WHERE d.warehouse_id = $1 AND d.day >= $2 AND d.day <= $3 ORDER BY d.day";
}

/// Certificates that [`verify`] reads at once.
const PAGE: usize = 500;

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateRow {
    /// The store.
    pub warehouse_id: i64,
    /// Its number in the store's chain, from 1.
    pub seq: i64,
    /// The day.
    pub day: Day,
    /// When it was made.
    pub at: Timestamp,
    /// What it says.
    pub body: String,
    #[serde(skip)]
    prev: Hash,
    #[serde(skip)]
    hash: Hash,
}

impl FromCells for CertificateRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            warehouse_id: row.int("warehouse_id")?,
            seq: row.int("seq")?,
            day: read_day(row)?,
            at: row.time("at")?,
            body: row.text("body")?,
            prev: row.hash("prev")?,
            hash: row.hash("hash")?,
        })
    }
}

impl CertificateRow {
    fn seal(&self) -> Hash {
        chain::hash(&[
            &self.prev,
            &self.warehouse_id.to_be_bytes(),
            &self.seq.to_be_bytes(),
            self.day.to_string().as_bytes(),
            &self.at.micros().to_be_bytes(),
            self.body.as_bytes(),
        ])
    }

    /// Its link in the chain, as people compare it.
    pub fn fingerprint(&self) -> String {
        chain::hex(&self.hash)
    }
}

struct Head {
    seq: i64,
    hash: Hash,
}

impl FromCells for Head {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { seq: row.int("seq")?, hash: row.hash("hash")? })
    }
}

/// What a store's chain begins with: chains cannot be swapped.
fn beginning(warehouse_id: i64) -> Hash {
    chain::hash(&[b"daybook certificates", &warehouse_id.to_be_bytes()])
}

/// Adds a certificate to its store's chain; gives it with its number.
pub async fn append(
    tx: &mut Tx,
    now: Timestamp,
    (warehouse_id, day): (i64, Day),
    body: String,
) -> StoreResult<CertificateRow> {
    on!(tx, c => {
        let begin = beginning(warehouse_id);
        let query = sqlx::query(HEAD_LOCKED).bind(warehouse_id).bind(begin.as_slice());
        let head = Head::read(&query.fetch_one(&mut *c).await?)?;
        let (seq, prev) = (head.seq + 1, head.hash);
        let mut row = CertificateRow { warehouse_id, seq, day, at: now, body, prev, hash: prev };
        row.hash = row.seal();
        sqlx::query(APPEND)
            .bind(warehouse_id)
            .bind(seq)
            .bind(day.to_string())
            .bind(now.micros())
            .bind(&row.body)
            .bind(row.prev.as_slice())
            .bind(row.hash.as_slice())
            .execute(&mut *c)
            .await?;
        let query = sqlx::query(MOVE_HEAD).bind(warehouse_id).bind(seq);
        query.bind(row.hash.as_slice()).execute(c).await?;
        Ok(row)
    })
}

/// The latest certificate of a day.
pub async fn of_day(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    day: Day,
) -> StoreResult<Option<CertificateRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LATEST_OF_DAY).bind(warehouse_id).bind(day.to_string());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// The last certificate of a store's chain.
pub async fn latest(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
) -> StoreResult<Option<CertificateRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LATEST).bind(warehouse_id);
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// A certificate by its number in its store's chain.
pub async fn get(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    seq: i64,
) -> StoreResult<Option<CertificateRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(GET).bind(warehouse_id).bind(seq);
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// The certificates by which the days of a store stand, from a day to another, both included.
pub async fn of_days(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    (from, to): (Day, Day),
) -> StoreResult<Vec<CertificateRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_DAYS).bind(warehouse_id);
        all(&query.bind(from.to_string()).bind(to.to_string()).fetch_all(c).await?)
    })
}

/// How many certificates a store's chain has.
pub async fn count(source: impl Into<Source<'_>>, warehouse_id: i64) -> StoreResult<i64> {
    Ok(latest(source, warehouse_id).await?.map_or(0, |row| row.seq))
}

/// A page of a store's chain behind the certificate `after`.
pub async fn page(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<CertificateRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(AFTER).bind(warehouse_id).bind(after);
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// Stores that have certificates.
pub async fn stores(source: impl Into<Source<'_>>) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(STORES).fetch_all(c).await?;
        rows.iter().map(|row| row.int("warehouse_id")).collect()
    })
}

/// Checks a store's chain. The number of the first certificate that is not as it was written, if
/// any; the number after the last one when the end was cut off.
pub async fn verify(db: &Db, warehouse_id: i64) -> StoreResult<Option<i64>> {
    let mut conn = Source::Db(db).open().await?;
    // The head first: what is appended while we read lies behind it and is not looked at.
    let end: Option<Head> = on!(conn, c => {
        let query = sqlx::query(HEAD).bind(warehouse_id);
        one(query.fetch_optional(c).await?.as_ref())?
    });
    let mut at = Head { seq: 0, hash: beginning(warehouse_id) };
    // Certificates without a head are a chain whose head was removed.
    let end = end.unwrap_or(Head { seq: i64::MAX, hash: at.hash });
    while at.seq < end.seq {
        let rows: Vec<CertificateRow> = on!(conn, c => {
            let query = sqlx::query(AFTER).bind(warehouse_id).bind(at.seq);
            all(&query.bind(engine::limit(PAGE)).fetch_all(c).await?)?
        });
        if rows.is_empty() {
            return Ok((end.seq != i64::MAX || at.seq > 0).then_some(at.seq + 1));
        }
        for row in rows.into_iter().take_while(|row| row.seq <= end.seq) {
            if row.seq != at.seq + 1 || row.prev != at.hash || row.hash != row.seal() {
                return Ok(Some(at.seq + 1));
            }
            at = Head { seq: row.seq, hash: row.hash };
        }
    }
    Ok((at.hash != end.hash).then_some(end.seq))
}
