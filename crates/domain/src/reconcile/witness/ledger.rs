//! What OrderWise holds, as the export definitions tell it (design section 7).

use serde::{Deserialize, Serialize};

use super::LocalTime;
use crate::{Money, Quantity, document::Document};

/// A row of `order-totals` with its rows of `order-lines`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerDocument {
    /// Number, reference, type and totals. Amounts are positive on credits too.
    pub document: Document,
    /// `orderDate`, UK wall clock.
    pub order_date: LocalTime,
    /// Its lines; none where `order-lines` is not set up or was not read.
    pub lines: Option<Vec<LedgerLine>>,
    /// Its payments, where an export tells them. The pack of design section 7 does not.
    pub payments: Option<Vec<LedgerPayment>>,
    /// The customer account (number, else id), where an export tells it.
    pub account: Option<String>,
}

/// A row of `order-lines`. Amounts and quantity are positive on credits too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// `lineNumber`, counted anew when a line is gone.
    pub number: i64,
    /// `sku`, OrderWise's spelling.
    pub sku: String,
    /// `quantity`.
    pub quantity: Quantity,
    /// `net`.
    pub net: Money,
    /// `tax`.
    pub tax: Money,
    /// `gross`.
    pub gross: Money,
    /// `taxCode`.
    pub tax_code: Option<String>,
    /// `stockLocationId`.
    pub stock_location_id: Option<i64>,
}

/// A payment on a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPayment {
    /// Payment method id.
    pub method_id: i64,
    /// Amount, positive on credits too.
    pub amount: Money,
}
