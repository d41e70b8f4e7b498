//! Variants with everything that products need.

use daybook_domain::{
    Timestamp, VatRate,
    catalogue::{FullVariant, Price},
    lookup::Variant,
};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreError, StoreResult, attribute,
    by_keys::by_keys,
    engine::{self, Cells, FromCells},
};

macro_rules! full {
    ($rest:literal) => {
        concat!(
            "SELECT sku, folded, variant_id, tax_rate_id, saleable, discontinued, product_code, \
             description, ean, price_exc_vat, price_inc_vat, tax_code, tax_rate, on_tills, kit, \
             last_amended, unreadable, attributes, category FROM variant ",
            $rest
        )
    };
}

const OF_SKUS: &str = full!("WHERE sku IN ");
const OF_FOLDED: &str = full!("WHERE folded IN ");
const OF_CATEGORIES: &str = "SELECT folded, category FROM variant WHERE category IN ";
const CARRIERS: &str = "SELECT ean, sku, folded, saleable, discontinued, on_tills FROM variant \
    WHERE ean IN ";

pub(super) struct KeptFull(pub(super) FullVariant);

impl FromCells for KeptFull {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let variant = Variant {
            sku: row.text("sku")?,
            variant_id: row.int("variant_id")?,
            tax_rate_id: row.opt_int("tax_rate_id")?,
            saleable: row.flag("saleable")?,
            discontinued: row.flag("discontinued")?,
        };
        Ok(Self(FullVariant {
            variant,
            product_code: row.text("product_code")?,
            category: row.text("category")?,
            description: row.text("description")?,
            ean: row.opt_text("ean")?,
            price_exc_vat: row.opt_int("price_exc_vat")?.map(Price::from_hundredths),
            price_inc_vat: row.opt_int("price_inc_vat")?.map(Price::from_hundredths),
            tax_code: row.opt_text("tax_code")?,
            tax_rate: row.opt_int("tax_rate")?.map(rate).transpose()?,
            on_tills: row.flag("on_tills")?,
            kit: row.flag("kit")?,
            last_amended: row.opt_int("last_amended")?.map(Timestamp::from_micros),
            unreadable: row.text("unreadable")?,
            attributes: attribute::read(&row.text("attributes")?)?,
        }))
    }
}

fn rate(thousandths: i64) -> StoreResult<VatRate> {
    VatRate::from_thousandths(thousandths)
        .ok_or_else(|| StoreError::unreadable(format!("{thousandths} is no VAT rate")))
}

/// Who has a barcode in OrderWise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carrier {
    /// The barcode.
    pub ean: String,
    /// The variant's SKU.
    pub sku: String,
    /// The same, folded.
    pub folded: String,
    /// Whether OrderWise wants it at the tills.
    pub wanted: bool,
}

impl FromCells for Carrier {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let wanted = row.flag("saleable")? && !row.flag("discontinued")? && row.flag("on_tills")?;
        Ok(Self {
            ean: row.text("ean")?,
            sku: row.text("sku")?,
            folded: row.text("folded")?,
            wanted,
        })
    }
}

/// Variants by their exact SKUs.
pub async fn by_sku_full(
    source: impl Into<Source<'_>>,
    skus: &[String],
) -> StoreResult<Vec<FullVariant>> {
    listed(source.into(), OF_SKUS, skus).await
}

/// Variants whose folded SKU is one of these, in order of their SKUs within a piece.
pub async fn by_folded_full(
    source: impl Into<Source<'_>>,
    folded: &[String],
) -> StoreResult<Vec<FullVariant>> {
    listed(source.into(), OF_FOLDED, folded).await
}

/// One variant by its exact SKU.
pub async fn one_full(
    source: impl Into<Source<'_>>,
    sku: &str,
) -> StoreResult<Option<FullVariant>> {
    Ok(by_sku_full(source, &[sku.to_owned()]).await?.into_iter().next())
}

async fn listed(
    source: Source<'_>,
    text: &'static str,
    keys: &[String],
) -> StoreResult<Vec<FullVariant>> {
    let kept: Vec<KeptFull> = by_keys(source, (text, " ORDER BY sku"), keys).await?;
    Ok(kept.into_iter().map(|kept| kept.0).collect())
}

struct Categorised(String, String);

impl FromCells for Categorised {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.text("folded")?, row.text("category")?))
    }
}

/// The folded SKUs of these categories, each with its category.
pub async fn of_categories(
    source: impl Into<Source<'_>>,
    categories: &[String],
) -> StoreResult<Vec<(String, String)>> {
    let found: Vec<Categorised> = by_keys(source.into(), (OF_CATEGORIES, ""), categories).await?;
    Ok(found.into_iter().map(|Categorised(folded, category)| (folded, category)).collect())
}

/// The next SKUs after `sku`, in their order.
pub async fn after(
    source: impl Into<Source<'_>>,
    sku: &str,
    limit: usize,
) -> StoreResult<Vec<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let mut query = QueryBuilder::<Sql>::new("SELECT sku FROM variant WHERE sku > ");
        query.push_bind(sku).push(" ORDER BY sku LIMIT ").push_bind(engine::limit(limit));
        let rows = query.build().fetch_all(c).await?;
        rows.iter().map(|row| row.text("sku")).collect()
    })
}

/// Who has one of these barcodes in OrderWise.
pub async fn carriers(
    source: impl Into<Source<'_>>,
    barcodes: &[String],
) -> StoreResult<Vec<Carrier>> {
    by_keys(source.into(), (CARRIERS, " ORDER BY sku"), barcodes).await
}
