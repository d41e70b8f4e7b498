//! Money in pennies.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
    str::FromStr,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An amount in minor units (pence for GBP). The currency stands beside it, never inside.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount of `pence`.
    pub const fn from_pence(pence: i64) -> Self {
        Self(pence)
    }

    /// The amount in pence.
    pub const fn pence(self) -> i64 {
        self.0
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether it is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Whether it is below nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl fmt::Display for Money {
    /// Plain decimal, as both wires write it: `-1234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let pence = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", pence / 100, pence % 100)
    }
}

/// The text is not an amount with at most two decimals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an amount with at most two decimals")]
pub struct NotMoney(pub String);

impl FromStr for Money {
    type Err = NotMoney;

    /// Reads `123`, `123.5`, `123.50`, `-0.05` and `12.5000` (trailing zeros only) exactly.
    fn from_str(text: &str) -> Result<Self, NotMoney> {
        parse_scaled(text, 2).map(Self).ok_or_else(|| NotMoney(text.to_owned()))
    }
}

/// Reads a plain decimal into an integer of `decimals` places; `None` when anything would be lost.
pub(crate) fn parse_scaled(text: &str, decimals: usize) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let kept = &fraction[..fraction.len().min(decimals)];
    if fraction[kept.len()..].bytes().any(|b| b != b'0') {
        return None;
    }
    let mut value: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    for place in 0..decimals {
        let digit = kept.as_bytes().get(place).map_or(0, |b| i64::from(b - b'0'));
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if negative { -value } else { value })
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        self.0 -= other.0;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    #[test]
    fn reads_and_writes_what_both_wires_say() {
        for (text, pence) in
            [("123.50", 12_350), ("-2392.00", -239_200), ("0.05", 5), ("-0.05", -5)]
        {
            assert_eq!(text.parse::<Money>().unwrap().pence(), pence);
            assert_eq!(Money::from_pence(pence).to_string(), text);
        }
        assert_eq!("15.0".parse::<Money>().unwrap().pence(), 1_500);
        assert_eq!("15.1000".parse::<Money>().unwrap().pence(), 1_510);
    }

    #[test]
    fn refuses_what_would_lose_something() {
        for text in ["", ".", "-", "1.005", "1,50", "£1", "1e2", "99999999999999999999"] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
    }
}
