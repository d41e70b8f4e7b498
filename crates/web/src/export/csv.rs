//! A table as a CSV file.

use csv::Writer;
use daybook_domain::month::table::{Cell, Table};

use super::ExportError;

/// A table as CSV: amounts as plain decimals, moments in UTC.
pub fn bytes(table: &Table) -> Result<Vec<u8>, ExportError> {
    let fault = |error: csv::Error| ExportError { format: "csv", what: error.to_string() };
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(table.columns.iter().map(|column| column.key)).map_err(fault)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(field)).map_err(fault)?;
    }
    let fault = |error: String| ExportError { format: "csv", what: error };
    writer.into_inner().map_err(|error| fault(error.to_string()))
}

fn field(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Count(count) => count.to_string(),
        Cell::Money(amount) => amount.to_string(),
        Cell::Moment(at) => at.to_string(),
    }
}

/// Text as it may stand in a file for spreadsheets, which take what begins like a formula for one.
pub fn harmless(text: &str) -> String {
    let formula =
        text.starts_with(['=', '+', '@', '\t', '\r']) || (text.len() > 1 && text.starts_with('-'));
    if formula { format!("'{text}") } else { text.to_owned() }
}
