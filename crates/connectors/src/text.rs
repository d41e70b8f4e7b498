//! Texts are read as the peer means them: what is unset is empty, what is a number stays its text.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;

/// A text; `null` and an absent field (with `serde(default)`) are empty. Numbers and booleans are
/// taken by their JSON text, because membership numbers and post codes come either way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        scalar(raw).map(Self).ok_or_else(|| D::Error::custom("not a text"))
    }
}

impl Text<'_> {
    /// The text without blanks around it.
    pub(crate) fn trimmed(&self) -> &str {
        self.0.trim()
    }

    /// The trimmed text as our own.
    pub(crate) fn owned(&self) -> String {
        self.trimmed().to_owned()
    }

    /// The trimmed text, unless it is empty.
    pub(crate) fn some(&self) -> Option<String> {
        Some(self.trimmed()).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// Reads a text that never spoils its record: whatever is no text is empty.
pub(crate) fn loose<'de: 'a, 'a, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Text<'a>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?.get();
    Ok(Text(scalar(raw).unwrap_or_default()))
}

/// The text of a JSON scalar; `None` for objects, arrays and texts with broken escapes.
pub(crate) fn scalar(raw: &str) -> Option<Cow<'_, str>> {
    match raw.as_bytes().first()? {
        b'"' => {
            let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
            if inner.contains('\\') {
                let text: String = serde_json::from_str(raw).ok()?;
                Some(Cow::Owned(without_nul(text)))
            } else {
                Some(Cow::Borrowed(inner))
            }
        }
        b'{' | b'[' => None,
        b'n' => Some(Cow::Borrowed("")),
        _ => Some(Cow::Borrowed(raw)),
    }
}

/// No database column, file or terminal takes U+0000, and no field of either system means anything by
/// it: it becomes the sign for a character that is none, so that it can be seen.
pub(crate) fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// Reads a JSON object as its members in order, whatever their values are. Repeated keys stay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<'a>(std::marker::PhantomData<&'a ()>);

        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Visitor<'a> {
            type Value = Members<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: serde::de::MapAccess<'de>>(
                self,
                mut map: M,
            ) -> Result<Self::Value, M::Error> {
                let mut members = Vec::with_capacity(map.size_hint().unwrap_or(16));
                while let Some(Key(key)) = map.next_key()? {
                    members.push((key, map.next_value::<&'de RawValue>()?));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}

impl<'a> Members<'a> {
    /// The value of `key`, whatever the case of its letters (facts/orderwise 1.6).
    pub(crate) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| *value)
    }
}

/// A key that is borrowed unless it holds an escape.
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<'a>(std::marker::PhantomData<&'a ()>);

        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Visitor<'a> {
            type Value = Key<'a>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(Visitor(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::{Members, Text, scalar};

    #[test]
    fn scalars_by_their_text() {
        for (json, text) in [
            ("\"a\"", Some("a")),
            ("\"a\\u0041\"", Some("aA")),
            ("12.50", Some("12.50")),
            ("true", Some("true")),
            ("null", Some("")),
            ("{}", None),
            ("[]", None),
            ("\"\\ud800\"", None),
        ] {
            assert_eq!(scalar(json).as_deref(), text, "{json}");
        }
        assert!(serde_json::from_str::<Text<'_>>("{\"a\":1}").is_err());
    }

    #[test]
    fn members_in_any_case() {
        let members: Members<'_> =
            serde_json::from_str(r#"{"OrderId":"7","a\u0062":[1]}"#).unwrap();
        assert_eq!(members.get("orderID").map(serde_json::value::RawValue::get), Some("\"7\""));
        assert_eq!(members.get("AB").map(serde_json::value::RawValue::get), Some("[1]"));
        assert!(members.get("c").is_none());
    }
}
