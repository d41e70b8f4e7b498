//! Kinds of damage: what is done to a day, and what the comparison has to say about it.

use std::collections::BTreeMap;

use super::{Dice, Shop, shop::REGISTERS, z};
use crate::{
    Money,
    entry::EntryKind,
    reconcile::{
        amounts::Amounts,
        causes::DayCause,
        difference::Measure,
        result::DayResult,
        witness::{BookEntry, LedgerDocument, LedgerLine, ZReport},
    },
};

/// What has to be found: by measure and cause, what the differences come to.
pub(super) type Claims = BTreeMap<(Measure, DayCause), Amounts>;

/// A day that is being damaged, at one till.
pub(super) struct Scene<'a> {
    pub(super) shop: &'a mut Shop,
    pub(super) dice: &'a mut Dice,
    pub(super) register: usize,
    pub(super) claims: Claims,
}

/// One kind. It gives nothing where the day has no place for it.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) apply: fn(&mut Scene<'_>) -> Option<()>,
}

/// Totals with the cash rounding, as a document has them.
pub(super) fn totals(entry: &BookEntry) -> Amounts {
    let figures = &entry.figures;
    Amounts::new(figures.net + figures.round_off, figures.vat, figures.gross)
}

pub(super) fn turnover(entry: &BookEntry) -> Amounts {
    let figures = &entry.figures;
    Amounts::new(figures.net, figures.vat, figures.gross - figures.round_off)
}

pub(super) fn is_back(entry: &BookEntry) -> bool {
    entry.kind == EntryKind::Return
}

impl Scene<'_> {
    pub(super) fn id(&self) -> &'static str {
        REGISTERS[self.register]
    }

    pub(super) fn claim(&mut self, measure: Measure, cause: DayCause, amounts: Amounts) {
        *self.claims.entry((measure, cause)).or_default() += amounts;
    }

    #[expect(clippy::unnecessary_wraps, reason = "the last step of a kind")]
    pub(super) fn ledger(&mut self, cause: DayCause, amounts: Amounts) -> Option<()> {
        self.claim(Measure::Ledger, cause, amounts);
        Some(())
    }

    /// A random entry of the till that fits.
    pub(super) fn any(&mut self, fits: impl Fn(&BookEntry) -> bool) -> Option<usize> {
        let id = self.id();
        let of_till = |entry: &BookEntry| entry.register_id.as_deref() == Some(id);
        let entries = self.shop.day.entries.iter().enumerate();
        let found = entries.filter(|(_, entry)| of_till(entry) && fits(entry));
        let found: Vec<usize> = found.map(|(at, _)| at).collect();
        (!found.is_empty()).then(|| *self.dice.pick(&found))
    }

    pub(super) fn entry(&self, at: usize) -> &BookEntry {
        &self.shop.day.entries[at]
    }

    pub(super) fn entry_mut(&mut self, at: usize) -> &mut BookEntry {
        &mut self.shop.day.entries[at]
    }

    /// Place of the entry's document.
    pub(super) fn place(&self, at: usize) -> usize {
        let reference = self.entry(at).reference.to_string();
        let fits = |found: &LedgerDocument| found.document.reference == reference;
        self.shop.day.documents.iter().position(fits).unwrap()
    }

    pub(super) fn document(&mut self, at: usize) -> &mut LedgerDocument {
        let place = self.place(at);
        &mut self.shop.day.documents[place]
    }

    pub(super) fn lines(&mut self, at: usize) -> &mut Vec<LedgerLine> {
        self.document(at).lines.as_mut().unwrap()
    }

    pub(super) fn remove_document(&mut self, at: usize) {
        let place = self.place(at);
        self.shop.day.documents.remove(place);
    }

    /// Changes the document's totals by `amounts`; the same with the till's signs.
    pub(super) fn add_to_header(&mut self, at: usize, amounts: Amounts) -> Amounts {
        let back = is_back(self.entry(at));
        let document = &mut self.document(at).document;
        document.net += amounts.net;
        document.tax += amounts.tax;
        document.gross += amounts.gross;
        amounts.turned(back)
    }

    /// The till's last Z-report.
    pub(super) fn report(&mut self) -> &mut ZReport {
        let id = self.id();
        let reports = self.shop.day.z_reports.iter_mut().rev();
        reports.into_iter().find(|report| report.register_id == id).unwrap()
    }

    pub(super) fn is_in(&mut self, entry: usize) -> bool {
        let at = self.entry(entry).order_date;
        let report = self.report();
        (report.opened_at.unwrap()..=report.closed_at).contains(&at)
    }

    /// The last Z-report once more, of all its hours' entries but one.
    pub(super) fn report_again(&mut self, without: Option<usize>) {
        let old = self.report().clone();
        let span = (old.opened_at.unwrap(), old.closed_at);
        let entries = self.shop.day.entries.iter().enumerate().filter(|(at, entry)| {
            Some(*at) != without
                && entry.register_id.as_deref() == Some(&old.register_id)
                && (span.0..=span.1).contains(&entry.order_date)
        });
        let entries: Vec<&BookEntry> = entries.map(|(_, entry)| entry).collect();
        let key = old.register_key.clone().unwrap();
        let practice = (old.practice.count, old.practice.gross.pence());
        *self.report() = z::report(&old.register_id, &key, old.number, span, &entries, practice);
    }

    /// What Z-report and book differ by when one of them lacks the entry.
    pub(super) fn claim_receipt(&mut self, cause: DayCause, entry: &BookEntry, less: bool) {
        let paid: Money = entry.tenders.iter().map(|tender| tender.amount).sum();
        self.claim(Measure::Turnover, cause, turnover(entry).turned(less));
        if !entry.figures.round_off.is_zero() {
            let amounts = Amounts::untaxed(entry.figures.round_off).turned(less);
            self.claim(Measure::RoundOff, cause, amounts);
        }
        if entry.tenders.iter().any(|tender| !tender.amount.is_zero()) {
            self.claim(Measure::Tenders, cause, Amounts::untaxed(paid).turned(less));
        }
    }
}

/// What was found, in the same form.
pub(super) fn found(result: &DayResult) -> Claims {
    let mut claims = Claims::new();
    for difference in &result.differences {
        *claims.entry((difference.measure, difference.cause)).or_default() += difference.amounts;
    }
    plain(claims)
}

/// What comes with whole receipts and cancels out is no difference; tenders that changed places are.
pub(super) fn plain(mut claims: Claims) -> Claims {
    claims.retain(|(measure, cause), amounts| {
        let beside = match measure {
            Measure::RoundOff => true,
            Measure::Tenders => *cause != DayCause::TenderDiffers,
            _ => false,
        };
        !(beside && amounts.is_zero())
    });
    claims
}
