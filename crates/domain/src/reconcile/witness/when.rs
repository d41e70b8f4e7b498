//! Days and wall-clock moments that sort and travel as text.

use std::{fmt, str::FromStr};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{settlement::NotADay, wire::described_text};

/// A calendar day, written as `2026-11-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub Date);

/// A moment on a wall clock without its zone, as OrderWise keeps them: `2026-11-24T14:03:22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(pub DateTime);

impl Day {
    /// The day after.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// The day before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        text.trim().parse().map(Self).map_err(|_| NotADay(text.to_owned()))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for LocalTime {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        Ok(Self(text.trim().parse()?))
    }
}

/// Both travel as text.
macro_rules! as_text {
    ($($name:ident)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

as_text! { Day LocalTime }
described_text!(Day, "format": "date", "A day: 2026-11-24.");

impl LocalTime {
    /// Microseconds of this wall clock since 1970-01-01T00:00:00 on it: they sort on both databases
    /// alike.
    pub fn wall_micros(self) -> i64 {
        let moment = jiff::tz::TimeZone::UTC.to_timestamp(self.0);
        moment.map_or(0, jiff::Timestamp::as_microsecond)
    }

    /// What [`LocalTime::wall_micros`] gave.
    pub fn from_wall_micros(micros: i64) -> Self {
        let moment = jiff::Timestamp::from_microsecond(micros).unwrap_or_default();
        Self(jiff::tz::TimeZone::UTC.to_datetime(moment))
    }
}
