//! Whether the record is as it was written, by everything that can be read of it.

use daybook_connectors::sitoo::parse_order;
use daybook_store::{
    Db, StoreResult,
    evidence::{self, Evidence, Told},
};

/// Checks everything.
pub async fn verify(db: &Db) -> StoreResult<Evidence> {
    evidence::verify(db, told).await
}

/// What a payload of Sitoo says of its entry; none where it cannot be read.
pub fn told(payload: &str) -> Option<Told> {
    let order = parse_order(payload).ok()?;
    Some(Told {
        order_date: order.order_date,
        warehouse_id: order.warehouse_id,
        receipt_id: order.receipt_id,
        currency: order.currency,
        net: order.net,
        vat: order.vat,
        gross: order.gross,
    })
}
