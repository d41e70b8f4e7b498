//! Deliveries of orders (facts/sitoo 2.7): what the till handed over, and what somebody shipped.

use super::{
    SITE,
    events::DeliveryHappening,
    model::{Order, OrderState},
    state::{Delivery, State},
    stock,
};

/// Why a delivery cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undeliverable {
    /// Nobody sees such an order.
    UnknownOrder,
    /// No such warehouse.
    UnknownWarehouse,
    /// No such row, or more of it than is left.
    Rows,
    /// The order was given up.
    GivenUp,
}

/// A delivery that is to be added.
pub(super) struct NewDelivery {
    pub(super) warehouse: i64,
    pub(super) reference: Box<str>,
    /// Row and quantity.
    pub(super) items: Vec<(i64, i64)>,
    pub(super) ignores_stock: bool,
    pub(super) by_till: bool,
}

impl State {
    /// All deliveries of an order, the till's first.
    pub(super) fn deliveries_of(&self, order: &Order) -> Vec<Delivery> {
        let own = order.delivery.map(|id| Delivery {
            id,
            warehouse: till_warehouse(order),
            reference: "".into(),
            at: order.created,
            cancelled: None,
            ignores_stock: ignores_stock(order),
            by_till: true,
            items: (0..).zip(order.rows.iter().map(|row| row.quantity)).collect(),
        });
        let added = self.deliveries.get(&order.id).into_iter().flatten();
        own.into_iter().chain(added.cloned()).collect()
    }

    /// Adds a delivery. An open order is closed once everything has left (facts/sitoo 8.4).
    pub(super) fn deliver(
        &mut self,
        order_id: i64,
        new: NewDelivery,
        now: i64,
    ) -> Result<i64, Undeliverable> {
        let order = self.any(order_id).cloned().ok_or(Undeliverable::UnknownOrder)?;
        if !self.warehouses.contains_key(&new.warehouse) {
            return Err(Undeliverable::UnknownWarehouse);
        }
        if !matches!(order.state, OrderState::Open | OrderState::Closed) {
            return Err(Undeliverable::GivenUp);
        }
        if !self.fits(&order, &new.items) {
            return Err(Undeliverable::Rows);
        }
        let id = self.add_delivery(&order, new, now);
        if order.state == OrderState::Open && self.is_delivered(&order) {
            self.set_order_state(order_id, OrderState::Closed, order.payment_state, now);
        }
        Ok(id)
    }

    /// Stores a delivery that fits, moves its stock and tells of it.
    pub(super) fn add_delivery(&mut self, order: &Order, new: NewDelivery, now: i64) -> i64 {
        let id = self.allot_delivery();
        let delivery = Delivery {
            id,
            warehouse: new.warehouse,
            reference: new.reference,
            at: now.div_euclid(1_000_000),
            cancelled: None,
            ignores_stock: new.ignores_stock || ignores_stock(order),
            by_till: new.by_till,
            items: new.items,
        };
        self.deliveries.entry(order.id).or_default().push(delivery.clone());
        self.announce_delivery(order.id, &delivery, DeliveryHappening::Added, now);
        if self.moves_now(order.id) {
            self.deliver_stock(order, &delivery, false, now);
        }
        id
    }

    /// Whether stock follows what happens to an order at once: others move it when they appear.
    pub(super) fn moves_now(&self, order_id: i64) -> bool {
        self.visible(order_id).is_some() || self.stock.moved_early.contains(&order_id)
    }

    /// Takes a delivery back: its goods return, its rows are to come again. False without one.
    pub(super) fn cancel_delivery(&mut self, order_id: i64, id: i64, now: i64) -> bool {
        let Some(order) = self.any(order_id).cloned() else { return false };
        if order.delivery == Some(id) {
            // The till's own is not stored: it follows from the order until something is odd.
            let own = self.deliveries_of(&order).into_iter().find(|one| one.id == id);
            self.deliveries.entry(order_id).or_default().extend(own);
            self.change(order_id, |order| order.delivery = None);
        }
        let all = self.deliveries.get_mut(&order_id).into_iter().flatten();
        let found = all.into_iter().find(|one| one.id == id && one.cancelled.is_none());
        let Some(found) = found else { return false };
        found.cancelled = Some(now.div_euclid(1_000_000));
        let delivery = found.clone();
        self.announce_delivery(order_id, &delivery, DeliveryHappening::Cancelled, now);
        if self.moves_now(order_id) {
            self.deliver_stock(&order, &delivery, true, now);
        }
        true
    }

    /// How much of each row is left to deliver; signed, as the row.
    pub(super) fn left(&self, order: &Order) -> Vec<(i64, i64)> {
        let mut left: Vec<i64> = order.rows.iter().map(|row| row.quantity).collect();
        for delivery in self.deliveries_of(order).iter().filter(|one| one.cancelled.is_none()) {
            for (row, quantity) in &delivery.items {
                let slot = usize::try_from(*row).ok().and_then(|row| left.get_mut(row));
                if let Some(left) = slot {
                    *left -= quantity;
                }
            }
        }
        (0..).zip(left).filter(|(_, left)| *left != 0).collect()
    }

    /// Whether no row is delivered beyond its quantity.
    fn fits(&self, order: &Order, items: &[(i64, i64)]) -> bool {
        let mut left = self.left(order);
        !items.is_empty()
            && items.iter().all(|(row, quantity)| {
                let slot = left.iter_mut().find(|(known, _)| known == row);
                slot.is_some_and(|(_, left)| {
                    let is_part =
                        quantity.signum() == left.signum() && quantity.abs() <= left.abs();
                    *left -= quantity;
                    *quantity != 0 && is_part
                })
            })
    }

    fn is_delivered(&self, order: &Order) -> bool {
        self.left(order).is_empty()
    }

    /// The till hands over what is left, as it closes the order.
    pub(super) fn deliver_rest(&mut self, order: &Order, now: i64) {
        let items = self.left(order);
        if items.is_empty() {
            return;
        }
        let new = NewDelivery {
            warehouse: till_warehouse(order),
            reference: "".into(),
            items,
            ignores_stock: false,
            by_till: true,
        };
        self.add_delivery(order, new, now);
    }
}

fn ignores_stock(order: &Order) -> bool {
    order.extras.iter().any(|(key, value)| key == "delivery-ignore-stock" && &**value == "true")
}

/// The order's warehouse; that of a return's rows where all go to the same other one.
fn till_warehouse(order: &Order) -> i64 {
    let mut others = order.rows.iter().map(stock::back_to);
    let first = others.next().flatten().filter(|first| others.all(|one| one == Some(*first)));
    first.or(order.warehouse).unwrap_or(SITE)
}
