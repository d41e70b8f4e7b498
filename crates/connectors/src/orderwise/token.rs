//! The token that every call of OrderWise carries (facts/orderwise 1.2).

use daybook_domain::class::Failure;
use http::HeaderValue;
use serde_json::value::RawValue;

use crate::{
    call::{Answer, is_json},
    text::{Members, scalar},
};

/// Reads the answer of the token call as a `Bearer` header, marked as sensitive.
pub(super) fn read_token(answer: &Answer<'_>) -> Result<HeaderValue, Failure> {
    let text = answer.text.trim();
    let token = match serde_json::from_str::<&RawValue>(text) {
        Ok(json) => find(json.get(), 0).ok_or_else(|| Failure::Drift {
            path: ".".to_owned(),
            what: "the answer of the token call holds no token".to_owned(),
        })?,
        // Some servers leave out the quotes.
        Err(_) if is_bare(text) => text.to_owned(),
        Err(_) => {
            let what = "the answer of the token call is not JSON".to_owned();
            return Err(Failure::Later { after: None, what });
        }
    };
    if token.trim().is_empty() {
        let what = "the token is empty".to_owned();
        return Err(Failure::NotAuthorised { status: answer.status.as_u16(), what });
    }
    let mut header = HeaderValue::try_from(format!("Bearer {}", token.trim())).map_err(|_| {
        Failure::Drift { path: ".".to_owned(), what: "the token cannot be sent".to_owned() }
    })?;
    header.set_sensitive(true);
    Ok(header)
}

/// A bare text, or an object with `access_token` or `token`, or either of these under `data`.
fn find(json: &str, depth: usize) -> Option<String> {
    if json.starts_with('"') {
        return scalar(json).map(std::borrow::Cow::into_owned);
    }
    let members: Members<'_> = serde_json::from_str(json).ok()?;
    let named = ["access_token", "accessToken", "token"].iter().find_map(|key| members.get(key));
    match (named, members.get("data")) {
        (Some(token), _) => scalar(token.get()).map(std::borrow::Cow::into_owned),
        (None, Some(data)) if depth == 0 => find(data.get(), 1),
        _ => None,
    }
}

fn is_bare(text: &str) -> bool {
    text.is_empty() || (text.len() >= 8 && text.bytes().all(is_token_byte) && !is_json(text))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+' | b'/' | b'=' | b'~')
}

#[cfg(test)]
mod tests {
    use daybook_domain::class::{Class, Failure};
    use http::StatusCode;

    use super::read_token;
    use crate::call::Answer;

    fn token(text: &str) -> Result<String, Failure> {
        let header = read_token(&Answer { status: StatusCode::OK, text })?;
        assert!(header.is_sensitive());
        Ok(header.to_str().unwrap().to_owned())
    }

    #[test]
    fn every_shape_that_clients_have_seen_or_guarded_against() {
        for text in [
            "\"eyJ.opaque\"",
            "eyJ.opaque",
            r#"{"access_token":"eyJ.opaque","expires":1}"#,
            r#"{"Token":"eyJ.opaque"}"#,
            r#"{"data":{"token":"eyJ.opaque"}}"#,
            r#"{"data":"eyJ.opaque"}"#,
        ] {
            assert_eq!(token(text).unwrap(), "Bearer eyJ.opaque", "{text}");
        }
    }

    #[test]
    fn what_is_no_token() {
        for (text, class) in [
            ("", Class::NotAuthorised),
            ("\"\"", Class::NotAuthorised),
            (r#"{"token":null}"#, Class::NotAuthorised),
            ("<html></html>", Class::Later),
            ("{}", Class::Drift),
            ("[]", Class::Drift),
            ("12", Class::Drift),
            (r#"{"data":{"data":{"token":"x"}}}"#, Class::Drift),
            ("\"a\\nb\"", Class::Drift),
        ] {
            assert_eq!(token(text).unwrap_err().class(), class, "{text}");
        }
    }
}
