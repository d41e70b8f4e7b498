//! Month-end: may a month be closed ([`period`]), and what finance gets of it ([`pack`](pack::pack)):
//! tables of whole pence ([`table`]), and a control sheet that ties them to each other ([`control`]).

pub mod control;
pub mod facts;
mod figures;
mod lists;
pub mod pack;
pub mod period;
pub mod table;
#[cfg(test)]
mod tests;
pub mod unsettled;

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{reconcile::witness::Day, wire::described_text};

/// A calendar month, written as `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

/// The text is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no month; it is written as 2026-10")]
pub struct NotAMonth(String);

impl Month {
    /// The month of a day.
    pub fn of(day: Day) -> Self {
        Self(day.0.first_of_month())
    }

    /// Its first day.
    pub const fn first(self) -> Day {
        Day(self.0)
    }

    /// Its last day.
    pub fn last(self) -> Day {
        Day(self.0.last_of_month())
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        Self::of(self.last().next())
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self::of(self.first().previous())
    }

    /// Whether a day is part of it.
    pub fn holds(self, day: Day) -> bool {
        Self::of(day) == self
    }

    /// Its days, in order.
    pub fn days(self) -> impl Iterator<Item = Day> {
        let mut next = Some(self.first());
        std::iter::from_fn(move || {
            let day = next.take()?;
            next = (day < self.last()).then(|| day.next());
            Some(day)
        })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let text = text.trim();
        let date = format!("{text}-01").parse::<Date>().ok().filter(|_| text.len() == 7);
        date.map(Self).ok_or_else(|| NotAMonth(text.to_owned()))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

described_text!(Month, "pattern": r"^\d{4}-\d{2}$", "A month: 2026-10.");

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
