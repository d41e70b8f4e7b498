//! Totals alone, where the lines are not known: what can be told from them, and no more.

use super::effect::Effect;
use crate::{
    Money,
    entry::EntryKind,
    reconcile::{amounts::Amounts, causes::DayCause, policy::DayPolicy, witness::BookEntry},
};

/// What `beyond`, document less till, can be.
pub(super) fn effects(
    entry: &BookEntry,
    beyond: Amounts,
    document: Amounts,
    policy: &DayPolicy,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    let mut left = beyond;
    let uneven = document.net + document.tax - document.gross;
    if !uneven.is_zero() {
        let amounts = Amounts::new(uneven, Money::ZERO, Money::ZERO);
        let text = format!("net and tax are {uneven} beyond gross");
        effects.push(Effect::new(DayCause::DocumentDoesNotAddUp, amounts, text));
        left -= amounts;
    }
    if left.is_zero() {
        return effects;
    }
    let turn = entry.kind == EntryKind::Return;
    let side = |amount: Money| if turn { -amount } else { amount };
    let round_off = Amounts::untaxed(side(entry.figures.round_off));
    let known = |amount: Money| !amount.is_zero() && left.gross == -side(amount);
    let rows = i64::try_from(entry.rows.len()).unwrap_or(i64::MAX).max(1);
    let (cause, text) = if left.gross.is_zero() {
        let most = policy.rounding_per_line.saturating_mul(rows);
        let small = left.tax.pence().abs() <= most;
        let cause = if small { DayCause::TaxRounding } else { DayCause::TaxAmount };
        (cause, format!("{} of tax beyond the till's", left.tax))
    } else if !round_off.is_zero() && left == -round_off {
        (DayCause::RoundOff, format!("the rounding of {} is not there", round_off.gross))
    } else if known(entry.delivery) {
        (DayCause::DeliveryCharge, format!("the delivery of {} is not there", entry.delivery))
    } else if known(entry.checkout_fee) {
        (DayCause::CheckoutFee, format!("the fee of {} is not there", entry.checkout_fee))
    } else {
        (DayCause::Unexplained, format!("{} beyond the till's, lines are not known", left.gross))
    };
    effects.push(Effect::new(cause, left, text));
    effects
}
