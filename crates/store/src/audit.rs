//! Who did what, when: append-only, one chain over everything.

use daybook_domain::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Db, Source, StoreError, StoreResult, Tx,
    chain::{self, Hash},
    engine::{self, Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT seq, at, actor, action, subject, detail, prev, hash FROM audit ", $rest)
    };
}

sql! {
    HEAD = "SELECT seq, hash FROM audit_head WHERE id = 1";
    /// One appends at a time; the others wait for its commit and go on from there.
    HEAD_LOCKED = "UPDATE audit_head SET seq = seq WHERE id = 1 RETURNING seq, hash";
    APPEND = "INSERT INTO audit (seq, at, actor, action, subject, detail, prev, hash) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    MOVE_HEAD = "UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1";
    LATEST = select!("WHERE seq < $1 ORDER BY seq DESC LIMIT $2");
    OF_SUBJECT = select!("WHERE subject = $1 ORDER BY seq DESC LIMIT $2");
    OF_ACTION = select!("WHERE action = $1 ORDER BY seq DESC LIMIT $2");
    AFTER = select!("WHERE seq > $1 ORDER BY seq LIMIT $2");
}

/// Rows that [`verify`] reads at once.
const PAGE: usize = 1_000;

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RecordedAct")]
pub struct AuditRow {
    /// From 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What, in a stable word.
    pub action: String,
    /// About what.
    pub subject: String,
    /// Particulars, as JSON.
    pub detail: String,
    #[serde(skip)]
    prev: Hash,
    #[serde(skip)]
    hash: Hash,
}

impl FromCells for AuditRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            seq: row.int("seq")?,
            at: row.time("at")?,
            actor: row.text("actor")?,
            action: row.text("action")?,
            subject: row.text("subject")?,
            detail: row.text("detail")?,
            prev: row.hash("prev")?,
            hash: row.hash("hash")?,
        })
    }
}

impl AuditRow {
    fn sealed(mut self) -> Self {
        self.hash = self.seal();
        self
    }

    fn seal(&self) -> Hash {
        chain::hash(&[
            &self.prev,
            &self.seq.to_be_bytes(),
            &self.at.micros().to_be_bytes(),
            self.actor.as_bytes(),
            self.action.as_bytes(),
            self.subject.as_bytes(),
            self.detail.as_bytes(),
        ])
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

fn headless() -> StoreError {
    StoreError::unreadable("the end of the audit chain is missing")
}

/// Writes an act down. `detail` is JSON.
pub async fn append(
    tx: &mut Tx,
    now: Timestamp,
    actor: &str,
    action: &str,
    subject: &str,
    detail: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        let row = sqlx::query(HEAD_LOCKED).fetch_optional(&mut *c).await?;
        let head: Head = one(row.as_ref())?.ok_or_else(headless)?;
        let act = AuditRow {
            seq: head.seq + 1,
            at: now,
            actor: actor.to_owned(),
            action: action.to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_owned(),
            prev: head.hash,
            hash: [0; 32],
        }
        .sealed();
        sqlx::query(APPEND)
            .bind(act.seq)
            .bind(now.micros())
            .bind(actor)
            .bind(action)
            .bind(subject)
            .bind(detail)
            .bind(act.prev.as_slice())
            .bind(act.hash.as_slice())
            .execute(&mut *c)
            .await?;
        sqlx::query(MOVE_HEAD).bind(act.seq).bind(act.hash.as_slice()).execute(c).await?;
    });
    Ok(())
}

/// A page of acts, the newest first; `before` is the last number of the page before.
pub async fn list(
    source: impl Into<Source<'_>>,
    before: Option<i64>,
    limit: usize,
) -> StoreResult<Vec<AuditRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LATEST).bind(before.unwrap_or(i64::MAX));
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// A page of acts after one, the oldest first.
pub(crate) async fn after(
    source: impl Into<Source<'_>>,
    seq: i64,
    limit: usize,
) -> StoreResult<Vec<AuditRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        all(&sqlx::query(AFTER).bind(seq).bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// The acts about one subject, the newest first.
pub async fn of(
    source: impl Into<Source<'_>>,
    subject: &str,
    limit: usize,
) -> StoreResult<Vec<AuditRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_SUBJECT).bind(subject).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// The acts of one kind, the newest first.
pub async fn of_action(
    source: impl Into<Source<'_>>,
    action: &str,
    limit: usize,
) -> StoreResult<Vec<AuditRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OF_ACTION).bind(action).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Checks the whole chain. The number of the first act that is not as it was written, if any;
/// the number after the last one when the end was cut off.
pub async fn verify(db: &Db) -> StoreResult<Option<i64>> {
    let mut conn = Source::Db(db).open().await?;
    // The head first: what is appended while we read lies behind it and is not looked at.
    let end: Head = on!(conn, c => one(sqlx::query(HEAD).fetch_optional(c).await?.as_ref())?)
        .ok_or_else(headless)?;
    let mut at = Head { seq: 0, hash: [0; 32] };
    while at.seq < end.seq {
        let acts: Vec<AuditRow> = on!(conn, c => {
            let query = sqlx::query(AFTER).bind(at.seq).bind(engine::limit(PAGE));
            all(&query.fetch_all(c).await?)?
        });
        if acts.is_empty() {
            return Ok(Some(at.seq + 1));
        }
        for act in acts.into_iter().take_while(|act| act.seq <= end.seq) {
            let fits = act.seq == at.seq + 1 && act.prev == at.hash && act.hash == act.seal();
            if !fits {
                return Ok(Some(at.seq + 1));
            }
            at = Head { seq: act.seq, hash: act.hash };
        }
    }
    Ok((at.hash != end.hash).then_some(end.seq))
}
