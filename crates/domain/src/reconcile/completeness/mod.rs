//! Did every receipt arrive? Numbers without a gap, and the tills' own Z-reports.

mod beside;
mod book;
mod border;
mod explain;
mod numbers;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::{
    book::SpanBook,
    explain::Explain,
    numbers::{Gap, Numbers},
};
use super::{
    amounts::Amounts,
    case::Case,
    causes::DayCause,
    day::Span,
    difference::{Difference, Measure, Place},
    policy::PeriodDate,
    sheet::Sheet,
    witness::BookEntry,
};

pub use self::numbers::number_of;

/// A receipt that the book does not have, and that a till printed or may have printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    /// `registerid`.
    pub register_id: String,
    /// The receipt's number.
    pub number: i64,
    /// What Sitoo is asked for (`receiptid`): the register's key and the number.
    pub receipt_id: String,
    /// Whether a Z-report's figures show that money stands behind it.
    pub certain: bool,
}

/// Compares the book with the Z-reports of the day, and looks for numbers that are not there.
/// Gives the highest number of each register.
pub(super) fn complete<'a>(case: &Case<'a>, sheet: &mut Sheet<'a>) -> BTreeMap<String, i64> {
    let numbers = Numbers::of(case);
    let mut books: Vec<SpanBook<'a, '_>> =
        case.spans.all().filter(|span| span.day == case.day.day).map(SpanBook::new).collect();
    let mut outside: Vec<&BookEntry> = Vec::new();
    for entry in case.entries.iter().copied().filter(|entry| entry.taken) {
        let Some(register) = entry.register_id.as_deref() else { continue };
        match case.spans.at(register, entry.order_date) {
            Some(span) => {
                other_day(case, entry, span, sheet);
                if let Some(at) = place(&books, span) {
                    books[at].add(entry, &case.rates);
                }
            }
            None if case.is_within(entry.order_date) => outside.push(entry),
            None => {}
        }
    }
    let (by_book, gaps) = numbers::share(case, &books, numbers.gaps(case));
    for (book, gaps) in books.iter().zip(by_book) {
        missing_report(case, book.span, sheet);
        let sums = book.sums.clone();
        Explain { case, book, numbers: &numbers, gaps, sums }.look(&mut outside, sheet);
    }
    for gap in gaps.iter().filter(|gap| gap.is_of(case)) {
        gap_without_report(gap, sheet);
    }
    not_counted(case, &books, &outside, sheet);
    numbers.last(case.bounds.1)
}

/// A till that was closed on another day than it sold is compared on that day: both days say so.
fn other_day(case: &Case<'_>, entry: &BookEntry, span: &Span<'_>, sheet: &mut Sheet<'_>) {
    // Where the Z-report or the posting says which day it is, a receipt has no other day.
    if case.policy.period_date != PeriodDate::Till {
        return;
    }
    let sold = case.clock.day_of(entry.order_date);
    let (today, counted) = (case.day.day, span.day);
    let noted = match (sold == today, counted == today) {
        (true, false) => sheet.counted_elsewhere.entry(counted),
        (false, true) => sheet.counted_for_others.entry(sold),
        (true, true) | (false, false) => return,
    };
    let (count, amounts) = noted.or_default();
    *count += 1;
    *amounts += Amounts::untaxed(entry.figures.round_off) + book::turnover(entry);
}

/// The place of a span's book, if it is of the day.
fn place(books: &[SpanBook<'_, '_>], span: &Span<'_>) -> Option<usize> {
    let key = (span.report.register_id.as_str(), span.to);
    books.binary_search_by(|book| (book.register(), book.span.to).cmp(&key)).ok()
}

/// The Z-reports of a till are numbered without a gap.
fn missing_report(case: &Case<'_>, span: &Span<'_>, sheet: &mut Sheet<'_>) {
    let all = case.spans.of_register(&span.report.register_id);
    let before = all.iter().rev().find(|other| other.to < span.to);
    let Some(before) = before.map(|span| span.report.number) else { return };
    let number = span.report.number;
    if number > before + 1 {
        let place = Place { register: Some(span.report.register_id.clone()), ..Place::default() };
        let text = format!("Z-reports {} to {} are not there", before + 1, number - 1);
        let why = DayCause::ZReportMissing;
        let difference = Difference::new(Measure::Numbers, why, place, Amounts::ZERO);
        sheet.differences.push(difference.saying(text).counting(number - before - 1));
    }
}

/// Numbers that no Z-report of the day can account for.
fn gap_without_report(gap: &Gap<'_>, sheet: &mut Sheet<'_>) {
    sheet.missing.extend(gap.missing(false));
    sheet.differences.push(gap.difference(DayCause::NumberGap, Amounts::ZERO));
}

/// What was taken outside of all Z-reports.
fn not_counted<'a>(
    case: &Case<'a>,
    books: &[SpanBook<'a, '_>],
    outside: &[&'a BookEntry],
    sheet: &mut Sheet<'a>,
) {
    if case.day.ages.z_reports.is_none() {
        return;
    }
    let mut by_register: BTreeMap<&str, (Amounts, i64)> = BTreeMap::new();
    for entry in outside {
        let register = entry.register_id.as_deref().unwrap_or_default();
        let amounts = book::turnover(entry);
        sheet.book(Measure::Turnover, (None, None, false), amounts, 1);
        let closed = books.iter().any(|book| book.register() == register);
        if !closed {
            let (sum, count) = by_register.entry(register).or_default();
            *sum += amounts;
            *count += 1;
            continue;
        }
        let place = Place {
            register: Some(register.to_owned()),
            tender: Some(entry.main_tender().to_owned()),
            reference: Some(entry.reference),
            receipt: entry.receipt_id.clone(),
            ..Place::default()
        };
        let at = case.clock.local(entry.order_date);
        let text = format!("taken at {at}, while no Z-report was open");
        let why = DayCause::NotInZReport;
        let difference = Difference::new(Measure::Turnover, why, place, -amounts);
        sheet.differences.push(difference.saying(text).counting(-1));
    }
    for (register, (sum, count)) in by_register {
        let place = Place { register: Some(register.to_owned()), ..Place::default() };
        let receipts = crate::words::count(count.unsigned_abs(), "receipt", "receipts");
        let text = format!("{receipts} over {} in no Z-report", sum.gross);
        let difference = Difference::new(Measure::Turnover, DayCause::NoZReport, place, -sum);
        sheet.differences.push(difference.saying(text).counting(-count));
    }
}

#[cfg(test)]
mod tests;
