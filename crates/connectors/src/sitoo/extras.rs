//! `additionaldata`: free keys with text values (facts/sitoo 2.4).

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::value::RawValue;

use crate::{number::Exact, text::scalar};

/// The members of an `additionaldata`. PHP writes an empty one as `[]`; `null` is empty too.
/// Values that are no texts, numbers or booleans are left out.
#[derive(Debug, Clone, Default)]
pub(super) struct Extras<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Extras<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<'a>(std::marker::PhantomData<&'a ()>);

        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Visitor<'a> {
            type Value = Extras<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Extras::default())
            }

            fn visit_str<E>(self, _text: &str) -> Result<Self::Value, E> {
                Ok(Extras::default())
            }

            fn visit_seq<S: serde::de::SeqAccess<'de>>(
                self,
                mut list: S,
            ) -> Result<Self::Value, S::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Extras::default())
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(
                self,
                mut map: M,
            ) -> Result<Self::Value, M::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<crate::text::Key<'de>>()? {
                    let value = scalar(map.next_value::<&'de RawValue>()?.get());
                    members.extend(value.map(|value| (key.0, value)));
                }
                Ok(Extras(members))
            }
        }
        deserializer.deserialize_any(Visitor(std::marker::PhantomData))
    }
}

/// A value that has to be a number and is not; keeping silent would change what the order means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotANumber {
    /// Which key.
    pub(super) key: &'static str,
}

impl Extras<'_> {
    /// The trimmed text of `key`, unless it is missing or empty.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(name, _)| name == key)?;
        Some(value.trim()).filter(|text| !text.is_empty())
    }

    /// The text of the first of `keys` that has one.
    pub(super) fn first(&self, keys: &[&str]) -> Option<String> {
        keys.iter().find_map(|key| self.text(key)).map(str::to_owned)
    }

    /// Whether `key` says `true`.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.text(key).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
    }

    /// The id under `key`.
    pub(super) fn id(&self, key: &'static str) -> Result<Option<i64>, NotANumber> {
        match self.text(key) {
            None => Ok(None),
            Some(text) => i64::exact(text).map(Some).ok_or(NotANumber { key }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Extras, NotANumber};

    #[test]
    fn empty_in_every_shape() {
        for json in ["{}", "[]", "null", "\"\"", "[1,{\"a\":2}]"] {
            let extras: Extras<'_> = serde_json::from_str(json).unwrap();
            assert_eq!(extras.text("a"), None, "{json}");
        }
    }

    #[test]
    fn values_by_their_text() {
        let json = r#"{"a":" x ","n":7,"t":true,"z":null,"o":{"a":1},"e":"","id":"12","bad":"1x"}"#;
        let extras: Extras<'_> = serde_json::from_str(json).unwrap();
        assert_eq!(extras.text("a"), Some("x"));
        assert_eq!(extras.id("n"), Ok(Some(7)));
        assert_eq!(extras.id("id"), Ok(Some(12)));
        assert_eq!(extras.id("bad"), Err(NotANumber { key: "bad" }));
        assert!(extras.is_true("t") && !extras.is_true("a"));
        assert_eq!(extras.first(&["z", "o", "e", "id"]).as_deref(), Some("12"));
    }
}
