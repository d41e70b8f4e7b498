//! How products and prices reach the tills.

use std::time::Duration;

use serde::Deserialize;

/// How products and prices reach the tills.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Catalogue {
    /// Whether `daybook serve` runs the flow (it needs the export definition `variants`).
    pub enabled: bool,
    /// Pause between two passes.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// Products in one request to Sitoo; its guide speaks of 200 (facts/sitoo 4.1).
    pub batch: usize,
}
