//! Where a match is.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a match is. Only a confirmed one settles anything.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MatchState {
    /// A rule thinks so; a person or a surer rule has to say.
    Suggested,
    /// It holds.
    Confirmed,
    /// A person, or a change of what it was made of, has undone it. Kept as evidence.
    Undone,
}

impl MatchState {
    /// The word in the book and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Suggested => "suggested",
            Self::Confirmed => "confirmed",
            Self::Undone => "undone",
        }
    }
}

impl fmt::Display for MatchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a state of a match.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a state of a match; use suggested, confirmed or undone")]
pub struct NotAMatchState(pub String);

impl FromStr for MatchState {
    type Err = NotAMatchState;

    fn from_str(word: &str) -> Result<Self, NotAMatchState> {
        let all = [Self::Suggested, Self::Confirmed, Self::Undone];
        let found = all.into_iter().find(|state| state.word() == word);
        found.ok_or_else(|| NotAMatchState(word.to_owned()))
    }
}
