//! What happened to an entry that changes nothing about its posting.

use daybook_domain::{Timestamp, entry::EntryState};
use sqlx::QueryBuilder;

use crate::{
    StoreResult, Tx,
    engine::{Cells, FromCells, one},
    timeline::{self, End, Event, Line},
};

sql! {
    NOTED = "UPDATE entry SET seq = $2, chain = $3, changed_at = $4 WHERE order_id = $1";
}

const END: &str = "SELECT order_id, state, seq, chain FROM entry WHERE order_id = ";

struct Last {
    end: End,
    state: EntryState,
}

impl FromCells for Last {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let (order_id, seq) = (row.int("order_id")?, row.int("seq")?);
        let end = End { order_id, seq, hash: row.hash("chain")? };
        Ok(Self { end, state: row.word("state")? })
    }
}

/// Puts an event at the end of an entry's timeline; its state stays. False without the entry.
pub async fn note(tx: &mut Tx, now: Timestamp, order_id: i64, event: &Event) -> StoreResult<bool> {
    let lock = tx.for_update();
    let last: Option<Last> = on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(END);
        query.push_bind(order_id).push(lock);
        one(query.build().fetch_optional(c).await?.as_ref())?
    });
    let Some(Last { mut end, state }) = last else { return Ok(false) };
    let Event { actor, code, detail } = event;
    let line = Line::put(&mut end, now, actor, state, code, detail);
    timeline::append(tx, now, &[line]).await?;
    on!(tx, c => {
        let query = sqlx::query(NOTED).bind(order_id).bind(end.seq).bind(end.hash.as_slice());
        query.bind(now.micros()).execute(c).await?;
    });
    Ok(true)
}
