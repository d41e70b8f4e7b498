//! Documents of the other integration that are known to be an entry's.

use std::collections::HashMap;

use daybook_domain::{Money, Timestamp};
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all, one, padded},
};

sql! {
    /// A document belongs to the entry that was found first.
    ADOPT = "INSERT INTO elsewhere (erp_order_id, order_id, reference, order_number, net, tax, \
             gross, found_at, own_reference) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (erp_order_id) DO NOTHING";
    WHOSE = "SELECT order_id FROM elsewhere WHERE erp_order_id = $1";
    /// The day close knows documents by the reference of their entry.
    RENAME = "UPDATE ledger_document SET reference = $2, order_id = $3 WHERE erp_order_id = $1";
}

const OF_ENTRIES: &str = "SELECT erp_order_id, order_id, reference, order_number, net, tax, gross, \
    found_at, own_reference FROM elsewhere WHERE order_id IN (";
const OF_DOCUMENTS: &str = "SELECT erp_order_id, order_id, reference, order_number, net, tax, \
    gross, found_at, own_reference FROM elsewhere WHERE erp_order_id IN (";
const ORDER: &str = ") ORDER BY erp_order_id";

/// A document to be adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewElsewhere<'a> {
    /// OrderWise's id of it.
    pub erp_order_id: i64,
    /// The entry.
    pub order_id: i64,
    /// The entry's own reference.
    pub own_reference: &'a str,
    /// The reference that it bears.
    pub reference: &'a str,
    /// Its number for people.
    pub order_number: &'a str,
    /// Net, tax and gross.
    pub amounts: [Money; 3],
}

/// An adopted document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ElsewhereRow {
    /// OrderWise's id of it.
    pub erp_order_id: i64,
    /// The entry.
    pub order_id: i64,
    /// The entry's own reference.
    pub own_reference: String,
    /// The reference that it bears.
    pub reference: String,
    /// Its number for people.
    pub order_number: String,
    /// Net.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// Gross.
    pub gross: Money,
    /// When it was found.
    pub found_at: Timestamp,
}

impl FromCells for ElsewhereRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            erp_order_id: row.int("erp_order_id")?,
            order_id: row.int("order_id")?,
            own_reference: row.text("own_reference")?,
            reference: row.text("reference")?,
            order_number: row.text("order_number")?,
            net: row.money("net")?,
            tax: row.money("tax")?,
            gross: row.money("gross")?,
            found_at: row.time("found_at")?,
        })
    }
}

struct Whose(i64);

impl FromCells for Whose {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.int("order_id")?))
    }
}

/// Adopts a document for its entry; false where it is another entry's already.
pub async fn adopt(tx: &mut Tx, now: Timestamp, new: &NewElsewhere<'_>) -> StoreResult<bool> {
    let whose: Option<Whose> = on!(tx, c => {
        let [net, tax, gross] = new.amounts.map(Money::pence);
        let query = sqlx::query(ADOPT).bind(new.erp_order_id).bind(new.order_id);
        let query = query.bind(new.reference).bind(new.order_number).bind(net).bind(tax);
        let query = query.bind(gross).bind(now.micros()).bind(new.own_reference);
        query.execute(&mut *c).await?;
        one(sqlx::query(WHOSE).bind(new.erp_order_id).fetch_optional(c).await?.as_ref())?
    });
    let is_ours = whose.is_some_and(|whose| whose.0 == new.order_id);
    if is_ours {
        on!(tx, c => {
            let query = sqlx::query(RENAME).bind(new.erp_order_id).bind(new.own_reference);
            query.bind(new.order_id).execute(c).await?;
        });
    }
    Ok(is_ours)
}

/// The adopted documents of these entries, by entry.
pub async fn of_entries(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<HashMap<i64, Vec<ElsewhereRow>>> {
    let mut found: HashMap<i64, Vec<ElsewhereRow>> = HashMap::new();
    for row in select(source.into(), OF_ENTRIES, order_ids).await? {
        found.entry(row.order_id).or_default().push(row);
    }
    Ok(found)
}

/// Which of these documents are adopted, by OrderWise's id.
pub async fn of_documents(
    source: impl Into<Source<'_>>,
    erp_order_ids: &[i64],
) -> StoreResult<HashMap<i64, ElsewhereRow>> {
    let rows = select(source.into(), OF_DOCUMENTS, erp_order_ids).await?;
    Ok(rows.into_iter().map(|row| (row.erp_order_id, row)).collect())
}

async fn select(
    source: Source<'_>,
    text: &'static str,
    ids: &[i64],
) -> StoreResult<Vec<ElsewhereRow>> {
    let mut conn = source.open().await?;
    let mut found = Vec::new();
    for ids in ids.chunks(1_024) {
        found.extend(on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(text);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all::<ElsewhereRow, _>(&query.push(ORDER).build().fetch_all(c).await?)?
        }));
    }
    Ok(found)
}
