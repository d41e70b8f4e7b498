//! The proof that prices arrive: when OrderWise changed one, when Daybook wrote it, when it was
//! seen at the tills.

use std::collections::HashMap;

use daybook_domain::{Money, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

/// Sitoo's default price list (facts/sitoo 4.4).
pub const DEFAULT_LIST: i64 = 1;

sql! {
    WRITTEN = "UPDATE price_arrival SET written_at = $4 WHERE sku = $1 AND list = $2 AND new = $3 \
               AND read_back_at IS NULL";
    READ_BACK = "UPDATE price_arrival SET read_back_at = $4, \
                 written_at = COALESCE(written_at, $4) WHERE sku = $1 AND list = $2 AND new = $3 \
                 AND read_back_at IS NULL";
    FORGET = "DELETE FROM price_arrival WHERE sku = $1 AND list = $2 AND decided_at = $3";
    LATE = "SELECT CAST(count(*) AS BIGINT) AS prices, min(sku) AS example FROM price_arrival \
            WHERE read_back_at IS NULL AND due_at < $1";
    PENDING = "SELECT CAST(count(*) AS BIGINT) AS prices FROM price_arrival \
               WHERE read_back_at IS NULL";
    /// Of variants that nothing is to do about, and whose product costs something else.
    OVERTAKEN = "DELETE FROM price_arrival WHERE read_back_at IS NULL AND list = $1 \
                 AND EXISTS (SELECT 1 FROM catalogue_item AS i WHERE i.sku = price_arrival.sku \
                 AND i.due_at IS NULL AND i.intent_at IS NULL) \
                 AND NOT EXISTS (SELECT 1 FROM catalogue_item AS i \
                 JOIN till_product AS p ON p.product_id = i.product_id \
                 WHERE i.sku = price_arrival.sku AND p.price = price_arrival.new)";
    /// The same for a list that has a share of the price.
    OVERTAKEN_IN = "DELETE FROM price_arrival WHERE read_back_at IS NULL AND list = $1 \
                    AND NOT EXISTS (SELECT 1 FROM catalogue_item AS i \
                    JOIN till_product AS p ON p.product_id = i.product_id \
                    WHERE i.sku = price_arrival.sku AND i.standing = 'published' \
                    AND (p.price * $2 + 50) / 100 = price_arrival.new)";
    LISTS = "SELECT DISTINCT list FROM price_arrival WHERE read_back_at IS NULL";
    FORGET_LIST = "DELETE FROM price_arrival WHERE read_back_at IS NULL AND list = $1";
    PRUNE = "DELETE FROM price_arrival WHERE decided_at < $1 AND read_back_at IS NOT NULL";
}

const SELECT: &str = "SELECT sku, list, decided_at, old, new, changed_at, due_at, written_at, \
    read_back_at FROM price_arrival ";
const INSERT: &str = "INSERT INTO price_arrival (sku, list, decided_at, old, new, changed_at, \
    due_at) ";

/// A price on its way to the tills, or arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PriceArrival")]
pub struct Arrival {
    /// The variant's SKU.
    pub sku: String,
    /// Sitoo's price list.
    pub list: i64,
    /// When Daybook saw that it differs.
    pub decided_at: Timestamp,
    /// The price before; none for a new product.
    pub old: Option<Money>,
    /// The price after.
    pub new: Money,
    /// When OrderWise changed it.
    pub changed_at: Option<Timestamp>,
    /// When the stores open with it.
    pub due_at: Timestamp,
    /// When Daybook wrote it.
    pub written_at: Option<Timestamp>,
    /// When Sitoo was seen to have it.
    pub read_back_at: Option<Timestamp>,
}

impl Arrival {
    /// Whether it was not at the tills when the stores opened, as of `now`.
    pub fn is_late(&self, now: Timestamp) -> bool {
        self.read_back_at.unwrap_or(now) > self.due_at
    }
}

impl FromCells for Arrival {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            sku: row.text("sku")?,
            list: row.int("list")?,
            decided_at: row.time("decided_at")?,
            old: row.opt_money("old")?,
            new: row.money("new")?,
            changed_at: row.opt_time("changed_at")?,
            due_at: row.time("due_at")?,
            written_at: row.opt_time("written_at")?,
            read_back_at: row.opt_time("read_back_at")?,
        })
    }
}

/// Which arrivals a report shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalFilter {
    /// Decided then or later.
    pub since: Timestamp,
    /// Only those that came late, or have not come and should have.
    pub late_at: Option<Timestamp>,
    /// Only of this variant.
    pub sku: Option<String>,
}

/// Expects prices at the tills. One that is expected already keeps its place; one that another
/// price overtakes is forgotten, because it will never arrive.
pub async fn expect(tx: &mut Tx, expected: &[Arrival]) -> StoreResult<()> {
    let skus: Vec<&str> = expected.iter().map(|one| one.sku.as_str()).collect();
    let mut pending: HashMap<(String, i64), Arrival> = HashMap::new();
    for piece in pieces(skus.len()) {
        let found: Vec<Arrival> = on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(SELECT);
            let mut list = query.push("WHERE read_back_at IS NULL AND sku IN (").separated(", ");
            for sku in &skus[piece] {
                list.push_bind(*sku);
            }
            all(&query.push(")").build().fetch_all(c).await?)?
        });
        pending.extend(found.into_iter().map(|one| ((one.sku.clone(), one.list), one)));
    }
    let mut new = Vec::new();
    for one in expected {
        match pending.get(&(one.sku.clone(), one.list)) {
            Some(known) if known.new == one.new => {}
            known => {
                if let Some(known) = known {
                    on!(tx, c => {
                        let query = sqlx::query(FORGET).bind(known.sku.as_str()).bind(known.list);
                        query.bind(known.decided_at.micros()).execute(c).await?;
                    });
                }
                new.push(one);
            }
        }
    }
    for piece in pieces(new.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&new[piece], |mut row, one| {
                row.push_bind(one.sku.as_str()).push_bind(one.list);
                row.push_bind(one.decided_at.micros()).push_bind(one.old.map(Money::pence));
                row.push_bind(one.new.pence()).push_bind(one.changed_at.map(Timestamp::micros));
                row.push_bind(one.due_at.micros());
            });
            query.push(" ON CONFLICT (sku, list, decided_at) DO UPDATE SET new = excluded.new");
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// Prices were written.
pub async fn written(
    tx: &mut Tx,
    now: Timestamp,
    list: i64,
    prices: &[(String, Money)],
) -> StoreResult<()> {
    each(tx, WRITTEN, now, list, prices).await
}

/// Prices were seen in Sitoo.
pub async fn read_back(
    tx: &mut Tx,
    now: Timestamp,
    list: i64,
    prices: &[(String, Money)],
) -> StoreResult<()> {
    each(tx, READ_BACK, now, list, prices).await
}

async fn each(
    tx: &mut Tx,
    text: &'static str,
    now: Timestamp,
    list: i64,
    prices: &[(String, Money)],
) -> StoreResult<()> {
    for (sku, price) in prices {
        on!(tx, c => {
            let query = sqlx::query(text).bind(sku.as_str()).bind(list).bind(price.pence());
            query.bind(now.micros()).execute(c).await?;
        });
    }
    Ok(())
}

/// Prices that should have arrived before `now` and have not: how many, and the SKU of one.
pub async fn late(
    source: impl Into<Source<'_>>,
    now: Timestamp,
) -> StoreResult<Option<(i64, String)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(LATE).bind(now.micros()).fetch_one(c).await?;
        let (prices, example) = (row.int("prices")?, row.opt_text("example")?);
        Ok(example.map(|example| (prices, example)))
    })
}

/// How many prices are on their way.
pub async fn pending(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(PENDING).fetch_one(c).await?.int("prices"))
}

/// The latest prices of a list that were expected of these variants since a moment.
pub async fn latest(
    source: impl Into<Source<'_>>,
    list: i64,
    since: Timestamp,
    skus: &[String],
) -> StoreResult<HashMap<String, Arrival>> {
    let mut conn = source.into().open().await?;
    let mut latest = HashMap::new();
    for piece in pieces(skus.len()) {
        let found: Vec<Arrival> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(SELECT);
            query.push("WHERE list = ").push_bind(list).push(" AND decided_at >= ");
            query.push_bind(since.micros()).push(" AND sku IN (");
            let mut names = query.separated(", ");
            for sku in &skus[piece] {
                names.push_bind(sku.as_str());
            }
            all(&query.push(") ORDER BY decided_at").build().fetch_all(c).await?)?
        });
        latest.extend(found.into_iter().map(|one| (one.sku.clone(), one)));
    }
    Ok(latest)
}

/// Prices of a list that were written and not seen yet, after a SKU.
pub async fn unseen(
    source: impl Into<Source<'_>>,
    list: i64,
    after: &str,
    limit: usize,
) -> StoreResult<Vec<Arrival>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(SELECT);
        query.push("WHERE read_back_at IS NULL AND written_at IS NOT NULL AND list = ");
        query.push_bind(list).push(" AND sku > ").push_bind(after).push(" ORDER BY sku LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}

/// Forgets prices of the default list that will never come: OrderWise took the change back.
pub async fn forget_overtaken(tx: &mut Tx) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(OVERTAKEN).bind(DEFAULT_LIST).execute(c).await?;
    });
    Ok(())
}

/// Forgets prices of a list that are not this share of the price any more.
pub async fn forget_overtaken_in(tx: &mut Tx, list: i64, percent: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(OVERTAKEN_IN).bind(list).bind(percent).execute(c).await?;
    });
    Ok(())
}

/// Forgets what is expected in lists other than these and the default one.
pub async fn forget_other_lists(tx: &mut Tx, kept: impl Iterator<Item = i64>) -> StoreResult<()> {
    let kept: Vec<i64> = kept.chain([DEFAULT_LIST]).collect();
    on!(tx, c => {
        for row in sqlx::query(LISTS).fetch_all(&mut *c).await? {
            let list = row.int("list")?;
            if !kept.contains(&list) {
                sqlx::query(FORGET_LIST).bind(list).execute(&mut *c).await?;
            }
        }
    });
    Ok(())
}

/// A page of the report, the newest first.
pub async fn list(
    source: impl Into<Source<'_>>,
    filter: &ArrivalFilter,
    limit: usize,
) -> StoreResult<Vec<Arrival>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(SELECT);
        query.push("WHERE decided_at >= ").push_bind(filter.since.micros());
        if let Some(now) = filter.late_at {
            query.push(" AND due_at < COALESCE(read_back_at, ").push_bind(now.micros()).push(")");
        }
        if let Some(sku) = filter.sku.as_deref() {
            query.push(" AND sku = ").push_bind(sku);
        }
        query.push(" ORDER BY decided_at DESC, sku LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}

/// Forgets arrivals that are history; returns how many.
pub async fn prune(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    Ok(on!(tx, c => {
        sqlx::query(PRUNE).bind(before.micros()).execute(c).await?.rows_affected()
    }))
}
