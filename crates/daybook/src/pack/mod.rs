//! The month-end pack on paper: a workbook, a page, and a CSV file a table.

pub(crate) mod csv;
pub(crate) mod html;
#[cfg(test)]
mod tests;
pub(crate) mod xlsx;

use daybook_domain::month::table::Cell;
use jiff::tz::TimeZone;

use crate::words;

/// A cell as plain text.
pub(crate) fn text(cell: &Cell, zone: &TimeZone) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count.to_string(),
        Cell::Money(amount) => amount.to_string(),
        Cell::Moment(at) => words::moment(*at, zone),
    }
}
