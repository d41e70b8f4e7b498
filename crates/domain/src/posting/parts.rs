//! The parts of a row: what of it leaves from, or comes back to, which stock location.

use super::{Case, basket::Item, faults::Faults, returns, side::money};
use crate::{
    Money, Quantity,
    causes::Cause,
    supply::{self, NoLocation, Origin, Portion},
};

/// Where a line goes in OrderWise.
#[derive(Clone, Copy)]
pub(super) struct Shelf {
    pub(super) stock_location_id: Option<i64>,
    pub(super) return_to_stock: bool,
}

/// One part of a row, positive on sales and returns alike.
pub(super) struct Part {
    /// In thousandths.
    quantity: i128,
    gross: i128,
    pub(super) net: i128,
    pub(super) shelf: Shelf,
    pub(super) to_come: bool,
}

impl Part {
    /// Quantity and gross amount for a line.
    pub(super) fn priced(&self) -> Option<(Quantity, Money)> {
        let quantity = i64::try_from(self.quantity).ok().map(Quantity::from_thousandths)?;
        Some((quantity, money(self.gross)?))
    }
}

/// The parts of `item`. Amounts are shared out by quantity, each part from where the one before it
/// ended, so that they always add up to the row's.
pub(super) fn of(case: &Case<'_>, item: &Item<'_>, faults: &mut Faults) -> Vec<Part> {
    if case.side.is_return() {
        let shelf = returns::shelf(case, item.row, faults);
        return vec![whole(item, shelf)];
    }
    if !supply::has_rows_to_come(case.order) {
        let shelf = shelf(case, Origin::HandedOver(case.order.warehouse_id), faults);
        return vec![whole(item, shelf)];
    }
    let portions = case.portions.iter().filter(|portion| portion.row == item.row.index);
    let portions: Vec<&Portion> = portions.collect();
    let mut parts = Vec::with_capacity(portions.len().max(1));
    let mut so_far = 0;
    for (nth, portion) in portions.iter().enumerate() {
        let shelf = shelf(case, portion.origin, faults);
        let to_come = portion.origin == Origin::ToCome;
        let from = so_far;
        so_far += case.side.turn(portion.quantity.thousandths());
        let to = if nth + 1 == portions.len() { item.quantity } else { so_far };
        let share = |amount: i128| share(amount, item.quantity, from, to);
        let (gross, net) = (share(item.gross()), share(item.net));
        parts.push(Part { quantity: to - from, gross, net, shelf, to_come });
    }
    parts
}

fn whole(item: &Item<'_>, shelf: Shelf) -> Part {
    Part { quantity: item.quantity, gross: item.gross(), net: item.net, shelf, to_come: false }
}

/// What of `amount` belongs to the units between `from` and `to`.
fn share(amount: i128, quantity: i128, from: i128, to: i128) -> i128 {
    if quantity == 0 {
        return amount;
    }
    amount * to / quantity - amount * from / quantity
}

fn shelf(case: &Case<'_>, origin: Origin, faults: &mut Faults) -> Shelf {
    let stock_location_id = match supply::location(case.order, origin, case.known.mapping) {
        Ok(location) => location,
        // The store itself is not mapped, and is named by its own check.
        Err(NoLocation::ShipsFrom(_)) if case.store.is_none() => None,
        Err(place) => {
            nowhere(&place, faults);
            None
        }
    };
    Shelf { stock_location_id, return_to_stock: true }
}

fn nowhere(place: &NoLocation, faults: &mut Faults) {
    match place {
        NoLocation::Warehouse(id) => {
            faults.add(Cause::DeliveryWarehouseUnmapped, &id.to_string(), || {
                format!("Goods were handed over from warehouse {id}, which has no stock location.")
            });
        }
        NoLocation::ShipsFrom(id) => {
            faults.add(Cause::ShipsFromUnmapped, &id.to_string(), || {
                format!(
                    "Goods sold in warehouse {id} are to be sent, and it is not said from where."
                )
            });
        }
        NoLocation::Pickup(store) => faults.add(Cause::PickupUnmapped, store, || {
            format!("Goods are to be collected in '{store}', which has no stock location.")
        }),
    }
}
