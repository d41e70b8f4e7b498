//! Held entries, and what releases them.

use std::collections::BTreeSet;

use daybook_domain::{Timestamp, causes::Cause, mapping::MappingKind, sku};
use sqlx::QueryBuilder;

use super::{EntryRow, row::entry_columns};
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, all},
};

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", entry_columns!(), " FROM entry ", $rest)
    };
}

sql! {
    DUE = select!("WHERE state = 'held' AND due_at <= $1 AND due_at IS NOT NULL \
                   ORDER BY due_at, order_id LIMIT $2");
    HELD = select!("WHERE state = 'held' AND order_id > $1 ORDER BY order_id LIMIT $2");
    SUBJECTS = "SELECT DISTINCT subject FROM exception WHERE closed_at IS NULL \
                AND order_id IS NOT NULL AND cause = $1";
    WAKE = "UPDATE entry SET due_at = $3 WHERE state = 'held' AND order_id IN \
            (SELECT order_id FROM exception WHERE cause = $1 AND subject = $2 \
            AND closed_at IS NULL AND order_id IS NOT NULL)";
}

const HELD_WITH: &str = select!(
    "WHERE state = 'held' AND order_id IN (SELECT order_id FROM exception \
     WHERE closed_at IS NULL AND order_id IS NOT NULL AND cause = "
);

/// Held entries that are due to be decided anew: their cause may be gone.
pub async fn due_held(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<EntryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Held entries after order id `after`, by order id.
pub async fn held(
    source: impl Into<Source<'_>>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<EntryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(HELD).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Held entries after order id `after` that have an open exception of this cause (about this
/// subject): the siblings that one fix releases. By order id.
pub async fn held_with(
    source: impl Into<Source<'_>>,
    cause: Cause,
    subject: Option<&str>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<EntryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(HELD_WITH);
        query.push_bind(cause.code());
        if let Some(subject) = subject {
            query.push(" AND subject = ").push_bind(subject);
        }
        query.push(") AND order_id > ").push_bind(after);
        query.push(" ORDER BY order_id LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}

/// Makes held entries due whose open exceptions a mapping of this kind can release: those about
/// one of `keys` (compared without blanks around and letter case), or about anything when there
/// are none. Returns how many were woken.
pub async fn wake_held_for(
    tx: &mut Tx,
    now: Timestamp,
    kind: MappingKind,
    keys: &[String],
) -> StoreResult<u64> {
    let keys: BTreeSet<String> = keys.iter().map(|key| sku::fold(key)).collect();
    let mut woken = 0;
    for cause in Cause::ALL.iter().filter(|cause| cause.is_released_by(kind)) {
        let subjects: Vec<String> = on!(tx, c => {
            let rows = sqlx::query(SUBJECTS).bind(cause.code()).fetch_all(c).await?;
            rows.iter().map(|row| row.text("subject")).collect::<StoreResult<_>>()?
        });
        let meant = |subject: &String| keys.is_empty() || keys.contains(&sku::fold(subject));
        for subject in subjects.into_iter().filter(meant) {
            woken += on!(tx, c => {
                let query = sqlx::query(WAKE).bind(cause.code()).bind(subject);
                query.bind(now.micros()).execute(c).await?.rows_affected()
            });
        }
    }
    Ok(woken)
}
