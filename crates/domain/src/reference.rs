//! The entry's key in OrderWise.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The entry's key in OrderWise, made from Sitoo's own ids: `S{site}-{orderid}`.
/// It is the same at every try, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// Sitoo's `eshopid`.
    pub site_id: i64,
    /// Sitoo's `orderid`, unique per account (facts/sitoo 2.2).
    pub order_id: i64,
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S{}-{}", self.site_id, self.order_id)
    }
}

/// The text is not a reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a reference; a reference looks like S1-11513")]
pub struct NotReference(pub String);

impl FromStr for Reference {
    type Err = NotReference;

    fn from_str(text: &str) -> Result<Self, NotReference> {
        let parts = text.trim().strip_prefix(['S', 's']).and_then(|rest| rest.split_once('-'));
        let parsed = parts.and_then(|(site, order)| {
            let whole =
                |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok());
            Some(Self { site_id: whole(site)??, order_id: whole(order)?? })
        });
        parsed.ok_or_else(|| NotReference(text.to_owned()))
    }
}

impl Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn round_trips_and_refuses_the_rest() {
        let reference: Reference = "S1-11513".parse().unwrap();
        assert_eq!(reference, Reference { site_id: 1, order_id: 11_513 });
        assert_eq!(reference.to_string(), "S1-11513");
        for text in ["", "S1", "1-2", "S1-", "S-1", "S1-2x", "S1--2"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
