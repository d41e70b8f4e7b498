//! Returns: the sale they give back, how much of it is left to give back, and where goods go.

use std::collections::BTreeMap;

use super::{Case, basket::Item, faults::Faults, parts::Shelf};
use crate::{
    Quantity, Reference,
    causes::Cause,
    entry::EntryState,
    lookup::{Original, OriginalSale, PostOrHold},
    sku::{fold, same},
    till::TillRow,
};

/// What a posting says about its sale.
pub(super) enum Refers {
    /// Nothing: a sale, or a return that stands by itself.
    Nothing,
    /// The sale in OrderWise.
    Sale(Reference),
    /// Not yet anything: the sale is on its way.
    WaitFor(i64),
}

/// Finds the sale of a return, and checks that the return gives back no more than is left of it.
pub(super) fn refer(case: &Case<'_>, basket: &[Item<'_>], faults: &mut Faults) -> Refers {
    if !case.side.is_return() {
        return Refers::Nothing;
    }
    match (case.known.original, case.order.original_order_id) {
        (Original::None, None) => {
            blind(case, faults);
            Refers::Nothing
        }
        (Original::None, Some(order_id)) => unknown(case, order_id, faults),
        (Original::Unknown { order_id }, _) => unknown(case, *order_id, faults),
        (Original::Known(sale), _) => known(case, sale, basket, faults),
    }
}

fn blind(case: &Case<'_>, faults: &mut Faults) {
    if case.known.policy.blind_returns == PostOrHold::Hold {
        let reference = case.order.reference.to_string();
        faults.add(Cause::BlindReturn, &reference, || "The return names no sale.".to_owned());
    }
}

/// Not in the book, or there but never to be posted.
fn unknown(case: &Case<'_>, order_id: i64, faults: &mut Faults) -> Refers {
    if !case.known.waited_too_long {
        return Refers::WaitFor(order_id);
    }
    if case.known.policy.unknown_original == PostOrHold::Hold {
        faults.add(Cause::OriginalUnknown, &order_id.to_string(), || {
            format!("The return gives back order {order_id}, which is not in the book.")
        });
    }
    Refers::Nothing
}

fn known(case: &Case<'_>, sale: &OriginalSale, basket: &[Item<'_>], faults: &mut Faults) -> Refers {
    let reference = sale.order.reference;
    match sale.state {
        EntryState::SetAside | EntryState::Dismissed => {
            return unknown(case, reference.order_id, faults);
        }
        EntryState::Posted
        | EntryState::Confirmed
        | EntryState::Waiting
        | EntryState::Ready
        | EntryState::Posting
        | EntryState::InDoubt
        | EntryState::Held => {}
    }
    check_quantities(sale, basket, faults);
    if sale.state.is_in_ledger() {
        return Refers::Sale(reference);
    }
    if case.known.waited_too_long {
        faults.add(Cause::OriginalNotPosted, &reference.to_string(), || {
            format!("The sale {reference} is {}.", sale.state)
        });
    }
    Refers::WaitFor(reference.order_id)
}

/// Never more back than was sold: of the row that is named, and of the SKU over the whole sale.
fn check_quantities(sale: &OriginalSale, basket: &[Item<'_>], faults: &mut Faults) {
    for item in basket {
        if let Some(index) = item.row.original_index {
            let Some(sold) = sale.order.rows.iter().find(|row| row.index == index) else {
                faults.add(Cause::OriginalRowUnknown, item.subject(), || {
                    format!("'{}' gives back row {index}, which the sale lacks.", item.subject())
                });
                continue;
            };
            if !same(&sold.sku, &item.row.sku) {
                faults.add(Cause::OriginalRowUnknown, item.subject(), || {
                    let was = &sold.sku;
                    format!("'{}' gives back row {index}, which is '{was}'.", item.subject())
                });
                continue;
            }
            check_row(sale, sold, basket, item, faults);
        }
        check_sku(sale, basket, item, faults);
    }
}

fn check_row(
    sale: &OriginalSale,
    sold: &TillRow,
    basket: &[Item<'_>],
    item: &Item<'_>,
    faults: &mut Faults,
) {
    let of_row = |other: &&Item<'_>| other.row.original_index == Some(sold.index);
    let now: i128 = basket.iter().filter(of_row).map(|other| other.quantity).sum();
    let before = sale.returned.get(&sold.index).map_or(0, |quantity| units(*quantity));
    over(item, i128::from(sold.quantity.thousandths()), before, now, faults);
}

fn check_sku(sale: &OriginalSale, basket: &[Item<'_>], item: &Item<'_>, faults: &mut Faults) {
    let sku = &item.row.sku;
    let of_sku = |row: &&TillRow| !row.is_discount() && same(&row.sku, sku);
    let mut rows = sale.order.rows.iter().filter(of_sku).peekable();
    if rows.peek().is_none() {
        faults.add(Cause::OriginalRowUnknown, item.subject(), || {
            format!("'{}' is not on the sale.", item.subject())
        });
        return;
    }
    let (mut sold, mut before) = (0, returned_as(&sale.returned_by_sku, sku));
    for row in rows {
        sold += i128::from(row.quantity.thousandths());
        before += sale.returned.get(&row.index).map_or(0, |quantity| units(*quantity));
    }
    let now = basket.iter().filter(|other| same(&other.row.sku, sku));
    over(item, sold, before, now.map(|other| other.quantity).sum(), faults);
}

/// Thousandths given back, whichever sign they were summed with.
fn units(quantity: Quantity) -> i128 {
    i128::from(quantity.thousandths()).abs()
}

fn returned_as(returned: &BTreeMap<String, Quantity>, sku: &str) -> i128 {
    returned.iter().filter(|(other, _)| same(other, sku)).map(|(_, q)| units(*q)).sum()
}

fn over(item: &Item<'_>, sold: i128, before: i128, now: i128, faults: &mut Faults) {
    if before + now <= sold {
        return;
    }
    faults.add(Cause::ReturnedMoreThanSold, item.subject(), || {
        let [was_sold, before, now] = [sold, before, now].map(|thousandths| {
            Quantity::from_thousandths(i64::try_from(thousandths).unwrap_or(i64::MAX))
        });
        let sku = item.subject();
        format!(
            "Of '{sku}', {was_sold} were sold, {before} came back before and {now} come back now."
        )
    });
}

/// Whether a returned row goes back into stock, and where.
///
/// The place that the till names counts before the reason's, and that before the store's own.
pub(super) fn shelf(case: &Case<'_>, row: &TillRow, faults: &mut Faults) -> Shelf {
    let own = case.store.and_then(|store| store.stock_location_id);
    let code = [&row.reason_code, &case.order.reason_code].into_iter().flatten();
    let code = code.map(|code| code.trim()).find(|code| !code.is_empty());
    let reason = code.and_then(|code| case.known.mapping.reasons.get(&fold(code)));
    if let (Some(code), None) = (code, reason)
        && !case.known.policy.restock_unmapped_reasons
    {
        faults.add(Cause::ReasonUnmapped, code, || {
            format!("Whether goods returned as '{code}' can be sold again is not mapped.")
        });
    }
    let elsewhere = row.return_warehouse_id.filter(|id| Some(*id) != case.order.warehouse_id);
    let stock_location_id = match elsewhere {
        Some(warehouse_id) => location_of(case, warehouse_id, faults),
        None => reason.and_then(|reason| reason.stock_location_id).or(own),
    };
    Shelf { stock_location_id, return_to_stock: reason.is_none_or(|reason| reason.restock) }
}

fn location_of(case: &Case<'_>, warehouse_id: i64, faults: &mut Faults) -> Option<i64> {
    let mapping = case.known.mapping;
    let other_store = || mapping.stores.get(&warehouse_id).and_then(|s| s.stock_location_id);
    let found = mapping.warehouses.get(&warehouse_id).copied().or_else(other_store);
    if found.is_none() {
        faults.add(Cause::ReturnWarehouseUnmapped, &warehouse_id.to_string(), || {
            format!("Goods came back into warehouse {warehouse_id}, which has no stock location.")
        });
    }
    found
}
