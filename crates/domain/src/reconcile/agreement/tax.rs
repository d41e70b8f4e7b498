//! Tax that is part of a gross amount, and the ways in which it may have been rounded.

use crate::{Money, Quantity, VatRate};

/// Where a ledger rounds, and which way.
struct RoundingRule {
    name: &'static str,
    tax: fn(&Rounded) -> Option<i128>,
}

/// A line whose tax was rounded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounded {
    pub(super) gross: Money,
    pub(super) unit_gross: Money,
    pub(super) quantity: Quantity,
    pub(super) rate: VatRate,
}

/// Most usual first: the first that gives the tax names it.
const RULES: [RoundingRule; 5] = [
    RoundingRule { name: "by line, half up", tax: |line| Some(line.part(half_up)) },
    RoundingRule { name: "by line, half to even", tax: |line| Some(line.part(half_even)) },
    RoundingRule { name: "by line, down", tax: |line| Some(line.part(down)) },
    RoundingRule { name: "by line, up", tax: |line| Some(line.part(up)) },
    RoundingRule { name: "by unit, half up", tax: Rounded::by_unit },
];

impl Rounded {
    fn part(&self, round: fn(i128, i128) -> i128) -> i128 {
        let (above, below) = fraction(self.gross, self.rate);
        signed(above, below, round)
    }

    fn by_unit(&self) -> Option<i128> {
        let units = self.quantity.whole_units()?;
        let (above, below) = fraction(self.unit_gross, self.rate);
        Some(signed(above, below, half_up) * i128::from(units))
    }

    /// The rule by which `tax` comes out, if one does.
    pub(super) fn rule(&self, tax: Money) -> Option<&'static str> {
        let tax = Some(i128::from(tax.pence()));
        RULES.iter().find(|rule| (rule.tax)(self) == tax).map(|rule| rule.name)
    }
}

/// The tax that is part of `gross`, rounded half up to the penny, without regard to the sign.
pub(in crate::reconcile) fn part_of(gross: Money, rate: VatRate) -> Money {
    let (above, below) = fraction(gross, rate);
    Money::from_pence(i64::try_from(signed(above, below, half_up)).unwrap_or_default())
}

fn fraction(gross: Money, rate: VatRate) -> (i128, i128) {
    let rate = i128::from(rate.thousandths());
    (i128::from(gross.pence()) * rate, 100_000 + rate)
}

fn signed(above: i128, below: i128, round: fn(i128, i128) -> i128) -> i128 {
    round(above.abs(), below) * above.signum()
}

const fn half_up(above: i128, below: i128) -> i128 {
    (2 * above + below) / (2 * below)
}

const fn half_even(above: i128, below: i128) -> i128 {
    let (whole, twice_rest) = (above / below, above % below * 2);
    if twice_rest > below || twice_rest == below && whole % 2 == 1 { whole + 1 } else { whole }
}

const fn down(above: i128, below: i128) -> i128 {
    above / below
}

const fn up(above: i128, below: i128) -> i128 {
    (above + below - 1) / below
}

/// The share of `amount` that `part` of `whole` has, rounded half up.
pub(super) fn share(amount: Money, part: Quantity, whole: Quantity) -> Money {
    let (part, whole) = (i128::from(part.thousandths()), i128::from(whole.thousandths().abs()));
    if whole == 0 {
        return Money::ZERO;
    }
    let above = i128::from(amount.pence()) * part.abs();
    Money::from_pence(i64::try_from(signed(above, whole, half_up)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{Rounded, part_of};
    use crate::{Money, Quantity, VatRate};

    #[test]
    fn tax_is_rounded_to_the_penny_with_either_sign() {
        let twenty = VatRate::from_percent(20);
        for (gross, tax) in [(6_000, 1_000), (1_000, 167), (-1_000, -167), (3, 1), (0, 0)] {
            assert_eq!(part_of(Money::from_pence(gross), twenty), Money::from_pence(tax));
        }
    }

    #[test]
    fn the_rule_that_gives_the_penny_is_named() {
        let line = Rounded {
            gross: Money::from_pence(999),
            unit_gross: Money::from_pence(333),
            quantity: Quantity::from_units(3),
            rate: VatRate::from_percent(20),
        };
        for (tax, rule) in [
            (167, Some("by line, half up")),
            (166, Some("by line, half to even")),
            (168, Some("by unit, half up")),
            (170, None),
        ] {
            assert_eq!(line.rule(Money::from_pence(tax)), rule, "{tax}");
        }
    }
}
