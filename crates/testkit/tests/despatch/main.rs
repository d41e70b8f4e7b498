//! Stories of orders that are sold at a till and sent from elsewhere, told on both databases
//! through the real clients, mapping and store.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod ends;
mod home;
mod odd;
mod trouble;

pub(crate) use std::time::Duration;

pub(crate) use daybook_domain::entry::EntryState::{Held, Posted, SetAside};
use daybook_sandbox::{
    faults::Fault,
    orderwise::Parcel,
    retailer::CARRIER,
    sitoo::{
        OrderState,
        till::{DeliveryView, Row, Sale, Shopper, Stage, Tender},
    },
};
pub(crate) use daybook_testkit::{World, story::tell};

pub(crate) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) const fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

pub(crate) const fn hours(n: u64) -> Duration {
    Duration::from_hours(n)
}

/// Two of the first goods and one of the second, paid, for the shopper's door.
pub(crate) fn to_the_door(world: &World) -> Sale {
    basket(world).carrier(CARRIER).shopper(Shopper {
        first_name: "Mary".to_owned(),
        last_name: "Swann".to_owned(),
        address: "1 Mill Lane".to_owned(),
        city: "Leeds".to_owned(),
        zip: "LS1 1AA".to_owned(),
        country: "GB".to_owned(),
        ..Shopper::default()
    })
}

pub(crate) fn basket(world: &World) -> Sale {
    Sale::at_register(world.till(0))
        .row(Row::of(&world.goods(0).product).times(2).gross(1_001))
        .row(Row::of(&world.goods(1).product).gross(999))
        .pay_rest(Tender::card())
        .stage(Stage::OpenPaid)
}

/// Sells it and has it posted.
pub(crate) async fn posted(world: &World, sale: Sale) -> i64 {
    let order_id = world.sell(sale);
    world.pass().await;
    world.after(minutes(3)).await;
    assert!(world.state(order_id).await.is_in_ledger(), "{:?}", world.timeline(order_id).await);
    order_id
}

/// A parcel with these lines (number and units), or with all that is left.
pub(crate) fn parcel(number: &str, lines: &[(usize, i64)]) -> Parcel {
    Parcel {
        lines: lines.iter().map(|&(line, units)| (line, units.into())).collect(),
        courier: Some("DPD".to_owned()),
        consignment: Some(number.to_owned()),
        tracking_url: None,
    }
}

/// OrderWise sends it; gives OrderWise's id of the delivery.
pub(crate) fn send(world: &World, order_id: i64, parcel: Parcel) -> i64 {
    let document = world.document(order_id).order_id;
    world.sandbox.orderwise.despatch(document, parcel).unwrap()
}

/// Deliveries of an order in Sitoo that Daybook wrote: reference and rows.
pub(crate) fn written(world: &World, order_id: i64) -> Vec<(String, Vec<(i64, i64)>)> {
    let all = deliveries(world, order_id).into_iter().filter(|one| !one.reference.is_empty());
    all.map(|one| (one.reference, one.items)).collect()
}

pub(crate) fn deliveries(world: &World, order_id: i64) -> Vec<DeliveryView> {
    world.sandbox.sitoo.deliveries(order_id)
}

pub(crate) fn one(number: &str, rows: &[(i64, i64)]) -> (String, Vec<(i64, i64)>) {
    (number.to_owned(), rows.to_vec())
}

pub(crate) fn till_state(world: &World, order_id: i64) -> OrderState {
    let mut all = world.sandbox.sitoo.orders();
    all.find(|order| order.orderid == order_id).unwrap().state
}

/// Whether the timeline says `code`.
pub(crate) async fn says(world: &World, order_id: i64, code: &str) -> usize {
    world.timeline(order_id).await.iter().filter(|known| *known == code).count()
}

/// The next delivery that is written meets this fault.
pub(crate) fn next_delivery_meets(world: &World, fault: Fault) {
    world.sandbox.sitoo_faults.once(fault, "POST", "orderdeliveries");
}

/// How often a delivery was sent to Sitoo.
pub(crate) fn sent_to_sitoo(world: &World) -> u64 {
    world.sandbox.sitoo_faults.counts().of("POST", "orderdeliveries")
}
