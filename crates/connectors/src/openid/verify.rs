//! What makes an ID token good (OpenID Connect Core 1.0, 3.1.3.7).

use std::time::Duration;

use daybook_domain::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::Jwk};
use serde_json::{Map, Value};

/// What clocks may be apart.
const LEEWAY: Duration = Duration::from_mins(1);

/// Signatures with a key that the provider alone has. None of those that are made with a password
/// we share, and never none at all.
const ALLOWED: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What is wrong with a token. Nothing of it is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    /// It is no token at all, or is signed in a way that is not allowed.
    #[error("it is not signed as it must be")]
    Algorithm,
    /// It is signed with a key that the provider does not name.
    #[error("it is signed with an unknown key")]
    Key,
    /// The signature is not of its text.
    #[error("the signature is wrong")]
    Signature,
    /// Its time is over, or has not come.
    #[error("its time is over, or has not come: compare the clocks")]
    Time,
    /// This claim is missing or says something else.
    #[error("its claim {0} does not fit")]
    Claim(&'static str),
}

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// The claims of a token that is good.
pub(super) fn claims(
    token: &str,
    keys: &[Jwk],
    expected: &Expected<'_>,
) -> Result<Map<String, Value>, TokenFault> {
    let header = decode_header(token).map_err(|_| TokenFault::Algorithm)?;
    if !ALLOWED.contains(&header.alg) {
        return Err(TokenFault::Algorithm);
    }
    let key = key_of(keys, header.kid.as_deref(), header.alg).ok_or(TokenFault::Key)?;
    // Time is asked of our own clock, below, and so is everything else that is claimed.
    let mut only_signature = Validation::new(header.alg);
    only_signature.validate_exp = false;
    only_signature.validate_aud = false;
    only_signature.required_spec_claims.clear();
    let decoded = decode::<Map<String, Value>>(token, &key, &only_signature);
    let claims = decoded.map_err(|_| TokenFault::Signature)?.claims;
    check(&claims, expected)?;
    Ok(claims)
}

/// The key of this name; without a name the only one that fits.
fn key_of(keys: &[Jwk], name: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
    let fits = |key: &&Jwk| {
        let own = key.common.key_algorithm.map(|own| own.to_string());
        own.is_none_or(|own| own == format!("{algorithm:?}")) && is_of(key, algorithm)
    };
    let mut fitting = keys.iter().filter(fits);
    let key = if let Some(name) = name {
        fitting.find(|key| key.common.key_id.as_deref() == Some(name))?
    } else {
        let only = fitting.next()?;
        if fitting.next().is_some() {
            return None;
        }
        only
    };
    DecodingKey::from_jwk(key).ok()
}

/// Whether a key is of the kind that signs so.
fn is_of(key: &Jwk, algorithm: Algorithm) -> bool {
    use jsonwebtoken::jwk::AlgorithmParameters as Kind;
    match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => {
            matches!(key.algorithm, Kind::EllipticCurve(_))
        }
        Algorithm::EdDSA => matches!(key.algorithm, Kind::OctetKeyPair(_)),
        Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => false,
        _ => matches!(key.algorithm, Kind::RSA(_)),
    }
}

fn check(claims: &Map<String, Value>, expected: &Expected<'_>) -> Result<(), TokenFault> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err(TokenFault::Claim("iss"));
    }
    let is_ours = |one: &Value| one.as_str() == Some(expected.client);
    let (is_for_us, for_others) = match claims.get("aud") {
        Some(Value::Array(all)) => (all.iter().any(is_ours), all.len() > 1),
        Some(one) => (is_ours(one), false),
        None => (false, false),
    };
    if !is_for_us {
        return Err(TokenFault::Claim("aud"));
    }
    let party = text("azp");
    if party.is_some_and(|party| party != expected.client) || for_others && party.is_none() {
        return Err(TokenFault::Claim("azp"));
    }
    if text("nonce") != Some(expected.nonce) {
        return Err(TokenFault::Claim("nonce"));
    }
    let moment = |name: &str| {
        let seconds = claims.get(name).and_then(Value::as_i64);
        seconds.filter(|seconds| (0..=MOST_SECONDS).contains(seconds)).map(Timestamp::from_seconds)
    };
    let until = moment("exp").ok_or(TokenFault::Claim("exp"))?;
    let made = moment("iat").ok_or(TokenFault::Claim("iat"))?;
    let from = moment("nbf").unwrap_or(made);
    let soon = expected.now.plus(LEEWAY);
    if until.plus(LEEWAY) <= expected.now || made > soon || from > soon {
        return Err(TokenFault::Time);
    }
    Ok(())
}

/// The year 9999: what lies beyond is no moment.
const MOST_SECONDS: i64 = 253_402_300_799;
