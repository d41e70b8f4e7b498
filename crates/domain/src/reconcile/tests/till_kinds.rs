//! Damage to what the tills say, and to what reached the book.
#![expect(clippy::unnecessary_wraps, reason = "all kinds have one signature")]

use super::{
    damage::{Kind, Scene, is_back},
    tills::vat,
};
use crate::{
    Quantity,
    draft::LineOrigin,
    fixtures::pence,
    reconcile::{
        amounts::Amounts,
        causes::DayCause,
        difference::Measure,
        witness::{BookEntry, ZReport, ZSide},
    },
};

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "receipt missing", apply: |s| receipt_missing(s, Which::Any) },
    Kind { name: "last receipt missing", apply: |s| receipt_missing(s, Which::Last) },
    Kind { name: "first receipt missing", apply: |s| receipt_missing(s, Which::First) },
    Kind { name: "two receipts missing", apply: two_missing },
    Kind { name: "number skipped", apply: number_skipped },
    Kind { name: "till not closed", apply: not_closed },
    Kind { name: "Z-report missing", apply: report_missing },
    Kind { name: "last receipt not counted", apply: not_counted_at_the_end },
    Kind { name: "receipt not counted", apply: not_counted },
    Kind { name: "closed before the last receipt", apply: closed_too_early },
    Kind { name: "VAT rate in the Z-report", apply: vat_group },
    Kind { name: "VAT of the Z-report a penny up", apply: report_rounding },
    Kind { name: "Z-report does not add up", apply: does_not_add_up },
    Kind { name: "Z-report has more", apply: has_more },
    Kind { name: "tender in the Z-report", apply: tender },
    Kind { name: "round-off in the Z-report", apply: round_off },
    Kind { name: "drawer short", apply: drawer },
    Kind { name: "Z-report in another currency", apply: currency },
    Kind { name: "credited at the sale's price", apply: credited_price },
    Kind { name: "credited with the sale's penny", apply: credited_penny },
];

#[derive(Clone, Copy)]
enum Which {
    Any,
    First,
    Last,
}

fn number(entry: &BookEntry) -> i64 {
    entry.receipt_id.as_deref().unwrap()[16..].parse().unwrap()
}

fn receipt_missing(s: &mut Scene<'_>, which: Which) -> Option<()> {
    // What is at an end of the whole till, not of its lunch break.
    let id = s.id();
    let entries = s.shop.day.entries.iter().filter(|e| e.register_id.as_deref() == Some(id));
    let numbers: Vec<i64> = entries.map(number).collect();
    let wanted = match which {
        Which::Any => *s.dice.pick(&numbers),
        Which::First => *numbers.iter().min()?,
        Which::Last => *numbers.iter().max()?,
    };
    let at = s.any(|entry| number(entry) == wanted)?;
    lose(s, at);
    Some(())
}

fn lose(s: &mut Scene<'_>, at: usize) {
    s.remove_document(at);
    let entry = s.shop.day.entries.remove(at);
    s.claim_receipt(DayCause::ReceiptMissing, &entry, false);
}

fn two_missing(s: &mut Scene<'_>) -> Option<()> {
    receipt_missing(s, Which::Any)?;
    receipt_missing(s, Which::Any)
}

/// A receipt was begun and cancelled.
fn number_skipped(s: &mut Scene<'_>) -> Option<()> {
    let at = s.any(|_| true)?;
    let (from, id) = (number(s.entry(at)), s.id());
    let entries = &mut s.shop.day.entries;
    for entry in entries.iter_mut().filter(|entry| entry.register_id.as_deref() == Some(id)) {
        let number = number(entry);
        if number >= from {
            let key = entry.receipt_id.as_deref().unwrap()[..16].to_owned();
            entry.receipt_id = Some(format!("{key}{}", number + 1));
        }
    }
    s.claim(Measure::Numbers, DayCause::NumberGap, Amounts::ZERO);
    Some(())
}

fn not_closed(s: &mut Scene<'_>) -> Option<()> {
    let id = s.id();
    let reports = &mut s.shop.day.z_reports;
    if reports.iter().any(|report| report.register_id == id && report.practice.count > 0) {
        return None;
    }
    reports.retain(|report| report.register_id != id);
    let day = &s.shop.day;
    let mut sum = Amounts::ZERO;
    for entry in day.entries.iter().filter(|entry| entry.register_id.as_deref() == Some(id)) {
        sum += super::damage::turnover(entry);
    }
    s.claim(Measure::Turnover, DayCause::NoZReport, -sum);
    Some(())
}

fn report_missing(s: &mut Scene<'_>) -> Option<()> {
    let id = s.id();
    let count = s.shop.day.z_reports.iter().filter(|report| report.register_id == id).count();
    if count < 2 {
        return None;
    }
    s.report().number += 2;
    s.claim(Measure::Numbers, DayCause::ZReportMissing, Amounts::ZERO);
    Some(())
}

/// The last entry of the last report's hours.
fn last(s: &mut Scene<'_>) -> Option<usize> {
    let id = s.id();
    let entries = s.shop.day.entries.iter().enumerate();
    let of_till = entries.filter(|(_, entry)| entry.register_id.as_deref() == Some(id));
    of_till.max_by_key(|(_, entry)| entry.order_date).map(|(at, _)| at)
}

fn not_counted_at_the_end(s: &mut Scene<'_>) -> Option<()> {
    let at = last(s)?;
    s.report().closed_at = s.entry(at).order_date.plus(std::time::Duration::from_mins(1));
    s.report_again(Some(at));
    let entry = s.entry(at).clone();
    s.claim_receipt(DayCause::DayBoundary, &entry, true);
    Some(())
}

fn not_counted(s: &mut Scene<'_>) -> Option<()> {
    let report = s.report().clone();
    let far = |entry: &BookEntry| {
        let quarter = std::time::Duration::from_mins(16);
        let at = entry.order_date;
        report.opened_at.unwrap().plus(quarter) < at && at.plus(quarter) < report.closed_at
    };
    let at = s.any(|entry| far(entry) && !entry.figures.gross.is_zero())?;
    s.report_again(Some(at));
    let entry = s.entry(at).clone();
    s.claim_receipt(DayCause::NotInZReport, &entry, true);
    Some(())
}

/// Nothing differs: the report counts it, and so does the day.
fn closed_too_early(s: &mut Scene<'_>) -> Option<()> {
    let at = last(s)?;
    let closed = s.entry(at).order_date.minus(std::time::Duration::from_millis(500));
    s.report().closed_at = closed;
    Some(())
}

fn group(side: &mut ZSide, percent: i64) -> Option<&mut crate::reconcile::witness::ZVatGroup> {
    side.vat_groups.iter_mut().find(|group| group.rate.thousandths() == percent * 1_000)
}

fn vat_group(s: &mut Scene<'_>) -> Option<()> {
    let sales = &mut s.report().sales;
    group(sales, 20)?;
    let from = group(sales, 0).filter(|group| group.gross.pence() > 1_200)?;
    from.gross -= pence(1_200);
    from.net -= pence(1_200);
    let to = group(sales, 20)?;
    to.gross += pence(1_200);
    to.net += pence(1_000);
    to.vat += pence(200);
    sales.net -= pence(200);
    s.claim(Measure::Turnover, DayCause::ZVatGroup, Amounts::shift(pence(200)));
    Some(())
}

fn report_rounding(s: &mut Scene<'_>) -> Option<()> {
    let sales = &mut s.report().sales;
    let group = group(sales, 20)?;
    group.vat += pence(1);
    group.net -= pence(1);
    sales.net -= pence(1);
    s.claim(Measure::Turnover, DayCause::TaxRounding, Amounts::shift(pence(1)));
    Some(())
}

fn does_not_add_up(s: &mut Scene<'_>) -> Option<()> {
    s.report().sales.gross += pence(100);
    let amounts = Amounts::of_gross(pence(100), pence(100));
    s.claim(Measure::Turnover, DayCause::ZReportDoesNotAddUp, amounts);
    Some(())
}

fn has_more(s: &mut Scene<'_>) -> Option<()> {
    let sales = &mut s.report().sales;
    let group = sales.vat_groups.first_mut()?;
    group.gross += pence(317);
    group.net += pence(317);
    sales.gross += pence(317);
    sales.net += pence(317);
    s.claim(Measure::Turnover, DayCause::Unexplained, Amounts::untaxed(pence(317)));
    Some(())
}

fn tender(s: &mut Scene<'_>) -> Option<()> {
    let named = |report: &mut ZReport, name: &str, amount: i64| {
        let mut payments = report.sales.payments.iter_mut();
        payments.find(|payment| payment.name == name).map(|payment| payment.total += pence(amount))
    };
    let report = s.report();
    report.sales.payments.iter().find(|payment| payment.name == "Cash")?;
    named(report, "Card", -2_500)?;
    named(report, "Cash", 2_500)?;
    s.claim(Measure::Tenders, DayCause::TenderDiffers, Amounts::ZERO);
    Some(())
}

fn round_off(s: &mut Scene<'_>) -> Option<()> {
    s.report().round_off += pence(3);
    s.claim(Measure::RoundOff, DayCause::RoundOff, Amounts::untaxed(pence(3)));
    Some(())
}

fn drawer(s: &mut Scene<'_>) -> Option<()> {
    let cash = &mut s.report().cash;
    cash.expected = pence(49_886);
    cash.counted = pence(49_800);
    cash.difference = pence(-86);
    s.claim(Measure::Cash, DayCause::CashCounted, Amounts::untaxed(pence(-86)));
    Some(())
}

fn currency(s: &mut Scene<'_>) -> Option<()> {
    s.report().currency = "EUR".to_owned();
    s.claim(Measure::Turnover, DayCause::Currency, Amounts::ZERO);
    Some(())
}

/// A return of one whole row that is one line, by its place; row and line.
fn whole_row(s: &mut Scene<'_>) -> Option<(usize, usize, usize)> {
    let fit = |entry: &BookEntry| {
        let posting = entry.posting.as_ref().unwrap();
        let original = entry.original.as_ref()?;
        entry.rows.iter().enumerate().find_map(|(r, row)| {
            let sold = original.rows.iter().find(|sold| Some(sold.index) == row.original_index)?;
            let whole = sold.quantity == row.quantity.abs() && sold.vat == row.vat.abs();
            let alone = entry.rows.get(r + 1).is_none_or(|below| !below.discount);
            let lines = posting.lines.iter().enumerate();
            let mut of_row = lines.filter(|(_, line)| line.origin == LineOrigin::Row(row.index));
            let (line, sent) = of_row.next()?;
            let same_sku = posting.lines.iter().filter(|other| other.sku == sent.sku).count();
            let percent = row.vat_rate.thousandths() / 1_000;
            let plain = row.vat.pence() == vat((row.net + row.vat).pence(), percent);
            let one = of_row.next().is_none() && same_sku == 1;
            let one = one && sent.quantity == Quantity::from_units(1);
            let dear = percent == 20 && sent.gross.pence() > 300;
            (whole && alone && one && plain && dear && is_back(entry)).then_some((r, line))
        })
    };
    let at = s.any(|entry| fit(entry).is_some())?;
    let (row, line) = fit(s.entry(at))?;
    s.is_in(at).then_some((at, row, line))
}

fn credited_price(s: &mut Scene<'_>) -> Option<()> {
    let (at, row, line) = whole_row(s)?;
    let entry = s.entry_mut(at);
    let posting = entry.posting.as_mut().unwrap();
    let full = posting.lines[line].gross;
    let less = full - pence(60);
    let change = Amounts::of_gross(pence(60), pence(vat(full.pence(), 20) - vat(less.pence(), 20)));
    posting.lines[line].gross = less;
    posting.lines[line].unit_gross = less;
    entry.rows[row].net += change.net;
    entry.rows[row].vat += change.tax;
    entry.figures.net += change.net;
    entry.figures.vat += change.tax;
    entry.figures.gross += change.gross;
    entry.tenders[0].amount += pence(60);
    s.report_again(None);
    s.ledger(DayCause::CreditedDifferently, -change)
}

fn credited_penny(s: &mut Scene<'_>) -> Option<()> {
    let (at, row, _) = whole_row(s)?;
    let entry = s.entry_mut(at);
    let shift = Amounts::shift(pence(1));
    entry.rows[row].net += shift.net;
    entry.rows[row].vat += shift.tax;
    entry.figures.net += shift.net;
    entry.figures.vat += shift.tax;
    s.report_again(None);
    s.ledger(DayCause::CreditedDifferently, -shift)
}
