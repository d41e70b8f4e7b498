//! Tables as a workbook: a sheet a table, amounts as numbers.

use daybook_domain::month::table::{Cell, Table};
use jiff::tz::TimeZone;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::ExportError;

/// The workbook.
pub fn bytes(tables: &[Table], zone: &TimeZone) -> Result<Vec<u8>, ExportError> {
    let mut book = Workbook::new();
    let mut made = || -> Result<Vec<u8>, XlsxError> {
        for table in tables {
            sheet(book.add_worksheet(), table, zone)?;
        }
        book.save_to_buffer()
    };
    made().map_err(|error| ExportError { format: "xlsx", what: error.to_string() })
}

fn sheet(sheet: &mut Worksheet, table: &Table, zone: &TimeZone) -> Result<(), XlsxError> {
    let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00"));
    let bold_money = money.clone().set_bold();
    sheet.set_name(table.name)?.set_landscape();
    sheet.write_string_with_format(0, 0, table.title, &bold)?;
    sheet.write_string(1, 0, table.note)?;
    for (column, at) in table.columns.iter().zip(0..) {
        sheet.write_string_with_format(2, at, column.title, &bold)?;
        sheet.set_column_width(at, 16)?;
    }
    sheet.set_freeze_panes(3, 0)?;
    let mut next = 3;
    for row in &table.rows {
        cells(sheet, next, row, zone, &money)?;
        next += 1;
    }
    if let Some(totals) = table.totals() {
        cells(sheet, next, &totals, zone, &bold_money)?;
    }
    Ok(())
}

fn cells(
    sheet: &mut Worksheet,
    at: u32,
    row: &[Cell],
    zone: &TimeZone,
    money: &Format,
) -> Result<(), XlsxError> {
    for (cell, column) in row.iter().zip(0..) {
        match cell {
            Cell::Empty => {}
            Cell::Count(count) => {
                number(sheet, (at, column), &count.to_string(), &Format::new())?;
            }
            Cell::Money(amount) => number(sheet, (at, column), &amount.to_string(), money)?,
            // Never a formula, whatever it begins with.
            Cell::Text(_) | Cell::Moment(_) => {
                sheet.write_string(at, column, super::text(cell, zone))?;
            }
        }
    }
    Ok(())
}

/// The number nearest to an exact decimal: nothing is computed with it here. What a workbook cannot
/// hold to the penny stays text.
fn number(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    decimal: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    const EXACT_DIGITS: usize = 15;
    let digits = decimal.chars().filter(char::is_ascii_digit).count();
    match decimal.parse::<f64>() {
        Ok(number) if digits <= EXACT_DIGITS => {
            sheet.write_number_with_format(row, column, number, format)?;
        }
        _ => {
            sheet.write_string(row, column, decimal)?;
        }
    }
    Ok(())
}
