//! How despatches reach the tills.

use std::time::Duration;

use serde::Deserialize;

/// How what OrderWise sent is shown in Sitoo.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Despatch {
    /// Whether `daybook serve` runs the flow (it needs the export definition `despatches`).
    pub enabled: bool,
    /// Pause between two passes.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// How far `@since` reaches behind the last read.
    #[serde(with = "humantime_serde")]
    pub overlap: Duration,
    /// Pause between an open and paid order and the read of its deliveries.
    #[serde(with = "humantime_serde")]
    pub deliveries_after: Duration,
    /// The same for an order that names neither carrier, collecting store nor delivery address.
    #[serde(with = "humantime_serde")]
    pub unmarked_after: Duration,
    /// Template of the reference that a delivery bears in Sitoo.
    pub reference: String,
    /// Whether a delivery that Daybook writes leaves stock in Sitoo alone.
    pub ignore_stock: bool,
    /// How long Sitoo may take until a delivery that it stored can be looked up.
    #[serde(with = "humantime_serde")]
    pub settling_time: Duration,
    /// Look-ups without a find before a delivery in doubt is written again.
    pub lookups_before_resend: i64,
    /// How long a worker may hold a delivery; longer than the call's time-out.
    #[serde(with = "humantime_serde")]
    pub lease: Duration,
    /// Pause between two looks at both sides of an order.
    #[serde(with = "humantime_serde")]
    pub follow_every: Duration,
    /// How long Sitoo may take to close an order of which all is delivered.
    #[serde(with = "humantime_serde")]
    pub close_after: Duration,
    /// Whether Daybook then closes it; otherwise it is an exception.
    pub close_orders: bool,
    /// Whether an order that OrderWise cancelled whole is cancelled in Sitoo; otherwise it is an
    /// exception.
    pub cancel_orders: bool,
    /// How long an order may be despatched in OrderWise and open in Sitoo.
    #[serde(with = "humantime_serde")]
    pub despatched_but_open: Duration,
    /// How long nothing may leave OrderWise of an order that is paid.
    #[serde(with = "humantime_serde")]
    pub paid_but_not_moving: Duration,
}
