//! Batches: many elements in a request, and an answer for each in the same order
//! (facts/sitoo 1.3). The HTTP status says nothing about them.

use daybook_domain::{class::Failure, exchange::Called};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    call::{Answer, Effect},
    number::{Exact, Num},
    text::{Text, loose, scalar},
};

use super::{Sitoo, client::one};

/// What became of one element of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element<T> {
    /// Done, and what Sitoo returned for it.
    Done(T),
    /// Refused, with the text that Sitoo gave.
    Refused(String),
    /// Not known: an element that failed inside Sitoo may have been done.
    InDoubt(String),
}

impl<T> Element<T> {
    /// The same outcome, with something else returned.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Element<U> {
        match self {
            Self::Done(value) => Element::Done(make(value)),
            Self::Refused(what) => Element::Refused(what),
            Self::InDoubt(what) => Element::InDoubt(what),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wire<'a> {
    statuscode: Num<i64>,
    #[serde(borrow, rename = "return")]
    returned: Option<&'a RawValue>,
    #[serde(deserialize_with = "loose")]
    errortext: Text<'a>,
}

impl Sitoo {
    /// Writes a batch of elements; `make` reads what one of them returned.
    pub(super) async fn batch<T: Send>(
        &self,
        purpose: &'static str,
        (method, path): (Method, &str),
        elements: &[impl Serialize + Sync],
        make: impl Fn(&str) -> Option<T> + Send,
    ) -> Called<Vec<Element<T>>> {
        // Numbers and texts of our own: there is nothing in them that could not be written.
        let text = serde_json::to_string(elements).unwrap_or_default();
        let sent = elements.len();
        let read = |answer: &Answer<'_>| read(answer, sent, make);
        one(self.send(purpose, method, path, text, read).await)
    }
}

/// Reads the answer to a batch of `sent` elements. A batch of one may be answered like a single
/// object: by the bare value (facts/sitoo 10, question 21). An answer that cannot be told apart
/// leaves the whole batch in doubt.
fn read<T>(
    answer: &Answer<'_>,
    sent: usize,
    make: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Element<T>>, Failure> {
    let doubt = |what: String| Effect::Writes.unclear(None, what);
    let text = answer.text.trim();
    if !text.starts_with('[') {
        return match make(text) {
            Some(value) if sent == 1 => Ok(vec![Element::Done(value)]),
            _ => Err(doubt(format!("no answer for each of the {sent} elements"))),
        };
    }
    let elements: Vec<Wire<'_>> = serde_json::from_str(text)
        .map_err(|error| doubt(format!("the answer to the batch cannot be read: {error}")))?;
    if elements.len() != sent {
        return Err(doubt(format!("{} answers for {sent} elements", elements.len())));
    }
    Ok(elements.iter().map(|wire| element(wire, &make)).collect())
}

fn element<T>(wire: &Wire<'_>, make: &impl Fn(&str) -> Option<T>) -> Element<T> {
    let says = |status: i64| match wire.errortext.trimmed() {
        "" => format!("Sitoo gave no reason ({status})"),
        text => format!("{text} ({status})"),
    };
    match wire.statuscode.0 {
        Some(200..=299) => match wire.returned.and_then(|raw| make(raw.get())) {
            Some(value) => Element::Done(value),
            None => Element::InDoubt("Sitoo does not say what it returned".to_owned()),
        },
        Some(status @ 400..=499) => Element::Refused(says(status)),
        Some(status) => Element::InDoubt(says(status)),
        None => Element::InDoubt("an element's answer has no status".to_owned()),
    }
}

/// A new id.
pub(super) fn id(raw: &str) -> Option<i64> {
    i64::exact(scalar(raw)?.trim()).filter(|id| *id > 0)
}

/// `true`, or whatever else stands for "done": an id.
pub(super) fn done(raw: &str) -> Option<()> {
    id_if_any(raw).map(|_| ())
}

/// The new id where there is one, else `true`.
#[expect(clippy::option_option, reason = "unreadable, done without an id, and done with one")]
pub(super) fn id_if_any(raw: &str) -> Option<Option<i64>> {
    let is_true = matches!(scalar(raw)?.as_ref(), "true" | "1");
    if is_true { Some(None) } else { id(raw).map(Some) }
}

#[cfg(test)]
mod tests {
    use daybook_domain::class::Class;
    use http::StatusCode;

    use super::{Element, done, id, id_if_any, read};
    use crate::call::Answer;

    fn ids(text: &str, sent: usize) -> Result<Vec<Element<i64>>, Class> {
        read(&Answer { status: StatusCode::OK, text }, sent, id).map_err(|failure| failure.class())
    }

    #[test]
    fn every_element_is_read_for_itself() {
        let text = r#"[{"statuscode":200,"return":28},
            {"statuscode":400,"errortext":"Invalid value"},{"statuscode":"200","return":"29"},
            {"statuscode":500,"errortext":""},{"statuscode":404}]"#;
        let wanted = vec![
            Element::Done(28),
            Element::Refused("Invalid value (400)".to_owned()),
            Element::Done(29),
            Element::InDoubt("Sitoo gave no reason (500)".to_owned()),
            Element::Refused("Sitoo gave no reason (404)".to_owned()),
        ];
        assert_eq!(ids(text, 5), Ok(wanted));
        let text = r#"[{"statuscode":200,"return":true},{"statuscode":200,"return":28}]"#;
        let answer = Answer { status: StatusCode::OK, text };
        assert_eq!(read(&answer, 2, done).unwrap(), [Element::Done(()), Element::Done(())]);
        let found = read(&answer, 2, id_if_any).unwrap();
        assert_eq!(found, [Element::Done(None), Element::Done(Some(28))]);
    }

    #[test]
    fn one_element_comes_back_either_way() {
        assert_eq!(ids("28", 1), Ok(vec![Element::Done(28)]));
        assert_eq!(ids(r#"[{"statuscode":200,"return":28}]"#, 1), Ok(vec![Element::Done(28)]));
    }

    #[test]
    fn an_element_that_does_not_say_what_became_of_it_is_in_doubt_alone() {
        for text in
            [r#"[{"statuscode":200}]"#, r#"[{"return":28}]"#, r#"[{"statuscode":200,"return":{}}]"#]
        {
            assert!(matches!(ids(text, 1).unwrap().as_slice(), [Element::InDoubt(_)]), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_apart_is_in_doubt() {
        for (text, sent) in [
            ("", 1),
            ("28", 2),
            ("{}", 1),
            ("[]", 1),
            ("[1]", 1),
            ("true", 1),
            ("<html>", 1),
            (r#"[{"statuscode":200,"return":28}"#, 1),
            (r#"[{"statuscode":200,"return":28}]"#, 2),
        ] {
            assert_eq!(ids(text, sent), Err(Class::InDoubt), "{text}");
        }
    }
}
