//! Does every receipt say the same in OrderWise? By reference first, then amounts.
//!
//! Entries and documents are sorted by reference and walked side by side, so that the cost is
//! linear but for the sorting of one day.

mod compare;
mod effect;
mod groups;
mod header;
mod lines;
mod pairs;
mod split;
pub(super) mod tax;

use std::cmp::Ordering;

use super::{
    amounts::Amounts,
    case::Case,
    causes::DayCause,
    difference::{Difference, Measure, Place},
    policy::{PeriodDate, Strangers},
    sheet::{Keys, Sheet},
    vat,
    witness::{BookEntry, LedgerDocument},
};
use crate::{
    Reference,
    classify::SetAside,
    entry::{EntryKind, EntryState},
};

/// Compares all entries with all documents.
pub(super) fn agree<'a>(case: &Case<'a>, sheet: &mut Sheet<'a>) {
    let mut documents: Vec<(Option<Reference>, &LedgerDocument)> = case
        .day
        .documents
        .iter()
        .map(|document| (Reference::named_by(&document.document.reference), document))
        .collect();
    documents.sort_by_key(|(reference, found)| {
        let what = &found.document;
        (*reference, what.order_id, what.order_type, what.gross, what.net, what.tax)
    });
    documents.dedup_by_key(|(_, found)| found.document.order_id);
    let strange = documents.partition_point(|(reference, _)| reference.is_none());
    let (strangers, mut rest) = documents.split_at(strange);
    for (_, document) in strangers {
        stranger(case, sheet, document, false);
    }
    for entry in &case.entries {
        while let Some(((reference, document), tail)) = rest.split_first() {
            match reference.cmp(&Some(entry.reference)) {
                Ordering::Less => stranger(case, sheet, document, true),
                Ordering::Equal | Ordering::Greater => break,
            }
            rest = tail;
        }
        let its = rest.partition_point(|(reference, _)| *reference <= Some(entry.reference));
        let (its, tail) = rest.split_at(its);
        rest = tail;
        One { case, entry, today: case.is_today(entry) }.look(its, sheet);
    }
    for (_, document) in rest {
        stranger(case, sheet, document, true);
    }
}

/// A document that belongs to no entry.
fn stranger<'a>(case: &Case<'a>, sheet: &mut Sheet<'a>, document: &'a LedgerDocument, ours: bool) {
    let unknown = case.policy.strangers == Strangers::OnlyOurReferences && !ours;
    let counts = !case.policy.is_cancelled(&document.document);
    if unknown || !counts || case.clock.day_of_local(document.order_date) != case.day.day {
        return;
    }
    let amounts = signed(case, document);
    sheet.other(Measure::Ledger, (None, None, is_credit(case, document)), amounts, 1);
    vat::add_document(case, document, sheet);
    let text = if ours {
        "it carries the reference of an order of Sitoo that the book does not have"
    } else {
        "it carries no reference of a receipt"
    };
    let what = &document.document;
    let text = format!("{} ({}): {text}", what.order_number, what.reference);
    let place = Place {
        order_id: Some(what.order_id),
        reference: Reference::named_by(&what.reference),
        ..Place::default()
    };
    let difference = Difference::new(Measure::Ledger, DayCause::InOrderwiseOnly, place, amounts);
    sheet.differences.push(difference.saying(text).counting(1));
}

/// A document's totals with the till's signs.
fn signed(case: &Case<'_>, document: &LedgerDocument) -> Amounts {
    totals(document).turned(is_credit(case, document))
}

fn is_credit(case: &Case<'_>, document: &LedgerDocument) -> bool {
    case.policy.order_types.is_credit(document.document.order_type)
}

fn totals(document: &LedgerDocument) -> Amounts {
    let document = &document.document;
    Amounts::new(document.net, document.tax, document.gross)
}

/// One entry with what belongs to it.
#[derive(Clone, Copy)]
struct One<'a, 'c> {
    case: &'c Case<'a>,
    entry: &'a BookEntry,
    today: bool,
}

impl<'a> One<'a, '_> {
    fn place(&self) -> Place {
        Place {
            register: self.entry.register_id.clone(),
            tender: Some(self.entry.main_tender().to_owned()),
            reference: Some(self.entry.reference),
            receipt: self.entry.receipt_id.clone(),
            ..Place::default()
        }
    }

    fn place_of(&self, document: &LedgerDocument) -> Place {
        Place { order_id: Some(document.document.order_id), ..self.place() }
    }

    fn keys(&self) -> Keys<'a> {
        let returned = self.entry.kind == EntryKind::Return;
        (self.entry.register_id.as_deref(), Some(self.entry.main_tender()), returned)
    }

    /// A document counts with its own kind: a credit beside a sale is a return.
    fn keys_of(&self, document: &LedgerDocument) -> Keys<'a> {
        let (register, tender, _) = self.keys();
        (register, tender, is_credit(self.case, document))
    }

    /// Documents are counted on the day that drives the period.
    fn is_counted_today(&self, document: &LedgerDocument) -> bool {
        match self.case.policy.period_date {
            PeriodDate::Till => {
                self.case.clock.day_of_local(document.order_date) == self.case.day.day
            }
            PeriodDate::Posting | PeriodDate::ZReport => self.today,
        }
    }

    fn look(&self, documents: &[(Option<Reference>, &'a LedgerDocument)], sheet: &mut Sheet<'a>) {
        if !self.entry.counts() {
            for (_, document) in documents {
                stranger(self.case, sheet, document, true);
            }
            return;
        }
        let entry = self.entry;
        let is_cancelled = |found: &LedgerDocument| self.case.policy.is_cancelled(&found.document);
        let all = documents.iter().map(|(_, document)| *document);
        // An order that both sides have cancelled was no sale after all.
        if entry.void_today && !documents.is_empty() && all.clone().all(is_cancelled) {
            return;
        }
        let expected = self.book(sheet);
        let (cancelled, documents): (Vec<_>, Vec<_>) = all.partition(|found| is_cancelled(found));
        // Of one that was never posted, the document is another's.
        let cancelled = cancelled.first().filter(|_| entry.state.is_in_ledger());
        let Some(primary) = self.primary(&documents) else {
            if self.today && (cancelled.is_some() || !self.is_just_posted(sheet)) {
                let (cause, text) =
                    cancelled.map_or_else(|| why_not_there(entry), |c| is_cancelled_there(c));
                let difference = of_ledger(cause, self.place(), -expected);
                sheet.differences.push(difference.saying(text).counting(-1));
            }
            return;
        };
        let extras = documents.iter().copied();
        let extras = extras.filter(|d| d.document.order_id != primary.document.order_id);
        self.extras(&extras.collect::<Vec<_>>(), sheet);
        let there = self.is_counted_today(primary);
        let amounts = signed(self.case, primary);
        if there {
            sheet.other(Measure::Ledger, self.keys_of(primary), amounts, 1);
            vat::add_document(self.case, primary, sheet);
        }
        if self.today {
            self.compare(expected, primary, sheet);
        }
        self.boundary(primary, there, amounts, sheet);
    }

    /// Whether OrderWise need not have shown its document yet when it was read.
    fn is_just_posted(&self, sheet: &mut Sheet<'a>) -> bool {
        let posted = self.entry.posted_at.filter(|_| self.entry.state.is_in_ledger());
        let Some(until) = posted.map(|at| at.plus(self.case.policy.settling)) else { return false };
        let soon = self.case.day.ages.ledger.is_none_or(|read| read < until);
        if soon {
            let (count, latest) = sheet.just_posted.unwrap_or((0, until));
            sheet.just_posted = Some((count + 1, latest.max(until)));
        }
        soon
    }

    /// Counts the entry in the book; what the document should say.
    fn book(&self, sheet: &mut Sheet<'a>) -> Amounts {
        let amounts = |figures: &super::witness::Figures| {
            Amounts::new(figures.net + figures.round_off, figures.vat, figures.gross)
        };
        let entry = self.entry;
        let expected = amounts(&entry.figures);
        let now = entry.figures_today.as_ref().map_or(expected, amounts);
        if self.today {
            sheet.book(Measure::Ledger, self.keys(), now, 1);
            vat::add_entry(self.case, entry, sheet);
            if now != expected {
                let text = format!("{} when recorded, {} today", expected.gross, now.gross);
                let cause = DayCause::EditedInSitoo;
                let difference = of_ledger(cause, self.place(), expected - now);
                sheet.differences.push(difference.saying(text));
            }
        }
        expected
    }

    /// The document that the posting was answered with, else the one that fits best.
    fn primary(&self, documents: &[&'a LedgerDocument]) -> Option<&'a LedgerDocument> {
        let mut all = documents.iter().copied();
        let known = self.entry.ledger_order_id;
        let back = self.entry.kind == EntryKind::Return;
        let types = self.case.policy.order_types;
        all.clone()
            .find(|document| Some(document.document.order_id) == known)
            .or_else(|| {
                all.clone().find(|document| types.is_credit(document.document.order_type) == back)
            })
            .or_else(|| all.next())
    }

    /// More documents than one: doubles, and credits that take a double back.
    fn extras(&self, extras: &[&'a LedgerDocument], sheet: &mut Sheet<'a>) {
        let back = self.entry.kind == EntryKind::Return;
        let mut doubles: Vec<(&LedgerDocument, Amounts)> = Vec::new();
        let mut credits = Vec::new();
        for document in extras.iter().copied().filter(|found| self.is_counted_today(found)) {
            let amounts = signed(self.case, document);
            sheet.other(Measure::Ledger, self.keys_of(document), amounts, 1);
            vat::add_document(self.case, document, sheet);
            let credit = self.case.policy.order_types.is_credit(document.document.order_type);
            if credit == back {
                doubles.push((document, amounts));
            } else {
                credits.push((document, amounts));
            }
        }
        credits.retain(|(credit, amounts)| {
            let double = doubles.iter().position(|(_, double)| *double == -*amounts);
            if let Some((double, _)) = double.map(|at| doubles.remove(at)) {
                let (first, second) =
                    (&double.document.order_number, &credit.document.order_number);
                sheet.settled.push(format!("{}: {first} by {second}", self.entry.reference));
            }
            double.is_none()
        });
        let doubles = doubles.into_iter().map(|found| (DayCause::PostedTwice, found));
        let credits = credits.into_iter().map(|found| (DayCause::CreditedInOrderwise, found));
        for (cause, (document, amounts)) in doubles.chain(credits) {
            let number = &document.document.order_number;
            let text = format!("{number} stands beside the receipt's own document");
            let difference = of_ledger(cause, self.place_of(document), amounts);
            sheet.differences.push(difference.saying(text).counting(1));
        }
    }

    /// Entry and document on different days.
    fn boundary(
        &self,
        document: &'a LedgerDocument,
        there: bool,
        amounts: Amounts,
        sheet: &mut Sheet<'a>,
    ) {
        let (amounts, count) = match (self.today, there) {
            (true, false) => (-amounts, -1),
            (false, true) => (amounts, 1),
            (false, false) => return,
            (true, true) => {
                let clock = &self.case.clock;
                let till = clock.day_of(self.entry.order_date);
                if till == clock.day_of_local(document.order_date) {
                    return;
                }
                (Amounts::ZERO, 0)
            }
        };
        let text = format!(
            "{} by the clock of the store, {} by that of OrderWise",
            self.case.clock.local(self.entry.order_date),
            document.order_date
        );
        let difference = of_ledger(DayCause::DayBoundary, self.place_of(document), amounts);
        sheet.differences.push(difference.saying(text).counting(count));
    }
}

fn is_cancelled_there(found: &LedgerDocument) -> (DayCause, String) {
    let what = &found.document;
    let text = format!("{} has the status '{}'", what.order_number, what.status.trim());
    (DayCause::CancelledInOrderwise, text)
}

/// Why OrderWise does not have it.
fn why_not_there(entry: &BookEntry) -> (DayCause, String) {
    let codes = || {
        let codes: Vec<&str> = entry.held_for.iter().map(|cause| cause.code()).collect();
        codes.join(", ")
    };
    let currency = entry.held_for.contains(&crate::causes::Cause::CurrencyNotOurs);
    match entry.state {
        EntryState::Held if currency => {
            (DayCause::Currency, format!("held, because it is in {}", entry.currency))
        }
        EntryState::Held => (DayCause::NotPostedHeld, format!("held for {}", codes())),
        EntryState::Ready | EntryState::Posting => {
            (DayCause::NotPostedReady, format!("it is {}", entry.state))
        }
        EntryState::Waiting => (DayCause::NotPostedWaiting, "its sale is not posted yet".into()),
        EntryState::InDoubt => (DayCause::InDoubt, "the outcome is not known".into()),
        EntryState::Dismissed => (DayCause::Dismissed, "no document has its reference".into()),
        EntryState::Posted | EntryState::Confirmed => {
            let number = entry.ledger_order_id.map_or_else(String::new, |id| format!(" {id}"));
            (DayCause::GoneFromOrderwise, format!("document{number} is not there any more"))
        }
        EntryState::SetAside => match entry.set_aside {
            Some(SetAside::Open) => (DayCause::NotPostedOpen, "it is still open".into()),
            reason => {
                let reason = reason.map_or("no reason", SetAside::word);
                (DayCause::SetAsideWrongly, format!("set aside as {reason}"))
            }
        },
    }
}

/// A difference between a document and its entry.
fn of_ledger(cause: DayCause, place: Place, amounts: Amounts) -> Difference {
    Difference::new(Measure::Ledger, cause, place, amounts)
}
