//! The catalogue of causes: code, sentence, owner, fix. Data, not `if`s.

use serde::{Deserialize, Serialize};

/// Who clears an exception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Finance: money, tax, tenders, periods.
    Finance,
    /// Retail operations: products, stores, tills.
    Retail,
    /// The IT person: connections and permissions.
    It,
}

/// A cause of an exception. The code never changes once released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The till's SKU is not an OrderWise variant.
    SkuUnmapped,
}
