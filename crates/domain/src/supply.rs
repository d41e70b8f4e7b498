//! Where the goods of a sale come from: what was handed over in the shop, what is to come, and
//! which stock location each part leaves from.
//!
//! Sitoo tells it by the order's deliveries (facts/sitoo 2.7): what the till hands over it delivers
//! at once, what is sent or collected elsewhere has none yet (facts/sitoo 8.4). An order that is
//! plainly over the counter needs no look at its deliveries; of one that is open and paid, or that
//! names a carrier or a collecting store, nothing is known until they have been read.

use serde::{Deserialize, Serialize};

use crate::{
    Quantity, Timestamp,
    mapping::Mapping,
    sku::fold,
    till::{OrderState, TillOrder, TillRow},
};

/// A delivery of an order, as Sitoo holds it (facts/sitoo 2.7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDelivery {
    /// `orderdeliveryid`, unique per account.
    pub id: i64,
    /// `warehouseid` the goods left from.
    pub warehouse_id: i64,
    /// `orderdeliveryref`: waybill or tracking number.
    pub reference: String,
    /// `datedelivery`.
    pub delivered_at: Option<Timestamp>,
    /// `datecancelled`.
    pub cancelled_at: Option<Timestamp>,
    /// `orderdeliveryitems`.
    pub items: Vec<DeliveredItem>,
}

/// One row of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeliveredItem {
    /// `orderitemid`.
    pub row: i64,
    /// `quantity`, in pieces of the row.
    pub pieces: i64,
}

/// How a part of a row reaches the shopper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Handed over at a till; the goods left this warehouse of Sitoo. None: the order names none.
    HandedOver(Option<i64>),
    /// Sent to the shopper, or collected in another store.
    ToCome,
}

/// A part of a row that leaves from one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    /// `orderitemid`.
    pub row: i64,
    /// How much; negative on returns.
    pub quantity: Quantity,
    /// The same in pieces, where the till told them: what a delivery of Sitoo counts in.
    pub pieces: Option<i64>,
    /// Where it comes from.
    pub origin: Origin,
}

/// A place that no mapping names a stock location for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NoLocation {
    /// A warehouse of Sitoo that goods were handed over from.
    Warehouse(i64),
    /// The selling store's `ships-from`.
    ShipsFrom(i64),
    /// The store that goods are collected in.
    Pickup(String),
}

/// What a row draws from a stock location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw {
    /// `orderitemid`.
    pub row: i64,
    /// How much.
    pub quantity: Quantity,
    /// Stock location of OrderWise; none where the store has none of its own.
    pub location: Option<i64>,
}

/// Whether the order's deliveries say where its rows come from. Otherwise they were handed over
/// at the till, all of them.
pub fn has_rows_to_come(order: &TillOrder) -> bool {
    let sale = !order.gross.is_negative();
    sale && (order.order_state == OrderState::Open || order.delivery.is_marked())
}

/// The parts of every row with goods. `None`: the order's deliveries have to be read first.
///
/// Deliveries beyond a row's quantity are cut off at it, and what a delivery counts for rows that
/// the order lacks is passed over: nothing here may say more than was sold.
pub fn portions(order: &TillOrder, deliveries: Option<&[OrderDelivery]>) -> Option<Vec<Portion>> {
    let goods = order.rows.iter().filter(|row| !row.is_discount());
    if !has_rows_to_come(order) {
        return Some(goods.map(|row| whole(row, Origin::HandedOver(order.warehouse_id))).collect());
    }
    let deliveries = deliveries?;
    let mut all = Vec::with_capacity(order.rows.len());
    for row in goods {
        let mut rest = whole(row, Origin::ToCome);
        for (warehouse_id, pieces) in handed_over(row, deliveries) {
            if let Some(part) = take(row, &mut rest, pieces) {
                all.push(Portion { origin: Origin::HandedOver(Some(warehouse_id)), ..part });
            }
        }
        if !rest.quantity.is_zero() {
            all.push(rest);
        }
    }
    Some(all)
}

/// Pieces of `row` by warehouse, in the order of the deliveries.
fn handed_over(row: &TillRow, deliveries: &[OrderDelivery]) -> Vec<(i64, i64)> {
    let mut by_warehouse: Vec<(i64, i64)> = Vec::new();
    for delivery in deliveries.iter().filter(|delivery| delivery.cancelled_at.is_none()) {
        for item in delivery.items.iter().filter(|item| item.row == row.index && item.pieces > 0) {
            match by_warehouse.iter_mut().find(|(known, _)| *known == delivery.warehouse_id) {
                Some((_, pieces)) => *pieces = pieces.saturating_add(item.pieces),
                None => by_warehouse.push((delivery.warehouse_id, item.pieces)),
            }
        }
    }
    by_warehouse
}

fn whole(row: &TillRow, origin: Origin) -> Portion {
    Portion { row: row.index, quantity: row.quantity, pieces: row.pieces, origin }
}

/// Takes `pieces` out of `rest`, at most what is left.
fn take(row: &TillRow, rest: &mut Portion, pieces: i64) -> Option<Portion> {
    if rest.quantity.is_zero() {
        return None;
    }
    let left = pieces_of(rest);
    let taken = pieces.min(left);
    if taken <= 0 {
        return None;
    }
    let quantity = if taken == left { rest.quantity } else { quantity_of(row, taken) };
    rest.quantity = rest.quantity - quantity;
    rest.pieces = rest.pieces.map(|known| known - taken);
    let pieces = row.pieces.map(|_| taken);
    Some(Portion { row: row.index, quantity, pieces, origin: rest.origin })
}

/// Pieces of a portion: as the till counts them, else its whole units.
fn pieces_of(portion: &Portion) -> i64 {
    portion.pieces.unwrap_or_else(|| portion.quantity.thousandths() / 1_000)
}

/// `pieces` of `row` as a quantity: of a row of 3 pieces of 0.500, two are 1.000.
pub fn quantity_of(row: &TillRow, pieces: i64) -> Quantity {
    let all = row.pieces.filter(|all| *all != 0);
    let Some(all) = all else { return Quantity::from_units(pieces) };
    let part = i128::from(row.quantity.thousandths()) * i128::from(pieces) / i128::from(all);
    Quantity::from_thousandths(i64::try_from(part).unwrap_or(i64::MAX))
}

/// The stock location that a part of an order leaves from.
pub fn location(
    order: &TillOrder,
    origin: Origin,
    mapping: &Mapping,
) -> Result<Option<i64>, NoLocation> {
    match origin {
        Origin::HandedOver(warehouse_id) if warehouse_id == order.warehouse_id => {
            let store = warehouse_id.and_then(|id| mapping.stores.get(&id));
            Ok(store.and_then(|store| store.stock_location_id))
        }
        Origin::HandedOver(None) => Ok(None),
        Origin::HandedOver(Some(id)) => {
            of_warehouse(id, mapping).map(Some).ok_or(NoLocation::Warehouse(id))
        }
        Origin::ToCome => to_come(order, mapping).map(Some),
    }
}

/// Goods to be collected leave from where the collecting store's row says, else from that store's
/// own location; goods to be sent from the selling store's `ships-from`.
fn to_come(order: &TillOrder, mapping: &Mapping) -> Result<i64, NoLocation> {
    let choice = &order.delivery;
    if choice.is_pickup() {
        let external_id = choice.pickup_external_id.as_deref();
        let named = external_id.and_then(|id| mapping.pickups.get(&fold(id)));
        let by_warehouse = || choice.pickup_warehouse_id.and_then(|id| of_warehouse(id, mapping));
        return named.map(|pickup| pickup.stock_location_id).or_else(by_warehouse).ok_or_else(
            || {
                let warehouse = choice.pickup_warehouse_id.map(|id| id.to_string());
                let name = external_id.map(|id| id.trim().to_owned()).or(warehouse);
                NoLocation::Pickup(name.unwrap_or_default())
            },
        );
    }
    let store = order.warehouse_id.and_then(|id| mapping.stores.get(&id));
    store
        .and_then(|store| store.ships_from_location_id)
        .ok_or_else(|| NoLocation::ShipsFrom(order.warehouse_id.unwrap_or_default()))
}

/// The location of a warehouse of Sitoo, from its own row or its store's.
fn of_warehouse(warehouse_id: i64, mapping: &Mapping) -> Option<i64> {
    let store = || mapping.stores.get(&warehouse_id).and_then(|store| store.stock_location_id);
    mapping.warehouses.get(&warehouse_id).copied().or_else(store)
}

/// What the order draws from which location, for stock that must never be overstated: a row whose
/// deliveries are not known yet draws from **both** places that it may come from. Places without a
/// mapping draw nothing: what is sold from there is an exception of the sale.
pub fn draws(
    order: &TillOrder,
    deliveries: Option<&[OrderDelivery]>,
    mapping: &Mapping,
) -> Vec<Draw> {
    let draw = |portion: &Portion| {
        let location = location(order, portion.origin, mapping).ok()?;
        Some(Draw { row: portion.row, quantity: portion.quantity, location })
    };
    if let Some(portions) = portions(order, deliveries) {
        return portions.iter().filter_map(draw).collect();
    }
    let goods = order.rows.iter().filter(|row| !row.is_discount());
    let mut all = Vec::new();
    for row in goods {
        let here = draw(&whole(row, Origin::HandedOver(order.warehouse_id)));
        let there = draw(&whole(row, Origin::ToCome));
        let same = here.map(|draw| draw.location) == there.map(|draw| draw.location);
        all.extend(here);
        all.extend(there.filter(|_| !same));
    }
    all
}

#[cfg(test)]
mod tests;
