//! Secrets and personal data are masked before anything is recorded or said.

use serde_json::value::RawValue;

use crate::text::{Members, scalar};

/// What stands where something was.
pub(crate) const HIDDEN: &str = "***";

/// Bodies that are longer are not worth a record: none of ours that matter are.
const LONGEST_BODY: usize = 256 * 1024;

/// Texts that are no JSON are cut here, in characters: a web page says what it is at its top.
const TEXT_CUT: usize = 500;

/// Deeper JSON is not masked but left out.
const DEEPEST: usize = 32;

/// Keys whose value is hidden, in small letters and without `_` and `-`.
const HIDDEN_KEYS: &[&str] = &[
    "accesstoken",
    "apikey",
    "authorization",
    "company",
    "companyid",
    "customcrmcontactid",
    "customcrmmembernumber",
    "crmcustomerid",
    "crmmembernumber",
    "membership",
    "pin",
    "secret",
    "token",
    "voyadocontactid",
    "voyadomembernumber",
    "zip",
];

/// Beginnings of keys whose value is hidden.
const HIDDEN_STARTS: &[&str] = &[
    "address",
    "city",
    "contact",
    "county",
    "deliveryaddress",
    "deliverycity",
    "deliveryname",
    "deliverystate",
    "deliveryzip",
    "email",
    "fax",
    "firstname",
    "invoiceaddress",
    "invoicecity",
    "invoicename",
    "invoicestate",
    "invoicezip",
    "lastname",
    "mobile",
    "name",
    "password",
    "personalid",
    "phone",
    "postcode",
    "statement",
    "surname",
    "telephone",
    "town",
];

/// Endings of keys whose value is hidden.
const HIDDEN_ENDS: &[&str] = &[
    "cardnumber",
    "cardnumberdisplay",
    "email",
    "maskedpan",
    "mobile",
    "phone",
    "postcode",
    "telephone",
];

/// A body as it may be recorded: JSON with the values of telling keys hidden and its numbers as
/// they were; other texts cut. E-mail addresses are hidden wherever they stand.
pub fn mask_body(body: &str) -> String {
    if body.len() > LONGEST_BODY {
        return format!("({} bytes, not kept)", body.len());
    }
    let body = body.trim();
    match serde_json::from_str::<&RawValue>(body) {
        Ok(json) => {
            let mut masked = String::with_capacity(body.len());
            mask_json(json.get(), 0, &mut masked);
            masked
        }
        Err(_) if is_broken_json(body) => {
            format!("({} bytes of broken JSON, not kept)", body.len())
        }
        Err(_) => mask_text(&cut(body, TEXT_CUT)),
    }
}

/// Whether a text that is no JSON was going to be some: an answer that was broken off. What belongs to
/// which key cannot be told any more, so nothing of it may be shown.
pub(crate) fn is_broken_json(text: &str) -> bool {
    let text = text.trim_start();
    let within = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || within.is_some_and(|rest| rest.starts_with(['{', '[', '"']))
}

/// Any text with its e-mail addresses hidden.
pub fn mask_text(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let local = before.trim_end_matches(is_local);
        let host = after.find(|c| !is_host(c)).unwrap_or(after.len());
        if local.len() < before.len() && after[..host].contains('.') {
            masked.push_str(local);
            masked.push_str(HIDDEN);
            // A full stop that ends the sentence is not part of the address.
            rest = &after[after[..host].trim_end_matches('.').len()..];
        } else {
            masked.push_str(&rest[..=at]);
            rest = after;
        }
    }
    masked.push_str(rest);
    masked
}

/// The first `most` characters, with a sign that there was more.
pub(crate) fn cut(text: &str, most: usize) -> String {
    // No text has more characters than bytes.
    if text.len() <= most {
        return text.to_owned();
    }
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'')
}

fn is_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-')
}

pub(crate) fn is_hidden(key: &str) -> bool {
    let key: String =
        key.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect();
    HIDDEN_KEYS.contains(&key.as_str())
        || HIDDEN_STARTS.iter().any(|start| key.starts_with(start))
        || HIDDEN_ENDS.iter().any(|end| key.ends_with(end))
}

fn mask_json(json: &str, depth: usize, out: &mut String) {
    let list = || serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default();
    let members = || serde_json::from_str::<Members<'_>>(json).unwrap_or_default().0;
    match json.as_bytes().first() {
        Some(b'{' | b'[') if depth >= DEEPEST => out.push_str("\"…\""),
        Some(b'{') => {
            out.push('{');
            for (place, (key, value)) in members().into_iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                push_text(&key, out);
                out.push(':');
                if is_hidden(&key) {
                    hide(value.get(), out);
                } else {
                    mask_json(value.get(), depth + 1, out);
                }
            }
            out.push('}');
        }
        Some(b'[') => {
            out.push('[');
            for (place, value) in list().into_iter().enumerate() {
                out.push_str(if place > 0 { "," } else { "" });
                mask_json(value.get(), depth + 1, out);
            }
            out.push(']');
        }
        Some(b'"') => mask_string(json, depth, out),
        _ => out.push_str(json),
    }
}

/// A text may hold JSON itself: columns of export definitions do (facts/orderwise 1.8).
fn mask_string(json: &str, depth: usize, out: &mut String) {
    let text = scalar(json).unwrap_or_default();
    let inner = text.trim();
    if inner.starts_with(['{', '[']) && serde_json::from_str::<&RawValue>(inner).is_ok() {
        let mut masked = String::with_capacity(inner.len());
        mask_json(inner, depth + 1, &mut masked);
        push_text(&masked, out);
    } else {
        push_text(&mask_text(&text), out);
    }
}

/// Whether there was something may be seen, but not what.
fn hide(value: &str, out: &mut String) {
    let nothing = matches!(value, "null" | "\"\"" | "true" | "false" | "{}" | "[]");
    if nothing {
        out.push_str(value);
    } else {
        push_text(HIDDEN, out);
    }
}

fn push_text(text: &str, out: &mut String) {
    // Writing a text into JSON cannot fail.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::{mask_body, mask_text};

    #[test]
    fn personal_data_goes_and_the_rest_stays_as_it_was() {
        let body = r#"{"orderid": 1, "email": "jo@x.example", "namefirst":"Jo","phone":4471,
            "delivery_zip":"LS1 4AP","moneytotal":15.00,"company":"","creditorderid":null,
            "customerDeliveryAddress":{"deliveryName":"Jo","deliveryMethodId":1,"contactName":"J"},
            "statementName":"Jo","access_token":"abc","comment":"ask jo.smith@mail.example."}"#;
        insta::assert_snapshot!(mask_body(body), @r#"{"orderid":1,"email":"***","namefirst":"***","phone":"***","delivery_zip":"***","moneytotal":15.00,"company":"","creditorderid":null,"customerDeliveryAddress":{"deliveryName":"***","deliveryMethodId":1,"contactName":"***"},"statementName":"***","access_token":"***","comment":"ask ***."}"#);
    }

    #[test]
    fn addresses_in_any_text() {
        assert_eq!(mask_text("no at all"), "no at all");
        assert_eq!(mask_text("from a.b+c@x.co.uk, to d@y.example."), "from ***, to ***.");
        assert_eq!(mask_text("@since must be given @ once"), "@since must be given @ once");
        assert_eq!(mask_text("jürgen@müller.example"), "***");
    }

    #[test]
    fn json_inside_a_text_is_masked_too() {
        let body = r#"[{"who":"[{\"email\":\"a@b.example\",\"id\":1}]"}]"#;
        assert_eq!(mask_body(body), r#"[{"who":"[{\"email\":\"***\",\"id\":1}]"}]"#);
    }

    #[test]
    fn nothing_is_kept_of_json_that_was_broken_off() {
        for body in [r#"{"statementName":"Jo Smi"#, r#"[ {"x":1,"phone":"0770"#, "[\"Jo Smith"] {
            let bytes = body.len();
            assert_eq!(mask_body(body), format!("({bytes} bytes of broken JSON, not kept)"));
        }
        assert_eq!(mask_body("[Error] no stock"), "[Error] no stock");
    }

    #[test]
    fn other_bodies_are_cut_and_long_or_deep_ones_left_out() {
        let page = format!("<html>write to a@b.example {}", "x".repeat(1_000));
        let masked = mask_body(&page);
        assert!(masked.starts_with("<html>write to *** x") && masked.ends_with('…'));
        assert!(masked.chars().count() < 510);
        assert_eq!(mask_body(&" ".repeat(300_000)), "(300000 bytes, not kept)");
        assert!(mask_body(&format!("{}{}", "[".repeat(60), "]".repeat(60))).contains('…'));
    }
}
