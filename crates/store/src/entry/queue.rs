//! What is to be done next. Each queue has an index of its own, so that a book of a million
//! entries answers as fast as an empty one.

use daybook_domain::{Timestamp, entry::EntryState};
use sqlx::{QueryBuilder, Row};

use super::{
    DueRow, Expect, Transition,
    due::due_columns,
    transition::{Changes, Outcome, transition},
};
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, all, padded},
    timeline::Event,
};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", due_columns!(), " FROM entry ", $rest)
    };
}

sql! {
    IN_DOUBT = select!("WHERE state = 'in-doubt' AND due_at <= $1 ORDER BY due_at, order_id \
                        LIMIT $2");
    WAITING = select!("WHERE state = 'waiting' AND due_at <= $1 ORDER BY due_at, order_id \
                       LIMIT $2");
    RECHECK = select!("WHERE state = 'set-aside' AND due_at <= $1 AND due_at IS NOT NULL \
                       ORDER BY due_at, order_id LIMIT $2");
    POSTED = select!("WHERE state = 'posted' AND due_at <= $1 ORDER BY due_at, order_id LIMIT $2");
    /// Ready, waiting for a moment: `min` over each index, never a scan.
    NEXT_DUE = "SELECT min(due_at) AS due FROM ( \
                SELECT min(due_at) AS due_at FROM entry WHERE state = 'ready' UNION ALL \
                SELECT min(due_at) FROM entry WHERE state = 'waiting' UNION ALL \
                SELECT min(due_at) FROM entry WHERE state = 'in-doubt' UNION ALL \
                SELECT min(due_at) FROM entry WHERE state = 'posted' UNION ALL \
                SELECT min(due_at) FROM entry WHERE state = 'held' AND due_at IS NOT NULL \
                UNION ALL \
                SELECT min(due_at) FROM entry WHERE state = 'set-aside' AND due_at IS NOT NULL \
                UNION ALL \
                SELECT min(lease_until) FROM entry WHERE state = 'posting') AS queues";
    RECHECKED_LATER = "SELECT order_id FROM entry \
                       WHERE state = 'set-aside' AND due_at IS NOT NULL AND due_at > $1";
    RESCHEDULE = "UPDATE entry SET due_at = $2 WHERE order_id = $1";
    HURRY = "UPDATE entry SET due_at = $2 WHERE warehouse_id = $1 AND state = 'ready' \
             AND due_at > $2";
    LOOK_AGAIN = "UPDATE entry SET due_at = $2 WHERE order_id = $1 \
                  AND state IN ('held', 'waiting', 'ready')";
}

const READY: &str = select!("WHERE state = 'ready' AND due_at <= ");
const STANDING: [&str; 2] = [
    select!("WHERE state = 'waiting' AND due_at <= "),
    select!("WHERE state = 'held' AND due_at IS NOT NULL AND due_at <= "),
];
/// A lease that has run out, or, where only one process can be at work, any other worker's.
const ORPHANED: &str =
    select!("WHERE state = 'posting' AND (lease_until IS NULL OR lease_until < ");
const RELEASE: &str = select!("WHERE state = 'waiting' AND original_order_id IN (");

/// Takes up to `limit` entries that are ready and due, the longest due first, leaving out stores
/// that are paused and entries that another worker is about to take. It only locks them: the
/// caller decides and moves them on by [`transition`] in the same transaction.
pub async fn claim_ready(
    tx: &mut Tx,
    now: Timestamp,
    limit: usize,
    paused_stores: &[i64],
) -> StoreResult<Vec<DueRow>> {
    let lock = tx.skip_locked();
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(READY);
        query.push_bind(now.micros());
        if !paused_stores.is_empty() {
            query.push(" AND (warehouse_id IS NULL OR warehouse_id NOT IN (");
            let mut list = query.separated(", ");
            for store in padded(paused_stores) {
                list.push_bind(store);
            }
            query.push("))");
        }
        query.push(" ORDER BY due_at, order_id LIMIT ").push_bind(engine::limit(limit)).push(lock);
        all(&query.build().fetch_all(c).await?)
    })
}

/// Intents whose worker is gone: its lease has run out, or `only_us` says that no other process
/// can be at work and the worker is not `worker`. Locks them; the caller moves them on.
pub async fn orphaned(
    tx: &mut Tx,
    now: Timestamp,
    worker: &str,
    only_us: bool,
    limit: usize,
) -> StoreResult<Vec<DueRow>> {
    let lock = tx.skip_locked();
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(ORPHANED);
        query.push_bind(now.micros());
        if only_us {
            query.push(" OR worker IS NULL OR worker <> ").push_bind(worker);
        }
        query.push(") ORDER BY lease_until, order_id LIMIT ");
        query.push_bind(engine::limit(limit)).push(lock);
        all(&query.build().fetch_all(c).await?)
    })
}

/// Returns that wait and entries that are held, as far as they are due to be decided anew.
/// Locks them; the caller moves them on.
pub async fn due_standing(tx: &mut Tx, now: Timestamp, limit: usize) -> StoreResult<Vec<DueRow>> {
    let mut rows: Vec<DueRow> = Vec::new();
    let lock = tx.skip_locked();
    for queue in STANDING {
        let room = limit - rows.len();
        rows.extend(on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(queue);
            query.push_bind(now.micros()).push(" ORDER BY due_at, order_id LIMIT ");
            query.push_bind(engine::limit(room)).push(lock);
            all::<DueRow, _>(&query.build().fetch_all(c).await?)?
        }));
    }
    Ok(rows)
}

/// Reads one of the queues above: due by `now`, the longest due first.
async fn due(
    source: Source<'_>,
    queue: &'static str,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DueRow>> {
    let mut conn = source.open().await?;
    on!(conn, c => {
        let query = sqlx::query(queue).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Entries in doubt that are due to be looked up.
pub async fn due_in_doubt(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DueRow>> {
    due(source.into(), IN_DOUBT, now, limit).await
}

/// Returns that wait for their sale and are due to be looked at.
pub async fn due_waiting(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DueRow>> {
    due(source.into(), WAITING, now, limit).await
}

/// Orders that were set aside and may have become sales: to be read from Sitoo again.
pub async fn due_recheck(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DueRow>> {
    due(source.into(), RECHECK, now, limit).await
}

/// Orders that were set aside, may have become sales, and are not due yet; in ascending order.
pub async fn rechecked_later(
    source: impl Into<Source<'_>>,
    now: Timestamp,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    let mut ids: Vec<i64> = on!(conn, c => {
        let rows = sqlx::query(RECHECKED_LATER).bind(now.micros()).fetch_all(c).await?;
        rows.iter().map(|row| row.int("order_id")).collect::<StoreResult<_>>()?
    });
    ids.sort_unstable();
    Ok(ids)
}

/// Posted entries that are due to be read back. A posted entry without `due_at` never is.
pub async fn unconfirmed(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<DueRow>> {
    due(source.into(), POSTED, now, limit).await
}

/// When the next entry is due, or a lease runs out; in the past when something is due already.
pub async fn next_due(source: impl Into<Source<'_>>) -> StoreResult<Option<Timestamp>> {
    let mut conn = source.into().open().await?;
    let due: Option<i64> = on!(conn, c => {
        sqlx::query(NEXT_DUE).fetch_one(c).await?.try_get("due")?
    });
    Ok(due.map(Timestamp::from_micros))
}

/// Moves the moment at which entries are looked at next; no step of their life, so nothing on
/// the timeline.
pub async fn reschedule(tx: &mut Tx, due: &[(i64, Option<Timestamp>)]) -> StoreResult<()> {
    let mut due: Vec<_> = due.to_vec();
    due.sort_unstable_by_key(|(order_id, _)| *order_id);
    for (order_id, at) in due {
        on!(tx, c => {
            let query = sqlx::query(RESCHEDULE).bind(order_id).bind(at.map(Timestamp::micros));
            query.execute(c).await?;
        });
    }
    Ok(())
}

/// What is not on its way is decided on again at `at`; false when it moved on meanwhile.
pub async fn look_again(tx: &mut Tx, order_id: i64, at: Timestamp) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(LOOK_AGAIN).bind(order_id).bind(at.micros());
        query.execute(c).await?.rows_affected() > 0
    }))
}

/// Makes the returns ready that wait for one of these sales; returns their order ids.
pub async fn release_waiting_for(
    tx: &mut Tx,
    now: Timestamp,
    sales: &[i64],
) -> StoreResult<Vec<i64>> {
    let mut waiting: Vec<DueRow> = Vec::new();
    let lock = tx.for_update();
    for sales in sales.chunks(1_024) {
        waiting.extend(on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(RELEASE);
            let mut list = query.separated(", ");
            for sale in padded(sales) {
                list.push_bind(sale);
            }
            query.push(") ORDER BY order_id").push(lock);
            all::<DueRow, _>(&query.build().fetch_all(c).await?)?
        }));
    }
    let steps: Vec<_> = waiting.iter().map(|row| release(row, now)).collect();
    let outcomes = transition(tx, now, &steps).await?;
    let released = outcomes.into_iter().filter(|(_, outcome)| *outcome == Outcome::Applied);
    Ok(released.map(|(order_id, _)| order_id).collect())
}

fn release(row: &DueRow, now: Timestamp) -> Transition {
    let sale = row.original_order_id.unwrap_or_default();
    Transition {
        order_id: row.order_id,
        expect: Expect { state: EntryState::Waiting, attempt: Some(row.attempt) },
        to: EntryState::Ready,
        changes: Changes { due_at: Some(Some(now)), reason: Some(None), ..Changes::default() },
        event: Event {
            actor: "daybook".to_owned(),
            code: "sale-posted".to_owned(),
            detail: format!("its sale, order {sale}, is posted now"),
        },
    }
}

/// What is ready in a store and waits for its next try is due now.
pub async fn hurry(tx: &mut Tx, now: Timestamp, warehouse_id: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(HURRY).bind(warehouse_id).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}
