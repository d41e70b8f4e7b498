//! What a status of OrderWise means. Its texts are the customer's own (facts/orderwise 3).

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::mapping::Mapping;

/// What a status text means for a despatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusMeaning {
    /// Taken, and nothing has left yet.
    Open,
    /// Somebody stopped it.
    OnHold,
    /// Something has left, and more is to come.
    PartlyDespatched,
    /// Everything has left.
    Despatched,
    /// It will not be sent.
    Cancelled,
}

impl StatusMeaning {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Open, Self::OnHold, Self::PartlyDespatched, Self::Despatched, Self::Cancelled];

    /// The word used in the database, in mappings and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::OnHold => "on-hold",
            Self::PartlyDespatched => "partly-despatched",
            Self::Despatched => "despatched",
            Self::Cancelled => "cancelled",
        }
    }

    /// The meaning of `text`: as it is mapped, else as live systems write it (facts/orderwise 3).
    /// Exact and case-sensitive; none for a text that nobody has explained.
    pub fn of(text: &str, mapping: &Mapping) -> Option<Self> {
        let text = text.trim();
        mapping.statuses.get(text).copied().or_else(|| Self::known(text))
    }

    /// The texts that mean it: those that are mapped to it, and the one that live systems write,
    /// unless that is mapped to something else.
    pub fn texts(self, mapping: &Mapping) -> BTreeSet<String> {
        let mapped = mapping.statuses.keys().map(String::as_str);
        let all = mapped.chain(Self::USUAL.iter().map(|(text, _)| *text));
        all.filter(|text| Self::of(text, mapping) == Some(self)).map(str::to_owned).collect()
    }

    /// As live systems write them (facts/orderwise 3).
    const USUAL: [(&str, Self); 5] = [
        ("Awaiting despatch", Self::Open),
        ("On hold", Self::OnHold),
        ("Partially despatched", Self::PartlyDespatched),
        ("Completed", Self::Despatched),
        ("Cancelled", Self::Cancelled),
    ];

    fn known(text: &str) -> Option<Self> {
        Self::USUAL.iter().find(|(usual, _)| *usual == text).map(|(_, meaning)| *meaning)
    }

    /// Whether an order that meant `self` and now means `next` went backwards. An order is put on
    /// hold and released again in the normal course of things; what has left does not come back.
    pub const fn goes_back_to(self, next: Self) -> bool {
        match self {
            Self::Open | Self::OnHold => false,
            Self::PartlyDespatched => matches!(next, Self::Open),
            Self::Despatched | Self::Cancelled => {
                !matches!(next, Self::Despatched | Self::Cancelled)
            }
        }
    }
}

impl fmt::Display for StatusMeaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a meaning.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a meaning; use open, on-hold, partly-despatched, despatched or cancelled")]
pub struct NotMeaning(pub String);

impl FromStr for StatusMeaning {
    type Err = NotMeaning;

    fn from_str(word: &str) -> Result<Self, NotMeaning> {
        Self::ALL
            .into_iter()
            .find(|meaning| meaning.word() == word)
            .ok_or_else(|| NotMeaning(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::StatusMeaning::{self, Cancelled, Despatched, OnHold, Open, PartlyDespatched};
    use crate::mapping::{Mapping, MappingKind, MappingRow};

    #[test]
    fn texts_are_exact_and_the_mapping_goes_first() {
        let rows = [("Completed", "partly-despatched"), ("Picking", "open")]
            .map(|(text, means)| MappingRow::new(MappingKind::Status, text, means).unwrap());
        let (mapping, faults) = Mapping::from_rows(rows);
        assert_eq!(faults, []);
        for (text, meaning) in [
            ("Awaiting despatch", Some(Open)),
            ("On hold", Some(OnHold)),
            ("Partially despatched", Some(PartlyDespatched)),
            ("Completed", Some(PartlyDespatched)),
            ("Cancelled", Some(Cancelled)),
            ("Picking", Some(Open)),
            ("picking", None),
            ("On Hold", None),
            ("", None),
        ] {
            assert_eq!(StatusMeaning::of(text, &mapping), meaning, "{text}");
        }
        assert_eq!(StatusMeaning::of("Completed", &Mapping::default()), Some(Despatched));
    }

    #[test]
    fn what_has_left_does_not_come_back() {
        assert!(Despatched.goes_back_to(Open) && Despatched.goes_back_to(PartlyDespatched));
        assert!(PartlyDespatched.goes_back_to(Open) && Cancelled.goes_back_to(Open));
        assert!(!Open.goes_back_to(OnHold) && !OnHold.goes_back_to(Open));
        assert!(!PartlyDespatched.goes_back_to(OnHold) && !Open.goes_back_to(Despatched));
        for meaning in StatusMeaning::ALL {
            assert!(!meaning.goes_back_to(meaning));
            assert_eq!(meaning.word().parse::<StatusMeaning>(), Ok(meaning));
        }
    }
}
