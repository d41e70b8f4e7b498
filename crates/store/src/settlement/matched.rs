//! What all things that are matched have in common; the statements are their own.

use crate::{
    Source, StoreResult, Tx,
    engine::{FromCells, all},
};

/// What rules may match: what no match holds (`open`), and what only a suggestion holds (`held`);
/// with `redo`, also what a rule has confirmed. Of one provider, where the statements ask for one.
pub(super) async fn free<T: FromCells>(
    source: Source<'_>,
    (open, held): (&'static str, &'static str),
    provider: Option<&str>,
    redo: bool,
) -> StoreResult<Vec<T>> {
    let mut conn = source.open().await?;
    on!(conn, c => {
        let (mut open, mut held) = (sqlx::query(open), sqlx::query(held));
        if let Some(provider) = provider {
            open = open.bind(provider);
            held = held.bind(provider);
        }
        let mut found = all(&open.fetch_all(&mut *c).await?)?;
        found.extend(all(&held.bind(i64::from(redo)).fetch_all(&mut *c).await?)?);
        Ok(found)
    })
}

/// What belongs to a match.
pub(super) async fn of_match<T: FromCells>(
    source: Source<'_>,
    of_match: &'static str,
    number: i64,
) -> StoreResult<Vec<T>> {
    let mut conn = source.open().await?;
    on!(conn, c => all(&sqlx::query(of_match).bind(number).fetch_all(c).await?))
}

/// Makes a numbered line part of a match; false if another one has it.
pub(super) async fn attach(
    tx: &mut Tx,
    attach: &'static str,
    line: i64,
    number: i64,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        sqlx::query(attach).bind(line).bind(number).execute(c).await?.rows_affected() == 1
    }))
}

/// Frees what belongs to a match.
pub(super) async fn detach(tx: &mut Tx, detach: &'static str, number: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(detach).bind(number).execute(c).await?;
    });
    Ok(())
}
