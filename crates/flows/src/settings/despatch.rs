//! How despatches reach the tills.

use std::time::Duration;

use serde::Deserialize;

/// How what OrderWise sent is shown in Sitoo.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Despatch {
    /// Whether `daybook serve` runs the flow (it needs the export definition `despatches`).
    pub enabled: bool,
    /// Pause between two passes.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// How far `@since` reaches behind the last read.
    #[serde(with = "humantime_serde")]
    pub overlap: Duration,
}
