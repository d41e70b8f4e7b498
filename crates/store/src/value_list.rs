//! OrderWise's value lists, kept at hand: what the mapping tables can map to.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all, pieces},
};

sql! {
    CLEAR = "DELETE FROM value_list WHERE list = $1";
    OF_LIST = "SELECT id, name FROM value_list WHERE list = $1 ORDER BY id";
}

const INSERT: &str = "INSERT INTO value_list (list, id, name) ";

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Value {
    /// OrderWise's id.
    pub id: i64,
    /// OrderWise's name.
    pub name: String,
}

impl FromCells for Value {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { id: row.int("id")?, name: row.text("name")? })
    }
}

/// Puts `values` (id and name) in the place of what list number `list` held.
pub async fn replace(tx: &mut Tx, list: i64, values: &[(i64, String)]) -> StoreResult<()> {
    let values: BTreeMap<i64, &str> =
        values.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let values: Vec<(i64, &str)> = values.into_iter().collect();
    on!(tx, c => {
        sqlx::query(CLEAR).bind(list).execute(c).await?;
    });
    for piece in pieces(values.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&values[piece], |mut row, (id, name)| {
                row.push_bind(list).push_bind(*id).push_bind(*name);
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// The values of a list.
pub async fn of(source: impl Into<Source<'_>>, list: i64) -> StoreResult<Vec<Value>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_LIST).bind(list).fetch_all(c).await?))
}
