//! What a decision needs to know besides the entry itself: loaded in one read, then pure.

use std::collections::{BTreeMap, HashMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Quantity,
    entry::EntryState,
    mapping::{Mapping, StoreMapping},
    supply::OrderDelivery,
    till::TillOrder,
};

/// A variant of OrderWise as the `variants` export definition tells it (design section 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Variant {
    /// `sku`, in OrderWise's spelling.
    pub sku: String,
    /// `variantId`.
    pub variant_id: i64,
    /// `taxRateId`.
    pub tax_rate_id: Option<i64>,
    /// `saleable`.
    pub saleable: bool,
    /// `discontinued`.
    pub discontinued: bool,
}

/// Variants by folded SKU ([`crate::sku::fold`]); several mean a clash.
#[derive(Debug, Clone, Default)]
pub struct Variants {
    /// Whether the `variants` export has ever been read; if not, SKUs cannot be checked.
    pub known: bool,
    /// Candidates by folded SKU.
    pub by_folded_sku: HashMap<String, Vec<Variant>>,
}

/// The sale that a return gives back.
#[derive(Debug, Clone)]
pub enum Original {
    /// The entry is no return, or a return that names no sale (blind).
    None,
    /// The return names a sale that is not in the book.
    Unknown {
        /// Sitoo's order id.
        order_id: i64,
    },
    /// The sale is in the book.
    Known(Box<OriginalSale>),
}

/// A sale in the book, and what has been given back of it already.
#[derive(Debug, Clone)]
pub struct OriginalSale {
    /// Where it is.
    pub state: EntryState,
    /// As the till told it.
    pub order: TillOrder,
    /// Units given back per row index by *other* returns that are not set aside or dismissed.
    pub returned: BTreeMap<i64, Quantity>,
    /// Units given back by SKU by other returns whose rows name no original row.
    pub returned_by_sku: BTreeMap<String, Quantity>,
}

/// How OrderWise's tax is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxPolicy {
    /// OrderWise applies its own tax, we compare.
    ErpCalculates,
    /// Till net and tax are sent; any rounding stands on its own named line.
    PinTillTax,
}

/// What to do with something that can be posted, or can wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PostOrHold {
    /// Post it.
    Post,
    /// Make it an exception.
    Hold,
}

/// What happens to a till order that is paid and still open: goods of it are to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenPaid {
    /// Posted at once, as any sale: the money is in the till.
    Post,
    /// Set aside until it closes.
    SetAside,
}

/// What happens to an order that no till made (facts/sitoo 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoRegister {
    /// Post it unless a web shop's integration tagged it as its own.
    PostUntagged,
    /// Post it always.
    Post,
    /// Set it aside always.
    SetAside,
}

/// Choices of the retailer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How tax is treated.
    pub tax: TaxPolicy,
    /// Returns that name no sale.
    pub blind_returns: PostOrHold,
    /// Returns whose named sale is not in the book when the waiting limit has passed.
    pub unknown_original: PostOrHold,
    /// Orders that no till made.
    pub no_register: NoRegister,
    /// Orders of a till that are paid and still open.
    pub open_paid_orders: OpenPaid,
    /// Currencies that OrderWise's accounts are kept in.
    pub currencies: Vec<String>,
    /// Reason codes without a mapping put goods back into stock; otherwise they are a fault.
    pub restock_unmapped_reasons: bool,
    /// Zone of a till that names none and whose store has none.
    pub default_time_zone: String,
    /// Sites whose orders are ours; empty means all.
    pub sites: Vec<i64>,
}

impl Policy {
    /// Currency that the store's account is kept in: its own, or the first of the company's.
    pub fn currency_of<'a>(&'a self, store: &'a StoreMapping) -> &'a str {
        let companys = || self.currencies.first().map(String::as_str).unwrap_or_default();
        store.currency.as_deref().unwrap_or_else(companys)
    }
}

/// Everything [`crate::posting::decide`] looks at besides the order.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Mapping tables of this moment.
    pub mapping: &'a Mapping,
    /// Variants of this moment.
    pub variants: &'a Variants,
    /// The return's sale.
    pub original: &'a Original,
    /// The order's deliveries in Sitoo, once they have been read; only an order with rows to come
    /// needs them ([`crate::supply::has_rows_to_come`]).
    pub deliveries: Option<&'a [OrderDelivery]>,
    /// Whether a return has waited for its sale longer than the limit.
    pub waited_too_long: bool,
    /// Choices of the retailer.
    pub policy: &'a Policy,
}
