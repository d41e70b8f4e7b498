//! Lists that people take away.

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use daybook_domain::month::table::Table;
use jiff::tz::TimeZone;

use super::PageError;
use crate::export::{self, ExportError};

/// A workbook with a sheet a table.
pub(super) fn xlsx(name: &str, tables: &[Table], zone: &TimeZone) -> Result<Response, PageError> {
    const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let bytes = export::xlsx::bytes(tables, zone).map_err(|error| fault(&error))?;
    Ok(file(&format!("{name}.xlsx"), KIND, bytes))
}

/// A table as CSV.
pub(super) fn csv(name: &str, table: &Table) -> Result<Response, PageError> {
    let bytes = export::csv::bytes(table).map_err(|error| fault(&error))?;
    Ok(file(&format!("{name}.csv"), "text/csv; charset=utf-8", bytes))
}

/// `name` is ours: nothing of it comes from elsewhere but what was parsed.
fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let plain: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect();
    let disposition = format!("attachment; filename=\"{plain}\"");
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, bytes).into_response()
}

fn fault(error: &ExportError) -> PageError {
    tracing::error!("a file could not be made: {error}");
    let hint = "this is a fault in Daybook; please report it";
    PageError::new(StatusCode::INTERNAL_SERVER_ERROR, "export", "The file could not be made", hint)
}
