//! `despatches`: a row a delivery line; one row without delivery while nothing has left.

use std::collections::BTreeSet;

use super::table::{Cell, Table};
use crate::orderwise::{Delivery, Document, ORDER, state::State, uk_time};

pub(super) const COLUMNS: &[&str] = &[
    "orderId",
    "orderNumber",
    "reference",
    "orderStatus",
    "deliveryId",
    "despatchedAt",
    "courier",
    "consignmentNumber",
    "trackingUrl",
    "lineNumber",
    "sku",
    "quantity",
];

/// `where orderDate >= @since or lastAmended >= @since or despatchedAt >= @since`, orders only.
pub(super) fn despatches(state: &State, table: &mut Table, since: i64, now: i64) {
    let dated = state.documents.by_date(since, i64::MAX).map(|document| document.order_id);
    let ids: BTreeSet<i64> = dated.chain(state.fates.since(since)).collect();
    let documents = ids.into_iter().filter_map(|id| state.documents.by_id(id));
    for document in documents.filter(|it| it.order_type == ORDER && it.visible_from <= now) {
        order(state, table, document, since);
    }
}

fn order(state: &State, table: &mut Table, document: &Document, since: i64) {
    let fate = state.fates.of(document.order_id);
    let amended = fate.and_then(|fate| fate.amended);
    let is_whole = document.order_date >= since || amended.is_some_and(|wall| wall >= since);
    let deliveries = fate.map_or(&[][..], |fate| &fate.deliveries);
    if deliveries.is_empty() && is_whole {
        row(table, document, None);
    }
    for delivery in deliveries {
        if is_whole || uk_time::wall(delivery.at) >= since {
            for place in 0..delivery.parcel.lines.len() {
                row(table, document, Some((delivery, place)));
            }
        }
    }
}

fn row(table: &mut Table, document: &Document, line: Option<(&Delivery, usize)>) {
    let delivery = line.map(|(delivery, _)| delivery);
    let sent = line.and_then(|(delivery, place)| delivery.parcel.lines.get(place));
    let text = |of: fn(&Delivery) -> Option<&String>| {
        Cell::or_null(delivery.and_then(of).map(String::as_str), Cell::Text)
    };
    let number = sent.and_then(|(number, _)| i64::try_from(*number).ok());
    let ordered = sent.and_then(|(number, _)| document.lines.get(number.checked_sub(1)?));
    table.row(&[
        Cell::Int(document.order_id),
        Cell::Text(&document.order_number()),
        Cell::Text(document.reference()),
        Cell::Text(&document.status),
        Cell::or_null(delivery.map(|delivery| delivery.id), Cell::Int),
        Cell::or_null(delivery.map(|delivery| uk_time::wall(delivery.at)), Cell::Time),
        text(|delivery| delivery.parcel.courier.as_ref()),
        text(|delivery| delivery.parcel.consignment.as_ref()),
        text(|delivery| delivery.parcel.tracking_url.as_ref()),
        Cell::or_null(number, Cell::Int),
        Cell::or_null(ordered.map(|line| &*line.sku), Cell::Text),
        Cell::or_null(sent.map(|(_, quantity)| *quantity), Cell::Decimal),
    ]);
}
