//! What the tills used, summed up page by page: no order, and nothing of a shopper, is kept.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    Money, Timestamp,
    classify::{Standing, classify},
    entry::EntryKind,
    lookup::Policy,
    sku::fold,
    till::{TillOrder, TillPayment},
};

/// How often something was used, and with how much money.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// As it was spelt first.
    pub name: String,
    /// How often.
    pub times: usize,
    /// The pounds that moved, whichever way.
    pub money: Money,
}

/// What the orders of some days used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Orders that are for the ledger.
    pub orders: usize,
    /// By SKU as the till spells it.
    pub skus: BTreeMap<String, Used>,
    /// By external id, else name, folded.
    pub payments: BTreeMap<String, Used>,
    /// By thousandths of a per cent.
    pub vat: BTreeMap<i64, Used>,
    /// By selling warehouse.
    pub warehouses: BTreeMap<i64, Used>,
    /// Reasons of returns, folded.
    pub reasons: BTreeMap<String, Used>,
    /// Carrier products, folded.
    pub carriers: BTreeMap<String, Used>,
    /// Stores that goods are collected in, by external id, folded.
    pub pickups: BTreeMap<String, Used>,
    /// Gift cards, sold or taken back.
    pub gift_cards: Used,
    /// Cash that was rounded off.
    pub rounded_off: Used,
    /// Microseconds that the newest sale of a register lies ahead.
    pub ahead: BTreeMap<String, i64>,
    /// Orders that cannot be read: which, and why.
    pub unreadable: BTreeMap<i64, String>,
}

impl Used {
    /// How often, in words.
    pub fn often(&self) -> String {
        match self.times {
            1 => "once".to_owned(),
            times => format!("{times} times"),
        }
    }

    fn count(&mut self, name: &str, money: Money) {
        if self.times == 0 {
            name.clone_into(&mut self.name);
        }
        self.times += 1;
        self.money += money.abs();
    }

    fn join(&mut self, other: Self) {
        if self.times == 0 {
            self.name = other.name;
        }
        self.times += other.times;
        self.money += other.money;
    }
}

impl Usage {
    /// Counts an order that was read at `now`.
    pub fn count(&mut self, order: &TillOrder, policy: &Policy, now: Timestamp) {
        let Standing::ForTheLedger(kind) = classify(order, policy) else { return };
        self.orders += 1;
        let name = order.store_name.as_deref().unwrap_or_default();
        if let Some(id) = order.warehouse_id {
            self.warehouses.entry(id).or_default().count(name, order.gross);
        }
        for row in &order.rows {
            let gross = row.net + row.vat;
            if row.gift_card {
                self.gift_cards.count(&row.sku, gross);
                continue;
            }
            if row.product && !row.sku.trim().is_empty() {
                self.skus.entry(row.sku.clone()).or_default().count(&row.sku, gross);
            }
            let rate = self.vat.entry(row.vat_rate.thousandths()).or_default();
            rate.count(&row.vat_rate.to_string(), gross);
            if kind == EntryKind::Return {
                self.reason(row.reason_code.as_deref().or(order.reason_code.as_deref()), gross);
            }
        }
        for payment in order.payments.iter().filter(|one| !one.virtual_payment) {
            self.pay(payment);
        }
        if !order.round_off.is_zero() {
            self.rounded_off.count("", order.round_off);
        }
        self.delivery(order);
        let ahead = order.order_date.micros() - now.micros();
        if let Some(register) = order.register_id.as_ref().filter(|_| ahead > 0) {
            let most = self.ahead.entry(register.clone()).or_default();
            *most = ahead.max(*most);
        }
    }

    fn reason(&mut self, code: Option<&str>, gross: Money) {
        if let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) {
            self.reasons.entry(fold(code)).or_default().count(code, gross);
        }
    }

    fn pay(&mut self, payment: &TillPayment) {
        if payment.amount.is_zero() {
            return;
        }
        let id = payment.external_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let key = fold(id.unwrap_or(&payment.name));
        self.payments.entry(key).or_default().count(&payment.name, payment.amount);
    }

    fn delivery(&mut self, order: &TillOrder) {
        if let Some(carrier) = order.delivery.carrier_product_id.as_deref() {
            self.carriers.entry(fold(carrier)).or_default().count(carrier, order.gross);
        }
        if let Some(store) = order.delivery.pickup_external_id.as_deref() {
            self.pickups.entry(fold(store)).or_default().count(store, order.gross);
        }
    }

    /// Adds what another page used.
    pub fn join(&mut self, other: Self) {
        self.orders += other.orders;
        join(&mut self.skus, other.skus);
        join(&mut self.payments, other.payments);
        join(&mut self.vat, other.vat);
        join(&mut self.warehouses, other.warehouses);
        join(&mut self.reasons, other.reasons);
        join(&mut self.carriers, other.carriers);
        join(&mut self.pickups, other.pickups);
        self.gift_cards.join(other.gift_cards);
        self.rounded_off.join(other.rounded_off);
        for (register, ahead) in other.ahead {
            let most = self.ahead.entry(register).or_default();
            *most = ahead.max(*most);
        }
        self.unreadable.extend(other.unreadable);
    }
}

fn join<K: Ord>(into: &mut BTreeMap<K, Used>, other: BTreeMap<K, Used>) {
    for (key, used) in other {
        into.entry(key).or_default().join(used);
    }
}

/// A span for people: whole minutes, or days and hours.
pub(super) fn span(micros: i64) -> String {
    let span = Duration::from_micros(micros.unsigned_abs());
    let minutes = span.as_secs() / 60;
    match minutes {
        0..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}
