//! Amounts and dates, exactly as they are written or not at all.

use daybook_domain::{Money, Timestamp, settlement::Day};
use jiff::{
    civil::{Date, DateTime},
    fmt::strtime,
    tz::{Offset, TimeZone},
};

use super::Style;

/// The largest amount that is believed, in pence: any number of them can be added up.
const BELIEVABLE: i64 = 1_000_000_000_000;

/// Reads an amount; none where there is nothing.
pub(super) fn amount(text: &str, style: &Style) -> Result<Option<Money>, String> {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return Ok(None);
    }
    let wrong = || {
        let comma = style.decimal == '.' && text.contains(',');
        let more = if comma { "; is `decimal` or `thousands` to be set?" } else { "" };
        format!("'{}' is not an amount in whole pennies{more}", short(text))
    };
    let bare = text.trim_start_matches(['£', '€', '$']).trim();
    // Accountants write what goes out in brackets, some banks with a sign behind it.
    let bracketed = bare.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let behind = bare.strip_suffix('-');
    let (negative, digits) = match (bracketed, behind) {
        (Some(inner), _) | (None, Some(inner)) => (true, inner.trim()),
        (None, None) => (false, bare),
    };
    let plain: String = digits
        .chars()
        .filter(|&c| Some(c) != style.thousands && !(c == '\u{a0}' || c == ' '))
        .map(|c| match c {
            c if c == style.decimal => '.',
            '.' => '?',
            '\u{2212}' => '-',
            c => c,
        })
        .collect();
    let amount: Money = plain.parse().map_err(|_| wrong())?;
    if amount.pence().abs() > BELIEVABLE || negative && amount.is_negative() {
        return Err(wrong());
    }
    Ok(Some(if negative { -amount } else { amount }))
}

/// A moment, or a day alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    /// The day where it happened.
    pub(super) day: Day,
    /// The moment, where a time is told.
    pub(super) at: Option<Timestamp>,
}

/// Reads a date or a moment; `zone` is what a column says about it. None where there is nothing.
pub(super) fn when(text: &str, zone: &str, style: &Style) -> Result<Option<When>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let tz = zone_of(if zone.trim().is_empty() { &style.zone } else { zone.trim() })?;
    let placed = |local: DateTime| {
        let at = tz.to_timestamp(local).ok().map(Timestamp::from);
        Some(When { day: Day::of_date(local.date()), at })
    };
    for pattern in &style.dates {
        let Ok(parsed) = strtime::parse(pattern, text) else { continue };
        let Ok(date) = parsed.to_date() else { continue };
        let time = parsed.hour().and_then(|_| parsed.to_time().ok());
        return Ok(match time {
            Some(time) => placed(date.to_datetime(time)),
            None => Some(When { day: Day::of_date(date), at: None }),
        });
    }
    if let Ok(moment) = text.parse::<jiff::Timestamp>() {
        let day = Day::of_date(tz.to_datetime(moment).date());
        return Ok(Some(When { day, at: Some(moment.into()) }));
    }
    if text.len() <= "2026-11-24".len() {
        if let Ok(date) = text.parse::<Date>() {
            return Ok(Some(When { day: Day::of_date(date), at: None }));
        }
    } else if let Ok(local) = text.parse::<DateTime>() {
        return Ok(placed(local));
    }
    Err(format!("'{}' is not a date; is `dates` to be set, such as \"%d/%m/%Y\"?", short(text)))
}

/// A zone by its IANA name, or by one of the abbreviations that reports use.
fn zone_of(name: &str) -> Result<TimeZone, String> {
    let hours = match name.to_ascii_uppercase().as_str() {
        "UTC" | "GMT" | "WET" | "Z" => Some(0),
        "BST" | "CET" | "WEST" | "MEZ" => Some(1),
        "CEST" | "EET" | "MESZ" => Some(2),
        "EEST" => Some(3),
        _ => None,
    };
    match hours {
        Some(hours) => Ok(TimeZone::fixed(Offset::constant(hours))),
        None => TimeZone::get(name).map_err(|_| format!("'{}' is not a zone", short(name))),
    }
}

/// As much of a text as a message bears.
pub(super) fn short(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Headings as a message bears them.
pub(super) fn short_list(texts: &[&str]) -> String {
    let short: Vec<String> = texts.iter().map(|text| short(text)).collect();
    short.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Style, amount, when};

    #[test]
    fn amounts_of_every_spelling_are_exact() {
        let plain = Style::default();
        let german = Style { decimal: ',', thousands: Some('.'), ..Style::default() };
        let british = Style { thousands: Some(','), ..Style::default() };
        for (text, style, pence) in [
            ("12.34", &plain, 1_234),
            ("-0.5", &plain, -50),
            ("£1 234.00", &plain, 123_400),
            ("(12.00)", &plain, -1_200),
            ("12.00-", &plain, -1_200),
            ("1.234,56", &german, 123_456),
            ("1,234.56", &british, 123_456),
            ("12.3400", &plain, 1_234),
        ] {
            assert_eq!(amount(text, style).unwrap().unwrap().pence(), pence, "{text}");
        }
        assert_eq!(amount("  ", &plain), Ok(None));
        for text in ["1,50", "12.345", "0.30000000000000004", "x", "1e3", "--1", "(-1)"] {
            assert!(amount(text, &plain).is_err(), "{text}");
        }
        assert!(amount("1.50", &Style { decimal: ',', ..Style::default() }).is_err());
    }

    #[test]
    fn dates_know_their_zone() {
        let style = Style { dates: vec!["%d/%m/%Y".to_owned()], ..Style::default() };
        let read = |text: &str, zone: &str| {
            let when = when(text, zone, &style).unwrap().unwrap();
            (when.day.to_string(), when.at.map(|at| at.to_string()))
        };
        let told = |day: &str, at: Option<&str>| (day.to_owned(), at.map(str::to_owned));
        assert_eq!(read("24/11/2026", ""), told("2026-11-24", None));
        assert_eq!(read("2026-11-24", ""), told("2026-11-24", None));
        let summer = Some("2026-07-01T22:30:00Z");
        assert_eq!(read("2026-07-01 23:30:00", ""), told("2026-07-01", summer));
        assert_eq!(read("2026-07-02 00:30:00", "CEST"), told("2026-07-02", summer));
        assert_eq!(read("2026-07-01T22:30:00Z", "UTC"), told("2026-07-01", summer));
        assert!(when("11/24/2026", "", &style).is_err());
        assert!(when("2026-07-01 23:30:00", "Mars", &style).is_err());
        assert_eq!(when(" ", "", &style), Ok(None));
    }
}
