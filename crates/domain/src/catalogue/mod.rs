//! Products: whether a variant may reach the tills, what its product there should be, and what
//! has to be written for it. Pure: the flow loads, this decides, the flow carries it out.

pub mod barcode;
mod desired;
pub mod family;
mod group;
mod price;
mod ready;
#[cfg(test)]
mod tests;
mod till_sku;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::price::{PriceFault, till_price};
pub use self::{
    desired::{Action, Judged, NewProduct, Patch, Standing, judge},
    family::Attribute,
    group::{Groups, ProductGroup},
    price::{NotPrice, Price},
    till_sku::{Blanks, till_sku},
};
use crate::{Money, Timestamp, VatRate, lookup::Variant};

/// A variant with everything that the `variants` export tells of it (design section 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FullVariant {
    /// What sales need of it too.
    pub variant: Variant,
    /// `productCode`: variants of one style share it.
    pub product_code: String,
    /// Its category, folded: what rules for buffers may name.
    pub category: String,
    /// `description`, the title at the tills.
    pub description: String,
    /// `ean`.
    pub ean: Option<String>,
    /// `priceExcVat`.
    pub price_exc_vat: Option<Price>,
    /// `priceIncVat`.
    pub price_inc_vat: Option<Price>,
    /// `taxCode`.
    pub tax_code: Option<String>,
    /// `taxRate`.
    pub tax_rate: Option<VatRate>,
    /// `onTills`; null means yes.
    pub on_tills: bool,
    /// `kit`: sold under its own SKU like any other.
    pub kit: bool,
    /// `lastAmended`.
    pub last_amended: Option<Timestamp>,
    /// What tells it from the others of its style, from columns that the site added.
    pub attributes: Vec<Attribute>,
    /// Columns that could not be read, in words; empty when all could. A sale does not need them,
    /// so they stop the product and nothing else.
    pub unreadable: String,
}

impl FullVariant {
    /// A variant of which only what sales need is known.
    pub fn of(variant: Variant) -> Self {
        Self {
            variant,
            product_code: String::new(),
            category: String::new(),
            description: String::new(),
            ean: None,
            price_exc_vat: None,
            price_inc_vat: None,
            tax_code: None,
            tax_rate: None,
            on_tills: true,
            kit: false,
            last_amended: None,
            attributes: Vec::new(),
            unreadable: String::new(),
        }
    }

    /// Whether OrderWise wants it at the tills at all.
    pub const fn is_wanted(&self) -> bool {
        self.on_tills && self.variant.saleable && !self.variant.discontinued
    }
}

/// A product as Sitoo has it (facts/sitoo 4.1): what is ours to write, and what decisions need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TillProduct {
    /// `productid`.
    pub product_id: i64,
    /// `sku`.
    pub sku: String,
    /// `title`.
    pub title: String,
    /// `moneyprice`, the price of the default price list, as the site stores it.
    pub price: Money,
    /// `vatid`.
    pub vat_id: Option<i64>,
    /// `barcode`; empty is none.
    pub barcode: String,
    /// `barcodealiases`.
    pub aliases: Vec<String>,
    /// `activepos`: whether the tills show it.
    pub active_pos: bool,
    /// `variantparentid`; none for a product that stands alone.
    pub parent_id: Option<i64>,
    /// `allowdecimals`.
    pub allow_decimals: bool,
    /// `stockcountenable`: whether its stock is kept at all.
    pub counted: bool,
    /// `variant`: what tells it from the others of its family.
    pub attributes: Vec<Attribute>,
}

/// Choices of the retailer about products.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "switches, each of its own")]
pub struct Rules {
    /// What happens to blanks inside a SKU, which Sitoo does not allow.
    pub blanks: Blanks,
    /// Whether the title of a product that exists is kept up to date.
    pub titles: bool,
    /// Whether barcodes are written, and judged, at all.
    pub barcodes: bool,
    /// Whether a barcode that is no EAN is passed on as it is.
    pub other_barcodes: bool,
    /// Whether Sitoo stores prices with VAT (`settings.pricesstoredwithvat`).
    pub prices_with_vat: bool,
}

/// Who carries a barcode already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its SKU.
    pub sku: String,
    /// Whether it is about to give the barcode up: its own variant has another one now.
    pub gives_up: bool,
}

/// What a decision about one variant looks at besides the variant.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    /// Choices of the retailer.
    pub rules: &'a Rules,
    /// Sitoo's product groups, and which tax rate belongs to which.
    pub groups: &'a Groups,
    /// SKUs of other wanted variants that would be the same at a till.
    pub alike: &'a [String],
    /// What Sitoo has under its SKU.
    pub product: Option<&'a TillProduct>,
    /// Other products and variants with its barcode.
    pub holders: &'a [Holder],
}
