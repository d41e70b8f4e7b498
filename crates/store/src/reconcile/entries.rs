//! What the book holds of a store's time, a page at a time: a month of a large store is never in
//! memory at once.

use std::collections::BTreeSet;

use daybook_domain::Timestamp;
use sqlx::QueryBuilder;

use super::late::LateRow;
use crate::{
    Source, StoreResult,
    engine::{self, Cells, FromCells, all, padded},
    entry::EntryRow,
};

macro_rules! columns {
    () => {
        "e.order_id AS order_id, site_id, reference, kind, state, reason, warehouse_id, \
         register_id, receipt_id, order_date, currency, net, vat, gross, original_order_id, \
         partner_order_id, e.received_at AS received_at, changed_at, due_at, attempt, failures, \
         worker, lease_until, doubt_since, doubt_lookups, erp_order_id, erp_order_number, erp_net, \
         erp_tax, erp_gross, stored_at, posted_at, confirmed_at, payload_version, seq, \
         time_zone, body"
    };
}

sql! {
    PAGE = concat!("SELECT ", columns!(), " FROM entry AS e JOIN payload AS p \
            ON p.order_id = e.order_id AND p.version = e.payload_version \
            WHERE warehouse_id = $1 AND order_date < $2 AND (order_date > $3 \
            OR order_date = $3 AND e.order_id > $4) AND order_date >= $3 \
            ORDER BY order_date, e.order_id LIMIT $5");
    LAST_RECEIPTS = "SELECT receipt_id FROM entry WHERE warehouse_id = $1 AND register_id = $2 \
                     AND order_date < $3 AND order_date >= $4 AND receipt_id IS NOT NULL \
                     ORDER BY order_date DESC, order_id DESC LIMIT $5";
    STORES = "SELECT DISTINCT warehouse_id FROM entry WHERE order_date >= $1 AND order_date < $2 \
              AND warehouse_id IS NOT NULL ORDER BY warehouse_id";
    OF_RECEIPT = "SELECT order_id FROM entry WHERE receipt_id = $1 LIMIT 1";
}

const MOMENTS: &str = "SELECT warehouse_id, order_date FROM entry WHERE warehouse_id IS NOT NULL \
    AND order_id IN (";

/// An entry with what the till told of it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenRow {
    /// The entry.
    pub entry: EntryRow,
    /// The till's latest payload.
    pub body: String,
}

impl FromCells for TakenRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { entry: EntryRow::read(row)?, body: row.text("body")? })
    }
}

/// Where a page ended: the next one begins behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    moment: Timestamp,
    order_id: i64,
}

impl Place {
    /// Before everything that happened at this moment or later.
    pub const fn before(moment: Timestamp) -> Self {
        Self { moment, order_id: i64::MIN }
    }

    /// Behind this row.
    pub const fn behind(row: &TakenRow) -> Self {
        Self { moment: row.entry.order_date, order_id: row.entry.order_id }
    }
}

/// A page of a store's entries behind `place` and before `to`, by the moment at the till.
pub async fn page(
    source: impl Into<Source<'_>>,
    warehouse_id: i64,
    place: Place,
    to: Timestamp,
    limit: usize,
) -> StoreResult<Vec<TakenRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(PAGE).bind(warehouse_id).bind(to.micros());
        let query = query.bind(place.moment.micros()).bind(place.order_id);
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// The last receipts of a till before a moment, the newest first, none older than `since`.
pub async fn last_receipts(
    source: impl Into<Source<'_>>,
    (warehouse_id, register_id): (i64, &str),
    before: Timestamp,
    since: Timestamp,
    limit: usize,
) -> StoreResult<Vec<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(LAST_RECEIPTS).bind(warehouse_id).bind(register_id);
        let query = query.bind(before.micros()).bind(since.micros()).bind(engine::limit(limit));
        let rows = query.fetch_all(c).await?;
        rows.iter().map(|row| row.text("receipt_id")).collect()
    })
}

/// Stores that took anything from `from` to before `to`.
pub async fn stores(
    source: impl Into<Source<'_>>,
    from: Timestamp,
    to: Timestamp,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(STORES).bind(from.micros()).bind(to.micros()).fetch_all(c).await?;
        rows.iter().map(|row| row.int("warehouse_id")).collect()
    })
}

/// Where and when these entries happened.
pub async fn moments(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<BTreeSet<LateRow>> {
    let mut conn = source.into().open().await?;
    let mut found = BTreeSet::new();
    for ids in order_ids.chunks(1_024) {
        on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(MOMENTS);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            for row in query.push(")").build().fetch_all(c).await? {
                let (warehouse_id, moment) = (row.int("warehouse_id")?, row.time("order_date")?);
                found.insert(LateRow { warehouse_id, moment });
            }
        });
    }
    Ok(found)
}

/// Whether the book holds a receipt.
pub async fn holds_receipt(source: impl Into<Source<'_>>, receipt_id: &str) -> StoreResult<bool> {
    let mut conn = source.into().open().await?;
    on!(conn, c => Ok(sqlx::query(OF_RECEIPT).bind(receipt_id).fetch_optional(c).await?.is_some()))
}
