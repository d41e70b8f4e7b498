//! An entry's life (design section 4): its states and the steps that are allowed between them.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an entry is for the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Goods went out, money came in.
    Sale,
    /// Goods came back, money went out.
    Return,
    /// Not (yet) for the ledger: a booking, a parked receipt, …
    Other,
}

/// Where an entry is. Every entry is in exactly one of these (promise 4).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum EntryState {
    /// Recorded, and not a sale or a return (yet).
    SetAside,
    /// A return whose sale is not posted yet.
    Waiting,
    /// To be posted when due.
    Ready,
    /// Its intent is written; a call may be on its way.
    Posting,
    /// A call was sent and its outcome is not known.
    InDoubt,
    /// OrderWise has it.
    Posted,
    /// OrderWise has been read back: number and totals are known.
    Confirmed,
    /// An exception: waits for a person, with every fault listed.
    Held,
    /// A person decided, with a reason, that it will not be posted.
    Dismissed,
}

impl EntryState {
    /// All states, in the order of an entry's life.
    pub const ALL: [Self; 9] = [
        Self::SetAside,
        Self::Waiting,
        Self::Ready,
        Self::Posting,
        Self::InDoubt,
        Self::Posted,
        Self::Confirmed,
        Self::Held,
        Self::Dismissed,
    ];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SetAside => "set-aside",
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Posting => "posting",
            Self::InDoubt => "in-doubt",
            Self::Posted => "posted",
            Self::Confirmed => "confirmed",
            Self::Held => "held",
            Self::Dismissed => "dismissed",
        }
    }

    /// Whether the step to `next` is part of an entry's life.
    #[expect(clippy::unnested_or_patterns, reason = "one line a state")]
    pub const fn may_become(self, next: Self) -> bool {
        use EntryState::{
            Confirmed, Dismissed, Held, InDoubt, Posted, Posting, Ready, SetAside, Waiting,
        };
        matches!(
            (self, next),
            (SetAside, SetAside | Ready | Dismissed)
                | (Waiting, Waiting | Ready | Held | SetAside | Dismissed)
                | (Ready, Ready | Posting | InDoubt | Waiting | Held | SetAside | Dismissed)
                | (Posting, Posted | InDoubt | Ready | Held)
                | (InDoubt, InDoubt | Posted | Ready | Held)
                // What is not there any more, or there after all, is looked up like any other doubt.
                // What OrderWise named for it may be another's.
                | (Posted, Posted | Confirmed | InDoubt | Held)
                | (Confirmed, Confirmed | InDoubt)
                | (Held, Held | Ready | InDoubt | Waiting | SetAside | Dismissed)
                | (Dismissed, Ready)
        )
    }

    /// Whether OrderWise has it.
    pub const fn is_in_ledger(self) -> bool {
        matches!(self, Self::Posted | Self::Confirmed)
    }

    /// Whether work or a person is still owed.
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Waiting | Self::Ready | Self::Posting | Self::InDoubt | Self::Held)
    }
}

impl fmt::Display for EntryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a state of an entry")]
pub struct NotState(pub String);

impl FromStr for EntryState {
    type Err = NotState;

    fn from_str(word: &str) -> Result<Self, NotState> {
        Self::ALL
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or_else(|| NotState(word.to_owned()))
    }
}

impl EntryKind {
    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for EntryKind {
    type Err = NotState;

    fn from_str(word: &str) -> Result<Self, NotState> {
        [Self::Sale, Self::Return, Self::Other]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| NotState(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::EntryState::{self, Confirmed, Dismissed, InDoubt, Posted, Posting, Ready};

    #[test]
    fn words_round_trip() {
        for state in EntryState::ALL {
            assert_eq!(state.word().parse::<EntryState>().unwrap(), state);
        }
    }

    #[test]
    fn what_is_in_doubt_or_in_the_ledger_is_never_sent_blindly() {
        assert!(!InDoubt.may_become(Posting));
        for state in [Posted, Confirmed] {
            assert!(!state.may_become(Ready) && !state.may_become(Posting));
            assert!(!state.may_become(Dismissed));
        }
        assert!(Ready.may_become(Posting));
    }
}
