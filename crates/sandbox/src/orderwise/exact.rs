//! Exact numbers on the wire: read from the text of the JSON number, never through a float.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A JSON number (or a number in a JSON string, which ASP.NET binds as well), as its text.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(super) struct Number<'a>(#[serde(borrow)] &'a RawValue);

impl Number<'_> {
    /// Its exact value, or nothing when it is not a number.
    pub(super) fn decimal(self) -> Option<Decimal> {
        let text = self.0.get().trim_matches('"').trim();
        Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()
    }

    /// Its value as an id.
    pub(super) fn id(self) -> Option<i64> {
        self.0.get().trim_matches('"').trim().parse().ok()
    }

    /// How it was written.
    pub(super) fn text(&self) -> &str {
        self.0.get()
    }
}

/// Pence of an amount in pounds, half up (away from zero, as SQL Server and .NET's
/// `MidpointRounding.AwayFromZero` round).
pub(super) fn pence(amount: Decimal) -> Option<i64> {
    amount
        .round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        .checked_mul(Decimal::ONE_HUNDRED)?
        .to_i64()
}

/// Pounds of an amount in pence.
pub(super) fn pounds(pence: i64) -> Decimal {
    Decimal::new(pence, 2)
}

/// As OrderWise writes decimals in exports: at least one digit after the point (`15.0`,
/// facts/orderwise 1.8).
pub(super) fn print(value: Decimal) -> String {
    let value = value.normalize();
    if value.scale() == 0 { format!("{value}.0") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{Number, pence, print};

    fn read(json: &str) -> Option<rust_decimal::Decimal> {
        serde_json::from_str::<Number<'_>>(json).ok()?.decimal()
    }

    #[test]
    fn numbers_are_read_from_their_text() {
        for (json, expected) in [
            ("0.1", "0.1"),
            ("12", "12.0"),
            ("12.00", "12.0"),
            ("\"7.5\"", "7.5"),
            ("1e2", "100.0"),
        ] {
            assert_eq!(read(json).map(print).as_deref(), Some(expected), "{json}");
        }
        assert_eq!(read("true"), None);
    }

    #[test]
    fn half_a_penny_rounds_away_from_zero() {
        for (json, expected) in [("1.005", 101), ("-1.005", -101), ("2.675", 268), ("0.0049", 0)] {
            assert_eq!(read(json).and_then(pence), Some(expected), "{json}");
        }
    }
}
