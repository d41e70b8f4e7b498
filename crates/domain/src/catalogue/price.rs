//! Unit prices, exact to what OrderWise keeps, and what of them a till can hold.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Money, VatRate, money::parse_scaled};

/// A unit price in hundredths of a penny: OrderWise keeps up to four decimals, and none of them is
/// lost without a word.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Price(i64);

impl Price {
    /// A price of so many hundredths of a penny.
    pub const fn from_hundredths(hundredths: i64) -> Self {
        Self(hundredths)
    }

    /// A price in whole pence.
    pub const fn from_pence(pence: i64) -> Self {
        Self(pence.saturating_mul(100))
    }

    /// In hundredths of a penny.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// Above nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// The price in whole pence, where it is one.
    pub const fn exact(self) -> Option<Money> {
        if self.0 % 100 == 0 { Some(Money::from_pence(self.0 / 100)) } else { None }
    }

    /// To the nearest penny, half a penny up.
    pub fn rounded(self) -> Money {
        Money::from_pence(nearest(i128::from(self.0), 100))
    }

    /// With VAT on top, to the nearest penny, half a penny up.
    pub fn with_vat(self, rate: VatRate) -> Money {
        let parts = 100_000 + i128::from(rate.thousandths());
        Money::from_pence(nearest(i128::from(self.0) * parts, 100 * 100_000))
    }
}

fn nearest(value: i128, unit: i128) -> i64 {
    i64::try_from((value + unit / 2).div_euclid(unit)).unwrap_or(i64::MAX)
}

impl fmt::Display for Price {
    /// `12.50`, and with all four decimals where they are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(money) = self.exact() {
            return money.fmt(f);
        }
        let (sign, parts) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:04}", parts / 10_000, parts % 10_000)
    }
}

/// The text is not a price with at most four decimals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a price with at most four decimals")]
pub struct NotPrice(pub String);

impl FromStr for Price {
    type Err = NotPrice;

    fn from_str(text: &str) -> Result<Self, NotPrice> {
        parse_scaled(text, 4).map(Self).ok_or_else(|| NotPrice(text.to_owned()))
    }
}

/// Why a till cannot have a price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PriceFault {
    /// There is none, or it is not above zero.
    Missing,
    /// In pence it would be another price.
    Fraction(String),
}

/// The price a till should hold.
///
/// With VAT: OrderWise's own price with VAT, which must be whole pence; where OrderWise has none,
/// it is made from the price without. Without VAT: a price that is not whole pence is rounded only
/// where the shopper then pays exactly OrderWise's price with VAT.
pub(crate) fn till_price(
    exc: Option<Price>,
    inc: Option<Price>,
    rate: Option<VatRate>,
    with_vat: bool,
) -> Result<Money, PriceFault> {
    let (exc, inc) = (exc.filter(|p| p.is_positive()), inc.filter(|p| p.is_positive()));
    let price = if with_vat { including(exc, inc, rate) } else { excluding(exc, inc, rate) }?;
    if price > Money::ZERO { Ok(price) } else { Err(PriceFault::Missing) }
}

fn including(
    exc: Option<Price>,
    inc: Option<Price>,
    rate: Option<VatRate>,
) -> Result<Money, PriceFault> {
    match (inc, exc, rate) {
        (Some(inc), ..) => inc.exact().ok_or_else(|| fraction("with VAT", inc)),
        (None, Some(exc), Some(rate)) => Ok(exc.with_vat(rate)),
        (None, ..) => Err(PriceFault::Missing),
    }
}

fn excluding(
    exc: Option<Price>,
    inc: Option<Price>,
    rate: Option<VatRate>,
) -> Result<Money, PriceFault> {
    let exc = exc.ok_or(PriceFault::Missing)?;
    if let Some(exact) = exc.exact() {
        return Ok(exact);
    }
    let rounded = exc.rounded();
    let paid = rate.map(|rate| Price::from_pence(rounded.pence()).with_vat(rate));
    if paid.is_some() && paid == inc.and_then(Price::exact) {
        Ok(rounded)
    } else {
        Err(fraction("without VAT", exc))
    }
}

fn fraction(which: &str, price: Price) -> PriceFault {
    PriceFault::Fraction(format!("the price {which}, {price}, is not whole pence"))
}
