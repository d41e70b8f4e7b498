//! Why a Z-report says something else than the receipts of its hours.

use super::{
    Missing,
    beside::Causes,
    book::{ByRate, SpanBook, Sums, totals},
    border::Border,
    numbers::{Gap, Numbers},
};
use crate::reconcile::{
    amounts::Amounts,
    case::Case,
    causes::DayCause,
    difference::{Difference, Measure, Place},
    sheet::Sheet,
    witness::BookEntry,
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
pub(super) struct Beyond<'a> {
    pub(super) sums: Sums<'a>,
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
        sheet.book(Measure::Turnover, (None, None, false), self.sums.total(), self.sums.count());
        sheet.other(Measure::Turnover, (None, None, false), total, count);
        self.parts(total, sheet);
        let moved = self.at_border(border, &mut beyond, sheet);
        let rest = self.rest(&beyond, sheet);
        let causes = Causes { moved, rest };
        self.round_off(&beyond, causes, sheet);
        self.tenders(&beyond, causes, sheet);
        self.cash(sheet);
    }

    pub(super) fn place(&self) -> Place {
        let report = self.book.span.report;
        Place {
            register: Some(report.register_id.clone()),
            receipt: Some(format!("Z {}", report.number)),
            ..Place::default()
        }
    }

    pub(super) fn difference(
        &self,
        measure: Measure,
        cause: DayCause,
        amounts: Amounts,
    ) -> Difference {
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
    pub(super) fn numbers_missing(&self) -> i64 {
        (self.numbers_in_gaps() - self.practice()).max(0)
    }

    fn numbers_in_gaps(&self) -> i64 {
        self.gaps.iter().map(Gap::count).sum()
    }

    /// Practice receipts that took a number.
    pub(super) fn practice(&self) -> i64 {
        let counted = self.book.span.report.practice.count;
        if self.case.policy.practice_takes_numbers { counted } else { 0 }
    }

    /// `count` receipts are missing: numbers that no gap shows, as nothing held follows them.
    fn unseen(&self, count: i64) -> Vec<Missing> {
        let more = count + self.practice() - self.numbers_in_gaps();
        if more > 0 { self.numbers.at_the_ends(self.book.span, more) } else { Vec::new() }
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
        let unseen = self.unseen(count);
        let certain = unseen.iter().all(|missing| missing.certain);
        named.extend(unseen.iter().map(|missing| missing.number));
        let named: Vec<String> = named.iter().take(20).map(i64::to_string).collect();
        let among = if certain { "" } else { "among " };
        format!("{count} of the Z-report are not in the book: {among}{}", named.join(", "))
    }
}

/// Charges stand under no rate in the book and under one in a report: where one rate has just what
/// the charges lack, that is where they are.
pub(super) fn charges(turnover: &mut ByRate) {
    let Some(lacking) = turnover.get(&None).copied().filter(|amounts| !amounts.is_zero()) else {
        return;
    };
    let found = turnover.iter_mut().find(|(rate, amounts)| rate.is_some() && **amounts == -lacking);
    if let Some((_, amounts)) = found {
        *amounts = Amounts::ZERO;
        turnover.insert(None, Amounts::ZERO);
    }
}
