//! Basic authentication of the events' sender.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use crate::Events;

/// Whether the request carries exactly the user and password that we chose. The time that this
/// takes tells nothing about how much of them was right.
pub(crate) fn is_sender(headers: &HeaderMap, expected: &Events) -> bool {
    let Some(given) = given(headers) else { return false };
    let expected = format!("{}:{}", expected.user, expected.password.expose_secret());
    given.as_slice().ct_eq(expected.as_bytes()).into()
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

    use super::is_sender;
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
}
