//! Stock by hand and for a look inside: what a test, the simulator or the back office does.

use std::{fmt, sync::Arc};

use super::{
    super::{Sitoo, state::State},
    Draft, LeftOut, MOVE_IN, MOVE_OUT, STOCK_TAKING, StockLevel, StockTransaction, StockWatcher,
    levels::Wanted,
};
use crate::lock;

/// Why stock cannot be changed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StockError {
    /// No warehouse with this id.
    UnknownWarehouse(i64),
    /// No product with this SKU whose stock is counted.
    UnknownSku(String),
}

impl fmt::Display for StockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownWarehouse(id) => write!(f, "no warehouse {id}"),
            Self::UnknownSku(sku) => write!(f, "no SKU {sku} whose stock is counted"),
        }
    }
}

impl std::error::Error for StockError {}

impl Sitoo {
    /// Sets a level before trading: no movement, no event. Thousandths.
    pub fn set_stock(&self, warehouse: i64, sku: &str, total: i64) -> Result<(), StockError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let (number, price) = state.counted(warehouse, sku)?;
        let change = total - state.stock.levels.total(warehouse, number);
        state.stock.levels.change(warehouse, number, change, Some(price), false, now);
        Ok(())
    }

    /// Somebody counted: a stock-taking movement (50) of the difference. Gives its id.
    pub fn stock_take(&self, warehouse: i64, sku: &str, counted: i64) -> Result<i64, StockError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let (number, _) = state.counted(warehouse, sku)?;
        let change = counted - state.stock.levels.total(warehouse, number);
        let description = "Stocktaking has been completed!";
        let mut draft = Draft::new(warehouse, STOCK_TAKING, description);
        draft.moves.push((number, change, None));
        Ok(state.book(draft, now))
    }

    /// Staff move goods in (10) or out (20) by hand, without an external id. Gives its id.
    pub fn adjust_stock(&self, warehouse: i64, sku: &str, change: i64) -> Result<i64, StockError> {
        let now = self.now();
        lock(&self.state).adjust(warehouse, sku, change, now)
    }

    /// Queues a movement by hand that happens right after the next page of levels was answered.
    pub fn adjust_between_pages(&self, warehouse: i64, sku: &str, change: i64) {
        lock(&self.state).stock.between_pages.push_back((warehouse, sku.into(), change));
    }

    /// Of the next so many answers with levels: tells none, or only the first of those that it counts.
    pub fn leave_out_levels(&self, answers: usize, left_out: LeftOut) {
        lock(&self.state).stock.left_out = vec![left_out; answers].into();
    }

    /// What lies of a SKU in a warehouse; none where it never was.
    pub fn stock_level(&self, warehouse: i64, sku: &str) -> Option<StockLevel> {
        let now = self.now();
        let mut state = lock(&self.state);
        state.show_due(now);
        state.stock.levels.level(warehouse, sku)
    }

    /// A part of a warehouse's levels, in the order of their ids.
    pub fn stock_levels(&self, warehouse: i64, start: usize, num: usize) -> Vec<StockLevel> {
        let now = self.now();
        let mut state = lock(&self.state);
        state.show_due(now);
        state.stock.levels.page(warehouse, &Wanted::default(), start, num).1
    }

    /// At most so many movements after this id, in the order of their ids.
    pub fn transactions_after(&self, id: i64, most: usize) -> Vec<Arc<StockTransaction>> {
        let state = lock(&self.state);
        let rows = state.stock.range(id.saturating_add(1), i64::MAX);
        rows.iter().take(most).map(Arc::clone).collect()
    }

    /// The highest id in the journal.
    pub fn last_transaction(&self) -> i64 {
        lock(&self.state).stock.last_id()
    }

    /// Tells of every stock write of an API client at the moment it lands; one watcher at a time.
    pub fn watch_stock(&self, watcher: StockWatcher) {
        lock(&self.state).stock.watcher = Some(watcher);
    }
}

impl State {
    /// Number and cost of a SKU whose stock is counted in a warehouse.
    fn counted(&mut self, warehouse: i64, sku: &str) -> Result<(u32, i64), StockError> {
        if !self.warehouses.contains_key(&warehouse) {
            return Err(StockError::UnknownWarehouse(warehouse));
        }
        let product = self.product_by_sku.get(sku).filter(|product| product.counts_stock());
        let price = product.map(|product| product.price_in);
        let price = price.ok_or_else(|| StockError::UnknownSku(sku.to_owned()))?;
        Ok((self.stock.levels.number(sku), price))
    }

    pub(in super::super) fn adjust(
        &mut self,
        warehouse: i64,
        sku: &str,
        change: i64,
        now: i64,
    ) -> Result<i64, StockError> {
        let (number, _) = self.counted(warehouse, sku)?;
        let kind = if change < 0 { MOVE_OUT } else { MOVE_IN };
        let mut draft = Draft::new(warehouse, kind, "");
        draft.moves.push((number, change, None));
        Ok(self.book(draft, now))
    }
}
