//! Moments, without a clock.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::described_text;

/// A moment in microseconds since the Unix epoch, UTC. It sorts on both databases alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From seconds since the Unix epoch, as Sitoo writes dates (facts/sitoo 1.4).
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// When its day began, by UTC.
    #[must_use]
    pub const fn start_of_day(self) -> Self {
        const DAY: i64 = 86_400_000_000;
        Self::from_micros(self.micros().div_euclid(DAY) * DAY)
    }

    /// The beginning of a day, UTC, written as `2026-11-24`.
    pub fn from_day(day: &str) -> Result<Self, jiff::Error> {
        format!("{day}T00:00:00Z").parse::<jiff::Timestamp>().map(Self::from)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Later by `span`.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// Earlier by `span`.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier`; nothing if it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The same moment for calendars and zones.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::MAX)
    }
}

/// A time of day on the wall clock, written as `02:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay(jiff::civil::Time);

impl TimeOfDay {
    /// A full hour.
    pub const fn hour(hour: i8) -> Self {
        Self(jiff::civil::time(hour, 0, 0, 0))
    }

    /// The time on the wall clock.
    pub const fn time(self) -> jiff::civil::Time {
        self.0
    }

    /// The first moment after `moment` at which it is this time of day in `zone`, an IANA name; in
    /// UTC where there is no such zone.
    pub fn next_after(self, moment: Timestamp, zone: &str) -> Timestamp {
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let local = zone.to_datetime(moment.to_jiff());
        let today = local.date();
        let day = if local.time() < self.0 { today } else { today.tomorrow().unwrap_or(today) };
        zone.to_timestamp(day.to_datetime(self.0)).map_or(moment, Timestamp::from)
    }

    /// When it last was this time of day in `zone`, an IANA name; in UTC where there is no such zone.
    pub fn last_before(self, now: Timestamp, zone: &str) -> Timestamp {
        let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let today = zone.to_datetime(now.to_jiff()).date();
        let on = |date: jiff::civil::Date| {
            zone.to_timestamp(date.to_datetime(self.0)).ok().map(Timestamp::from)
        };
        let yesterday = || on(today.yesterday().unwrap_or(today));
        on(today).filter(|at| *at <= now).or_else(yesterday).unwrap_or(now)
    }
}

impl std::str::FromStr for TimeOfDay {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        Ok(Self(jiff::civil::Time::strptime("%H:%M", text.trim())?))
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| {
            serde::de::Error::custom(format_args!("'{text}' is no time of day; write 02:30"))
        })
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Self(moment.as_microsecond())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_jiff().fmt(f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

described_text!(Timestamp, "format": "date-time", "A moment in UTC (RFC 3339).");

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse::<jiff::Timestamp>().map(Self::from).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{TimeOfDay, Timestamp};

    fn at(utc: &str) -> Timestamp {
        utc.parse::<jiff::Timestamp>().unwrap().into()
    }

    #[test]
    fn a_time_of_day_was_last_today_or_yesterday() {
        let night: TimeOfDay = "02:30".parse().unwrap();
        for (now, last) in [
            ("2026-07-01T09:00:00Z", "2026-07-01T01:30:00Z"),
            ("2026-07-01T01:29:59Z", "2026-06-30T01:30:00Z"),
            ("2026-12-01T09:00:00Z", "2026-12-01T02:30:00Z"),
            ("2026-03-29T09:00:00Z", "2026-03-29T01:30:00Z"),
        ] {
            assert_eq!(night.last_before(at(now), "Europe/London"), at(last), "{now}");
        }
        assert!("25:00".parse::<TimeOfDay>().is_err());
    }
}
