//! Tables as files that people take away: CSV, a workbook, the month-end pack as a page.

pub mod audit;
pub mod csv;
pub mod pack;
#[cfg(test)]
mod tests;
pub mod xlsx;

use daybook_domain::{month::table::Cell, words};
use jiff::tz::TimeZone;

/// A table could not be written; a fault in Daybook.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{format}: {what}")]
pub struct ExportError {
    /// `csv` or `xlsx`.
    pub format: &'static str,
    /// What the writer says.
    pub what: String,
}

/// A cell as plain text.
pub fn text(cell: &Cell, zone: &TimeZone) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Money(amount) => amount.to_string(),
        Cell::Moment(at) => words::moment(*at, zone),
    }
}
