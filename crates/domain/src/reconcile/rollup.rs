//! Top-down by exception: company → store → register → tender → tax code → entry → row, with count
//! and value on each level.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    amounts::Amounts,
    difference::{Difference, Measure, Sides},
    result::DayResult,
};

/// The key of what has none: no register, no tender, no tax code.
const NONE: &str = "-";

/// One level: what it comes to, and what is below.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// Both sides; below the tender only differences are kept.
    pub sides: Option<Sides>,
    /// What OrderWise has beyond the book.
    pub difference: Amounts,
    /// How many documents more (or fewer).
    pub count: i64,
    /// Differences that a person has to clear.
    pub open: i64,
    /// Differences that are tolerated.
    pub tolerated: i64,
    /// The level below, by its key.
    pub below: BTreeMap<String, Node>,
}

impl Node {
    /// The whole company over any number of days.
    pub fn company<'a>(days: impl IntoIterator<Item = &'a DayResult>) -> Self {
        let mut company = Self::default();
        for day in days {
            company.add(day);
        }
        company
    }

    /// Adds a store's day.
    pub fn add(&mut self, day: &DayResult) {
        for tally in &day.tally {
            let register = tally.register.as_deref().unwrap_or(NONE);
            let tender = tally.tender.as_deref().unwrap_or(NONE);
            let add = |node: &mut Self| {
                let sides = node.sides.get_or_insert_default();
                sides.book += tally.sides.book;
                sides.other += tally.sides.other;
                sides.book_count += tally.sides.book_count;
                sides.other_count += tally.sides.other_count;
            };
            self.each(&[&day.store, register, tender], add);
        }
        for difference in day.differences.iter().filter(|d| d.measure == Measure::Ledger) {
            self.add_difference(&day.store, difference);
        }
    }

    fn add_difference(&mut self, store: &str, difference: &Difference) {
        let place = &difference.place;
        let entry = place.reference.map_or_else(
            || place.order_id.map_or_else(|| NONE.to_owned(), |id| format!("document {id}")),
            |reference| reference.to_string(),
        );
        let row = match (place.row, place.line) {
            (Some(row), _) => format!("row {row}"),
            (None, Some(line)) => format!("line {line}"),
            (None, None) => difference.cause.code().to_owned(),
        };
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| NONE.to_owned());
        let (register, tender) = (or_none(&place.register), or_none(&place.tender));
        let tax = or_none(&place.tax);
        self.each(&[store, &register, &tender, &tax, &entry, &row], |node| {
            node.difference += difference.amounts;
            node.count += difference.count;
            if difference.tolerated {
                node.tolerated += 1;
            } else {
                node.open += 1;
            }
        });
    }

    /// Does `to_each` to this node and to every node on the way down.
    fn each(&mut self, path: &[&str], to_each: impl Fn(&mut Self)) {
        let mut node = self;
        to_each(node);
        for key in path {
            node = node.below.entry((*key).to_owned()).or_default();
            to_each(node);
        }
    }

    /// Only what differs, and the way to it.
    #[must_use]
    pub fn exceptions(&self) -> Self {
        let differs = |node: &&Self| node.open + node.tolerated > 0;
        let below = self.below.iter().filter(|(_, node)| differs(node));
        let below = below.map(|(key, node)| (key.clone(), node.exceptions())).collect();
        Self { below, ..self.clone_without_below() }
    }

    fn clone_without_below(&self) -> Self {
        let Self { sides, difference, count, open, tolerated, below: _ } = *self;
        Self { sides, difference, count, open, tolerated, below: BTreeMap::new() }
    }
}
