//! SKUs differ by a blank or by letter case: 7 of 559 matched at one customer's first try
//! (facts/orderwise 5.3). So they are compared folded, and what that leaves open is reported.

use crate::{
    lookup::{Variant, Variants},
    mapping::Mapping,
};

/// The form under which SKUs are compared: trimmed, inner blanks kept, case-folded.
pub fn fold(sku: &str) -> String {
    sku.trim().to_lowercase()
}

/// Whether two SKUs are the same when folded, without folding them.
pub fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim(), other.trim());
    one.eq_ignore_ascii_case(other)
        || !(one.is_ascii() && other.is_ascii()) && one.to_lowercase() == other.to_lowercase()
}

/// What a till's SKU is in OrderWise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// The variant code, in OrderWise's spelling.
    pub code: &'a str,
    /// The variant, where the variants are known.
    pub variant: Option<&'a Variant>,
}

/// Why a till's SKU cannot be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkuFault {
    /// OrderWise has no such variant.
    Unmapped,
    /// Several variants differ only by blanks or letter case, and none is spelled as on the till.
    Ambiguous {
        /// Their codes.
        codes: Vec<String>,
    },
    /// The variant may not be sold.
    NotSaleable,
    /// The variant is discontinued.
    Discontinued,
}

/// Finds the variant of a till's SKU: the explicit override, else the same code, else the one code
/// that differs only by blanks at its ends or letter case.
///
/// As long as the variants are not known, an override or the trimmed SKU passes unchecked:
/// OrderWise itself will then refuse what it does not know.
pub fn resolve<'a>(
    sku: &'a str,
    mapping: &'a Mapping,
    variants: &'a Variants,
) -> Result<Found<'a>, SkuFault> {
    let folded = fold(sku);
    if folded.is_empty() {
        return Err(SkuFault::Unmapped);
    }
    if let Some(code) = mapping.skus.get(&folded) {
        return find(code, &fold(code), variants);
    }
    find(sku.trim(), &folded, variants)
}

fn find<'a>(code: &'a str, folded: &str, variants: &'a Variants) -> Result<Found<'a>, SkuFault> {
    if !variants.known {
        return Ok(Found { code, variant: None });
    }
    let candidates = variants.by_folded_sku.get(folded).map_or(&[][..], Vec::as_slice);
    let variant = match candidates {
        [] => return Err(SkuFault::Unmapped),
        [only] => only,
        several => match several.iter().find(|variant| variant.sku.trim() == code) {
            Some(exact) => exact,
            None => return Err(ambiguous(several)),
        },
    };
    if variant.discontinued {
        Err(SkuFault::Discontinued)
    } else if !variant.saleable {
        Err(SkuFault::NotSaleable)
    } else {
        Ok(Found { code: &variant.sku, variant: Some(variant) })
    }
}

/// Sorted, so that the fault reads the same at every try.
fn ambiguous(several: &[Variant]) -> SkuFault {
    let mut codes: Vec<String> = several.iter().map(|variant| variant.sku.clone()).collect();
    codes.sort_unstable();
    SkuFault::Ambiguous { codes }
}

#[cfg(test)]
mod tests {
    use super::{SkuFault, fold, resolve};
    use crate::{
        fixtures::{variant, variants},
        lookup::{Variant, Variants},
        mapping::Mapping,
    };

    fn overridden(from: &str, to: &str) -> Mapping {
        let mut mapping = Mapping::default();
        mapping.skus.insert(fold(from), to.to_owned());
        mapping
    }

    #[test]
    fn the_nearest_spelling_wins() {
        let shelf = variants(["ABC-1", "abc-1", "Coat M", " SOCKS "].map(variant));
        let mapping = overridden("x", "coat m");
        for (sku, code) in [
            ("ABC-1", "ABC-1"),
            (" abc-1 ", "abc-1"),
            ("coat m", "Coat M"),
            ("socks", " SOCKS "),
            (" X", "Coat M"),
        ] {
            let found = resolve(sku, &mapping, &shelf).unwrap();
            assert_eq!(found.code, code, "{sku}");
            assert_eq!(found.variant.map(|variant| variant.sku.as_str()), Some(code));
        }
    }

    #[test]
    fn an_override_beats_the_same_code_and_is_checked_like_one() {
        let shelf = variants(["A", "B"].map(variant));
        assert_eq!(resolve("A", &overridden("a", "B"), &shelf).unwrap().code, "B");
        assert_eq!(resolve("A", &overridden("a", "C"), &shelf), Err(SkuFault::Unmapped));
    }

    #[test]
    fn what_is_open_or_wrong_is_named() {
        let shelf = variants([
            variant("b"),
            variant("B "),
            Variant { saleable: false, ..variant("asleep") },
            Variant { discontinued: true, saleable: false, ..variant("gone") },
        ]);
        let mapping = Mapping::default();
        assert_eq!(resolve("B", &mapping, &shelf).unwrap().code, "B ");
        let cases = [
            ("", SkuFault::Unmapped),
            ("nothing", SkuFault::Unmapped),
            ("Asleep", SkuFault::NotSaleable),
            ("gone", SkuFault::Discontinued),
        ];
        for (sku, fault) in cases {
            assert_eq!(resolve(sku, &mapping, &shelf), Err(fault), "{sku}");
        }
        let clash = variants(["bB", "Bb"].map(variant));
        let fault = SkuFault::Ambiguous { codes: vec!["Bb".to_owned(), "bB".to_owned()] };
        assert_eq!(resolve("BB", &mapping, &clash), Err(fault));
    }

    #[test]
    fn unknown_variants_stop_nothing() {
        let (plain, shelf) = (Mapping::default(), Variants::default());
        assert_eq!(resolve(" Abc ", &plain, &shelf).map(|found| found.code), Ok("Abc"));
        let mapping = overridden("abc", "XYZ");
        assert_eq!(resolve("ABC", &mapping, &shelf).map(|found| found.code), Ok("XYZ"));
        assert_eq!(resolve("  ", &plain, &shelf), Err(SkuFault::Unmapped));
    }
}
