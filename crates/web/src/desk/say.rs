//! Figures in the words of the desk: UK dates, ages in words, pounds and pence.

use daybook_domain::{Money, Timestamp, words};
use jiff::{civil::Date, tz::TimeZone};

/// `14:05:09`.
pub(crate) fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned_datetime(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// `Wed 25 Nov 2026, 14:05`.
pub(crate) fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned_datetime(zone.clone()).strftime("%a %-d %b %Y, %H:%M").to_string()
}

/// `Wed 25 Nov 2026, 14:05 (Europe/London)`: where clocks of two places stand side by side.
pub(crate) fn placed(at: Timestamp, zone: &TimeZone) -> String {
    format!("{} ({})", moment(at, zone), zone.iana_name().unwrap_or("UTC"))
}

/// `25 Nov, 14:05`.
pub(crate) fn short(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned_datetime(zone.clone()).strftime("%-d %b, %H:%M").to_string()
}

/// `Wednesday 25 November 2026`.
pub(crate) fn day(day: Date) -> String {
    day.strftime("%A %-d %B %Y").to_string()
}

/// `3 minutes ago`, `just now`.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let span = now.since(at);
    if span.as_secs() < 5 { "just now".to_owned() } else { format!("{} ago", words::span(span)) }
}

/// `3 minutes`.
pub(crate) fn age(at: Timestamp, now: Timestamp) -> String {
    words::span(now.since(at))
}

/// `£1,234.50`.
pub(crate) fn money(amount: Money, currency: &str) -> String {
    // A hyphen would be left behind where the line ends.
    words::money(amount, currency).replace('-', "−")
}

/// `41 sales`: a count with thousands apart, and its noun.
pub(crate) fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", words::grouped(number), if number == 1 { one } else { many })
}
