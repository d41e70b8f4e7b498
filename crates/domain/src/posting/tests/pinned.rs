//! The tax policy `pin-till-tax`: net prices go out too, and sum to the till's net.

use super::{World, lines};
use crate::{
    Money,
    causes::Cause,
    draft::{Draft, LineOrigin},
    fixtures::{full_return, order, pence, posted, row, sale, settle},
    lookup::TaxPolicy,
    split::line_amount,
    till::TillOrder,
};

fn world() -> World {
    let mut world = World::new();
    world.policy.tax = TaxPolicy::PinTillTax;
    world
}

fn net_of_lines(draft: &Draft) -> Money {
    draft.lines.iter().map(|l| line_amount(l.quantity, l.unit_net.unwrap()).unwrap()).sum()
}

#[test]
fn gross_and_net_both_divide_into_lines() {
    // 10.00 for 3, of which 8.34 net: the prices change at different units.
    let three = order(1, vec![row(0, "SOCKS", 3, 1_000)]);
    let draft = world().draft(&three);
    let line = |units: &str, gross, net| (units.to_owned(), "SOCKS", gross, Some(net));
    assert_eq!(lines(&draft), [line("2", 333, 278), line("1", 334, 278)]);
    let draft = world().draft(&order(1, vec![row(0, "SOCKS", 4, 1_003)]));
    assert_eq!(lines(&draft), [line("1", 250, 209), line("3", 251, 209)]);
    let draft = world().draft(&order(1, vec![row(0, "SOCKS", 4, 1_002)]));
    assert_eq!(lines(&draft), [line("1", 250, 208), line("1", 250, 209), line("2", 251, 209)]);
    assert_eq!(net_of_lines(&draft), draft.net);
}

/// The header's VAT was computed on the total, the rows' on each row.
fn with_net_moved_by(pennies: i64) -> TillOrder {
    let mut order = sale();
    order.net += pence(pennies);
    order.vat -= pence(pennies);
    order
}

#[test]
fn the_penny_left_over_stands_on_a_line_of_its_own() {
    for pennies in [-1, 1, 2] {
        let order = with_net_moved_by(pennies);
        let draft = world().draft(&order);
        let last = draft.lines.last().unwrap();
        assert_eq!((last.origin, last.variant_code.as_str()), (LineOrigin::TaxRounding, "ROUND"));
        assert_eq!((last.unit_gross, last.unit_net), (pence(0), Some(pence(pennies))));
        assert_eq!(net_of_lines(&draft), order.net);
        assert_eq!(draft.tax, order.vat);
    }
    let mut back = full_return(&sale());
    (back.net, back.vat) = (back.net - pence(1), back.vat + pence(1));
    let mut world = world();
    world.original = posted(&sale());
    assert_eq!(world.draft(&back).lines.last().unwrap().unit_net, Some(pence(1)));
}

#[test]
fn more_than_a_penny_a_row_is_no_rounding() {
    let faults = world().faults(&with_net_moved_by(3));
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].cause, Cause::RowsDoNotAddUp);
    assert_eq!(faults[0].detail, "The net total is 91.71, but the rows come to 91.68 net.");
    let mut order = sale();
    order.vat += pence(1);
    assert_eq!(world().held(&order), [(Cause::RowsDoNotAddUp, "S1-100".to_owned())]);
}

#[test]
fn the_line_left_over_needs_an_item() {
    let mut world = world();
    world.mapping.items.remove("round-off");
    let order = with_net_moved_by(1);
    assert_eq!(world.held(&order), [(Cause::SpecialItemUnmapped, "tax-rounding".to_owned())]);
}

#[test]
fn charges_take_their_share_of_the_net() {
    let mut order = sale();
    order.checkout_gross = pence(120);
    order.round_off = pence(-2);
    settle(&mut order);
    (order.net, order.vat) = (order.net - pence(20), order.vat + pence(20));
    let draft = world().draft(&order);
    let fee = &draft.lines[draft.lines.len() - 2];
    assert_eq!((fee.origin, fee.unit_net), (LineOrigin::CheckoutFee, Some(pence(100))));
    let rounding = draft.lines.last().unwrap();
    assert_eq!((rounding.unit_gross, rounding.unit_net), (pence(-2), Some(pence(-2))));
    // Delivery is no line; it takes its part by its gross.
    order.delivery_gross = pence(360);
    order.gross += pence(360);
    (order.net, order.vat) = (order.net + pence(300), order.vat + pence(60));
    order.payments[0].amount = order.gross;
    let draft = world().draft(&order);
    let fee = &draft.lines[draft.lines.len() - 2];
    assert_eq!((fee.origin, fee.unit_net), (LineOrigin::CheckoutFee, Some(pence(100))));
}

#[test]
fn a_net_below_nothing_is_held() {
    let mut order = sale();
    (order.rows[1].net, order.rows[1].vat) = (pence(-1), pence(2));
    settle(&mut order);
    assert_eq!(world().held(&order), [(Cause::RowAmountSign, "SOCKS".to_owned())]);
}
