//! Which day something belongs to: a store's wall clock with both clock changes, tills that close
//! after midnight, Z-reports over two days.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::{
    policy::{DayPolicy, PeriodDate, ZDay},
    witness::{BookEntry, Day, LocalTime, ZReport},
};
use crate::{Timestamp, time::TimeOfDay};

/// A store's calendar.
#[derive(Debug, Clone)]
pub struct StoreClock {
    zone: TimeZone,
    begins: TimeOfDay,
}

impl StoreClock {
    /// In `zone`, an IANA name (UTC where there is no such zone), with days that begin at `begins`.
    pub fn new(zone: &str, begins: TimeOfDay) -> Self {
        Self { zone: TimeZone::get(zone.trim()).unwrap_or(TimeZone::UTC), begins }
    }

    /// The first moment of `day`. Where the clock change leaves it out or has it twice, the first
    /// moment that comes: days neither overlap nor leave a hole.
    pub fn begin(&self, day: Day) -> Timestamp {
        let at = day.0.to_datetime(self.begins.time());
        self.zone.to_timestamp(at).map_or_else(|_| Timestamp::default(), Timestamp::from)
    }

    /// First moment, and the first moment that is not part of it any more.
    pub fn bounds(&self, day: Day) -> (Timestamp, Timestamp) {
        (self.begin(day), self.begin(day.next()))
    }

    /// The day that `moment` belongs to.
    pub fn day_of(&self, moment: Timestamp) -> Day {
        let date = Day(self.zone.to_datetime(moment.to_jiff()).date());
        if moment < self.begin(date) {
            date.previous()
        } else if moment >= self.begin(date.next()) {
            date.next()
        } else {
            date
        }
    }

    /// The day that a date of OrderWise belongs to, by the same rule.
    pub fn day_of_local(&self, local: LocalTime) -> Day {
        let date = Day(local.0.date());
        if local.0.time() < self.begins.time() { date.previous() } else { date }
    }

    /// `moment` on the store's wall clock.
    pub fn local(&self, moment: Timestamp) -> LocalTime {
        LocalTime(self.zone.to_datetime(moment.to_jiff()))
    }
}

/// What a Z-report counts: from the first moment to the last, both part of it.
#[derive(Debug, Clone, Copy)]
pub struct Span<'a> {
    /// First moment.
    pub from: Timestamp,
    /// Last moment.
    pub to: Timestamp,
    /// The report.
    pub report: &'a ZReport,
    /// The day that it belongs to.
    pub day: Day,
}

/// The spans of all registers.
#[derive(Debug, Clone, Default)]
pub struct Spans<'a> {
    by_register: BTreeMap<&'a str, Vec<Span<'a>>>,
}

impl<'a> Spans<'a> {
    /// Spans of `reports`, which may come in any order and more than once.
    pub fn of(reports: &'a [ZReport], clock: &StoreClock, z_day: ZDay) -> Self {
        let mut sorted: Vec<&ZReport> = reports.iter().collect();
        sorted.sort_by_key(|report| {
            (report.register_id.as_str(), report.closed_at, report.number, report.added_at)
        });
        sorted.dedup_by_key(|report| (report.register_id.as_str(), report.number));
        let mut by_register: BTreeMap<&str, Vec<Span<'_>>> = BTreeMap::new();
        for report in sorted {
            let spans = by_register.entry(report.register_id.as_str()).or_default();
            let after_last = spans.last().map(|last| Timestamp::from_micros(last.to.micros() + 1));
            // Old tills do not tell when they were opened: then the report follows the one before,
            // or begins with its day.
            let from = match (report.opened_at, after_last) {
                (Some(opened), Some(after)) => opened.max(after),
                (Some(opened), None) => opened,
                (None, Some(after)) => after,
                (None, None) => clock.begin(clock.day_of(report.closed_at)),
            };
            let named = match (z_day, report.opened_at) {
                (ZDay::Opening, Some(opened)) => opened,
                _ => report.closed_at,
            };
            let day = clock.day_of(named);
            spans.push(Span { from, to: report.closed_at, report, day });
        }
        Self { by_register }
    }

    /// The span that counts what `register` did at `moment`.
    pub fn at(&self, register: &str, moment: Timestamp) -> Option<&Span<'a>> {
        let spans = self.by_register.get(register)?;
        let next = spans.partition_point(|span| span.to < moment);
        spans.get(next).filter(|span| span.from <= moment)
    }

    /// All spans of a register, in order.
    pub fn of_register(&self, register: &str) -> &[Span<'a>] {
        self.by_register.get(register).map_or(&[], Vec::as_slice)
    }

    /// All spans, by register and time.
    pub fn all(&self) -> impl Iterator<Item = &Span<'a>> {
        self.by_register.values().flatten()
    }
}

/// The day of an entry, by the date that the policy chose.
pub fn day_of(entry: &BookEntry, spans: &Spans<'_>, clock: &StoreClock, policy: &DayPolicy) -> Day {
    let till = || clock.day_of(entry.order_date);
    match policy.period_date {
        PeriodDate::Till => till(),
        PeriodDate::Posting => entry.posted_at.map_or_else(till, |at| clock.day_of(at)),
        PeriodDate::ZReport => {
            let register = entry.register_id.as_deref();
            let span = register.and_then(|register| spans.at(register, entry.order_date));
            span.map_or_else(till, |span| span.day)
        }
    }
}

#[cfg(test)]
mod tests;
