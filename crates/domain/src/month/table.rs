//! Tables of whole numbers and text: what every writer of the pack makes its file of.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

use crate::{Money, Timestamp, reconcile::Amounts};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text.
    Text(String),
    /// A number of things.
    Count(i64),
    /// An amount.
    Money(Money),
    /// A moment.
    Moment(Timestamp),
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Empty => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Count(count) => serializer.serialize_i64(*count),
            Self::Money(amount) => amount.serialize(serializer),
            Self::Moment(at) => at.serialize(serializer),
        }
    }
}

impl JsonSchema for Cell {
    fn schema_name() -> Cow<'static, str> {
        "PackCell".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["null", "string", "integer"],
            "description": "Nothing, a text or a moment, or a number: of things, or of pence.",
        })
    }
}

impl Cell {
    /// Text, or nothing where it is empty.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    /// The number in it, pence of an amount; none where it holds none.
    pub const fn number(&self) -> Option<i64> {
        match self {
            Self::Count(count) => Some(*count),
            Self::Money(amount) => Some(amount.pence()),
            Self::Empty | Self::Text(_) | Self::Moment(_) => None,
        }
    }
}

impl From<Money> for Cell {
    fn from(amount: Money) -> Self {
        Self::Money(amount)
    }
}

impl From<i64> for Cell {
    fn from(count: i64) -> Self {
        Self::Count(count)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::Moment(at)
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackColumn")]
pub struct Column {
    /// Its name in CSV and JSON.
    pub key: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Whether its sum means something.
    pub summed: bool,
}

/// A column whose sum means nothing.
pub(super) const fn plain(key: &'static str, title: &'static str) -> Column {
    Column { key, title, summed: false }
}

/// A column that is summed.
pub(super) const fn summed(key: &'static str, title: &'static str) -> Column {
    Column { key, title, summed: true }
}

/// A table of the pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PackTable")]
pub struct Table {
    /// Its name in file names and JSON.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it shows, in a sentence or two.
    pub note: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as wide as the columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Where a column stands.
    fn column(&self, key: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.key == key)
    }

    /// What a column comes to, as a reader of the table would add it up.
    pub fn sum(&self, key: &str) -> i64 {
        self.sum_where(key, |_| true)
    }

    /// What a column comes to over the rows that hold `text` under `of`.
    pub fn sum_of(&self, key: &str, of: &str, text: &str) -> i64 {
        let wanted = Cell::text(text);
        let at = self.column(of);
        self.sum_where(key, |row| at.and_then(|at| row.get(at)) == Some(&wanted))
    }

    fn sum_where(&self, key: &str, wanted: impl Fn(&[Cell]) -> bool) -> i64 {
        let Some(at) = self.column(key) else { return 0 };
        let rows = self.rows.iter().filter(|row| wanted(row));
        rows.filter_map(|row| row.get(at)?.number()).sum()
    }

    /// The line below the table: sums of the columns whose sum means something. None where there
    /// is nothing to sum.
    pub fn totals(&self) -> Option<Vec<Cell>> {
        let has_sums = self.columns.iter().any(|column| column.summed);
        (has_sums && !self.rows.is_empty()).then(|| {
            let total = |(at, column): (usize, &Column)| match self.rows.first()?.get(at)? {
                Cell::Money(_) if column.summed => {
                    Some(Cell::Money(Money::from_pence(self.sum(column.key))))
                }
                Cell::Count(_) if column.summed => Some(Cell::Count(self.sum(column.key))),
                _ => None,
            };
            let totals = self.columns.iter().enumerate().map(|it| total(it).unwrap_or(Cell::Empty));
            totals.collect()
        })
    }
}

/// Three cells.
pub(super) fn amounts(amounts: Amounts) -> [Cell; 3] {
    [amounts.net.into(), amounts.tax.into(), amounts.gross.into()]
}
