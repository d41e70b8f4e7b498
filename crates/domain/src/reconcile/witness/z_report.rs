//! A till's own account of what it took between opening and closing (facts/sitoo 5.3).

use serde::{Deserialize, Serialize};

use crate::{Money, Timestamp, VatRate};

/// One Z-report. Its key is the register and the number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZReport {
    /// `registerid`.
    pub register_id: String,
    /// `zreportid`, which counts per register.
    pub number: i64,
    /// `registerkey`; a receipt's id is this and the receipt's number.
    pub register_key: Option<String>,
    /// `store_id`: the store's external id.
    pub store_external_id: Option<String>,
    /// `store_name`.
    pub store_name: Option<String>,
    /// `dateopened`; old tills do not tell it.
    pub opened_at: Option<Timestamp>,
    /// `datecreated`: when the till was closed.
    pub closed_at: Timestamp,
    /// `dateadded`: when it reached Sitoo; late, where the till was offline.
    pub added_at: Timestamp,
    /// `currencycode`, ISO 4217.
    pub currency: String,
    /// What was sold and handed over. All amounts of a report are positive.
    pub sales: ZSide,
    /// What was sold and is still to be handed over (`…notdelivered…`). Tells no payments.
    pub not_delivered: ZSide,
    /// What was given back: positive, as the till writes it (sales − refund = subtotal).
    pub refunds: ZSide,
    /// `moneyroundoff`: cash rounding, signed.
    pub round_off: Money,
    /// `numreceipts`, where it is told.
    pub receipts: Option<i64>,
    /// Receipts of the practice mode: no orders, only counted here.
    pub practice: ZPractice,
    /// The drawer.
    pub cash: ZCash,
    /// Totals since the till was new, where they are told.
    pub grand_totals: Option<ZGrandTotals>,
}

/// One side of a report: sales, sales to come, or refunds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZSide {
    /// `money…total`, with VAT.
    pub gross: Money,
    /// `money…totalnet`.
    pub net: Money,
    /// `num…`: transactions.
    pub count: i64,
    /// `num…items`: pieces.
    pub items: i64,
    /// `vatgroups…`.
    pub vat_groups: Vec<ZVatGroup>,
    /// `payments…`.
    pub payments: Vec<ZPayment>,
    /// `discounts…`.
    pub discounts: Vec<ZDiscount>,
}

/// What stands under one VAT rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZVatGroup {
    /// `vatvalue`.
    pub rate: VatRate,
    /// `moneytotal`.
    pub gross: Money,
    /// `moneytotalnet`.
    pub net: Money,
    /// `moneytotalvat`.
    pub vat: Money,
}

/// What was paid in one way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZPayment {
    /// Name of the payment type: `Card`, `Cash`, …
    pub name: String,
    /// `moneytotal`.
    pub total: Money,
    /// `moneycaptured`.
    pub captured: Money,
    /// `moneyinadvance`: for goods that are still to come.
    pub in_advance: Money,
    /// `moneyreserved`.
    pub reserved: Money,
}

/// What was taken off for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZDiscount {
    /// `vouchercode`; empty for none, `discount-manual` for what staff gave.
    pub code: String,
    /// `moneytotal`.
    pub gross: Money,
    /// `moneytotalnet`.
    pub net: Money,
}

/// Practice receipts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZPractice {
    /// `numpractice`.
    pub count: i64,
    /// `moneypractice`.
    pub gross: Money,
}

/// The drawer: `moneycash_…`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZCash {
    /// `_in`: at opening.
    pub opening: Money,
    /// `_salesrefunds`: taken in sales, less what was given back.
    pub sales_less_refunds: Money,
    /// `_petty`: paid out for small things.
    pub petty: Money,
    /// `_bank`: taken to the bank meanwhile.
    pub banked: Money,
    /// `_expected`.
    pub expected: Money,
    /// `_counted`.
    pub counted: Money,
    /// `_diff`: counted − expected.
    pub difference: Money,
    /// `_bankfinal`: taken to the bank at closing.
    pub banked_at_close: Money,
    /// `_out`: left in the drawer.
    pub closing: Money,
}

/// Totals since the till was new: each report's less the one before are its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZGrandTotals {
    /// `moneygrandtotalsales`.
    pub sales: Money,
    /// `moneygrandtotalrefund`.
    pub refunds: Money,
    /// `moneygrandtotalnet`.
    pub net: Money,
}
