//! Schemas as the document holds them: made from the types, and tidied for those who read them.

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Makes schemas that refer to `#/components/schemas`.
pub(super) fn generator() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.into_generator()
}

/// The schema of a type, or where it stands.
pub(super) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

/// Every schema that was referred to, by name.
pub(super) fn all(mut generator: SchemaGenerator) -> Map<String, Value> {
    let mut schemas = generator.take_definitions(true);
    schemas.values_mut().for_each(tidy);
    schemas
}

/// Makes words an `enum`, and descriptions plain text.
pub(super) fn tidy(value: &mut Value) {
    match value {
        Value::Object(object) => {
            gather_words(object);
            if object.get("format").and_then(Value::as_str) == Some("uint") {
                object.insert("format".to_owned(), json!("uint64"));
            }
            if let Some(text) = object.get("description").and_then(Value::as_str) {
                let text = plain(text);
                object.insert("description".to_owned(), json!(text));
            }
            object.values_mut().for_each(tidy);
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

/// The words of one branch of a choice, each with what it means; none where it is more than words.
fn words_of(branch: &Value) -> Option<Vec<(String, String)>> {
    let object = branch.as_object()?;
    if object.get("type").and_then(Value::as_str) != Some("string") {
        return None;
    }
    let means = object.get("description").and_then(Value::as_str).unwrap_or_default();
    if let Some(word) = object.get("const").and_then(Value::as_str) {
        return Some(vec![(word.to_owned(), plain(means))]);
    }
    let words = object.get("enum")?.as_array()?.iter();
    words.map(|word| Some((word.as_str()?.to_owned(), String::new()))).collect()
}

/// A choice between words becomes one list of them, which is what makers of clients look for.
fn gather_words(object: &mut Map<String, Value>) {
    let Some(branches) = object.get("oneOf").and_then(Value::as_array) else { return };
    let words: Option<Vec<_>> = branches.iter().map(words_of).collect();
    let Some(words) = words else { return };
    let words: Vec<_> = words.into_iter().flatten().collect();
    let own = object.get("description").and_then(Value::as_str).map(plain).unwrap_or_default();
    let lines = words.iter().filter(|(_, means)| !means.is_empty());
    let lines: Vec<_> = lines.map(|(word, means)| format!("- `{word}`: {means}")).collect();
    object.remove("oneOf");
    object.insert("type".to_owned(), json!("string"));
    object.insert("enum".to_owned(), words.iter().map(|(word, _)| json!(word)).collect());
    let all = std::iter::once(own).chain([String::new()]).chain(lines).collect::<Vec<_>>();
    object.insert("description".to_owned(), json!(all.join("\n").trim()));
}

/// A description without what only rustdoc understands, its lines joined.
fn plain(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        match lines.last_mut() {
            Some(last) if !last.is_empty() && !line.is_empty() && !line.starts_with("- ") => {
                last.push(' ');
                last.push_str(line);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    unlinked(&lines.join("\n"))
}

/// `[x]` and `[x](y)` become x, where x is code or y an item.
fn unlinked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[`") {
        let Some((name, behind)) = after.split_once("`]") else { break };
        plain.push_str(before);
        plain.push('`');
        plain.push_str(name.rsplit("::").next().unwrap_or(name));
        plain.push('`');
        rest = behind;
        if let Some((_, behind)) = rest.strip_prefix('(').and_then(|link| link.split_once(')')) {
            rest = behind;
        }
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{plain, tidy};

    #[test]
    fn words_become_a_list_and_links_their_text() {
        let mut schema = json!({
            "description": "How it\nstands, see [`Class::word`].",
            "oneOf": [
                { "const": "open", "type": "string", "description": "Nobody\nclosed it." },
                { "enum": ["closed", "other"], "type": "string" },
            ],
        });
        tidy(&mut schema);
        assert_eq!(
            schema,
            json!({
                "type": "string",
                "enum": ["open", "closed", "other"],
                "description": "How it stands, see `word`.\n\n- `open`: Nobody closed it.",
            })
        );
        tidy(&mut schema);
        assert_eq!(plain("[`a`](b::c) and [0, 1]\n\nnext"), "`a` and [0, 1]\n\nnext");
    }
}
