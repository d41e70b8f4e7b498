use proptest::prelude::*;

use super::{CannotSplit, SplitLine, line_amount, lines, split};
use crate::{Money, Quantity};

/// Pence, thousandths; the quantities and prices they make.
type Priced = (i64, i64, &'static [(&'static str, i64)]);

fn table(pence: i64, thousandths: i64) -> Vec<(String, i64)> {
    let split = split(Money::from_pence(pence), Quantity::from_thousandths(thousandths)).unwrap();
    lines(split, None).map(|l| (l.quantity.to_string(), l.unit_gross.pence())).collect()
}

#[test]
fn examples() {
    let cases: &[Priced] = &[
        (1_000, 1_000, &[("1", 1_000)]),
        (1_000, 2_000, &[("2", 500)]),
        (1_000, 3_000, &[("2", 333), ("1", 334)]),
        (1_001, 2_000, &[("1", 500), ("1", 501)]),
        (2, 3_000, &[("1", 0), ("2", 1)]),
        (0, 5_000, &[("5", 0)]),
        (0, 333, &[("0.333", 0)]),
        (400, 333, &[("0.333", 1_201)]),
        (499, 1_250, &[("1.25", 399)]),
        // 2.5 at 0.01 is two pennies and a half, where ledgers disagree: the half goes for nothing.
        (2, 2_500, &[("2", 1), ("0.5", 0)]),
    ];
    for (pence, thousandths, expected) in cases {
        let found = table(*pence, *thousandths);
        let found: Vec<_> = found.iter().map(|(text, unit)| (text.as_str(), *unit)).collect();
        assert_eq!(found, *expected, "{pence} for {thousandths}");
    }
}

#[test]
fn what_cannot_be_priced_is_refused() {
    let refused = |pence, thousandths| {
        split(Money::from_pence(pence), Quantity::from_thousandths(thousandths)).unwrap_err()
    };
    assert_eq!(refused(-1, 1_000), CannotSplit::NegativeAmount);
    assert_eq!(refused(1, 0), CannotSplit::NoQuantity);
    assert_eq!(refused(1, -1_000), CannotSplit::NoQuantity);
    assert_eq!(refused(i64::MAX, 1), CannotSplit::TooLarge);
}

/// Half to even, the other way in which a ledger may round.
fn half_even(line: SplitLine) -> i128 {
    let exact = i128::from(line.quantity.thousandths()) * i128::from(line.unit_gross.pence());
    let (whole, rest) = (exact / 1_000, exact % 1_000);
    whole + i128::from(rest > 500 || rest == 500 && whole % 2 == 1)
}

fn check(pence: i64, thousandths: i64) -> Result<(), TestCaseError> {
    let (amount, quantity) = (Money::from_pence(pence), Quantity::from_thousandths(thousandths));
    let split = split(amount, quantity).map_err(|e| TestCaseError::fail(e.to_string()))?;
    let lines: Vec<_> = lines(split, None).collect();
    prop_assert!((1..=2).contains(&lines.len()));
    let sum: Money = lines.iter().map(|l| line_amount(l.quantity, l.unit_gross).unwrap()).sum();
    prop_assert_eq!(sum, amount);
    prop_assert_eq!(lines.iter().map(|l| half_even(*l)).sum::<i128>(), i128::from(pence));
    prop_assert_eq!(lines.iter().map(|l| l.quantity).sum::<Quantity>(), quantity);
    prop_assert!(lines.iter().all(|l| !l.quantity.is_zero() && !l.quantity.is_negative()));
    if let [first, second] = lines[..] {
        prop_assert_eq!((first.unit_gross - second.unit_gross).abs(), Money::from_pence(1));
        if quantity.whole_units().is_some() {
            prop_assert!(first.unit_gross < second.unit_gross);
        }
    }
    Ok(())
}

#[test]
fn every_small_amount_and_quantity_is_exact() {
    for pence in 0..60 {
        for thousandths in 1..3_600 {
            check(pence, thousandths).unwrap_or_else(|e| panic!("{pence}/{thousandths}: {e}"));
        }
    }
}

proptest! {
    #[test]
    fn every_amount_and_quantity_is_exact(
        pence in prop_oneof![0..100_000_i64, 0..1_000_000_000_000_i64],
        thousandths in prop_oneof![
            (1..100_i64).prop_map(|units| units * 1_000),
            1..10_000_i64,
            1..1_000_000_000_i64,
        ],
    ) {
        check(pence, thousandths)?;
    }

    #[test]
    fn gross_and_net_are_exact_together(
        gross in 0..1_000_000_i64,
        vat_percent in 0..25_i64,
        thousandths in prop_oneof![(1..50_i64).prop_map(|units| units * 1_000), 1..50_000_i64],
    ) {
        let net = gross * 100 / (100 + vat_percent);
        let quantity = Quantity::from_thousandths(thousandths);
        let both = (
            split(Money::from_pence(gross), quantity).unwrap(),
            split(Money::from_pence(net), quantity).unwrap(),
        );
        let lines: Vec<_> = lines(both.0, Some(both.1)).collect();
        prop_assert!((1..=3).contains(&lines.len()));
        let sum = |unit: fn(&SplitLine) -> Money| {
            lines.iter().map(|l| line_amount(l.quantity, unit(l)).unwrap().pence()).sum::<i64>()
        };
        prop_assert_eq!(sum(|l| l.unit_gross), gross);
        prop_assert_eq!(sum(|l| l.unit_net.unwrap()), net);
        prop_assert_eq!(lines.iter().map(|l| l.quantity).sum::<Quantity>(), quantity);
    }

    #[test]
    fn never_panics(pence in any::<i64>(), thousandths in any::<i64>()) {
        if let Ok(split) = split(Money::from_pence(pence), Quantity::from_thousandths(thousandths)) {
            for line in lines(split, Some(split)) {
                let _ = line_amount(line.quantity, line.unit_gross);
            }
        }
    }
}
