//! Why a Z-report says something else than the receipts of its hours.

use std::collections::BTreeMap;

use super::{
    Missing,
    book::{ByRate, SpanBook, Sums, totals},
    numbers::{Gap, Numbers},
};
use crate::{
    Money, Timestamp,
    reconcile::{
        amounts::Amounts,
        case::{Case, main_tender},
        causes::DayCause,
        difference::{Difference, Measure, Place},
        sheet::Sheet,
        witness::BookEntry,
    },
};

/// One Z-report beside the book.
pub(super) struct Explain<'a, 's> {
    pub(super) case: &'s Case<'a>,
    pub(super) book: &'s SpanBook<'a, 's>,
    pub(super) numbers: &'s Numbers<'a>,
    pub(super) gaps: Vec<Gap<'a>>,
    /// The book's side, with what a report counts from outside of its hours.
    pub(super) sums: Sums<'a>,
}

/// What the report has beyond the book.
#[derive(Debug, Clone)]
struct Beyond<'a> {
    sums: Sums<'a>,
}

/// A receipt at the border that the other side counts.
#[derive(Clone, Copy)]
enum Border<'a> {
    None,
    /// The report counts it, though it is not of its hours.
    Counted(&'a BookEntry),
    /// It is of its hours, and the report does not count it.
    Left(&'a BookEntry),
}

impl<'a> Explain<'a, '_> {
    /// Compares, and takes out of `outside` what the report counts after all.
    pub(super) fn look(mut self, outside: &mut Vec<&'a BookEntry>, sheet: &mut Sheet<'a>) {
        let report = self.book.span.report;
        let total = totals(report, self.case.policy);
        let mut beyond = self.beyond(total);
        let mut border = self.border(&beyond, outside);
        if let Border::Counted(entry) = border
            && let Some(at) = outside.iter().position(|other| other.reference == entry.reference)
        {
            // Of this day, and counted by a report of this day: nothing differs.
            outside.remove(at);
            self.sums.add(entry, 1, &self.case.rates);
            beyond = self.beyond(total);
            border = Border::None;
        }
        let count =
            if self.counts_known() { Sums::of(report, self.case.policy).count() } else { 0 };
        sheet.book(Measure::Turnover, (None, None), self.sums.total(), self.sums.count());
        sheet.other(Measure::Turnover, (None, None), total, count);
        self.parts(total, sheet);
        let moved = self.at_border(border, &mut beyond, sheet);
        let rest = self.rest(&beyond, sheet);
        let causes = Causes { moved, rest };
        self.round_off(&beyond, causes, sheet);
        self.tenders(&beyond, causes, sheet);
        self.cash(sheet);
    }

    fn place(&self) -> Place {
        let report = self.book.span.report;
        Place {
            register: Some(report.register_id.clone()),
            receipt: Some(format!("Z {}", report.number)),
            ..Place::default()
        }
    }

    fn difference(&self, measure: Measure, cause: DayCause, amounts: Amounts) -> Difference {
        Difference::new(measure, cause, self.place(), amounts)
    }

    /// Whether the report counts its receipts.
    fn counts_known(&self) -> bool {
        let report = self.book.span.report;
        let money = [&report.sales, &report.refunds, &report.not_delivered];
        money.iter().all(|side| side.count > 0 || side.gross.is_zero())
    }

    /// Parts that do not make the report's own total.
    fn parts(&self, total: Amounts, sheet: &mut Sheet<'a>) {
        let sums = Sums::of(self.book.span.report, self.case.policy);
        let of_groups = sums.total();
        if sums.turnover.is_empty() || of_groups == total {
            return;
        }
        let text = format!("VAT groups come to {}, the total is {}", of_groups.gross, total.gross);
        let cause = DayCause::ZReportDoesNotAddUp;
        let difference = self.difference(Measure::Turnover, cause, total - of_groups);
        sheet.differences.push(difference.saying(text));
    }

    /// What the report has beyond the book.
    fn beyond(&self, total: Amounts) -> Beyond<'a> {
        let mut sums = Sums::of(self.book.span.report, self.case.policy);
        if sums.turnover.is_empty() {
            sums.turnover.insert(None, total);
        }
        let rates = sums.turnover.keys().any(Option::is_some);
        for (rate, amounts) in &self.sums.turnover {
            *sums.turnover.entry(rate.filter(|_| rates)).or_default() -= *amounts;
        }
        charges(&mut sums.turnover);
        for (&name, amount) in &self.sums.tenders {
            *sums.tenders.entry(name).or_default() -= *amount;
        }
        sums.round_off -= self.sums.round_off;
        sums.sales -= self.sums.sales;
        sums.refunds -= self.sums.refunds;
        if !self.counts_known() {
            (sums.sales, sums.refunds) = (0, 0);
        }
        Beyond { sums }
    }

    /// Numbers that are not there, less those that practice explains.
    fn numbers_missing(&self) -> i64 {
        (self.numbers_in_gaps() - self.practice()).max(0)
    }

    fn numbers_in_gaps(&self) -> i64 {
        self.gaps.iter().map(Gap::count).sum()
    }

    /// Practice receipts that took a number.
    fn practice(&self) -> i64 {
        let counted = self.book.span.report.practice.count;
        if self.case.policy.practice_takes_numbers { counted } else { 0 }
    }

    /// `count` receipts are missing: numbers that no gap shows, as nothing held follows them.
    fn unseen(&self, count: i64) -> Vec<Missing> {
        let more = count + self.practice() - self.numbers_in_gaps();
        if more > 0 { self.numbers.at_the_ends(self.book.span, more) } else { Vec::new() }
    }

    /// Whether nothing is left, or just what the missing receipts can be.
    fn is_resolved(&self, beyond: &Beyond<'_>) -> bool {
        let sums = &beyond.sums;
        let missing = self.numbers_missing();
        let equal = sums.turnover.values().all(Amounts::is_zero) && sums.count() == 0;
        equal && missing == 0 || missing > 0 && sums.count() == missing
    }

    /// A receipt at the border whose other side would make the report right.
    fn border(&self, beyond: &Beyond<'a>, outside: &[&'a BookEntry]) -> Border<'a> {
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

    fn at_border(
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
        let amounts = super::book::turnover(entry);
        let span = self.book.span;
        let near = self.away(entry) <= self.boundary();
        let cause = if near { DayCause::DayBoundary } else { DayCause::NotInZReport };
        let place = Place {
            reference: Some(entry.reference),
            tender: Some(main_tender(entry).to_owned()),
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

    /// What is left of the turnover; its cause, where something is.
    fn rest(&self, beyond: &Beyond<'a>, sheet: &mut Sheet<'a>) -> Option<DayCause> {
        let sums = &beyond.sums;
        let money = sums.turnover.values().any(|amounts| !amounts.is_zero());
        let missing = self.numbers_missing();
        let to_come = self.book.span.report.not_delivered.count > 0;
        let more = sums.count();
        if !money {
            if !self.is_in_our_currency() {
                let text = format!("the Z-report is in {}", self.book.span.report.currency);
                let cause = DayCause::Currency;
                let difference = self.difference(Measure::Turnover, cause, Amounts::ZERO);
                sheet.differences.push(difference.saying(text));
            }
            // A basket that is handed over in part may be counted on both sides of the report.
            if more > 0 && !(to_come && missing == 0) {
                self.missing(more, sheet);
                let difference =
                    self.difference(Measure::Turnover, DayCause::ReceiptMissing, Amounts::ZERO);
                sheet.differences.push(difference.saying(self.names(more)).counting(more));
                return Some(DayCause::ReceiptMissing);
            }
            if missing > 0 {
                for gap in &self.gaps {
                    super::gap_without_report(gap, sheet);
                }
            }
            return None;
        }
        let cause = self.cause_of(sums, missing);
        if missing > 0 && cause != DayCause::ReceiptMissing {
            for gap in &self.gaps {
                super::gap_without_report(gap, sheet);
            }
        }
        let mut count = match cause {
            DayCause::ReceiptMissing => {
                self.missing(more.max(missing), sheet);
                more.max(missing)
            }
            DayCause::NotInZReport => more,
            _ => 0,
        };
        let text =
            if cause == DayCause::ReceiptMissing { self.names(count) } else { String::new() };
        for (rate, amounts) in sums.turnover.iter().filter(|(_, amounts)| !amounts.is_zero()) {
            let mut difference = self.difference(Measure::Turnover, cause, *amounts);
            difference.place.tax = rate.map(|rate| format!("{rate} %"));
            difference.detail = if text.is_empty() {
                format!("the Z-report has {} beyond the receipts", amounts.gross)
            } else {
                text.clone()
            };
            difference.count = std::mem::take(&mut count);
            sheet.differences.push(difference);
        }
        Some(cause)
    }

    fn is_in_our_currency(&self) -> bool {
        let (ours, theirs) = (&self.case.day.store.currency, &self.book.span.report.currency);
        ours.trim().eq_ignore_ascii_case(theirs.trim())
    }

    fn cause_of(&self, sums: &Sums<'_>, missing: i64) -> DayCause {
        let total = sums.total();
        let rows: usize = self.book.entries.iter().map(|entry| entry.rows.len()).sum();
        let rows = i64::try_from(rows).unwrap_or(i64::MAX);
        let small = self.case.policy.rounding_per_line.saturating_mul(rows);
        let flat = sums.turnover.values().all(|amounts| amounts.gross.is_zero());
        if !self.is_in_our_currency() {
            DayCause::Currency
        } else if sums.count() > 0 || missing > 0 && !total.gross.is_zero() {
            DayCause::ReceiptMissing
        } else if sums.count() < 0 {
            DayCause::NotInZReport
        } else if flat && total.tax.pence().abs() <= small {
            DayCause::TaxRounding
        } else if total.gross.is_zero() {
            DayCause::ZVatGroup
        } else {
            DayCause::Unexplained
        }
    }

    /// The receipts to ask for: the gaps, and as many more at the ends as the report counts.
    fn missing(&self, count: i64, sheet: &mut Sheet<'a>) {
        for gap in &self.gaps {
            sheet.missing.extend(gap.missing(true));
        }
        sheet.missing.extend(self.unseen(count));
    }

    fn names(&self, count: i64) -> String {
        let named = self.gaps.iter().flat_map(|gap| gap.missing(true));
        let mut named: Vec<i64> = named.map(|missing| missing.number).collect();
        named.extend(self.unseen(count).iter().map(|missing| missing.number));
        let named: Vec<String> = named.iter().take(20).map(i64::to_string).collect();
        format!("{count} of the Z-report are not in the book: {}", named.join(", "))
    }

    fn round_off(&self, beyond: &Beyond<'_>, causes: Causes, sheet: &mut Sheet<'a>) {
        let (report, book) = (self.book.span.report, &self.sums);
        let keys = (None, None);
        sheet.book(Measure::RoundOff, keys, Amounts::untaxed(book.round_off), 0);
        sheet.other(Measure::RoundOff, keys, Amounts::untaxed(report.round_off), 0);
        let moved = report.round_off - book.round_off - beyond.sums.round_off;
        let parts =
            [(moved, causes.moved), (beyond.sums.round_off, causes.because(DayCause::RoundOff))];
        for (amount, cause) in parts.into_iter().filter(|(amount, _)| !amount.is_zero()) {
            let amounts = Amounts::untaxed(amount);
            let text = format!("{amount} of cash rounding beyond the receipts'");
            sheet.differences.push(self.difference(Measure::RoundOff, cause, amounts).saying(text));
        }
    }

    fn tenders(&self, beyond: &Beyond<'_>, causes: Causes, sheet: &mut Sheet<'a>) {
        let report = Sums::of(self.book.span.report, self.case.policy).tenders;
        if report.is_empty() {
            return;
        }
        let mut names: BTreeMap<&str, [Money; 2]> = BTreeMap::new();
        for (name, amount) in report {
            names.entry(name).or_default()[1] = amount;
        }
        for (name, amount) in &self.sums.tenders {
            names.entry(name).or_default()[0] = *amount;
        }
        for name in beyond.sums.tenders.keys() {
            names.entry(name).or_default();
        }
        for (name, [book, other]) in names {
            sheet.book(Measure::Tenders, (None, None), Amounts::untaxed(book), 0);
            sheet.other(Measure::Tenders, (None, None), Amounts::untaxed(other), 0);
            let left = beyond.sums.tenders.get(name).copied().unwrap_or_default();
            let moved = other - book - left;
            let parts = [(moved, causes.moved), (left, causes.because(DayCause::TenderDiffers))];
            for (amount, cause) in parts.into_iter().filter(|(amount, _)| !amount.is_zero()) {
                let amounts = Amounts::untaxed(amount);
                let mut difference = self.difference(Measure::Tenders, cause, amounts);
                difference.place.tender = Some(name.to_owned());
                let text = format!("receipts {book}, Z-report {other}");
                sheet.differences.push(difference.saying(text));
            }
        }
    }

    fn cash(&self, sheet: &mut Sheet<'a>) {
        let cash = &self.book.span.report.cash;
        let counted = cash.expected + cash.difference;
        sheet.book(Measure::Cash, (None, None), Amounts::untaxed(cash.expected), 0);
        sheet.other(Measure::Cash, (None, None), Amounts::untaxed(counted), 0);
        if cash.difference.is_zero() {
            return;
        }
        let text = format!("{} expected, {} counted", cash.expected, cash.counted);
        let amounts = Amounts::untaxed(cash.difference);
        let difference = self.difference(Measure::Cash, DayCause::CashCounted, amounts);
        sheet.differences.push(difference.saying(text));
    }
}

/// Why the turnover differs.
#[derive(Clone, Copy)]
struct Causes {
    /// Of the receipt at the border.
    moved: DayCause,
    /// Of the rest.
    rest: Option<DayCause>,
}

impl Causes {
    /// What else differs in a report follows its turnover, where that says something about whole
    /// receipts.
    fn because(self, own: DayCause) -> DayCause {
        let whole = [DayCause::ReceiptMissing, DayCause::NotInZReport, DayCause::Currency];
        self.rest.filter(|cause| whole.contains(cause)).unwrap_or(own)
    }
}

fn distance(a: Timestamp, b: Timestamp) -> i64 {
    a.micros().saturating_sub(b.micros()).saturating_abs()
}

/// Charges stand under no rate in the book and under one in a report: where one rate has just what
/// the charges lack, that is where they are.
fn charges(turnover: &mut ByRate) {
    let Some(lacking) = turnover.get(&None).copied().filter(|amounts| !amounts.is_zero()) else {
        return;
    };
    let found = turnover.iter_mut().find(|(rate, amounts)| rate.is_some() && **amounts == -lacking);
    if let Some((_, amounts)) = found {
        *amounts = Amounts::ZERO;
        turnover.insert(None, Amounts::ZERO);
    }
}
