//! The catalogue of causes of a difference: code, sentence, example, owner, fix. Data, not `if`s:
//! `table.rs`.

#[macro_use]
mod make;
mod table;
#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::table::DayCause;
use crate::causes::Owner;

/// What takes a difference away.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// It goes away by itself: Daybook is still at it.
    Wait,
    /// Clear the exception that holds the entry, and it is posted.
    Release,
    /// Post what is missing.
    Post,
    /// Credit a document that should not be there.
    Credit,
    /// Correct the document in OrderWise.
    Correct,
    /// Correct the mapping, then the document.
    Map,
    /// Fetch what is missing from Sitoo.
    Fetch,
    /// A person decides, and signs with a reason.
    SignOff,
}

impl Remedy {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Release => "release",
            Self::Post => "post",
            Self::Credit => "credit",
            Self::Correct => "correct",
            Self::Map => "map",
            Self::Fetch => "fetch",
            Self::SignOff => "sign-off",
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What the catalogue says about a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct DayCauseRow {
    /// The cause.
    pub cause: DayCause,
    /// Stable code: in JSON, in certificates, in the manual.
    pub code: &'static str,
    /// A few words for a heading.
    pub title: &'static str,
    /// One sentence for a person: what is the matter.
    pub sentence: &'static str,
    /// An example in pounds.
    pub example: &'static str,
    /// Who clears it.
    pub owner: Owner,
    /// What takes it away.
    pub remedy: Remedy,
    /// One sentence: what to do.
    pub fix: &'static str,
}

impl DayCause {
    /// Its row in the catalogue.
    pub fn entry(self) -> &'static DayCauseRow {
        // The enum and the table come from the same list, so the number is always a row.
        &table::CATALOGUE[self as usize]
    }

    /// Its stable code.
    pub fn code(self) -> &'static str {
        self.entry().code
    }
}

impl fmt::Display for DayCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// The text is not the code of a cause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the code of a cause of a difference")]
pub struct NotDayCause(pub String);

impl FromStr for DayCause {
    type Err = NotDayCause;

    fn from_str(code: &str) -> Result<Self, NotDayCause> {
        Self::ALL
            .iter()
            .copied()
            .find(|cause| cause.code() == code)
            .ok_or_else(|| NotDayCause(code.to_owned()))
    }
}
