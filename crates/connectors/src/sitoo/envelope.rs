//! The answer to a batch: one element for each that was sent, in the same order, each done or
//! refused for itself (facts/sitoo 1.3). The HTTP status says nothing about them.

use daybook_domain::class::Failure;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    call::{Answer, Effect},
    number::{Exact, Num},
    text::{Text, scalar},
};

/// What became of one element: what Sitoo returned for it, or why it was refused.
pub type Element<T> = Result<T, String>;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wire<'a> {
    statuscode: Num<i64>,
    #[serde(borrow, rename = "return")]
    returned: Option<&'a RawValue>,
    errortext: Text<'a>,
}

/// Reads the answer to a batch of `sent` elements; `make` reads what one returned. A batch of one
/// may be answered like a single object: by the bare value (facts/sitoo 10, question 21). An
/// answer that cannot be told apart leaves the whole batch in doubt.
pub(super) fn read<T>(
    answer: &Answer<'_>,
    sent: usize,
    make: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Element<T>>, Failure> {
    let doubt = |what: String| Effect::Writes.unclear(None, what);
    let text = answer.text.trim();
    if !text.starts_with('[') {
        return match make(text) {
            Some(value) if sent == 1 => Ok(vec![Ok(value)]),
            _ => Err(doubt(format!("no answer for each of the {sent} elements"))),
        };
    }
    let elements: Vec<&RawValue> = serde_json::from_str(text)
        .map_err(|_| doubt("the answer to the batch is not JSON".to_owned()))?;
    if elements.len() != sent {
        return Err(doubt(format!("{} answers for {sent} elements", elements.len())));
    }
    elements
        .iter()
        .map(|raw| {
            element(raw.get(), &make)
                .ok_or_else(|| doubt("an element's answer cannot be read".to_owned()))
        })
        .collect()
}

fn element<T>(raw: &str, make: &impl Fn(&str) -> Option<T>) -> Option<Element<T>> {
    let wire: Wire<'_> = serde_json::from_str(raw).ok()?;
    let status = wire.statuscode.0?;
    if (200..300).contains(&status) {
        return make(wire.returned?.get()).map(Ok);
    }
    let text = wire.errortext.trimmed();
    let what = if text.is_empty() { "no reason was given" } else { text };
    Some(Err(format!("{what} ({status})")))
}

/// A new id.
pub(super) fn id(raw: &str) -> Option<i64> {
    i64::exact(scalar(raw)?.trim()).filter(|id| *id > 0)
}

/// `true`, or whatever else stands for "done": an id.
pub(super) fn done(raw: &str) -> Option<()> {
    matches!(scalar(raw)?.as_ref(), "true" | "1").then_some(()).or_else(|| id(raw).map(|_| ()))
}

#[cfg(test)]
mod tests {
    use daybook_domain::class::Class;
    use http::StatusCode;

    use super::{done, id, read};
    use crate::call::Answer;

    fn ids(text: &str, sent: usize) -> Result<Vec<Result<i64, String>>, Class> {
        read(&Answer { status: StatusCode::OK, text }, sent, id).map_err(|failure| failure.class())
    }

    #[test]
    fn every_element_is_read_for_itself() {
        let text = r#"[{"statuscode":200,"return":28},
            {"statuscode":400,"errortext":"Invalid value"},{"statuscode":"200","return":"29"}]"#;
        let refused = Err("Invalid value (400)".to_owned());
        assert_eq!(ids(text, 3), Ok(vec![Ok(28), refused, Ok(29)]));
        let text = r#"[{"statuscode":200,"return":true},{"statuscode":500}]"#;
        let answer = Answer { status: StatusCode::OK, text };
        let refused = Err("no reason was given (500)".to_owned());
        assert_eq!(read(&answer, 2, done).unwrap(), [Ok(()), refused]);
    }

    #[test]
    fn one_element_comes_back_either_way() {
        assert_eq!(ids("28", 1), Ok(vec![Ok(28)]));
        assert_eq!(ids(r#"[{"statuscode":200,"return":28}]"#, 1), Ok(vec![Ok(28)]));
    }

    #[test]
    fn what_cannot_be_told_apart_is_in_doubt() {
        for (text, sent) in [
            ("28", 2),
            ("[]", 1),
            ("true", 1),
            ("<html>", 1),
            (r#"[{"statuscode":200,"return":28}"#, 1),
            (r#"[{"statuscode":200}]"#, 1),
            (r#"[{"return":28}]"#, 1),
            (r#"[{"statuscode":200,"return":28}]"#, 2),
        ] {
            assert_eq!(ids(text, sent), Err(Class::InDoubt), "{text}");
        }
    }
}
