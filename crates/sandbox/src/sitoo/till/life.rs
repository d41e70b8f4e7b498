//! What happens to an order after it was made, and mischief on purpose.

use super::{
    super::{
        Sitoo,
        events::{DeliveryHappening, Happening},
        model::{Order, OrderState, OrderType, PaymentState},
        state::State,
    },
    Sale, Tender, TillError,
    settle::{Bill, settle},
};
use crate::lock;

impl Sitoo {
    /// Closes an open order: what is unpaid is paid with this tender (a card without one).
    pub fn close(&self, orderid: i64, tender: Option<Tender>) -> Result<(), TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let order = state.any(orderid).ok_or(TillError::UnknownOrder(orderid))?;
        if order.state != OrderState::Open || order.kind != OrderType::ORDER {
            return Err(TillError::NotOpen(orderid));
        }
        let is_unpaid = order.payment_state != PaymentState::SUCCESSFUL;
        if is_unpaid {
            let bill = Bill { due: order.gross(), covered: 0, round_off_to: 0, unchecked: false };
            let tenders = tender.map(|tender| (tender, None)).into_iter().collect();
            let (payments, _) = settle(&bill, tenders)?;
            state.change(orderid, |order| order.payments = payments);
        }
        state.set_order_state(orderid, OrderState::Closed, PaymentState::SUCCESSFUL, now);
        if is_unpaid && let Some(order) = state.any(orderid).cloned() {
            state.ring_up(&order, now.div_euclid(1_000_000));
        }
        Ok(())
    }

    /// Cancels an order that is open.
    pub fn cancel(&self, orderid: i64) -> Result<(), TillError> {
        self.give_up(orderid, OrderState::Cancelled)
    }

    /// Leaves an order that is open for good.
    pub fn abandon(&self, orderid: i64) -> Result<(), TillError> {
        self.give_up(orderid, OrderState::Abandoned)
    }

    fn give_up(&self, orderid: i64, to: OrderState) -> Result<(), TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let order = state.any(orderid).ok_or(TillError::UnknownOrder(orderid))?;
        if order.state != OrderState::Open {
            return Err(TillError::NotOpen(orderid));
        }
        state.set_order_state(orderid, to, PaymentState(30), now);
        Ok(())
    }

    /// Uses up so many order ids for nothing: gaps that are never filled.
    pub fn insert_gap(&self, ids: i64) {
        lock(&self.state).next_order += ids.max(0);
    }

    /// Makes a held back order visible; false when there is none with this id.
    pub fn reveal(&self, orderid: i64) -> bool {
        let now = self.now();
        lock(&self.state).reveal(orderid, now)
    }

    /// Makes all orders visible that are held back or late; gives how many.
    pub fn reveal_all(&self) -> usize {
        let now = self.now();
        let mut state = lock(&self.state);
        let count = state.hidden.len();
        let ids: Vec<_> = state.hidden.values().map(|order| order.id).collect();
        for id in ids {
            state.reveal(id, now);
        }
        count
    }

    /// Queues a sale that is made right after the next page of orders was answered, so that rows
    /// shift between the pages of a client that counts with `start` from the newest.
    pub fn sell_between_pages(&self, sale: Sale) {
        lock(&self.state).between_pages.push_back(sale);
    }

    /// Writes a field of an order as this JSON text, whatever the order says; an empty text leaves
    /// the field out. For payloads that do not fit the contract. False without such an order.
    pub fn spoil(&self, orderid: i64, field: &str, json: &str) -> bool {
        lock(&self.state).change(orderid, |order| {
            order.spoilt.retain(|(known, _)| &**known != field);
            order.spoilt.push((field.into(), json.into()));
        })
    }

    /// Takes back what [`Sitoo::spoil`] did to an order.
    pub fn heal(&self, orderid: i64) -> bool {
        lock(&self.state).change(orderid, |order| order.spoilt.clear())
    }
}

impl State {
    /// Changes state and payment state, makes the delivery of what got closed, and tells of it.
    pub(in super::super) fn set_order_state(
        &mut self,
        orderid: i64,
        to: OrderState,
        payment: PaymentState,
        now: i64,
    ) {
        let Some(order) = self.any(orderid) else { return };
        let is_changed = order.state != to;
        let is_handed_over = to == OrderState::Closed && order.kind == OrderType::ORDER;
        let is_first = order.delivery.is_none() && !self.deliveries.contains_key(&orderid);
        let delivery = (is_handed_over && is_first).then(|| self.allot_delivery());
        self.change(orderid, |order| {
            (order.state, order.payment_state) = (to, payment);
            order.delivery = order.delivery.or(delivery);
        });
        self.announce_id(orderid, Happening::Updated(is_changed.then_some(to)), now);
        let Some(order) = self.any(orderid).cloned() else { return };
        if let Some(own) = delivery {
            self.hand_over(&order, own, now);
        } else if is_handed_over && is_changed {
            self.deliver_rest(&order, now);
        }
        if self.moves_now(orderid) {
            self.reserve(&order, now);
        }
    }

    /// The till's own delivery of everything: moves stock, and is told.
    fn hand_over(&mut self, order: &Order, own: i64, now: i64) {
        let all = self.deliveries_of(order);
        let Some(delivery) = all.iter().find(|delivery| delivery.id == own) else { return };
        self.announce_delivery(order.id, delivery, DeliveryHappening::Added, now);
        if self.moves_now(order.id) {
            self.deliver_stock(order, delivery, false, now);
        }
    }
}
