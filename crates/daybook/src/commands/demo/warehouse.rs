//! OrderWise's warehouse in the demo: it picks what is to come and sends it, with a number.

use daybook_sandbox::{
    Sandbox,
    orderwise::{Document, ORDER, Parcel},
    retailer::Retailer,
};

/// Picking takes so long in the shop's time, in microseconds.
const PICKING: i64 = 25 * 60 * 1_000_000;
/// Every so manieth order leaves in two parcels.
const IN_TWO: i64 = 4;

/// Lines of a document that wait to be sent: those that the selling store did not hand over.
fn to_send(retailer: &Retailer, document: &Document) -> Vec<usize> {
    let shop = retailer.stores.iter().find(|shop| shop.customer_id == document.customer);
    let shop = shop.map(|shop| shop.stock_location_id);
    let lines = (1..).zip(&document.lines);
    lines.filter(|(_, line)| Some(line.location) != shop).map(|(number, _)| number).collect()
}

/// Sends what was picked by `now` (unix microseconds); gives how many parcels left.
pub(super) fn send(sandbox: &Sandbox, retailer: &Retailer, now: i64) -> usize {
    let mut picked = Vec::new();
    sandbox.orderwise.for_each_document(|document| {
        let waits = document.order_type == ORDER && &*document.status == "Awaiting despatch";
        if waits && document.stored_at + PICKING <= now {
            picked.push(document.clone());
        }
    });
    picked.iter().map(|document| send_one(sandbox, retailer, document)).sum()
}

fn send_one(sandbox: &Sandbox, retailer: &Retailer, document: &Document) -> usize {
    let numbers = to_send(retailer, document);
    let cut =
        if document.order_id % IN_TWO == 0 { numbers.len().div_ceil(2) } else { numbers.len() };
    let (first, second) = numbers.split_at(cut);
    let mut sent = 0;
    for (nth, numbers) in (1..).zip([first, second]).filter(|(_, numbers)| !numbers.is_empty()) {
        let line = |number: &usize| {
            let line = document.lines.get(number - 1)?;
            Some((*number, line.quantity))
        };
        let consignment = format!("DPD{:09}{nth}", document.order_id);
        let parcel = Parcel {
            lines: numbers.iter().filter_map(line).collect(),
            courier: Some("DPD".to_owned()),
            tracking_url: Some(format!("https://track.example/{consignment}")),
            consignment: Some(consignment),
        };
        sent += usize::from(sandbox.orderwise.despatch(document.order_id, parcel).is_ok());
    }
    sent
}
