//! The decision, SKU by SKU: what the till should have, and what has to be written for it.

use std::time::Duration;

use daybook_connectors::sitoo::Level;
use daybook_domain::{
    Quantity,
    stock::{Situation, Sum, Why, oversold, sum},
};
use daybook_store::stock::{
    finding::{StockFinding, What},
    history::HistoryRow,
    product::StockProduct,
};

use super::{facts::Facts, places::Place};
use crate::{app::App, settings::UnknownInOrderwise};

/// What was decided about a SKU in a warehouse.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) warehouse_id: i64,
    /// In Sitoo's spelling.
    pub(super) sku: String,
    /// Which of the products that are this SKU of OrderWise, from 0.
    pub(super) nth: u64,
    /// Folded, of OrderWise.
    pub(super) folded: String,
    pub(super) why: Why,
    pub(super) level: Quantity,
    pub(super) reserved: Quantity,
    pub(super) free: Quantity,
    pub(super) in_flight: Quantity,
    pub(super) buffer: Quantity,
    pub(super) sum: Sum,
    /// How much tills sold that was not there, and the sales concerned.
    pub(super) oversold: Option<(Quantity, String)>,
    /// Whether they may have: what was told of it is not taken back yet.
    pub(super) may_be_oversold: bool,
}

impl Line {
    /// Whether something has to be written.
    pub(super) const fn moves(&self) -> bool {
        !self.sum.movement.is_zero()
    }

    /// Its row in the history.
    pub(super) fn history(&self, app: &App) -> HistoryRow {
        HistoryRow {
            warehouse_id: self.warehouse_id,
            folded: self.folded.clone(),
            // A moment of its own for each product: one is not to take another's place.
            at: app.now().plus(Duration::from_micros(self.nth)),
            sku: self.sku.clone(),
            level: self.level,
            reserved: self.reserved,
            free: self.free,
            in_flight: self.in_flight,
            buffer: self.buffer,
            target: self.sum.target,
            why: self.why,
        }
    }
}

/// What a SKU of OrderWise came to at a place.
#[derive(Debug, Default)]
pub(super) struct Decided {
    pub(super) lines: Vec<Line>,
    pub(super) finding: Option<StockFinding>,
}

/// Most sales named where more was sold than was there.
const NAMED: usize = 20;

/// One product of Sitoo at a place.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) place: &'a Place,
    /// Folded, of OrderWise.
    pub(super) folded: &'a str,
    pub(super) product: &'a StockProduct,
    /// Which of the products that are this SKU of OrderWise, from 0.
    pub(super) nth: u64,
    pub(super) level: &'a Level,
    pub(super) why: Why,
}

/// What a product at a place comes to, where OrderWise has a figure of it.
struct Weighed {
    free: Quantity,
    in_flight: Quantity,
    buffer: Quantity,
    sum: Sum,
    /// How much tills sold that was not there.
    short: Option<Quantity>,
    may_be_short: bool,
}

/// Where several products are one SKU of OrderWise, its stock is told to the first alone: told to
/// each, it would be sold as often.
fn weigh(facts: &Facts, case: &Case<'_>) -> Option<Weighed> {
    let Case { place, folded, product, nth, level, .. } = *case;
    let figure = facts.figures.get(place.location_id, folded)?;
    let zero = Quantity::ZERO;
    let (free, in_flight, likely, buffer) = if nth == 0 {
        let found = facts.in_flight(place.location_id, folded);
        let (in_flight, likely) = found.map_or((zero, zero), |one| (one.quantity, one.likely));
        let rules = &facts.rules;
        let buffer = rules.buffer(folded, place.warehouse_id, figure.free, figure.buffer);
        (figure.free, in_flight, likely, buffer)
    } else {
        (zero, zero, zero, zero)
    };
    let situation = Situation {
        level: level.total,
        free,
        in_flight,
        likely,
        buffer,
        decimals: product.allow_decimals,
    };
    // What is very likely contained is none of it, unless the till itself went below zero. Where
    // OrderWise has enough for all that is in flight, a till below zero was only never told its stock.
    let certain = oversold(free, in_flight - likely).map(|oversold| oversold.0);
    let may_be_short = oversold(free, in_flight).is_some();
    let below_zero = if may_be_short { (-level.total).min(in_flight) } else { zero };
    Some(Weighed {
        free,
        in_flight,
        buffer,
        sum: sum(&situation),
        short: certain.max((below_zero > zero).then_some(below_zero)),
        may_be_short,
    })
}

/// Whether a product at a place is as it should be, with nothing in flight: nearly all are, and of
/// those nothing is to be told.
pub(super) fn is_settled(facts: &Facts, case: &Case<'_>) -> bool {
    weigh(facts, case).is_some_and(|weighed| {
        weighed.sum.movement.is_zero() && weighed.in_flight.is_zero() && weighed.short.is_none()
    })
}

/// Decides about one product of Sitoo at a place.
pub(super) fn decide(app: &App, facts: &Facts, case: &Case<'_>) -> Decided {
    let Case { place, folded, product, level, why, .. } = *case;
    let Some(weighed) = weigh(facts, case) else {
        return unknown(app, case);
    };
    let orders = || {
        let found = facts.in_flight(place.location_id, folded);
        let orders = found.into_iter().flat_map(|in_flight| &in_flight.orders);
        let named: Vec<&str> = orders.take(NAMED).map(String::as_str).collect();
        named.join(", ")
    };
    let line = Line {
        warehouse_id: place.warehouse_id,
        sku: product.sku.clone(),
        nth: case.nth,
        folded: folded.to_owned(),
        why,
        level: level.total,
        reserved: level.reserved,
        free: weighed.free,
        in_flight: weighed.in_flight,
        buffer: weighed.buffer,
        sum: weighed.sum,
        oversold: weighed.short.map(|short| (short, orders())),
        may_be_oversold: weighed.may_be_short,
    };
    Decided { lines: vec![line], finding: None }
}

/// OrderWise does not know it at this location: never taken away in silence.
fn unknown(app: &App, case: &Case<'_>) -> Decided {
    let Case { place, folded, product, level, why, .. } = *case;
    if level.total.is_zero() {
        return Decided::default();
    }
    let finding = StockFinding {
        what: What::UnknownInOrderwise,
        warehouse_id: place.warehouse_id,
        folded: folded.to_owned(),
        sku: product.sku.clone(),
        level: level.total,
        free: Quantity::ZERO,
        at: app.now(),
    };
    let zeroed = app.settings.stock.unknown_in_orderwise == UnknownInOrderwise::Zero;
    let line = zeroed.then(|| Line {
        warehouse_id: place.warehouse_id,
        sku: product.sku.clone(),
        nth: case.nth,
        folded: folded.to_owned(),
        why,
        level: level.total,
        reserved: level.reserved,
        free: Quantity::ZERO,
        in_flight: Quantity::ZERO,
        buffer: Quantity::ZERO,
        sum: Sum { target: Quantity::ZERO, movement: -level.total },
        oversold: None,
        may_be_oversold: false,
    });
    Decided { lines: line.into_iter().collect(), finding: Some(finding) }
}
