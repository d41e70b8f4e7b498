//! A made-up British retailer, as both systems know it: stores, tills, tenders, VAT rates and
//! products, with the ids of either side. Plain public fields, so that a test or the demo can
//! write a mapping from them; [`Retailer::install_sitoo`] and [`Retailer::install_orderwise`]
//! load it into the stand-ins.

mod ean;
pub mod gaps;
mod install;
mod mapping;
pub(crate) mod names;
mod range;
mod shops;
mod troubles;

use std::sync::Arc;

use rand::{SeedableRng, rngs::StdRng};

use crate::sitoo::{
    masters::{Product, Staff},
    till::{Tender, TenderKind},
};
pub use ean::check_digit;
pub use mapping::{CARRIER, MappingText};
pub use troubles::Troubles;

/// How many SKUs are made up, the gift card included; the round-off item comes on top.
pub const SKUS: usize = 2_000;
/// SKU of the item that cash round-off is posted with; not in Sitoo.
pub const ROUND_OFF_SKU: &str = "ROUND-OFF";
/// SKU of the gift card.
pub const GIFT_CARD_SKU: &str = "GIFT-CARD";

/// The retailer.
#[derive(Debug, Clone)]
pub struct Retailer {
    /// Name of the shop.
    pub name: String,
    /// Six stores.
    pub stores: Vec<Shop>,
    /// Where goods are sent from that no store has.
    pub central: Central,
    /// How people pay.
    pub tenders: Vec<TenderType>,
    /// VAT rates.
    pub rates: Vec<Rate>,
    /// What is sold, the special items at the end.
    pub skus: Vec<Sku>,
    /// Why goods come back (kind 10) or are sold for less (kind 20).
    pub reasons: Vec<Reason>,
    /// Who works at the tills.
    pub staff: Vec<Arc<Staff>>,
    /// What is wrong on purpose.
    pub troubles: Troubles,
}

/// The kind of company that runs a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalShape {
    /// The retail company.
    Ordinary,
    /// The outlet company.
    Outlet,
}

/// A store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shop {
    /// Name, the same on both sides.
    pub name: String,
    /// Sitoo `storeid`.
    pub store_id: i64,
    /// Sitoo `externalid`, stamped on orders.
    pub external_id: String,
    /// Sitoo warehouse that its tills sell from.
    pub warehouse_id: i64,
    /// Sitoo warehouse for what comes back broken.
    pub reclaim_warehouse_id: i64,
    /// OrderWise customer id of the store's account.
    pub customer_id: i64,
    /// OrderWise account number of the store's account.
    pub customer_account: String,
    /// OrderWise e-commerce session.
    pub session_id: i64,
    /// OrderWise stock location of the sales floor.
    pub stock_location_id: i64,
    /// OrderWise stock location of what came back broken.
    pub reclaim_stock_location_id: i64,
    /// OrderWise delivery method for goods that are taken away.
    pub delivery_method_id: i64,
    /// Who runs it.
    pub legal_shape: LegalShape,
    /// Time zone.
    pub time_zone: String,
    /// Street.
    pub address: String,
    /// Town.
    pub city: String,
    /// Postcode.
    pub zip: String,
    /// Tills.
    pub registers: Vec<Till>,
}

/// A till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Till {
    /// Sitoo `registerid`.
    pub register_id: String,
    /// Sitoo `registerkey`, the first part of a receipt id.
    pub register_key: String,
    /// Number for people, from 1 in each store.
    pub number: i64,
}

/// The central warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Central {
    /// Sitoo warehouse.
    pub warehouse_id: i64,
    /// OrderWise stock location.
    pub stock_location_id: i64,
    /// OrderWise delivery method for goods that are sent home.
    pub delivery_method_id: i64,
}

/// A way to pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenderType {
    /// Name on a payment in Sitoo.
    pub name: String,
    /// `externalid` of the payment type in Sitoo.
    pub external_id: String,
    /// OrderWise payment method.
    pub payment_method_id: i64,
    /// Kind.
    pub kind: TenderKind,
}

impl TenderType {
    /// As a till uses it.
    pub fn tender(&self) -> Tender {
        Tender::new(&self.name, &self.external_id, self.kind)
    }
}

/// A VAT rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Whole percent, Sitoo's `vatvalue`.
    pub percent: i64,
    /// OrderWise `taxRateId`.
    pub tax_rate_id: i64,
    /// OrderWise tax code.
    pub code: String,
}

/// What kind of thing a SKU is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SkuKind {
    /// Sold by the piece.
    Piece,
    /// Sold by the metre, in thousandths.
    Metre,
    /// The gift card.
    GiftCard,
    /// Only in OrderWise: cash round-off is posted with it.
    RoundOff,
}

/// Something to sell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sku {
    /// Code, the same on both sides.
    pub sku: String,
    /// Description.
    pub description: String,
    /// OrderWise product; the variants of a style share it.
    pub product_code: String,
    /// EAN-13 with a valid check digit; none on special items.
    pub ean: Option<String>,
    /// Price with VAT.
    pub price_inc_vat_pence: i64,
    /// Whole percent.
    pub vat_percent: i64,
    /// OrderWise `variantId`.
    pub variant_id: i64,
    /// Kind.
    pub kind: SkuKind,
    /// As Sitoo has it, ready for a till.
    pub product: Arc<Product>,
}

/// A reason code of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// `reasoncodeid`.
    pub id: i64,
    /// 10 return, 20 manual discount.
    pub kind: i64,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
}

impl Retailer {
    /// Makes one up. The same seed makes the same retailer.
    pub fn made_up(seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let stores = shops::stores(&mut rng);
        let staff = shops::staff(&mut rng);
        let skus = range::skus(&mut rng);
        let troubles = Troubles::pick(&skus, &mut rng);
        Self {
            name: "Fenwick & Thorne".to_owned(),
            stores,
            central: shops::central(),
            tenders: shops::tenders(),
            rates: shops::rates(),
            skus,
            reasons: shops::reasons(),
            staff,
            troubles,
        }
    }

    /// All tills with their stores.
    pub fn tills(&self) -> impl Iterator<Item = (&Shop, &Till)> {
        self.stores.iter().flat_map(|shop| shop.registers.iter().map(move |till| (shop, till)))
    }

    /// A SKU by its code.
    pub fn sku(&self, code: &str) -> Option<&Sku> {
        self.skus.iter().find(|sku| sku.sku == code)
    }

    /// The way to pay of a kind; the first one.
    pub fn tender(&self, kind: TenderKind) -> Tender {
        let known = self.tenders.iter().find(|tender| tender.kind == kind);
        known.map_or_else(Tender::card, TenderType::tender)
    }
}
