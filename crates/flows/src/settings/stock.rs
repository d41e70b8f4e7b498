//! How stock reaches the tills.

use std::time::Duration;

use daybook_domain::{stock::Margins, time::TimeOfDay};
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
    /// The same between two reads that reach back that far.
    #[serde(with = "humantime_serde")]
    pub short_overlap: Duration,
    /// Pause between two reads that reach back far.
    #[serde(with = "humantime_serde")]
    pub far_every: Duration,
    /// When, by the tills' clock, everything is compared.
    pub sweep_at: TimeOfDay,
    /// How long Sitoo may take until a movement that it took shows in its journal.
    #[serde(with = "humantime_serde")]
    pub settling_time: Duration,
    /// How long a sale that OrderWise stored in the very second of a calculation counts as missing
    /// from it, if nothing newer comes.
    #[serde(with = "humantime_serde")]
    pub tie_after: Duration,
    /// How far the clocks of OrderWise and Daybook may be apart.
    #[serde(with = "humantime_serde")]
    pub clock_margin: Duration,
    /// How long a dismissed sale counts as in flight.
    #[serde(with = "humantime_serde")]
    pub dismissed_age: Duration,
    /// The column of the `variants` export that rules for buffers call a category.
    pub category: String,
    /// What becomes of stock in Sitoo that OrderWise does not know.
    pub unknown_in_orderwise: UnknownInOrderwise,
    /// Most SKUs in one request that changes stock.
    pub items_per_request: usize,
    /// How long the history is kept.
    #[serde(with = "humantime_serde")]
    pub keep_history: Duration,
}

/// What becomes of stock in Sitoo that OrderWise does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnknownInOrderwise {
    /// It stays, and is listed.
    Leave,
    /// It is taken away, and is listed.
    Zero,
}

impl Stock {
    /// How much certainty is asked for.
    pub(crate) const fn margins(&self) -> Margins {
        Margins {
            tie_after: self.tie_after,
            clocks: self.clock_margin,
            dismissed: self.dismissed_age,
        }
    }
}
