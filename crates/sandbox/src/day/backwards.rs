//! What comes back: from which sale, to which till, and why.

use rand::{RngExt, seq::IndexedRandom};

use super::{action::Back, basket::Basket};
use crate::{
    retailer::Shop,
    sitoo::till::{Reference, Refund, Row, TenderKind},
};

/// A sale that can come back.
#[derive(Debug, Clone)]
pub(super) struct Sold {
    /// Number of the step that sold it.
    pub(super) step: usize,
    /// Position of its store.
    pub(super) store: usize,
    /// Quantity of each row.
    pub(super) quantities: Vec<i64>,
}

impl Basket<'_> {
    /// Everything, or some rows, at any till of this store but the first, which may be offline.
    pub(super) fn back(&mut self, shop: &Shop, rows: Option<Vec<(usize, i64)>>) -> Option<Back> {
        let reason = self.reason(10);
        let into = (reason.0 == "RET-FAULT").then_some(shop.reclaim_warehouse_id);
        let reference = match self.rng.random_range(0..10) {
            0 => Reference::CreditOnly,
            1 => Reference::ExtraOnly,
            _ => Reference::Both,
        };
        let till = shop.registers.get(1..)?.choose(self.rng)?;
        Some(Back { register: till.register_id.clone(), rows, reason, into, reference })
    }

    /// A part of the rows: one row at least, of each a piece at least.
    pub(super) fn some_rows(&mut self, quantities: &[i64]) -> Vec<(usize, i64)> {
        let sure = self.rng.random_range(0..quantities.len().max(1));
        let mut rows = Vec::new();
        for (row, quantity) in quantities.iter().enumerate() {
            if row == sure || self.rng.random_ratio(1, 3) {
                rows.push((row, self.rng.random_range(1..=(*quantity).max(1))));
            }
        }
        rows
    }

    /// A store, another one than this if asked for.
    pub(super) fn store_for(&mut self, sold: &Sold, elsewhere: bool) -> Option<Shop> {
        let stores = &self.retailer.stores;
        if !elsewhere {
            return stores.get(sold.store).cloned();
        }
        let others: Vec<_> = (0..stores.len()).filter(|store| *store != sold.store).collect();
        others.choose(self.rng).and_then(|store| stores.get(*store)).cloned()
    }

    /// A return without a receipt, paid back in cash.
    pub(super) fn blind(&mut self, register: &str) -> Refund {
        let reason = self.reason(10);
        let row = self.piece().map(|sku| Row::of(&sku.product));
        Refund::blind(register, row.into_iter().collect())
            .reason(&reason.0, "No receipt")
            .pay_rest(self.retailer.tender(TenderKind::Cash))
    }
}
