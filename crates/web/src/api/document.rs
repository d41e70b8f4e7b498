//! The description of the API, made from the table of its calls: as OpenAPI, and as a page.

use askama::Template;
use axum::{Extension, Json, extract::State, response::Response};
use daybook_domain::{
    access::{Right, Role},
    causes::Owner,
};
use serde_json::{Map, Value, json};

use super::described;
use crate::{
    Web,
    access::Who,
    desk::{PageError, RouteLine, Section, Shell, show},
};

/// The OpenAPI document.
pub(crate) async fn json() -> Json<Value> {
    Json(openapi())
}

/// OpenAPI 3.1 of every call.
pub fn openapi() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for line in described() {
        let path = paths.entry(line.path.to_owned()).or_insert_with(|| json!({}));
        path[line.method.to_lowercase()] = operation(&line);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Daybook",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the pages of the desk show and do. Money is whole pence, moments \
                            are RFC 3339 in UTC. Lists are paged by a cursor, `next`.",
        },
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "session": { "type": "apiKey", "in": "cookie", "name": "daybook" },
            },
            "schemas": { "Problem": problem() },
        },
        "security": [{ "token": [] }, { "session": [] }],
    })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457; `code` is stable.",
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "code": { "type": "string" },
            "detail": { "type": "string" },
        },
        "required": ["type", "title", "status", "code"],
    })
}

fn operation(line: &RouteLine) -> Value {
    let about = line.about.unwrap_or(super::about("", &[]));
    let is_write = line.method == "POST";
    let mut parameters: Vec<Value> = parts(line.path)
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": typed(line.path, name) }))
        .collect();
    if is_write {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": true,
            "description": "The same key and body again are answered as the first time.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
        }));
    } else {
        parameters.extend(about.takes.iter().map(|(name, text)| {
            json!({ "name": name, "in": "query", "description": text, "schema": typed(line.path, name) })
        }));
    }
    let mut operation = json!({
        "summary": about.summary,
        "description": format!("Needs the right `{}`.", line.right),
        "parameters": parameters,
        "responses": answers(is_write),
    });
    if is_write {
        operation["requestBody"] = body(line.path, about.takes);
    }
    operation
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

fn answers(is_write: bool) -> Value {
    let problem = |text: &str| {
        json!({ "description": text, "content": { "application/problem+json": {
            "schema": { "$ref": "#/components/schemas/Problem" },
        } } })
    };
    let mut answers = json!({
        "200": { "description": "As docs/reference/json.md describes it.",
                 "content": { "application/json": { "schema": { "type": "object" } } } },
        "400": problem("The request does not fit."),
        "401": problem("Nobody has signed in, or the token is not valid."),
        "403": problem("Not among the rights of whoever asks."),
        "404": problem("There is no such thing, or not for whoever asks."),
        "409": problem("It cannot be done as things stand."),
        "422": problem("It is of another shape, or names what nothing can be."),
        "502": problem("A system that had to be asked did not answer."),
        "503": problem("The book cannot be read or written right now; try again."),
    });
    if is_write {
        for (status, text) in [
            ("412", "The row was changed since it was read."),
            ("413", "The body is too large."),
            ("415", "The body is not JSON."),
        ] {
            answers[status] = problem(text);
        }
    }
    answers
}

#[derive(Template)]
#[template(path = "api.html")]
struct ReferencePage {
    shell: Shell,
    calls: Vec<CallTold>,
}

struct CallTold {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    right: String,
    takes: &'static [(&'static str, &'static str)],
    can_try: bool,
}

/// The reference: every call, and reads to try.
pub(crate) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    let calls = described().into_iter().map(|line| CallTold {
        method: line.method,
        path: line.path,
        summary: line.about.map_or("", |about| about.summary),
        right: line.right.to_string(),
        takes: line.about.map_or(&[], |about| about.takes),
        can_try: line.method == "GET" && !line.path.contains('{'),
    });
    let page = ReferencePage {
        shell: Shell::new(&web, &who, Section::Account, "API"),
        calls: calls.collect(),
    };
    show(&page)
}

#[cfg(test)]
mod tests {
    use super::{described, openapi};

    #[test]
    fn every_call_is_described_once_with_its_parameters() {
        let document = openapi();
        for line in described() {
            let operation = &document["paths"][line.path][line.method.to_lowercase()];
            assert!(operation["summary"].as_str().is_some_and(|text| text.len() > 5), "{line:?}");
            let named = operation["parameters"].as_array().unwrap();
            for part in super::parts(line.path) {
                assert!(named.iter().any(|one| one["name"] == part), "{line:?}");
            }
            let is_write = line.method == "POST";
            assert_eq!(named.iter().any(|one| one["name"] == "Idempotency-Key"), is_write);
        }
    }
}
