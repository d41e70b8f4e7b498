//! SKUs differ by a blank or by letter case.

/// The form under which SKUs are compared: trimmed, inner blanks kept, case-folded.
pub fn fold(sku: &str) -> String {
    sku.trim().to_lowercase()
}
