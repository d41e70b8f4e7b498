//! A day of the calendar, without a time and without a zone.

use std::{fmt, str::FromStr};

use jiff::{Span, civil::Date};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Timestamp, wire::described_text};

/// A day, written as `2026-11-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// The text is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a day; write 2026-11-24")]
pub struct NotADay(pub String);

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The day of a date.
    pub fn of_date(date: Date) -> Self {
        Self(EPOCH.until(date).map_or(0, |span| span.get_days()))
    }

    /// The day on which `moment` falls in `zone`, an IANA name; in UTC where there is no such zone.
    pub fn of(moment: Timestamp, zone: &str) -> Self {
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        Self::of_date(zone.to_datetime(moment.to_jiff()).date())
    }

    /// How many days it is after `earlier`; negative if it is before.
    pub fn after(self, earlier: Self) -> i64 {
        i64::from(self.0) - i64::from(earlier.0)
    }

    /// So many days later, or earlier.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        let days = i64::from(self.0).saturating_add(days);
        Self(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    fn date(self) -> Date {
        let span = Span::new().try_days(self.0);
        span.and_then(|span| EPOCH.checked_add(span)).unwrap_or(EPOCH)
    }
}

impl From<crate::reconcile::witness::Day> for Day {
    fn from(day: crate::reconcile::witness::Day) -> Self {
        Self::of_date(day.0)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.date().to_string())
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let date = text.trim().parse::<Date>().map_err(|_| NotADay(text.to_owned()))?;
        Ok(Self::of_date(date))
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

described_text!(Day, "format": "date", "A day: 2026-11-24.");

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
