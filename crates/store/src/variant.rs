//! OrderWise's variants, kept at hand so that cheap local checks come before remote ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use daybook_domain::{
    Timestamp,
    lookup::{Variant, Variants},
    sku,
};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all, padded, pieces},
};

sql! {
    ANY = "SELECT sku FROM variant LIMIT 1";
    REMOVE = "DELETE FROM variant WHERE seen_at < $1 RETURNING folded";
    COUNT = "SELECT CAST(count(*) AS BIGINT) AS variants FROM variant";
}

const KNOWN: &str =
    "SELECT sku, folded, variant_id, tax_rate_id, saleable, discontinued FROM variant ";
const UPSERT: &str = "INSERT INTO variant (sku, folded, variant_id, tax_rate_id, saleable, \
    discontinued, seen_at) ";
const UPSERT_UP: &str = " ON CONFLICT (sku) DO UPDATE SET folded = excluded.folded, \
    variant_id = excluded.variant_id, tax_rate_id = excluded.tax_rate_id, \
    saleable = excluded.saleable, discontinued = excluded.discontinued, \
    seen_at = excluded.seen_at";

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

/// Keeps variants; returns the folded SKUs of those that are new or different: what waits for one
/// of them may be decided anew.
pub async fn upsert(
    tx: &mut Tx,
    seen_at: Timestamp,
    variants: &[Variant],
) -> StoreResult<Vec<String>> {
    // The export may tell a row twice; sorted, so that two writers meet in one order.
    let variants: BTreeMap<&str, &Variant> =
        variants.iter().map(|variant| (variant.sku.as_str(), variant)).collect();
    let variants: Vec<&Variant> = variants.into_values().collect();
    let mut changed = BTreeSet::new();
    for piece in pieces(variants.len()) {
        let variants = &variants[piece];
        let known = known(tx, variants).await?;
        let differs = |variant: &&&Variant| known.get(&variant.sku) != Some(**variant);
        changed.extend(variants.iter().filter(differs).map(|variant| sku::fold(&variant.sku)));
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(UPSERT);
            query.push_values(variants, |mut row, variant| {
                row.push_bind(variant.sku.as_str()).push_bind(sku::fold(&variant.sku));
                row.push_bind(variant.variant_id).push_bind(variant.tax_rate_id);
                row.push_bind(variant.saleable).push_bind(variant.discontinued);
                row.push_bind(seen_at.micros());
            });
            query.push(UPSERT_UP).build().execute(c).await?;
        });
    }
    Ok(changed.into_iter().collect())
}

async fn known(tx: &mut Tx, variants: &[&Variant]) -> StoreResult<HashMap<String, Variant>> {
    let kept: Vec<Kept> = on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(KNOWN);
        let mut list = query.push("WHERE sku IN (").separated(", ");
        for variant in variants {
            list.push_bind(variant.sku.as_str());
        }
        all(&query.push(")").build().fetch_all(c).await?)?
    });
    Ok(kept.into_iter().map(|kept| (kept.variant.sku.clone(), kept.variant)).collect())
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

/// How many variants are known.
pub async fn count(source: impl Into<Source<'_>>) -> StoreResult<i64> {
    let mut conn = source.into().open().await?;
    on!(conn, c => sqlx::query(COUNT).fetch_one(c).await?.int("variants"))
}
