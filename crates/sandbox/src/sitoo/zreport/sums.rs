//! What a till adds up. Returns are counted positive, on a side of their own.

use std::{collections::BTreeMap, sync::Arc};

use super::super::{
    masters::Product,
    model::{Item, Order, OrderState, PaymentState},
    money::{net_of, share},
    state::State,
};

/// Gross and net, pence.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Amount {
    pub(super) gross: i64,
    pub(super) net: i64,
}

impl Amount {
    fn add(&mut self, sign: i64, gross: i64, net: i64) {
        self.gross += sign * gross;
        self.net += sign * net;
    }
}

/// Sales, or what is still to be handed over, or returns.
#[derive(Debug, Clone, Default)]
pub(super) struct Side {
    pub(super) total: Amount,
    pub(super) orders: i64,
    pub(super) items: i64,
    /// By rate in hundredths of a percent.
    pub(super) vat: BTreeMap<i64, Amount>,
    /// By group and rate: pieces and amount.
    pub(super) groups: BTreeMap<(String, i64), (i64, Amount)>,
    /// By `vouchercode`.
    pub(super) discounts: BTreeMap<&'static str, Amount>,
}

/// A tender: what it paid, and how much of that for goods that are to come.
#[derive(Debug, Clone, Default)]
pub(super) struct Paid {
    pub(super) total: i64,
    pub(super) in_advance: i64,
    /// By card issuer.
    pub(super) parts: BTreeMap<String, (i64, i64)>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    pub(super) sales: Side,
    pub(super) to_come: Side,
    pub(super) refund: Side,
    pub(super) roundoff: i64,
    pub(super) paid: BTreeMap<Arc<str>, Paid>,
    pub(super) paid_back: BTreeMap<Arc<str>, Paid>,
    /// Cash taken less cash given back.
    pub(super) cash: i64,
    /// Pieces sold of products, services, gift cards.
    pub(super) kinds: [i64; 3],
    pub(super) receipts: i64,
}

/// Money of a row, all of it or a part.
struct Part<'a> {
    row: &'a Item,
    pieces: i64,
    gross: i64,
    net: i64,
    discount: i64,
}

impl<'a> Part<'a> {
    /// The first `pieces` of a row.
    fn first(row: &'a Item, pieces: i64) -> Self {
        let discount = row.gross_before - row.gross;
        if pieces == row.quantity {
            return Self { row, pieces, gross: row.gross, net: row.net, discount };
        }
        let gross = share(row.gross, pieces, row.quantity);
        let net = net_of(gross, row.vat_rate);
        let discount = share(discount, pieces, row.quantity);
        Self { row, pieces, gross, net, discount }
    }

    /// What the row has beyond that.
    fn rest(&self) -> Self {
        let row = self.row;
        Self {
            row,
            pieces: row.quantity - self.pieces,
            gross: row.gross - self.gross,
            net: row.net - self.net,
            discount: row.gross_before - row.gross - self.discount,
        }
    }
}

impl Side {
    fn add(&mut self, state: &State, sign: i64, part: &Part<'_>) {
        let Part { row, pieces, gross, net, discount } = part;
        self.items += sign * pieces;
        self.total.add(sign, *gross, *net);
        self.vat.entry(row.vat_rate).or_default().add(sign, *gross, *net);
        let group = (group_name(state, &row.product), row.vat_rate);
        let (count, amount) = self.groups.entry(group).or_default();
        *count += sign * pieces;
        amount.add(sign, *gross, *net);
        if *discount != 0 {
            let is_manual = row.extras.iter().any(|(key, _)| key == "reasoncode-manualdiscount");
            let code = if is_manual { "discount-manual" } else { "" };
            let net = net_of(*discount, row.vat_rate);
            self.discounts.entry(code).or_default().add(sign, *discount, net);
        }
    }

    fn add_charge(&mut self, sign: i64, gross: i64, vat: i64) {
        let net = net_of(gross, vat);
        self.total.add(sign, gross, net);
        self.vat.entry(vat).or_default().add(sign, gross, net);
    }
}

fn group_name(state: &State, product: &Product) -> String {
    let group = state.groups.get(&state.group_of(product));
    group.map_or_else(String::new, |group| group.name.clone())
}

impl Sums {
    /// The sums of these orders, as they are now.
    pub(super) fn of(state: &State, orders: &[i64]) -> Self {
        let mut sums = Self::default();
        for order in orders.iter().filter_map(|id| state.any(*id)) {
            let is_given_up = matches!(order.state, OrderState::Cancelled | OrderState::Abandoned);
            if order.payment_state == PaymentState::SUCCESSFUL && !is_given_up {
                sums.add(state, order);
            }
        }
        sums
    }

    fn add(&mut self, state: &State, order: &Order) {
        self.receipts += 1;
        self.roundoff += order.roundoff;
        let is_refund = order.rows.iter().all(|row| row.quantity < 0);
        let to_come = if is_refund { 0 } else { self.add_sale(state, order) };
        if is_refund {
            self.refund.orders += 1;
            for row in &order.rows {
                self.refund.add(state, -1, &Part::first(row, row.quantity));
            }
            if let Some((gross, vat)) = order.delivery_charge {
                self.refund.add_charge(-1, gross, vat);
            }
        }
        self.add_payments(state, order, is_refund, to_come);
    }

    /// Adds a sale; gives how much of its gross is to come.
    fn add_sale(&mut self, state: &State, order: &Order) -> i64 {
        let mut left: Vec<i64> = order.rows.iter().map(|_| 0).collect();
        for (row, quantity) in state.left(order) {
            if let Some(left) = usize::try_from(row).ok().and_then(|row| left.get_mut(row)) {
                *left = quantity;
            }
        }
        let (mut handed_over, mut to_come) = (false, 0);
        for (row, left) in order.rows.iter().zip(left) {
            let part = Part::first(row, row.quantity - left);
            let rest = part.rest();
            if part.pieces != 0 {
                handed_over = true;
                self.sales.add(state, 1, &part);
            }
            if rest.pieces != 0 {
                to_come += rest.gross;
                self.to_come.add(state, 1, &rest);
            }
            let kind = match row.product.group_type {
                20 => 1,
                30 => 2,
                _ => 0,
            };
            if let Some(count) = self.kinds.get_mut(kind) {
                *count += row.quantity;
            }
        }
        let is_to_come = to_come != 0 || !handed_over;
        if let Some((gross, vat)) = order.delivery_charge {
            let side = if is_to_come { &mut self.to_come } else { &mut self.sales };
            side.add_charge(1, gross, vat);
            to_come += if is_to_come { gross } else { 0 };
        }
        self.sales.orders += i64::from(handed_over);
        self.to_come.orders += i64::from(is_to_come);
        to_come
    }

    /// What was handed over is paid first; the rest is paid in advance.
    fn add_payments(&mut self, state: &State, order: &Order, is_refund: bool, to_come: i64) {
        let sign = if is_refund { -1 } else { 1 };
        let mut now = order.gross() - to_come;
        for payment in &order.payments {
            if payment.is_virtual() && !state.switches.exchange_is_tender {
                continue;
            }
            let side = if is_refund { &mut self.paid_back } else { &mut self.paid };
            let paid = side.entry(Arc::clone(&payment.name)).or_default();
            let captured = if to_come == 0 { payment.amount } else { payment.amount.min(now) };
            now -= captured;
            let in_advance = payment.amount - captured;
            paid.total += sign * payment.amount;
            paid.in_advance += sign * in_advance;
            if !payment.card_issuer.is_empty() {
                let part = paid.parts.entry(payment.card_issuer.to_string()).or_default();
                part.0 += sign * payment.amount;
                part.1 += sign * in_advance;
            }
            // The only tender that lies in a drawer; its name may be anything.
            if payment.is_cash {
                self.cash += payment.amount;
            }
        }
    }
}
