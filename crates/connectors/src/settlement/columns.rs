//! Finds the columns of a layout in a table, or says which are missing.

use daybook_domain::settlement::fold;

use super::{
    FileFault, Style, built_in,
    cells::{self, When},
    table::{Cell, Row, Table},
};
use daybook_domain::Money;

/// Rows among which the headings are looked for.
const HEAD_ROWS: usize = 20;
/// Faults that one message names.
const MOST_FAULTS: usize = 12;

/// Where a column is.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    at: Option<usize>,
    heading: String,
}

/// The headings of a table.
pub(super) struct Head<'a> {
    folded: Vec<String>,
    row: &'a Row,
    missing: Vec<String>,
}

impl<'a> Head<'a> {
    fn new(row: &'a Row) -> Self {
        let folded = row.cells.iter().map(|cell| fold(&cell.text)).collect();
        Self { folded, row, missing: Vec::new() }
    }

    /// The column of a name; what is named and not there is remembered as missing.
    pub(super) fn place(&mut self, name: Option<&String>) -> Place {
        let Some(name) = name else { return Place::default() };
        let (names, optional) = match name.strip_suffix('?') {
            Some(names) => (names, true),
            None => (name.as_str(), false),
        };
        let found = names
            .split('|')
            .find_map(|name| self.folded.iter().position(|heading| *heading == fold(name)));
        if found.is_none() && !optional {
            self.missing.push(names.replace('|', " or "));
        }
        let heading = found.map(|at| self.row.cells[at].text.clone()).unwrap_or_default();
        Place { at: found, heading }
    }

    /// How many cells look like headings: words, and not figures.
    fn headings(&self) -> usize {
        let word = |text: &&String| {
            text.chars().any(char::is_alphabetic) && !text.chars().any(|c| c.is_ascii_digit())
        };
        self.folded.iter().filter(word).count()
    }

    pub(super) fn places(&mut self, names: &[String]) -> Vec<Place> {
        names.iter().map(|name| self.place(Some(name))).collect()
    }
}

/// Finds the headings: the first row that has every column. `seek` asks for each one.
pub(super) fn find<'a, T>(
    table: &'a Table,
    layout: &str,
    seek: impl Fn(&mut Head<'a>) -> T,
) -> Result<(T, &'a [Row]), FileFault> {
    let mut best: Option<Head<'a>> = None;
    for (at, row) in table.iter().take(HEAD_ROWS).enumerate() {
        let mut head = Head::new(row);
        let found = seek(&mut head);
        if head.missing.is_empty() {
            return Ok((found, &table[at + 1..]));
        }
        if best.as_ref().is_none_or(|best| head.headings() > best.headings()) {
            best = Some(head);
        }
    }
    Err(missing(best, layout))
}

fn missing(best: Option<Head<'_>>, layout: &str) -> FileFault {
    let Some(head) = best else {
        return FileFault::new("file-empty", "the file holds nothing", "download it again");
    };
    let names: Vec<String> = head.missing.iter().map(|name| format!("'{name}'")).collect();
    let there: Vec<&str> = head.row.cells.iter().map(|cell| cell.text.as_str()).take(30).collect();
    let what = format!(
        "this is not the layout \"{layout}\": line {} has no column {}\nit has: {}",
        head.row.number,
        names.join(", "),
        cells::short_list(&there),
    );
    let other = [built_in::adyen(), built_in::stripe()].into_iter().find(|other| {
        let marks = [other.columns.kind.as_ref(), other.columns.payout.as_ref()];
        other.name != layout
            && marks.into_iter().flatten().all(|mark| head.folded.contains(&fold(mark)))
    });
    let hint = match other {
        Some(other) => {
            format!("it looks like \"{}\": is --provider right? nothing was imported", other.name)
        }
        None => "has the provider changed its report? Name the columns in the provider's settings \
                 ([settlement.providers.NAME.columns]); nothing was imported"
            .to_owned(),
    };
    FileFault::new("settlement-layout", what, hint)
}

/// Reads the cells of one row and keeps what is wrong with them.
pub(super) struct Reading<'a> {
    row: &'a Row,
    style: &'a Style,
    faults: &'a mut Vec<String>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(row: &'a Row, style: &'a Style, faults: &'a mut Vec<String>) -> Self {
        Self { row, style, faults }
    }

    fn cell(&self, place: &Place) -> Option<&'a Cell> {
        self.row.cells.get(place.at?).filter(|cell| !cell.text.is_empty())
    }

    /// The text of a cell; empty where there is none.
    pub(super) fn text(&self, place: &Place) -> &'a str {
        self.cell(place).map_or("", |cell| cell.text.as_str())
    }

    pub(super) fn some(&self, place: &Place) -> Option<String> {
        self.cell(place).map(|cell| cell.text.clone())
    }

    /// A text that must be whole: a spreadsheet keeps only 15 digits of a number.
    pub(super) fn reference(&mut self, place: &Place) -> Option<String> {
        let cell = self.cell(place)?;
        if cell.shortened {
            let what = format!(
                "'{}' is a number of which the spreadsheet may have lost the last \
                                digits; download the report as CSV",
                cell.text
            );
            self.fault(&place.heading, &what);
            return None;
        }
        Some(cell.text.clone())
    }

    pub(super) fn amount(&mut self, place: &Place) -> Option<Money> {
        match cells::amount(self.text(place), self.style) {
            Ok(amount) => amount,
            Err(what) => {
                self.fault(&place.heading, &what);
                None
            }
        }
    }

    /// One column with a sign, or what comes less what goes.
    pub(super) fn signed(
        &mut self,
        signed: &Place,
        debit: &Place,
        credit: &Place,
    ) -> Option<Money> {
        let (debit, credit) = (self.amount(debit), self.amount(credit));
        let two = match (debit, credit) {
            (None, None) => None,
            (debit, credit) => Some(credit.unwrap_or_default() - debit.unwrap_or_default()),
        };
        self.amount(signed).or(two)
    }

    pub(super) fn when(&mut self, place: &Place, zone: &Place) -> Option<When> {
        match cells::when(self.text(place), self.text(zone), self.style) {
            Ok(when) => when,
            Err(what) => {
                self.fault(&place.heading, &what);
                None
            }
        }
    }

    pub(super) fn fault(&mut self, heading: &str, what: &str) {
        let column =
            if heading.is_empty() { String::new() } else { format!(", column '{heading}'") };
        self.faults.push(format!("line {}{column}: {what}", self.row.number));
    }

    /// A currency: three letters.
    pub(super) fn currency(&mut self, place: &Place, fixed: Option<&String>) -> String {
        let text = self.text(place);
        let text = if text.is_empty() { fixed.map_or("", String::as_str) } else { text };
        let code = text.trim().to_ascii_uppercase();
        let fits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        if !fits {
            let what = format!("'{}' is not a currency", cells::short(text));
            self.fault(&place.heading, &what);
        }
        code
    }
}

/// All faults as one, or nothing.
pub(super) fn settled<T>(lines: Vec<T>, faults: &[String]) -> Result<Vec<T>, FileFault> {
    if faults.is_empty() {
        return Ok(lines);
    }
    let mut shown: Vec<String> = faults.iter().take(MOST_FAULTS).cloned().collect();
    if faults.len() > shown.len() {
        shown.push(format!("… and {} more", faults.len() - shown.len()));
    }
    let hint = "nothing was imported; mend the settings of the provider or bank, or download the \
                file again";
    Err(FileFault::new("settlement-cell", shown.join("\n"), hint))
}
