//! Net, tax and gross side by side: each must tie on its own.

use std::{
    iter::Sum,
    ops::{Add, AddAssign, Neg, Sub, SubAssign},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Money;

/// Three amounts with their signs. Gross is not derived: a document need not add up.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Amounts {
    /// Net, with the cash rounding.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// Gross.
    pub gross: Money,
}

impl Amounts {
    /// Nothing.
    pub const ZERO: Self = Self { net: Money::ZERO, tax: Money::ZERO, gross: Money::ZERO };

    /// The three.
    pub const fn new(net: Money, tax: Money, gross: Money) -> Self {
        Self { net, tax, gross }
    }

    /// A gross amount with the tax that is part of it.
    pub fn of_gross(gross: Money, tax: Money) -> Self {
        Self { net: gross - tax, tax, gross }
    }

    /// Tax that stands as net on the other side.
    pub fn shift(tax: Money) -> Self {
        Self { net: -tax, tax, gross: Money::ZERO }
    }

    /// An amount without tax.
    pub const fn untaxed(amount: Money) -> Self {
        Self { net: amount, tax: Money::ZERO, gross: amount }
    }

    /// Whether all three are nothing.
    pub const fn is_zero(&self) -> bool {
        self.net.is_zero() && self.tax.is_zero() && self.gross.is_zero()
    }

    /// These amounts on a sale, turned on a return.
    #[must_use]
    pub fn turned(self, turn: bool) -> Self {
        if turn { -self } else { self }
    }
}

impl Add for Amounts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            net: self.net + other.net,
            tax: self.tax + other.tax,
            gross: self.gross + other.gross,
        }
    }
}

impl Sub for Amounts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Neg for Amounts {
    type Output = Self;
    fn neg(self) -> Self {
        Self { net: -self.net, tax: -self.tax, gross: -self.gross }
    }
}

impl AddAssign for Amounts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Amounts {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Amounts {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Add::add)
    }
}
