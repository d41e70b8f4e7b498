//! This on the till is that in the ERP: rows as people write them ([`MappingRow`]), and the typed
//! tables that decisions read ([`Mapping`]).

mod row;
#[cfg(test)]
mod tests;
mod typed;

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::row::{MappingFault, strange_field};
use crate::{VatRate, despatch::StatusMeaning};

/// What can be mapped.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MappingKind {
    /// Till SKU → `code`, OrderWise's variant code (same code by default).
    Sku,
    /// VAT rate in per cent, or `gift-card` → `rate-id`.
    Vat,
    /// Payment type (`externalid`, else name) → `method-id`, or `exclude` = `yes`.
    Payment,
    /// Warehouse id of the selling store → account, session, location, delivery, zone, name.
    Store,
    /// Another warehouse goods may come back to → `location`.
    Warehouse,
    /// Return reason code → `restock` yes/no, and `location` where it is not the store's.
    Reason,
    /// Special line (`round-off`, `checkout-fee`, `gift-card`, `tax-rounding`) → `code`, `rate-id`.
    Item,
    /// Tax rate of OrderWise (id or code) → `vat-id`, Sitoo's product group for it.
    Group,
    /// Store that goods are collected in (its external id) → `location` they leave from, `delivery`.
    Pickup,
    /// Carrier product of the till → `method-id`, OrderWise's delivery method.
    Delivery,
    /// Status text of OrderWise, exactly → what it `means`.
    Status,
}

impl MappingKind {
    /// All kinds.
    pub const ALL: [Self; 11] = [
        Self::Sku,
        Self::Vat,
        Self::Payment,
        Self::Store,
        Self::Warehouse,
        Self::Reason,
        Self::Item,
        Self::Group,
        Self::Pickup,
        Self::Delivery,
        Self::Status,
    ];

    /// The word used in the database, on the command line and in CSV.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Vat => "vat",
            Self::Payment => "payment",
            Self::Store => "store",
            Self::Warehouse => "warehouse",
            Self::Reason => "reason",
            Self::Item => "item",
            Self::Group => "group",
            Self::Pickup => "pickup",
            Self::Delivery => "delivery",
            Self::Status => "status",
        }
    }

    /// The fields a row of this kind may have; the first is meant when a bare value is given.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Sku => &["code"],
            Self::Vat => &["rate-id"],
            Self::Payment => &["method-id", "exclude"],
            Self::Store => &[
                "account",
                "account-id",
                "session",
                "location",
                "delivery",
                "zone",
                "name",
                "ships-from",
                "currency",
            ],
            Self::Warehouse => &["location"],
            Self::Reason => &["restock", "location"],
            Self::Item => &["code", "rate-id"],
            Self::Group => &["vat-id"],
            Self::Pickup => &["location", "delivery"],
            Self::Delivery => &["method-id"],
            Self::Status => &["means"],
        }
    }
}

impl MappingKind {
    /// A key in the one form under which it is stored and looked up.
    pub fn normal_key(self, key: &str) -> Result<String, MappingFault> {
        row::normal_key(self, key).map_err(|what| row::fault(self, key, what))
    }
}

impl fmt::Display for MappingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a kind of mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a kind of mapping; use sku, vat, payment, store, warehouse, reason, item, \
     group, pickup, delivery or status"
)]
pub struct NotMappingKind(pub String);

impl FromStr for MappingKind {
    type Err = NotMappingKind;

    fn from_str(word: &str) -> Result<Self, NotMappingKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| NotMappingKind(word.to_owned()))
    }
}

/// One row as it is stored and as people write it: `store 5 account=LEEDS session=3`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MappingRow {
    /// What is mapped.
    pub kind: MappingKind,
    /// Its name on the till, in the form [`MappingRow::new`] normalises.
    pub key: String,
    /// Fields by name, see [`MappingKind::fields`].
    pub value: BTreeMap<String, String>,
}

/// A customer account of OrderWise (facts/orderwise 2.2: by id or by account number).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// `customer.id`.
    Id(i64),
    /// `customer.accountNumber`.
    Number(String),
}

/// A store as OrderWise knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreMapping {
    /// Name for people.
    pub name: String,
    /// Customer account its sales stand on.
    pub account: Account,
    /// E-commerce session, one a store (facts/orderwise 2.5).
    pub session_id: Option<i64>,
    /// Stock location its goods leave from.
    pub stock_location_id: Option<i64>,
    /// Delivery method.
    pub delivery_method_id: Option<i64>,
    /// IANA zone, where the till does not say.
    pub time_zone: Option<String>,
    /// Stock location that home deliveries sold in this store leave from.
    pub ships_from_location_id: Option<i64>,
    /// Currency that the account is kept in (ISO 4217), where it is not the company's.
    pub currency: Option<String>,
}

/// A store that goods sold elsewhere are collected in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PickupMapping {
    /// Stock location that the goods leave from.
    pub stock_location_id: i64,
    /// Delivery method, where it is not the selling store's.
    pub delivery_method_id: Option<i64>,
}

/// What a payment type becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentMapping {
    /// A payment method of OrderWise.
    Method(i64),
    /// Not posted: its money reaches OrderWise another way.
    Exclude,
}

/// What a return reason means for stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReasonMapping {
    /// Whether the goods can be sold again.
    pub restock: bool,
    /// Where they go, if not to the store's own location.
    pub stock_location_id: Option<i64>,
}

/// A special line's item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemMapping {
    /// Variant code.
    pub code: String,
    /// `taxRateId`.
    pub tax_rate_id: Option<i64>,
}

/// All mapping rows, typed and ready for look-ups. Built once per version of the tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// By till SKU, trimmed and case-folded.
    pub skus: HashMap<String, String>,
    /// By VAT rate.
    pub vat: HashMap<VatRate, i64>,
    /// For gift cards, sold and taken back.
    pub vat_gift_card: Option<i64>,
    /// By external id or name, trimmed and case-folded.
    pub payments: HashMap<String, PaymentMapping>,
    /// By warehouse id.
    pub stores: HashMap<i64, StoreMapping>,
    /// Stock location by warehouse id.
    pub warehouses: HashMap<i64, i64>,
    /// By reason code, trimmed and case-folded.
    pub reasons: HashMap<String, ReasonMapping>,
    /// By special line.
    pub items: HashMap<String, ItemMapping>,
    /// Sitoo's `vatid` by OrderWise's tax rate id or code, trimmed and case-folded.
    pub groups: HashMap<String, i64>,
    /// By the collecting store's external id, trimmed and case-folded.
    pub pickups: HashMap<String, PickupMapping>,
    /// Delivery method by carrier product, trimmed and case-folded.
    pub carriers: HashMap<String, i64>,
    /// By exact text: statuses are matched case-sensitively (facts/orderwise 3).
    pub statuses: HashMap<String, StatusMeaning>,
}

impl Mapping {
    /// The folded code of the variant that a till's folded SKU is.
    pub fn variant_of(&self, folded: &str) -> String {
        self.skus.get(folded).map_or_else(|| folded.to_owned(), |code| crate::sku::fold(code))
    }
}

/// Keys of [`MappingKind::Delivery`] that stand for no carrier product.
pub mod delivery {
    /// Goods to be sent where the till names no carrier.
    pub const HOME: &str = "home";
    /// Goods to be collected in another store that has no method of its own.
    pub const COLLECT: &str = "collect";
}

/// The special lines that [`MappingKind::Item`] names.
pub mod item {
    /// Cash rounding.
    pub const ROUND_OFF: &str = "round-off";
    /// A fee of the way of paying.
    pub const CHECKOUT_FEE: &str = "checkout-fee";
    /// Gift cards sold or taken back, where they are not variants of their own.
    pub const GIFT_CARD: &str = "gift-card";
    /// The penny that pinned tax leaves over; `round-off` serves where this is not mapped.
    pub const TAX_ROUNDING: &str = "tax-rounding";
    /// All of them.
    pub const ALL: [&str; 4] = [ROUND_OFF, CHECKOUT_FEE, GIFT_CARD, TAX_ROUNDING];
}
