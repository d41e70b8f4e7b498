//! A receipt at a till's opening or closing that stands on the other side of it in the Z-report.

use super::{
    book::turnover,
    explain::{Beyond, Explain, charges},
};
use crate::{
    Timestamp,
    reconcile::{
        amounts::Amounts,
        causes::DayCause,
        difference::{Difference, Measure, Place},
        sheet::Sheet,
        witness::BookEntry,
    },
};

/// A receipt at the border that the other side counts.
#[derive(Clone, Copy)]
pub(super) enum Border<'a> {
    None,
    /// The report counts it, though it is not of its hours.
    Counted(&'a BookEntry),
    /// It is of its hours, and the report does not count it.
    Left(&'a BookEntry),
}

impl<'a> Explain<'a, '_> {
    /// Whether nothing is left, or just what the missing receipts can be.
    pub(super) fn is_resolved(&self, beyond: &Beyond<'_>) -> bool {
        let sums = &beyond.sums;
        let missing = self.numbers_missing();
        let equal = sums.turnover.values().all(Amounts::is_zero) && sums.count() == 0;
        equal && missing == 0 || missing > 0 && sums.count() == missing
    }

    /// A receipt at the border whose other side would make the report right.
    pub(super) fn border(&self, beyond: &Beyond<'a>, outside: &[&'a BookEntry]) -> Border<'a> {
        if self.is_resolved(beyond) {
            return Border::None;
        }
        let (span, register) = (self.book.span, self.book.register());
        let near = |entry: &BookEntry| self.away(entry);
        let most = self.boundary();
        let of_span = |entry: &BookEntry| (span.from..=span.to).contains(&entry.order_date);
        let neighbours = self.case.entries.iter().copied().filter(|entry| {
            let ours = entry.taken && entry.register_id.as_deref() == Some(register);
            ours && !of_span(entry) && near(entry) <= most
        });
        let counted =
            neighbours.chain(outside.iter().copied().filter(|entry| {
                entry.register_id.as_deref() == Some(register) && near(entry) > most
            }));
        let left = self.book.entries.iter().copied();
        let mut best: Option<(i64, Border<'a>)> = None;
        let all = counted.map(Border::Counted).chain(left.map(Border::Left));
        for border in all {
            let (entry, sign) = match border {
                Border::Counted(entry) => (entry, -1),
                Border::Left(entry) => (entry, 1),
                Border::None => continue,
            };
            let away = near(entry);
            if best.is_some_and(|(nearest, _)| nearest <= away) {
                continue;
            }
            if self.would_resolve(beyond, entry, sign) {
                best = Some((away, border));
            }
        }
        best.map_or(Border::None, |(_, border)| border)
    }

    /// How far `entry` is from the till's opening or closing, in microseconds.
    fn away(&self, entry: &BookEntry) -> i64 {
        let (span, at) = (self.book.span, entry.order_date);
        distance(at, span.from).min(distance(at, span.to))
    }

    fn boundary(&self) -> i64 {
        i64::try_from(self.case.policy.boundary.as_micros()).unwrap_or(i64::MAX)
    }

    /// Cheap first: the totals; only then rate by rate.
    fn would_resolve(&self, beyond: &Beyond<'a>, entry: &'a BookEntry, sign: i64) -> bool {
        let gross = entry.figures.gross - entry.figures.round_off;
        let signed = if sign < 0 { -gross } else { gross };
        let missing = self.numbers_missing();
        let left = beyond.sums.total().gross + signed;
        if missing == 0 && !left.is_zero() || beyond.sums.count() + sign != missing {
            return false;
        }
        // Beside missing receipts only a count that is too high speaks of another one.
        if missing > 0 && (sign > 0 || self.away(entry) > self.boundary()) {
            return false;
        }
        let mut tried = beyond.clone();
        self.move_over(&mut tried, entry, sign);
        self.is_resolved(&tried)
    }

    fn move_over(&self, beyond: &mut Beyond<'a>, entry: &'a BookEntry, sign: i64) {
        beyond.sums.add(entry, sign, &self.case.rates);
        let report = self.book.span.report;
        let sides = [&report.sales, &report.refunds, &report.not_delivered];
        if sides.iter().all(|side| side.vat_groups.is_empty()) {
            let total = beyond.sums.total();
            beyond.sums.turnover = [(None, total)].into();
        }
        charges(&mut beyond.sums.turnover);
    }

    pub(super) fn at_border(
        &self,
        border: Border<'a>,
        beyond: &mut Beyond<'a>,
        sheet: &mut Sheet<'a>,
    ) -> DayCause {
        let (entry, sign) = match border {
            Border::None => return DayCause::DayBoundary,
            Border::Counted(entry) => (entry, -1),
            Border::Left(entry) => (entry, 1),
        };
        self.move_over(beyond, entry, sign);
        let amounts = turnover(entry);
        let span = self.book.span;
        let near = self.away(entry) <= self.boundary();
        let cause = if near { DayCause::DayBoundary } else { DayCause::NotInZReport };
        let place = Place {
            reference: Some(entry.reference),
            tender: Some(entry.main_tender().to_owned()),
            ..self.place()
        };
        let at = self.case.clock.local(entry.order_date);
        let which = if sign < 0 { "counts it" } else { "does not count it" };
        let text = format!("taken at {at}; Z-report {} {which}", span.report.number);
        let amounts = if sign < 0 { amounts } else { -amounts };
        let difference = Difference::new(Measure::Turnover, cause, place, amounts);
        sheet.differences.push(difference.saying(text).counting(-sign));
        cause
    }
}

fn distance(a: Timestamp, b: Timestamp) -> i64 {
    a.micros().saturating_sub(b.micros()).saturating_abs()
}
