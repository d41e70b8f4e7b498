//! Rows that hold what no statement of the pack would: a null where a value must be, a text in a
//! number's place, a float's tail.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::Purpose;
use crate::{lock, orderwise::OrderWise};

/// A cell that says something else.
struct Cell {
    purpose: Purpose,
    /// Column and JSON of the rows that are meant.
    of: (String, String),
    column: String,
    json: Box<RawValue>,
}

/// What is put into answers by hand.
#[derive(Default)]
pub(in crate::orderwise) struct Odd {
    cells: Vec<Cell>,
    rows: Vec<(Purpose, Box<RawValue>)>,
}

impl Odd {
    /// The answer with everything that was put into it.
    pub(super) fn apply(&self, purpose: Purpose, answer: Vec<u8>) -> Vec<u8> {
        let concerns = self.cells.iter().any(|cell| cell.purpose == purpose)
            || self.rows.iter().any(|(of, _)| *of == purpose);
        if !concerns {
            return answer;
        }
        let mut rows: Vec<BTreeMap<String, Box<RawValue>>> =
            serde_json::from_slice(&answer).unwrap_or_default();
        for cell in self.cells.iter().filter(|cell| cell.purpose == purpose) {
            let is_meant = |row: &&mut BTreeMap<String, Box<RawValue>>| {
                row.get(&cell.of.0).is_some_and(|value| value.get() == cell.of.1)
            };
            for row in rows.iter_mut().filter(is_meant) {
                row.insert(cell.column.clone(), cell.json.clone());
            }
        }
        let own = rows.iter().filter_map(|row| serde_json::to_string(row).ok());
        let added = self.rows.iter().filter(|(of, _)| *of == purpose);
        let all: Vec<String> = own.chain(added.map(|(_, row)| row.get().to_owned())).collect();
        format!("[{}]", all.join(",")).into_bytes()
    }
}

impl OrderWise {
    /// From now on the rows of an export that hold this JSON in a column say `json` in another one.
    /// False where it is no JSON.
    pub fn spoil_cell(&self, purpose: Purpose, of: (&str, &str), column: &str, json: &str) -> bool {
        let Ok(json) = RawValue::from_string(json.to_owned()) else { return false };
        let of = (of.0.to_owned(), of.1.to_owned());
        lock(&self.state).odd.cells.push(Cell { purpose, of, column: column.to_owned(), json });
        true
    }

    /// From now on an export has this row too. False where it is no JSON.
    pub fn add_row(&self, purpose: Purpose, row: &str) -> bool {
        let Ok(row) = RawValue::from_string(row.to_owned()) else { return false };
        lock(&self.state).odd.rows.push((purpose, row));
        true
    }

    /// All rows as they are again.
    pub fn mend_rows(&self) {
        lock(&self.state).odd = Odd::default();
    }
}
