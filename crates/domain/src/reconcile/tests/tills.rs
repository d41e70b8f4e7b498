//! Baskets of a made-up till.

use super::Dice;
use crate::{
    Money, Quantity, Timestamp, VatRate,
    fixtures::{discount, order, payment, pence, row},
    till::{TillOrder, TillRow},
};

const RATES: [i64; 4] = [20, 20, 5, 0];
const SKUS: [&str; 3] = ["COAT-M", "SOCKS", "GIFT"];

/// VAT in a gross amount, as this till rounds it: half up.
pub(super) fn vat(gross: i64, percent: i64) -> i64 {
    (2 * gross.abs() * percent + 100 + percent) / (2 * (100 + percent)) * gross.signum()
}

fn priced(row: TillRow, gross: i64, percent: i64) -> TillRow {
    let vat = vat(gross, percent);
    TillRow {
        vat_rate: VatRate::from_percent(percent),
        net: pence(gross - vat),
        vat: pence(vat),
        ..row
    }
}

fn rows(dice: &mut Dice) -> Vec<TillRow> {
    let mut rows: Vec<TillRow> = Vec::new();
    for _ in 0..dice.roll(1, 5) {
        let index = i64::try_from(rows.len()).unwrap();
        let percent = *dice.pick(&RATES);
        let units = dice.roll(1, 4);
        let gross = dice.roll(100, 20_000);
        let sold = priced(
            row(index, SKUS[usize::try_from(dice.roll(0, 2)).unwrap()], units, gross),
            gross,
            percent,
        );
        if dice.once_in(12) {
            rows.push(TillRow { gift_card: true, ..priced(sold, gross, 0) });
            continue;
        }
        rows.push(TillRow {
            quantity: if dice.once_in(10) {
                Quantity::from_thousandths(dice.roll(100, 3_000))
            } else {
                sold.quantity
            },
            ..sold
        });
        if dice.once_in(5) {
            let off = -dice.roll(1, gross / 2);
            rows.push(priced(discount(index + 1, off), off, percent));
        }
    }
    rows
}

/// Totals and payments that fit rows, charges and rounding. Charges carry 20 %.
pub(super) fn settle(order: &mut TillOrder, cash: i64) {
    let charges = (order.delivery_gross + order.checkout_gross).pence();
    let tax = vat(charges, 20);
    order.net = order.rows.iter().map(|row| row.net).sum::<Money>() + pence(charges - tax);
    order.vat = order.rows.iter().map(|row| row.vat).sum::<Money>() + pence(tax);
    order.gross = order.net + order.vat + order.round_off;
    let gross = order.gross.pence();
    let cash = if gross < 0 { (-cash).max(gross) } else { cash.min(gross) };
    order.payments = [("Card", gross - cash), ("Cash", cash)]
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|(name, amount)| payment(name, amount))
        .collect();
}

/// A sale.
pub(super) fn sale(dice: &mut Dice, order_id: i64, at: Timestamp) -> TillOrder {
    let mut sale = order(order_id, rows(dice));
    sale.order_date = at;
    if dice.once_in(6) {
        sale.delivery_gross = pence(dice.roll(1, 3) * 165);
    }
    if dice.once_in(15) {
        sale.checkout_gross = pence(100);
    }
    let cash = if dice.once_in(4) { dice.roll(1, 9_000) } else { 0 };
    if cash > 0 && dice.once_in(2) {
        sale.round_off = pence(*dice.pick(&[-2, -1, 1, 2]));
    }
    settle(&mut sale, cash);
    sale
}

/// The return of some rows of `sale`.
pub(super) fn back(dice: &mut Dice, sale: &TillOrder, order_id: i64, at: Timestamp) -> TillOrder {
    let mut rows: Vec<TillRow> = Vec::new();
    let all = dice.once_in(2);
    let mut taken = false;
    for sold in &sale.rows {
        if !sold.is_discount() {
            taken = all || rows.is_empty() || dice.once_in(2);
        }
        if taken {
            rows.push(TillRow {
                quantity: -sold.quantity,
                pieces: sold.pieces.map(|pieces| -pieces),
                net: -sold.net,
                vat: -sold.vat,
                original_index: (!sold.is_discount()).then_some(sold.index),
                ..sold.clone()
            });
        }
    }
    let mut back = order(order_id, rows);
    back.order_date = at;
    back.original_order_id = Some(sale.reference.order_id);
    settle(&mut back, 0);
    back
}
