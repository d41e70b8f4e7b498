//! The catalogue of causes: code, sentence, owner, fix. Data, not `if`s: `causes/table.rs`
//! and the tables below it.

#[macro_use]
mod make;
mod table;
#[cfg(test)]
mod tests;
pub mod told;

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::table::Cause;
use crate::mapping::MappingKind;

/// Who clears an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Finance: money, tax, tenders, periods.
    Finance,
    /// Retail operations: products, stores, tills.
    Retail,
    /// The IT person: connections and permissions.
    It,
}

impl Owner {
    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Finance => "finance",
            Self::Retail => "retail",
            Self::It => "it",
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How much stands still because of a cause (design section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// One entry, and what depends on it.
    Entry,
    /// Every entry of one store.
    Store,
    /// The whole flow.
    System,
    /// One product, or those that share its fault.
    Product,
    /// Money that others took: no flow of goods or documents waits for it.
    Payout,
}

impl Scope {
    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::Store => "store",
            Self::System => "system",
            Self::Product => "product",
            Self::Payout => "payout",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How soon a person should look.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Within the day: one entry waits.
    Normal,
    /// Soon: many entries will follow, or the books may be wrong.
    High,
    /// Now: a flow stands still.
    Critical,
}

impl Severity {
    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What the catalogue says about a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CauseRow {
    /// The cause.
    pub cause: Cause,
    /// Stable code: in JSON, in metrics, in the address of its page.
    pub code: &'static str,
    /// A few words for a heading.
    pub title: &'static str,
    /// One sentence for a person: what is the matter.
    pub sentence: &'static str,
    /// Who clears it.
    pub owner: Owner,
    /// How much stands still.
    pub scope: Scope,
    /// How soon a person should look.
    pub severity: Severity,
    /// The kind of mapping whose change releases the siblings, if one does.
    pub released_by: Option<MappingKind>,
    /// One sentence: how to clear it.
    pub fix: &'static str,
    /// The command that does it, with `{subject}` and `{reference}` to fill in.
    pub command: &'static str,
}

impl CauseRow {
    /// The command for one fault, safe to paste into a shell.
    pub fn command_for(&self, subject: &str, reference: &str) -> String {
        let mut command = String::with_capacity(self.command.len() + subject.len());
        let mut rest = self.command;
        while let Some((before, after)) = rest.split_once('{') {
            command.push_str(before);
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            push_quoted(&mut command, if name == "subject" { subject } else { reference });
            rest = tail;
        }
        command.push_str(rest);
        command
    }
}

/// A till's SKU can hold anything; the shell must see one word.
fn push_quoted(command: &mut String, word: &str) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+,@".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        command.push_str(word);
        return;
    }
    command.push('\'');
    command.push_str(&word.replace('\'', r"'\''"));
    command.push('\'');
}

impl Cause {
    /// Its row in the catalogue.
    pub fn entry(self) -> &'static CauseRow {
        // The enum and the table come from the same list, so the number is always a row.
        &table::CATALOGUE[self as usize]
    }

    /// Its stable code.
    pub fn code(self) -> &'static str {
        self.entry().code
    }

    /// Whether a change of a mapping of `kind` can release it.
    pub fn is_released_by(self, kind: MappingKind) -> bool {
        // A store's own location serves as a return warehouse too.
        self.entry().released_by == Some(kind)
            || matches!(
                (self, kind),
                (
                    Self::ReturnWarehouseUnmapped
                        | Self::DeliveryWarehouseUnmapped
                        | Self::PickupUnmapped,
                    MappingKind::Store
                ) | (Self::PickupUnmapped, MappingKind::Warehouse)
            )
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// The text is not the code of a cause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the code of a cause{near}", near = near(.0))]
pub struct NotCause(pub String);

/// The code that may have been meant.
fn near(typed: &str) -> String {
    let distance = |cause: &Cause| strsim::damerau_levenshtein(typed, cause.code());
    let nearest = Cause::ALL.iter().min_by_key(|cause| distance(cause));
    let near = nearest.filter(|cause| distance(cause) <= 3);
    near.map_or_else(String::new, |cause| format!("; did you mean {}?", cause.code()))
}

impl FromStr for Cause {
    type Err = NotCause;

    fn from_str(code: &str) -> Result<Self, NotCause> {
        Self::ALL
            .iter()
            .copied()
            .find(|cause| cause.code() == code)
            .ok_or_else(|| NotCause(code.to_owned()))
    }
}
