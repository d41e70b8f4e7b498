use super::{
    DeliveredItem, Draw, NoLocation, OrderDelivery, Origin, Portion, draws, location, portions,
};
use crate::{
    Quantity, fixtures,
    mapping::{Mapping, MappingKind, MappingRow},
    till::{OrderState, TillOrder},
};

fn mapping() -> Mapping {
    let rows = [
        (MappingKind::Store, "5", "LEEDS location=4 ships-from=90"),
        (MappingKind::Store, "6", "YORK location=40"),
        (MappingKind::Warehouse, "7", "70"),
        (MappingKind::Pickup, "york-high-street", "41 delivery=8"),
    ];
    let rows = rows.map(|(kind, key, value)| MappingRow::new(kind, key, value).unwrap());
    Mapping::from_rows(rows).0
}

/// A coat and two pairs of socks, paid, and nothing closed yet.
fn open() -> TillOrder {
    TillOrder { order_state: OrderState::Open, ..fixtures::sale() }
}

fn delivery(id: i64, warehouse_id: i64, items: &[(i64, i64)]) -> OrderDelivery {
    let items = items.iter().map(|(row, pieces)| DeliveredItem { row: *row, pieces: *pieces });
    OrderDelivery {
        id,
        warehouse_id,
        reference: String::new(),
        delivered_at: None,
        cancelled_at: None,
        items: items.collect(),
    }
}

fn part(row: i64, units: i64, origin: Origin) -> Portion {
    Portion { row, quantity: Quantity::from_units(units), pieces: Some(units), origin }
}

#[test]
fn over_the_counter_needs_no_deliveries() {
    let here = Origin::HandedOver(Some(5));
    let all = vec![part(0, 1, here), part(1, 2, here)];
    assert_eq!(portions(&fixtures::sale(), None), Some(all));
    let back = fixtures::full_return(&fixtures::sale());
    assert_eq!(portions(&back, None).unwrap()[1].quantity, Quantity::from_units(-2));
}

#[test]
fn an_open_order_is_known_by_its_deliveries_alone() {
    let order = open();
    assert_eq!(portions(&order, None), None);
    let all = vec![part(0, 1, Origin::ToCome), part(1, 2, Origin::ToCome)];
    assert_eq!(portions(&order, Some(&[])), Some(all));
    let mixed = vec![part(0, 1, Origin::HandedOver(Some(5))), part(1, 2, Origin::ToCome)];
    assert_eq!(portions(&order, Some(&[delivery(1, 5, &[(0, 1)])])), Some(mixed));
    let split = vec![
        part(0, 1, Origin::ToCome),
        part(1, 1, Origin::HandedOver(Some(5))),
        part(1, 1, Origin::ToCome),
    ];
    assert_eq!(portions(&order, Some(&[delivery(1, 5, &[(1, 1)])])), Some(split));
}

#[test]
fn a_closed_order_with_a_carrier_or_a_collecting_store_is_looked_at_too() {
    let mut order = fixtures::sale();
    order.delivery.carrier_product_id = Some("dpd-next-day".to_owned());
    assert_eq!(portions(&order, None), None);
    let mut order = fixtures::sale();
    order.delivery.pickup_external_id = Some("york".to_owned());
    assert_eq!(portions(&order, None), None);
}

#[test]
fn nothing_says_more_than_was_sold() {
    let order = open();
    let mut gone = delivery(3, 5, &[(0, 1)]);
    gone.cancelled_at = Some(order.order_date);
    let deliveries = [gone, delivery(1, 5, &[(1, 9), (7, 1), (0, -1)]), delivery(2, 6, &[(1, 1)])];
    let all = vec![part(0, 1, Origin::ToCome), part(1, 2, Origin::HandedOver(Some(5)))];
    assert_eq!(portions(&order, Some(&deliveries)), Some(all));
}

#[test]
fn pieces_of_a_decimal_row() {
    let mut order = open();
    order.rows[0].quantity = Quantity::from_thousandths(1_500);
    order.rows[0].pieces = Some(3);
    let parts = portions(&order, Some(&[delivery(1, 5, &[(0, 2)])])).unwrap();
    let quantities: Vec<i64> = parts.iter().map(|part| part.quantity.thousandths()).collect();
    assert_eq!(quantities, [1_000, 500, 2_000]);
    assert_eq!(parts[1].pieces, Some(1));
}

#[test]
fn every_part_has_its_place() {
    let (mapping, mut order) = (mapping(), open());
    let here = Origin::HandedOver(Some(5));
    assert_eq!(location(&order, here, &mapping), Ok(Some(4)));
    assert_eq!(location(&order, Origin::HandedOver(Some(6)), &mapping), Ok(Some(40)));
    assert_eq!(location(&order, Origin::HandedOver(Some(7)), &mapping), Ok(Some(70)));
    let nowhere = Err(NoLocation::Warehouse(8));
    assert_eq!(location(&order, Origin::HandedOver(Some(8)), &mapping), nowhere);
    assert_eq!(location(&order, Origin::ToCome, &mapping), Ok(Some(90)));
    order.delivery.pickup_external_id = Some(" York-High-Street ".to_owned());
    assert_eq!(location(&order, Origin::ToCome, &mapping), Ok(Some(41)));
    order.delivery.pickup_external_id = Some("hull".to_owned());
    let hull = Err(NoLocation::Pickup("hull".to_owned()));
    assert_eq!(location(&order, Origin::ToCome, &mapping), hull);
    order.delivery.pickup_warehouse_id = Some(6);
    assert_eq!(location(&order, Origin::ToCome, &mapping), Ok(Some(40)));
    let york = TillOrder { warehouse_id: Some(6), ..open() };
    assert_eq!(location(&york, Origin::ToCome, &mapping), Err(NoLocation::ShipsFrom(6)));
}

#[test]
fn until_it_is_known_a_row_draws_from_both_places() {
    let (mapping, order) = (mapping(), open());
    let draw = |row, units, location| Draw {
        row,
        quantity: Quantity::from_units(units),
        location: Some(location),
    };
    let both = [draw(0, 1, 4), draw(0, 1, 90), draw(1, 2, 4), draw(1, 2, 90)];
    assert_eq!(draws(&order, None, &mapping), both);
    let known = [draw(0, 1, 4), draw(1, 2, 90)];
    assert_eq!(draws(&order, Some(&[delivery(1, 5, &[(0, 1)])]), &mapping), known);
    assert_eq!(draws(&fixtures::sale(), None, &mapping), [draw(0, 1, 4), draw(1, 2, 4)]);
}
