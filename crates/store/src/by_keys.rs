//! Rows whose key is one of a list: the reads that whole pieces of work begin with.

use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult,
    engine::{FromCells, all, pieces},
};

/// Rows by their keys, piece by piece: `text` ends before the list, `rest` begins after it.
pub(crate) async fn by_keys<T: FromCells>(
    source: Source<'_>,
    (text, rest): (&'static str, &'static str),
    keys: &[String],
) -> StoreResult<Vec<T>> {
    let mut conn = source.open().await?;
    let mut found = Vec::new();
    for piece in pieces(keys.len()) {
        found.extend(on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(text);
            let mut list = query.push("(").separated(", ");
            for key in &keys[piece] {
                list.push_bind(key.as_str());
            }
            all::<T, _>(&query.push(")").push(rest).build().fetch_all(c).await?)?
        }));
    }
    Ok(found)
}
