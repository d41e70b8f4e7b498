//! Free stock as the export definition `stock-levels` tells it (facts/orderwise 4, design section 7).

use daybook_domain::{Quantity, Timestamp};

/// What OrderWise says can be sold of a variant at a stock location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockFigure {
    /// `sku`, in OrderWise's spelling.
    pub sku: String,
    /// `stockLocationId`.
    pub location_id: i64,
    /// `freeStock`, rounded down to thousandths; negative where more is promised than there is.
    pub free: Quantity,
    /// `buffer`, where OrderWise holds something back.
    pub buffer: Option<Quantity>,
    /// `lastCalculated`. Local time has no zone: in the hour that the autumn change repeats this is
    /// the earlier moment, so that no sale is taken for contained too soon.
    pub calculated_at: Timestamp,
    /// The later one; the same where the time is plain.
    pub calculated_at_latest: Timestamp,
}

impl StockFigure {
    /// Whom it is about, as [`super::OddRow::about`] says it of one that cannot be read.
    pub fn name(&self) -> String {
        place(&self.sku, self.location_id)
    }
}

/// A SKU at a stock location.
pub(super) fn place(sku: &str, location_id: i64) -> String {
    format!("{sku} at {location_id}")
}
