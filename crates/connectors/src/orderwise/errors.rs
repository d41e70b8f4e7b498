//! What OrderWise's refusals mean. Their texts are not documented, so they are matched with
//! tolerance; what is not recognised stays what it is, a text for a person.

/// What a refusal is about, as far as its text tells (facts/orderwise 1.3, 10).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The variant does not exist or is not active.
    VariantUnknownOrInactive {
        /// Its code as the text spells it; empty if it names none.
        code: String,
    },
    /// The order has no lines.
    NoLines,
    /// The e-commerce session is not known.
    SessionUnknown,
    /// The customer account is not known.
    CustomerUnknown,
    /// The payment method is not known.
    PaymentMethodUnknown,
    /// The delivery method is not known.
    DeliveryMethodUnknown,
    /// The tax rate is not known.
    TaxRateUnknown,
    /// The stock location is not known.
    StockLocationUnknown,
    /// An order with this reference is there already.
    Duplicate,
    /// Another import is running.
    ParallelWrite,
    /// The export definition is not known.
    ExportDefinitionUnknown,
    /// A parameter of an export definition was not given.
    MissingParameter,
    /// The API user's group lacks a permission.
    MissingPermission,
    /// Something else.
    Other,
}

/// Texts that say that something is there already.
const DUPLICATE: &[&str] = &[
    "duplicate",
    "already exist",
    "already been import",
    "already import",
    "already in use",
    "already been used",
    "already present",
    "must be unique",
];

/// Texts that say that someone else is writing.
const PARALLEL: &[&str] = &[
    "another import",
    "import is in progress",
    "import in progress",
    "already running",
    "already in progress",
    "deadlock",
    "concurrent",
    "locked by",
];

/// Texts that say that a permission is missing.
const PERMISSION: &[&str] = &[
    "permission",
    "access denied",
    "access is denied",
    "not allowed to",
    "unauthori",
    "forbidden",
];

/// Texts that say that an order has nothing on it.
const NO_LINES: &[&str] = &[
    "no variant has been provided",
    "no variants have been provided",
    "no variant provided",
    "no order lines",
    "no lines",
    "without lines",
    "at least one line",
];

/// Texts that say that something named before is not there.
const UNKNOWN: &[&str] = &[
    "does not exist",
    "doesn't exist",
    "do not exist",
    "not exist",
    "not found",
    "cannot be found",
    "could not be found",
    "could not find",
    "cannot find",
    "unknown",
    "not active",
    "inactive",
    "discontinued",
    "invalid",
    "not valid",
    "not recognised",
    "not recognized",
    "no such",
];

/// Things that can be unknown, by how they are named. More telling names come first: a sentence
/// about a payment method may well name the customer too.
const THINGS: &[(&[&str], Refusal)] = &[
    (
        &["export definition", "export-definition", "exportdefinition"],
        Refusal::ExportDefinitionUnknown,
    ),
    (&["payment method", "paymentmethod"], Refusal::PaymentMethodUnknown),
    (&["delivery method", "deliverymethod", "shipping method"], Refusal::DeliveryMethodUnknown),
    (&["stock location", "stocklocation"], Refusal::StockLocationUnknown),
    (
        &["tax rate", "taxrate", "vat rate", "vatrate", "tax code", "taxcode", "vat code"],
        Refusal::TaxRateUnknown,
    ),
    (&["session"], Refusal::SessionUnknown),
    (
        &["variant", "product code", "item code"],
        Refusal::VariantUnknownOrInactive { code: String::new() },
    ),
    (&["customer", "account"], Refusal::CustomerUnknown),
];

/// Tells what a refusal's text is about. Unknown texts are [`Refusal::Other`].
pub fn recognise(reason: &str) -> Refusal {
    let text = reason.to_ascii_lowercase();
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if says(&["must provide parameter", "missing parameter", "parameter was not supplied"]) {
        return Refusal::MissingParameter;
    }
    if says(NO_LINES) {
        return Refusal::NoLines;
    }
    // Before all others, because a code may be any text: SESSION-TEE is a T-shirt.
    if says(UNKNOWN) && says(&["variant code", "variantcode"]) {
        return variant_unknown(reason, &text);
    }
    if says(PARALLEL) {
        return Refusal::ParallelWrite;
    }
    if says(DUPLICATE) {
        return Refusal::Duplicate;
    }
    if says(UNKNOWN)
        && let Some((_, refusal)) = THINGS.iter().find(|(names, _)| says(names))
    {
        return match refusal {
            Refusal::VariantUnknownOrInactive { .. } => variant_unknown(reason, &text),
            other => other.clone(),
        };
    }
    if says(PERMISSION) {
        return Refusal::MissingPermission;
    }
    Refusal::Other
}

fn variant_unknown(reason: &str, lower: &str) -> Refusal {
    let code = variant_code(reason, lower).unwrap_or_default();
    Refusal::VariantUnknownOrInactive { code }
}

/// The code in `… variant code: ABC-9 does not exist or is not active` (facts/orderwise 1.3). It
/// may hold blanks, so it ends where the sentence goes on.
fn variant_code(reason: &str, lower: &str) -> Option<String> {
    let after_name = ["variant code", "variantcode", "variant", "product code", "item code"]
        .iter()
        .find_map(|name| Some(lower.find(name)? + name.len()))?;
    let start = after_name + lower[after_name..].len()
        - lower[after_name..].trim_start_matches([':', '=', ' ']).len();
    let ends = [
        " does not",
        " doesn't",
        " do not",
        " is ",
        " was ",
        " not ",
        " could ",
        " cannot ",
        ",",
        ";",
    ];
    let rest = &lower[start..];
    let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    let code = reason.get(start..start + end)?.trim().trim_matches(['\'', '"', '.', '(', ')']);
    let plausible = !code.is_empty() && code.chars().count() <= 50;
    plausible.then(|| code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Refusal, recognise};

    #[test]
    fn variants_with_their_code() {
        for (text, code) in [
            ("Order number 7 failed, variant code: ABC-9 does not exist or is not active", "ABC-9"),
            ("VARIANT CODE: ABC 9/x DOES NOT EXIST OR IS NOT ACTIVE", "ABC 9/x"),
            ("Variant 'ABC-9' is discontinued.", "ABC-9"),
            ("Line 2: variantCode=ABC-9 could not be found", "ABC-9"),
            ("variant code: ÄÖ-1 does not exist", "ÄÖ-1"),
            ("Order number S1-7 line 2 variant code: SESSION-TEE does not exist", "SESSION-TEE"),
            ("variant code: DEADLOCK does not exist or is not active", "DEADLOCK"),
        ] {
            let code = code.to_owned();
            assert_eq!(recognise(text), Refusal::VariantUnknownOrInactive { code }, "{text}");
        }
        let none = Refusal::VariantUnknownOrInactive { code: String::new() };
        assert_eq!(recognise("There is an unknown variant"), none);
        assert_eq!(recognise("unknown variant code:"), none);
    }

    #[test]
    fn every_group() {
        for (text, refusal) in [
            ("No variant has been provided", Refusal::NoLines),
            ("Session Not Found", Refusal::SessionUnknown),
            ("E-commerce session 9 does not exist", Refusal::SessionUnknown),
            ("Customer 12 does not exist", Refusal::CustomerUnknown),
            ("Unknown account number LEEDS", Refusal::CustomerUnknown),
            ("Payment method 4 is not valid for this customer", Refusal::PaymentMethodUnknown),
            ("deliveryMethodId: invalid delivery method", Refusal::DeliveryMethodUnknown),
            ("Tax rate 9 not found", Refusal::TaxRateUnknown),
            ("Stock location 5 could not be found", Refusal::StockLocationUnknown),
            ("Order S1-7 has already been imported", Refusal::Duplicate),
            ("Duplicate eCommerceOrderNumber", Refusal::Duplicate),
            ("Another import is already running", Refusal::ParallelWrite),
            ("Export Definition Not Found", Refusal::ExportDefinitionUnknown),
            ("Must provide parameter @since", Refusal::MissingParameter),
            ("The user has no permission for this", Refusal::MissingPermission),
            ("An error has occurred.", Refusal::Other),
            ("", Refusal::Other),
        ] {
            assert_eq!(recognise(text), refusal, "{text}");
        }
    }
}
