//! Rows as people write them: `store 5 account=LEEDS session=3`, `sku abc-1 ABC-1`.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{MappingKind, MappingRow, item, typed};
use crate::{VatRate, sku::fold};

/// A row of the mapping tables that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} {key}: {what}")]
pub struct MappingFault {
    /// Which table.
    pub kind: MappingKind,
    /// The key as it was written.
    pub key: String,
    /// One sentence for a person.
    pub what: String,
}

/// Fields of which one replaces the other.
const EITHER_OR: [[&str; 2]; 2] = [["account", "account-id"], ["method-id", "exclude"]];

impl MappingRow {
    /// Reads a row from a key and a value text.
    ///
    /// The text is a bare value for the first field (`LEEDS`), or fields (`account=LEEDS session=3`),
    /// or both in this order. A value may contain blanks; one that would read as something else is
    /// put in quotes of either kind, which are doubled inside.
    pub fn new(kind: MappingKind, key: &str, value: &str) -> Result<Self, MappingFault> {
        let fields = read_fields(kind, value).map_err(|what| fault(kind, key, what))?;
        Self::from_fields(kind, key, fields)
    }

    /// The row with the fields that `value` names changed and the others kept, as a person means
    /// `store 5 session=4`. A bare value replaces the whole row.
    pub fn patched(&self, value: &str) -> Result<Self, MappingFault> {
        let given =
            read_fields(self.kind, value).map_err(|what| fault(self.kind, &self.key, what))?;
        let names = |name: &str| given.iter().any(|(given, _)| given == name);
        let instead = |name: &str| {
            EITHER_OR
                .iter()
                .any(|pair| pair.contains(&name) && pair.iter().any(|other| names(other)))
        };
        let kept: Vec<(String, String)> = self
            .value
            .iter()
            .filter(|(name, _)| !names(name) && !instead(name))
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        Self::from_fields(self.kind, &self.key, kept.into_iter().chain(given))
    }

    /// Makes a row from a key and fields by name; empty values count as not given.
    pub fn from_fields(
        kind: MappingKind,
        key: &str,
        fields: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, MappingFault> {
        let mut value = BTreeMap::new();
        for (name, text) in fields {
            let text = text.trim();
            if !kind.fields().contains(&name.as_str()) {
                return Err(fault(kind, key, unknown_field(kind, &name)));
            }
            if !text.is_empty() && value.insert(name.clone(), text.to_owned()).is_some() {
                return Err(fault(kind, key, format!("'{name}' is given twice")));
            }
        }
        let row = Self {
            kind,
            key: normal_key(kind, key).map_err(|what| fault(kind, key, what))?,
            value,
        };
        // Whatever reaches the tables can be used: the typed form is made once here, to see.
        typed::check(&row)?;
        Ok(row)
    }

    /// The value as text that [`MappingRow::new`] reads back: always with field names, in the order
    /// of [`MappingKind::fields`], quoted only where it must be.
    pub fn value_text(&self) -> String {
        let mut text = String::new();
        for name in self.kind.fields() {
            let Some(value) = self.value.get(*name) else { continue };
            let gap = if text.is_empty() { "" } else { " " };
            let _ = write!(text, "{gap}{name}={}", quoted(value));
        }
        text
    }
}

impl std::fmt::Display for MappingRow {
    /// As it is written on the command line: `store 5 account=LEEDS session=3`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.kind, quoted(&self.key), self.value_text())
    }
}

pub(super) fn fault(kind: MappingKind, key: &str, what: impl Into<String>) -> MappingFault {
    MappingFault { kind, key: key.to_owned(), what: what.into() }
}

/// The key in the one form under which it is stored and looked up.
pub(super) fn normal_key(kind: MappingKind, key: &str) -> Result<String, String> {
    let key = key.trim();
    if key.is_empty() {
        return Err("the key is empty".to_owned());
    }
    match kind {
        MappingKind::Sku
        | MappingKind::Payment
        | MappingKind::Reason
        | MappingKind::Group
        | MappingKind::Pickup
        | MappingKind::Delivery => Ok(fold(key)),
        // Customers write these texts themselves, and OrderWise matches them exactly.
        MappingKind::Status => Ok(key.to_owned()),
        MappingKind::Store | MappingKind::Warehouse => {
            positive(key).map(|id| id.to_string()).ok_or_else(|| {
                format!("'{key}' is not a warehouse id of Sitoo, a whole number from 1")
            })
        }
        MappingKind::Vat if key.eq_ignore_ascii_case(item::GIFT_CARD) => {
            Ok(item::GIFT_CARD.to_owned())
        }
        MappingKind::Vat => {
            let percent = key.strip_suffix('%').unwrap_or(key);
            let rate = percent.parse::<VatRate>().map_err(|error| error.to_string())?;
            Ok(rate.to_string())
        }
        MappingKind::Item => {
            let folded = fold(key);
            let known = item::ALL.contains(&folded.as_str());
            known.then_some(folded).ok_or_else(|| {
                format!("'{key}' is not a special line; use {}", item::ALL.join(", "))
            })
        }
    }
}

/// A whole number from 1.
pub(super) fn positive(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|id| *id > 0)
}

fn unknown_field(kind: MappingKind, name: &str) -> String {
    format!("'{name}' is not a field of {kind}; use {}", kind.fields().join(", "))
}

/// Reads the value text. A word that looks like `name=` starts a field; everything up to the next
/// such word belongs to it, so that names with blanks need no quotes.
fn read_fields(kind: MappingKind, text: &str) -> Result<Vec<(String, String)>, String> {
    let mut fields = Vec::new();
    let mut rest = text.trim();
    if !rest.is_empty() && field_name(rest).is_none() {
        let (value, after) = read_value(rest)?;
        fields.push((kind.fields()[0].to_owned(), value));
        rest = after;
    }
    while !rest.is_empty() {
        let Some(name) = field_name(rest) else {
            return Err(format!("'{rest}' follows a quoted value without being a field"));
        };
        let (value, after) = read_value(&rest[name.len() + 1..])?;
        fields.push((name.to_owned(), value));
        rest = after;
    }
    Ok(fields)
}

/// The first field that rows of this kind do not have; what is missing is not looked at.
pub fn strange_field(kind: MappingKind, text: &str) -> Option<String> {
    let fields = read_fields(kind, text).ok()?.into_iter();
    fields.map(|(name, _)| name).find(|name| !kind.fields().contains(&name.as_str()))
}

/// The `name` of a text that starts with `name=`.
fn field_name(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('=')?;
    let shaped = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    shaped.then_some(name)
}

/// One value, and what follows it without leading blanks.
fn read_value(text: &str) -> Result<(String, &str), String> {
    let text = text.trim_start();
    if let Some(quote) = text.chars().next().filter(|c| is_quote(*c)) {
        return read_quoted(&text[1..], quote);
    }
    let mut end = text.len();
    for (at, _) in text.match_indices(char::is_whitespace) {
        if field_name(text[at..].trim_start()).is_some() {
            end = at;
            break;
        }
    }
    Ok((text[..end].trim().to_owned(), text[end..].trim_start()))
}

fn read_quoted(text: &str, quote: char) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(quote) {
        value.push_str(before);
        let Some(doubled) = after.strip_prefix(quote) else {
            if !after.is_empty() && !after.starts_with(char::is_whitespace) {
                return Err(format!("'{after}' follows a quoted value without a blank"));
            }
            return Ok((value, after.trim_start()));
        };
        value.push(quote);
        rest = doubled;
    }
    Err(format!("a {quote} is missing at the end"))
}

const fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '"')
}

/// In quotes only where it would read as something else. Single quotes first: CSV doubles the others.
fn quoted(value: &str) -> String {
    let plain = !value.is_empty()
        && !value.starts_with(is_quote)
        && !value.contains('=')
        && value.split(' ').all(|word| !word.is_empty() && !word.contains(char::is_whitespace));
    if plain {
        return value.to_owned();
    }
    let quote = if value.contains('\'') && !value.contains('"') { "\"" } else { "'" };
    format!("{quote}{}{quote}", value.replace(quote, &quote.repeat(2)))
}
