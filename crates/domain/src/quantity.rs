//! Quantities in thousandths.

use std::{
    fmt,
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub},
    str::FromStr,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::money::parse_scaled;

/// A quantity in thousandths of a unit, as Sitoo's `decimal` fields hold it (facts/sitoo 1.4).
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
pub struct Quantity(i64);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A quantity of whole units.
    pub const fn from_units(units: i64) -> Self {
        Self(units * 1_000)
    }

    /// A quantity of thousandths.
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// The quantity in thousandths.
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// The number of whole units, where there is no fraction.
    pub const fn whole_units(self) -> Option<i64> {
        if self.0 % 1_000 == 0 { Some(self.0 / 1_000) } else { None }
    }

    /// The quantity without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// Whether it is below nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether it is exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Quantity {
    /// As short as is exact: `2`, `1.25`, `-0.333`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let all = self.0.unsigned_abs();
        write!(f, "{sign}{}", all / 1_000)?;
        match all % 1_000 {
            0 => Ok(()),
            rest => write!(f, ".{}", format!("{rest:03}").trim_end_matches('0')),
        }
    }
}

/// The text is not a quantity with at most three decimals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a quantity with at most three decimals")]
pub struct NotQuantity(pub String);

impl FromStr for Quantity {
    type Err = NotQuantity;

    fn from_str(text: &str) -> Result<Self, NotQuantity> {
        parse_scaled(text, 3).map(Self).ok_or_else(|| NotQuantity(text.to_owned()))
    }
}

impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Quantity {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn reads_and_writes_decimals() {
        assert_eq!("-1.000".parse::<Quantity>().unwrap(), Quantity::from_units(-1));
        assert_eq!("1.25".parse::<Quantity>().unwrap().to_string(), "1.25");
        assert_eq!(Quantity::from_thousandths(-333).to_string(), "-0.333");
        assert_eq!(Quantity::from_units(2).to_string(), "2");
        assert!("0.0001".parse::<Quantity>().is_err());
    }
}
