//! Free stock: the truth, and the *figure* that OrderWise shows, which is the truth of when it was
//! last calculated (facts/orderwise 4). A calculation takes a variant at all its locations, as the
//! one time in `variant_stock_quantity` says.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use rust_decimal::Decimal;

use super::{
    StockCalculation, StockLevel, Switches, model::Calculated, uk_time, variants::Variants,
};

/// An autumn hour comes twice on the wall clock: so far back an older figure may be the later one.
const REPEATED_HOUR: i64 = 3_600_000_000;

/// Now: the instant (unix microseconds), and how many documents are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) now: i64,
    pub(super) documents: usize,
}

/// How stock is calculated: a copy of the switches that matter here.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calculation {
    when: StockCalculation,
    is_whole_seconds: bool,
    lag: i64,
}

impl Calculation {
    fn of(switches: &Switches) -> Self {
        Self {
            when: switches.calculation,
            is_whole_seconds: switches.calculated_whole_seconds,
            lag: i64::from(switches.stock_export_lag_s) * 1_000_000,
        }
    }

    /// When a change of now is calculated.
    fn due(self, now: i64) -> i64 {
        match self.when {
            StockCalculation::AtOnce => now,
            StockCalculation::EveryS(seconds) => {
                let period = i64::from(seconds.max(1)) * 1_000_000;
                (now.div_euclid(period) + 1) * period
            }
            StockCalculation::OnDemand => i64::MAX,
        }
    }
}

/// Figures of a variant until they were replaced.
pub(super) struct Past {
    until: i64,
    calculated: Calculated,
    figures: Vec<(i64, Decimal)>,
}

/// Which variants are made of which: a kit has no stock of its own.
#[derive(Default)]
pub(super) struct Kits {
    /// Components of a kit, with how many go into it.
    components: HashMap<usize, Vec<(usize, Decimal)>>,
    used_in: HashMap<usize, BTreeSet<usize>>,
}

/// A row of the stock export.
pub(super) struct StockRow<'a> {
    pub(super) sku: &'a Arc<str>,
    pub(super) location: i64,
    pub(super) figure: Decimal,
    pub(super) buffer: Option<Decimal>,
    pub(super) calculated: Calculated,
}

impl Variants {
    /// Calculates what is due.
    pub(super) fn settle(&mut self, at: At) {
        while let Some(&(due, index)) = self.by_due.first()
            && due <= at.now
        {
            self.calculate(index, At { now: due, ..at });
        }
    }

    /// Takes other switches over; what waits for its calculation waits by the new ones.
    pub(super) fn calculate_by(&mut self, switches: &Switches, at: At) {
        self.calculation = Calculation::of(switches);
        for (_, index) in std::mem::take(&mut self.by_due) {
            self.all[index].due = None;
            self.touched(index, at);
        }
    }

    /// Calculates all that changed.
    pub(super) fn calculate_all(&mut self, at: At) {
        while let Some(&(_, index)) = self.by_due.first() {
            self.calculate(index, at);
        }
    }

    fn calculate(&mut self, index: usize, at: At) {
        self.remember(index, at.now);
        let mut wall = uk_time::wall(at.now);
        if self.calculation.is_whole_seconds {
            wall = uk_time::whole_seconds(wall);
        }
        let stocked = &mut self.all[index];
        if let Some(due) = stocked.due.take() {
            self.by_due.remove(&(due, index));
        }
        self.by_calculated.remove(&(stocked.calculated.wall, index));
        self.by_calculated.insert((wall, index));
        stocked.calculated = Calculated { at: at.now, wall, documents: at.documents };
        for level in &mut stocked.stock {
            level.figure = level.free;
        }
    }

    /// Keeps the figures that are about to be replaced, as long as the export may still show them.
    fn remember(&mut self, index: usize, now: i64) {
        if self.calculation.lag == 0 {
            self.past.clear();
            return;
        }
        let stocked = &self.all[index];
        let past = self.past.entry(index).or_default();
        past.retain(|past| past.until > now - self.calculation.lag);
        if stocked.calculated.at > 0 {
            past.push(Past {
                until: now,
                calculated: stocked.calculated,
                figures: stocked.stock.iter().map(|level| (level.location, level.figure)).collect(),
            });
        }
    }

    /// A variant's stock changed: it is calculated now or when its time comes.
    fn touched(&mut self, index: usize, at: At) {
        let due = self.calculation.due(at.now);
        if due <= at.now {
            self.calculate(index, at);
        } else if self.all[index].due.is_none() {
            self.all[index].due = Some(due);
            self.by_due.insert((due, index));
        }
    }

    /// Changes stock at a location, which begins at nothing.
    pub(super) fn change_level(
        &mut self,
        index: usize,
        location: i64,
        at: At,
        change: impl FnOnce(&mut StockLevel),
    ) {
        change(level(&mut self.all[index].stock, location));
        self.touched(index, at);
        for kit in self.kits.used_in.get(&index).cloned().unwrap_or_default() {
            self.derive(kit, location, at);
        }
    }

    /// Sets free stock. False for a kit: it has none of its own.
    pub(super) fn set_free(&mut self, index: usize, location: i64, free: Decimal, at: At) -> bool {
        if self.kits.components.contains_key(&index) {
            return false;
        }
        self.change_level(index, location, at, |level| level.free = free);
        true
    }

    /// Moves stock; a kit's comes from its components.
    pub(super) fn move_stock(&mut self, index: usize, location: i64, by: Decimal, at: At) {
        let add =
            |by: Decimal| move |level: &mut StockLevel| level.free = level.free.saturating_add(by);
        let Some(components) = self.kits.components.get(&index).cloned() else {
            self.change_level(index, location, at, add(by));
            return;
        };
        for (component, each) in components {
            self.change_level(component, location, at, add(by.saturating_mul(each)));
        }
    }

    /// Makes a variant a kit. False when a component is a kit itself, or needs nothing.
    pub(super) fn set_components(
        &mut self,
        kit: usize,
        components: Vec<(usize, Decimal)>,
        at: At,
    ) -> bool {
        let fits = |&(index, each): &(usize, Decimal)| {
            index != kit && !self.kits.components.contains_key(&index) && each > Decimal::ZERO
        };
        if components.is_empty() || !components.iter().all(fits) {
            return false;
        }
        let mut locations = BTreeSet::new();
        for (index, _) in &components {
            self.kits.used_in.entry(*index).or_default().insert(kit);
            locations.extend(self.all[*index].stock.iter().map(|level| level.location));
        }
        self.kits.components.insert(kit, components);
        for location in locations {
            self.derive(kit, location, at);
        }
        true
    }

    /// So many kits as the scarcest component allows.
    fn derive(&mut self, kit: usize, location: i64, at: At) {
        let Some(components) = self.kits.components.get(&kit) else { return };
        let enough_for = components.iter().map(|&(index, each)| {
            let levels = &self.all[index].stock;
            let found = levels.iter().find(|level| level.location == location);
            found.map_or(Decimal::ZERO, |level| (level.free / each).floor())
        });
        let Some(free) = enough_for.min() else { return };
        level(&mut self.all[kit].stock, location).free = free;
        self.touched(kit, at);
    }

    /// Rows of what was calculated at or after a wall clock time, as they were at an instant.
    pub(super) fn stock_since(&self, wall: i64, as_of: i64, mut row: impl FnMut(&StockRow<'_>)) {
        let from = if self.past.is_empty() { wall } else { wall - REPEATED_HOUR };
        for &(_, index) in self.by_calculated.range((from, 0)..) {
            let stocked = &self.all[index];
            let past =
                self.past.get(&index).and_then(|past| past.iter().find(|past| past.until > as_of));
            let calculated = past.map_or(stocked.calculated, |past| past.calculated);
            if calculated.wall < wall {
                continue;
            }
            for level in &stocked.stock {
                let figure = past.map_or(Some(level.figure), |past| past.at(level.location));
                let Some(figure) = figure else { continue };
                let (sku, location) = (&stocked.variant.sku, level.location);
                row(&StockRow { sku, location, figure, buffer: level.buffer, calculated });
            }
        }
    }
}

impl Past {
    fn at(&self, location: i64) -> Option<Decimal> {
        self.figures.iter().find(|(other, _)| *other == location).map(|(_, figure)| *figure)
    }
}

fn level(levels: &mut Vec<StockLevel>, location: i64) -> &mut StockLevel {
    let found = levels.iter().position(|level| level.location == location);
    let place = found.unwrap_or_else(|| {
        let (free, figure) = (Decimal::ZERO, Decimal::ZERO);
        levels.push(StockLevel { location, free, figure, buffer: None });
        levels.len() - 1
    });
    &mut levels[place]
}
