//! EAN-13.

/// The check digit for twelve digits (weights 1 and 3 from the left).
pub fn check_digit(twelve: u64) -> u64 {
    let mut rest = twelve;
    let mut sum = 0;
    for place in 0..12 {
        sum += (rest % 10) * if place % 2 == 0 { 3 } else { 1 };
        rest /= 10;
    }
    (10 - sum % 10) % 10
}

/// A barcode in the range that is free for use inside a company (prefix 20).
pub(super) fn ean(number: u64) -> String {
    let twelve = 200_000_000_000 + number % 10_000_000_000;
    format!("{twelve}{}", check_digit(twelve))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_those_of_known_barcodes() {
        assert_eq!(check_digit(400_638_133_393), 1);
        assert_eq!(check_digit(978_030_640_615), 7);
        assert_eq!(check_digit(0), 0);
    }

    #[test]
    fn a_barcode_has_thirteen_digits() {
        assert_eq!(ean(1).len(), 13);
        assert!(ean(u64::MAX).starts_with("20"));
    }
}
