//! VAT rates.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::money::parse_scaled;

/// A VAT rate in thousandths of a per cent (20 % = 20 000). Sitoo writes it as a JSON number,
/// `vatvalue` (facts/sitoo 1.4).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct VatRate(i64);

impl VatRate {
    /// The zero rate.
    pub const ZERO: Self = Self(0);

    /// A rate of whole per cents.
    pub const fn from_percent(percent: i64) -> Self {
        Self(percent * 1_000)
    }

    /// A rate of thousandths of a per cent, from nothing to all.
    pub const fn from_thousandths(thousandths: i64) -> Option<Self> {
        if thousandths < 0 || thousandths > 100_000 { None } else { Some(Self(thousandths)) }
    }

    /// The rate in thousandths of a per cent.
    pub const fn thousandths(self) -> i64 {
        self.0
    }
}

impl fmt::Display for VatRate {
    /// Per cent, as short as is exact: `20`, `12.5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::Quantity::from_thousandths(self.0).fmt(f)
    }
}

/// The text is not a VAT rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a VAT rate in per cent")]
pub struct NotVatRate(pub String);

impl FromStr for VatRate {
    type Err = NotVatRate;

    /// With its sign or without: `20`, `20 %`.
    fn from_str(text: &str) -> Result<Self, NotVatRate> {
        let bare = text.strip_suffix('%').map_or(text, str::trim_end);
        parse_scaled(bare, 3)
            .filter(|rate| (0..=100_000).contains(rate))
            .map(Self)
            .ok_or_else(|| NotVatRate(text.to_owned()))
    }
}
