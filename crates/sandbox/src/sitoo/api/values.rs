//! Reading what clients send, with Sitoo's complaints (facts/sitoo 1.6).

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    super::{
        model::{Extras, set_extra},
        money::parse_fixed,
    },
    Refusal,
};

pub(super) type Fields = Map<String, Value>;

/// The body as a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Fields, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(fields)) => Ok(fields),
        _ => Err(Refusal::bad("Invalid data")),
    }
}

pub(super) fn required<T>(name: &str, value: Option<T>) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::bad(format!("Missing required field '{name}'.")))
}

fn wrong(name: &str, kind: &str) -> Refusal {
    Refusal::bad(format!("Invalid field value '{name}' should be {kind}."))
}

/// A text; null is not one.
pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> Result<Option<&'a str>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "string")),
    }
}

/// A whole number.
pub(super) fn int(fields: &Fields, name: &str) -> Result<Option<i64>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or_else(|| wrong(name, "int")),
    }
}

/// True or false.
pub(super) fn truth(fields: &Fields, name: &str) -> Result<Option<bool>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(value) => value.as_bool().map(Some).ok_or_else(|| wrong(name, "bool")),
    }
}

/// Sets a whole number or null, where it was sent.
pub(super) fn set_int_or_null(
    fields: &Fields,
    name: &str,
    into: &mut Option<i64>,
) -> Result<(), Refusal> {
    if fields.get(name).is_some_and(Value::is_null) {
        *into = None;
    } else if let Some(value) = int(fields, name)? {
        *into = Some(value);
    }
    Ok(())
}

/// Money or a decimal: a string with so many places.
pub(super) fn fixed(fields: &Fields, name: &str, places: usize) -> Result<Option<i64>, Refusal> {
    let Some(text) = text(fields, name)? else { return Ok(None) };
    parse_fixed(text, places).map(Some).ok_or_else(|| Refusal::bad("Invalid value"))
}

/// A percentage: a JSON number, read from its text so that no float is involved.
pub(super) fn percent(fields: &Fields, name: &str) -> Result<Option<i64>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::Number(number)) => {
            let text = number.to_string();
            let text = text.strip_suffix(".0").unwrap_or(&text);
            parse_fixed(text, 2).map(Some).ok_or_else(|| Refusal::bad("Invalid value"))
        }
        Some(_) => Err(wrong(name, "number")),
    }
}

/// A list of objects.
pub(super) fn objects<'a>(
    fields: &'a Fields,
    name: &str,
) -> Result<Option<Vec<&'a Fields>>, Refusal> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::Array(values)) => {
            let each = values.iter().map(|value| value.as_object());
            each.collect::<Option<Vec<_>>>().map(Some).ok_or_else(|| wrong(name, "array"))
        }
        Some(_) => Err(wrong(name, "array")),
    }
}

/// Adds the keys of `additionaldata`; all values are strings.
pub(super) fn extras(fields: &Fields, into: &mut Extras) -> Result<(), Refusal> {
    match fields.get("additionaldata") {
        None | Some(Value::Null) => Ok(()),
        // An empty object often arrives as an empty list from languages that mix the two.
        Some(Value::Array(values)) if values.is_empty() => Ok(()),
        Some(Value::Object(values)) => {
            for (key, value) in values {
                let value = value.as_str().ok_or_else(|| wrong(key, "string"))?;
                set_extra(into, key.clone(), Arc::<str>::from(value));
            }
            Ok(())
        }
        Some(_) => Err(wrong("additionaldata", "object")),
    }
}
