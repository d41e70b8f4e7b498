//! The rows of the basket, with discounts folded in and signs turned.

use super::{Case, faults::Faults, side::pounds};
use crate::{causes::Cause, till::TillRow};

/// A row as the posting sees it: positive on sales and returns alike.
pub(super) struct Item<'a> {
    pub(super) row: &'a TillRow,
    /// In thousandths.
    pub(super) quantity: i128,
    pub(super) net: i128,
    pub(super) vat: i128,
}

impl Item<'_> {
    pub(super) const fn gross(&self) -> i128 {
        self.net + self.vat
    }

    /// Whether it goes the way of the whole entry, with an amount that goes along.
    pub(super) const fn is_regular(&self) -> bool {
        self.quantity > 0 && self.gross() >= 0
    }

    /// What its faults are about: the SKU, or the name where there is none.
    pub(super) fn subject(&self) -> &str {
        subject(self.row)
    }
}

fn subject(row: &TillRow) -> &str {
    let sku = row.sku.trim();
    if sku.is_empty() { row.name.trim() } else { sku }
}

/// Folds each discount row into the product row above it, and checks signs and quantities.
pub(super) fn read<'a>(case: &Case<'a>, faults: &mut Faults) -> Vec<Item<'a>> {
    let side = case.side;
    let mut items: Vec<Item<'a>> = Vec::with_capacity(case.order.rows.len());
    for row in &case.order.rows {
        let (net, vat) = (side.amount(row.net), side.amount(row.vat));
        if row.is_discount() {
            match items.last_mut() {
                Some(above) => {
                    above.net += net;
                    above.vat += vat;
                }
                None => unknown_row(row, "is a discount without a product row above it", faults),
            }
            continue;
        }
        if !row.product {
            unknown_row(row, "is not a product row, although it has a SKU", faults);
        }
        items.push(Item { row, quantity: side.turn(row.quantity.thousandths()), net, vat });
    }
    for item in &items {
        check(case, item, faults);
    }
    items
}

fn unknown_row(row: &TillRow, what: &str, faults: &mut Faults) {
    faults.add(Cause::RowTypeUnknown, subject(row), || {
        format!("Row {} ({}) {what}.", row.index, row.name)
    });
}

fn check(case: &Case<'_>, item: &Item<'_>, faults: &mut Faults) {
    let row = item.row;
    if item.quantity == 0 {
        faults.add(Cause::QuantityNotAllowed, item.subject(), || {
            format!("Row {} ({}) has the quantity 0.", row.index, row.name)
        });
    }
    if item.quantity < 0 {
        faults.add(Cause::MixedBasket, &case.order.reference.to_string(), || {
            format!("Row {} ({}) goes against the other rows.", row.index, row.name)
        });
    }
    // Each row by its own sign, so that a mixed basket is not blamed for its amounts too.
    let along = |amount: i128| amount * item.quantity.signum() >= 0;
    let whole = along(item.gross()) && (!case.pins_tax() || along(item.net));
    if !whole {
        faults.add(Cause::RowAmountSign, item.subject(), || {
            let (net, vat) = (pounds(item.net), pounds(item.vat));
            let quantity = row.quantity;
            format!(
                "Row {} ({}) has the quantity {quantity}, but comes to {net} net and {vat} VAT.",
                row.index, row.name
            )
        });
    }
}
