//! Every text that an error body says, wherever it stands (facts/orderwise 1.3).

use serde_json::Value;

use crate::{
    mask::{cut, is_broken_json, mask_text},
    text::without_nul,
};

/// Texts beyond these add nothing for a person.
const MOST_REASONS: usize = 50;
/// Characters of one text.
const LONGEST_REASON: usize = 500;

/// Parts of keys that hold a sentence even when it is a single word.
const TELLING: &[&str] =
    &["message", "error", "text", "detail", "reason", "fault", "title", "description", "warning"];

/// Parts of keys that never hold anything for a person.
const SILENT: &[&str] = &["stacktrace", "type", "traceid", "instance", "helplink", "code"];

/// Texts that only say that reasons follow; left out where some do.
const HEADINGS: &[&str] = &[
    "an error has occurred",
    "bad request",
    "import failed",
    "one or more validation errors occurred",
    "the request is invalid",
    "validation failed",
];

/// How likely a text is meant for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// `Message`, as OrderWise's server writes it.
    Message,
    /// Named like an explanation, or standing alone.
    Told,
    /// A sentence under any other name.
    Sentence,
}

/// What a body tells a person: every text without repeats, those named `Message` first. E-mail
/// addresses are hidden. Empty bodies, web pages, silent and broken JSON give nothing.
pub(crate) fn reasons(body: &str) -> Vec<String> {
    texts(body, Rank::Sentence)
}

/// What a body of a *successful* status complains about: only texts that are named like an
/// explanation, because an answer may hold sentences that are none.
pub(crate) fn complaints(body: &str) -> Vec<String> {
    texts(body, Rank::Told)
}

fn texts(body: &str, least: Rank) -> Vec<String> {
    let body = body.trim();
    let mut found = Vec::new();
    let json = serde_json::from_str::<Value>(body);
    match &json {
        Ok(json) => walk(None, json, &mut found),
        Err(_) if body.starts_with('<') || is_broken_json(body) => {}
        Err(_) => found.push((Rank::Told, body)),
    }
    found.retain(|(rank, _)| *rank <= least);
    found.sort_by_key(|(rank, _)| *rank != Rank::Message);
    let mut reasons: Vec<String> = Vec::new();
    // One text may hold several reasons, one a line.
    for line in found.iter().flat_map(|(_, text)| text.split(['\r', '\n'])) {
        let reason = without_nul(cut(mask_text(line.trim()).trim(), LONGEST_REASON));
        if !reason.is_empty() && !reasons.contains(&reason) && reasons.len() < MOST_REASONS {
            reasons.push(reason);
        }
    }
    if reasons.iter().any(|reason| !is_heading(reason)) {
        reasons.retain(|reason| !is_heading(reason));
    }
    reasons
}

fn is_heading(reason: &str) -> bool {
    let text = reason.trim_end_matches(['.', ':', '!']);
    HEADINGS.iter().any(|heading| text.eq_ignore_ascii_case(heading))
}

/// The reasons, or one sentence that says there are none.
pub(crate) fn reasons_or_none(body: &str) -> Vec<String> {
    let reasons = reasons(body);
    if !reasons.is_empty() {
        return reasons;
    }
    let page = body.trim_start().starts_with('<');
    let none =
        if page { "the answer is a web page and gives no reason" } else { "no reason was given" };
    vec![none.to_owned()]
}

fn walk<'a>(key: Option<&str>, value: &'a Value, found: &mut Vec<(Rank, &'a str)>) {
    match value {
        Value::String(text) => {
            let key = key.unwrap_or("text").to_ascii_lowercase();
            // Echoed ids and references are single words; sentences are not.
            if SILENT.iter().any(|part| key.contains(part)) {
            } else if key == "message" {
                found.push((Rank::Message, text));
            } else if TELLING.iter().any(|part| key.contains(part)) {
                found.push((Rank::Told, text));
            } else if text.trim().contains(char::is_whitespace) {
                found.push((Rank::Sentence, text));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(key, item, found)),
        Value::Object(members) => {
            for (name, member) in members {
                // A list of sentences under a field's name (ModelState) is about that field.
                let listed = member.is_array().then_some("texts");
                walk(listed.or(Some(name)), member, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{reasons, reasons_or_none};

    #[test]
    fn texts_from_every_depth_without_repeats() {
        let body = r#"{"errors":{"orderLines[0]":[" No variant. "," No variant. "],
            "x":{"list":[{"Message":"variant code: A-1 does not exist or is not active"}]}},
            "eCommerceOrderNumber":"S1-7","StackTrace":"at X in Y","code":"E 1"}"#;
        assert_eq!(
            reasons(body),
            ["variant code: A-1 does not exist or is not active", "No variant."]
        );
    }

    #[test]
    fn the_shapes_of_both_systems() {
        for (body, reason) in [
            (r#"{"Message":"Must provide parameter @since"}"#, "Must provide parameter @since"),
            (r#"{"statuscode":400,"errortext":"Invalid value"}"#, "Invalid value"),
            (r#"{"message":"Unauthorized"}"#, "Unauthorized"),
            (r#""Duplicate""#, "Duplicate"),
            (r#"["Duplicate"]"#, "Duplicate"),
            ("Order exists for jo@x.example", "Order exists for ***"),
        ] {
            assert_eq!(reasons(body), [reason], "{body}");
        }
    }

    #[test]
    fn several_reasons_in_one_text_and_headings_without_news() {
        assert_eq!(reasons(r#"{"Message":"no a\r\nno b\nno a"}"#), ["no a", "no b"]);
        let body = r#"{"Message":"The request is invalid.","Errors":["no a"]}"#;
        assert_eq!(reasons(body), ["no a"]);
        assert_eq!(reasons(r#"{"Message":"Import failed"}"#), ["Import failed"]);
    }

    #[test]
    fn nothing_said_is_said_once() {
        let broken = r#"{"Message":"The customer Jo Smith"#;
        for body in ["", "\"\"", "{}", "[]", "null", "7", broken] {
            assert_eq!(reasons_or_none(body), ["no reason was given"], "{body}");
        }
        assert!(reasons_or_none("<html><body>404</body></html>")[0].contains("web page"));
    }
}
