//! What orders moved, written down together with them: nothing that is in the book is ever missing
//! from what is in flight.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use daybook_connectors::sitoo::ReceivedOrder;
use daybook_domain::{
    Timestamp,
    classify::classify,
    sku::fold,
    stock::{Moved, Why, moved},
    till::TillOrder,
};
use daybook_store::{
    Tx,
    entry::Recorded,
    stock::due::{self, NewDue},
    till_movement::{self, NewMovement},
};

use super::is_set_up;
use crate::{app::App, error::FlowError};

/// A sale that comes to be known so long after it happened is late.
const LATE: Duration = Duration::from_hours(1);

/// What the readable orders of a page moved, by order id.
#[derive(Debug, Default)]
pub(crate) struct Page(BTreeMap<i64, (Timestamp, Vec<Moved>)>);

impl Page {
    /// Looks at a page of orders; at nothing while the flow is not set up.
    pub(crate) fn of(app: &App, orders: &[ReceivedOrder]) -> Self {
        if !is_set_up(app) {
            return Self::default();
        }
        let readable = orders.iter().filter_map(|received| received.order.as_ref().ok());
        Self(
            readable
                .map(|order| (order.reference.order_id, (order.order_date, of_order(app, order))))
                .collect(),
        )
    }

    /// Writes it down, in the transaction that records the orders. An order that can no longer be
    /// read keeps what it had: doubt lowers.
    pub(crate) async fn record(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        recorded: &Recorded,
    ) -> Result<(), FlowError> {
        let changed: BTreeSet<i64> = recorded
            .changed
            .iter()
            .chain(&recorded.changed_after_posting)
            .copied()
            .filter(|id| self.0.contains_key(id))
            .collect();
        let mut touched = Vec::new();
        for &id in &changed {
            // What it no longer moves is free again.
            let before = till_movement::of_order(&mut *tx, id).await?;
            touched.extend(before.into_iter().map(|(warehouse_id, folded)| NewDue {
                warehouse_id,
                folded,
                why: Why::Sale,
                due_at: now,
            }));
        }
        let mut rows = Vec::new();
        for id in recorded.new.iter().chain(&changed) {
            let Some((at, moved)) = self.0.get(id) else { continue };
            rows.extend(moved.iter().filter_map(|moved| sold(*id, moved)));
            touched.extend(moved.iter().map(|moved| due_for(moved, *at, now)));
        }
        let changed: Vec<i64> = changed.into_iter().collect();
        till_movement::replace(tx, &changed, &rows).await?;
        due::mark(tx, &touched).await?;
        Ok(())
    }
}

/// What an order moved, as it stands.
pub(super) fn of_order(app: &App, order: &TillOrder) -> Vec<Moved> {
    moved(order, classify(order, &app.policy))
}

/// The row of what was sold. A return never adds to what may be sold: OrderWise's own figure does,
/// once it contains it.
pub(super) fn sold(order_id: i64, moved: &Moved) -> Option<NewMovement> {
    (!moved.quantity.is_negative()).then(|| NewMovement {
        order_id,
        row: moved.row,
        warehouse_id: moved.warehouse_id,
        folded: fold(&moved.sku),
        quantity: moved.quantity,
    })
}

fn due_for(moved: &Moved, at: Timestamp, now: Timestamp) -> NewDue {
    let why = if moved.quantity.is_negative() {
        Why::Return
    } else if now.since(at) > LATE {
        Why::LateSale
    } else {
        Why::Sale
    };
    NewDue { warehouse_id: moved.warehouse_id, folded: fold(&moved.sku), why, due_at: now }
}

/// Orders reached OrderWise, or it told when it stored them: what they moved may be contained now.
pub(crate) async fn posted(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    order_ids: &[i64],
) -> Result<(), FlowError> {
    if is_set_up(app) && !order_ids.is_empty() {
        due::mark_orders(tx, now, Why::Posted, order_ids).await?;
    }
    Ok(())
}
