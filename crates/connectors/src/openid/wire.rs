//! The provider's words.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::{Host, Url, form_urlencoded::byte_serialize};

/// How the provider describes itself; what we do not use is left out.
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

impl Metadata {
    /// Whether it is the description of `issuer`, and safe to follow. Names what is not.
    pub(super) fn check(&self, issuer: &str) -> Result<(), &'static str> {
        // To the letter, the standard says: another name is another provider.
        if self.issuer != issuer {
            return Err("description: issuer");
        }
        let all = [
            ("description: authorization_endpoint", Some(&self.authorization_endpoint)),
            ("description: token_endpoint", Some(&self.token_endpoint)),
            ("description: jwks_uri", Some(&self.jwks_uri)),
            ("description: userinfo_endpoint", self.userinfo_endpoint.as_ref()),
        ];
        for (name, text) in all {
            if text.is_some_and(|text| address(text).is_err()) {
                return Err(name);
            }
        }
        // One that says nothing may still do it; one that names others certainly does not.
        let methods = self.code_challenge_methods_supported.as_ref();
        if methods.is_some_and(|methods| methods.iter().all(|method| method != "S256")) {
            return Err("description: no PKCE with S256");
        }
        Ok(())
    }

    /// Whether our password goes into a header, which is the standard's own choice.
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}

/// HTTPS, or this machine.
pub(super) fn address(text: &str) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "is no address")?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("is no address"),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_here => {}
        _ => return Err("must begin with https://"),
    }
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err("holds more than an address");
    }
    Ok(())
}

/// What the code is changed for.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) id_token: String,
    pub(super) access_token: Option<SecretString>,
}

/// Why it is not.
#[derive(Default, Deserialize)]
pub(super) struct Refusal {
    error: String,
}

impl Refusal {
    /// The standard's word for it: no other text of the provider is repeated.
    pub(super) fn word(&self) -> &'static str {
        const WORDS: [&str; 6] = [
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope",
        ];
        WORDS.into_iter().find(|word| *word == self.error).unwrap_or("without a known reason")
    }
}

/// The keys that the provider signs with.
#[derive(Deserialize)]
pub(super) struct Keys {
    keys: Vec<Value>,
}

impl Keys {
    /// Those that we can read. One of a kind that we do not know must not spoil the others.
    pub(super) fn usable(self) -> Vec<Jwk> {
        let keys = self.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        keys.filter(|key| key.common.public_key_use != Some(PublicKeyUse::Encryption)).collect()
    }
}

/// Our name and password for a header: both encoded before they are joined (RFC 6749, 2.3.1).
pub(super) fn basic(id: &str, secret: &SecretString) -> String {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encoded(id), encoded(secret.expose_secret()));
    format!("Basic {}", BASE64_STANDARD.encode(pair))
}

/// A claim that is text.
pub(super) fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = claims.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A claim that is a list of texts, or a single one.
pub(super) fn texts(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(all)) => {
            all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn nothing_travels_in_the_clear_but_on_this_machine() {
        for good in ["https://id.example.com/tenant/", "http://127.0.0.1:9", "http://localhost:1/x"]
        {
            assert_eq!(address(good), Ok(()), "{good}");
        }
        let bad =
            ["http://id.example.com", "ftp://x", "id.example.com", "https://u:p@x", "", "x:y"];
        for bad in bad {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
