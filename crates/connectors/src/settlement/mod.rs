//! Files of payment providers and banks: settlement reports as CSV or XLSX, statements as CSV or
//! CAMT.053. What is known of each layout, and how well, stands in `MAPPING.md`.
//!
//! A file is read as a whole or not at all. Whatever does not fit is named with its line and
//! column, together with everything else that does not fit.

mod bank;
mod built_in;
mod camt;
mod cells;
mod columns;
mod layout;
mod lines;
mod table;
mod text;

use daybook_domain::settlement::{BankLine, SettlementLine};

pub use built_in::{adyen, stripe};
pub use layout::{
    Amounts, BankColumns, BankLayout, Columns, Encoding, IGNORE, Layout, LineWord, Style,
};

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct FileFault {
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and where, one fault a line.
    pub what: String,
    /// What to do next.
    pub hint: String,
}

impl FileFault {
    pub(crate) fn new(
        code: &'static str,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { code, what: what.into(), hint: hint.into() }
    }
}

/// A line with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// Line of a text file, row of a sheet; from 1.
    pub row: usize,
    /// What stands there.
    pub line: T,
}

/// Reads a settlement report of `provider`.
pub fn read_report(
    provider: &str,
    content: &[u8],
    layout: &Layout,
) -> Result<Vec<Placed<SettlementLine>>, FileFault> {
    let table = table::read(content, &layout.style)?;
    lines::read(provider, &table, layout)
}

/// Reads a bank's statement. CAMT.053 is known by itself; anything else needs a layout.
pub fn read_statement(
    content: &[u8],
    layout: Option<&BankLayout>,
) -> Result<Vec<Placed<BankLine>>, FileFault> {
    if camt::looks_like_xml(content) {
        return camt::read(content);
    }
    let Some(layout) = layout else {
        return Err(FileFault::new(
            "bank-layout-missing",
            "the file is no CAMT.053 statement, and no layout is named",
            "describe its columns in [settlement.banks.NAME] and add --bank NAME",
        ));
    };
    let table = table::read(content, &layout.style)?;
    bank::read(&table, layout)
}
