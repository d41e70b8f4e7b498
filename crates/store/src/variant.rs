//! OrderWise's variants, kept at hand so that cheap local checks come before remote ones. Sales
//! read a handful of columns; products read all of them.

mod full;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daybook_domain::{
    Timestamp, VatRate,
    catalogue::{FullVariant, Price},
    lookup::{Variant, Variants},
    sku,
};
use sqlx::QueryBuilder;

pub use self::full::{
    Carrier, after, by_folded_full, by_sku_full, carriers, of_categories, one_full,
};
use crate::{
    Source, StoreResult, Tx, attribute,
    engine::{Cells, FromCells, all, padded, pieces},
};

sql! {
    ANY = "SELECT sku FROM variant LIMIT 1";
    REMOVE = "DELETE FROM variant WHERE seen_at < $1 RETURNING folded";
    NEAR = "SELECT sku, folded, description FROM variant WHERE folded >= $1 AND folded < $2 \
            ORDER BY folded LIMIT $3";
    NEAR_USABLE = "SELECT sku, folded, description FROM variant WHERE folded >= $1 AND folded < $2 \
                   AND saleable AND NOT discontinued ORDER BY folded LIMIT $3";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS variants FROM variant";
    TAX_CODES = "SELECT DISTINCT tax_rate_id, tax_code, tax_rate FROM variant \
                 WHERE tax_rate_id IS NOT NULL AND tax_code IS NOT NULL \
                 ORDER BY tax_rate_id, tax_code, tax_rate";
}

const KNOWN: &str =
    "SELECT sku, folded, variant_id, tax_rate_id, saleable, discontinued FROM variant ";
const SEEN: &str = "UPDATE variant SET seen_at = ";
const UPSERT: &str = "INSERT INTO variant (sku, folded, variant_id, tax_rate_id, saleable, \
    discontinued, seen_at, product_code, description, ean, price_exc_vat, price_inc_vat, tax_code, \
    tax_rate, on_tills, kit, last_amended, unreadable, attributes, category) ";
const UPSERT_UP: &str = " ON CONFLICT (sku) DO UPDATE SET folded = excluded.folded, \
    variant_id = excluded.variant_id, tax_rate_id = excluded.tax_rate_id, \
    saleable = excluded.saleable, discontinued = excluded.discontinued, \
    seen_at = excluded.seen_at, product_code = excluded.product_code, \
    description = excluded.description, ean = excluded.ean, \
    price_exc_vat = excluded.price_exc_vat, price_inc_vat = excluded.price_inc_vat, \
    tax_code = excluded.tax_code, tax_rate = excluded.tax_rate, on_tills = excluded.on_tills, \
    kit = excluded.kit, last_amended = excluded.last_amended, unreadable = excluded.unreadable, \
    attributes = excluded.attributes, category = excluded.category \
    WHERE excluded.seen_at >= variant.seen_at";

/// A variant under the form that SKUs are compared by.
struct Kept {
    folded: String,
    variant: Variant,
}

impl FromCells for Kept {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let variant = Variant {
            sku: row.text("sku")?,
            variant_id: row.int("variant_id")?,
            tax_rate_id: row.opt_int("tax_rate_id")?,
            saleable: row.flag("saleable")?,
            discontinued: row.flag("discontinued")?,
        };
        Ok(Self { folded: row.text("folded")?, variant })
    }
}

/// What a read of variants has changed; everything else was known already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Folded SKUs that are new, or different in what a sale needs: what waits for one of them may
    /// be decided anew.
    pub sales: BTreeSet<String>,
    /// Variants by folded SKU that are new, or different in anything: their products may differ.
    pub products: BTreeSet<String>,
    /// Barcodes that a variant had or has.
    pub barcodes: BTreeSet<String>,
    /// Styles that a variant has left.
    pub left: BTreeSet<String>,
}

impl Changed {
    fn note(&mut self, before: Option<&FullVariant>, now: &FullVariant) {
        let folded = sku::fold(&now.variant.sku);
        if before.is_none_or(|before| before.variant != now.variant) {
            self.sales.insert(folded.clone());
        }
        self.products.insert(folded);
        let eans = [before.and_then(|before| before.ean.clone()), now.ean.clone()];
        self.barcodes.extend(eans.into_iter().flatten());
        let style = before.map(|before| &before.product_code);
        self.left.extend(style.filter(|style| **style != now.product_code).cloned());
    }
}

/// Keeps variants as a read that began at `seen_at` told them; says what is new or different. Two
/// reads may overlap: what the later one saw stays.
pub async fn upsert(
    tx: &mut Tx,
    seen_at: Timestamp,
    variants: &[FullVariant],
) -> StoreResult<Changed> {
    // The export may tell a row twice; sorted, so that two writers meet in one order.
    let variants: BTreeMap<&str, &FullVariant> =
        variants.iter().map(|full| (full.variant.sku.as_str(), full)).collect();
    let variants: Vec<&FullVariant> = variants.into_values().collect();
    let mut changed = Changed::default();
    for piece in pieces(variants.len()) {
        let variants = &variants[piece];
        let known = known(tx, variants).await?;
        let (same, differing): (Vec<_>, Vec<_>) =
            variants.iter().copied().partition(|full| known.get(&full.variant.sku) == Some(*full));
        for full in &differing {
            changed.note(known.get(&full.variant.sku), full);
        }
        seen(tx, seen_at, &same).await?;
        for piece in pieces(differing.len()) {
            write(tx, seen_at, &differing[piece]).await?;
        }
    }
    Ok(changed)
}

async fn write(tx: &mut Tx, seen_at: Timestamp, variants: &[&FullVariant]) -> StoreResult<()> {
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(UPSERT);
        query.push_values(variants, |mut row, full| {
            let variant = &full.variant;
            row.push_bind(variant.sku.as_str()).push_bind(sku::fold(&variant.sku));
            row.push_bind(variant.variant_id).push_bind(variant.tax_rate_id);
            row.push_bind(variant.saleable).push_bind(variant.discontinued);
            row.push_bind(seen_at.micros());
            row.push_bind(full.product_code.as_str()).push_bind(full.description.as_str());
            row.push_bind(full.ean.as_deref());
            row.push_bind(full.price_exc_vat.map(Price::hundredths));
            row.push_bind(full.price_inc_vat.map(Price::hundredths));
            row.push_bind(full.tax_code.as_deref());
            row.push_bind(full.tax_rate.map(VatRate::thousandths));
            row.push_bind(full.on_tills).push_bind(full.kit);
            row.push_bind(full.last_amended.map(Timestamp::micros));
            row.push_bind(full.unreadable.as_str()).push_bind(attribute::written(&full.attributes));
            row.push_bind(full.category.as_str());
        });
        query.push(UPSERT_UP).build().execute(c).await?;
    });
    Ok(())
}

/// Nothing of them changed but that they are still there.
async fn seen(tx: &mut Tx, seen_at: Timestamp, variants: &[&FullVariant]) -> StoreResult<()> {
    for piece in pieces(variants.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(SEEN);
            query.push_bind(seen_at.micros()).push(" WHERE seen_at < ");
            query.push_bind(seen_at.micros()).push(" AND sku IN (");
            let mut list = query.separated(", ");
            for full in &variants[piece] {
                list.push_bind(full.variant.sku.as_str());
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

async fn known(
    tx: &mut Tx,
    variants: &[&FullVariant],
) -> StoreResult<HashMap<String, FullVariant>> {
    let skus: Vec<String> = variants.iter().map(|full| full.variant.sku.clone()).collect();
    let kept = by_sku_full(tx, &skus).await?;
    Ok(kept.into_iter().map(|full| (full.variant.sku.clone(), full)).collect())
}

/// Variants whose folded SKU is one of these.
pub async fn by_folded(source: impl Into<Source<'_>>, folded: &[String]) -> StoreResult<Variants> {
    let mut conn = source.into().open().await?;
    let known = on!(conn, c => sqlx::query(ANY).fetch_optional(c).await?.is_some());
    let mut by_folded_sku: HashMap<String, Vec<Variant>> = HashMap::new();
    let folded: Vec<&str> = folded.iter().map(String::as_str).collect();
    for folded in folded.chunks(1_024) {
        let kept: Vec<Kept> = on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(KNOWN);
            let mut list = query.push("WHERE folded IN (").separated(", ");
            for sku in padded(folded) {
                list.push_bind(sku);
            }
            all(&query.push(") ORDER BY sku").build().fetch_all(c).await?)?
        });
        for Kept { folded, variant } in kept {
            by_folded_sku.entry(folded).or_default().push(variant);
        }
    }
    Ok(Variants { known, by_folded_sku })
}

/// Removes variants that a full read no longer showed; returns their folded SKUs.
pub async fn remove_not_seen_since(tx: &mut Tx, moment: Timestamp) -> StoreResult<Vec<String>> {
    let rows: StoreResult<BTreeSet<String>> = on!(tx, c => {
        let rows = sqlx::query(REMOVE).bind(moment.micros()).fetch_all(c).await?;
        rows.iter().map(|row| row.text("folded")).collect()
    });
    Ok(rows?.into_iter().collect())
}

/// Whether the `variants` export has ever been read.
pub async fn any_known(source: impl Into<Source<'_>>) -> StoreResult<bool> {
    let mut conn = source.into().open().await?;
    Ok(on!(conn, c => sqlx::query(ANY).fetch_optional(c).await?.is_some()))
}

/// Tax rates of OrderWise as variants bear them: id, code, and rate where it can be read.
pub async fn tax_codes(
    source: impl Into<Source<'_>>,
) -> StoreResult<Vec<(i64, String, Option<VatRate>)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(TAX_CODES).fetch_all(c).await?;
        rows.iter().map(code_of).collect()
    })
}

fn code_of(row: &impl Cells) -> StoreResult<(i64, String, Option<VatRate>)> {
    let rate = row.opt_int("tax_rate")?.and_then(VatRate::from_thousandths);
    Ok((row.int("tax_rate_id")?, row.text("tax_code")?, rate))
}

/// How many variants are known.
pub async fn count(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(COUNT).fetch_one(c).await?.int("variants"))
}

/// Variants whose folded SKU begins so, with their description.
pub async fn starting_with(
    source: impl Into<Source<'_>>,
    folded: &str,
    limit: usize,
) -> StoreResult<Vec<(String, String)>> {
    beginning_with(source.into(), NEAR, folded, limit).await
}

/// The same of those that can be ordered: what may stand for another.
pub async fn usable_starting_with(
    source: impl Into<Source<'_>>,
    folded: &str,
    limit: usize,
) -> StoreResult<Vec<(String, String)>> {
    beginning_with(source.into(), NEAR_USABLE, folded, limit).await
}

async fn beginning_with(
    source: Source<'_>,
    sql: &'static str,
    folded: &str,
    limit: usize,
) -> StoreResult<Vec<(String, String)>> {
    if folded.is_empty() {
        return Ok(Vec::new());
    }
    let mut conn = source.open().await?;
    on!(conn, c => {
        let query = sqlx::query(sql).bind(folded).bind(format!("{folded}\u{10ffff}"));
        let rows = query.bind(crate::engine::limit(limit)).fetch_all(c).await?;
        let mut found = Vec::new();
        for row in &rows {
            if row.text("folded")?.starts_with(folded) {
                found.push((row.text("sku")?, row.opt_text("description")?.unwrap_or_default()));
            }
        }
        Ok(found)
    })
}
