//! What the book says for the hours of one Z-report, and what the report says.

use std::collections::BTreeMap;

use crate::{
    Money, VatRate,
    entry::EntryKind,
    reconcile::{
        agreement::tax::part_of,
        amounts::Amounts,
        day::Span,
        policy::{DayPolicy, NotDelivered},
        witness::{BookEntry, ZReport, ZSide},
    },
};

/// Turnover by VAT rate; what stands under none, such as charges, has no rate.
pub(super) type ByRate = BTreeMap<Option<VatRate>, Amounts>;

/// Sums over the entries of one Z-report's hours.
pub(super) struct SpanBook<'a, 's> {
    pub(super) span: &'s Span<'a>,
    pub(super) entries: Vec<&'a BookEntry>,
    pub(super) sums: Sums<'a>,
}

/// What can be compared with a Z-report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums<'a> {
    pub(super) turnover: ByRate,
    pub(super) round_off: Money,
    pub(super) tenders: BTreeMap<&'a str, Money>,
    pub(super) sales: i64,
    pub(super) refunds: i64,
}

/// Turnover of an entry: cash rounding is not part of it.
pub(super) fn turnover(entry: &BookEntry) -> Amounts {
    let figures = &entry.figures;
    Amounts::new(figures.net, figures.vat, figures.gross - figures.round_off)
}

impl<'a> Sums<'a> {
    /// Adds (or, with −1, takes away) an entry. Charges stand under none of its rows' rates: they
    /// are taken for the first of `rates` that makes their tax.
    pub(super) fn add(&mut self, entry: &'a BookEntry, sign: i64, rates: &[VatRate]) {
        let turn = sign < 0;
        let mut rest = turnover(entry);
        for row in &entry.rows {
            let amounts = Amounts::new(row.net, row.vat, row.net + row.vat);
            rest -= amounts;
            *self.turnover.entry(Some(row.vat_rate)).or_default() += amounts.turned(turn);
        }
        if !rest.is_zero() {
            let fits = |rate: &&VatRate| part_of(rest.gross, **rate) == rest.tax;
            let rate = rates.iter().find(fits).copied();
            *self.turnover.entry(rate).or_default() += rest.turned(turn);
        }
        let side = |amount: Money| if turn { -amount } else { amount };
        self.round_off += side(entry.figures.round_off);
        for tender in &entry.tenders {
            *self.tenders.entry(tender.name.trim()).or_default() += side(tender.amount);
        }
        match entry.kind {
            EntryKind::Return => self.refunds += sign,
            EntryKind::Sale | EntryKind::Other => self.sales += sign,
        }
    }

    pub(super) fn total(&self) -> Amounts {
        self.turnover.values().copied().sum()
    }

    pub(super) const fn count(&self) -> i64 {
        self.sales + self.refunds
    }

    /// What a report says. `turnover` has no rates where the report has none.
    pub(super) fn of(report: &'a ZReport, policy: &DayPolicy) -> Self {
        let mut sums = Self { round_off: report.round_off, ..Self::default() };
        sums.add_side(&report.sales, false);
        sums.add_side(&report.refunds, true);
        sums.sales = report.sales.count;
        sums.refunds = report.refunds.count;
        if policy.not_delivered == NotDelivered::Beside {
            sums.add_side(&report.not_delivered, false);
            sums.sales += report.not_delivered.count;
        }
        sums
    }

    fn add_side(&mut self, side: &'a ZSide, turn: bool) {
        for group in &side.vat_groups {
            let amounts = Amounts::new(group.net, group.vat, group.gross).turned(turn);
            *self.turnover.entry(Some(group.rate)).or_default() += amounts;
        }
        for payment in &side.payments {
            let total = if turn { -payment.total } else { payment.total };
            *self.tenders.entry(payment.name.trim()).or_default() += total;
        }
    }
}

/// A report's own totals.
pub(super) fn totals(report: &ZReport, policy: &DayPolicy) -> Amounts {
    let of = |side: &ZSide| Amounts::new(side.net, side.gross - side.net, side.gross);
    let sold = of(&report.sales) - of(&report.refunds);
    match policy.not_delivered {
        NotDelivered::Beside => sold + of(&report.not_delivered),
        NotDelivered::Within => sold,
    }
}

impl<'a, 's> SpanBook<'a, 's> {
    pub(super) fn new(span: &'s Span<'a>) -> Self {
        Self { span, entries: Vec::new(), sums: Sums::default() }
    }

    /// How many numbers without a receipt the report accounts for: practice, and receipts that it
    /// counts and the book does not have.
    pub(super) fn room(&self, policy: &DayPolicy) -> i64 {
        let more = Sums::of(self.span.report, policy).count() - self.sums.count();
        let practice = self.span.report.practice.count;
        more.max(0) + if policy.practice_takes_numbers { practice } else { 0 }
    }

    pub(super) fn register(&self) -> &'a str {
        &self.span.report.register_id
    }

    pub(super) fn add(&mut self, entry: &'a BookEntry, rates: &[VatRate]) {
        self.sums.add(entry, 1, rates);
        self.entries.push(entry);
    }
}
