//! How another integration is followed and replaced.

use std::time::Duration;

use daybook_domain::cutover::{
    gate::Limits,
    rules::{self, BadRule, Rule},
};
use serde::Deserialize;

/// How another integration is followed and replaced.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cutover {
    /// Under which references the other integration posts, over what Sitoo says of an order.
    pub other_references: Vec<String>,
    /// Longest pause between two looks for the same entry.
    #[serde(with = "humantime_serde")]
    pub look_every: Duration,
    /// Age from which an entry that the other integration has not posted is told.
    #[serde(with = "humantime_serde")]
    pub report_after: Duration,
    /// How late the other integration may be after the switch.
    #[serde(with = "humantime_serde")]
    pub settle_for: Duration,
    /// How long after the switch every posting is preceded by a look.
    #[serde(with = "humantime_serde")]
    pub look_first_for: Duration,
    /// How old that look may be.
    #[serde(with = "humantime_serde")]
    pub look_valid_for: Duration,
}

impl Cutover {
    /// The rules, or the first one that cannot be used.
    pub fn rules(&self) -> Result<Vec<Rule>, (String, BadRule)> {
        rules::parse(&self.other_references)
    }

    /// As decisions take them.
    pub(crate) const fn limits(&self, settling_time: Duration) -> Limits {
        Limits {
            look_first: settling_time,
            look_every: self.look_every,
            settle_for: self.settle_for,
            look_first_for: self.look_first_for,
            look_valid_for: self.look_valid_for,
        }
    }
}
