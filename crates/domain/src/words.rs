//! Figures as people say them.

use std::time::Duration;

use jiff::tz::TimeZone;

use crate::{Money, Timestamp};

/// `£1,234.50`; other currencies with their code in front.
pub fn money(amount: Money, currency: &str) -> String {
    let plain = amount.abs().to_string();
    let (whole, pence) = plain.split_once('.').unwrap_or((&plain, "00"));
    // Money has no more whole units than fit.
    let whole = grouped(whole.parse().unwrap_or_default());
    let sign = if amount.is_negative() { "-" } else { "" };
    let symbol = match currency {
        "GBP" => "£".to_owned(),
        "EUR" => "€".to_owned(),
        other => format!("{other} "),
    };
    format!("{sign}{symbol}{whole}.{pence}")
}

/// `1,234`.
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `3 minutes`, `2 hours`, `4 days`.
pub fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let (count, unit) = match seconds {
        0..60 => (seconds, "second"),
        60..3_600 => (seconds / 60, "minute"),
        3_600..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

/// `1,234 entries`: a count with its noun.
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Wall-clock time where the retailer is.
pub fn moment(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A list's empty cell.
pub fn or_dash(text: Option<String>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| "-".to_owned())
}

/// A moment within a sentence, by a clock on the wall: `04:00 on Fri 2 Jan 2099`.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_jiff().to_zoned_datetime(zone.clone()).strftime("%H:%M on %a %-d %b %Y").to_string()
}

/// `£291.45 (£242.88 net, £48.56 VAT, £0.01 rounding)`: gross, net and VAT of a receipt, and what is
/// neither of the last two.
pub fn made_of((gross, net, vat): (Money, Money, Money), currency: &str) -> String {
    let rest = gross - net - vat;
    let rounding = if rest.is_zero() {
        String::new()
    } else {
        format!(", {} rounding", money(rest, currency))
    };
    let (net, vat) = (money(net, currency), money(vat, currency));
    format!("{} ({net} net, {vat} VAT{rounding})", money(gross, currency))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{money, span};
    use crate::Money;

    #[test]
    fn money_is_grouped_and_signed() {
        let cases =
            [(0, "£0.00"), (5, "£0.05"), (-123_450, "-£1,234.50"), (100_000_000, "£1,000,000.00")];
        for (pence, text) in cases {
            assert_eq!(money(Money::from_pence(pence), "GBP"), text);
        }
        assert_eq!(money(Money::from_pence(-5), "SEK"), "-SEK 0.05");
    }

    #[test]
    fn spans_are_one_number_and_one_word() {
        let cases = [
            (0, "0 seconds"),
            (1, "1 second"),
            (120, "2 minutes"),
            (7_200, "2 hours"),
            (400_000, "4 days"),
        ];
        for (seconds, text) in cases {
            assert_eq!(span(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn an_amount_adds_up_in_front_of_the_reader() {
        let pence = Money::from_pence;
        let told = |gross, net, vat| super::made_of((pence(gross), pence(net), pence(vat)), "GBP");
        assert_eq!(told(1_250, 1_042, 208), "£12.50 (£10.42 net, £2.08 VAT)");
        assert_eq!(
            told(29_145, 24_288, 4_856),
            "£291.45 (£242.88 net, £48.56 VAT, £0.01 rounding)"
        );
        assert_eq!(told(-29_145, -24_288, -4_856).matches("-£0.01 rounding").count(), 1);
    }
}
