//! A value beside its schema, stricter than JSON Schema: where a value stands whole it holds nothing
//! that is not described, and a keyword that is not known here is a fault of the test. The document
//! itself is tried by another validator in `cargo xtask api-fuzz`.

use std::collections::BTreeSet;

use daybook_domain::{Reference, month::Month};
use serde_json::Value;

/// What a schema says of a value: what does not fit, and which fields it describes.
#[derive(Default)]
struct Found {
    faults: Vec<String>,
    known: BTreeSet<String>,
}

impl Found {
    fn add(&mut self, other: Self) {
        self.faults.extend(other.faults);
        self.known.extend(other.known);
    }
}

/// What does not fit of a value that stands by itself.
pub(super) fn whole(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    match schema {
        Value::Bool(true) => return Vec::new(),
        Value::Bool(false) => return vec![format!("{at} must not be")],
        _ => {}
    }
    let Found { mut faults, known } = look(document, schema, value, at);
    let fields = value.as_object().into_iter().flatten().map(|(name, _)| name);
    let strange = fields.filter(|name| !known.contains(*name));
    faults.extend(strange.map(|name| format!("{at}/{name} is not described")));
    faults
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => panic!("the judge does not know the type {kind}"),
    }
}

fn has_form(form: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    match form {
        "date-time" => text.ends_with('Z') && text.parse::<jiff::Timestamp>().is_ok(),
        "date" => text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok(),
        "uuid" => text.len() == 36,
        r"^\d{4}-\d{2}$" => text.parse::<Month>().is_ok(),
        r"^S\d+-\d+$" => text.parse::<Reference>().is_ok(),
        _ => panic!("the judge does not know the form {form}"),
    }
}

fn strings(rule: &Value) -> impl Iterator<Item = &str> {
    rule.as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn look(document: &Value, schema: &Value, value: &Value, at: &str) -> Found {
    let mut found = Found::default();
    let rules = schema.as_object().unwrap_or_else(|| panic!("{at}: {schema} is no schema"));
    for (keyword, rule) in rules {
        let fits = match keyword.as_str() {
            "description" | "uniqueItems" => true,
            "type" => match rule.as_str() {
                Some(kind) => is_of(kind, value),
                None => strings(rule).any(|kind| is_of(kind, value)),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "const" => rule == value,
            "format" if rule.as_str().is_some_and(|form| form.contains("int")) => true,
            "format" | "pattern" => has_form(rule.as_str().unwrap(), value),
            "minimum" => value.as_i64().is_none_or(|number| number >= rule.as_i64().unwrap()),
            "maximum" => value.as_i64().is_none_or(|number| number <= rule.as_i64().unwrap()),
            "required" => strings(rule).all(|name| value.get(name).is_some()),
            "$ref" => {
                let path = rule.as_str().unwrap().trim_start_matches('#');
                let other = document.pointer(path).unwrap();
                found.add(look(document, other, value, at));
                true
            }
            "anyOf" | "oneOf" => {
                let branches = rule.as_array().unwrap().iter();
                let looked = branches.map(|one| look(document, one, value, at));
                let mut fitting = looked.filter(|one| one.faults.is_empty());
                let first = fitting.next();
                let is_clear = keyword == "anyOf" || fitting.next().is_none();
                let is_one = first.is_some();
                found.add(first.unwrap_or_default());
                is_one && is_clear
            }
            "minItems" => {
                value.as_array().is_none_or(|all| all.len() as u64 >= rule.as_u64().unwrap())
            }
            "maxItems" => {
                value.as_array().is_none_or(|all| all.len() as u64 <= rule.as_u64().unwrap())
            }
            "prefixItems" => {
                let all = value.as_array().into_iter().flatten().zip(rule.as_array().unwrap());
                let each = all.map(|(item, rule)| whole(document, rule, item, at));
                found.faults.extend(each.flatten());
                true
            }
            "properties" | "items" | "additionalProperties" => {
                inside(document, (keyword, rule), (schema, value), at, &mut found);
                true
            }
            other => panic!("the judge does not know the keyword {other}"),
        };
        if !fits {
            found.faults.push(format!("{at}: {keyword} {rule:.300} is not so of {value:.300}"));
        }
    }
    found
}

/// What a schema says of the values inside.
fn inside(
    document: &Value,
    (keyword, rule): (&str, &Value),
    (schema, value): (&Value, &Value),
    at: &str,
    found: &mut Found,
) {
    let items = value.as_array().into_iter().flatten().filter(|_| keyword == "items");
    for (nth, item) in items.enumerate() {
        found.faults.extend(whole(document, rule, item, &format!("{at}/{nth}")));
    }
    let fields = value.as_object().into_iter().flatten().filter(|_| keyword != "items");
    for (name, field) in fields {
        let own = schema["properties"].get(name);
        let rule = if keyword == "properties" { own } else { Some(rule).filter(|_| own.is_none()) };
        if let Some(rule) = rule {
            found.known.insert(name.clone());
            found.faults.extend(whole(document, rule, field, &format!("{at}/{name}")));
        }
    }
}

#[test]
fn what_does_not_fit_is_told() {
    use serde_json::json;

    let document = json!({ "shapes": { "Pence": { "type": "integer", "format": "int64" } } });
    let schema = json!({
        "type": "object",
        "required": ["sum", "at"],
        "properties": {
            "sum": { "$ref": "#/shapes/Pence" },
            "at": { "type": ["string", "null"], "format": "date-time" },
            "words": { "type": "array", "items": { "type": "string", "enum": ["a", "b"] } },
            "by": { "type": "object", "additionalProperties": { "$ref": "#/shapes/Pence" } },
            "one": { "oneOf": [{ "$ref": "#/shapes/Pence" }, { "type": "null" }] },
        },
    });
    let fits = |value: &Value| whole(&document, &schema, value, "").is_empty();
    assert!(fits(&json!({ "sum": 1, "at": null })));
    let full = json!({ "sum": 1, "at": "2026-11-24T14:03:22Z", "words": ["b"],
                       "by": { "x": 1 }, "one": null });
    assert!(fits(&full));
    for wrong in [
        json!({ "sum": 1 }),
        json!({ "sum": "1", "at": null }),
        json!({ "sum": 1.5, "at": null }),
        json!({ "sum": 1, "at": "yesterday" }),
        json!({ "sum": 1, "at": null, "words": ["c"] }),
        json!({ "sum": 1, "at": null, "by": { "x": "1" } }),
        json!({ "sum": 1, "at": null, "one": "1" }),
        json!({ "sum": 1, "at": null, "new": 1 }),
    ] {
        assert!(!fits(&wrong), "{wrong}");
    }
}
