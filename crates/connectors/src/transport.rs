//! The one seam between a client and its peer: the network, or the peer in this process.

use std::{error::Error, path::PathBuf, time::Duration};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};

use crate::SettingsFault;

/// How long a connection may take to be made. A connection that was never made is a request that
/// was certainly not sent, so this is kept well below the time-outs of calls.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an idle connection is kept. Shorter than the usual 60 s to 120 s of servers, so that a
/// write seldom meets a connection which the peer is just closing.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// Why there is no whole answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The request certainly never reached the peer.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The request was sent, or may have been; no answer, or no whole answer, came back.
    #[error("no answer: {0}")]
    NoAnswer(String),
}

/// Carries a request to the peer and its whole answer back.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends `request`; gives up once `timeout` has passed ([`Lost::NoAnswer`]).
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, Lost>;

    /// The same, for an answer that is too large to be held: its body is read a chunk at a time,
    /// each of which may take `timeout`.
    async fn open(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Chunks>, Lost> {
        Ok(self.send(request, timeout).await?.map(Chunks::of))
    }
}

/// A body, a chunk at a time.
#[derive(Debug)]
pub struct Chunks(Source);

#[derive(Debug)]
enum Source {
    Held(Bytes),
    Network { response: reqwest::Response, timeout: Duration },
}

impl Chunks {
    /// Bytes handed out at a time of a body that is held: as many as a network brings.
    const AT_ONCE: usize = 64 << 10;

    /// A body that is there as a whole.
    pub const fn of(body: Bytes) -> Self {
        Self(Source::Held(body))
    }

    /// The next chunk; none at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Lost> {
        match &mut self.0 {
            Source::Held(body) => {
                let next = body.split_to(body.len().min(Self::AT_ONCE));
                Ok(Some(next).filter(|next| !next.is_empty()))
            }
            Source::Network { response, timeout } => {
                let chunk = tokio::time::timeout(*timeout, response.chunk()).await;
                chunk.map_err(|_| timed_out())?.map_err(|error| lost(&error))
            }
        }
    }
}

fn timed_out() -> Lost {
    Lost::NoAnswer("timed out".to_owned())
}

/// Whom to trust besides the machine's own certificate authorities.
#[derive(Debug, Clone, Default)]
pub struct TlsSettings {
    /// PEM file with further authorities, for servers inside the house.
    pub extra_ca_file: Option<PathBuf>,
}

/// The real network. Certificates are always checked, redirects never followed.
#[derive(Debug, Clone)]
pub struct Network {
    client: reqwest::Client,
    body_limit: usize,
}

impl Network {
    /// Builds the one HTTP client. An answer of more than `body_limit_bytes` (after unpacking) is
    /// cut off as [`Lost::NoAnswer`].
    pub fn new(tls: &TlsSettings, body_limit_bytes: usize) -> Result<Self, SettingsFault> {
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Lost only to another thread that has just done the same.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let client = reqwest::Client::builder()
            .user_agent(concat!("daybook/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            .tls_certs_merge(extra_authorities(tls)?)
            .build()
            .map_err(|error| SettingsFault::new("tls", told(&root_cause(&error))))?;
        Ok(Self { client, body_limit: body_limit_bytes })
    }

    async fn read_body(&self, mut response: reqwest::Response) -> Result<Bytes, Lost> {
        let whole = response.content_length();
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
            if body.len() + chunk.len() > self.body_limit {
                let limit = self.body_limit;
                return Err(Lost::NoAnswer(format!("the answer is larger than {limit} bytes")));
            }
            if body.is_empty() && whole == Some(chunk.len() as u64) {
                return Ok(chunk);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

#[async_trait]
impl Transport for Network {
    async fn send(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, Lost> {
        let mut request = reqwest::Request::try_from(request)
            .map_err(|error| Lost::NotSent(root_cause(&error.without_url())))?;
        *request.timeout_mut() = Some(timeout);
        let mut response = self.client.execute(request).await.map_err(|error| lost(&error))?;
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        *answer.body_mut() = self.read_body(response).await?;
        Ok(answer)
    }

    async fn open(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Chunks>, Lost> {
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Lost::NotSent(root_cause(&error.without_url())))?;
        let sent = tokio::time::timeout(timeout, self.client.execute(request)).await;
        let mut response = sent.map_err(|_| timed_out())?.map_err(|error| lost(&error))?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut answer = Response::new(Chunks(Source::Network { response, timeout }));
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        Ok(answer)
    }
}

/// An empty machine, such as a container made from nothing, knows no authority.
fn told(cause: &str) -> String {
    let needs = "this machine names no certificate authorities: install ca-certificates";
    if cause.contains("No CA certificates") { needs.to_owned() } else { cause.to_owned() }
}

fn extra_authorities(tls: &TlsSettings) -> Result<Vec<reqwest::Certificate>, SettingsFault> {
    let Some(file) = &tls.extra_ca_file else { return Ok(Vec::new()) };
    let fault =
        |what: String| SettingsFault::new("extra_ca_file", format!("{}: {what}", file.display()));
    let pem = std::fs::read(file).map_err(|error| fault(error.to_string()))?;
    let found = reqwest::Certificate::from_pem_bundle(&pem)
        .map_err(|error| fault(format!("no PEM certificates: {}", root_cause(&error))))?;
    if found.is_empty() { Err(fault("holds no certificate".to_owned())) } else { Ok(found) }
}

fn lost(error: &reqwest::Error) -> Lost {
    let cause = root_cause(error);
    if error.is_connect() {
        Lost::NotSent(cause)
    } else if error.is_timeout() {
        timed_out()
    } else {
        Lost::NoAnswer(cause)
    }
}

/// The innermost cause: it says most, and unlike the outermost it holds no address.
fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests;
