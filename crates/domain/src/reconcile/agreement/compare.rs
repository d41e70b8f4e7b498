//! One entry beside its one document.

use std::{borrow::Cow, collections::BTreeMap};

use super::{One, effect::Effect, header, lines, of_ledger, totals};
use crate::{
    Money,
    entry::EntryKind,
    reconcile::{
        amounts::Amounts,
        causes::DayCause,
        difference::{Difference, Measure},
        sheet::Sheet,
        witness::{BookEntry, LedgerDocument, LedgerLine, Posting, ReadBack},
    },
    sku::fold,
};

impl<'a> One<'a, '_> {
    /// Adds what differs, so that it sums to the document less the till's amounts.
    pub(super) fn compare(
        &self,
        expected: Amounts,
        document: &'a LedgerDocument,
        sheet: &mut Sheet<'a>,
    ) {
        let entry = self.entry;
        let back = entry.kind == EntryKind::Return;
        let credit = self.case.policy.order_types.is_credit(document.document.order_type);
        let found = totals(document);
        let (right, has) = (found.turned(back), found.turned(credit));
        if credit != back {
            let text = format!("type {} on a {}", document.document.order_type, entry.kind);
            let place = self.place_of(document);
            let difference = of_ledger(DayCause::WrongType, place, has - right);
            sheet.differences.push(difference.saying(text));
        }
        self.compare_account(document, sheet);
        self.compare_payments(document, back, sheet);
        let currency = &self.case.day.store.currency;
        if !entry.currency.trim().eq_ignore_ascii_case(currency.trim()) {
            let text = format!("{} on an account in {currency}", entry.currency);
            let place = self.place_of(document);
            let difference = of_ledger(DayCause::Currency, place, right - expected);
            sheet.differences.push(difference.saying(text));
            return;
        }
        let till = expected.turned(back);
        let mut effects = self.effects(till, found, document);
        let explained: Amounts = effects.iter().map(|effect| effect.amounts).sum();
        let left = found - till - explained;
        if !left.is_zero() {
            let text = format!("{} that no rule explains", left.gross);
            effects.push(Effect::new(DayCause::Unexplained, left, text));
        }
        for effect in effects {
            sheet.differences.push(self.difference_of(effect, back, document));
        }
    }

    fn effects(&self, till: Amounts, found: Amounts, document: &LedgerDocument) -> Vec<Effect> {
        let (entry, policy) = (self.entry, self.case.policy);
        // An export without the document's lines says nothing about them.
        let lines = document.lines.as_deref().filter(|l| !l.is_empty() || found.is_zero());
        let lines = lines.map(in_order);
        match (&entry.posting, lines.as_deref()) {
            (Some(posting), Some(lines)) => {
                if found == till && self.is_same(posting, lines) {
                    return Vec::new();
                }
                lines::effects(entry, posting, document, lines, policy)
            }
            _ if found == till => Vec::new(),
            _ => header::effects(entry, found - till, found, policy),
        }
    }

    /// Nearly every document: the lines are those that were sent.
    fn is_same(&self, posting: &Posting, lines: &[LedgerLine]) -> bool {
        let code = |id: i64| self.case.policy.tax_codes.get(&id).map(|code| code.code.as_str());
        let same = |a: &str, b: &str| a == b || fold(a) == fold(b);
        posting.lines.len() == lines.len()
            && posting.lines.iter().zip(lines).all(|(sent, line)| {
                let location = match (sent.stock_location_id, line.stock_location_id) {
                    (Some(sent), Some(found)) => sent == found,
                    _ => true,
                };
                let tax_code = match (code(sent.tax_rate_id), line.tax_code.as_deref()) {
                    (Some(expected), Some(found)) => same(expected, found),
                    _ => true,
                };
                let money = sent.quantity == line.quantity && sent.gross == line.gross;
                let adds_up = line.net + line.tax == line.gross;
                money && adds_up && location && tax_code && same(&sent.sku, &line.sku)
            })
    }

    fn compare_account(&self, document: &'a LedgerDocument, sheet: &mut Sheet<'a>) {
        let sent = self.entry.posting.as_ref().map(|posting| posting.account.as_str());
        let (Some(sent), Some(found)) = (sent, document.account.as_deref()) else { return };
        if fold(sent) != fold(found) {
            let text = format!("sent to {sent}, stands on {found}");
            let place = self.place_of(document);
            let difference = of_ledger(DayCause::WrongAccount, place, Amounts::ZERO);
            sheet.differences.push(difference.saying(text));
        }
    }

    /// Payment by payment method, where OrderWise tells its payments.
    fn compare_payments(&self, document: &'a LedgerDocument, back: bool, sheet: &mut Sheet<'a>) {
        let (Some(posting), Some(found)) = (&self.entry.posting, &document.payments) else {
            return;
        };
        let mut methods: BTreeMap<i64, [Money; 2]> = BTreeMap::new();
        for (method, amount) in &posting.payments {
            methods.entry(*method).or_default()[0] += *amount;
        }
        for payment in found {
            methods.entry(payment.method_id).or_default()[1] += payment.amount;
        }
        for (method, [sent, found]) in methods {
            let signed = |amount| Amounts::untaxed(amount).turned(back);
            sheet.book(Measure::LedgerPayments, self.keys(), signed(sent), 0);
            sheet.other(Measure::LedgerPayments, self.keys(), signed(found), 0);
            if sent != found {
                let mut place = self.place_of(document);
                place.tender = Some(format!("method {method}"));
                let (measure, cause) = (Measure::LedgerPayments, DayCause::TenderDiffers);
                let difference = Difference::new(measure, cause, place, signed(found - sent));
                sheet.differences.push(difference.saying(format!("{sent} sent, {found} there")));
            }
        }
    }

    fn difference_of(&self, effect: Effect, back: bool, document: &LedgerDocument) -> Difference {
        let mut place = self.place_of(document);
        place.row = effect.row;
        place.line = effect.line;
        place.tax = effect.tax;
        let amounts = effect.amounts.turned(back);
        let edited = was_edited(self.entry, document) && may_be_an_edit(effect.cause);
        let mut difference = Difference::new(Measure::Ledger, effect.cause, place, amounts);
        difference.detail = effect.detail;
        if edited {
            difference.aspect = Some(effect.cause);
            difference.cause = DayCause::EditedInOrderwise;
        }
        difference
    }
}

/// Lines by their number, whatever the order in which they were read.
fn in_order(lines: &[LedgerLine]) -> Cow<'_, [LedgerLine]> {
    if lines.is_sorted_by_key(|line| line.number) {
        return Cow::Borrowed(lines);
    }
    let mut sorted = lines.to_vec();
    sorted.sort_by(|a, b| (a.number, &a.sku, a.gross).cmp(&(b.number, &b.sku, b.gross)));
    Cow::Owned(sorted)
}

/// OrderWise said something else when it was read back, and that was right in the gross.
fn was_edited(entry: &BookEntry, document: &LedgerDocument) -> bool {
    let found = &document.document;
    entry.read_back.is_some_and(|read: ReadBack| {
        let changed = (read.net, read.tax, read.gross) != (found.net, found.tax, found.gross);
        changed && read.gross == entry.figures.gross.abs()
    })
}

/// What a person can change in OrderWise; rounding is nobody's doing.
const fn may_be_an_edit(cause: DayCause) -> bool {
    !matches!(
        cause,
        DayCause::TaxRounding | DayCause::CreditedDifferently | DayCause::PostedDifferently
    )
}
