//! The one place that writes to the terminal: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use crate::failure::Failure;

/// How results reach whoever asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    json: bool,
    quiet: bool,
}

impl Printer {
    /// `json`: for a program instead of a person. `quiet`: results and errors only.
    pub(crate) const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Shows a result: as JSON, or as the text that `people` makes of it.
    pub(crate) fn result<T: Serialize>(
        self,
        value: &T,
        people: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            // Indented: it is read by people too.
            data(&serde_json::to_string_pretty(value).map_err(io::Error::from)?)
        } else {
            data(&people(value))
        }
    }

    /// A word to the person at the terminal. Whether anybody hears it does not matter.
    pub(crate) fn talk(self, text: &str) {
        if !self.quiet {
            to_stderr(text);
        }
    }

    /// Whether a display that moves makes sense: somebody watches a terminal.
    pub(crate) fn shows_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// A failure, in the form that was asked for.
    pub(crate) fn failure(self, failure: &Failure) {
        let text = if self.json {
            serde_json::json!({ "error": failure }).to_string()
        } else {
            failure.to_string()
        };
        to_stderr(&text);
    }
}

/// Data as it is; a line break is added where none is.
pub(crate) fn data(text: &str) -> Result<(), Failure> {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    reader_may_leave(write!(io::stdout().lock(), "{text}{end}"))
}

fn to_stderr(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// `daybook entries | head` closes the pipe early: no failure.
fn reader_may_leave(written: io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(Failure::from),
    }
}

/// A table without lines, readable by eye and by `awk`. `right` names the columns of numbers.
pub(crate) fn table(head: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.set_header(head.iter().map(|title| title.to_uppercase()));
    laid_out(table, right, rows)
}

/// The same without a head.
pub(crate) fn rows(right: &[usize], rows: Vec<Vec<String>>) -> String {
    laid_out(Table::new(), right, rows)
}

fn laid_out(mut table: Table, right: &[usize], rows: Vec<Vec<String>>) -> String {
    table.load_style(comfy_table::presets::NOTHING);
    table.add_rows(rows);
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for index in right {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.trim_fmt()
}
