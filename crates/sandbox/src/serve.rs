//! Serves a router on a socket, and really cuts or hangs a connection when a fault says so.

use std::{convert::Infallible, fmt, future::Future, io, pin::pin};

use axum::{Router, body::Body};
use http::Response;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tower::ServiceExt;

use crate::faults::Cut;

/// Serves until `stop` is ready; then open connections are dropped, as when a server dies.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut stop = pin!(stop);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut stop => return Ok(()),
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(connection(stream, router.clone()));
                }
                // A client that left between SYN and accept is no reason to stop serving.
                Err(error) if is_of_one_client(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// One connection with keep-alive. Its errors are the client's business: it went away, or we cut.
async fn connection(stream: TcpStream, router: Router) {
    // Small answers must not wait for more bytes; failing to set it costs only speed.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        let router = router.clone();
        async move { answer(router, request).await }
    });
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// Runs the router; an error makes hyper close the connection without a reply.
async fn answer(
    router: Router,
    request: http::Request<Incoming>,
) -> Result<Response<Body>, Severed> {
    let outcome: Result<_, Infallible> = router.oneshot(request.map(Body::new)).await;
    let response = match outcome {
        Ok(response) => response,
        Err(never) => match never {},
    };
    match response.extensions().get::<Cut>() {
        None => Ok(response),
        Some(Cut::Cut) => Err(Severed),
        // hyper drops this future when the client gives up.
        Some(Cut::Hang) => std::future::pending().await,
    }
}

/// The connection is cut on purpose.
#[derive(Debug)]
struct Severed;

impl fmt::Display for Severed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection cut by a fault")
    }
}

impl std::error::Error for Severed {}
