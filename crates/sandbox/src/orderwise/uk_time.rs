//! OrderWise's time: UK local time without a zone (facts/orderwise 1.8). Columns hold it as
//! microseconds of the wall clock ("wall"), so that comparisons do what the SQL would do, also
//! in the hour that the autumn change repeats.

use std::sync::LazyLock;

use jiff::{
    Timestamp, civil,
    tz::{Offset, TimeZone},
};

/// Rules of Europe/London in force since 1996, so that no time zone database is needed.
static UK: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::posix("GMT0BST,M3.5.0/1,M10.5.0").unwrap_or(TimeZone::UTC));

/// The wall clock at an instant (unix microseconds).
pub(super) fn wall(instant: i64) -> i64 {
    let Ok(timestamp) = Timestamp::from_microsecond(instant) else { return instant };
    let ahead = i64::from(UK.to_offset(timestamp).seconds());
    instant.saturating_add(ahead.saturating_mul(1_000_000))
}

/// A wall clock time without its fraction, as a column of whole seconds keeps it.
pub(super) fn whole_seconds(wall: i64) -> i64 {
    wall - wall.rem_euclid(1_000_000)
}

/// `YYYY-MM-DDTHH:MM:SS.fff`.
pub(super) fn print(wall: i64) -> String {
    let at = Offset::UTC.to_datetime(Timestamp::from_microsecond(wall).unwrap_or_default());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}",
        at.year(),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// Reads a date or date-time without a zone. A trailing `Z` is ignored, as SQL Server's
/// `datetime` ignores it; an offset does not convert.
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let text = text.strip_suffix('Z').unwrap_or(text);
    let clock = text.split_once(['T', ' ']).map_or("", |(_, clock)| clock);
    if clock.contains(['+', '-', '[']) {
        return None;
    }
    let at: civil::DateTime = text.parse().ok()?;
    Offset::UTC.to_timestamp(at).ok().map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use super::{parse, print, wall};

    #[test]
    fn summer_is_an_hour_ahead_and_spring_leaves_an_hour_out() {
        // 2026-03-29T01:00:00Z, when the clock goes to 02:00.
        let change = 1_774_746_000_000_000;
        assert_eq!(print(wall(change - 1_000)), "2026-03-29T00:59:59.999");
        assert_eq!(print(wall(change)), "2026-03-29T02:00:00.000");
    }

    #[test]
    fn what_is_printed_is_read_again() {
        let at = parse("2026-10-05T10:11:12.345").expect("a time");
        assert_eq!(print(at), "2026-10-05T10:11:12.345");
        assert_eq!(parse("2026-10-05"), parse("2026-10-05T00:00:00Z"));
        for wrong in ["", "05/10/2026", "2026-10-05T10:00:00+01:00", "2026-13-01"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
