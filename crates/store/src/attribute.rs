//! Attributes of variants and products, as one cell.

use daybook_domain::catalogue::Attribute;

use crate::{StoreError, StoreResult};

/// As JSON: values hold whatever a retailer writes.
pub(crate) fn written(attributes: &[Attribute]) -> String {
    // Texts alone: there is nothing in them that could not be written.
    serde_json::to_string(attributes).unwrap_or_default()
}

pub(crate) fn read(text: &str) -> StoreResult<Vec<Attribute>> {
    serde_json::from_str(text).map_err(|error| StoreError::unreadable(error.to_string()))
}
