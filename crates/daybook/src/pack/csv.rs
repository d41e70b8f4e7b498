//! Every table as a CSV file.

use std::{fs, path::Path};

use csv::Writer;
use daybook_domain::month::{
    pack::Pack,
    table::{Cell, Table},
};

use crate::failure::Failure;

/// Writes a file a table: `MONTH-TABLE.csv`.
pub(crate) fn write(pack: &Pack, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    for table in &pack.tables {
        let path = folder.join(format!("{}-{}.csv", pack.month, table.name));
        let bytes = bytes(table)?;
        fs::write(&path, bytes).map_err(|error| Failure::file(&path, &error))?;
    }
    Ok(())
}

/// A table as CSV: amounts as plain decimals, moments in UTC.
pub(super) fn bytes(table: &Table) -> Result<Vec<u8>, Failure> {
    let fault = |error: csv::Error| Failure::new("csv", error.to_string(), "please report it");
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(table.columns.iter().map(|column| column.key)).map_err(fault)?;
    for row in &table.rows {
        writer.write_record(row.iter().map(field)).map_err(fault)?;
    }
    writer.into_inner().map_err(|error| Failure::new("csv", error.to_string(), "please report it"))
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

/// A spreadsheet takes text that begins like a formula for one.
fn harmless(text: &str) -> String {
    let formula =
        text.starts_with(['=', '+', '@', '\t', '\r']) || (text.len() > 1 && text.starts_with('-'));
    if formula { format!("'{text}") } else { text.to_owned() }
}
