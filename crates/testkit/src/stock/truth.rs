//! The truth about stock, kept beside the Daybook under test: at the moment a write of stock lands
//! in Sitoo, the tills must not be told of more than there is (design section 3, promise 6).
//!
//! `level after ≤ max(0, F − S) − S' + R`, where F is the figure that OrderWise last gave us (or
//! what is free there now, if that allows more), S what tills had sold when the level was read and
//! F does not contain, S' what they sold since, R what came back or was moved by hand since.

use std::{collections::HashMap, sync::Arc};

use daybook_sandbox::{
    orderwise::{Given, OrderWise},
    sitoo::stock::StockWrite,
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::books::{Books, Place};

/// A figure that reached the Daybook.
#[derive(Debug, Clone, Copy)]
struct Figure {
    /// Thousandths.
    free: i64,
    /// So many documents are inside it.
    documents: usize,
}

/// What the Daybook could know when it sent a write.
#[derive(Debug, Clone, Copy, Default)]
struct Basis {
    figure: Option<Figure>,
    /// The last movement inside the level that was read.
    seen: i64,
}

/// A warehouse that is served.
#[derive(Debug, Clone, Copy)]
pub(super) struct Served {
    /// Sitoo's id.
    pub(super) warehouse: i64,
    /// OrderWise's stock location.
    pub(super) location: i64,
    /// It takes absolute values: what is sold between the reading and the writing is lost, until
    /// the next write.
    pub(super) is_absolute: bool,
}

/// What reached the Daybook, and what it sent.
pub(super) struct Truth {
    places: Vec<Served>,
    figures: HashMap<(i64, Arc<str>), Figure>,
    levels: HashMap<Place, i64>,
    sent: HashMap<(Box<str>, Arc<str>), Basis>,
    /// Writes that landed, and those that told a till too much.
    pub(super) writes: u64,
    pub(super) wrong_writes: u64,
}

/// Thousandths of a quantity, rounded down.
pub(super) fn thousandths(quantity: Decimal) -> i64 {
    (quantity * Decimal::ONE_THOUSAND).floor().to_i64().unwrap_or(i64::MAX)
}

impl Truth {
    pub(super) fn new(places: Vec<Served>) -> Self {
        Self {
            places,
            figures: HashMap::new(),
            levels: HashMap::new(),
            sent: HashMap::new(),
            writes: 0,
            wrong_writes: 0,
        }
    }

    /// Figures reached the Daybook. An older one, out of a stale export, does not replace what it
    /// knows already.
    pub(super) fn figures_arrived(&mut self, given: Vec<Given>) {
        for Given { sku, location, figure, calculated } in given {
            let figure = Figure { free: thousandths(figure), documents: calculated.documents };
            self.figures
                .entry((location, sku))
                .and_modify(|known| {
                    if known.documents <= figure.documents {
                        *known = figure;
                    }
                })
                .or_insert(figure);
        }
    }

    /// Levels of these SKUs reached the Daybook; `last` was the last movement inside them.
    pub(super) fn levels_arrived(
        &mut self,
        warehouse: i64,
        skus: impl IntoIterator<Item = Arc<str>>,
        last: i64,
    ) {
        for sku in skus {
            self.levels.insert((warehouse, sku), last);
        }
    }

    /// A write is on its way.
    pub(super) fn write_sent(&mut self, external_id: &str, warehouse: i64, skus: &[Arc<str>]) {
        for sku in skus {
            let basis = self.basis(warehouse, sku);
            self.sent.insert((external_id.into(), Arc::clone(sku)), basis);
        }
    }

    fn basis(&self, warehouse: i64, sku: &Arc<str>) -> Basis {
        let place = (warehouse, Arc::clone(sku));
        let location = self.served(warehouse).map_or(0, |served| served.location);
        Basis {
            figure: self.figures.get(&(location, Arc::clone(sku))).copied(),
            seen: self.levels.get(&place).copied().unwrap_or_default(),
        }
    }

    fn served(&self, warehouse: i64) -> Option<Served> {
        self.places.iter().find(|served| served.warehouse == warehouse).copied()
    }

    /// Judges a write that landed; what is wrong with it.
    pub(super) fn judge(
        &mut self,
        write: &StockWrite,
        books: &Books,
        orderwise: &OrderWise,
    ) -> Option<String> {
        self.writes += 1;
        let place = (write.warehouse, Arc::clone(&write.sku));
        let sent = write
            .external_id
            .clone()
            .and_then(|external_id| self.sent.get(&(external_id, Arc::clone(&write.sku))).copied());
        let basis = sent.unwrap_or_else(|| self.basis(write.warehouse, &write.sku));
        let Some(served) = self.served(write.warehouse) else {
            return Some(format!("{place:?} is served, and no stock location is mapped to it"));
        };
        let free = orderwise.free_stock(&write.sku, served.location).map_or(0, thousandths);
        let now = Figure { free, documents: usize::MAX };
        let allowed = |figure: Figure| {
            let (seen, until) = (basis.seen, write.journal_before);
            let happened = books.happened(&place, seen, until, figure.documents);
            let told = (figure.free - happened.sold_before).max(0);
            if served.is_absolute {
                told + happened.else_since.max(0)
            } else {
                told - happened.sold_since + happened.else_since
            }
        };
        let most = basis.figure.map(allowed).into_iter().chain([allowed(now)]).max();
        let most = most.unwrap_or_default();
        if write.level_after <= most {
            return None;
        }
        self.wrong_writes += 1;
        let documents = basis.figure.map_or(0, |figure| figure.documents);
        let missing = books.missing(&place, write.journal_before, documents);
        Some(format!(
            "{} in warehouse {} was set to {} thousandths, and {most} can be sold: the figure does \
             not hold (order, movement) {missing:?} ({write:?}, {basis:?})",
            write.sku, write.warehouse, write.level_after
        ))
    }
}
