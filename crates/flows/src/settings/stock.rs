//! How stock reaches the tills.

use std::time::Duration;

use serde::Deserialize;

/// How stock reaches the tills (design section 5).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Stock {
    /// Whether `daybook serve` runs the flow (it needs the export definition `stock-levels`).
    pub enabled: bool,
    /// Pause between two passes when nothing woke the flow.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// How far `@since` reaches behind the last read.
    #[serde(with = "humantime_serde")]
    pub overlap: Duration,
}
