//! How what is due gets paid.

use super::{
    super::{model::Payment, money::round_div},
    Tender, TenderKind, TillError,
    payment::virtual_payment,
};

/// What is to be paid, and how. Amounts are negative on returns.
pub(super) struct Bill {
    /// The amount to pay before round-off.
    pub(super) due: i64,
    /// What a virtual payment covers of it (exchanges).
    pub(super) covered: i64,
    /// Cash is rounded to a multiple of so many pence; 0 or 1 for not at all.
    pub(super) round_off_to: i64,
    /// Payments that do not add up are taken.
    pub(super) unchecked: bool,
}

/// The payments of an order and its round-off.
pub(super) fn settle(
    bill: &Bill,
    tenders: Vec<(Tender, Option<i64>)>,
) -> Result<(Box<[Payment]>, i64), TillError> {
    let fixed: i64 = tenders.iter().filter_map(|(_, amount)| *amount).sum();
    let mut rest = bill.due - bill.covered - fixed;
    let mut roundoff = 0;
    let mut payments = Vec::with_capacity(tenders.len() + 1);
    if bill.covered != 0 {
        payments.push(virtual_payment(bill.covered));
    }
    let tenders = if tenders.is_empty() { vec![(Tender::card(), None)] } else { tenders };
    for (tender, amount) in tenders {
        let amount = amount.unwrap_or_else(|| {
            let paid = rounded(rest, bill.round_off_to, tender.kind);
            roundoff += paid - rest;
            rest = 0;
            paid
        });
        if amount != 0 {
            payments.push(tender.pay(amount));
        }
    }
    if rest != 0 && !bill.unchecked {
        return Err(TillError::Unbalanced(rest));
    }
    Ok((payments.into_boxed_slice(), roundoff))
}

fn rounded(rest: i64, step: i64, kind: TenderKind) -> i64 {
    if step > 1 && kind == TenderKind::Cash { round_div(rest, step) * step } else { rest }
}
