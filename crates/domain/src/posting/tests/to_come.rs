//! Sales whose goods do not all leave at the till.

use super::{World, lines};
use crate::{
    causes::Cause,
    fixtures::{self, row},
    lookup::TaxPolicy,
    mapping::{MappingKind, MappingRow},
    posting::Decision,
    split::line_amount,
    supply::{DeliveredItem, OrderDelivery},
    till::{OrderState, TillOrder},
};

fn delivery(warehouse_id: i64, items: &[(i64, i64)]) -> OrderDelivery {
    OrderDelivery {
        id: 1,
        warehouse_id,
        reference: String::new(),
        delivered_at: None,
        cancelled_at: None,
        items: items.iter().map(|&(row, pieces)| DeliveredItem { row, pieces }).collect(),
    }
}

/// A world that ships, with these deliveries read.
fn world(deliveries: Vec<OrderDelivery>) -> World {
    let mut world = World::new();
    world.deliveries = Some(deliveries);
    let rows = [
        (MappingKind::Store, "5", "LEEDS session=3 location=4 delivery=6 ships-from=90"),
        (MappingKind::Pickup, "york", "41 delivery=8"),
        (MappingKind::Delivery, "dpd-next", "7"),
        (MappingKind::Delivery, "home", "5"),
    ];
    for (kind, key, value) in rows {
        let row = MappingRow::new(kind, key, value).unwrap();
        world.mapping = with(&world.mapping, &row);
    }
    world
}

fn with(mapping: &crate::mapping::Mapping, row: &MappingRow) -> crate::mapping::Mapping {
    let (new, faults) = crate::mapping::Mapping::from_rows([row.clone()]);
    assert_eq!(faults, []);
    let mut mapping = mapping.clone();
    mapping.stores.extend(new.stores);
    mapping.pickups.extend(new.pickups);
    mapping.carriers.extend(new.carriers);
    mapping
}

/// A coat and three pairs of socks for 10.00, paid, open, to be sent to Mill Lane.
fn order() -> TillOrder {
    let mut order =
        fixtures::order(100, vec![row(0, "COAT-M", 1, 9_999), row(1, "SOCKS", 3, 1_000)]);
    order.order_state = OrderState::Open;
    order.shopper.address.line1 = "1 Mill Lane".to_owned();
    order
}

#[test]
fn nothing_is_decided_before_the_deliveries_are_read() {
    let mut world = world(Vec::new());
    world.deliveries = None;
    assert_eq!(world.decide(&order()), Decision::ReadDeliveries);
}

#[test]
fn a_mixed_basket_takes_each_part_from_its_place() {
    let world = world(vec![delivery(5, &[(1, 1)])]);
    let draft = world.draft(&order());
    let places: Vec<_> =
        draft.lines.iter().map(|line| (line.stock_location_id, line.to_come)).collect();
    assert_eq!(
        lines(&draft),
        [
            ("1".to_owned(), "COAT-M", 9_999, None),
            ("1".to_owned(), "SOCKS", 333, None),
            ("1".to_owned(), "SOCKS", 333, None),
            ("1".to_owned(), "SOCKS", 334, None),
        ]
    );
    let (here, there) = ((Some(4), false), (Some(90), true));
    assert_eq!(places, [there, here, there, there]);
    assert_eq!(draft.delivery_method_id, Some(5));
    assert!(draft.instructions.ends_with("Handed over at the till: lines 2"));
}

#[test]
fn every_division_of_a_row_is_exact() {
    for tax in [TaxPolicy::ErpCalculates, TaxPolicy::PinTillTax] {
        for gross in [1, 7, 100, 999, 1_000, 10_001] {
            for units in 1..6 {
                for taken in 0..=units {
                    let mut order = order();
                    order.rows = vec![row(0, "SOCKS", units, gross)];
                    fixtures::settle(&mut order);
                    let mut world = world(vec![delivery(5, &[(0, taken)])]);
                    world.policy.tax = tax;
                    let draft = world.draft(&order);
                    let sum: i64 = draft
                        .lines
                        .iter()
                        .map(|line| line_amount(line.quantity, line.unit_gross).unwrap().pence())
                        .sum();
                    assert_eq!(sum, gross, "{units} for {gross}, {taken} taken");
                    let here = draft.lines.iter().filter(|line| !line.to_come);
                    let here: i64 = here.map(|line| line.quantity.thousandths()).sum();
                    assert_eq!(here, taken * 1_000);
                }
            }
        }
    }
}

#[test]
fn goods_travel_as_the_till_chose() {
    let world = world(Vec::new());
    let mut to_door = order();
    to_door.delivery.carrier_product_id = Some("DPD-Next".to_owned());
    assert_eq!(world.draft(&to_door).delivery_method_id, Some(7));
    let mut collected = order();
    collected.delivery.pickup_external_id = Some("York".to_owned());
    collected.shopper.address.line1.clear();
    let draft = world.draft(&collected);
    assert_eq!((draft.delivery_method_id, draft.lines[0].stock_location_id), (Some(8), Some(41)));
    assert!(draft.instructions.contains("To be collected in York"));
    // All handed over after all: a sale as any other.
    let all = self::world(vec![delivery(5, &[(0, 1), (1, 3)])]);
    assert_eq!(all.draft(&order()).delivery_method_id, Some(6));
}

#[test]
fn what_is_not_mapped_is_named_all_at_once() {
    let mut world = world(vec![delivery(8, &[(1, 1)])]);
    world.mapping = fixtures::mapping();
    let mut order = order();
    order.shopper.address.line1.clear();
    order.delivery.carrier_product_id = Some("dhl".to_owned());
    assert_eq!(
        world.held(&order),
        [
            (Cause::ShipsFromUnmapped, "5".to_owned()),
            (Cause::DeliveryWarehouseUnmapped, "8".to_owned()),
            (Cause::DeliveryAddressMissing, "S1-100".to_owned()),
            (Cause::CarrierUnmapped, "dhl".to_owned()),
        ]
    );
    order.delivery.pickup_external_id = Some("hull".to_owned());
    assert_eq!(world.held(&order)[0], (Cause::PickupUnmapped, "hull".to_owned()));
}
