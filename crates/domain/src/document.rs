//! A document of OrderWise as the export definitions tell it (design section 7).

use serde::{Deserialize, Serialize};

use crate::{Money, Timestamp};

/// A sales order or a credit as OrderWise holds it. Amounts are positive on credits too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// `orderId`, OrderWise's internal id.
    pub order_id: i64,
    /// `orderNumber`, as people see it.
    pub order_number: String,
    /// `reference`, the entry's.
    pub reference: String,
    /// `orderType`: the number of `systemOrderType` (1 order, 4 credit).
    pub order_type: i64,
    /// `storedAt`, when OrderWise stored it.
    pub stored_at: Option<Timestamp>,
    /// Net total.
    pub net: Money,
    /// Tax total.
    pub tax: Money,
    /// Gross total.
    pub gross: Money,
    /// `status`, a text the customer may edit.
    pub status: String,
}

/// What `POST /sales/order` answers (facts/orderwise 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// `orderId`.
    pub order_id: i64,
    /// `orderNumber`.
    pub order_number: String,
}
