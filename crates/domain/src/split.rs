//! Splitting a row whose amount does not divide by its quantity.
//!
//! OrderWise takes unit prices with two decimals, so 10.00 for 3 cannot be one line: it becomes 2 at
//! 3.33 and 1 at 3.34. Any amount and quantity can be said in at most two lines with neighbouring
//! prices, also where the quantity has decimals and the ledger rounds the line: whole units of the
//! one price move the sum by whole pennies, so the rounded part stays the same, and at least one of
//! both prices keeps it off half a penny, where ledgers round differently.

use crate::{Money, Quantity};

/// No prices give the amount exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotSplit {
    /// The amount is below nothing.
    #[error("the amount is negative")]
    NegativeAmount,
    /// There is nothing to price.
    #[error("the quantity is not above zero")]
    NoQuantity,
    /// A unit price does not fit into an amount.
    #[error("the unit price is too large")]
    TooLarge,
}

/// A row priced exactly: its first `whole` units at one price, the rest at the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    quantity: Quantity,
    whole: i64,
    first: Money,
    rest: Money,
}

/// One line of a split row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitLine {
    /// Part of the row's quantity.
    pub quantity: Quantity,
    /// Gross price of one unit.
    pub unit_gross: Money,
    /// Net price of one unit, where the net was split too.
    pub unit_net: Option<Money>,
}

/// Prices `amount` for `quantity`.
pub fn split(amount: Money, quantity: Quantity) -> Result<Split, CannotSplit> {
    let (total, thousandths) = (i128::from(amount.pence()), i128::from(quantity.thousandths()));
    if total < 0 {
        return Err(CannotSplit::NegativeAmount);
    }
    if thousandths <= 0 {
        return Err(CannotSplit::NoQuantity);
    }
    let lower = total * 1_000 / thousandths;
    let upper = lower + 1;
    let at_lower = rounded(thousandths * lower);
    let at_upper = rounded(thousandths * upper);
    let units = 1..=thousandths / 1_000;
    let (whole, first, rest) = if at_lower == Some(total) {
        (0, lower, lower)
    } else if at_upper == Some(total) {
        (0, upper, upper)
    } else if let Some(cheaper) = at_upper.map(|sum| sum - total).filter(|n| units.contains(n)) {
        (cheaper, lower, upper)
    } else if let Some(dearer) = at_lower.map(|sum| total - sum).filter(|n| units.contains(n)) {
        (dearer, upper, lower)
    } else {
        return Err(CannotSplit::TooLarge);
    };
    let fit = |value: i128| i64::try_from(value).map_err(|_| CannotSplit::TooLarge);
    let price = |value| fit(value).map(Money::from_pence);
    Ok(Split { quantity, whole: fit(whole)?, first: price(first)?, rest: price(rest)? })
}

/// Thousandths of a penny to pennies; `None` on half a penny, where ledgers disagree.
fn rounded(thousandths: i128) -> Option<i128> {
    (thousandths % 1_000 != 500).then_some((thousandths + 500) / 1_000)
}

/// The lines of a row: where its net is split too, at every place where either price changes.
pub fn lines(gross: Split, net: Option<Split>) -> impl Iterator<Item = SplitLine> {
    let other = net.map_or(gross.whole, |net| net.whole);
    let cuts = [0, gross.whole.min(other), gross.whole.max(other)];
    (0..cuts.len()).filter_map(move |i| {
        let from = cuts[i];
        let quantity = match cuts.get(i + 1) {
            Some(to) => Quantity::from_units(to - from),
            None => gross.quantity - Quantity::from_units(from),
        };
        (!quantity.is_zero()).then(|| SplitLine {
            quantity,
            unit_gross: gross.unit_at(from),
            unit_net: net.map(|net| net.unit_at(from)),
        })
    })
}

impl Split {
    /// The price of the unit after the first `units`.
    const fn unit_at(&self, units: i64) -> Money {
        if units < self.whole { self.first } else { self.rest }
    }
}

/// What a ledger makes of a line: quantity times unit price, rounded to the penny (half away from
/// zero; lines of [`split`] never end on half a penny).
pub fn line_amount(quantity: Quantity, unit: Money) -> Option<Money> {
    let exact = i128::from(quantity.thousandths()) * i128::from(unit.pence());
    let amount = (exact.abs() + 500) / 1_000 * exact.signum();
    i64::try_from(amount).ok().map(Money::from_pence)
}

#[cfg(test)]
mod tests;
