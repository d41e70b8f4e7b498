//! What orders moved, written down together with them: nothing that is in the book is ever missing
//! from what is in flight.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use daybook_connectors::sitoo::{ReceivedOrder, goods_of_unreadable, parse_order};
use daybook_domain::{
    Timestamp,
    classify::classify,
    sku::fold,
    stock::{Moved, Why, moved, moved_from},
    supply::{OrderDelivery, has_rows_to_come},
    till::TillOrder,
};
use daybook_store::{
    Tx,
    entry::{self, Recorded},
    stock::due::{self, NewDue},
    supply,
    till_movement::{self, NewMovement},
};

use super::is_set_up;
use crate::{app::App, error::FlowError, sales::load::current_mapping};

/// A sale that comes to be known so long after it happened is late.
const LATE: Duration = Duration::from_hours(1);

/// What the orders of a page move, by order id.
#[derive(Debug, Default)]
pub(crate) struct Page(BTreeMap<i64, Concerned>);

#[derive(Debug)]
struct Concerned {
    at: Timestamp,
    moved: Vec<Moved>,
    /// Only its goods could be read: what was known of it before is not replaced by that.
    is_unreadable: bool,
    /// An order with goods to come: where they leave from is worked out when it is written down.
    to_come: Option<Box<TillOrder>>,
}

impl Page {
    /// Looks at a page of orders; at nothing while the flow is not set up.
    pub(crate) fn of(app: &App, orders: &[ReceivedOrder]) -> Self {
        if !is_set_up(app) {
            return Self::default();
        }
        let concerned = |received: &ReceivedOrder| match &received.order {
            Ok(order) => Concerned {
                at: order.order_date,
                moved: moved(order, classify(order, &app.policy)),
                is_unreadable: false,
                to_come: has_rows_to_come(order).then(|| Box::new(order.clone())),
            },
            Err(_) => Concerned {
                at: app.now(),
                moved: goods_of_unreadable(&received.payload),
                is_unreadable: true,
                to_come: None,
            },
        };
        Self(orders.iter().map(|received| (received.order_id, concerned(received))).collect())
    }

    /// Writes it down, in the transaction that records the orders. An order that can no longer be
    /// read keeps what it had: doubt lowers.
    pub(crate) async fn record(
        &self,
        app: &App,
        tx: &mut Tx,
        now: Timestamp,
        recorded: &Recorded,
    ) -> Result<(), FlowError> {
        let changed = recorded.changed.iter().chain(&recorded.changed_after_posting);
        let is_told = |id: &i64| self.0.get(id).is_some_and(|one| !one.is_unreadable);
        let changed = changed.copied().filter(is_told);
        let changed: BTreeSet<i64> = changed.collect();
        let mut written =
            Written { changed: changed.iter().copied().collect(), ..Written::default() };
        let wanted: Vec<i64> = recorded.new.iter().copied().chain(changed).collect();
        let with_more = self.with_goods_to_come(app, tx, &wanted).await?;
        for id in wanted {
            let Some(one) = self.0.get(&id) else { continue };
            let moved = with_more.get(&id).unwrap_or(&one.moved);
            written.add(id, one.at, now, moved);
        }
        written.write(tx, now).await
    }

    async fn with_goods_to_come(
        &self,
        app: &App,
        tx: &mut Tx,
        wanted: &[i64],
    ) -> Result<HashMap<i64, Vec<Moved>>, FlowError> {
        let orders = wanted.iter().filter_map(|id| self.0.get(id)?.to_come.as_deref());
        let orders: Vec<&TillOrder> = orders.collect();
        if orders.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<i64> = orders.iter().map(|order| order.reference.order_id).collect();
        let deliveries = supply::known(&mut *tx, &ids).await?;
        let mapping = current_mapping(app, tx).await?;
        let all = orders.into_iter().map(|order| {
            let id = order.reference.order_id;
            let standing = classify(order, &app.policy);
            let known = deliveries.get(&id).map(Vec::as_slice);
            (id, moved_from(order, standing, known, &mapping))
        });
        Ok(all.collect())
    }
}

/// The deliveries of an order have been read: now it is known where its goods leave from.
pub(crate) async fn deliveries_known(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    order: &TillOrder,
    deliveries: &[OrderDelivery],
) -> Result<(), FlowError> {
    if !is_set_up(app) {
        return Ok(());
    }
    let mapping = current_mapping(app, tx).await?;
    let moved = moved_from(order, classify(order, &app.policy), Some(deliveries), &mapping);
    let id = order.reference.order_id;
    let mut written = Written { changed: vec![id], ..Written::default() };
    written.add(id, order.order_date, now, &moved);
    written.write(tx, now).await
}

/// What one transaction writes.
#[derive(Default)]
struct Written {
    /// Orders whose rows are replaced.
    changed: Vec<i64>,
    rows: Vec<NewMovement>,
    touched: Vec<NewDue>,
}

impl Written {
    fn add(&mut self, id: i64, at: Timestamp, now: Timestamp, moved: &[Moved]) {
        self.rows.extend(moved.iter().filter_map(|moved| sold(id, moved)));
        self.touched.extend(moved.iter().map(|moved| due_for(moved, at, now)));
    }

    async fn write(mut self, tx: &mut Tx, now: Timestamp) -> Result<(), FlowError> {
        for &id in &self.changed {
            // What it no longer moves is free again.
            let before = till_movement::of_order(&mut *tx, id).await?;
            self.touched.extend(before.into_iter().map(|(warehouse_id, folded)| NewDue {
                warehouse_id,
                folded,
                why: Why::Sale,
                due_at: now,
            }));
        }
        till_movement::replace(tx, &self.changed, &self.rows).await?;
        due::mark(tx, &self.touched).await?;
        Ok(())
    }
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

/// A sale that was taken for posted and is not in OrderWise after all: its goods are in flight again.
pub(crate) async fn never_posted(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
) -> Result<(), FlowError> {
    if !is_set_up(app) {
        return Ok(());
    }
    let payload = entry::payloads(&mut *tx, &[order_id]).await?.remove(&order_id);
    let Some(order) = payload.and_then(|payload| parse_order(&payload).ok()) else { return Ok(()) };
    let deliveries = supply::known(&mut *tx, &[order_id]).await?;
    let mapping = current_mapping(app, tx).await?;
    let known = deliveries.get(&order_id).map(Vec::as_slice);
    let moved = moved_from(&order, classify(&order, &app.policy), known, &mapping);
    let mut written = Written { changed: vec![order_id], ..Written::default() };
    written.add(order_id, order.order_date, now, &moved);
    written.write(tx, now).await
}
