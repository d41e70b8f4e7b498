//! Whether an entry's record is still as it was written.

use daybook_domain::{Reference, entry::EntryState};
use serde::Serialize;

use super::{ERASED, End, OF_ENTRY, PAYLOAD_CHANGED, RECORDED, TimelineRow, payload_detail};
use crate::{
    Db, Source, StoreResult,
    chain::{self, Hash},
    engine::{self, Cells, FromCells, all, one},
};

sql! {
    HEAD = "SELECT order_id, site_id, state, seq, chain FROM entry WHERE order_id = $1";
    HEADS_AFTER = "SELECT order_id, site_id, state, seq, chain FROM entry WHERE order_id > $1 \
                   ORDER BY order_id LIMIT $2";
    PAYLOADS = "SELECT hash, body FROM payload WHERE order_id = $1 ORDER BY version";
}

/// Where a record was changed behind the book's back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Which entry.
    pub order_id: i64,
    /// The first event that does not fit; 0 when the end or a payload does not.
    pub seq: i64,
    /// One sentence.
    pub what: &'static str,
}

struct Head {
    reference: Reference,
    state: EntryState,
    seq: i64,
    chain: Hash,
}

impl FromCells for Head {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let reference = Reference { site_id: row.int("site_id")?, order_id: row.int("order_id")? };
        let state = row.word("state")?;
        Ok(Self { reference, state, seq: row.int("seq")?, chain: row.hash("chain")? })
    }
}

struct Kept {
    hash: Hash,
    body: String,
}

impl FromCells for Kept {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { hash: row.hash("hash")?, body: row.text("body")? })
    }
}

/// Checks one entry's chain and payloads; `None` when all is as it was written.
pub async fn verify_chain(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Option<Broken>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(HEAD).bind(order_id).fetch_optional(&mut *c).await?;
        let Some(head) = one::<Head, _>(row.as_ref())? else { return Ok(None) };
        let lines = all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(&mut *c).await?)?;
        let kept = all(&sqlx::query(PAYLOADS).bind(order_id).fetch_all(&mut *c).await?)?;
        Ok(check(&head, &lines, &kept))
    })
}

/// What a stretch of [`verify_all`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// How many entries were checked.
    pub entries: usize,
    /// What does not fit.
    pub broken: Vec<Broken>,
    /// Where to go on; `None` at the end of the book.
    pub next: Option<i64>,
}

/// Checks up to `limit` entries after order id `after`.
pub async fn verify_all(db: &Db, after: i64, limit: usize) -> StoreResult<Verified> {
    let mut conn = Source::Db(db).open().await?;
    on!(conn, c => {
        let query = sqlx::query(HEADS_AFTER).bind(after).bind(engine::limit(limit));
        let rows = query.fetch_all(&mut *c).await?;
        let heads: Vec<Head> = all(&rows)?;
        let mut broken = Vec::new();
        for head in &heads {
            let id = head.reference.order_id;
            let lines = all(&sqlx::query(OF_ENTRY).bind(id).fetch_all(&mut *c).await?)?;
            let kept = all(&sqlx::query(PAYLOADS).bind(id).fetch_all(&mut *c).await?)?;
            broken.extend(check(head, &lines, &kept));
        }
        let full = heads.len() == limit;
        let next = heads.last().filter(|_| full).map(|head| head.reference.order_id);
        Ok(Verified { entries: heads.len(), broken, next })
    })
}

fn check(head: &Head, lines: &[TimelineRow], kept: &[Kept]) -> Option<Broken> {
    let order_id = head.reference.order_id;
    let mut end = End::start(head.reference);
    for line in lines {
        end.next(line.at, &line.actor, line.state, &line.code, &line.detail);
        if line.seq != end.seq || line.hash != end.hash {
            let what = "the timeline was changed here";
            return Some(Broken { order_id, seq: end.seq, what });
        }
    }
    if head.seq != end.seq || head.chain != end.hash {
        let what = "the end of the timeline was cut off or added to";
        return Some(Broken { order_id, seq: 0, what });
    }
    if lines.last().is_some_and(|last| last.state != head.state) {
        let what = "its state is not the one that its timeline ends with";
        return Some(Broken { order_id, seq: 0, what });
    }
    let told = lines.iter().filter(|line| [RECORDED, PAYLOAD_CHANGED].contains(&&*line.code));
    let told: Vec<&str> = told.map(|line| line.detail.as_str()).collect();
    let expected: Vec<String> =
        (1..).zip(kept).map(|(version, kept)| payload_detail(version, &kept.hash)).collect();
    let erased: Vec<&str> =
        lines.iter().filter(|line| line.code == ERASED).map(|line| line.detail.as_str()).collect();
    let bodies_fit = (1..).zip(kept).all(|(version, kept)| body_fits(version, kept, &erased));
    if told != expected || !bodies_fit {
        return Some(Broken {
            order_id,
            seq: 0,
            what: "a payload is not the one that was recorded",
        });
    }
    None
}

/// A payload says what came; or, once its shopper was erased, what the timeline says was left then.
fn body_fits(version: i64, kept: &Kept, erased: &[&str]) -> bool {
    let hash = chain::of_text(&kept.body);
    let start = format!("payload {version}, ");
    match erased.iter().rfind(|detail| detail.starts_with(&start)) {
        Some(last) => **last == payload_detail(version, &hash),
        None => kept.hash == hash,
    }
}
