//! Finding entries: one, a page of them, their payloads, their numbers.

use std::collections::{BTreeSet, HashMap};

use daybook_domain::{
    Money, Timestamp,
    causes::Cause,
    entry::{EntryKind, EntryState},
};
use sqlx::{QueryBuilder, Row};

use super::{EntryRow, PayloadRow, row::entry_columns};
use crate::{
    Source, StoreResult,
    count::{self, StateCount},
    engine::{self, Cells, all, one, padded},
};

sql! {
    GET = concat!("SELECT ", entry_columns!(), " FROM entry WHERE order_id = $1");
    RETURNS = concat!("SELECT ", entry_columns!(), " FROM entry WHERE original_order_id = $1 \
                      AND kind = 'return' ORDER BY order_id");
    VERSIONS = "SELECT version, received_at, body FROM payload WHERE order_id = $1 \
                ORDER BY version";
    DATED = "SELECT CAST(count(*) AS BIGINT) AS entries FROM (SELECT order_id FROM entry \
             WHERE order_date >= $1 AND order_date < $2 LIMIT $3) AS dated";
}

const LIST: &str = concat!("SELECT ", entry_columns!(), " FROM entry WHERE true");
const LATEST: &str = "SELECT entry.order_id AS order_id, body FROM entry JOIN payload \
    ON payload.order_id = entry.order_id AND payload.version = entry.payload_version \
    WHERE entry.order_id IN (";

/// Reads the book from its end until the page is full.
const ORDER: &str = " ORDER BY order_id DESC";
/// The plus keeps the engines from that: where few entries are in a state, its own index finds
/// them at once, and they are sorted.
const FEW_ORDER: &str = " ORDER BY +order_id DESC";
/// What few means.
const FEW: i64 = 5_000;

/// Which entries a list shows; an empty filter shows all, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryFilter {
    /// Only in this state.
    pub state: Option<EntryState>,
    /// Only of this kind.
    pub kind: Option<EntryKind>,
    /// Only where OrderWise's totals are known and are not the till's.
    pub differs: bool,
    /// Only of this store.
    pub warehouse_id: Option<i64>,
    /// Only of these stores.
    pub stores: Option<BTreeSet<i64>>,
    /// Only at or after this moment at the till.
    pub from: Option<Timestamp>,
    /// Only before this moment at the till.
    pub to: Option<Timestamp>,
    /// Only with an open exception of this cause.
    pub cause: Option<Cause>,
    /// Only with this reference, order id, receipt number or document number.
    pub text: Option<String>,
    /// Only with a lower order id: the last one of the page before.
    pub before: Option<i64>,
}

/// OrderWise's totals have no sign on credits.
const DIFFERS: &str = " AND erp_gross IS NOT NULL AND (erp_gross <> abs(gross) \
    OR erp_net <> abs(net) OR erp_tax <> abs(vat))";

/// Adds stores, days and differences to a query.
macro_rules! narrow {
    ($query:expr, $filter:expr) => {
        if $filter.differs {
            $query.push(DIFFERS);
        }
        if let Some(store) = $filter.warehouse_id {
            $query.push(" AND warehouse_id = ").push_bind(store);
        }
        if let Some(stores) = &$filter.stores {
            $query.push(" AND warehouse_id IN (NULL");
            for store in stores {
                $query.push(", ").push_bind(*store);
            }
            $query.push(")");
        }
        if let Some(from) = $filter.from {
            $query.push(" AND order_date >= ").push_bind(from.micros());
        }
        if let Some(to) = $filter.to {
            $query.push(" AND order_date < ").push_bind(to.micros());
        }
    };
}

/// One entry.
pub async fn get(source: impl Into<Source<'_>>, order_id: i64) -> StoreResult<Option<EntryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(order_id).fetch_optional(c).await?.as_ref()))
}

/// How many entries happened at the till from `from` on and before `to`; `most` when there are more.
pub async fn dated_between(
    source: impl Into<Source<'_>>,
    from: Timestamp,
    to: Timestamp,
    most: usize,
) -> StoreResult<usize> {
    let mut conn = source.into().open().await?;
    let entries = on!(conn, c => {
        let query = sqlx::query(DATED).bind(from.micros()).bind(to.micros());
        query.bind(engine::limit(most)).fetch_one(c).await?.int("entries")?
    });
    Ok(usize::try_from(entries).unwrap_or_default())
}

/// Returns that name this sale, by order id.
pub async fn returns_against(
    source: impl Into<Source<'_>>,
    sale: i64,
) -> StoreResult<Vec<EntryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(RETURNS).bind(sale).fetch_all(c).await?))
}

/// A page of entries, the newest order id first.
pub async fn list(
    source: impl Into<Source<'_>>,
    filter: &EntryFilter,
    limit: usize,
) -> StoreResult<Vec<EntryRow>> {
    let mut conn = source.into().open().await?;
    let order = match filter.state {
        Some(state) => match count::in_state(&mut conn, state).await? {
            0 => return Ok(Vec::new()),
            1..=FEW => FEW_ORDER,
            _ => ORDER,
        },
        None => ORDER,
    };
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(LIST);
        if let Some(state) = filter.state {
            // Literal, so that the planners see that the state's own index fits.
            query.push(" AND state = '").push(state.word()).push("'");
        }
        if let Some(kind) = filter.kind {
            query.push(" AND kind = ").push_bind(kind.word());
        }
        narrow!(query, filter);
        if let Some(cause) = filter.cause {
            query.push(" AND order_id IN (SELECT order_id FROM exception WHERE closed_at IS NULL \
                        AND order_id IS NOT NULL AND cause = ").push_bind(cause.code()).push(")");
        }
        if let Some(text) = filter.text.as_deref().map(str::trim) {
            query.push(" AND (reference = ").push_bind(text.to_uppercase());
            query.push(" OR receipt_id = ").push_bind(text);
            query.push(" OR erp_order_number = ").push_bind(text);
            query.push(" OR order_id = ").push_bind(text.parse::<i64>().ok()).push(")");
        }
        if let Some(before) = filter.before {
            query.push(" AND order_id < ").push_bind(before);
        }
        query.push(order).push(" LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}

/// Entries by state with their money and the age of the oldest, without counting them.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<Vec<StateCount>> {
    count::by_state(source).await
}

/// What the till told last about each of these orders, as it came, by order id.
pub async fn payloads(
    source: impl Into<Source<'_>>,
    order_ids: &[i64],
) -> StoreResult<HashMap<i64, String>> {
    let mut found = HashMap::with_capacity(order_ids.len());
    let mut conn = source.into().open().await?;
    for ids in order_ids.chunks(256) {
        on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(LATEST);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            for row in query.push(")").build().fetch_all(c).await? {
                found.insert(row.int("order_id")?, row.try_get("body")?);
            }
        });
    }
    Ok(found)
}

/// Everything the till ever told about an order, oldest first.
pub async fn payload_versions(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<PayloadRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(VERSIONS).bind(order_id).fetch_all(c).await?))
}

/// A page of entries of exactly this gross amount, or its opposite, the newest order id first; of
/// the filter its kind, cause and text do not count.
pub async fn of_amount(
    source: impl Into<Source<'_>>,
    gross: Money,
    filter: &EntryFilter,
    limit: usize,
) -> StoreResult<Vec<EntryRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(LIST);
        query.push(" AND gross IN (").push_bind(gross.pence());
        query.push(", ").push_bind((-gross).pence()).push(")");
        if let Some(state) = filter.state {
            query.push(" AND state = ").push_bind(state.word());
        }
        narrow!(query, filter);
        if let Some(before) = filter.before {
            query.push(" AND order_id < ").push_bind(before);
        }
        query.push(ORDER).push(" LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}
