//! Orders with rows to come (facts/sitoo 8): sold here, sent from elsewhere or collected later.

use super::{
    super::{
        Sitoo,
        deliveries::{NewDelivery, Undeliverable},
        events::Happening,
        model::{Order, OrderState, PaymentState},
        state::{Delivery, LogItem, State},
    },
    TillError,
};
use crate::lock;

/// A delivery in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryView {
    /// `orderdeliveryid`.
    pub id: i64,
    /// `warehouseid`.
    pub warehouse: i64,
    /// `orderdeliveryref`: the tracking number.
    pub reference: String,
    /// `datedelivery`, unix seconds.
    pub at: i64,
    /// `datecancelled`, unix seconds.
    pub cancelled: Option<i64>,
    /// Made at a till.
    pub by_till: bool,
    /// Row and quantity.
    pub items: Vec<(i64, i64)>,
}

impl From<Delivery> for DeliveryView {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: delivery.id,
            warehouse: delivery.warehouse,
            reference: delivery.reference.into(),
            at: delivery.at,
            cancelled: delivery.cancelled,
            by_till: delivery.by_till,
            items: delivery.items,
        }
    }
}

impl Sitoo {
    /// Staff say that an order can be collected: log item 900 and its event.
    pub fn ready_for_pickup(&self, orderid: i64) -> Result<(), TillError> {
        self.log_pickup(orderid, 900, Happening::ReadyForPickup)
    }

    /// Staff say that it cannot: log item 910 and its event.
    pub fn reject_pickup(&self, orderid: i64) -> Result<(), TillError> {
        self.log_pickup(orderid, 910, Happening::PickupRejected)
    }

    fn log_pickup(&self, orderid: i64, kind: i64, happening: Happening) -> Result<(), TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        state.any(orderid).ok_or(TillError::UnknownOrder(orderid))?;
        let at = now.div_euclid(1_000_000);
        state.logs.entry(orderid).or_default().push(LogItem { at, kind, text: None });
        state.announce_id(orderid, happening, now);
        Ok(())
    }

    /// The customer collects what is left of a paid order at a register, in whose warehouse it
    /// lies; that closes the order. Gives the delivery.
    pub fn collect(&self, orderid: i64, register: &str) -> Result<i64, TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let warehouse = state.register(register)?.warehouse_id;
        let order = state.any(orderid).cloned().ok_or(TillError::UnknownOrder(orderid))?;
        if order.payment_state != PaymentState::SUCCESSFUL {
            return Err(TillError::NotOpen(orderid));
        }
        let items = state.left(&order);
        state.hand_out(orderid, warehouse, items, "", true, now)
    }

    /// A shop hands over or ships some rows of an order: row and quantity. Gives the delivery.
    pub fn hand_over(
        &self,
        orderid: i64,
        warehouse: i64,
        rows: &[(i64, i64)],
        reference: &str,
    ) -> Result<i64, TillError> {
        let now = self.now();
        lock(&self.state).hand_out(orderid, warehouse, rows.to_vec(), reference, false, now)
    }

    /// Takes a delivery back: it stays with a date, its goods return as a refund movement (which
    /// is our guess). False without one that stands.
    pub fn cancel_delivery(&self, orderid: i64, delivery: i64) -> bool {
        let now = self.now();
        lock(&self.state).cancel_delivery(orderid, delivery, now)
    }

    /// All deliveries of an order, cancelled ones too.
    pub fn deliveries(&self, orderid: i64) -> Vec<DeliveryView> {
        let state = lock(&self.state);
        let order = state.any(orderid);
        let all = order.map(|order| state.deliveries_of(order)).unwrap_or_default();
        all.into_iter().map(DeliveryView::from).collect()
    }
}

impl State {
    fn hand_out(
        &mut self,
        orderid: i64,
        warehouse: i64,
        items: Vec<(i64, i64)>,
        reference: &str,
        by_till: bool,
        now: i64,
    ) -> Result<i64, TillError> {
        let reference = reference.into();
        let new = NewDelivery { warehouse, reference, items, ignores_stock: false, by_till };
        self.deliver(orderid, new, now).map_err(|error| match error {
            Undeliverable::UnknownOrder => TillError::UnknownOrder(orderid),
            Undeliverable::GivenUp => TillError::NotOpen(orderid),
            Undeliverable::UnknownWarehouse | Undeliverable::Rows => {
                TillError::BadDelivery(orderid)
            }
        })
    }

    /// What the customer took along of an order that stays open: a delivery of its own. Made
    /// before the order is stored, and told and moved with it.
    pub(super) fn take_along(&mut self, order: &Order, taken: Vec<(i64, i64)>) {
        if taken.is_empty() || order.state != OrderState::Open {
            return;
        }
        let id = self.allot_delivery();
        let delivery = Delivery {
            id,
            warehouse: order.warehouse.unwrap_or(super::super::SITE),
            reference: "".into(),
            at: order.created,
            cancelled: None,
            ignores_stock: false,
            by_till: true,
            items: taken,
        };
        self.deliveries.entry(order.id).or_default().push(delivery);
    }
}

/// Whether a basket holds what is taken along of it.
pub(super) fn is_part(order: &Order, taken: &[(i64, i64)]) -> bool {
    taken.iter().all(|(row, quantity)| {
        let item = usize::try_from(*row).ok().and_then(|row| order.rows.get(row));
        item.is_some_and(|item| (1..=item.quantity).contains(quantity))
    })
}
