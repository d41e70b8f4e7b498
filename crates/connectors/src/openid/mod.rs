//! The company's own sign-in: an OpenID provider (OpenID Connect Core 1.0, code flow with PKCE).
//!
//! The client asks, and checks what it is told: `wire.rs` has their words, `verify.rs` what makes
//! an ID token good. Nothing of an answer is repeated in an error: it may name a person.

mod verify;
mod wire;

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use daybook_domain::Timestamp;
use http::{HeaderValue, Request, Response, header};
use jsonwebtoken::jwk::Jwk;
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;
use url::{Url, form_urlencoded::Serializer};

pub use self::verify::TokenFault;
use self::{
    verify::Expected,
    wire::{Keys, Metadata, Refusal, Tokens},
};
use crate::{Clock, Lost, SettingsFault, Transport};

/// Where every provider describes itself (OpenID Connect Discovery 1.0).
const DESCRIPTION: &str = ".well-known/openid-configuration";
/// How long the description is believed.
const DESCRIPTION_LIFE: Duration = Duration::from_hours(1);
/// Keys are asked for at most this often: anybody can send a token that names a strange one.
const KEYS_PAUSE: Duration = Duration::from_secs(30);

/// How to reach a provider, and as whom.
#[derive(Debug, Clone)]
pub struct OpenIdSettings {
    /// The provider's name for itself, which is an address.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our password there; none for a public client, which PKCE alone protects.
    pub client_secret: Option<SecretString>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that lists somebody's groups.
    pub groups_claim: String,
    /// The address of ours that the provider sends the browser back to.
    pub redirect_uri: String,
    /// How long a call may take.
    pub timeout: Duration,
}

/// Why somebody could not be signed in by the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenIdError {
    /// No answer.
    #[error("the provider does not answer: {0}")]
    Unreachable(String),
    /// It answered something else than the standard says.
    #[error("the provider's answer does not fit: {0}")]
    Answer(&'static str),
    /// It refused the code; the word is the standard's.
    #[error("the provider refused: {0}")]
    Refused(&'static str),
    /// The ID token is not good.
    #[error("the ID token is not good: {0}")]
    Token(#[from] TokenFault),
}

impl From<Lost> for OpenIdError {
    fn from(lost: Lost) -> Self {
        Self::Unreachable(lost.to_string())
    }
}

/// One attempt to sign in: everything that ties the provider's answer to the browser that asked is
/// made of one secret, which only that browser has.
#[derive(Clone)]
pub struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
}

impl Attempt {
    /// The attempt of a secret that nobody can guess.
    pub fn of(secret: &str) -> Self {
        let part = |what: &str| digest(&format!("{what}:{secret}"));
        Self { state: part("state"), nonce: part("nonce"), verifier: part("verifier") }
    }

    /// What the provider hands back through the browser.
    pub fn state(&self) -> &str {
        &self.state
    }
}

/// SHA-256 as text that fits into addresses.
fn digest(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()))
}

/// Somebody, as the provider knows them.
#[derive(Clone, PartialEq, Eq)]
pub struct Somebody {
    /// Never changes, and is never given to anybody else there.
    pub subject: String,
    /// What they sign in with there, as far as it is told.
    pub login: Option<String>,
    /// What they are called, as far as it is told.
    pub name: Option<String>,
    /// The groups they are in.
    pub groups: Vec<String>,
}

/// The provider, as a client of it.
pub struct OpenId {
    settings: OpenIdSettings,
    line: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<Known>>,
}

/// What was read of the provider.
struct Known {
    metadata: Arc<Metadata>,
    read_at: Timestamp,
    keys: Option<(Arc<Vec<Jwk>>, Timestamp)>,
}

impl OpenId {
    /// Checks the settings; nothing is called yet.
    pub fn new(
        settings: OpenIdSettings,
        line: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsFault> {
        wire::address(&settings.issuer)
            .map_err(|what| SettingsFault::new("issuer", what.to_owned()))?;
        wire::address(&settings.redirect_uri).map_err(|what| {
            SettingsFault::new("redirect_uri", format!("as web.access.public-url makes it: {what}"))
        })?;
        Ok(Self { settings, line, clock, known: Mutex::new(None) })
    }

    /// The provider's name for itself.
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where the browser goes to sign in.
    pub async fn address(&self, attempt: &Attempt) -> Result<String, OpenIdError> {
        let metadata = self.metadata().await?;
        let mut url = Url::parse(&metadata.authorization_endpoint)
            .map_err(|_| OpenIdError::Answer("authorization_endpoint"))?;
        let mut scope = "openid".to_owned();
        for one in &self.settings.scopes {
            scope.extend([" ", one]);
        }
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.redirect_uri)
            .append_pair("scope", &scope)
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &digest(&attempt.verifier))
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Who has signed in there, for the code that the browser brought back.
    pub async fn redeem(&self, attempt: &Attempt, code: &str) -> Result<Somebody, OpenIdError> {
        let metadata = self.metadata().await?;
        let tokens = self.tokens(&metadata, attempt, code).await?;
        let mut claims = self.claims(&metadata, attempt, &tokens.id_token).await?;
        let subject = wire::text(&claims, "sub").ok_or(TokenFault::Claim("sub"))?;
        if !claims.contains_key(&self.settings.groups_claim)
            && let (Some(address), Some(token)) =
                (&metadata.userinfo_endpoint, &tokens.access_token)
        {
            let more: serde_json::Map<_, _> =
                self.read(bearing(address, token.expose_secret())?, "userinfo").await?;
            // What another person's answer says is not taken (OpenID Connect Core 5.3.2).
            if wire::text(&more, "sub").as_deref() != Some(&subject) {
                return Err(OpenIdError::Answer("userinfo: sub"));
            }
            claims.extend(more);
        }
        let first = |names: &[&str]| names.iter().find_map(|name| wire::text(&claims, name));
        Ok(Somebody {
            login: first(&["preferred_username", "email"]),
            name: first(&["name", "preferred_username", "email"]),
            groups: wire::texts(&claims, &self.settings.groups_claim),
            subject,
        })
    }

    async fn tokens(
        &self,
        metadata: &Metadata,
        attempt: &Attempt,
        code: &str,
    ) -> Result<Tokens, OpenIdError> {
        let request = self.question(metadata, attempt, code)?;
        let answer = self.line.send(request, self.settings.timeout).await?;
        if answer.status().is_client_error() {
            let refusal: Option<Refusal> = serde_json::from_slice(answer.body()).ok();
            return Err(OpenIdError::Refused(refusal.unwrap_or_default().word()));
        }
        parsed(&answer, "tokens")
    }

    fn question(
        &self,
        metadata: &Metadata,
        attempt: &Attempt,
        code: &str,
    ) -> Result<Request<Bytes>, OpenIdError> {
        let own = &self.settings;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", &own.redirect_uri)
            .append_pair("code_verifier", &attempt.verifier);
        let mut request = Request::post(&metadata.token_endpoint)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        match &own.client_secret {
            Some(secret) if metadata.takes_basic() => {
                let basic = wire::basic(&own.client_id, secret);
                request = request.header(header::AUTHORIZATION, sensitive(&basic)?);
            }
            Some(secret) => {
                form.append_pair("client_id", &own.client_id)
                    .append_pair("client_secret", secret.expose_secret());
            }
            None => {
                form.append_pair("client_id", &own.client_id);
            }
        }
        let request = request.body(Bytes::from(form.finish()));
        request.map_err(|_| OpenIdError::Answer("token_endpoint"))
    }

    /// The claims of a good ID token. Keys are read again for one that is signed by a strange key.
    async fn claims(
        &self,
        metadata: &Metadata,
        attempt: &Attempt,
        token: &str,
    ) -> Result<serde_json::Map<String, serde_json::Value>, OpenIdError> {
        let expected = Expected {
            issuer: &metadata.issuer,
            client: &self.settings.client_id,
            nonce: &attempt.nonce,
            now: self.clock.now(),
        };
        let keys = self.keys(metadata, None).await?;
        match verify::claims(token, &keys, &expected) {
            Err(TokenFault::Key) => {
                let newer = self.keys(metadata, Some(&keys)).await?;
                Ok(verify::claims(token, &newer, &expected)?)
            }
            verified => Ok(verified?),
        }
    }

    async fn metadata(&self) -> Result<Arc<Metadata>, OpenIdError> {
        let now = self.clock.now();
        let mut known = self.known.lock().await;
        if let Some(known) = &*known
            && now.since(known.read_at) < DESCRIPTION_LIFE
        {
            return Ok(Arc::clone(&known.metadata));
        }
        let address = format!("{}/{DESCRIPTION}", self.settings.issuer.trim_end_matches('/'));
        let metadata: Metadata = self.read(get(&address)?, "description").await?;
        metadata.check(&self.settings.issuer).map_err(OpenIdError::Answer)?;
        let metadata = Arc::new(metadata);
        let keys = known.take().and_then(|known| known.keys);
        *known = Some(Known { metadata: Arc::clone(&metadata), read_at: now, keys });
        Ok(metadata)
    }

    /// The provider's keys; newer ones than `seen`, unless they were read a moment ago.
    async fn keys(
        &self,
        metadata: &Metadata,
        seen: Option<&Arc<Vec<Jwk>>>,
    ) -> Result<Arc<Vec<Jwk>>, OpenIdError> {
        let now = self.clock.now();
        let mut known = self.known.lock().await;
        let present = known.as_ref().and_then(|known| known.keys.clone());
        if let Some((keys, read_at)) = present {
            let is_newer = seen.is_none_or(|seen| !Arc::ptr_eq(seen, &keys));
            if is_newer || now.since(read_at) < KEYS_PAUSE {
                return Ok(keys);
            }
        }
        let read: Keys = self.read(get(&metadata.jwks_uri)?, "keys").await?;
        let keys = Arc::new(read.usable());
        if let Some(known) = &mut *known {
            known.keys = Some((Arc::clone(&keys), now));
        }
        Ok(keys)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        request: Request<Bytes>,
        what: &'static str,
    ) -> Result<T, OpenIdError> {
        parsed(&self.line.send(request, self.settings.timeout).await?, what)
    }
}

fn parsed<T: DeserializeOwned>(
    answer: &Response<Bytes>,
    what: &'static str,
) -> Result<T, OpenIdError> {
    if answer.status().is_server_error() {
        return Err(OpenIdError::Unreachable(format!("{what}: {}", answer.status())));
    }
    if !answer.status().is_success() {
        return Err(OpenIdError::Answer(what));
    }
    serde_json::from_slice(answer.body()).map_err(|_| OpenIdError::Answer(what))
}

fn get(address: &str) -> Result<Request<Bytes>, OpenIdError> {
    let request = Request::get(address).header(header::ACCEPT, "application/json");
    request.body(Bytes::new()).map_err(|_| OpenIdError::Answer("an address"))
}

fn bearing(address: &str, token: &str) -> Result<Request<Bytes>, OpenIdError> {
    let mut request = get(address)?;
    let header = sensitive(&format!("Bearer {token}"))?;
    request.headers_mut().insert(header::AUTHORIZATION, header);
    Ok(request)
}

fn sensitive(text: &str) -> Result<HeaderValue, OpenIdError> {
    let mut header = HeaderValue::from_str(text).map_err(|_| OpenIdError::Answer("credentials"))?;
    header.set_sensitive(true);
    Ok(header)
}
