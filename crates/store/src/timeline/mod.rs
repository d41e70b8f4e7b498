//! What happened to an entry, append-only and chained: the database refuses changes, and the
//! chain shows those that were made behind its back.

mod verify;

use daybook_domain::{Reference, Timestamp, entry::EntryState};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

pub use self::verify::{Broken, Verified, verify_all, verify_chain};
use crate::{
    Source, StoreResult, Tx,
    chain::{self, Hash},
    engine::{Cells, FromCells, all, pieces},
};

sql! {
    OF_ENTRY = "SELECT seq, at, actor, state, code, detail, hash FROM timeline \
                WHERE order_id = $1 ORDER BY seq";
}

/// Every statement, for the test that prepares them.
pub(crate) const ALL_STATEMENTS: &[&[(&str, &str)]] = &[STATEMENTS, verify::STATEMENTS];

const APPEND: &str = "INSERT INTO timeline (order_id, seq, at, actor, state, code, detail, hash) ";

/// The first event of every entry.
pub(crate) const RECORDED: &str = "recorded";
/// The till told something else about it later.
pub(crate) const PAYLOAD_CHANGED: &str = "payload-changed";
/// A shopper was erased from a payload; the detail is that of a payload that was recorded.
pub(crate) const ERASED: &str = "personal-data-erased";

/// What happened, as whoever did it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Who: `daybook`, or a person.
    pub actor: String,
    /// What, in a stable word.
    pub code: String,
    /// One sentence with the particulars.
    pub detail: String,
}

/// One line of an entry's timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TimelineRow {
    /// From 1.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// The state it led to.
    pub state: EntryState,
    /// What, in a stable word.
    pub code: String,
    /// One sentence with the particulars.
    pub detail: String,
    #[serde(skip)]
    hash: Hash,
}

impl FromCells for TimelineRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            seq: row.int("seq")?,
            at: row.time("at")?,
            actor: row.text("actor")?,
            state: row.word("state")?,
            code: row.text("code")?,
            detail: row.text("detail")?,
            hash: row.hash("hash")?,
        })
    }
}

/// An entry's timeline, oldest first.
pub async fn of_entry(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<TimelineRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(c).await?))
}

/// The end of an entry's chain, from which the next event goes on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) order_id: i64,
    pub(crate) seq: i64,
    pub(crate) hash: Hash,
}

impl End {
    /// Before the first event. The reference is in it, so that whole timelines cannot be swapped.
    pub(crate) fn start(reference: Reference) -> Self {
        let hash = chain::hash(&[b"daybook entry", reference.to_string().as_bytes()]);
        Self { order_id: reference.order_id, seq: 0, hash }
    }

    /// The chain with one event more.
    pub(crate) fn next(
        &mut self,
        at: Timestamp,
        actor: &str,
        state: EntryState,
        code: &str,
        detail: &str,
    ) {
        self.seq += 1;
        self.hash = chain::hash(&[
            &self.hash,
            &self.seq.to_be_bytes(),
            &at.micros().to_be_bytes(),
            actor.as_bytes(),
            state.word().as_bytes(),
            code.as_bytes(),
            detail.as_bytes(),
        ]);
    }
}

/// An event at its place in the chain.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    end: End,
    actor: &'a str,
    state: EntryState,
    code: &'a str,
    detail: std::borrow::Cow<'a, str>,
}

impl<'a> Line<'a> {
    /// Puts an event at the end of a chain.
    pub(crate) fn put(
        end: &mut End,
        at: Timestamp,
        actor: &'a str,
        state: EntryState,
        code: &'a str,
        detail: impl Into<std::borrow::Cow<'a, str>>,
    ) -> Self {
        let detail = detail.into();
        end.next(at, actor, state, code, &detail);
        Self { end: *end, actor, state, code, detail }
    }
}

/// Writes events that were put at the end of their chains.
pub(crate) async fn append(tx: &mut Tx, at: Timestamp, lines: &[Line<'_>]) -> StoreResult<()> {
    for piece in pieces(lines.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(APPEND);
            query.push_values(&lines[piece], |mut row, line| {
                row.push_bind(line.end.order_id).push_bind(line.end.seq).push_bind(at.micros());
                row.push_bind(line.actor).push_bind(line.state.word()).push_bind(line.code);
                row.push_bind(line.detail.as_ref()).push_bind(line.end.hash.as_slice());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// What an event about a payload says: its number and its fingerprint, so that the chain covers
/// the payloads too.
pub(crate) fn payload_detail(version: i64, hash: &Hash) -> String {
    format!("payload {version}, sha256 {}", chain::hex(hash))
}
