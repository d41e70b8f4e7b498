//! What we sent and nobody may see can come back in words: a refusal that quotes the shopper, a page
//! that quotes our token. It is hidden in what is recorded and said of a call that failed.

use bytes::Bytes;
use daybook_domain::class::Failure;
use http::HeaderValue;
use serde_json::value::RawValue;

use crate::{
    mask::{HIDDEN, is_hidden},
    text::{Members, scalar},
};

/// Shorter values are parts of other words, and tell little.
const SHORTEST: usize = 4;

/// What a call took along.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) body: Option<Bytes>,
    pub(crate) authorization: HeaderValue,
}

impl Sent {
    /// Hides it in `failure`, and in the recorded answer.
    pub(crate) fn hide(&self, failure: Failure, recorded: &mut Option<String>) -> Failure {
        let unseen = self.unseen();
        let hide = |text: String| hide_all(&unseen, text);
        *recorded = recorded.take().map(hide);
        match failure {
            Failure::Later { after, what } => Failure::Later { after, what: hide(what) },
            Failure::Refused { status, reasons } => {
                Failure::Refused { status, reasons: reasons.into_iter().map(hide).collect() }
            }
            Failure::NotAuthorised { status, what } => {
                Failure::NotAuthorised { status, what: hide(what) }
            }
            Failure::NotFound { what } => Failure::NotFound { what: hide(what) },
            Failure::InDoubt { what } => Failure::InDoubt { what: hide(what) },
            Failure::Drift { path, what } => Failure::Drift { path, what: hide(what) },
        }
    }

    /// The values, the longest first: one may be part of another.
    fn unseen(&self) -> Vec<String> {
        let mut found = Vec::new();
        let authorization = self.authorization.to_str().unwrap_or_default();
        found.extend(authorization.split_once(' ').map(|(_, secret)| secret.to_owned()));
        let body = self.body.as_deref().and_then(|body| std::str::from_utf8(body).ok());
        if let Some(body) = body {
            collect(body.trim(), false, &mut found);
        }
        found.retain(|value| value.chars().count() >= SHORTEST);
        found.sort_unstable_by_key(|value| std::cmp::Reverse(value.len()));
        found.dedup();
        found
    }
}

/// The values of keys that are hidden, at any depth.
fn collect(json: &str, is_within: bool, found: &mut Vec<String>) {
    match json.as_bytes().first() {
        Some(b'{') => {
            let members = serde_json::from_str::<Members<'_>>(json).unwrap_or_default().0;
            for (key, value) in members {
                collect(value.get(), is_within || is_hidden(&key), found);
            }
        }
        Some(b'[') => {
            let list = serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default();
            for value in list {
                collect(value.get(), is_within, found);
            }
        }
        Some(b'"') if is_within => {
            found.extend(scalar(json).map(|text| text.trim().to_owned()));
        }
        _ => {}
    }
}

fn hide_all(unseen: &[String], mut text: String) -> String {
    for value in unseen {
        let sought = value.to_ascii_lowercase();
        let mut from = 0;
        // ASCII letters keep their places whatever their case.
        while let Some(at) = text.to_ascii_lowercase().get(from..).and_then(|t| t.find(&sought)) {
            text.replace_range(from + at..from + at + sought.len(), HIDDEN);
            from += at + HIDDEN.len();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use daybook_domain::class::Failure;
    use http::HeaderValue;

    use super::Sent;

    fn sent() -> Sent {
        let body = r#"[{"orderNumber": "S1-1001", "customerDeliveryAddress": {"address1": "12 Secret Street",
            "deliveryName": "Tracey Shopperson", "telephone": "07700900123", "town": "Ely"},
            "orderLines": [{"code": "MUG-RED"}]}]"#;
        Sent {
            body: Some(Bytes::from_static(body.as_bytes())),
            authorization: HeaderValue::from_static("Bearer eyJ-2-abc"),
        }
    }

    #[test]
    fn a_refusal_that_quotes_the_shopper_tells_nothing_of_them() {
        let said =
            "Customer TRACEY SHOPPERSON at 12 Secret Street, tel 07700900123: no MUG-RED, S1-1001";
        let refused = Failure::Refused { status: 400, reasons: vec![said.to_owned()] };
        let mut recorded = Some(said.to_owned());
        let hidden = sent().hide(refused, &mut recorded);
        let left = "Customer *** at ***, tel ***: no MUG-RED, S1-1001";
        assert_eq!(hidden, Failure::Refused { status: 400, reasons: vec![left.to_owned()] });
        assert_eq!(recorded.as_deref(), Some(left));
    }

    #[test]
    fn a_page_that_quotes_our_token_does_not_keep_it() {
        let page = "<html>Server Error. Authorization: Bearer eyJ-2-abc</html>".to_owned();
        let mut recorded = Some(page);
        let doubt = Failure::InDoubt { what: "eyJ-2-abc eyJ-2-abc".to_owned() };
        assert_eq!(
            sent().hide(doubt, &mut recorded),
            Failure::InDoubt { what: "*** ***".to_owned() }
        );
        assert_eq!(
            recorded.as_deref(),
            Some("<html>Server Error. Authorization: Bearer ***</html>")
        );
    }
}
