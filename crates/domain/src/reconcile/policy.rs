//! What a retailer may choose about the close of a day, and what the public facts leave open.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::tolerance::Tolerance;
use crate::{VatRate, document::Document, findings::OrderTypes, time::TimeOfDay};

/// Which of an entry's three dates says to which day it belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeriodDate {
    /// The moment at the till.
    Till,
    /// When OrderWise took it; until then, the moment at the till.
    Posting,
    /// The day of the Z-report that counts it; without one, the moment at the till.
    ZReport,
}

impl PeriodDate {
    /// The word used in settings and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Till => "till",
            Self::Posting => "posting",
            Self::ZReport => "z-report",
        }
    }
}

impl fmt::Display for PeriodDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Which day a Z-report belongs to that reaches over two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZDay {
    /// The day on which the till was opened, where the report tells it.
    Opening,
    /// The day on which it was closed.
    Closing,
}

/// Whether a Z-report's sales include what is still to be handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotDelivered {
    /// It stands beside the sales and is not part of them.
    Beside,
    /// It is part of the sales and told once more.
    Within,
}

/// Documents of a store that carry no entry's reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strangers {
    /// They are a difference: someone made them by hand.
    Report,
    /// Other channels use the same account or location: only references like an entry's count.
    OnlyOurReferences,
}

/// A tax rate of OrderWise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxCode {
    /// `taxCode`, as the lines tell it.
    pub code: String,
    /// Its rate.
    pub rate: VatRate,
}

/// The choices.
#[derive(Debug, Clone)]
pub struct DayPolicy {
    /// Which date drives the period.
    pub period_date: PeriodDate,
    /// When a day begins: tills that close after midnight still belong to the day before.
    pub day_begins: TimeOfDay,
    /// Day of a Z-report that reaches over two.
    pub z_day: ZDay,
    /// Whether the not-delivered part stands beside the sales.
    pub not_delivered: NotDelivered,
    /// Whether practice receipts take numbers of the same sequence, and so explain gaps.
    pub practice_takes_numbers: bool,
    /// How far from a till's opening or closing a receipt may stand to be counted on its other side.
    pub boundary: Duration,
    /// How long OrderWise may take until a document shows in its exports.
    pub settling: Duration,
    /// `systemOrderType` of sales and credits.
    pub order_types: OrderTypes,
    /// Texts of `status` that mean that a document is cancelled: it is not in the ledger any more.
    pub cancelled: BTreeSet<String>,
    /// Tax rates of OrderWise by `taxRateId`.
    pub tax_codes: BTreeMap<i64, TaxCode>,
    /// What rounding can make of one line's tax, in pence; more is no rounding.
    pub rounding_per_line: i64,
    /// Variant code of the line for cash rounding.
    pub round_off_sku: Option<String>,
    /// Documents without an entry.
    pub strangers: Strangers,
    /// What need not be cleared by a person.
    pub tolerances: Vec<Tolerance>,
}

impl DayPolicy {
    /// Whether a document counts for nothing, because it was cancelled.
    pub fn is_cancelled(&self, document: &Document) -> bool {
        self.cancelled.contains(document.status.trim())
    }
}

impl Default for DayPolicy {
    fn default() -> Self {
        Self {
            period_date: PeriodDate::Till,
            day_begins: TimeOfDay::hour(4),
            z_day: ZDay::Closing,
            not_delivered: NotDelivered::Beside,
            practice_takes_numbers: true,
            boundary: Duration::from_mins(15),
            settling: Duration::from_mins(10),
            order_types: OrderTypes { sale: 1, credit: 4 },
            cancelled: BTreeSet::from(["Cancelled".to_owned()]),
            tax_codes: BTreeMap::new(),
            rounding_per_line: 1,
            round_off_sku: None,
            strangers: Strangers::Report,
            tolerances: Vec::new(),
        }
    }
}
