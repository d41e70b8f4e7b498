//! The reference as a page: every call with what it answers, every shape with its fields, and reads
//! to try.

use askama::Template;
use axum::{Extension, extract::State, response::Response};
use serde_json::Value;

use super::{described, document::document};
use crate::{
    Web,
    access::Who,
    desk::{PageError, RouteLine, Section, Shell, show},
};

#[derive(Template)]
#[template(path = "api.html")]
struct ReferencePage {
    shell: Shell,
    calls: Vec<CallTold>,
    shapes: Vec<ShapeTold>,
    problems: Vec<(String, String)>,
}

struct CallTold {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    right: String,
    takes: &'static [(&'static str, &'static str)],
    answers: Vec<Piece>,
    problems: String,
    can_try: bool,
}

/// A piece of the words for a type.
struct Piece {
    text: String,
    /// The shape that it names.
    shape: bool,
}

struct FieldTold {
    name: String,
    kind: Vec<Piece>,
    about: String,
}

/// A shape of answers.
struct ShapeTold {
    name: String,
    about: String,
    /// What it is, where it has no fields.
    kind: Vec<Piece>,
    words: Vec<(String, String)>,
    /// Its fields; several lists where it is one of several.
    ways: Vec<Vec<FieldTold>>,
}

fn text(text: impl Into<String>) -> Piece {
    Piece { text: text.into(), shape: false }
}

fn string<'a>(schema: &'a Value, key: &str) -> &'a str {
    schema[key].as_str().unwrap_or_default()
}

/// A type in words.
fn kind(schema: &Value) -> Vec<Piece> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return vec![Piece { text: name.to_owned(), shape: true }];
    }
    let choice = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array());
    if let Some(choice) = choice {
        return joined(choice.iter().map(kind));
    }
    match &schema["type"] {
        Value::Array(kinds) => joined(kinds.iter().map(|one| {
            let mut one_kind = schema.clone();
            one_kind["type"] = one.clone();
            kind(&one_kind)
        })),
        Value::String(name) => named(name, schema),
        _ => vec![text("anything")],
    }
}

fn joined(all: impl Iterator<Item = Vec<Piece>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for one in all {
        if !pieces.is_empty() {
            pieces.push(text(" or "));
        }
        pieces.extend(one);
    }
    pieces
}

fn named(name: &str, schema: &Value) -> Vec<Piece> {
    match (name, string(schema, "format")) {
        ("array", _) => {
            let mut pieces = vec![text("list of ")];
            pieces.extend(kind(&schema["items"]));
            pieces
        }
        ("object", _) if schema["additionalProperties"].is_object() => {
            let mut pieces = vec![text("by name: ")];
            pieces.extend(kind(&schema["additionalProperties"]));
            pieces
        }
        ("object", _) => {
            let fields = schema["properties"].as_object().into_iter().flatten();
            let fields: Vec<_> = fields.map(|(name, _)| name.as_str()).collect();
            vec![text(format!("object with {}", fields.join(", ")))]
        }
        ("string", "date-time") => vec![text("moment")],
        ("string", "date") => vec![text("day")],
        ("string", "binary") => vec![text("file")],
        ("string", _) if schema["enum"].is_array() => vec![text(words(schema).join(", "))],
        ("string", _) if schema["const"].is_string() => vec![text(string(schema, "const"))],
        ("string", _) => vec![text("text")],
        ("integer", _) => vec![text("whole number")],
        ("boolean", _) => vec![text("true or false")],
        (other, _) => vec![text(other)],
    }
}

fn words(schema: &Value) -> Vec<&str> {
    schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn fields(schema: &Value) -> Vec<FieldTold> {
    let fields = schema["properties"].as_object().into_iter().flatten();
    let mut fields: Vec<FieldTold> = fields
        .map(|(name, schema)| FieldTold {
            name: name.clone(),
            kind: kind(schema),
            about: string(schema, "description").to_owned(),
        })
        .collect();
    if schema["$ref"].is_string() {
        let about = "its fields too".to_owned();
        fields.push(FieldTold { name: "…".to_owned(), kind: kind(schema), about });
    }
    fields
}

fn shape((name, schema): (&String, &Value)) -> ShapeTold {
    let (about, means) = match string(schema, "description").split_once("\n\n- ") {
        Some((about, means)) => (about, format!("- {means}")),
        None => (string(schema, "description"), String::new()),
    };
    let meaning = |word: &str| {
        let begin = format!("- `{word}`: ");
        let line = means.lines().find_map(|line| line.strip_prefix(&begin));
        line.unwrap_or_default().to_owned()
    };
    let ways: Vec<_> = match schema["oneOf"].as_array() {
        Some(ways) => ways.iter().map(fields).collect(),
        None => vec![fields(schema)],
    };
    let ways: Vec<_> = ways.into_iter().filter(|way| !way.is_empty()).collect();
    let words = words(schema).into_iter().map(|word| (word.to_owned(), meaning(word)));
    let words: Vec<_> = words.collect();
    let is_plain = ways.is_empty() && words.is_empty();
    ShapeTold {
        name: name.clone(),
        about: about.to_owned(),
        kind: if is_plain { kind(schema) } else { Vec::new() },
        words,
        ways,
    }
}

fn call(line: &RouteLine) -> CallTold {
    let responses =
        &document()["paths"][line.path][line.method.to_lowercase().as_str()]["responses"];
    let content = responses["200"]["content"].as_object().into_iter().flatten().next();
    let answers = content.map_or_else(Vec::new, |(media, content)| {
        if media == "application/json" { kind(&content["schema"]) } else { vec![text(media)] }
    });
    let statuses = responses.as_object().into_iter().flatten().map(|(status, _)| status.as_str());
    let problems: Vec<_> = statuses.filter(|status| *status != "200").collect();
    CallTold {
        method: line.method,
        path: line.path,
        summary: line.about.map_or("", |about| about.summary),
        right: line.right.to_string(),
        takes: line.about.map_or(&[], |about| about.takes),
        answers,
        problems: problems.join(", "),
        can_try: line.method == "GET" && !line.path.contains('{'),
    }
}

/// The reference.
pub(crate) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    let components = &document()["components"];
    let problems = components["responses"].as_object().into_iter().flatten();
    let page = ReferencePage {
        shell: Shell::new(&web, &who, Section::Account, "API"),
        calls: described().iter().map(call).collect(),
        shapes: components["schemas"].as_object().into_iter().flatten().map(shape).collect(),
        problems: problems
            .map(|(status, told)| (status.clone(), string(told, "description").to_owned()))
            .collect(),
    };
    show(&page)
}
