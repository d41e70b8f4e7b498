//! The transport that calls the sandbox's router in this process, through real HTTP types.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{Router, body::Body};
use bytes::Bytes;
use daybook_connectors::{Lost, Transport};
use daybook_sandbox::faults::Cut;
use http::{Method, Request, Response, Uri};
use tokio::sync::Notify;
use tower::ServiceExt;

/// Ends a process in the middle of a call: the call that hits zero never returns.
#[derive(Debug, Default)]
pub struct Crash {
    /// Calls left until the crash; negative: none planned.
    left: AtomicI64,
    /// Whether the fatal request still reaches the peer.
    reaches_peer: std::sync::atomic::AtomicBool,
    happened: Notify,
}

impl Crash {
    /// No crash is planned.
    pub fn never() -> Arc<Self> {
        Arc::new(Self { left: AtomicI64::new(-1), ..Self::default() })
    }

    /// Plans a crash at the `calls`th call from now; with `reaches_peer` the peer still gets it.
    pub fn plan(&self, calls: i64, reaches_peer: bool) {
        self.reaches_peer.store(reaches_peer, Ordering::SeqCst);
        self.left.store(calls, Ordering::SeqCst);
    }

    /// Takes a planned crash back.
    pub fn call_off(&self) {
        self.left.store(-1, Ordering::SeqCst);
    }

    /// Returns when the crash has happened.
    pub async fn happened(&self) {
        self.happened.notified().await;
    }

    /// Whether this call is the fatal one.
    fn strikes(&self) -> bool {
        self.left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| (left >= 0).then(|| left - 1))
            == Ok(0)
    }
}

/// A call as it goes out.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// Body.
    pub body: Bytes,
}

/// Sees every call to both systems, and may do something meanwhile: shops do not wait for us.
pub trait Witness: Send + Sync {
    /// A call is on its way; the peer does not have it yet.
    fn before(&self, asked: &Asked);

    /// The peer has dealt with it, or never got it. Without an answer none arrived. What is
    /// changed in the answer is what the Daybook gets.
    fn after(&self, asked: &Asked, answer: Option<&mut Response<Bytes>>);
}

/// Calls a router.
pub struct InProcess {
    router: Router,
    crash: Arc<Crash>,
    witness: Option<Arc<dyn Witness>>,
}

impl InProcess {
    /// Calls `router`; `crash` may end it all.
    pub fn new(router: Router, crash: Arc<Crash>) -> Self {
        Self { router, crash, witness: None }
    }

    /// Somebody sees every call.
    #[must_use]
    pub fn seen_by(self, witness: Option<Arc<dyn Witness>>) -> Self {
        Self { witness, ..self }
    }

    /// With `arrives` false the answer is lost although the peer gave one.
    async fn call(&self, request: Request<Bytes>, arrives: bool) -> Result<Response<Bytes>, Lost> {
        let (mut parts, body) = request.into_parts();
        // A request on the wire names only the path; the host stands in a header.
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        parts.uri = path.parse().map_err(|_| Lost::NotSent(format!("bad path {path}")))?;
        let asked =
            Asked { method: parts.method.clone(), uri: parts.uri.clone(), body: body.clone() };
        if let Some(witness) = &self.witness {
            witness.before(&asked);
        }
        let mut result = self.route(Request::from_parts(parts, Body::from(body))).await;
        if let Some(witness) = &self.witness {
            witness.after(&asked, result.as_mut().ok().filter(|_| arrives));
        }
        result
    }

    async fn route(&self, request: Request<Body>) -> Result<Response<Bytes>, Lost> {
        let Ok(response) = self.router.clone().oneshot(request).await;
        if let Some(cut) = response.extensions().get::<Cut>() {
            return Err(Lost::NoAnswer(format!("{cut:?}")));
        }
        let (parts, body) = response.into_parts();
        match axum::body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => Ok(Response::from_parts(parts, bytes)),
            Err(error) => Err(Lost::NoAnswer(error.to_string())),
        }
    }
}

#[async_trait]
impl Transport for InProcess {
    async fn send(
        &self,
        request: Request<Bytes>,
        _timeout: Duration,
    ) -> Result<Response<Bytes>, Lost> {
        if self.crash.strikes() {
            if self.crash.reaches_peer.load(Ordering::SeqCst) {
                let _ = self.call(request, false).await;
            }
            self.crash.happened.notify_one();
            std::future::pending::<()>().await;
            return Err(Lost::NoAnswer("crashed".to_owned()));
        }
        self.call(request, true).await
    }
}
