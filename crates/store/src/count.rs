//! Entries by state, kept by every change of state, so that nobody counts a million rows.

use std::collections::BTreeMap;

use daybook_domain::{Money, Timestamp, entry::EntryState};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all},
    tx::Conn,
};

sql! {
    TOTALS = "SELECT state, CAST(sum(entries) AS BIGINT) AS entries, \
              CAST(sum(gross) AS BIGINT) AS gross, CAST(sum(gross_abs) AS BIGINT) AS gross_abs \
              FROM entry_count GROUP BY state";
    // The list repeats the index's own condition, so that both engines know they may use it.
    OLDEST = "SELECT received_at FROM entry WHERE state \
              IN ('waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted') \
              AND state = $1 ORDER BY received_at LIMIT 1";
    IN_STATE = "SELECT CAST(coalesce(sum(entries), 0) AS BIGINT) AS entries FROM entry_count \
                WHERE state = $1";
}

const ADD: &str = "INSERT INTO entry_count (state, shard, entries, gross, gross_abs) ";
const ADD_UP: &str = " ON CONFLICT (state, shard) DO UPDATE SET \
    entries = entry_count.entries + excluded.entries, gross = entry_count.gross + excluded.gross, \
    gross_abs = entry_count.gross_abs + excluded.gross_abs";

/// How many entries are in a state, and what they are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateCount {
    /// The state.
    pub state: EntryState,
    /// How many.
    pub entries: i64,
    /// Their gross, returns negative.
    pub gross: Money,
    /// Their gross without signs: the money at risk.
    pub gross_abs: Money,
    /// When the oldest of them was recorded; only of states in which something is still owed.
    pub oldest: Option<Timestamp>,
}

impl FromCells for StateCount {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            state: row.word("state")?,
            entries: row.int("entries")?,
            gross: row.money("gross")?,
            gross_abs: row.money("gross_abs")?,
            oldest: None,
        })
    }
}

/// What a transaction moves between states; written once, just before it commits, in one fixed
/// order: two transactions never wait for each other in a circle, and never for long.
#[derive(Debug, Default)]
pub(crate) struct Moves(BTreeMap<EntryState, (i64, i64, i64)>);

impl Moves {
    pub(crate) fn enter(&mut self, state: EntryState, gross: Money) {
        self.add(state, 1, gross);
    }

    pub(crate) fn leave(&mut self, state: EntryState, gross: Money) {
        self.add(state, -1, gross);
    }

    fn add(&mut self, state: EntryState, sign: i64, gross: Money) {
        let sums = self.0.entry(state).or_default();
        sums.0 += sign;
        sums.1 += sign * gross.pence();
        sums.2 += sign * gross.abs().pence();
    }
}

pub(crate) async fn flush(tx: &mut Tx) -> StoreResult<()> {
    let moves = std::mem::take(&mut tx.moves).0;
    let moves: Vec<_> = moves.into_iter().filter(|(_, sums)| *sums != (0, 0, 0)).collect();
    if moves.is_empty() {
        return Ok(());
    }
    let shard = tx.shard();
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(ADD);
        query.push_values(&moves, |mut row, (state, (entries, gross, gross_abs))| {
            row.push_bind(state.word()).push_bind(shard);
            row.push_bind(*entries).push_bind(*gross).push_bind(*gross_abs);
        });
        query.push(ADD_UP).build().execute(c).await?;
    });
    Ok(())
}

/// Entries by state, in the order of an entry's life; states that hold none are left out.
pub(crate) async fn by_state(source: impl Into<Source<'_>>) -> StoreResult<Vec<StateCount>> {
    let mut conn = source.into().open().await?;
    settle(&mut conn).await?;
    let mut counts: Vec<StateCount> =
        on!(conn, c => all(&sqlx::query(TOTALS).fetch_all(c).await?)?);
    counts.retain(|count| count.entries != 0);
    counts.sort_by_key(|count| count.state);
    for count in &mut counts {
        count.oldest = on!(conn, c => {
            let row = sqlx::query(OLDEST).bind(count.state.word()).fetch_optional(c).await?;
            row.map(|row| row.int("received_at")).transpose()?
        })
        .map(Timestamp::from_micros);
    }
    Ok(counts)
}

/// A transaction that counts sees what it has moved itself.
async fn settle(conn: &mut Conn<'_>) -> StoreResult<()> {
    if let Conn::Tx(tx) = conn { flush(tx).await } else { Ok(()) }
}

/// How many entries are in a state.
pub(crate) async fn in_state(conn: &mut Conn<'_>, state: EntryState) -> StoreResult<i64> {
    settle(conn).await?;
    on!(conn, c => sqlx::query(IN_STATE).bind(state.word()).fetch_one(c).await?.int("entries"))
}
