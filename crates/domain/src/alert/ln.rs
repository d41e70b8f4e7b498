//! Natural logarithms without floating point.

/// Bits behind the point.
const BITS: u32 = 32;

/// ln(`over` / `under`) in thousandths, for `over` ≥ `under` > 0; 0 otherwise.
pub(super) fn thousandths(over: u64, under: u64) -> i64 {
    if under == 0 || over <= under {
        return 0;
    }
    let ratio = (u128::from(over) << BITS) / u128::from(under);
    let whole = ratio.ilog2() - BITS;
    let mut rest = ratio >> whole;
    let mut log = u128::from(whole) << BITS;
    for bit in 1..=20 {
        rest = (rest * rest) >> BITS;
        if rest >> BITS >= 2 {
            rest >>= 1;
            log |= 1 << (BITS - bit);
        }
    }
    // ln 2 in millionths.
    i64::try_from((log * 693_147) >> BITS).unwrap_or(i64::MAX) / 1_000
}

#[cfg(test)]
mod tests {
    use super::thousandths;

    #[test]
    fn logarithms_are_right_to_a_thousandth() {
        let cases = [
            (1, 1, 0),
            (2, 1, 693),
            (10, 1, 2_302),
            (3, 2, 405),
            (1_000_000, 1, 13_815),
            (1_001, 1_000, 0),
            (5, 0, 0),
            (1, 2, 0),
        ];
        for (over, under, ln) in cases {
            let found = thousandths(over, under);
            assert!((ln..=ln + 1).contains(&found), "ln {over}/{under} is {found}");
        }
    }
}
