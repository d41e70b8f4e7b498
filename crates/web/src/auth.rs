//! Who sends events, and who reads figures: by a password or a token of our own choosing.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use crate::Events;

/// Whether the request carries exactly the user and password that we chose. The time that this
/// takes tells nothing about how much of them was right.
pub(crate) fn is_sender(headers: &HeaderMap, expected: &Events) -> bool {
    let Some(given) = given(headers) else { return false };
    let expected = format!("{}:{}", expected.user, expected.password.expose_secret());
    given.as_slice().ct_eq(expected.as_bytes()).into()
}

/// Whether the request carries exactly this token.
pub(crate) fn is_bearer(headers: &HeaderMap, token: &SecretString) -> bool {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some((scheme, given)) = value.and_then(|value| value.split_once(' ')) else {
        return false;
    };
    let is_same = given.trim().as_bytes().ct_eq(token.expose_secret().as_bytes());
    scheme.eq_ignore_ascii_case("bearer") && is_same.into()
}

/// The decoded `user:password` of the request.
fn given(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, credentials) = value.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(credentials.trim()).ok()?;
    scheme.eq_ignore_ascii_case("basic").then_some(decoded)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    use secrecy::SecretString;

    use super::{is_bearer, is_sender};
    use crate::Events;

    #[test]
    fn only_the_whole_truth_passes() {
        let expected =
            Events { user: "sitoo".to_owned(), password: SecretString::from("p:ss wörd") };
        let with = |value: String| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            headers
        };
        let basic = |text: &str| format!("Basic {}", BASE64_STANDARD.encode(text));
        assert!(is_sender(&with(basic("sitoo:p:ss wörd")), &expected));
        assert!(is_sender(&with(basic("sitoo:p:ss wörd").replace("Basic", "basic")), &expected));
        for wrong in ["sitoo:p:ss wörd ", "sitoo:", "sitoo", ":p:ss wörd", "Sitoo:p:ss wörd", ""]
        {
            assert!(!is_sender(&with(basic(wrong)), &expected), "{wrong}");
        }
        assert!(!is_sender(&with("Basic %%%".to_owned()), &expected));
        assert!(!is_sender(&with("Bearer abc".to_owned()), &expected));
        assert!(!is_sender(&HeaderMap::new(), &expected));
    }
    #[test]
    fn a_token_is_taken_whole_or_not_at_all() {
        let token = SecretString::from("figures");
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            is_bearer(&headers, &token)
        };
        assert!(with("Bearer figures") && with("bearer  figures"));
        for wrong in ["Bearer figure", "Bearer figuress", "Basic figures", "figures", "Bearer "] {
            assert!(!with(wrong), "{wrong}");
        }
        assert!(!is_bearer(&HeaderMap::new(), &token));
    }
}
