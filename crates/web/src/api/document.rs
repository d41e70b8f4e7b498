//! The description of the API as OpenAPI, made from the table of its calls and the types of their
//! handlers.

use std::{collections::BTreeSet, sync::LazyLock};

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use daybook_domain::{
    access::{Right, Role},
    causes::Owner,
};
use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use super::{
    ProblemBody, described, schemas,
    told::{Content, Shape},
};
use crate::desk::RouteLine;

/// Made once: it says the same as long as the program runs.
static DOCUMENT: LazyLock<Value> = LazyLock::new(made);
static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());

/// Every problem that a call may answer, with what it means.
const PROBLEMS: &[(u16, &str)] = &[
    (400, "The request does not fit."),
    (401, "Nobody has signed in, or the token is not valid."),
    (403, "Not among the rights of whoever asks."),
    (404, "There is no such thing, or not for whoever asks."),
    (409, "It cannot be done as things stand."),
    (412, "It was changed since it was read."),
    (413, "The body is too large."),
    (415, "The body is not JSON."),
    (422, "It is of another shape, or names what nothing can be."),
    (503, "The book cannot be read or written right now; try again."),
];
/// What every call may answer.
const ALWAYS: [u16; 4] = [400, 401, 403, 503];
/// What every write may answer, because of its key and its body.
const WRITES: [u16; 2] = [409, 413];

/// The OpenAPI document.
pub(crate) async fn json() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}

/// OpenAPI 3.1 of every call.
pub fn openapi() -> Value {
    DOCUMENT.clone()
}

pub(super) fn document() -> &'static Value {
    &DOCUMENT
}

fn made() -> Value {
    let mut generator = schemas::generator();
    let mut paths: Map<String, Value> = Map::new();
    for line in described() {
        let path = paths.entry(line.path.to_owned()).or_insert_with(|| json!({}));
        path[line.method.to_lowercase()] = operation(&line, &mut generator);
    }
    let problem = schemas::of::<ProblemBody<'_>>(&mut generator);
    let responses: Map<String, Value> = PROBLEMS
        .iter()
        .map(|(status, text)| {
            let content = json!({ "application/problem+json": { "schema": problem } });
            (status.to_string(), json!({ "description": text, "content": content }))
        })
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Daybook",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the pages of the desk show and do. Money is whole pence, moments \
                            are RFC 3339 in UTC. Lists are paged by a cursor, `next`. New fields \
                            may come: ignore those that you do not know.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "daybook" },
            },
            "responses": responses,
            "schemas": schemas::all(generator),
        },
        "security": [{ "token": [] }, { "session": [] }],
    })
}

fn operation(line: &RouteLine, generator: &mut SchemaGenerator) -> Value {
    let about = line.about.unwrap_or(super::about("", &[]));
    let is_write = line.method == "POST";
    let mut parameters: Vec<Value> = parts(line.path)
        .map(|name| {
            let schema = typed(line.path, name);
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    if is_write {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "The same key and body again are answered as the first time.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
        }));
    } else {
        parameters.extend(about.takes.iter().map(|(name, text)| {
            let schema = typed(line.path, name);
            json!({ "name": name, "in": "query", "description": text, "schema": schema })
        }));
    }
    if about.also.contains(&412) {
        parameters.push(json!({
            "name": "If-Match", "in": "header", "schema": { "type": "string" },
            "description": "The ETag with which it was read: done only if it is still as it was.",
        }));
    }
    let mut operation = json!({
        "operationId": name_of(line),
        "summary": about.summary,
        "description": format!("Needs the right `{}`.", line.right),
        "parameters": parameters,
        "responses": answers(line, generator),
    });
    if is_write {
        operation["requestBody"] = body(line.path, about.takes);
    }
    operation
}

/// `get-entries-reference`.
fn name_of(line: &RouteLine) -> String {
    let path = line.path.trim_start_matches("/api/v1/").replace(['/', '.'], "-");
    let path: String = path.chars().filter(|c| !"{}".contains(*c)).collect();
    format!("{}-{path}", line.method.to_lowercase())
}

fn parts(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// What a parameter or a field of this name is, at this call.
fn typed(path: &str, name: &str) -> Value {
    let words = |words: Vec<&str>| json!({ "type": "array", "items": { "enum": words } });
    match name {
        "store" if !path.contains("/stock-buffers/") => {
            json!({ "type": "integer", "format": "int64" })
        }
        "after" | "place" | "number" | "certificate" => {
            json!({ "type": "integer", "format": "int64" })
        }
        "days" => json!({ "type": "integer", "minimum": 1, "maximum": 366 }),
        "remove" => json!({ "type": "boolean" }),
        "run" if path.ends_with("/import") => json!({ "type": "boolean" }),
        "value" if path.contains("/mappings/") => {
            json!({ "type": "object", "additionalProperties": { "type": "string" } })
        }
        "roles" => words(Role::ALL.iter().map(|role| role.word()).collect()),
        "rights" => words(Right::ALL.iter().map(|right| right.word()).collect()),
        "stores" => json!({ "type": ["array", "null"],
                            "items": { "type": "integer", "format": "int64" } }),
        "owner" => json!({ "enum": [Owner::Finance, Owner::Retail, Owner::It] }),
        _ => json!({ "type": "string" }),
    }
}

fn body(path: &str, takes: &[(&str, &str)]) -> Value {
    let field = |(name, text): &(&str, &str)| {
        let mut schema = typed(path, name);
        schema["description"] = json!(text);
        ((*name).to_owned(), schema)
    };
    let properties: Map<String, Value> = takes.iter().map(field).collect();
    json!({
        "required": !takes.is_empty(),
        "content": { "application/json": { "schema": {
            "type": "object", "properties": properties, "additionalProperties": false,
        } } },
    })
}

/// The statuses of problems that this call may answer: what its kind, its types and the table say.
fn problems(line: &RouteLine, shape: &Shape) -> BTreeSet<u16> {
    let also = line.about.map_or(&[][..], |about| about.also);
    let writes = WRITES.iter().filter(|_| line.method == "POST");
    ALWAYS.iter().chain(writes).chain(&shape.may).chain(also).copied().collect()
}

fn answers(line: &RouteLine, generator: &mut SchemaGenerator) -> Value {
    let Some(shape) = line.shape.map(|shape| shape(generator)) else { return json!({}) };
    let content = match &shape.content {
        Content::Json(schema) => {
            let mut schema = schema.clone().to_value();
            schemas::tidy(&mut schema);
            json!({ "application/json": { "schema": schema } })
        }
        Content::File(media) => {
            json!({ *media: { "schema": { "type": "string", "format": "binary" } } })
        }
    };
    let mut ok = json!({ "description": "It was done.", "content": content });
    if line.method == "GET" {
        ok["description"] = json!("What was asked for.");
    }
    let replayed = ("Idempotent-Replayed", "true: this is the answer of the first time.");
    let headers = shape.headers.iter().chain((line.method == "POST").then_some(&replayed));
    let headers: Map<String, Value> = headers
        .map(|(name, text)| {
            let header = json!({ "description": text, "schema": { "type": "string" } });
            ((*name).to_owned(), header)
        })
        .collect();
    if !headers.is_empty() {
        ok["headers"] = Value::Object(headers);
    }
    let mut answers = json!({ "200": ok });
    for status in problems(line, &shape) {
        let status = status.to_string();
        answers[&status] = json!({ "$ref": format!("#/components/responses/{status}") });
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::{PROBLEMS, described, openapi};

    #[test]
    fn every_call_is_described_once_with_its_parameters() {
        let document = openapi();
        let mut ids = std::collections::BTreeSet::new();
        for line in described() {
            let operation = &document["paths"][line.path][line.method.to_lowercase()];
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{line:?}");
            let named = operation["parameters"].as_array().unwrap();
            for part in super::parts(line.path) {
                assert!(named.iter().any(|one| one["name"] == part), "{line:?}");
            }
            let is_write = line.method == "POST";
            assert_eq!(named.iter().any(|one| one["name"] == "Idempotency-Key"), is_write);
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()));
            for status in operation["responses"].as_object().unwrap().keys() {
                let known = PROBLEMS.iter().any(|(one, _)| one.to_string() == *status);
                assert!(known || status == "200", "{line:?}: {status}");
            }
        }
    }

    /// A name that stands twice would get a number, and get another one when types move.
    #[test]
    fn every_shape_has_a_name_of_its_own_and_says_what_it_is() {
        let document = openapi();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for (name, schema) in schemas {
            assert!(!name.ends_with(|c: char| c.is_ascii_digit()), "{name}");
            assert!(schema["description"].is_string(), "{name}: {schema}");
            let fields = schema["properties"].as_object().into_iter().flatten();
            for (field, schema) in fields {
                assert!(schema["description"].is_string(), "{name}.{field}: {schema}");
            }
        }
        assert!(schemas.len() > 100, "{}", schemas.len());
    }
}
