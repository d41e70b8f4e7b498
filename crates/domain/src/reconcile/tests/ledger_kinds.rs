//! Damage to what OrderWise holds.

use super::{
    damage::{Kind, Scene, is_back, totals},
    shop::read_back,
    tills::vat,
};
use crate::{
    Money, Quantity,
    causes::Cause,
    classify::SetAside,
    draft::LineOrigin,
    entry::EntryState,
    fixtures::pence,
    reconcile::{
        amounts::Amounts,
        causes::DayCause,
        difference::Measure,
        witness::{BookEntry, LedgerLine, LedgerPayment, LocalTime, SentLine},
    },
    split::line_amount,
};

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "ready", apply: |s| not_posted(s, EntryState::Ready, DayCause::NotPostedReady) },
    Kind {
        name: "posting",
        apply: |s| not_posted(s, EntryState::Posting, DayCause::NotPostedReady),
    },
    Kind {
        name: "waiting",
        apply: |s| not_posted(s, EntryState::Waiting, DayCause::NotPostedWaiting),
    },
    Kind { name: "held", apply: |s| not_posted(s, EntryState::Held, DayCause::NotPostedHeld) },
    Kind { name: "in doubt", apply: |s| not_posted(s, EntryState::InDoubt, DayCause::InDoubt) },
    Kind {
        name: "dismissed",
        apply: |s| not_posted(s, EntryState::Dismissed, DayCause::Dismissed),
    },
    Kind {
        name: "deleted",
        apply: |s| not_posted(s, EntryState::Confirmed, DayCause::GoneFromOrderwise),
    },
    Kind { name: "cancelled", apply: cancelled },
    Kind { name: "double that was cancelled", apply: double_cancelled },
    Kind {
        name: "set aside",
        apply: |s| set_aside(s, SetAside::Parked, DayCause::SetAsideWrongly),
    },
    Kind { name: "open", apply: |s| set_aside(s, SetAside::Open, DayCause::NotPostedOpen) },
    Kind { name: "currency, held", apply: currency_held },
    Kind { name: "currency, posted", apply: currency_posted },
    Kind { name: "posted twice", apply: |s| another(s, false, DayCause::PostedTwice) },
    Kind { name: "credited by hand", apply: |s| another(s, true, DayCause::CreditedInOrderwise) },
    Kind { name: "double that was credited", apply: double_credited },
    Kind { name: "made by hand", apply: |s| by_hand(s, "PHONE 12") },
    Kind { name: "unknown order's reference", apply: |s| by_hand(s, "S1-999999") },
    Kind { name: "sale as credit", apply: |s| wrong_type(s, false) },
    Kind { name: "return as order", apply: |s| wrong_type(s, true) },
    Kind { name: "wrong account", apply: wrong_account },
    Kind { name: "tomorrow's date", apply: tomorrow },
    Kind { name: "document of yesterday's entry", apply: yesterday },
    Kind { name: "net + tax ≠ gross", apply: uneven },
    Kind { name: "line missing", apply: line_missing },
    Kind { name: "line added", apply: line_added },
    Kind { name: "wrong item", apply: wrong_item },
    Kind { name: "wrong location", apply: wrong_location },
    Kind { name: "quantity less", apply: |s| quantity(s, -1) },
    Kind { name: "quantity more", apply: |s| quantity(s, 2) },
    Kind { name: "price up", apply: |s| price(s, 137) },
    Kind { name: "price down", apply: |s| price(s, -61) },
    Kind { name: "price a penny up", apply: |s| price(s, 1) },
    Kind { name: "row on one line instead of two, a penny up", apply: on_one_line },
    Kind { name: "row on two lines instead of one", apply: on_two_lines },
    Kind { name: "till's discount lost", apply: discount_lost },
    Kind { name: "discount line", apply: discount_line },
    Kind { name: "discount on the document", apply: discount_on_document },
    Kind { name: "T1 became T0", apply: |s| tax_code(s, "T1", "T0", 0) },
    Kind { name: "T0 became T1", apply: |s| tax_code(s, "T0", "T1", 20) },
    Kind { name: "T5 became T1", apply: |s| tax_code(s, "T5", "T1", 20) },
    Kind { name: "tax a penny up", apply: |s| line_tax(s, 1, DayCause::TaxRounding) },
    Kind { name: "tax a penny down", apply: |s| line_tax(s, -1, DayCause::TaxRounding) },
    Kind { name: "tax typed over", apply: |s| line_tax(s, -57, DayCause::TaxAmount) },
    Kind { name: "tax of the document a penny up", apply: document_tax },
    Kind {
        name: "round-off missing",
        apply: |s| special(s, LineOrigin::RoundOff, DayCause::RoundOff),
    },
    Kind { name: "round-off differs", apply: round_off_differs },
    Kind { name: "round-off added", apply: round_off_added },
    Kind {
        name: "fee missing",
        apply: |s| special(s, LineOrigin::CheckoutFee, DayCause::CheckoutFee),
    },
    Kind { name: "delivery missing", apply: delivery_missing },
    Kind { name: "delivery added", apply: delivery_added },
    Kind { name: "price edited later", apply: edited_price },
    Kind { name: "line removed later", apply: edited_line },
    Kind { name: "edited in Sitoo", apply: edited_in_sitoo },
    Kind { name: "sent otherwise", apply: sent_otherwise },
    Kind { name: "payment method", apply: payment_method },
    Kind { name: "totals without lines", apply: without_lines },
    Kind { name: "round-off missing, without lines", apply: round_off_without_lines },
    Kind { name: "price and quantity of one line", apply: price_and_quantity },
    Kind { name: "line swapped for a dearer one", apply: swapped },
];

fn any_doc(s: &mut Scene<'_>) -> Option<usize> {
    s.any(|entry| !entry.figures.gross.is_zero())
}

fn not_posted(s: &mut Scene<'_>, state: EntryState, cause: DayCause) -> Option<()> {
    let at = any_doc(s)?;
    s.remove_document(at);
    s.entry_mut(at).state = state;
    let amounts = -totals(s.entry(at));
    s.ledger(cause, amounts)
}

fn cancelled(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    s.document(at).document.status = "Cancelled".to_owned();
    let amounts = -totals(s.entry(at));
    s.ledger(DayCause::CancelledInOrderwise, amounts)
}

/// What `posted-twice` advises.
fn double_cancelled(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    let mut copy = s.document(at).clone();
    copy.document.order_id += 500_000;
    copy.document.status = "Cancelled".to_owned();
    s.shop.day.documents.push(copy);
    Some(())
}

fn set_aside(s: &mut Scene<'_>, reason: SetAside, cause: DayCause) -> Option<()> {
    let at = any_doc(s)?;
    s.remove_document(at);
    s.entry_mut(at).state = EntryState::SetAside;
    s.entry_mut(at).set_aside = Some(reason);
    let amounts = -totals(s.entry(at));
    s.ledger(cause, amounts)
}

fn currency_held(s: &mut Scene<'_>) -> Option<()> {
    not_posted(s, EntryState::Held, DayCause::Currency)?;
    let held = s.shop.day.entries.iter_mut().rev();
    let entry = held.into_iter().find(|entry| entry.state == EntryState::Held).unwrap();
    entry.currency = "EUR".to_owned();
    entry.held_for = vec![Cause::CurrencyNotOurs];
    Some(())
}

fn currency_posted(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    s.entry_mut(at).currency = "EUR".to_owned();
    let amounts = s.add_to_header(at, Amounts::of_gross(pence(-120), pence(-20)));
    s.ledger(DayCause::Currency, amounts)
}

fn another(s: &mut Scene<'_>, other_type: bool, cause: DayCause) -> Option<()> {
    let at = any_doc(s)?;
    let mut copy = s.document(at).clone();
    copy.document.order_id += 500_000;
    if other_type {
        copy.document.order_type = if copy.document.order_type == 1 { 4 } else { 1 };
    }
    s.shop.day.documents.push(copy);
    let amounts = totals(s.entry(at)).turned(other_type);
    s.ledger(cause, amounts)
}

fn double_credited(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    for (more, turn) in [(500_000, false), (600_000, true)] {
        let mut copy = s.document(at).clone();
        copy.document.order_id += more;
        if turn {
            copy.document.order_type = if copy.document.order_type == 1 { 4 } else { 1 };
        }
        s.shop.day.documents.push(copy);
    }
    Some(())
}

fn by_hand(s: &mut Scene<'_>, reference: &str) -> Option<()> {
    let at = any_doc(s)?;
    let mut copy = s.document(at).clone();
    copy.document.order_id += 700_000;
    copy.document.reference = reference.to_owned();
    copy.document.order_type = 1;
    let found = &copy.document;
    let amounts = Amounts::new(found.net, found.tax, found.gross);
    s.shop.day.documents.push(copy);
    s.ledger(DayCause::InOrderwiseOnly, amounts)
}

fn wrong_type(s: &mut Scene<'_>, back: bool) -> Option<()> {
    let at = s.any(|entry| is_back(entry) == back && !entry.figures.gross.is_zero())?;
    s.document(at).document.order_type = if back { 1 } else { 4 };
    let amounts = totals(s.entry(at));
    s.ledger(DayCause::WrongType, -(amounts + amounts))
}

fn wrong_account(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    s.document(at).account = Some("YORK".to_owned());
    s.ledger(DayCause::WrongAccount, Amounts::ZERO)
}

fn moved(date: LocalTime, days: i64) -> LocalTime {
    let span = jiff::SignedDuration::from_hours(24 * days);
    LocalTime(date.0.checked_add(span).unwrap())
}

fn tomorrow(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    let document = s.document(at);
    document.order_date = moved(document.order_date, 1);
    let amounts = -totals(s.entry(at));
    s.ledger(DayCause::DayBoundary, amounts)
}

/// An entry of the day before, outside of every Z-report here, that OrderWise has today.
fn yesterday(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    let mut entry = s.entry(at).clone();
    let mut document = s.document(at).clone();
    entry.reference.order_id += 200_000;
    entry.receipt_id = None;
    entry.ledger_order_id = None;
    entry.order_date = entry.order_date.minus(std::time::Duration::from_hours(40));
    document.document.order_id += 800_000;
    document.document.reference = entry.reference.to_string();
    let amounts = totals(&entry);
    s.shop.day.entries.push(entry);
    s.shop.day.documents.push(document);
    s.ledger(DayCause::DayBoundary, amounts)
}

/// A random line of a row: its place.
fn row_line(
    s: &mut Scene<'_>,
    fits: impl Fn(&SentLine, &BookEntry) -> bool,
) -> Option<(usize, usize)> {
    let of_row = |line: &SentLine| matches!(line.origin, LineOrigin::Row(_));
    let of_entry = |entry: &BookEntry| -> Vec<usize> {
        let lines = &entry.posting.as_ref().unwrap().lines;
        let fit = lines.iter().enumerate().filter(|(_, line)| of_row(line) && fits(line, entry));
        fit.map(|(i, _)| i).collect()
    };
    let at = s.any(|entry| !of_entry(entry).is_empty())?;
    let lines = of_entry(s.entry(at));
    let line = *s.dice.pick(&lines);
    Some((at, line))
}

fn sent(s: &Scene<'_>, at: usize, line: usize) -> SentLine {
    s.entry(at).posting.as_ref().unwrap().lines[line].clone()
}

fn percent(s: &Scene<'_>, line: &SentLine) -> i64 {
    s.shop.policy.tax_codes[&line.tax_rate_id].rate.thousandths() / 1_000
}

fn uneven(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, |_, _| true)?;
    let beyond = Amounts::new(pence(1), Money::ZERO, Money::ZERO);
    s.lines(at)[line].net += pence(1);
    let amounts = s.add_to_header(at, beyond);
    s.ledger(DayCause::DocumentDoesNotAddUp, amounts)
}

/// Takes a line out, header and all; what that changes, with the till's signs.
fn take_out(s: &mut Scene<'_>, at: usize, line: usize) -> Amounts {
    let gone = s.lines(at).remove(line);
    for (number, line) in (1..).zip(s.lines(at).iter_mut()) {
        line.number = number;
    }
    s.add_to_header(at, -Amounts::new(gone.net, gone.tax, gone.gross))
}

fn line_missing(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, |_, entry| entry.posting.as_ref().unwrap().lines.len() > 1)?;
    let amounts = take_out(s, at, line);
    s.ledger(DayCause::LineMissing, amounts)
}

fn put_in(s: &mut Scene<'_>, at: usize, sku: &str, gross: i64, tax: i64, code: &str) -> Amounts {
    let number = i64::try_from(s.lines(at).len()).unwrap() + 1;
    let line = LedgerLine {
        number,
        sku: sku.to_owned(),
        quantity: Quantity::from_units(1),
        net: pence(gross - tax),
        tax: pence(tax),
        gross: pence(gross),
        tax_code: Some(code.to_owned()),
        stock_location_id: Some(4),
    };
    s.lines(at).push(line);
    s.add_to_header(at, Amounts::of_gross(pence(gross), pence(tax)))
}

fn line_added(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    let amounts = put_in(s, at, "BAG", 200, 33, "T1");
    s.ledger(DayCause::LineAdded, amounts)
}

fn wrong_item(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, |_, _| true)?;
    s.lines(at)[line].sku = "HAT".to_owned();
    s.ledger(DayCause::WrongItem, Amounts::ZERO)
}

fn wrong_location(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, |line, _| line.stock_location_id.is_some())?;
    s.lines(at)[line].stock_location_id = Some(40);
    s.ledger(DayCause::WrongLocation, Amounts::ZERO)
}

/// Gives a line another gross amount, taxed as the ledger does; what that changes.
fn reprice(s: &mut Scene<'_>, at: usize, line: usize, gross: Money) -> Amounts {
    let sent = sent(s, at, line);
    let percent = percent(s, &sent);
    let found = &mut s.lines(at)[line];
    let tax = vat(gross.pence(), percent) - vat(found.gross.pence(), percent);
    let change = Amounts::of_gross(gross - found.gross, pence(tax));
    found.net += change.net;
    found.tax += change.tax;
    found.gross += change.gross;
    s.add_to_header(at, change)
}

/// No other line of the entry could be taken for it.
fn stands_alone(line: &SentLine, entry: &BookEntry) -> bool {
    let lines = &entry.posting.as_ref().unwrap().lines;
    lines.iter().filter(|other| other.sku == line.sku).count() == 1
}

fn quantity(s: &mut Scene<'_>, more: i64) -> Option<()> {
    let enough = |line: &SentLine| line.quantity.thousandths() + more * 1_000 > 0;
    let (at, line) = row_line(s, |line, entry| enough(line) && stands_alone(line, entry))?;
    let sent = sent(s, at, line);
    let quantity = sent.quantity + Quantity::from_units(more);
    s.lines(at)[line].quantity = quantity;
    let amounts = reprice(s, at, line, line_amount(quantity, sent.unit_gross).unwrap());
    s.ledger(DayCause::Quantity, amounts)
}

fn price(s: &mut Scene<'_>, more: i64) -> Option<()> {
    let enough = |line: &SentLine| line.gross.pence() + more > 0;
    let (at, line) = row_line(s, |line, entry| enough(line) && stands_alone(line, entry))?;
    let gross = sent(s, at, line).gross + pence(more);
    let amounts = reprice(s, at, line, gross);
    s.ledger(DayCause::Price, amounts)
}

/// Another integration does not divide what cannot be divided evenly.
fn on_one_line(s: &mut Scene<'_>) -> Option<()> {
    let is_split = |line: &SentLine, entry: &BookEntry| {
        let lines = &entry.posting.as_ref().unwrap().lines;
        let mut of_sku = lines.iter().filter(|other| other.sku == line.sku);
        lines.len() == 2
            && of_sku.all(|other| other.origin == line.origin)
            && lines[0].sku == lines[1].sku
    };
    let (at, _) = row_line(s, is_split)?;
    let rest = s.lines(at).pop()?;
    let line = &mut s.lines(at)[0];
    line.quantity += rest.quantity;
    line.net += rest.net;
    line.tax += rest.tax;
    line.gross += rest.gross;
    let gross = line.gross + pence(1);
    let amounts = reprice(s, at, 0, gross);
    s.ledger(DayCause::Price, amounts)
}

fn on_two_lines(s: &mut Scene<'_>) -> Option<()> {
    let one = Quantity::from_units(1);
    let (at, line) = row_line(s, |line, entry| line.quantity > one && stands_alone(line, entry))?;
    let lines = s.lines(at);
    let mut rest = lines[line].clone();
    let first = &mut lines[line];
    rest.quantity = first.quantity - one;
    first.quantity = one;
    for (part, whole) in [(&mut first.net, &mut rest.net), (&mut first.tax, &mut rest.tax)] {
        *part = pence(whole.pence() / 3);
        *whole -= *part;
    }
    first.gross = first.net + first.tax;
    rest.gross = rest.net + rest.tax;
    rest.number += 100;
    lines.push(rest);
    Some(())
}

fn price_and_quantity(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, stands_alone)?;
    let sent = sent(s, at, line);
    let quantity = sent.quantity + Quantity::from_units(1);
    s.lines(at)[line].quantity = quantity;
    let first = reprice(s, at, line, line_amount(quantity, sent.unit_gross).unwrap());
    let gross = s.lines(at)[line].gross + pence(75);
    let second = reprice(s, at, line, gross);
    s.ledger(DayCause::Quantity, first)?;
    s.ledger(DayCause::Price, second)
}

fn swapped(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, stands_alone)?;
    let gone = take_out(s, at, line);
    let new = put_in(s, at, "DEAR", 99_999, 16_667, "T1");
    s.ledger(DayCause::LineMissing, gone)?;
    s.ledger(DayCause::LineAdded, new)
}

fn discount_lost(s: &mut Scene<'_>) -> Option<()> {
    let row_of = |line: &SentLine| match line.origin {
        LineOrigin::Row(row) => row,
        _ => -1,
    };
    let reduced = |line: &SentLine, entry: &BookEntry| {
        let below = |row: i64| entry.rows.iter().find(|r| r.index == row + 1);
        let lines = &entry.posting.as_ref().unwrap().lines;
        let alone = lines.iter().filter(|other| row_of(other) == row_of(line)).count() == 1;
        below(row_of(line)).is_some_and(|row| row.discount) && alone && stands_alone(line, entry)
    };
    let (at, line) = row_line(s, reduced)?;
    let row = row_of(&sent(s, at, line));
    let full = s.entry(at).rows.iter().find(|r| r.index == row).map(|r| (r.net + r.vat).abs());
    let amounts = reprice(s, at, line, full?);
    s.ledger(DayCause::Discount, amounts)
}

fn discount_line(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    let amounts = put_in(s, at, "DISCOUNT", -300, -50, "T1");
    s.ledger(DayCause::Discount, amounts)
}

fn discount_on_document(s: &mut Scene<'_>) -> Option<()> {
    let at = s.any(|entry| entry.delivery.is_zero() && !entry.figures.gross.is_zero())?;
    let amounts = s.add_to_header(at, Amounts::of_gross(pence(-500), pence(-83)));
    s.ledger(DayCause::Discount, amounts)
}

fn tax_code(s: &mut Scene<'_>, from: &str, to: &str, percent: i64) -> Option<()> {
    let codes = s.shop.policy.tax_codes.clone();
    let (at, line) = row_line(s, |line, entry| {
        // A gift card's zero is a code of its own.
        codes[&line.tax_rate_id].code == from && stands_alone(line, entry)
    })?;
    let found = &mut s.lines(at)[line];
    found.tax_code = Some(to.to_owned());
    let change = Amounts::shift(pence(vat(found.gross.pence(), percent)) - found.tax);
    found.net += change.net;
    found.tax += change.tax;
    let amounts = s.add_to_header(at, change);
    s.ledger(DayCause::WrongTaxCode, amounts)
}

fn line_tax(s: &mut Scene<'_>, more: i64, cause: DayCause) -> Option<()> {
    let (at, line) = row_line(s, |line, _| line.gross.pence() > 400)?;
    let change = Amounts::shift(pence(more));
    let found = &mut s.lines(at)[line];
    found.net += change.net;
    found.tax += change.tax;
    let amounts = s.add_to_header(at, change);
    s.ledger(cause, amounts)
}

fn document_tax(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    let amounts = s.add_to_header(at, Amounts::shift(pence(1)));
    s.ledger(DayCause::TaxRounding, amounts)
}

fn with_line(s: &mut Scene<'_>, origin: LineOrigin) -> Option<(usize, usize)> {
    let place = |entry: &BookEntry| {
        entry.posting.as_ref().unwrap().lines.iter().position(|line| line.origin == origin)
    };
    let at = s.any(|entry| place(entry).is_some())?;
    Some((at, place(s.entry(at))?))
}

fn special(s: &mut Scene<'_>, origin: LineOrigin, cause: DayCause) -> Option<()> {
    let (at, line) = with_line(s, origin)?;
    let amounts = take_out(s, at, line);
    s.ledger(cause, amounts)
}

fn round_off_differs(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = with_line(s, LineOrigin::RoundOff)?;
    let gross = s.lines(at)[line].gross + pence(5);
    let amounts = reprice(s, at, line, gross);
    s.ledger(DayCause::RoundOff, amounts)
}

fn round_off_added(s: &mut Scene<'_>) -> Option<()> {
    let at = s.any(|entry| entry.figures.round_off.is_zero())?;
    let amounts = put_in(s, at, "round", 2, 0, "T0");
    s.ledger(DayCause::RoundOff, amounts)
}

fn delivery_missing(s: &mut Scene<'_>) -> Option<()> {
    let at = s.any(|entry| !entry.delivery.is_zero())?;
    let entry = s.entry(at);
    let all = (entry.delivery + entry.checkout_fee).pence();
    let tax = vat(all, 20) - vat(entry.checkout_fee.pence(), 20);
    let charge = Amounts::of_gross(entry.delivery, pence(tax));
    let amounts = s.add_to_header(at, -charge);
    s.ledger(DayCause::DeliveryCharge, amounts)
}

fn delivery_added(s: &mut Scene<'_>) -> Option<()> {
    let at = s.any(|entry| entry.delivery.is_zero())?;
    let amounts = s.add_to_header(at, Amounts::of_gross(pence(495), pence(83)));
    s.ledger(DayCause::DeliveryCharge, amounts)
}

/// Remembers what the document says now as what was read back.
fn remember(s: &mut Scene<'_>, at: usize) {
    let at_the_till = s.entry(at).order_date;
    let read = read_back(s.document(at), at_the_till);
    s.entry_mut(at).read_back = Some(read);
}

fn edited_price(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, stands_alone)?;
    remember(s, at);
    let gross = sent(s, at, line).gross + pence(500);
    let amounts = reprice(s, at, line, gross);
    s.ledger(DayCause::EditedInOrderwise, amounts)
}

fn edited_line(s: &mut Scene<'_>) -> Option<()> {
    let (at, line) = row_line(s, |_, entry| entry.posting.as_ref().unwrap().lines.len() > 1)?;
    remember(s, at);
    let amounts = take_out(s, at, line);
    s.ledger(DayCause::EditedInOrderwise, amounts)
}

fn edited_in_sitoo(s: &mut Scene<'_>) -> Option<()> {
    let at = any_doc(s)?;
    let entry = s.entry_mut(at);
    let mut today = entry.figures;
    today.net -= pence(833);
    today.vat -= pence(167);
    today.gross -= pence(1_000);
    entry.figures_today = Some(today);
    s.ledger(DayCause::EditedInSitoo, Amounts::of_gross(pence(1_000), pence(167)))
}

fn sent_otherwise(s: &mut Scene<'_>) -> Option<()> {
    let single =
        |line: &SentLine| line.quantity == Quantity::from_units(1) && line.gross.pence() > 300;
    let (at, line) = row_line(s, |line, entry| {
        let lines = &entry.posting.as_ref().unwrap().lines;
        let alone = lines.iter().filter(|other| other.origin == line.origin).count() == 1;
        single(line) && alone && stands_alone(line, entry)
    })?;
    let gross = sent(s, at, line).gross - pence(100);
    let amounts = reprice(s, at, line, gross);
    let posting = s.entry_mut(at).posting.as_mut().unwrap();
    posting.lines[line].gross = gross;
    posting.lines[line].unit_gross = gross;
    s.ledger(DayCause::PostedDifferently, amounts)
}

fn payment_method(s: &mut Scene<'_>) -> Option<()> {
    let paid = |entry: &BookEntry| !entry.posting.as_ref().unwrap().payments.is_empty();
    let at = s.any(paid)?;
    let payments = s.entry(at).posting.as_ref().unwrap().payments.clone();
    let mut found: Vec<LedgerPayment> = payments
        .iter()
        .map(|(method_id, amount)| LedgerPayment { method_id: *method_id, amount: *amount })
        .collect();
    found[0].method_id = 13;
    s.document(at).payments = Some(found);
    s.claim(Measure::LedgerPayments, DayCause::TenderDiffers, Amounts::ZERO);
    Some(())
}

fn without_lines(s: &mut Scene<'_>) -> Option<()> {
    let plain = |entry: &BookEntry| {
        entry.figures.round_off.is_zero()
            && entry.delivery.is_zero()
            && entry.checkout_fee.is_zero()
    };
    let at = s.any(plain)?;
    s.document(at).lines = None;
    let amounts = s.add_to_header(at, Amounts::untaxed(pence(317)));
    s.ledger(DayCause::Unexplained, amounts)
}

fn round_off_without_lines(s: &mut Scene<'_>) -> Option<()> {
    let at = s.any(|entry| !entry.figures.round_off.is_zero())?;
    s.document(at).lines = None;
    let round_off = s.entry(at).figures.round_off.turned_if(is_back(s.entry(at)));
    let amounts = s.add_to_header(at, -Amounts::untaxed(round_off));
    s.ledger(DayCause::RoundOff, amounts)
}

trait TurnedIf {
    fn turned_if(self, turn: bool) -> Self;
}

impl TurnedIf for Money {
    fn turned_if(self, turn: bool) -> Self {
        if turn { -self } else { self }
    }
}
