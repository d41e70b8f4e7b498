//! A table of texts, from CSV or from a sheet of a workbook.

use std::io::Cursor;

use calamine::{Data, Range, Reader as _, Xlsx};
use csv::ReaderBuilder;

use super::{FileFault, Style, text};

/// What a zip archive, and so a workbook, begins with.
const ZIP: &[u8] = b"PK\x03\x04";
/// What a workbook of before 2007 begins with.
const OLD_WORKBOOK: &[u8] = b"\xd0\xcf\x11\xe0";
/// Digits that a spreadsheet keeps of a number.
const KEPT_DIGITS: usize = 15;

/// A cell: its text, and whether a spreadsheet may have shortened it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) shortened: bool,
}

/// One row, with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// From 1.
    pub(super) number: usize,
    pub(super) cells: Vec<Cell>,
}

/// All rows that are not empty, the headings among them.
pub(super) type Table = Vec<Row>;

/// Reads a table, whichever kind of file it is.
pub(super) fn read(content: &[u8], style: &Style) -> Result<Table, FileFault> {
    let table = if content.starts_with(ZIP) {
        workbook(content, style)?
    } else if content.starts_with(OLD_WORKBOOK) {
        return Err(FileFault::new(
            "file-kind",
            "the file is a workbook of the old kind (.xls)",
            "save it as .xlsx or as CSV",
        ));
    } else {
        csv(content, style)?
    };
    if table.is_empty() {
        let hint = "download it again; nothing was imported";
        return Err(FileFault::new("file-empty", "the file holds nothing", hint));
    }
    Ok(table)
}

fn csv(content: &[u8], style: &Style) -> Result<Table, FileFault> {
    let text = text::decode(content, style.encoding)?;
    let separator = u8::try_from(style.separator).unwrap_or(b',');
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut table = Table::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            FileFault::new("file-kind", error.to_string(), "is it really a CSV file?")
        })?;
        let number = record.position().map_or(0, csv::Position::line);
        let cell = |text: &str| Cell { text: text.trim().to_owned(), shortened: false };
        let cells: Vec<Cell> = record.iter().map(cell).collect();
        push(&mut table, usize::try_from(number).unwrap_or(usize::MAX), cells);
    }
    Ok(table)
}

fn workbook(content: &[u8], style: &Style) -> Result<Table, FileFault> {
    let broken = |error: calamine::XlsxError| {
        let hint = "is it really an .xlsx workbook, and without a password?";
        FileFault::new("file-kind", format!("the workbook cannot be read: {error}"), hint)
    };
    let mut book = Xlsx::new(Cursor::new(content)).map_err(broken)?;
    let names = book.sheet_names();
    let name = match &style.sheet {
        Some(wanted) => names.iter().find(|name| *name == wanted).cloned(),
        None => names.first().cloned(),
    };
    let Some(name) = name else {
        let wanted = style.sheet.as_deref().unwrap_or("any");
        let what = format!("there is no sheet '{wanted}'; there are: {}", names.join(", "));
        return Err(FileFault::new("file-kind", what, "set sheet in the provider's style"));
    };
    let range: Range<Data> = book.worksheet_range(&name).map_err(broken)?;
    let first = range.start().map_or(0, |(row, _)| usize::try_from(row).unwrap_or(0));
    let mut table = Table::new();
    for (at, row) in range.rows().enumerate() {
        push(&mut table, first + at + 1, row.iter().map(cell).collect());
    }
    Ok(table)
}

/// A number becomes its shortest decimal text: `35.99` is stored as the nearest binary fraction,
/// and has that text again. What was calculated and is no whole penny stays visible.
fn cell(data: &Data) -> Cell {
    let text = match data {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
            text.trim().to_owned()
        }
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(moment) => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
    };
    let number = matches!(data, Data::Int(_) | Data::Float(_));
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    Cell { shortened: number && digits > KEPT_DIGITS, text }
}

fn push(table: &mut Table, number: usize, mut cells: Vec<Cell>) {
    while cells.last().is_some_and(|cell| cell.text.is_empty()) {
        cells.pop();
    }
    if !cells.is_empty() {
        table.push(Row { number, cells });
    }
}
