//! Reading both systems for the day close, behind everything else that wants to call them.
//!
//! - `z_reports`: what the tills counted, by when it reached Sitoo;
//! - `ledger`: OrderWise's documents with their lines, a stretch of its clock at a time;
//! - `receipts`: receipts that are missing in the book.
//!
//! What is new about a moment that may have been compared already is noted (`late`): its day is
//! looked at again.

mod ledger;
mod moved;
mod receipts;
mod registers;
mod z_reports;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::ledger::unread;
pub use self::{
    ledger::{ledger, ledger_read_at},
    receipts::receipts,
    z_reports::{z_reports, z_reports_read_at},
};

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CollectReport {
    /// Z-reports that were new.
    pub reports: u64,
    /// Z-reports that say something else than before.
    pub changed_reports: u64,
    /// Z-reports that cannot be read.
    pub unreadable_reports: u64,
    /// Stretches of OrderWise's clock that were read.
    pub windows: u64,
    /// Documents that are new, different or gone.
    pub documents: u64,
    /// Receipts that were missing and are in the book now.
    pub receipts: u64,
    /// Receipts that Sitoo does not show.
    pub lost_receipts: u64,
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
