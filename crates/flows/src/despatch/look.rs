//! Looking at an order in Sitoo: what of it is delivered, and what is left.

use std::collections::BTreeMap;

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Money, Reference,
    exchange::Called,
    mapping::Mapping,
    priority::Priority,
    supply::{self, OrderDelivery, Origin},
    till::TillOrder,
};
use daybook_store::{Source, entry};

use crate::{app::App, error::FlowError, exchanges};

/// The order's deliveries in Sitoo now, with the call on record.
pub(super) async fn deliveries(
    app: &App,
    order: Reference,
) -> Result<Vec<OrderDelivery>, FlowError> {
    let Called { outcome, exchanges } =
        app.sitoo.at(Priority::Despatch).order_deliveries(order).await;
    exchanges::keep(app, Some(order.order_id), exchanges).await?;
    outcome.map_err(FlowError::Sitoo)
}

/// The order as the till told it last.
pub(super) async fn order(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> Result<Option<TillOrder>, FlowError> {
    let payload = entry::payloads(source, &[order_id]).await?.remove(&order_id);
    Ok(payload.as_deref().and_then(|payload| parse_order(payload).ok()))
}

/// Pieces of each row that Sitoo has not delivered yet; rows of which nothing is left are not in it.
pub(super) fn left(order: &TillOrder, deliveries: &[OrderDelivery]) -> BTreeMap<i64, i64> {
    let goods = order.rows.iter().filter(|row| !row.is_discount());
    let mut left: BTreeMap<i64, i64> = goods
        .map(|row| (row.index, row.pieces.unwrap_or(row.quantity.thousandths() / 1_000)))
        .collect();
    let stand = deliveries.iter().filter(|one| one.cancelled_at.is_none());
    for item in stand.flat_map(|delivery| &delivery.items) {
        if let Some(left) = left.get_mut(&item.row) {
            *left = left.saturating_sub(item.pieces);
        }
    }
    left.retain(|_, pieces| *pieces > 0);
    left
}

/// What the pieces that are left cost.
pub(super) fn worth(order: &TillOrder, left: &BTreeMap<i64, i64>) -> Money {
    let of_row = |(index, pieces): (&i64, &i64)| {
        let row = order.rows.iter().find(|row| row.index == *index)?;
        let all = row.quantity.thousandths();
        let part = supply::quantity_of(row, *pieces).thousandths();
        let pence = i128::from(row.gross().pence()) * i128::from(part) / i128::from(all.max(1));
        i64::try_from(pence).ok().map(Money::from_pence)
    };
    left.iter().filter_map(of_row).sum()
}

/// The warehouse of Sitoo that goods to come leave from: the one with their stock location, else
/// where they are collected, else the shop's (its stock is left alone all the same).
pub(super) fn warehouse(order: &TillOrder, mapping: &Mapping) -> i64 {
    let location = supply::location(order, Origin::ToCome, mapping).ok().flatten();
    let of_location = location.and_then(|location| {
        let others = mapping.warehouses.iter().filter(|(_, it)| **it == location);
        let stores = mapping.stores.iter();
        let stores = stores.filter(|(_, store)| store.stock_location_id == Some(location));
        let others = others.map(|(id, _)| *id).min();
        others.or_else(|| stores.map(|(id, _)| *id).min())
    });
    of_location.or(order.delivery.pickup_warehouse_id).or(order.warehouse_id).unwrap_or_default()
}
