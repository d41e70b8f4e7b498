//! Alerts: one a cause, with what it holds; opened, told, escalated and closed by what is observed.

mod decide;
mod deliver;
pub mod hours;
mod kind;
mod ln;
mod notice;
pub mod silence;
#[cfg(test)]
mod tests;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    decide::{Change, Policy, Seen, decide},
    deliver::{Channel, Occasion, Planned, Quiet, Told, plan},
    kind::{AlertKind, KindRow},
    notice::{Notice, digest, of_alert, test_notice, weekly},
};
use crate::{Money, Timestamp, causes::Owner};

/// What makes an alert one: its kind, and what it is about.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Key {
    /// The kind.
    pub kind: AlertKind,
    /// `store:5`, `orderwise`, `finance`, `channel:mail`, or `all`.
    pub about: String,
}

impl Key {
    /// A kind about something.
    pub fn new(kind: AlertKind, about: impl Into<String>) -> Self {
        Self { kind, about: about.into() }
    }

    /// A kind about a store.
    pub fn of_store(kind: AlertKind, store: i64) -> Self {
        Self::new(kind, format!("store:{store}"))
    }

    /// The store that it is about; none where it is about no single one.
    pub fn store(&self) -> Option<i64> {
        self.about.strip_prefix("store:")?.parse().ok()
    }
}

/// What stands still because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Impact {
    /// Receipts, entries, products or days.
    pub records: i64,
    /// Money, without signs.
    pub money: Money,
}

/// Something that is the matter now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// What.
    pub key: Key,
    /// One sentence with names and figures, for people.
    pub sentence: String,
    /// What it holds.
    pub impact: Impact,
    /// Who sees to it, where that is not the kind's usual owner.
    pub owner: Option<Owner>,
    /// The page that shows more, where that is not the kind's.
    pub page: Option<String>,
}

impl Observation {
    /// Owner and page are the kind's.
    pub fn new(key: Key, sentence: impl Into<String>, impact: Impact) -> Self {
        Self { key, sentence: sentence.into(), impact, owner: None, page: None }
    }

    /// Who sees to it.
    pub fn owner(&self) -> Owner {
        self.owner.unwrap_or(self.key.kind.row().owner)
    }

    /// The page that shows more.
    pub fn page(&self) -> &str {
        self.page.as_deref().unwrap_or(self.key.kind.row().page)
    }
}

/// An alert as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Alert {
    /// Shown as `AL-` and this number.
    pub number: i64,
    /// What.
    #[serde(flatten)]
    pub key: Key,
    /// One sentence, as of `last_seen`.
    pub sentence: String,
    /// Who sees to it.
    pub owner: Owner,
    /// What it holds, or held when it was last seen.
    #[serde(flatten)]
    pub impact: Impact,
    /// The page that shows more.
    pub page: String,
    /// Since when.
    pub opened_at: Timestamp,
    /// When it was last observed.
    pub last_seen: Timestamp,
    /// How often it was told again because of its age.
    pub escalations: i64,
    /// Until when; none while it is open.
    pub closed_at: Option<Timestamp>,
    /// When somebody first looked at it.
    pub looked_at: Option<Timestamp>,
    /// Who.
    pub looked_by: Option<String>,
}

impl Alert {
    /// Whether it came and went without anybody looking at it.
    pub fn nobody_needed_it(&self) -> bool {
        self.closed_at.is_some() && self.looked_at.is_none()
    }
}
