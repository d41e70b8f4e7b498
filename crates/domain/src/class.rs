//! The class of a failed call: the only error that crosses the connectors (design section 6).

use std::{fmt, time::Duration};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a call did not succeed, in the only terms that decide what happens next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Certainly not processed; try again, not before `after` where the peer named a time.
    #[error("{what}")]
    Later {
        /// What the peer asked us to wait.
        after: Option<Duration>,
        /// One line for a person.
        what: String,
    },
    /// Understood and refused, with every reason the body gave.
    #[error("refused ({status}): {}", reasons.join("; "))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Every text found in the body, trimmed, without repeats.
        reasons: Vec<String>,
    },
    /// 401 (after one renewal of the token) or 403.
    #[error("not authorised ({status}): {what}")]
    NotAuthorised {
        /// HTTP status.
        status: u16,
        /// One line for a person.
        what: String,
    },
    /// 404: no such thing, or a wrong base address.
    #[error("not found: {what}")]
    NotFound {
        /// One line for a person.
        what: String,
    },
    /// Sent, and the outcome is not known: time-out, cut line, 5xx on a write, unreadable answer
    /// to a write.
    #[error("in doubt: {what}")]
    InDoubt {
        /// One line for a person.
        what: String,
    },
    /// The answer does not fit the contract.
    #[error("unexpected answer at {path}: {what}")]
    Drift {
        /// JSON path where it happened.
        path: String,
        /// One line for a person.
        what: String,
    },
}

/// The class without its details: for metrics, exchange records and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// It worked.
    Done,
    /// Certainly not processed: tried again.
    Later,
    /// Understood, and refused.
    Refused,
    /// The credentials or their permissions were refused.
    NotAuthorised,
    /// There is no such thing, or the address is wrong.
    NotFound,
    /// Sent, and its outcome is not known.
    InDoubt,
    /// The answer does not fit the contract.
    Drift,
}

impl Class {
    /// The word used in the database, in metrics and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Later => "later",
            Self::Refused => "refused",
            Self::NotAuthorised => "not-authorised",
            Self::NotFound => "not-found",
            Self::InDoubt => "in-doubt",
            Self::Drift => "drift",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Failure {
    /// The class of this failure.
    pub const fn class(&self) -> Class {
        match self {
            Self::Later { .. } => Class::Later,
            Self::Refused { .. } => Class::Refused,
            Self::NotAuthorised { .. } => Class::NotAuthorised,
            Self::NotFound { .. } => Class::NotFound,
            Self::InDoubt { .. } => Class::InDoubt,
            Self::Drift { .. } => Class::Drift,
        }
    }
}
