//! One call: request → pace → send → exchange → class. Time-out, recording and the class of a
//! failure are decided here and nowhere else.

use std::{borrow::Cow, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use daybook_domain::{
    Timestamp,
    class::{Class, Failure},
    exchange::{Exchange, System},
    priority::Priority,
};
use http::{HeaderValue, Method, Request, StatusCode, header};
use serde::Deserialize;

use crate::{
    Clock, Lost, Transport,
    classes::{class_of_loss, class_of_status, held_by},
    echo::Sent,
    mask::{cut, mask_body, mask_text},
    pace::{Lane, Permit},
    text::without_nul,
    transport::Chunks,
};

pub(crate) use crate::classes::Effect;

/// Characters of an answer that are recorded.
const RECORDED: usize = 16 * 1024;

/// How much of an answer the record keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All, masked and cut.
    Masked,
    /// Nothing: it is a secret.
    Secret,
    /// Only that of a failed call: the book itself keeps what came of the others.
    Failures,
}

/// A request's body, and what the record keeps of it.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) sent: Bytes,
    pub(crate) recorded: String,
}

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) purpose: &'static str,
    pub(crate) method: Method,
    pub(crate) url: String,
    /// Marked as sensitive.
    pub(crate) authorization: HeaderValue,
    pub(crate) body: Option<Body>,
    pub(crate) effect: Effect,
    pub(crate) keep: Keep,
}

impl Outgoing {
    /// What of it nobody may see, should it come back.
    fn taken_along(&self) -> Sent {
        let body = self.body.as_ref().map(|body| body.sent.clone());
        Sent { body, authorization: self.authorization.clone() }
    }
}

/// An answer with a status of 200 to 299.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: StatusCode,
    /// The body without byte order mark; broken UTF-8 is replaced, so that one bad text spoils
    /// only itself.
    pub(crate) text: &'a str,
}

/// What a call came to, with its record; none of one that was not made.
pub(crate) type Outcome<T> = (Result<T, Failure>, Option<Exchange>);

/// An answer with a status of 200 to 299 whose body is still on its way.
pub(crate) struct Opened<'l> {
    pub(crate) status: StatusCode,
    pub(crate) chunks: Chunks,
    /// The record so far.
    pub(crate) exchange: Exchange,
    _permit: Permit<'l>,
}

/// The rest of a body behind its beginning, up to a limit.
pub(crate) async fn whole(
    mut chunks: Chunks,
    beginning: Bytes,
    limit: usize,
) -> Result<Bytes, Lost> {
    let mut body = BytesMut::from(beginning);
    while let Some(chunk) = chunks.next().await? {
        if body.len() + chunk.len() > limit {
            return Err(Lost::NoAnswer(format!("the answer is larger than {limit} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Makes calls to one system.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) system: System,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timeout: Duration,
    pub(crate) body_limit: usize,
}

impl Caller {
    /// Makes one call; `read` makes sense of a successful answer.
    pub(crate) async fn call<T>(
        &self,
        (lane, priority): (&Lane, Priority),
        outgoing: Outgoing,
        read: impl FnOnce(&Answer<'_>) -> Result<T, Failure> + Send,
    ) -> Outcome<T> {
        let permit = match lane.enter(&*self.clock, priority).await {
            Ok(permit) => permit,
            Err(left) => return (Err(self.held(left)), None),
        };
        let (effect, keep) = (outgoing.effect, outgoing.keep);
        let mut exchange = self.begin(&outgoing);
        let taken_along = outgoing.taken_along();
        let request = match build(outgoing) {
            Ok(request) => request,
            Err(failure) => {
                exchange.class = failure.class();
                return (Err(failure), Some(exchange));
            }
        };
        let sent = self.transport.send(request, self.timeout).await;
        let now = self.clock.now();
        if let Ok(answer) = &sent
            && let Some(span) = held_by(answer.status(), answer.headers(), now)
        {
            permit.hold(now.micros(), span);
        }
        drop(permit);
        exchange.duration = now.since(exchange.started_at);
        let outcome = match sent {
            Err(lost) => Err(class_of_loss(effect, lost)),
            Ok(answer) => self.receive(&answer, effect, keep, now, &mut exchange, read),
        };
        let outcome = outcome.map_err(|failure| taken_along.hide(failure, &mut exchange.response));
        if let Err(failure) = &outcome {
            exchange.class = failure.class();
        }
        tracing::debug!(
            system = self.system.word(),
            purpose = exchange.purpose,
            status = exchange.status,
            class = exchange.class.word(),
            millis = exchange.duration.as_millis(),
            "called"
        );
        (outcome, Some(exchange))
    }

    /// Makes a call whose answer is read a chunk at a time. An answer that tells of a failure is
    /// read here; of the others the record is finished by whoever reads them.
    pub(crate) async fn open<'l>(
        &self,
        (lane, priority): (&'l Lane, Priority),
        outgoing: Outgoing,
    ) -> Outcome<Opened<'l>> {
        let permit = match lane.enter(&*self.clock, priority).await {
            Ok(permit) => permit,
            Err(left) => return (Err(self.held(left)), None),
        };
        let (effect, keep) = (outgoing.effect, outgoing.keep);
        let mut exchange = self.begin(&outgoing);
        let taken_along = outgoing.taken_along();
        let opened = match build(outgoing) {
            Ok(request) => self.transport.open(request, self.timeout).await,
            Err(failure) => {
                exchange.class = failure.class();
                return (Err(failure), Some(exchange));
            }
        };
        let now = self.clock.now();
        exchange.duration = now.since(exchange.started_at);
        let failure = match opened {
            Err(lost) => class_of_loss(effect, lost),
            Ok(answer) if answer.status().is_success() => {
                let status = answer.status();
                exchange.status = Some(status.as_u16());
                let chunks = answer.into_body();
                return (Ok(Opened { status, chunks, exchange, _permit: permit }), None);
            }
            Ok(answer) => {
                if let Some(span) = held_by(answer.status(), answer.headers(), now) {
                    permit.hold(now.micros(), span);
                }
                let (parts, chunks) = answer.into_parts();
                match whole(chunks, Bytes::new(), self.body_limit).await {
                    Err(lost) => class_of_loss(effect, lost),
                    Ok(body) => {
                        let answer = http::Response::from_parts(parts, body);
                        // It tells of a failure: there is nothing in it to be read.
                        let read = |_: &Answer<'_>| Ok(());
                        let read = self.receive(&answer, effect, keep, now, &mut exchange, read);
                        read.err().unwrap_or_else(|| effect.unclear(None, "no rows"))
                    }
                }
            }
        };
        exchange.class = failure.class();
        (Err(taken_along.hide(failure, &mut exchange.response)), Some(exchange))
    }

    /// Another call was asked to wait, and with it all: this one was certainly not made.
    fn held(&self, left: Duration) -> Failure {
        let what = format!("{} asked to be left alone for a while", self.system.name());
        Failure::Later { after: Some(left), what }
    }

    /// The record of a call that is about to be made.
    fn begin(&self, outgoing: &Outgoing) -> Exchange {
        Exchange {
            system: self.system,
            purpose: outgoing.purpose,
            method: outgoing.method.to_string(),
            path: path_of(&outgoing.url),
            started_at: self.clock.now(),
            duration: Duration::ZERO,
            status: None,
            class: Class::Done,
            request: outgoing.body.as_ref().map(|body| cut(&body.recorded, RECORDED)),
            response: None,
        }
    }

    fn receive<T>(
        &self,
        answer: &http::Response<Bytes>,
        effect: Effect,
        keep: Keep,
        now: Timestamp,
        exchange: &mut Exchange,
        read: impl FnOnce(&Answer<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let status = answer.status();
        exchange.status = Some(status.as_u16());
        if answer.body().len() > self.body_limit {
            let what = format!("the answer is larger than {} bytes", self.body_limit);
            return Err(effect.unclear(None, what));
        }
        let text = text_of(answer.body());
        let outcome = if status.is_success() {
            read(&Answer { status, text: &text })
        } else {
            Err(class_of_status(status, answer.headers(), &text, effect, now))
        };
        exchange.response = match keep {
            Keep::Failures if outcome.is_ok() => None,
            Keep::Secret => Some("***".to_owned()),
            _ => Some(recorded(&text)),
        };
        outcome
    }
}

/// What the record keeps of an answer.
pub(crate) fn recorded(text: &str) -> String {
    cut(&mask_body(text), RECORDED)
}

/// Reads the body of an answer to a reading call. What is no JSON (a web page, a cut body) may be
/// whole the next time; JSON of another shape will not be.
pub(crate) fn read_json<'de, T: Deserialize<'de>>(answer: &Answer<'de>) -> Result<T, Failure> {
    serde_json::from_str(answer.text).map_err(|error| {
        if is_json(answer.text) {
            drift::<T>(answer.text, &error)
        } else {
            let what = format!("the answer ({}) is not JSON", answer.status.as_u16());
            Failure::Later { after: None, what }
        }
    })
}

/// Whether `text` is well-formed.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Where and how `json` does not fit `T`. It is read a second time to find out, so the way of a
/// good answer stays short.
pub(crate) fn drift<'de, T: Deserialize<'de>>(
    json: &'de str,
    error: &serde_json::Error,
) -> Failure {
    let reader = &mut serde_json::Deserializer::from_str(json);
    let (path, what) = match serde_path_to_error::deserialize::<_, T>(reader) {
        Err(error) => (error.path().to_string(), error.into_inner().to_string()),
        Ok(_) => (".".to_owned(), error.to_string()),
    };
    // The place in the text says nothing to a person who sees it formatted.
    let what = what.split(" at line ").next().unwrap_or_default();
    Failure::Drift { path, what: cut(&mask_text(what), 300) }
}

fn build(outgoing: Outgoing) -> Result<Request<Bytes>, Failure> {
    let json = HeaderValue::from_static("application/json");
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri(outgoing.url)
        .header(header::AUTHORIZATION, outgoing.authorization)
        .header(header::ACCEPT, json.clone());
    if outgoing.body.is_some() {
        request = request.header(header::CONTENT_TYPE, json);
    }
    let body = outgoing.body.map(|body| body.sent).unwrap_or_default();
    request
        .body(body)
        .map_err(|error| Failure::NotFound { what: format!("the address cannot be used: {error}") })
}

fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or_else(|| "/".to_owned(), |slash| rest[slash..].to_owned())
}

pub(crate) fn text_of(body: &[u8]) -> Cow<'_, str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // Sound text, which nearly all is, is seen to be so much faster in one go.
    let text =
        std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed);
    if body.contains(&0) { Cow::Owned(without_nul(text.into_owned())) } else { text }
}

#[cfg(test)]
mod tests {
    use daybook_domain::class::Failure;
    use serde::Deserialize;

    use super::{drift, path_of};

    #[test]
    fn drift_names_the_path_and_no_person() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its shape matters")]
        struct Wire {
            a: Vec<Inner>,
        }
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only its shape matters")]
        struct Inner {
            b: i64,
        }
        let json = r#"{"a":[{"b":1},{"b":"jo@x.example"}]}"#;
        let error = serde_json::from_str::<Wire>(json).unwrap_err();
        let Failure::Drift { path, what } = drift::<Wire>(json, &error) else { panic!("drift") };
        assert_eq!(path, "a[1].b");
        assert_eq!(what, "invalid type: string \"***\", expected i64");
    }

    #[test]
    fn paths_without_host() {
        assert_eq!(path_of("https://x.example/owapi/a?b=1"), "/owapi/a?b=1");
        assert_eq!(path_of("https://x.example"), "/");
    }
}
