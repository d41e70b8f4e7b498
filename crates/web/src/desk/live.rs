//! Live pages: a word to the browser whenever the picture of today has changed.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    response::{
        IntoResponse,
        sse::{Event, KeepAlive, Sse},
    },
};
use daybook_flows::desk;
use futures_util::stream;

use crate::Web;

/// How often the picture is looked at for one browser; making it is shared by all.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After a browser was told, it is left alone for as long: nobody reads faster.
const TELL_EVERY: Duration = Duration::from_secs(3);

/// What the last look saw.
struct Seen {
    web: Web,
    picture: Option<u64>,
    /// Until the next look.
    pause: Duration,
}

pub(super) async fn stream(State(web): State<Web>) -> impl IntoResponse {
    // Browsers that come at the same moment, as after a restart, do not all read again at once.
    let phase = LOOK_EVERY * (web.app.ids.dice() % 1_000) / 1_000;
    let events = stream::unfold(Seen { web, picture: None, pause: phase }, |mut seen| async move {
        loop {
            let first = seen.picture.is_none();
            if !first {
                tokio::select! {
                    () = seen.web.stop.cancelled() => return None,
                    () = tokio::time::sleep(seen.pause) => {}
                }
                seen.pause = LOOK_EVERY;
            }
            // No answer is a picture too: the next look comes a moment later.
            let picture = Some(desk::fingerprint(&seen.web.app).await.unwrap_or(0));
            if picture == seen.picture {
                continue;
            }
            seen.picture = picture;
            if !first {
                seen.pause = TELL_EVERY;
            }
            let event = if first { "here" } else { "moved" };
            let told: Result<Event, Infallible> = Ok(Event::default().event(event).data("1"));
            return Some((told, seen));
        }
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
