//! What a Z-report says beside its turnover: cash rounding, tenders, the drawer.

use std::collections::BTreeMap;

use super::{
    book::Sums,
    explain::{Beyond, Explain},
};
use crate::{
    Money,
    reconcile::{amounts::Amounts, causes::DayCause, difference::Measure, sheet::Sheet},
};

/// Why the turnover differs.
#[derive(Clone, Copy)]
pub(super) struct Causes {
    /// Of the receipt at the border.
    pub(super) moved: DayCause,
    /// Of the rest.
    pub(super) rest: Option<DayCause>,
}

impl Causes {
    /// What else differs in a report follows its turnover, where that says something about whole
    /// receipts.
    fn because(self, own: DayCause) -> DayCause {
        let whole = [DayCause::ReceiptMissing, DayCause::NotInZReport, DayCause::Currency];
        self.rest.filter(|cause| whole.contains(cause)).unwrap_or(own)
    }
}

impl<'a> Explain<'a, '_> {
    pub(super) fn round_off(&self, beyond: &Beyond<'_>, causes: Causes, sheet: &mut Sheet<'a>) {
        let (report, book) = (self.book.span.report, &self.sums);
        let keys = (None, None, false);
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

    pub(super) fn tenders(&self, beyond: &Beyond<'_>, causes: Causes, sheet: &mut Sheet<'a>) {
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
            sheet.book(Measure::Tenders, (None, None, false), Amounts::untaxed(book), 0);
            sheet.other(Measure::Tenders, (None, None, false), Amounts::untaxed(other), 0);
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

    pub(super) fn cash(&self, sheet: &mut Sheet<'a>) {
        let cash = &self.book.span.report.cash;
        let counted = cash.expected + cash.difference;
        sheet.book(Measure::Cash, (None, None, false), Amounts::untaxed(cash.expected), 0);
        sheet.other(Measure::Cash, (None, None, false), Amounts::untaxed(counted), 0);
        if cash.difference.is_zero() {
            return;
        }
        let text = format!("{} expected, {} counted", cash.expected, cash.counted);
        let amounts = Amounts::untaxed(cash.difference);
        let difference = self.difference(Measure::Cash, DayCause::CashCounted, amounts);
        sheet.differences.push(difference.saying(text));
    }
}
