//! Do the till's amounts add up, and does the posting say the same?

use super::{Case, faults::Faults, side::pounds};
use crate::{Money, causes::Cause, draft::Draft, split::line_amount};

fn wide(amount: Money) -> i128 {
    i128::from(amount.pence())
}

/// Rows and charges, payments, and the signs of what stands beside the rows.
pub(super) fn check(case: &Case<'_>, faults: &mut Faults) {
    let order = case.order;
    let rows: i128 = order.rows.iter().map(|row| wide(row.net) + wide(row.vat)).sum();
    let (delivery, fee) = (wide(order.delivery_gross), wide(order.checkout_gross));
    let (rounding, gross) = (wide(order.round_off), wide(order.gross));
    if rows + delivery + fee + rounding != gross {
        faults.add(Cause::RowsDoNotAddUp, &order.reference.to_string(), || {
            format!(
                "Rows {} + delivery {} + fee {} + rounding {} are not the {} to pay.",
                pounds(rows),
                pounds(delivery),
                pounds(fee),
                pounds(rounding),
                pounds(gross)
            )
        });
    }
    // Only sent where tax is pinned; elsewhere it is what the ledger's own tax is compared with.
    let (net, vat) = (wide(order.net), wide(order.vat));
    if case.pins_tax() && net + vat + rounding != gross {
        faults.add(Cause::RowsDoNotAddUp, &order.reference.to_string(), || {
            format!(
                "Net {} + VAT {} + rounding {} are not the {} to pay.",
                pounds(net),
                pounds(vat),
                pounds(rounding),
                pounds(gross)
            )
        });
    }
    let paid: i128 = order.payments.iter().map(|payment| wide(payment.amount)).sum();
    if paid != gross {
        faults.add(Cause::PaymentsDoNotAddUp, &order.reference.to_string(), || {
            format!("Payments of {} are not the {} to pay.", pounds(paid), pounds(gross))
        });
    }
    check_signs(case, faults);
}

fn check_signs(case: &Case<'_>, faults: &mut Faults) {
    let order = case.order;
    for (subject, amount) in [
        ("delivery", order.delivery_gross),
        ("checkout-fee", order.checkout_gross),
        ("total", order.gross),
    ] {
        if case.side.amount(amount) < 0 {
            faults.add(Cause::RowAmountSign, subject, || {
                format!("The {subject} of {amount} runs against the goods.")
            });
        }
    }
}

/// An amount that no ledger can hold; nothing real, but nothing that may panic either.
pub(super) fn too_large(case: &Case<'_>, faults: &mut Faults) {
    faults.add(Cause::RowsDoNotAddUp, &case.order.reference.to_string(), || {
        "An amount is too large.".to_owned()
    });
}

/// The last look before anything is sent: promise 3, to the penny.
pub(super) fn check_draft(draft: &Draft, faults: &mut Faults) {
    let mut sum = wide(draft.delivery_gross);
    for line in &draft.lines {
        // An amount that does not fit adds nothing, and so shows as a difference.
        sum += line_amount(line.quantity, line.unit_gross).map_or(0, wide);
    }
    if sum != wide(draft.gross) {
        faults.add(Cause::DraftDoesNotAddUp, &draft.reference.to_string(), || {
            format!("The posting sums to {}, the till says {}.", pounds(sum), draft.gross)
        });
    }
}
