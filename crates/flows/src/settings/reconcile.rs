//! How days are closed.

use std::time::Duration;

use daybook_domain::{
    Money,
    month::period::LatePolicy,
    reconcile::{
        DayCause,
        policy::{NotDelivered, PeriodDate, Strangers, ZDay},
        tolerance::Tolerance,
    },
    time::TimeOfDay,
};
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
    /// How long after its night a day may stay open before a person is told.
    #[serde(with = "humantime_serde")]
    pub open_limit: Duration,
    /// Which of an entry's dates says to which day it belongs.
    pub period_date: PeriodDate,
    /// When a store's day begins: a till that closes after midnight belongs to the day before.
    pub day_begins: TimeOfDay,
    /// Which day a Z-report over two belongs to.
    pub z_day: ZDay,
    /// Whether a Z-report's sales hold what is still to be handed over.
    pub not_delivered: NotDelivered,
    /// Whether practice receipts take receipt numbers.
    pub practice_takes_numbers: bool,
    /// How far from a till's opening or closing a receipt may stand on its other side.
    #[serde(with = "humantime_serde")]
    pub boundary: Duration,
    /// What rounding can make of one line's tax, in pence.
    pub rounding_per_line: i64,
    /// Documents of a store that carry no entry's reference.
    pub strangers: Strangers,
    /// What happens to what arrives for a period that is closed.
    pub late: LatePolicy,
    /// What need not be cleared by a person.
    pub tolerances: Vec<Allowed>,
}

/// A tolerance as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Allowed {
    /// For this cause alone.
    pub cause: DayCause,
    /// For this tax code alone; none means any.
    pub tax: Option<String>,
    /// Most pence that net, tax and gross may each be off on one difference.
    pub each: i64,
    /// Most pence that all of a day may come to.
    pub a_day: Option<i64>,
}

impl Allowed {
    /// As the domain takes it.
    pub(crate) fn tolerance(&self) -> Tolerance {
        Tolerance {
            cause: self.cause,
            tax: self.tax.clone(),
            each: Money::from_pence(self.each),
            a_day: self.a_day.map(Money::from_pence),
        }
    }
}
