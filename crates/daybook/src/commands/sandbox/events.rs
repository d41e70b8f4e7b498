//! Sends the events of Sitoo's stand-in over the network, as Sitoo does (facts/sitoo 7).

use std::{sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use daybook_connectors::{Network, TlsSettings, Transport as _};
use daybook_sandbox::sitoo::{
    Sitoo,
    events::{Sender, Step},
};
use http::{Method, Request, Uri, header};
use tokio_util::sync::CancellationToken;

use crate::{
    failure::{self, Failure},
    printer::Printer,
};

/// What the stand-in signs in with.
pub(in crate::commands) const USER: &str = "sitoo";
/// And its password.
pub(in crate::commands) const PASSWORD: &str = "sandbox";

/// Sitoo waits so long for an answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Pause while there is nothing to send.
const REST: Duration = Duration::from_millis(200);
/// Answers are short.
const ANSWER_LIMIT_BYTES: usize = 64 << 10;

/// Sends until `stop`.
pub(in crate::commands) fn send(
    sitoo: Arc<Sitoo>,
    to: &str,
    stop: CancellationToken,
    printer: Printer,
) -> Result<(), Failure> {
    let to: Uri = to.parse().map_err(|error| {
        let hint = "write the whole address, e.g. http://127.0.0.1:8080/events";
        Failure::wrong_use("events-to", format!("{to}: {error}"), hint)
    })?;
    let network = Network::new(&TlsSettings::default(), ANSWER_LIMIT_BYTES)
        .map_err(|fault| failure::setting("sandbox", &fault))?;
    let mut sender = Sender::new(sitoo);
    tokio::spawn(async move {
        while !stop.is_cancelled() {
            let taken = sender.step(|body| post(&network, &to, body)).await;
            match taken {
                Step::Delivered(_) => continue,
                Step::Again(_) => printer.talk("events were not taken; they are sent again"),
                Step::Dropped(count) => printer.talk(&format!("{count} events were refused")),
                Step::Idle | Step::Waiting(_) => {}
            }
            tokio::time::sleep(REST).await;
        }
    });
    Ok(())
}

/// The status that a batch is answered with; none when there is no answer.
async fn post(network: &Network, to: &Uri, body: String) -> Option<u16> {
    let credentials = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
    let request = Request::builder()
        .method(Method::POST)
        .uri(to)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Basic {credentials}"))
        .body(body.into())
        .ok()?;
    Some(network.send(request, PATIENCE).await.ok()?.status().as_u16())
}
