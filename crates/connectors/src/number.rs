//! Numbers are read from their text, never through a float: `15.0` is 1 500 pence, exactly.

use std::borrow::Cow;

use daybook_domain::{Money, Quantity, VatRate, catalogue::Price};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;

/// The largest amount (in pence) and quantity (in thousandths) that is believed. It leaves room
/// to add up any number of them that fits into an answer without ever overflowing.
const BELIEVABLE: i64 = 1_000_000_000_000;

/// A number that may come as a JSON number or as text, and may be missing: `null`, `""` and an
/// absent field (with `serde(default)`) are `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Num<T>(pub(crate) Option<T>);

impl<T> Default for Num<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Exact> Deserialize<'de> for Num<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = unquoted(raw);
        if text.is_empty() || raw == "null" {
            return Ok(Self(None));
        }
        match T::exact(text) {
            Some(value) => Ok(Self(Some(value))),
            None => Err(D::Error::custom(format_args!("{} is not {}", shown(raw), T::WHAT))),
        }
    }
}

/// What can be read from a plain decimal without losing anything.
pub(crate) trait Exact: Sized {
    /// What is expected, for a person.
    const WHAT: &'static str;

    /// Reads `text`; `None` if it is something else or something would be lost.
    fn exact(text: &str) -> Option<Self>;
}

impl Exact for Money {
    const WHAT: &'static str = "an amount with at most two decimals";

    fn exact(text: &str) -> Option<Self> {
        let amount: Self = plain(text)?.parse().ok()?;
        believable(amount.pence()).then_some(amount)
    }
}

impl Exact for Quantity {
    const WHAT: &'static str = "a quantity with at most three decimals";

    fn exact(text: &str) -> Option<Self> {
        let quantity: Self = plain(text)?.parse().ok()?;
        believable(quantity.thousandths()).then_some(quantity)
    }
}

impl Exact for Price {
    const WHAT: &'static str = "a price with at most four decimals";

    fn exact(text: &str) -> Option<Self> {
        let price: Self = plain(text)?.parse().ok()?;
        believable(price.hundredths()).then_some(price)
    }
}

impl Exact for VatRate {
    const WHAT: &'static str = "a VAT rate in per cent";

    fn exact(text: &str) -> Option<Self> {
        plain(text)?.parse().ok()
    }
}

impl Exact for i64 {
    const WHAT: &'static str = "a whole number";

    fn exact(text: &str) -> Option<Self> {
        if let Ok(value) = text.parse() {
            return Some(value);
        }
        let text = plain(text)?;
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        if fraction.bytes().all(|b| b == b'0') { whole.parse().ok() } else { None }
    }
}

fn believable(value: i64) -> bool {
    (-BELIEVABLE..=BELIEVABLE).contains(&value)
}

/// The text between the quotes of a JSON string, or the JSON number itself, trimmed.
fn unquoted(raw: &str) -> &str {
    raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw).trim()
}

/// Short enough to stand in a sentence.
fn shown(raw: &str) -> Cow<'_, str> {
    match raw.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}…", &raw[..end])),
        None => Cow::Borrowed(raw),
    }
}

/// The number without an exponent: `1.5e1` is `15`. Both wires write plain decimals; a database
/// float that passes through JSON may not.
pub(crate) fn plain(text: &str) -> Option<Cow<'_, str>> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return Some(Cow::Borrowed(text));
    };
    let exponent: i32 = exponent.parse().ok().filter(|e| (-20..=20).contains(e))?;
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all: String = [whole, fraction].concat();
    if !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let moved = match usize::try_from(point) {
        Ok(point) if point >= all.len() => format!("{sign}{all}{}", "0".repeat(point - all.len())),
        Ok(point) => format!("{sign}{}.{}", &all[..point], &all[point..]),
        Err(_) => format!("{sign}0.{}{all}", "0".repeat(usize::try_from(-point).ok()?)),
    };
    Some(Cow::Owned(moved))
}

#[cfg(test)]
mod tests {
    use daybook_domain::{Money, Quantity, VatRate};

    use super::{Exact, Num};

    fn read<T: Exact>(json: &str) -> Result<Option<T>, String> {
        serde_json::from_str::<Num<T>>(json).map(|num| num.0).map_err(|error| error.to_string())
    }

    #[test]
    fn money_comes_as_text_or_number_and_is_exact() {
        for json in ["\"15.00\"", "15.0", "15", "1.5e1", "1500E-2", "\" 15 \"", "15.000000"] {
            assert_eq!(read(json), Ok(Some(Money::from_pence(1_500))), "{json}");
        }
        assert_eq!(read("-1.0E-2"), Ok(Some(Money::from_pence(-1))));
        assert_eq!(read::<Money>("null"), Ok(None));
        assert_eq!(read::<Money>("\"\""), Ok(None));
    }

    #[test]
    fn what_would_lose_something_is_refused() {
        for json in ["1.005", "\"1,50\"", "true", "{}", "[1]", "1e99", "10000000000.01", "\"a\""] {
            assert!(read::<Money>(json).is_err(), "{json}");
        }
        let fault = read::<Money>("\"1,50\"").unwrap_err();
        assert!(fault.contains("\"1,50\" is not an amount with at most two decimals"), "{fault}");
    }

    #[test]
    fn the_other_kinds() {
        assert_eq!(read("\"-1.250\""), Ok(Some(Quantity::from_thousandths(-1_250))));
        assert_eq!(read("23.0"), Ok(Some(Quantity::from_units(23))));
        assert_eq!(read("12.5"), Ok("12.5".parse::<VatRate>().ok()));
        assert_eq!(read("\"36220\""), Ok(Some(36_220_i64)));
        assert_eq!(read("36220.0"), Ok(Some(36_220_i64)));
        assert_eq!(read("3.622e4"), Ok(Some(36_220_i64)));
        assert!(read::<i64>("1.5").is_err());
    }
}
