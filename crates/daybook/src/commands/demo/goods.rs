//! The other direction, proved: what the tills show of OrderWise's stock, parcels and products,
//! read from both stand-ins themselves.

use std::collections::HashMap;

use daybook_domain::{
    Quantity,
    entry::{EntryKind, EntryState},
    sku::fold,
};
use daybook_flows::catalogue::show;
use daybook_sandbox::{
    retailer::SkuKind,
    sitoo::{OrderState, OrderType, PaymentState},
};
use daybook_store::entry::EntryRow;
use serde::Serialize;

use super::{proof, world::World};
use crate::failure::Failure;

/// What reached the tills. `--json` prints it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Goods {
    /// Stock, SKU by SKU and place by place.
    pub(super) stock: Stock,
    /// What was sold for later, and left OrderWise's warehouse.
    pub(super) parcels: Parcels,
    /// Products that OrderWise can sell, at the tills.
    pub(super) published: i64,
    /// Products that were taken off the tills, because OrderWise cannot sell them.
    pub(super) hidden: i64,
}

/// The level at a till beside OrderWise's free stock less what is on its way less the buffer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Stock {
    pub(super) compared: u64,
    pub(super) equal: u64,
    pub(super) below: u64,
    /// None, or a till was told that more can be sold than is there.
    pub(super) above: u64,
}

/// Parcels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(super) struct Parcels {
    /// Left OrderWise's warehouse.
    pub(super) sent: usize,
    /// Shown on the till's order, each by its number.
    pub(super) shown: usize,
    /// Shown more than once.
    pub(super) doubled: usize,
    /// Orders of the tills that are paid and still open.
    pub(super) open: usize,
}

impl Goods {
    /// Nothing that has to be nothing is there.
    pub(super) const fn holds(&self) -> bool {
        self.stock.above == 0 && self.parcels.doubled == 0
    }

    /// Nothing is on its way any more.
    pub(super) const fn is_settled(&self) -> bool {
        self.holds() && self.stock.below == 0 && self.parcels.sent == self.parcels.shown
    }
}

/// Reads both sides.
pub(super) async fn gather(world: &World) -> Result<Goods, Failure> {
    let book = proof::book(world).await?;
    let products = show::status(&world.app).await?;
    Ok(Goods {
        stock: stock(world, &book),
        parcels: parcels(world),
        published: products.outline.variants.published,
        hidden: products.outline.variants.hidden,
    })
}

fn stock(world: &World, book: &HashMap<i64, EntryRow>) -> Stock {
    let (sitoo, orderwise) = (&world.sandbox.sitoo, &world.sandbox.orderwise);
    let on_its_way = on_its_way(world, book);
    let shops = world.retailer.stores.iter();
    let places = shops.map(|shop| (shop.warehouse_id, shop.stock_location_id));
    let central = (world.retailer.central.warehouse_id, world.retailer.central.stock_location_id);
    let mut stock = Stock::default();
    for (warehouse, location) in places.chain([central]) {
        for sku in &world.retailer.skus {
            let decimals = sku.kind == SkuKind::Metre;
            let Some((figure, _)) = orderwise.stock_level(&sku.sku, location) else { continue };
            let Some(level) = sitoo.stock_level(warehouse, &sku.sku) else { continue };
            let buffer = figure.buffer.map_or(Quantity::ZERO, quantity);
            let gone = on_its_way.get(&(warehouse, fold(&sku.sku))).copied().unwrap_or_default();
            let left = (quantity(figure.free) - gone - buffer).max(Quantity::ZERO).thousandths();
            let wanted = if decimals { left } else { left / 1_000 * 1_000 };
            stock.compared += 1;
            match level.total.cmp(&wanted) {
                std::cmp::Ordering::Less => stock.below += 1,
                std::cmp::Ordering::Equal => stock.equal += 1,
                std::cmp::Ordering::Greater => stock.above += 1,
            }
        }
    }
    stock
}

/// Units sold that OrderWise does not know of yet, by warehouse and folded SKU.
fn on_its_way(world: &World, book: &HashMap<i64, EntryRow>) -> HashMap<(i64, String), Quantity> {
    let mut units: HashMap<(i64, String), Quantity> = HashMap::new();
    for order in world.sandbox.sitoo.orders().filter(|order| !order.is_return) {
        let owed = book.get(&order.orderid).is_none_or(|row| {
            row.kind == EntryKind::Sale
                && !row.state.is_in_ledger()
                && row.state != EntryState::SetAside
        });
        let Some(warehouse) = order.warehouse_id.filter(|_| owed) else { continue };
        for row in &order.rows {
            let of = units.entry((warehouse, fold(&row.sku))).or_default();
            *of += Quantity::from_thousandths(row.total_thousandths);
        }
    }
    units
}

/// The stand-in holds decimals; what it has is whole thousandths.
fn quantity(decimal: impl std::fmt::Display) -> Quantity {
    decimal.to_string().parse().unwrap_or_default()
}

fn parcels(world: &World) -> Parcels {
    let sandbox = &world.sandbox;
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut documents = Vec::new();
    sandbox.orderwise.for_each_document(|document| documents.push(document.order_id));
    for order_id in documents {
        for delivery in sandbox.orderwise.deliveries(order_id) {
            numbers.extend(delivery.parcel.consignment.map(|number| (number, 0)));
        }
    }
    let is_sale = |order: &daybook_sandbox::sitoo::OrderView| {
        order.order_type == OrderType::ORDER && order.payment_state == PaymentState::SUCCESSFUL
    };
    let mut open = 0;
    for order in sandbox.sitoo.orders().filter(is_sale) {
        open += usize::from(order.state == OrderState::Open);
        for delivery in sandbox.sitoo.deliveries(order.orderid) {
            if let Some(times) = numbers.get_mut(&delivery.reference) {
                *times += 1;
            }
        }
    }
    Parcels {
        sent: numbers.len(),
        shown: numbers.values().filter(|times| **times > 0).count(),
        doubled: numbers.values().filter(|times| **times > 1).count(),
        open,
    }
}
