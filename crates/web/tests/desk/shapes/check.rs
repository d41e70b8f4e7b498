//! Answers beside what the document says of them.

use std::collections::BTreeSet;

use axum::http::header;
use serde_json::Value;

use super::validate::whole;
use crate::common::Answer;

/// Judges answers, and keeps what was seen.
pub(crate) struct Judge {
    document: Value,
    /// Calls that answered as described, as `GET /api/v1/today`.
    pub(crate) calls: BTreeSet<String>,
    /// Shapes of which an answer held one.
    pub(crate) shapes: BTreeSet<String>,
}

/// The template of a path with its parameters: `/entries/{reference}` of `/entries/S1-2`.
fn template(document: &Value, method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let parts: Vec<_> = path.split('/').collect();
    let fits = |template: &str| {
        let own: Vec<_> = template.split('/').collect();
        own.len() == parts.len()
            && own.iter().zip(&parts).all(|(own, part)| own.starts_with('{') || own == part)
    };
    let known = document["paths"].as_object().unwrap();
    let mut all: Vec<_> = known.iter().filter(|(one, _)| fits(one)).collect();
    all.retain(|(_, calls)| calls.get(method.to_lowercase()).is_some());
    // The one that says the most by itself.
    all.sort_by_key(|(one, _)| one.matches('{').count());
    all.first().unwrap_or_else(|| panic!("{method} {path} is not described")).0.clone()
}

impl Judge {
    pub(crate) fn new() -> Self {
        Self { document: daybook_web::openapi(), calls: BTreeSet::new(), shapes: BTreeSet::new() }
    }

    /// Every call that is described.
    pub(crate) fn described(&self) -> BTreeSet<String> {
        let paths = self.document["paths"].as_object().unwrap().iter();
        let calls = paths.flat_map(|(path, calls)| {
            let methods = calls.as_object().unwrap().keys();
            methods.map(move |method| format!("{} {path}", method.to_uppercase()))
        });
        calls.collect()
    }

    /// Every shape that is described.
    pub(crate) fn all_shapes(&self) -> BTreeSet<String> {
        self.document["components"]["schemas"].as_object().unwrap().keys().cloned().collect()
    }

    /// Whether a call may answer so.
    pub(crate) fn may(&self, method: &str, path: &str, status: u16) -> bool {
        let template = template(&self.document, method, path);
        let operation = &self.document["paths"][&template][method.to_lowercase()];
        operation["responses"].get(status.to_string()).is_some()
    }

    /// Panics if the document says otherwise.
    pub(crate) fn judge(&mut self, method: &str, path: &str, answer: &Answer) {
        let template = template(&self.document, method, path);
        let line = format!("{method} {path}: {} {:.2000}", answer.status, answer.text);
        let operation = &self.document["paths"][&template][method.to_lowercase()];
        let status = answer.status.as_str();
        let mut told = operation["responses"].get(status).unwrap_or_else(|| panic!("{line}"));
        if let Some(reference) = told["$ref"].as_str() {
            told = self.document.pointer(reference.trim_start_matches('#')).unwrap();
        }
        let kind = answer.headers[header::CONTENT_TYPE].to_str().unwrap();
        let kind = kind.split(';').next().unwrap();
        let content = told["content"].get(kind).unwrap_or_else(|| panic!("{kind}, {line}"));
        let schema = content["schema"].clone();
        if kind.ends_with("json") {
            let value: Value = serde_json::from_str(&answer.text).unwrap();
            let faults = whole(&self.document, &schema, &value, "");
            assert!(faults.is_empty(), "{line}\n{faults:#?}");
            visit(&self.document, &schema, &value, &mut self.shapes);
        }
        if answer.status.is_success() {
            self.calls.insert(format!("{method} {template}"));
        }
    }
}

/// Notes the shapes that this value holds.
fn visit(document: &Value, schema: &Value, value: &Value, seen: &mut BTreeSet<String>) {
    if value.is_null() {
        return;
    }
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        seen.insert(name.to_owned());
        visit(document, &document["components"]["schemas"][name], value, seen);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        let inner = schema[key].as_array().into_iter().flatten();
        inner.for_each(|one| visit(document, one, value, seen));
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        visit(document, field, &value[name], seen);
    }
    if let Some(fields) = value.as_object().filter(|_| schema["additionalProperties"].is_object()) {
        let inner = &schema["additionalProperties"];
        fields.values().for_each(|field| visit(document, inner, field, seen));
    }
    let items = value.as_array().into_iter().flatten();
    items.for_each(|item| visit(document, &schema["items"], item, seen));
}
