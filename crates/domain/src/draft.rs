//! A posting, ready to be written down as an intent and sent: all amounts positive, in
//! OrderWise's words. What of it reaches the wire, and under which names, the body template says.

use serde::{Deserialize, Serialize};

use crate::{Money, Quantity, Reference, entry::EntryKind, mapping::Account, till::Shopper};

/// Everything that `POST /sales/order` needs for one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The entry's key in OrderWise.
    pub reference: Reference,
    /// Sale (`systemOrderType` 1) or return (4).
    pub kind: EntryKind,
    /// The customer account it stands on.
    pub account: Account,
    /// The e-commerce session of the store.
    pub session_id: Option<i64>,
    /// Till time in the store's zone, without zone: `2026-11-05T14:03:22` (facts/orderwise 2.2).
    pub order_date: String,
    /// Delivery method of the store.
    pub delivery_method_id: Option<i64>,
    /// The return's sale.
    pub original: Option<Reference>,
    /// What that sale is called in OrderWise, where another integration posted it.
    #[serde(default)]
    pub original_name: Option<String>,
    /// Free text for people: receipt, staff, reason.
    pub instructions: String,
    /// Net as the till recorded it, without its sign.
    pub net: Money,
    /// Tax as the till recorded it, without its sign.
    pub tax: Money,
    /// The amount paid (gross, with cash round-off and delivery), without its sign.
    pub gross: Money,
    /// Delivery charge, part of `gross`.
    pub delivery_gross: Money,
    /// Lines, numbered from 1; with `delivery_gross` they sum to `gross`.
    pub lines: Vec<DraftLine>,
    /// Money that moved; virtual payments are left out.
    pub payments: Vec<DraftPayment>,
    /// The shopper as delivery contact.
    pub shopper: Shopper,
}

/// One order line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftLine {
    /// `itemNumber`, from 1.
    pub number: i64,
    /// `variantCode`: OrderWise's spelling of the SKU.
    pub variant_code: String,
    /// Quantity, positive (also on a credit).
    pub quantity: Quantity,
    /// Gross price of one unit. Negative only on a round-off line in the retailer's disfavour.
    pub unit_gross: Money,
    /// Net price of one unit, where the tax policy pins it.
    pub unit_net: Option<Money>,
    /// `taxRateId`.
    pub tax_rate_id: i64,
    /// `stockLocationId`.
    pub stock_location_id: Option<i64>,
    /// Whether returned goods go back into free stock (always true on a sale).
    pub return_to_stock: bool,
    /// Whether the goods are still to be sent or collected: not handed over at the till.
    pub to_come: bool,
    /// What the line is for: a basket row, or a named special line.
    pub origin: LineOrigin,
}

impl Draft {
    /// Whether OrderWise has goods to send.
    pub fn has_lines_to_come(&self) -> bool {
        self.lines.iter().any(|line| line.to_come)
    }
}

/// Where a line comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineOrigin {
    /// `orderitemid` of the basket row.
    Row(i64),
    /// Cash rounding.
    RoundOff,
    /// A fee of the way of paying.
    CheckoutFee,
    /// The penny that pinned tax leaves over.
    TaxRounding,
}

/// One tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPayment {
    /// `paymentMethodId`.
    pub payment_method_id: i64,
    /// Amount, positive; on a credit it is the refund.
    pub amount: Money,
    /// The provider's reference, or the tender's name.
    pub reference: String,
}
