//! Why a level had to be changed: for the history, and for whoever wonders.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Quantity;

/// Why a SKU is looked at in a store, and, where its level had to change, why it had to.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "StockWhy")]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A till sold it.
    Sale,
    /// A till took it back.
    Return,
    /// A sale of it reached OrderWise.
    Posted,
    /// OrderWise gave another figure.
    Orderwise,
    /// Somebody moved or counted it in the shop.
    Adjusted,
    /// What was written did not arrive, or nobody knew whether it had.
    MissedWrite,
    /// A sale that came to be known later than its goods had left.
    LateSale,
    /// Another buffer was set.
    Buffer,
    /// It was time to be certain about something.
    Certain,
    /// Sitoo had nothing of it yet.
    New,
    /// The sweep found it different, and nothing says why.
    Unknown,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Sale,
        Self::Return,
        Self::Posted,
        Self::Orderwise,
        Self::Adjusted,
        Self::MissedWrite,
        Self::LateSale,
        Self::Buffer,
        Self::Certain,
        Self::New,
        Self::Unknown,
    ];

    /// The word used in the book, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Posted => "posted",
            Self::Orderwise => "orderwise-correction",
            Self::Adjusted => "manual-adjustment",
            Self::MissedWrite => "missed-write",
            Self::LateSale => "late-sale",
            Self::Buffer => "buffer",
            Self::Certain => "certain",
            Self::New => "new",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it concerns what is moving at the tills right now: the first to be written.
    pub const fn is_fast(self) -> bool {
        matches!(self, Self::Sale | Self::Return | Self::Posted | Self::LateSale)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is none of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a reason of a stock change")]
pub struct NotWhy(pub String);

impl FromStr for Why {
    type Err = NotWhy;

    fn from_str(word: &str) -> Result<Self, NotWhy> {
        Self::ALL.into_iter().find(|why| why.word() == word).ok_or_else(|| NotWhy(word.to_owned()))
    }
}

/// What is known about a SKU whose level a sweep found different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Why it was due already, if it was.
    pub due: Option<Why>,
    /// Whether the journal shows a movement by hand since the last look.
    pub adjusted: bool,
    /// Whether something written about it did not arrive.
    pub missed_write: bool,
    /// Free stock and what was in flight when it was last looked at.
    pub before: Option<(Quantity, Quantity)>,
    /// The same now.
    pub now: (Quantity, Quantity),
}

/// Names the cause of a difference, the most certain one first.
pub fn drift(facts: &Facts) -> Why {
    if facts.missed_write {
        return Why::MissedWrite;
    }
    if facts.adjusted {
        return Why::Adjusted;
    }
    if let Some(why) = facts.due {
        return why;
    }
    match facts.before {
        Some((_, in_flight)) if in_flight < facts.now.1 => Why::LateSale,
        Some((free, _)) if free != facts.now.0 => Why::Orderwise,
        Some((_, in_flight)) if in_flight != facts.now.1 => Why::Posted,
        Some(_) => Why::Unknown,
        None => Why::New,
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Why, drift};
    use crate::Quantity;

    #[test]
    fn words_round_trip() {
        for why in Why::ALL {
            assert_eq!(why.word().parse::<Why>().unwrap(), why);
        }
        assert!("weather".parse::<Why>().is_err());
    }

    #[test]
    fn the_most_certain_cause_is_named() {
        let q = Quantity::from_units;
        let seen = Facts { before: Some((q(5), q(1))), now: (q(5), q(1)), ..Facts::default() };
        for (facts, why) in [
            (Facts { missed_write: true, adjusted: true, ..seen }, Why::MissedWrite),
            (Facts { adjusted: true, due: Some(Why::Sale), ..seen }, Why::Adjusted),
            (Facts { due: Some(Why::Sale), ..seen }, Why::Sale),
            (Facts { now: (q(4), q(2)), ..seen }, Why::LateSale),
            (Facts { now: (q(4), q(1)), ..seen }, Why::Orderwise),
            (Facts { now: (q(5), q(0)), ..seen }, Why::Posted),
            (seen, Why::Unknown),
            (Facts { before: None, ..seen }, Why::New),
        ] {
            assert_eq!(drift(&facts), why, "{facts:?}");
        }
    }
}
