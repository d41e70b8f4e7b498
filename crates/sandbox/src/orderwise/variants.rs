//! Variants with the indexes that their readers need. Their stock is in [`super::stock`].

use std::collections::{BTreeSet, HashMap};

use super::{
    StockLevel, Variant,
    model::Calculated,
    state::fold,
    stock::{Calculation, Kits, Past},
};

/// A variant with its stock.
pub(super) struct Stocked {
    pub(super) variant: Variant,
    pub(super) last_amended: i64,
    pub(super) stock: Vec<StockLevel>,
    pub(super) calculated: Calculated,
    /// When its free stock is calculated next; none when nothing changed since.
    pub(super) due: Option<i64>,
}

/// Variants and their stock.
#[derive(Default)]
pub(super) struct Variants {
    pub(super) all: Vec<Stocked>,
    by_sku: HashMap<String, usize>,
    by_id: HashMap<i64, usize>,
    by_amended: BTreeSet<(i64, usize)>,
    pub(super) by_calculated: BTreeSet<(i64, usize)>,
    pub(super) by_due: BTreeSet<(i64, usize)>,
    pub(super) calculation: Calculation,
    pub(super) kits: Kits,
    /// Figures that were replaced not long ago, oldest first, where the export lags behind.
    pub(super) past: HashMap<usize, Vec<Past>>,
}

impl Variants {
    /// Adds a variant, or replaces the one with this id. `at` is the UK wall clock.
    pub(super) fn put(&mut self, variant: Variant, at: i64) {
        if let Some(&index) = self.by_id.get(&variant.id) {
            self.replace(index, variant, at);
            return;
        }
        let index = self.all.len();
        self.by_sku.insert(fold(&variant.sku), index);
        self.by_id.insert(variant.id, index);
        self.by_amended.insert((at, index));
        self.all.push(Stocked {
            variant,
            last_amended: at,
            stock: Vec::new(),
            calculated: Calculated::default(),
            due: None,
        });
    }

    /// Changes a variant by its code. False when there is none.
    pub(super) fn change(&mut self, sku: &str, at: i64, change: impl FnOnce(&mut Variant)) -> bool {
        let Some(index) = self.index_of(sku) else { return false };
        let mut variant = self.all[index].variant.clone();
        change(&mut variant);
        self.replace(index, variant, at);
        true
    }

    /// Changes any variant; how many came out different.
    pub(super) fn change_all(&mut self, at: i64, mut change: impl FnMut(&mut Variant)) -> usize {
        let mut changed = 0;
        for index in 0..self.all.len() {
            let mut variant = self.all[index].variant.clone();
            change(&mut variant);
            if variant != self.all[index].variant {
                self.replace(index, variant, at);
                changed += 1;
            }
        }
        changed
    }

    fn replace(&mut self, index: usize, variant: Variant, at: i64) {
        let stocked = &mut self.all[index];
        if stocked.variant.sku != variant.sku {
            self.by_sku.remove(&fold(&stocked.variant.sku));
            self.by_sku.insert(fold(&variant.sku), index);
        }
        self.by_amended.remove(&(stocked.last_amended, index));
        self.by_amended.insert((at, index));
        stocked.last_amended = at;
        stocked.variant = variant;
    }

    pub(super) fn index_of(&self, sku: &str) -> Option<usize> {
        self.by_sku.get(&fold(sku)).copied()
    }

    pub(super) fn at(&self, index: usize) -> &Stocked {
        &self.all[index]
    }

    pub(super) fn by_id(&self, id: i64) -> Option<&Stocked> {
        self.by_id.get(&id).map(|&index| &self.all[index])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Stocked> {
        self.all.iter()
    }

    /// Variants amended at or after a wall clock time.
    pub(super) fn since(&self, wall: i64) -> impl Iterator<Item = &Stocked> {
        self.by_amended.range((wall, 0)..).map(|&(_, index)| &self.all[index])
    }
}
