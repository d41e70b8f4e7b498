//! What comes of a day's comparison.

use std::{collections::BTreeMap, fmt};

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    amounts::Amounts,
    completeness::Missing,
    difference::{Difference, Measure, Sides},
    policy::PeriodDate,
    vat::VatLine,
    witness::{Ages, Day},
};
use crate::{Timestamp, words};

/// Data of different age is never called a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All witnesses are fresh, and were compared.
    Fresh(Box<DayResult>),
    /// Not compared: what has to be read (again) first.
    NotYetFresh(Vec<Stale>),
}

/// Why a day cannot be compared yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "what")]
pub enum Stale {
    /// Orders of Sitoo were last read before the day was over.
    Orders {
        /// From when on reading them is enough.
        until: Timestamp,
    },
    /// Z-reports were last read before the day was over, or never.
    ZReports {
        /// From when on reading them is enough.
        until: Timestamp,
    },
    /// OrderWise was last read before the day was over, or never.
    Ledger {
        /// From when on reading it is enough.
        until: Timestamp,
    },
    /// Entries were posted so late that OrderWise need not have shown them when it was read.
    JustPosted {
        /// How many.
        entries: i64,
        /// From when on reading it is enough.
        until: Timestamp,
    },
    /// OrderWise tells of a document of the day in a way that cannot be read.
    Unread {
        /// Which one, and what is wrong.
        detail: String,
        /// When it is worth reading again.
        until: Timestamp,
    },
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Orders { until } => {
                write!(f, "orders of Sitoo have to be read after {}", told(*until))
            }
            Self::ZReports { until } => {
                write!(f, "Z-reports have to be read after {}", told(*until))
            }
            Self::Ledger { until } => write!(f, "OrderWise has to be read after {}", told(*until)),
            Self::JustPosted { entries, until } => {
                let entries = words::count(entries.unsigned_abs(), "entry has", "entries have");
                write!(f, "{entries} just been posted: read OrderWise after {}", told(*until))
            }
            Self::Unread { detail, .. } => write!(f, "OrderWise's {detail}"),
        }
    }
}

/// A moment in a sentence of which nobody knows whose clock it is read by.
fn told(at: Timestamp) -> String {
    words::moment(at, &TimeZone::UTC) + " UTC"
}

/// A store's day, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayResult {
    /// Sitoo's warehouse id of the store.
    pub warehouse_id: i64,
    /// Its name.
    pub store: String,
    /// The day.
    pub day: Day,
    /// Which date drove the period.
    pub period_date: PeriodDate,
    /// Until when each witness was read.
    pub ages: Ages,
    /// Both sides of each measure.
    pub sides: BTreeMap<Measure, Sides>,
    /// Both sides of the ledger by register and tender, sales and returns apart.
    pub tally: Vec<Tally>,
    /// Both sides by tax code, sales and returns apart.
    pub vat: Vec<VatLine>,
    /// Every difference, in a fixed order.
    pub differences: Vec<Difference>,
    /// Receipts to be fetched from Sitoo again.
    pub missing: Vec<Missing>,
    /// Doubles in OrderWise that were credited again.
    pub settled: Vec<String>,
    /// Z-reports that were compared: register and number.
    pub z_reports: Vec<(String, i64)>,
    /// Receipts of the day that a Z-report of another day counts: they are compared there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted_elsewhere: Vec<OtherDay>,
    /// Receipts of other days that a Z-report of this day counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted_for_others: Vec<OtherDay>,
    /// Practice receipts that the Z-reports count.
    pub practice: i64,
    /// Entries that reached the book after their day was over: tills that were offline.
    pub late: i64,
    /// The highest receipt number of each register, for the day after.
    pub last_numbers: BTreeMap<String, i64>,
    /// Fingerprint of the witnesses' figures.
    pub fingerprint: String,
}

/// Receipts that stand on one day, and in a Z-report of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OtherDay {
    /// The other day.
    pub day: Day,
    /// How many.
    pub receipts: i64,
    /// What they come to.
    pub amounts: Amounts,
}

/// Both sides of the ledger for one register and tender, of sales or of returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Register id; none where no till made it.
    pub register: Option<String>,
    /// Tender's name, `split` for several; none for documents without an entry.
    pub tender: Option<String>,
    /// Whether it is about what was given back. Certificates of the first form do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<bool>,
    /// Both sides.
    pub sides: Sides,
}

impl DayResult {
    /// Differences that a person has to clear.
    pub fn open(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|difference| !difference.tolerated)
    }

    /// Whether the day is complete and equal, but for what is tolerated.
    pub fn is_equal(&self) -> bool {
        self.open().next().is_none()
    }

    /// What the causes of a measure come to: always the difference of its sides.
    pub fn explained(&self, measure: Measure) -> Amounts {
        let of_measure = self.differences.iter().filter(|d| d.measure == measure);
        of_measure.map(|difference| difference.amounts).sum()
    }

    /// Measures whose causes do not come to their difference. None, ever: a certificate says so.
    pub fn loose_ends(&self) -> Vec<Measure> {
        let left = |measure: &Measure| {
            let sides = self.sides.get(measure).copied().unwrap_or_default();
            self.explained(*measure) != sides.difference()
        };
        Measure::ALL.into_iter().filter(left).collect()
    }
}
