//! How days are closed.

use std::time::Duration;

use daybook_domain::time::TimeOfDay;
use serde::Deserialize;

/// How days are closed: when, and what is read for it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reconcile {
    /// Whether `daybook serve` runs the flow (it needs the export definition `order-totals`).
    pub enabled: bool,
    /// Pause between two passes when nothing woke the flow.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// When, by the store's clock, the day before is closed.
    pub close_at: TimeOfDay,
    /// Stores by warehouse id; empty means all that are mapped.
    pub stores: Vec<i64>,
    /// How far a read of Z-reports reaches behind the last one.
    #[serde(with = "humantime_serde")]
    pub overlap: Duration,
    /// How far back the first read of Z-reports begins.
    #[serde(with = "humantime_serde")]
    pub first_reports: Duration,
    /// Pause before the registers are read again.
    #[serde(with = "humantime_serde")]
    pub registers_every: Duration,
    /// How long a stretch of OrderWise's wall clock is read in one call.
    #[serde(with = "humantime_serde")]
    pub window: Duration,
    /// How many days' documents are read again each night.
    #[serde(with = "humantime_serde")]
    pub look_back: Duration,
    /// How long OrderWise may take until a document shows in its exports.
    #[serde(with = "humantime_serde")]
    pub settling_time: Duration,
    /// Most receipts that are missing and asked for in one pass.
    pub receipts_per_pass: usize,
}
