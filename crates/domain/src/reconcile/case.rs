//! A store-day made ready: sorted, with its calendar and its Z-reports' spans.

use super::{
    day::{Spans, StoreClock, day_of},
    policy::{DayPolicy, PeriodDate},
    witness::{BookEntry, StoreDay},
};
use crate::{Timestamp, VatRate};

/// What all comparisons of one day share.
pub(super) struct Case<'a> {
    pub(super) day: &'a StoreDay,
    pub(super) policy: &'a DayPolicy,
    pub(super) clock: StoreClock,
    pub(super) spans: Spans<'a>,
    /// By reference, each once.
    pub(super) entries: Vec<&'a BookEntry>,
    /// First moment of the day, and the first that is not part of it.
    pub(super) bounds: (Timestamp, Timestamp),
    /// All VAT rates, highest first.
    pub(super) rates: Vec<VatRate>,
}

impl<'a> Case<'a> {
    pub(super) fn new(day: &'a StoreDay, policy: &'a DayPolicy) -> Self {
        let clock = StoreClock::new(&day.store.zone, policy.day_begins);
        let spans = Spans::of(&day.z_reports, &clock, policy.z_day);
        let mut entries: Vec<&BookEntry> = day.entries.iter().collect();
        entries.sort_by_key(|entry| entry.reference);
        entries.dedup_by_key(|entry| entry.reference);
        let bounds = clock.bounds(day.day);
        let mut rates: Vec<VatRate> = policy.tax_codes.values().map(|code| code.rate).collect();
        rates.sort_unstable_by(|a, b| b.cmp(a));
        rates.dedup();
        Self { day, policy, clock, spans, entries, bounds, rates }
    }

    /// Whether `moment` is part of the day.
    pub(super) fn is_within(&self, moment: Timestamp) -> bool {
        (self.bounds.0..self.bounds.1).contains(&moment)
    }

    /// Whether the entry belongs to the day, by the date that drives the period.
    pub(super) fn is_today(&self, entry: &BookEntry) -> bool {
        match self.policy.period_date {
            PeriodDate::Till => self.is_within(entry.order_date),
            PeriodDate::Posting | PeriodDate::ZReport => {
                day_of(entry, &self.spans, &self.clock, self.policy) == self.day.day
            }
        }
    }
}

/// The entries that a day counts, by reference: those that belong into the ledger, on the day that
/// the policy gives them.
pub fn counted<'a>(day: &'a StoreDay, policy: &'a DayPolicy) -> Vec<&'a BookEntry> {
    let case = Case::new(day, policy);
    let is_counted = |entry: &&&BookEntry| entry.counts() && case.is_today(entry);
    case.entries.iter().filter(is_counted).copied().collect()
}
