//! Writes rows as JSON straight into bytes: an export may have a hundred thousand of them.

use std::io::Write;

use rust_decimal::Decimal;

use crate::orderwise::{
    exact::{pounds, print},
    uk_time,
};

/// A value of a column.
pub(super) enum Cell<'a> {
    /// An id.
    Int(i64),
    /// Pence, written as pounds.
    Money(i64),
    /// A decimal.
    Decimal(Decimal),
    /// A text.
    Text(&'a str),
    /// A wall clock time.
    Time(i64),
    /// A bit.
    Bit(bool),
    /// Nulls are explicit (facts/orderwise 1.8).
    Null,
}

impl<'a> Cell<'a> {
    /// The value, or null.
    pub(super) fn or_null<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell<'a>) -> Self {
        value.map_or(Self::Null, cell)
    }
}

/// An array of row objects in the making.
pub(super) struct Table {
    /// `"name":` of each column, nothing where a column is left out.
    keys: Vec<Option<Vec<u8>>>,
    out: Vec<u8>,
}

impl Table {
    pub(super) fn new<'a>(columns: &[&'a str], alias: impl Fn(&'a str) -> Option<&'a str>) -> Self {
        let key = |name: &str| {
            let mut key = Vec::with_capacity(name.len() + 3);
            text(&mut key, name);
            key.push(b':');
            key
        };
        Self {
            keys: columns.iter().map(|column| alias(column).map(key)).collect(),
            out: vec![b'['],
        }
    }

    /// Adds a row; cells in the order of the columns.
    pub(super) fn row(&mut self, cells: &[Cell<'_>]) {
        if self.out.len() > 1 {
            self.out.push(b',');
        }
        self.out.push(b'{');
        let mut is_first = true;
        for (key, cell) in self.keys.iter().zip(cells) {
            let Some(key) = key else { continue };
            if !is_first {
                self.out.push(b',');
            }
            is_first = false;
            self.out.extend_from_slice(key);
            value(&mut self.out, cell);
        }
        self.out.push(b'}');
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.out.push(b']');
        self.out
    }
}

/// Writing into memory cannot fail; the results are dropped for that reason.
fn value(out: &mut Vec<u8>, cell: &Cell<'_>) {
    match cell {
        Cell::Int(number) => drop(write!(out, "{number}")),
        Cell::Money(pence) => out.extend_from_slice(print(pounds(*pence)).as_bytes()),
        Cell::Decimal(decimal) => out.extend_from_slice(print(*decimal).as_bytes()),
        Cell::Text(content) => text(out, content),
        Cell::Time(wall) => text(out, &uk_time::print(*wall)),
        Cell::Bit(bit) => out.extend_from_slice(if *bit { b"true" } else { b"false" }),
        Cell::Null => out.extend_from_slice(b"null"),
    }
}

fn text(out: &mut Vec<u8>, content: &str) {
    drop(serde_json::to_writer(out, content));
}
