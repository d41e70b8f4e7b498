//! Placing what was built: from a builder to a stored order.

use std::sync::Arc;

use super::{
    super::{
        Sitoo,
        masters::Register,
        model::{Item, Order, OrderState, OrderType, PaymentState, set_extra},
        state::State,
    },
    Exchange, ExchangePlaced, Refund, Row, Sale, Stage, TillError,
    later::is_part,
    settle::{Bill, settle},
};
use crate::lock;

impl Sitoo {
    /// Places a sale; gives the order id.
    pub fn sell(&self, sale: Sale) -> Result<i64, TillError> {
        let now = self.now();
        lock(&self.state).sell(sale, now)
    }

    /// Places a sale under an order id of its own, whatever comes next otherwise: a mistake, or
    /// numbers that begin anew. The id must not be in use.
    pub fn sell_as(&self, sale: Sale, id: i64) -> Result<(), TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let mut order = state.prepare_sale(sale, 0, now)?;
        order.id = id;
        state.place(order, false, now);
        Ok(())
    }

    /// Places a return; gives the order id.
    pub fn refund(&self, refund: Refund) -> Result<i64, TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let (mut order, taken) = state.prepare_refund(refund, None, now)?;
        order.id = state.allot_order();
        let id = order.id;
        state.take(order.credit_source(), &taken);
        state.place(order, false, now);
        Ok(id)
    }

    /// Places both orders of an exchange, which name each other.
    pub fn exchange(&self, exchange: Exchange) -> Result<ExchangePlaced, TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let back = state.worth(&exchange.refund)?;
        let out: i64 = exchange.sale.rows.iter().map(Row::price).sum();
        let covered = back.min(out);
        let (mut refund, taken) = state.prepare_refund(exchange.refund, Some(-covered), now)?;
        let is_held_back = exchange.sale.held_back;
        let along = exchange.sale.taken.clone();
        let mut sale = state.prepare_sale(exchange.sale, covered, now)?;
        (refund.id, sale.id) = (state.allot_order(), state.allot_order());
        set_extra(&mut refund.extras, "pos-refundsales-orderid", sale.id.to_string());
        set_extra(&mut sale.extras, "pos-refund-orderid", refund.id.to_string());
        state.number(&mut refund);
        if let Some(receipt) = refund.receipt_id() {
            set_extra(&mut sale.extras, "pos-refund-receiptid", receipt);
        }
        let placed = ExchangePlaced { refund: refund.id, sale: sale.id };
        state.take(refund.credit_source(), &taken);
        state.place(refund, false, now);
        state.take_along(&sale, along);
        state.place(sale, is_held_back, now);
        Ok(placed)
    }
}

impl State {
    pub(in super::super) fn sell(&mut self, sale: Sale, now: i64) -> Result<i64, TillError> {
        let is_held_back = sale.held_back;
        let along = sale.taken.clone();
        let mut order = self.prepare_sale(sale, 0, now)?;
        order.id = self.allot_order();
        let id = order.id;
        self.take_along(&order, along);
        self.place(order, is_held_back, now);
        Ok(id)
    }

    /// Numbers, delivers and stores an order that has its id.
    fn place(&mut self, mut order: Order, is_held_back: bool, now: i64) {
        self.number(&mut order);
        if order.state == OrderState::Closed {
            order.delivery = Some(self.allot_delivery());
        }
        let source = order.extras.iter().find(|(key, _)| key == "pos-sourceorderid");
        let source = source.and_then(|(_, id)| id.parse().ok());
        let id = order.id;
        self.commit(order, is_held_back, now);
        if let Some(order) = self.any(id).cloned() {
            self.ring_up(&order, order.date);
        }
        if let Some(source) = source {
            // What became of the parked receipt is not documented; closed and unpaid fits best.
            self.set_order_state(source, OrderState::Closed, PaymentState::NONE, now);
        }
    }

    /// Gives a receipt number, once, to what is a receipt.
    fn number(&mut self, order: &mut Order) {
        if order.receipt.is_some() || order.kind != OrderType::ORDER {
            return;
        }
        if let Some(register) = &order.register {
            order.receipt = Some(self.next_receipt(register.index));
        }
    }

    /// The next receipt number of a till.
    pub(in super::super) fn next_receipt(&mut self, register: u32) -> u32 {
        let last = self.receipts.entry(register).or_insert(9_999);
        *last += 1;
        *last
    }

    pub(in super::super) fn register(&self, id: &str) -> Result<Arc<Register>, TillError> {
        let register = self.register_by_id.get(id).cloned();
        register.ok_or_else(|| TillError::UnknownRegister(id.to_owned()))
    }

    fn prepare_sale(&self, sale: Sale, covered: i64, now: i64) -> Result<Order, TillError> {
        let register = self.register(&sale.register)?;
        let rows: Vec<Item> =
            sale.rows.into_iter().map(|row| row.item(1)).collect::<Result<_, _>>()?;
        if rows.is_empty() {
            return Err(TillError::Empty);
        }
        let mut order = blank(register, rows, sale.at, now);
        if !is_part(&order, &sale.taken) {
            return Err(TillError::BadRow);
        }
        (order.state, order.payment_state, order.kind) = sale.stage.ids();
        if let Stage::Booking(until) = sale.stage {
            order.reserved_until = Some(until);
        }
        order.staff = sale.staff;
        order.delivery_charge = sale.delivery_charge;
        order.currency = sale.currency;
        order.extras = sale.extras;
        if let Some(shopper) = sale.shopper {
            if let Some(member) = &shopper.member_number {
                set_extra(&mut order.extras, "crm-membernumber", member.as_str());
            }
            order.texts = shopper.texts();
        }
        order.texts.extend(sale.comment.map(|text| ("comment", text)));
        if sale.stage.is_paid() || !sale.payments.is_empty() {
            let (round_off_to, unchecked) = (sale.round_off_to, sale.unchecked);
            let bill = Bill { due: order.gross(), covered, round_off_to, unchecked };
            (order.payments, order.roundoff) = settle(&bill, sale.payments)?;
        }
        Ok(order)
    }
}

/// An order that is closed and paid, with rows, and nothing else said.
pub(super) fn blank(register: Arc<Register>, rows: Vec<Item>, at: Option<i64>, now: i64) -> Order {
    let created = now.div_euclid(1_000_000);
    Order {
        id: 0,
        external_id: None,
        credit_of: None,
        warehouse: Some(register.warehouse_id),
        register: Some(register),
        receipt: None,
        staff: None,
        date: at.unwrap_or(created),
        created,
        state: OrderState::Closed,
        payment_state: PaymentState::SUCCESSFUL,
        kind: OrderType::ORDER,
        reserved_until: None,
        currency: None,
        delivery_charge: None,
        roundoff: 0,
        rows: rows.into_boxed_slice(),
        payments: Box::default(),
        texts: Vec::new(),
        extras: Vec::new(),
        delivery: None,
        spoilt: Vec::new(),
    }
}
