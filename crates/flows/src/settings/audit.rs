//! How both systems are audited.

use std::time::Duration;

use daybook_domain::{Quantity, audit::Limits};
use serde::Deserialize;

/// How both systems are audited: when, what is read, and what counts as a gap.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Audit {
    /// Whether `daybook serve` audits by itself.
    pub enabled: bool,
    /// Pause between two audits.
    #[serde(with = "humantime_serde")]
    pub every: Duration,
    /// Pause before it is looked again whether one is due.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// Days of orders that are read.
    pub days: i64,
    /// Age from which an open order is a gap.
    #[serde(with = "humantime_serde")]
    pub open_after: Duration,
    /// How long an export definition may take.
    #[serde(with = "humantime_serde")]
    pub slow_export: Duration,
    /// How far a clock may be ahead.
    #[serde(with = "humantime_serde")]
    pub clock_ahead: Duration,
    /// A stock figure beyond so many units cannot be true.
    pub impossible_stock: i64,
    /// Age from which an interrupted audit begins anew instead of going on.
    #[serde(with = "humantime_serde")]
    pub resume_within: Duration,
    /// How many reports are kept.
    pub keep_reports: i64,
}

impl Audit {
    /// As the judgement takes them; `days` may be another number this once.
    pub(crate) fn limits(&self, days: Option<i64>) -> Limits {
        let micros = |span: Duration| i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Limits {
            days: days.unwrap_or(self.days),
            open: micros(self.open_after),
            slow: u64::try_from(self.slow_export.as_millis()).unwrap_or(u64::MAX),
            ahead: micros(self.clock_ahead),
            impossible: Quantity::from_units(self.impossible_stock),
        }
    }
}
