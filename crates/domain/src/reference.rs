//! The entry's key in OrderWise.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::wire::described_text;

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

impl Reference {
    /// The entry that a document in OrderWise names: by its own reference, or by that of a credit
    /// which takes a second document of it back.
    pub fn named_by(text: &str) -> Option<Self> {
        let own = || text.parse().ok();
        own().or_else(|| text.parse().ok().map(|credit: CreditReference| credit.entry))
    }
}

/// The key of the credit that takes a second document of an entry back: the entry's reference and
/// OrderWise's id of that document, `S1-11513-C36221`. The same at every try, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditReference {
    /// The entry.
    pub entry: Reference,
    /// OrderWise's `orderId` of the document that is taken back.
    pub document: i64,
}

impl fmt::Display for CreditReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-C{}", self.entry, self.document)
    }
}

impl FromStr for CreditReference {
    type Err = NotReference;

    fn from_str(text: &str) -> Result<Self, NotReference> {
        let parsed = text.trim().rsplit_once('-').and_then(|(entry, document)| {
            let digits = document.strip_prefix(['C', 'c'])?;
            let whole = digits.bytes().all(|b| b.is_ascii_digit());
            let document = whole.then(|| digits.parse().ok()).flatten()?;
            Some(Self { entry: entry.parse().ok()?, document })
        });
        parsed.ok_or_else(|| NotReference(text.to_owned()))
    }
}

impl Serialize for Reference {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

described_text!(Reference, "pattern": r"^S\d+-\d+$", "The entry's key in OrderWise: S1-11513.");

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{CreditReference, Reference};

    #[test]
    fn round_trips_and_refuses_the_rest() {
        let reference: Reference = "S1-11513".parse().unwrap();
        assert_eq!(reference, Reference { site_id: 1, order_id: 11_513 });
        assert_eq!(reference.to_string(), "S1-11513");
        for text in ["", "S1", "1-2", "S1-", "S-1", "S1-2x", "S1--2"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_credit_of_a_double_names_its_entry_and_the_document() {
        let entry = Reference { site_id: 1, order_id: 11_513 };
        let credit: CreditReference = "S1-11513-C36221".parse().unwrap();
        assert_eq!(credit, CreditReference { entry, document: 36_221 });
        assert_eq!(credit.to_string(), "S1-11513-C36221");
        for text in ["S1-11513", "S1-11513-36221", "S1-11513-C", "S1-C5", "S1-11513-C5x", "C5"] {
            assert!(text.parse::<CreditReference>().is_err(), "{text}");
        }
        assert_eq!(Reference::named_by(" s1-11513 "), Some(entry));
        assert_eq!(Reference::named_by("S1-11513-C36221"), Some(entry));
        assert_eq!(Reference::named_by("phone order"), None);
    }
}
