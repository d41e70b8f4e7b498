//! The sheet on which a day's comparison is written down.

use std::collections::BTreeMap;

use super::{
    amounts::Amounts,
    completeness::Missing,
    difference::{Difference, Measure, Sides},
    witness::Day,
};
use crate::Timestamp;

/// Register and tender, where known, and whether it is about what was given back.
pub(super) type Keys<'a> = (Option<&'a str>, Option<&'a str>, bool);

/// What was found so far.
#[derive(Default)]
pub(super) struct Sheet<'a> {
    pub(super) differences: Vec<Difference>,
    pub(super) missing: Vec<Missing>,
    /// Doubles that were credited again: they cancel out, and are said all the same.
    pub(super) settled: Vec<String>,
    /// Entries that were posted too late to be seen, and when OrderWise must show the last of them.
    pub(super) just_posted: Option<(i64, Timestamp)>,
    pub(super) sides: BTreeMap<Measure, Sides>,
    /// Both sides of the ledger by register and tender, returns apart.
    pub(super) tally: BTreeMap<Keys<'a>, Sides>,
    /// Receipts of the day that a Z-report of another day counts, by that day.
    pub(super) counted_elsewhere: BTreeMap<Day, (i64, Amounts)>,
    /// Receipts of other days that a Z-report of this day counts, by their day.
    pub(super) counted_for_others: BTreeMap<Day, (i64, Amounts)>,
    /// Both sides by tax code, returns apart.
    pub(super) vat: BTreeMap<(&'a str, bool), Sides>,
}

impl<'a> Sheet<'a> {
    /// Adds to the book's side.
    pub(super) fn book(&mut self, measure: Measure, keys: Keys<'a>, amounts: Amounts, count: i64) {
        for sides in self.both(measure, keys) {
            sides.book += amounts;
            sides.book_count += count;
        }
    }

    /// Adds to the other side.
    pub(super) fn other(&mut self, measure: Measure, keys: Keys<'a>, amounts: Amounts, count: i64) {
        for sides in self.both(measure, keys) {
            sides.other += amounts;
            sides.other_count += count;
        }
    }

    fn both(&mut self, measure: Measure, keys: Keys<'a>) -> impl Iterator<Item = &mut Sides> {
        let of_day = self.sides.entry(measure).or_default();
        let tally = &mut self.tally;
        let of_keys = (measure == Measure::Ledger).then(|| tally.entry(keys).or_default());
        std::iter::once(of_day).chain(of_keys)
    }
}
