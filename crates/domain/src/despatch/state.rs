//! Where a delivery of OrderWise is on its way into Sitoo.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a delivery of OrderWise is on its way into Sitoo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DespatchState {
    /// To be written when due.
    Ready,
    /// Its intent is written; a call may be on its way.
    Writing,
    /// A call was sent and its outcome is not known.
    InDoubt,
    /// Sitoo has it.
    Written,
    /// Nothing of it concerns the till: it left there, or nobody knows its lines.
    Nothing,
    /// Sitoo refused it; tried again slowly.
    Refused,
    /// OrderWise took it back before Sitoo was told.
    Withdrawn,
}

impl DespatchState {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Ready,
        Self::Writing,
        Self::InDoubt,
        Self::Written,
        Self::Nothing,
        Self::Refused,
        Self::Withdrawn,
    ];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Writing => "writing",
            Self::InDoubt => "in-doubt",
            Self::Written => "written",
            Self::Nothing => "nothing",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether Sitoo may still be told of it.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Ready | Self::Writing | Self::InDoubt)
    }

    /// Whether a call about it may have reached Sitoo: it is never changed on the way.
    pub const fn may_be_in_sitoo(self) -> bool {
        matches!(self, Self::Writing | Self::InDoubt | Self::Written)
    }
}

impl fmt::Display for DespatchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a state of a despatch")]
pub struct NotDespatchState(pub String);

impl FromStr for DespatchState {
    type Err = NotDespatchState;

    fn from_str(word: &str) -> Result<Self, NotDespatchState> {
        Self::ALL
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| NotDespatchState(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::DespatchState;

    #[test]
    fn words_round_trip() {
        for state in DespatchState::ALL {
            assert_eq!(state.word().parse::<DespatchState>(), Ok(state));
            assert!(!(state.is_under_way() && state == DespatchState::Written));
        }
    }
}
