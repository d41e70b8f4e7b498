//! What people and programs see: HTTP.
//!
//! | call | does |
//! |---|---|
//! | `POST /events` | takes Sitoo's events; 200 only once they are durable |
//! | `GET /healthz` | 200 while the process lives |
//! | `GET /readyz` | 200 while the book answers and the process is not stopping |
//! | `GET /metrics` | figures for Prometheus |
//! | everything else | the desk: pages for people who signed in |
//!
//! Errors are problem details (RFC 9457) with a stable `code`.

mod access;
mod api;
mod auth;
mod desk;
mod events;
pub mod export;
mod health;
mod manual;
pub mod metrics;
mod problem;
mod take;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, Uri, header::ACCEPT},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use daybook_flows::{App, access::single_sign_on::OpenId};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use access::{SIGN_ON_BACK, Who};
pub use api::{About, openapi};
use desk::PageError;
pub use desk::RouteLine;
pub use manual::{Live, SettingLine};
use problem::Problem;

/// How long open requests may take to finish once the process is stopping.
const LAST_REQUESTS: Duration = Duration::from_secs(10);

/// User and password that Sitoo sends with events (facts/sitoo 7).
#[derive(Debug, Clone)]
pub struct Events {
    /// User.
    pub user: String,
    /// Password.
    pub password: SecretString,
}

/// What HTTP needs.
#[derive(Clone)]
pub struct Web {
    /// The running Daybook.
    pub app: Arc<App>,
    /// Who may send events; none closes `/events`.
    pub events: Option<Events>,
    /// The figures; none in tests that want no global recorder.
    pub metrics: Option<PrometheusHandle>,
    /// What `/metrics` asks for; none leaves it open.
    pub metrics_token: Option<SecretString>,
    /// The company's own sign-in, where there is one.
    pub single_sign_on: Option<Arc<OpenId>>,
    /// What the manual is told about this process.
    pub manual: Arc<Live>,
    /// Larger bodies are refused.
    pub body_limit_bytes: usize,
    /// Cancelled when the process should stop.
    pub stop: CancellationToken,
}

/// All routes.
pub fn router(web: Web) -> Router {
    let limit = DefaultBodyLimit::max(web.body_limit_bytes);
    let (pages, _) = desk::pages().done();
    let (calls, _) = api::routes(&web);
    let desk = access::behind_doors(pages.merge(calls).merge(access::open()), &web);
    Router::new()
        .route("/events", post(events::receive))
        // Whoever sets the webhook up may end it with a slash; an event must not be lost to that.
        .route("/events/", post(events::receive))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::show))
        .merge(desk)
        .merge(desk::open())
        .fallback(nothing_here)
        .method_not_allowed_fallback(async || Problem::METHOD_NOT_ALLOWED)
        .layer(limit)
        .layer(from_fn_with_state(web.clone(), access::said_here))
        .layer(from_fn_with_state(web.clone(), access::headers))
        .with_state(web)
}

/// Nothing is at this address: a page for a person, a problem for a program.
async fn nothing_here(uri: Uri, headers: HeaderMap) -> Response {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_person = accept.is_some_and(|accept| accept.contains("text/html"));
    if is_person && !uri.path().starts_with("/api") {
        return PageError::not_found("There is no such page").into_response();
    }
    Problem::NOT_FOUND.into_response()
}

/// Every route that needs a right, with that right.
pub fn routes() -> Vec<RouteLine> {
    let described = api::described().into_iter();
    desk::pages().done().1.into_iter().chain(described).collect()
}

/// Serves until `web.stop`; open requests may finish.
pub async fn serve(web: Web, listener: TcpListener) -> io::Result<()> {
    let stop = web.stop.clone();
    let too_long = {
        let stop = stop.clone();
        async move {
            stop.cancelled().await;
            tokio::time::sleep(LAST_REQUESTS).await;
        }
    };
    // Wrong guesses are counted by where they come from.
    let router = router(web).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        ended = served.into_future() => ended,
        () = too_long => Ok(()),
    }
}
