//! What orders do to stock: their deliveries move it, their bookings hold it back
//! (facts/sitoo 2.7 and 3.6).

use std::collections::BTreeMap;

use super::{
    super::{
        masters::Product,
        model::{Item, Order, OrderState},
        state::{Delivery, State},
    },
    Draft, Moves, REFUND, Reservation, SALES, VIRTUAL,
};

impl State {
    /// Moves the stock of all deliveries of an order that became visible, or of one that is
    /// hidden where the switch says so.
    pub(in super::super) fn move_all(&mut self, order: &Order, now: i64) {
        for delivery in self.deliveries_of(order) {
            if delivery.cancelled.is_none() {
                self.deliver_stock(order, &delivery, false, now);
            }
        }
        self.reserve(order, now);
    }

    /// Moves the stock of one delivery, out or back.
    pub(in super::super) fn deliver_stock(
        &mut self,
        order: &Order,
        delivery: &Delivery,
        is_undone: bool,
        now: i64,
    ) {
        if delivery.ignores_stock || !self.switches.stock {
            return;
        }
        let sign = if is_undone { 1 } else { -1 };
        let mut groups: BTreeMap<(i64, i64), Moves> = BTreeMap::new();
        for (row, quantity) in &delivery.items {
            let item = usize::try_from(*row).ok().and_then(|row| order.rows.get(row));
            let Some(item) = item else { continue };
            let warehouse = if delivery.by_till { back_to(item) } else { None };
            let warehouse = warehouse.unwrap_or(delivery.warehouse);
            let change = sign * quantity * item.unit.unwrap_or(1000);
            let Some(sku) = self.counted_sku(item, warehouse) else { continue };
            let kind = if change < 0 { SALES } else { REFUND };
            groups.entry((kind, warehouse)).or_default().push((sku, change, None));
        }
        for ((kind, warehouse), moves) in groups {
            let mut draft = Draft::new(warehouse, kind, "");
            draft.delivery = Some((delivery.id, order.id));
            draft.moves = moves;
            self.book(draft, now);
        }
    }

    /// The number of a row's SKU, where the warehouse counts it.
    fn counted_sku(&mut self, item: &Item, warehouse: i64) -> Option<u32> {
        let kind = self.warehouses.get(&warehouse)?.warehouse_type;
        if kind == VIRTUAL && !self.switches.virtual_counts_sales {
            return None;
        }
        // As it is today: it may have got another SKU since.
        let product = self.products.get(&item.product.id).unwrap_or(&item.product);
        if product.id == 0 || !product.counts_stock() {
            return None;
        }
        Some(self.stock.levels.number(&product.sku))
    }

    /// Holds back what an open order reserves until later, and frees what it does not any more.
    pub(in super::super) fn reserve(&mut self, order: &Order, now: i64) {
        self.free(order.id);
        let (Some(until), Some(warehouse)) = (order.reserved_until, order.warehouse) else {
            return;
        };
        if order.state != OrderState::Open || until <= now.div_euclid(1_000_000) {
            return;
        }
        let mut moves = Vec::with_capacity(order.rows.len());
        for item in order.rows.iter().filter(|item| item.quantity > 0) {
            if let Some(sku) = self.counted_sku(item, warehouse) {
                moves.push((sku, item.total_quantity()));
            }
        }
        for (sku, quantity) in &moves {
            self.stock.levels.change_rare(warehouse, *sku, |rare| rare.reserved += quantity);
        }
        self.stock.ends.insert((until, order.id));
        self.stock.reservations.insert(order.id, Reservation { until, warehouse, moves });
    }

    /// Frees what an order held back.
    fn free(&mut self, order_id: i64) {
        let Some(held) = self.stock.reservations.remove(&order_id) else { return };
        self.stock.ends.remove(&(held.until, order_id));
        for (sku, quantity) in held.moves {
            self.stock.levels.change_rare(held.warehouse, sku, |rare| rare.reserved -= quantity);
        }
    }

    /// Frees what was held back until now.
    pub(in super::super) fn free_due(&mut self, now: i64) {
        let now = now.div_euclid(1_000_000);
        while let Some((until, order_id)) = self.stock.ends.first().copied() {
            if until > now {
                return;
            }
            self.stock.ends.remove(&(until, order_id));
            self.free(order_id);
        }
    }
}

/// Where a returned row goes when not to its till's warehouse.
pub(in super::super) fn back_to(item: &Item) -> Option<i64> {
    let (_, id) = item.extras.iter().find(|(key, _)| key == "return-warehouseid")?;
    id.parse().ok().filter(|_| item.quantity < 0)
}

impl Product {
    /// Whether its stock is counted: services and gift cards have none.
    pub(in super::super) fn counts_stock(&self) -> bool {
        self.stock_count && self.group_type == 10
    }
}
