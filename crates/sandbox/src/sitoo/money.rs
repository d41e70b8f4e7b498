//! Money in whole pence, quantities in thousandths, VAT in hundredths of a percent: all integers.
//! On the wire money is a string with two decimals, a quantity one with three (facts/sitoo 1.4).

/// `numerator / denominator`, half away from zero.
pub(super) fn round_div(numerator: i64, denominator: i64) -> i64 {
    let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
    divide(numerator, denominator)
}

fn divide(numerator: i128, denominator: i128) -> i64 {
    if denominator == 0 {
        return 0;
    }
    let half = denominator.abs() / 2;
    let sign = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    let rounded = sign * ((numerator.abs() + half) / denominator.abs());
    i64::try_from(rounded).unwrap_or(0)
}

/// Net of a gross amount: `round(gross / (1 + vat))`; VAT is the rest (end of facts/sitoo 9).
/// `vat` is in hundredths of a percent.
pub fn net_of(gross: i64, vat: i64) -> i64 {
    divide(i128::from(gross) * 10_000, 10_000 + i128::from(vat))
}

/// The share of an amount that `part` out of `whole` has. Taken cumulatively (share of 2 minus
/// share of 1), parts sum to the amount, to the penny.
pub fn share(amount: i64, part: i64, whole: i64) -> i64 {
    divide(i128::from(amount) * i128::from(part), i128::from(whole))
}

/// `amount * quantity` where the quantity is in thousandths.
pub(super) fn times_thousandths(amount: i64, thousandths: i64) -> i64 {
    divide(i128::from(amount) * i128::from(thousandths), 1000)
}

/// `amount / quantity` where the quantity is in thousandths.
pub(super) fn per_thousandths(amount: i64, thousandths: i64) -> i64 {
    divide(i128::from(amount) * 1000, i128::from(thousandths))
}

/// Reads a fixed-point text such as `-12.5` with at most `places` decimals.
pub(super) fn parse_fixed(text: &str, places: usize) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > places || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<places$}").parse::<i64>().ok().map(|value| sign * value)
}

/// Writes a fixed-point text.
pub(super) fn fixed(value: i64, places: u32) -> String {
    let unit = 10_u64.pow(places);
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    let sign = if value < 0 { "-" } else { "" };
    let width = usize::try_from(places).unwrap_or(0);
    format!("{sign}{whole}.{fraction:0width$}")
}

/// Money as on the wire.
pub(super) fn pounds(pence: i64) -> String {
    fixed(pence, 2)
}

/// A VAT percentage as a JSON number: `20`, `12.5`.
pub(super) fn percent(vat: i64) -> String {
    let text = fixed(vat, 2);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_roundings_hold() {
        assert_eq!(net_of(1500, 600), 1415);
        assert_eq!(net_of(-299_000, 2500), -239_200);
        assert_eq!(net_of(20_000, 2500), 16_000);
        assert_eq!(net_of(10_600, 600), 10_000);
    }

    #[test]
    fn shares_taken_cumulatively_sum_to_the_whole() {
        for amount in [-1000, -1, 0, 1, 999, 1000, 1001] {
            for whole in 1..8 {
                let parts: i64 = (1..=whole)
                    .map(|k| share(amount, k, whole) - share(amount, k - 1, whole))
                    .sum();
                assert_eq!(parts, amount);
            }
        }
    }

    #[test]
    fn texts_are_read_and_written_exactly() {
        for (text, value) in [("123.50", 12_350), ("-2392.00", -239_200), ("-0.05", -5)] {
            assert_eq!(parse_fixed(text, 2), Some(value));
            assert_eq!(pounds(value), text);
        }
        assert_eq!(parse_fixed("12", 2), Some(1200));
        for bad in ["", "-", ".5", "1.234", "1,5", "1e3", "£1"] {
            assert_eq!(parse_fixed(bad, 2), None, "{bad}");
        }
        assert_eq!(percent(2000), "20");
        assert_eq!(percent(1250), "12.5");
        assert_eq!(percent(0), "0");
    }
}
