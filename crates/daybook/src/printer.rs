//! The one place that writes to the terminal: data to stdout, everything else to stderr.

use std::{
    borrow::Cow,
    io::{self, IsTerminal as _, Write as _},
};

use clap::CommandFactory as _;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use crate::{cli::Cli, config, failure::Failure};

/// Commands that need no book, and the one that the service manager runs.
const AS_THEY_ARE: [&str; 5] = ["serve", "demo", "sandbox", "completions", "man"];

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
            data(&as_said_here(&people(value)))
        }
    }

    /// A word to the person at the terminal. Whether anybody hears it does not matter.
    pub(crate) fn talk(self, text: &str) {
        if !self.quiet {
            to_stderr(&as_said_here(text));
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
            as_said_here(&failure.to_string()).into_owned()
        };
        to_stderr(&text);
    }
}

/// The same for pages, where this machine says it otherwise.
pub(crate) fn on_pages() -> Option<fn(&str) -> String> {
    std::env::var_os(config::COMMAND).filter(|command| !command.is_empty())?;
    Some(|page| as_said_here(page).into_owned())
}

/// Commands in a text for people, as they are said on this machine: `daybook map` means nothing
/// there where only `sudo daybook-admin map` reaches the book.
pub(crate) fn as_said_here(text: &str) -> Cow<'_, str> {
    match std::env::var(config::COMMAND) {
        Ok(command) if !command.is_empty() => Cow::Owned(placed(&said_as(text, &command))),
        _ => Cow::Borrowed(text),
    }
}

/// Files of the source, and where the package puts them.
const PLACES: [(&str, &str); 3] = [
    ("crates/connectors/", "/usr/share/doc/daybook/crates/connectors/"),
    ("docs/", "/usr/share/doc/daybook/docs/"),
    ("orderwise/exports/", "/usr/share/daybook/orderwise/"),
];

/// Files that a text names, as this machine has them.
fn placed(text: &str) -> String {
    let mut placed = text.to_owned();
    for (named, there) in PLACES {
        let mut said = String::with_capacity(placed.len());
        let mut rest = placed.as_str();
        while let Some(at) = rest.find(named) {
            let (before, after) = rest.split_at(at);
            said.push_str(before);
            let is_whole = !before.ends_with(|c: char| c.is_alphanumeric() || "-_./".contains(c));
            said.push_str(if is_whole { there } else { named });
            rest = &after[named.len()..];
        }
        placed = said + rest;
    }
    placed
}

fn said_as(text: &str, command: &str) -> String {
    const CALLED: &str = "daybook ";
    let names = Cli::command();
    let is_command = |word: &str| {
        !AS_THEY_ARE.contains(&word) && names.get_subcommands().any(|one| one.get_name() == word)
    };
    let (mut said, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(CALLED) {
        let (before, after) = rest.split_at(at);
        said.push_str(before);
        let is_whole = !before.ends_with(|c: char| c.is_alphanumeric() || "-_./".contains(c));
        let tail = &after[CALLED.len()..];
        let end = tail.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(tail.len());
        if is_whole && is_command(&tail[..end]) {
            said.push_str(command);
            said.push(' ');
        } else {
            said.push_str(CALLED);
        }
        rest = tail;
    }
    said + rest
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

#[cfg(test)]
mod tests {
    use super::{placed, said_as};

    #[test]
    fn files_are_named_where_the_package_has_them() {
        assert_eq!(
            placed("paste orderwise/exports/a.sql; see `docs/operating.md`, /x/docs/y.md"),
            "paste /usr/share/daybook/orderwise/a.sql; see \
             `/usr/share/doc/daybook/docs/operating.md`, /x/docs/y.md"
        );
    }

    #[test]
    fn commands_are_said_as_this_machine_needs_them() {
        let said = |text| said_as(text, "sudo daybook-admin");
        assert_eq!(
            said("run `daybook check`, then daybook map set sku A B"),
            "run `sudo daybook-admin check`, then sudo daybook-admin map set sku A B"
        );
        for as_it_is in [
            "sudo daybook-admin check",
            "`daybook serve` runs",
            "systemctl enable --now daybook    # for good",
            "/usr/bin/daybook check",
            "a daybook is a book",
        ] {
            assert_eq!(said(as_it_is), as_it_is);
        }
    }
}
