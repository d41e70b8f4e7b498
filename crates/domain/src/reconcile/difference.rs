//! One difference: where, why, and how much.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{amounts::Amounts, causes::DayCause};
use crate::Reference;

/// What is compared with the book.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "DifferenceMeasure")]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// OrderWise's documents with the entries.
    Ledger,
    /// Turnover of the Z-reports with the entries, without cash rounding.
    Turnover,
    /// Cash rounding of the Z-reports.
    RoundOff,
    /// Tenders of the Z-reports, by name; only the gross says anything.
    Tenders,
    /// Payments on OrderWise's documents, where an export tells them.
    LedgerPayments,
    /// Cash in the drawer: counted with expected.
    Cash,
    /// Numbers of receipts and reports: no amounts.
    Numbers,
}

impl Measure {
    /// All measures.
    pub const ALL: [Self; 7] = [
        Self::Ledger,
        Self::Turnover,
        Self::RoundOff,
        Self::Tenders,
        Self::LedgerPayments,
        Self::Cash,
        Self::Numbers,
    ];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Turnover => "turnover",
            Self::RoundOff => "round-off",
            Self::Tenders => "tenders",
            Self::LedgerPayments => "ledger-payments",
            Self::Cash => "cash",
            Self::Numbers => "numbers",
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Where a difference stands, as far down as it is known: register → tender → tax code → entry → row.
#[derive(
    Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "DifferencePlace")]
pub struct Place {
    /// Register id.
    pub register: Option<String>,
    /// Tender, by the till's name; `split` where there were several.
    pub tender: Option<String>,
    /// Tax code of OrderWise, else the till's rate in per cent.
    pub tax: Option<String>,
    /// The entry.
    pub reference: Option<Reference>,
    /// Receipt id, or the key of a Z-report.
    pub receipt: Option<String>,
    /// `orderitemid` of the row.
    pub row: Option<i64>,
    /// OrderWise's `orderId`.
    pub order_id: Option<i64>,
    /// OrderWise's line number.
    pub line: Option<i64>,
}

/// One difference. Amounts are what the other side has beyond the book, with the till's signs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// What was compared.
    pub measure: Measure,
    /// Where.
    pub place: Place,
    /// Why: exactly one.
    pub cause: DayCause,
    /// What an edit changed, where the cause is an edit.
    pub aspect: Option<DayCause>,
    /// How much.
    pub amounts: Amounts,
    /// How many transactions more (or fewer) the other side has.
    pub count: i64,
    /// One sentence with the particulars. Nothing about a shopper.
    pub detail: String,
    /// Whether a tolerance covers it: still listed, and no person has to clear it.
    pub tolerated: bool,
}

impl Difference {
    /// A difference without particulars.
    pub fn new(measure: Measure, cause: DayCause, place: Place, amounts: Amounts) -> Self {
        Self {
            measure,
            place,
            cause,
            aspect: None,
            amounts,
            count: 0,
            detail: String::new(),
            tolerated: false,
        }
    }

    /// With its particulars.
    #[must_use]
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// With the transactions that it is about.
    #[must_use]
    pub fn counting(self, count: i64) -> Self {
        Self { count, ..self }
    }
}

/// Both sides of one measure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sides {
    /// What the book says.
    pub book: Amounts,
    /// What the other witness says.
    pub other: Amounts,
    /// Transactions in the book.
    pub book_count: i64,
    /// Transactions of the other witness.
    pub other_count: i64,
}

impl Sides {
    /// What the other side has beyond the book.
    pub fn difference(&self) -> Amounts {
        self.other - self.book
    }
}
