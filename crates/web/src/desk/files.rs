//! Lists that people take away.

use axum::{
    extract::MatchedPath,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use daybook_domain::month::table::{Column, Table};
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
fn csv(name: &str, table: &Table) -> Result<Response, PageError> {
    let bytes = export::csv::bytes(table).map_err(|error| fault(&error))?;
    Ok(file(&format!("{name}.csv"), "text/csv; charset=utf-8", bytes))
}

/// A table in the form that the route's ending asks for.
pub(super) fn asked(
    at: &MatchedPath,
    name: &str,
    table: &Table,
    zone: &TimeZone,
) -> Result<Response, PageError> {
    if at.as_str().ends_with("xlsx") {
        xlsx(name, std::slice::from_ref(table), zone)
    } else {
        csv(name, table)
    }
}

/// Columns whose heading is their key; those that are `summed` get a total in a workbook.
pub(super) fn columns(keys: &[&'static str], summed: &[&str]) -> Vec<Column> {
    let column = |key: &&'static str| Column { key, title: key, summed: summed.contains(key) };
    keys.iter().map(column).collect()
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
