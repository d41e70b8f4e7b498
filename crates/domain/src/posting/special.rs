//! Lines that no row stands behind: a fee, cash rounding, the penny that pinned tax leaves over.

use super::{
    Case,
    basket::Item,
    faults::Faults,
    lines::number_after,
    side::{money, pounds},
};
use crate::{
    Money, Quantity, VatRate,
    causes::Cause,
    draft::{DraftLine, LineOrigin},
    mapping::{ItemMapping, item},
};

/// One special line to be.
struct Special<'a> {
    name: &'a str,
    origin: LineOrigin,
    gross: i128,
    net: i128,
}

/// Adds the special lines that the order needs.
pub(super) fn add_lines(
    case: &Case<'_>,
    basket: &[Item<'_>],
    lines: &mut Vec<DraftLine>,
    faults: &mut Faults,
) {
    let (order, side) = (case.order, case.side);
    let checkout = side.amount(order.checkout_gross);
    let round_off = side.amount(order.round_off);
    let nets = if case.pins_tax() { nets(case, basket, faults) } else { Nets::default() };
    for special in [
        Special {
            name: item::CHECKOUT_FEE,
            origin: LineOrigin::CheckoutFee,
            gross: checkout,
            net: nets.checkout,
        },
        Special {
            name: item::ROUND_OFF,
            origin: LineOrigin::RoundOff,
            gross: round_off,
            // Rounding carries no tax.
            net: round_off,
        },
        Special {
            name: item::TAX_ROUNDING,
            origin: LineOrigin::TaxRounding,
            gross: 0,
            net: nets.left_over,
        },
    ] {
        if special.gross != 0 || special.net != 0 {
            add(case, &special, lines, faults);
        }
    }
}

/// Net amounts that no row carries.
#[derive(Default)]
struct Nets {
    checkout: i128,
    left_over: i128,
}

/// What the header's net has beyond the rows is first the net of delivery and fee, as far as it can
/// be; the rest is rounding. More than a penny a row is no rounding.
fn nets(case: &Case<'_>, basket: &[Item<'_>], faults: &mut Faults) -> Nets {
    let (order, side) = (case.order, case.side);
    let of_rows: i128 = basket.iter().map(|item| item.net).sum();
    let beyond = side.amount(order.net) - of_rows;
    let (delivery, fee) = (side.amount(order.delivery_gross), side.amount(order.checkout_gross));
    let (delivery, fee) = (delivery.max(0), fee.max(0));
    let of_charges = beyond.clamp(0, delivery + fee);
    let left_over = beyond - of_charges;
    if left_over.unsigned_abs() > basket.len().max(1) as u128 {
        faults.add(Cause::RowsDoNotAddUp, &order.reference.to_string(), || {
            let (all, rows) = (pounds(order.net.pence().into()), pounds(side_back(case, of_rows)));
            format!("The net total is {all}, but the rows come to {rows} net.")
        });
    }
    let checkout = if fee == 0 { 0 } else { of_charges * fee / (delivery + fee) };
    Nets { checkout, left_over }
}

/// Back to the till's sign, for texts.
fn side_back(case: &Case<'_>, pence: i128) -> i128 {
    if case.side.is_return() { -pence } else { pence }
}

fn add(case: &Case<'_>, special: &Special<'_>, lines: &mut Vec<DraftLine>, faults: &mut Faults) {
    let Some((item, tax_rate_id)) = item_of(case, special.name, faults) else { return };
    let (Some(unit_gross), Some(net)) = (money(special.gross), money(special.net)) else {
        return super::totals::too_large(case, faults);
    };
    let unit_net: Option<Money> = case.pins_tax().then_some(net);
    lines.push(DraftLine {
        number: number_after(lines),
        variant_code: item.code.clone(),
        quantity: Quantity::from_units(1),
        unit_gross,
        unit_net,
        tax_rate_id,
        stock_location_id: case.store.and_then(|store| store.stock_location_id),
        return_to_stock: true,
        to_come: false,
        origin: special.origin,
    });
}

/// The item of a special line, and its tax rate: its own, or the zero rate for what carries no tax.
fn item_of<'a>(case: &Case<'a>, name: &str, faults: &mut Faults) -> Option<(&'a ItemMapping, i64)> {
    let mapping = case.known.mapping;
    let found = mapping.items.get(name).or_else(|| {
        let stands_in = name == item::TAX_ROUNDING;
        stands_in.then(|| mapping.items.get(item::ROUND_OFF)).flatten()
    });
    let Some(found) = found else {
        faults.add(Cause::SpecialItemUnmapped, name, || {
            format!("The line '{name}' has no item of OrderWise.")
        });
        return None;
    };
    let zero = || mapping.vat.get(&VatRate::ZERO).copied().filter(|_| name != item::CHECKOUT_FEE);
    let rate = found.tax_rate_id.or_else(zero);
    if rate.is_none() {
        faults.add(Cause::SpecialItemUnmapped, name, || {
            format!("The line '{name}' has the item {}, but no rate-id.", found.code)
        });
    }
    rate.map(|rate| (found, rate))
}
