//! What OrderWise tells of its orders: the rows of the export, gathered by order and delivery.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Quantity, Timestamp};

/// A row of the `despatches` export (design section 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRow {
    /// `orderId`.
    pub order_id: i64,
    /// `orderNumber`.
    pub order_number: String,
    /// `reference`.
    pub reference: String,
    /// `orderStatus`, as it stands.
    pub status: String,
    /// The delivery; none while nothing has left.
    pub delivery: Option<Parcel>,
    /// The line; none while nothing has left.
    pub line: Option<SentLine>,
}

/// What is said of a delivery as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// `deliveryId`: the same for ever.
    pub delivery_id: i64,
    /// `despatchedAt`.
    pub despatched_at: Option<Timestamp>,
    /// `courier`, free text.
    pub courier: Option<String>,
    /// `consignmentNumber`.
    pub consignment: Option<String>,
    /// `trackingUrl`.
    pub tracking_url: Option<String>,
}

/// A line of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SentLine {
    /// `lineNumber`, where OrderWise tells it.
    pub number: Option<i64>,
    /// `sku`.
    pub sku: String,
    /// `quantity`.
    pub quantity: Quantity,
}

/// A delivery with its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The delivery.
    pub parcel: Parcel,
    /// Its lines, in order.
    pub lines: Vec<SentLine>,
}

/// An order with its deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldOrder {
    /// `orderId`.
    pub order_id: i64,
    /// `orderNumber`.
    pub order_number: String,
    /// `reference`.
    pub reference: String,
    /// `orderStatus`.
    pub status: String,
    /// Deliveries by id.
    pub sent: Vec<Sent>,
}

/// Gathers rows. A row that comes twice counts once; rows of an order need not stand together.
pub fn gather(rows: Vec<ToldRow>) -> Vec<ToldOrder> {
    let mut orders: BTreeMap<i64, (ToldOrder, BTreeMap<i64, Sent>)> = BTreeMap::new();
    for row in rows {
        let ToldRow { order_id, order_number, reference, status, delivery, line } = row;
        let told = ToldOrder { order_id, order_number, reference, status, sent: Vec::new() };
        let (_, sent) = orders.entry(order_id).or_insert_with(|| (told, BTreeMap::new()));
        let Some(parcel) = delivery else { continue };
        let sent =
            sent.entry(parcel.delivery_id).or_insert_with(|| Sent { parcel, lines: Vec::new() });
        sent.lines.extend(line);
    }
    orders
        .into_values()
        .map(|(mut order, sent)| {
            order.sent = sent.into_values().map(tidied).collect();
            order
        })
        .collect()
}

fn tidied(mut sent: Sent) -> Sent {
    sent.lines.sort_unstable();
    sent.lines.dedup();
    sent
}
