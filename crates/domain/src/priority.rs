//! What goes first when both systems have room for only so many calls (design section 2).

use serde::{Deserialize, Serialize};

/// How important a call is; the first goes first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// Sales and returns, from the tills and to the ledger.
    #[default]
    Sales,
    /// Stock of what has just moved at a till.
    StockFast,
    /// Other stock.
    Stock,
    /// What OrderWise's warehouse sent.
    Despatch,
    /// Products and prices.
    Catalogue,
    /// Proofs and reports.
    Reconciliation,
}

impl Priority {
    /// All of them, the most important first.
    pub const ALL: [Self; 6] = [
        Self::Sales,
        Self::StockFast,
        Self::Stock,
        Self::Despatch,
        Self::Catalogue,
        Self::Reconciliation,
    ];

    /// The word used in metrics and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::StockFast => "stock-fast",
            Self::Stock => "stock",
            Self::Despatch => "despatch",
            Self::Catalogue => "catalogue",
            Self::Reconciliation => "reconciliation",
        }
    }

    /// Its place: 0 goes first.
    pub const fn rank(self) -> u8 {
        self as u8
    }
}
