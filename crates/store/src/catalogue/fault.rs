//! What keeps variants from the tills. Exceptions are told by cause; every SKU stands here.

use std::collections::HashMap;

use daybook_domain::{Timestamp, causes::Cause, posting::Fault};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

sql! {
    /// By cause. Variants that OrderWise has withdrawn are told for a while, where the tills had
    /// them; what else is wrong with those is nobody's worry.
    TOLD = "SELECT f.cause, f.subject, CAST(count(*) AS BIGINT) AS skus, min(f.sku) AS example, \
            min(f.since) AS oldest FROM catalogue_fault AS f \
            JOIN catalogue_item AS i ON i.sku = f.sku \
            WHERE CASE WHEN f.cause IN ('product-discontinued', 'product-not-saleable') \
            THEN i.product_id IS NOT NULL AND f.since >= $1 \
            ELSE NOT EXISTS (SELECT 1 FROM catalogue_fault AS w WHERE w.sku = f.sku \
            AND w.cause IN ('product-discontinued', 'product-not-saleable')) END \
            GROUP BY f.cause, f.subject ORDER BY f.cause, f.subject";
}

const SINCE: &str = "SELECT sku, cause, since FROM catalogue_fault WHERE sku IN (";
const CLEAR: &str = "DELETE FROM catalogue_fault WHERE sku IN (";
const INSERT: &str = "INSERT INTO catalogue_fault (sku, cause, subject, detail, since) ";
const LIST: &str = "SELECT sku, cause, subject, detail, since FROM catalogue_fault WHERE sku > ";

/// One thing that keeps a variant from the tills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CatalogueFault")]
pub struct FaultRow {
    /// The variant's SKU.
    pub sku: String,
    /// Its cause.
    pub cause: Cause,
    /// What it is about.
    pub subject: String,
    /// One sentence.
    pub detail: String,
    /// Since when.
    pub since: Timestamp,
}

impl FromCells for FaultRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            sku: row.text("sku")?,
            cause: row.word("cause")?,
            subject: row.text("subject")?,
            detail: row.text("detail")?,
            since: row.time("since")?,
        })
    }
}

/// Variants that the same thing keeps away: one exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CatalogueFaults")]
pub struct FaultGroup {
    /// The cause.
    pub cause: Cause,
    /// What it is about.
    pub subject: String,
    /// How many variants.
    pub skus: i64,
    /// One of them.
    pub example: String,
    /// Since when the oldest.
    pub oldest: Timestamp,
}

impl FromCells for FaultGroup {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            cause: row.word("cause")?,
            subject: row.text("subject")?,
            skus: row.int("skus")?,
            example: row.text("example")?,
            oldest: row.time("oldest")?,
        })
    }
}

/// Which faults a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultFilter {
    /// Only of this cause.
    pub cause: Option<Cause>,
    /// Only of this variant.
    pub sku: Option<String>,
    /// Only after this SKU.
    pub after: String,
}

struct Known {
    sku: String,
    cause: String,
    since: Timestamp,
}

impl FromCells for Known {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { sku: row.text("sku")?, cause: row.text("cause")?, since: row.time("since")? })
    }
}

/// Puts the faults that variants have now in the place of those they had; what stays keeps its age.
pub async fn set_faults(
    tx: &mut Tx,
    now: Timestamp,
    faults: &[(String, Vec<Fault>)],
) -> StoreResult<()> {
    for piece in pieces(faults.len()) {
        let faults = &faults[piece];
        let known: Vec<Known> = on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(SINCE);
            let mut list = query.separated(", ");
            for (sku, _) in faults {
                list.push_bind(sku.as_str());
            }
            all(&query.push(")").build().fetch_all(c).await?)?
        });
        if !known.is_empty() {
            on!(tx, c => {
                let mut query = QueryBuilder::<Sql>::new(CLEAR);
                let mut list = query.separated(", ");
                for (sku, _) in faults {
                    list.push_bind(sku.as_str());
                }
                query.push(")").build().execute(c).await?;
            });
        }
        let known: HashMap<(String, String), Timestamp> =
            known.into_iter().map(|row| ((row.sku, row.cause), row.since)).collect();
        insert(tx, now, faults, &known).await?;
    }
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    now: Timestamp,
    faults: &[(String, Vec<Fault>)],
    known: &HashMap<(String, String), Timestamp>,
) -> StoreResult<()> {
    let rows: Vec<(&str, &Fault)> = faults
        .iter()
        .flat_map(|(sku, faults)| faults.iter().map(move |fault| (sku.as_str(), fault)))
        .collect();
    for piece in pieces(rows.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&rows[piece], |mut row, (sku, fault)| {
                let key = ((*sku).to_owned(), fault.cause.code().to_owned());
                let since = known.get(&key).copied().unwrap_or(now);
                row.push_bind(*sku).push_bind(fault.cause.code());
                row.push_bind(fault.subject.as_str()).push_bind(fault.detail.as_str());
                row.push_bind(since.micros());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// What a person is told of: by cause and subject. `withdrawn_since` bounds how long it is told
/// that OrderWise has withdrawn a product.
pub async fn told(
    source: impl Into<Source<'_>>,
    withdrawn_since: Timestamp,
) -> StoreResult<Vec<FaultGroup>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(TOLD).bind(withdrawn_since.micros());
        all(&query.fetch_all(c).await?)
    })
}

/// A page of faults, in order of their SKUs.
pub async fn faults(
    source: impl Into<Source<'_>>,
    filter: &FaultFilter,
    limit: usize,
) -> StoreResult<Vec<FaultRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new(LIST);
        query.push_bind(filter.after.as_str());
        if let Some(cause) = filter.cause {
            query.push(" AND cause = ").push_bind(cause.code());
        }
        if let Some(sku) = filter.sku.as_deref() {
            query.push(" AND sku = ").push_bind(sku);
        }
        query.push(" ORDER BY sku, cause LIMIT ").push_bind(engine::limit(limit));
        all(&query.build().fetch_all(c).await?)
    })
}
