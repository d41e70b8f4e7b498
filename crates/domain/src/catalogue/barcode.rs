//! Barcodes: EAN-8, UPC-A, EAN-13 and GTIN-14, by their check digit.

/// Whether `code` is digits alone, of a length that barcodes have, with the right check digit.
pub fn is_well_formed(code: &str) -> bool {
    let digits = code.as_bytes();
    matches!(digits.len(), 8 | 12 | 13 | 14)
        && digits.iter().all(u8::is_ascii_digit)
        && checksum(digits).is_multiple_of(10)
}

/// From the right, digits count once and three times by turns; with the check digit itself the sum
/// is a multiple of ten.
fn checksum(digits: &[u8]) -> u32 {
    let weighted = digits.iter().rev().zip([1, 3].into_iter().cycle());
    weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::is_well_formed;

    #[test]
    fn known_codes() {
        for good in ["5012345678900", "96385074", "036000291452", "10012345678902", "00000000"] {
            assert!(is_well_formed(good), "{good}");
        }
        for bad in ["", "5012345678901", "5012345678", "ABC", "50123456789O0", "123", " 96385074"] {
            assert!(!is_well_formed(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_seen(at in 0_usize..13, other in 1_u8..10) {
            let mut code = b"5012345678900".to_vec();
            code[at] = b'0' + (code[at] - b'0' + other) % 10;
            prop_assert!(!is_well_formed(std::str::from_utf8(&code).unwrap()));
        }
    }
}
