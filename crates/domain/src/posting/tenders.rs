//! Money that moved: payments by method of OrderWise.

use super::{
    Case,
    faults::Faults,
    side::{money, pounds},
    totals,
};
use crate::{
    causes::Cause,
    draft::DraftPayment,
    mapping::{Mapping, PaymentMapping},
    sku::fold,
    till::TillPayment,
};

/// A payment on its way into the draft.
struct Moved<'a> {
    payment: &'a TillPayment,
    method_id: i64,
    pence: i128,
}

/// The payments to post. Left out are: what only settles the two halves of an exchange, what is
/// zero, and methods whose money reaches OrderWise another way.
pub(super) fn payments(case: &Case<'_>, faults: &mut Faults) -> Vec<DraftPayment> {
    let mut moved: Vec<Moved<'_>> = Vec::with_capacity(case.order.payments.len());
    let mut against = false;
    for payment in &case.order.payments {
        if payment.virtual_payment || payment.amount.is_zero() {
            continue;
        }
        match mapped(payment, case.known.mapping) {
            Some(PaymentMapping::Method(method_id)) => {
                let pence = case.side.amount(payment.amount);
                against |= pence < 0;
                moved.push(Moved { payment, method_id, pence });
            }
            Some(PaymentMapping::Exclude) => {}
            None => faults.add(Cause::TenderUnmapped, subject(payment), || {
                format!("'{}' ({}) has no payment method.", subject(payment), payment.name)
            }),
        }
    }
    if against {
        set_off(&mut moved, faults);
    }
    finish(case, &moved, faults)
}

/// By the till's external id, else by its name.
fn mapped(payment: &TillPayment, mapping: &Mapping) -> Option<PaymentMapping> {
    let by_id = payment.external_id.as_deref().and_then(|id| mapping.payments.get(&fold(id)));
    by_id.or_else(|| mapping.payments.get(&fold(&payment.name))).copied()
}

/// The key that a person would map.
fn subject(payment: &TillPayment) -> &str {
    let id = payment.external_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
    id.unwrap_or_else(|| payment.name.trim())
}

/// Change given back reduces what the same method took: a ledger knows no negative payment.
fn set_off(moved: &mut [Moved<'_>], faults: &mut Faults) {
    for i in 0..moved.len() {
        let (mut owed, method_id) = (moved[i].pence.min(0), moved[i].method_id);
        if owed == 0 {
            continue;
        }
        for other in moved.iter_mut().filter(|m| m.method_id == method_id && m.pence > 0) {
            let part = other.pence.min(-owed);
            other.pence -= part;
            owed += part;
        }
        moved[i].pence = 0;
        if owed < 0 {
            let payment = moved[i].payment;
            faults.add(Cause::TenderAgainst, subject(payment), || {
                let owed = pounds(-owed);
                format!("'{}' moves {owed} against the transaction.", payment.name)
            });
        }
    }
}

fn finish(case: &Case<'_>, moved: &[Moved<'_>], faults: &mut Faults) -> Vec<DraftPayment> {
    let mut payments = Vec::with_capacity(moved.len());
    for Moved { payment, method_id, pence } in moved.iter().filter(|m| m.pence != 0) {
        let Some(amount) = money(*pence) else {
            totals::too_large(case, faults);
            continue;
        };
        let reference = payment.reference.as_deref().unwrap_or(&payment.name).to_owned();
        payments.push(DraftPayment { payment_method_id: *method_id, amount, reference });
    }
    payments
}
