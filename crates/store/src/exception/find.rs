//! Finding exceptions: one, a page of them, groups of siblings.

use std::collections::{HashMap, HashSet};

use daybook_domain::{Money, Timestamp, causes::Cause, sums::Sums};
use serde::Serialize;
use sqlx::QueryBuilder;

use super::{ExceptionRow, behind};
use crate::{
    Source, StoreResult,
    engine::{self, Cells, FromCells, all, one, padded},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, order_id, scope, cause, subject, detail, money, currency, raised_at, \
             closed_at, closed_by, close_reason FROM exception ",
            $rest
        )
    };
}

sql! {
    GET = select!("WHERE number = $1");
    OF_ENTRY = select!("WHERE order_id = $1 ORDER BY number");
    GROUPED = "SELECT cause, subject, currency, CAST(count(*) AS BIGINT) AS count, \
               CAST(sum(abs(money)) AS BIGINT) AS money, min(raised_at) AS oldest, \
               max(raised_at) AS newest FROM exception WHERE closed_at IS NULL \
               GROUP BY cause, subject, currency ORDER BY money DESC, count DESC, cause, subject";
    /// The money of an entry counts once, however many faults it has. What is about a store as such
    /// is told by its scope.
    BY_STORE = "SELECT entry.warehouse_id AS warehouse_id, NULLIF(entry.currency, '') AS currency, \
                CAST(sum(told.count) AS BIGINT) AS count, CAST(sum(told.money) AS BIGINT) AS money FROM (SELECT order_id, \
                count(*) AS count, max(abs(money)) AS money FROM exception \
                WHERE closed_at IS NULL AND order_id IS NOT NULL GROUP BY order_id) AS told \
                JOIN entry ON entry.order_id = told.order_id \
                GROUP BY entry.warehouse_id, NULLIF(entry.currency, '') \
                UNION ALL SELECT CAST(substr(scope, 7) AS BIGINT) AS warehouse_id, currency, \
                CAST(count(*) AS BIGINT) AS count, CAST(sum(abs(money)) AS BIGINT) AS money \
                FROM exception WHERE closed_at IS NULL AND scope LIKE 'store:%' \
                GROUP BY scope, currency";
    HELD = "SELECT currency, CAST(sum(money) AS BIGINT) AS money FROM (SELECT max(currency) \
            AS currency, max(abs(money)) AS money FROM exception WHERE closed_at IS NULL \
            AND order_id IS NOT NULL GROUP BY order_id UNION ALL SELECT currency, abs(money) \
            FROM exception WHERE closed_at IS NULL AND order_id IS NULL) AS told \
            GROUP BY currency";
    DISMISSED = "SELECT DISTINCT cause, subject FROM exception WHERE scope = $1 \
                 AND order_id IS NULL AND closed_at IS NOT NULL AND closed_by <> $2";
    COUNTS = "SELECT cause, CAST(count(*) AS BIGINT) AS count, \
              CAST(sum(abs(money)) AS BIGINT) AS money, min(raised_at) AS oldest FROM exception \
              WHERE closed_at IS NULL GROUP BY cause ORDER BY cause";
}

const GROUPED_IN: &str = "SELECT cause, subject, exception.currency AS currency, CAST(count(*) AS BIGINT) AS count, \
    CAST(sum(abs(money)) AS BIGINT) AS money, min(raised_at) AS oldest, max(raised_at) AS newest \
    FROM exception LEFT JOIN entry ON entry.order_id = exception.order_id \
    WHERE closed_at IS NULL AND (entry.warehouse_id IN (";
const GROUPED_BY: &str = ")) GROUP BY cause, subject, exception.currency ORDER BY money DESC, count DESC, cause, subject";
const LIST: &str = select!("WHERE true");
const EVER: &str = "SELECT DISTINCT order_id FROM exception WHERE cause = ";

/// Open exceptions of one cause about one subject: one fix clears them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Their cause.
    pub cause: Cause,
    /// What they are about.
    pub subject: String,
    /// How many.
    pub count: i64,
    /// Entries that stand still because their store is paused for it.
    pub behind: i64,
    /// The money at risk, without signs; that of the entries behind it too.
    pub money: Money,
    /// Its currency; none is the book's own. Siblings of several currencies are several groups.
    pub currency: Option<String>,
    /// Since when the oldest is open.
    pub oldest: Timestamp,
    /// Since when the newest is open.
    pub newest: Timestamp,
}

impl Group {
    /// The money at risk as far as it is in the currency that sums are made in.
    pub fn own_money(&self, book: &str) -> Money {
        Sums::from((self.currency.as_deref(), self.money)).own(book)
    }
}

impl FromCells for Group {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            cause: row.word("cause")?,
            subject: row.text("subject")?,
            count: row.int("count")?,
            behind: 0,
            money: row.money("money")?,
            currency: row.opt_text("currency")?,
            oldest: row.time("oldest")?,
            newest: row.time("newest")?,
        })
    }
}

/// Open exceptions of one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseCount {
    /// The cause.
    pub cause: Cause,
    /// How many.
    pub count: i64,
    /// The money at risk, without signs.
    pub money: Money,
    /// Since when the oldest is open.
    pub oldest: Timestamp,
}

impl FromCells for CauseCount {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            cause: row.word("cause")?,
            count: row.int("count")?,
            money: row.money("money")?,
            oldest: row.time("oldest")?,
        })
    }
}

/// Which exceptions a list shows; an empty filter shows the open ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExceptionFilter {
    /// Closed ones too.
    pub closed_too: bool,
    /// Only of this cause.
    pub cause: Option<Cause>,
    /// Only about this.
    pub subject: Option<String>,
    /// Only about this store or system, or `entry`.
    pub scope: Option<String>,
    /// Only after this number: the last one of the page before.
    pub after: i64,
}

/// One exception.
pub async fn get(source: impl Into<Source<'_>>, number: i64) -> StoreResult<Option<ExceptionRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(number).fetch_optional(c).await?.as_ref()))
}

/// All exceptions that an entry ever had, the oldest first.
pub async fn of_entry(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<ExceptionRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ENTRY).bind(order_id).fetch_all(c).await?))
}

/// Which of these entries ever had an exception of this cause, open or closed.
pub async fn ever(
    source: impl Into<Source<'_>>,
    cause: Cause,
    order_ids: &[i64],
) -> StoreResult<HashSet<i64>> {
    if order_ids.is_empty() {
        return Ok(HashSet::new());
    }
    let mut conn = source.into().open().await?;
    let mut found = HashSet::new();
    for ids in order_ids.chunks(1_024) {
        on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(EVER);
            query.push_bind(cause.code()).push(" AND order_id IN (");
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            let rows = query.push(")").build().fetch_all(c).await?;
            for row in &rows {
                found.insert(row.int("order_id")?);
            }
        });
    }
    Ok(found)
}

/// A page of exceptions, the oldest first.
pub async fn list(
    source: impl Into<Source<'_>>,
    filter: &ExceptionFilter,
    limit: usize,
) -> StoreResult<Vec<ExceptionRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(LIST);
        if !filter.closed_too {
            query.push(" AND closed_at IS NULL");
        }
        if let Some(cause) = filter.cause {
            query.push(" AND cause = ").push_bind(cause.code());
        }
        if let Some(subject) = filter.subject.as_deref() {
            query.push(" AND subject = ").push_bind(subject);
        }
        if let Some(scope) = filter.scope.as_deref() {
            query.push(" AND scope = ").push_bind(scope);
        }
        query.push(" AND number > ").push_bind(filter.after);
        query.push(" ORDER BY number LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}

/// Open exceptions of some stores by cause and subject, the most money first: about their entries,
/// or about the stores as such.
pub async fn open_grouped_in(
    source: impl Into<Source<'_>>,
    stores: &[i64],
) -> StoreResult<Vec<Group>> {
    if stores.is_empty() {
        return Ok(Vec::new());
    }
    let mut conn = source.into().open().await?;
    let mut groups: Vec<Group> = on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(GROUPED_IN);
        let mut list = query.separated(", ");
        for store in stores {
            list.push_bind(*store);
        }
        query.push(") OR scope IN (");
        let mut list = query.separated(", ");
        for store in stores {
            list.push_bind(format!("store:{store}"));
        }
        all(&query.push(GROUPED_BY).build().fetch_all(c).await?)?
    });
    behind::add(&mut groups, &behind::of(&mut conn).await?);
    Ok(groups)
}

/// Open exceptions by cause and subject, the most money first.
pub async fn open_grouped(source: impl Into<Source<'_>>) -> StoreResult<Vec<Group>> {
    let mut conn = source.into().open().await?;
    let mut groups: Vec<Group> = on!(conn, c => all(&sqlx::query(GROUPED).fetch_all(c).await?)?);
    behind::add(&mut groups, &behind::of(&mut conn).await?);
    Ok(groups)
}

/// The money that open exceptions hold: an entry's once, however many faults it has, and that of the
/// entries behind a paused store.
pub async fn money_held(source: impl Into<Source<'_>>) -> StoreResult<Sums> {
    let mut conn = source.into().open().await?;
    let mut held = Sums::default();
    on!(conn, c => {
        for row in &sqlx::query(HELD).fetch_all(c).await? {
            held.add(row.opt_text("currency")?.as_deref(), row.money("money")?);
        }
    });
    for behind in behind::of(&mut conn).await?.values() {
        held.merge(&behind.gross);
    }
    Ok(held)
}

/// How many exceptions are open about entries of each store, and the money that they hold.
pub async fn by_store(
    source: impl Into<Source<'_>>,
) -> StoreResult<HashMap<Option<i64>, (i64, Sums)>> {
    let mut conn = source.into().open().await?;
    let mut stores: HashMap<Option<i64>, (i64, Sums)> = HashMap::new();
    on!(conn, c => {
        for row in &sqlx::query(BY_STORE).fetch_all(c).await? {
            let one = stores.entry(row.opt_int("warehouse_id")?).or_default();
            one.0 += row.int("count")?;
            one.1.add(row.opt_text("currency")?.as_deref(), row.money("money")?);
        }
    });
    for (store, behind) in behind::of(&mut conn).await? {
        stores.entry(Some(store)).or_default().1.merge(&behind.gross);
    }
    Ok(stores)
}

/// Open exceptions by cause.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<Vec<CauseCount>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(COUNTS).fetch_all(c).await?))
}

/// What people have closed of a scope, by cause and subject: not what `by_itself` closed.
pub async fn dismissed(
    source: impl Into<Source<'_>>,
    scope: &str,
    by_itself: &str,
) -> StoreResult<HashSet<(String, String)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(DISMISSED).bind(scope).bind(by_itself).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.text("cause")?, row.text("subject")?))).collect()
    })
}
