//! How things stand, for people.

use daybook_domain::catalogue::Standing;
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use super::{COLUMNS, Item};
use crate::{
    Source, StoreResult,
    engine::{self, Cells, all, one},
};

sql! {
    STANDING = "SELECT standing, CAST(count(*) AS BIGINT) AS skus FROM catalogue_item \
                GROUP BY standing";
    QUEUED = "SELECT CAST(count(*) AS BIGINT) AS skus FROM catalogue_item \
              WHERE due_at IS NOT NULL";
    REFUSED = "SELECT CAST(count(*) AS BIGINT) AS skus FROM catalogue_item \
               WHERE refusal IS NOT NULL";
}

/// How many variants stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CatalogueCounts")]
pub struct Counts {
    /// The tills sell them.
    pub published: i64,
    /// Sitoo has them, and the tills do not show them.
    pub hidden: i64,
    /// Not ready, and never at the tills.
    pub withheld: i64,
    /// OrderWise does not want them at the tills.
    pub not_for_tills: i64,
    /// In the queue, whatever they are.
    pub pending: i64,
    /// Refused by Sitoo.
    pub refused: i64,
}

/// How many variants stand where.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<Counts> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut counts = Counts::default();
        for row in &sqlx::query(STANDING).fetch_all(&mut *c).await? {
            let skus = row.int("skus")?;
            match row.opt_text("standing")?.and_then(|word| word.parse().ok()) {
                Some(Standing::Published) => counts.published = skus,
                Some(Standing::Hidden) => counts.hidden = skus,
                Some(Standing::Withheld) => counts.withheld = skus,
                Some(Standing::NotForTills) => counts.not_for_tills = skus,
                None => {}
            }
        }
        counts.pending = sqlx::query(QUEUED).fetch_one(&mut *c).await?.int("skus")?;
        counts.refused = sqlx::query(REFUSED).fetch_one(&mut *c).await?.int("skus")?;
        Ok(counts)
    })
}

/// One variant.
pub async fn item(source: impl Into<Source<'_>>, sku: &str) -> StoreResult<Option<Item>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(COLUMNS);
        query.push("WHERE sku = ").push_bind(sku);
        one(query.build().fetch_optional(c).await?.as_ref())
    })
}

/// What Sitoo refused, in order of their SKUs.
pub async fn refusals(
    source: impl Into<Source<'_>>,
    after: &str,
    limit: usize,
) -> StoreResult<Vec<Item>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(COLUMNS);
        query.push("WHERE refusal IS NOT NULL AND sku > ").push_bind(after);
        query.push(" ORDER BY sku LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}
