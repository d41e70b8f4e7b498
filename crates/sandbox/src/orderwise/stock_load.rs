//! Plain functions that move a company's stock and look at it, also at what nobody is shown yet.

use rust_decimal::Decimal;

use super::{
    Calculated, Document, Given, Line, ORDER, OrderWise, StockLevel,
    exact::pence,
    state::State,
    uk_time,
    variants::{Stocked, Variants},
};
use crate::lock;

impl OrderWise {
    /// Sets free stock; false when there is no such variant, or it is a kit.
    pub fn set_stock(&self, sku: &str, location: i64, free: Decimal) -> bool {
        self.of_variant(sku, |variants, index, at| variants.set_free(index, location, free, at))
    }

    /// Moves free stock by a quantity: goods in, a correction, a transfer. A kit's components move.
    pub fn move_stock(&self, sku: &str, location: i64, by: Decimal) -> bool {
        self.of_variant(sku, |variants, index, at| {
            variants.move_stock(index, location, by, at);
            true
        })
    }

    /// Sets the buffer column; false when there is no such variant.
    pub fn set_buffer(&self, sku: &str, location: i64, buffer: Option<Decimal>) -> bool {
        self.of_variant(sku, |variants, index, at| {
            variants.change_level(index, location, at, |level| level.buffer = buffer);
            true
        })
    }

    /// Makes a variant a kit of components, each with how many go into it. False when one is not
    /// known, is a kit itself, or nothing of it is needed.
    pub fn set_components(&self, kit: &str, components: &[(&str, Decimal)]) -> bool {
        let at = self.wall();
        let is_kit = self.of_variant(kit, |variants, index, at| {
            let known = components.iter().map(|(sku, each)| Some((variants.index_of(sku)?, *each)));
            let Some(components) = known.collect() else { return false };
            variants.set_components(index, components, at)
        });
        is_kit && lock(&self.state).variants.change(kit, at, |variant| variant.kit = true)
    }

    /// Calculates free stock now, whatever the switch says.
    pub fn calculate_stock(&self) {
        let now = (self.now)();
        let mut state = self.settled();
        let at = state.at(now);
        state.variants.calculate_all(at);
    }

    fn of_variant(
        &self,
        sku: &str,
        change: impl FnOnce(&mut Variants, usize, super::stock::At) -> bool,
    ) -> bool {
        let now = (self.now)();
        let mut state = self.settled();
        let at = state.at(now);
        let Some(index) = state.variants.index_of(sku) else { return false };
        change(&mut state.variants, index, at)
    }

    /// An order from another channel, each line `(sku, location, quantity)`: it takes from free
    /// stock as any order does. Its id; nothing when a variant is not known.
    pub fn other_order(&self, number: &str, lines: &[(&str, i64, Decimal)]) -> Option<i64> {
        let now = (self.now)();
        let mut guard = self.settled();
        let state = &mut *guard;
        let known: Option<Vec<(usize, i64, Decimal)>> = lines
            .iter()
            .map(|&(sku, location, quantity)| {
                Some((state.variants.index_of(sku)?, location, quantity))
            })
            .collect();
        let known = known?;
        let document = other_document(state, number, &known, now);
        let order_id = document.order_id;
        state.documents.push(document);
        let at = state.at(now);
        for (index, location, quantity) in known {
            state.variants.move_stock(index, location, -quantity, at);
        }
        Some(order_id)
    }

    /// Free stock, the truth; nothing where there never was any.
    pub fn free_stock(&self, sku: &str, location: i64) -> Option<Decimal> {
        self.stock_level(sku, location).map(|(level, _)| level.free)
    }

    /// Stock at a location: the truth, the figure that is shown, and what is inside the figure.
    pub fn stock_level(&self, sku: &str, location: i64) -> Option<(StockLevel, Calculated)> {
        let state = self.settled();
        let Stocked { stock, calculated, .. } = state.variants.at(state.variants.index_of(sku)?);
        let level = stock.iter().find(|level| level.location == location)?;
        Some((level.clone(), *calculated))
    }

    /// The figures that stock exports gave since this was last asked, where the switch keeps them.
    pub fn take_given(&self) -> Vec<Given> {
        std::mem::take(&mut lock(&self.state).given)
    }
}

/// At list price; whoever sold it.
fn other_document(
    state: &mut State,
    number: &str,
    lines: &[(usize, i64, Decimal)],
    now: i64,
) -> Document {
    let lines: Box<[Line]> = lines
        .iter()
        .map(|&(index, location, quantity)| {
            let variant = &state.variants.at(index).variant;
            let total = |price: Decimal| pence(price.saturating_mul(quantity)).unwrap_or_default();
            let (net, gross) = (total(variant.price_exc_vat), total(variant.price_inc_vat));
            let (sku, tax_rate_id) = (variant.sku.clone(), variant.tax_rate_id);
            let tax = gross - net;
            Line { sku, quantity, net, tax, gross, tax_rate_id, location, return_to_stock: false }
        })
        .collect();
    let sum = |of: fn(&Line) -> i64| lines.iter().map(of).sum();
    Document {
        order_id: state.documents.next_id(),
        order_type: ORDER,
        session: 0,
        number: number.into(),
        other_reference: None,
        original: None,
        customer: 0,
        order_date: uk_time::wall(now),
        stored_at: now,
        visible_from: now,
        delivery: 0,
        net: sum(|line| line.net),
        tax: sum(|line| line.tax),
        gross: sum(|line| line.gross),
        payments: Box::default(),
        status: state.new_order_status(),
        body: None,
        lines,
    }
}
