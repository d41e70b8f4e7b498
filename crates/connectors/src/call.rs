//! One call: request → pace → send → exchange → class. Time-out, recording and the class of a
//! failure are decided here and nowhere else.

use std::{borrow::Cow, sync::Arc, time::Duration};

use bytes::Bytes;
use daybook_domain::{
    Timestamp,
    class::{Class, Failure},
    exchange::{Exchange, System},
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use serde::Deserialize;

use crate::{
    Clock, Lost, Transport,
    mask::{cut, mask_body, mask_text},
    pace::Lane,
    reasons::{reasons, reasons_or_none},
};

/// Characters of an answer that are recorded.
const RECORDED: usize = 16 * 1024;

/// A rate-limit reset below this is a number of seconds, not a moment (9 September 2001).
const FIRST_EPOCH_SECOND: i64 = 1_000_000_000;

/// What the peer does with a request; it decides what an unclear outcome means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing changes, so the call can simply be made again.
    Reads,
    /// Something may have been stored, so an unclear outcome is in doubt.
    Writes,
}

impl Effect {
    /// The class of a call that was sent and whose outcome is not known.
    pub(crate) fn unclear(self, after: Option<Duration>, what: impl Into<String>) -> Failure {
        let what = what.into();
        match self {
            Self::Reads => Failure::Later { after, what },
            Self::Writes => Failure::InDoubt { what },
        }
    }
}

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

/// An answer with a status of 200 to 299.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: StatusCode,
    /// The body without byte order mark; broken UTF-8 is replaced, so that one bad text spoils
    /// only itself.
    pub(crate) text: &'a str,
}

/// What a call came to, with its record.
pub(crate) type Outcome<T> = (Result<T, Failure>, Exchange);

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
        lane: &Lane,
        outgoing: Outgoing,
        read: impl FnOnce(&Answer<'_>) -> Result<T, Failure> + Send,
    ) -> Outcome<T> {
        let permit = lane.enter(&*self.clock).await;
        let started_at = self.clock.now();
        let (purpose, effect, keep) = (outgoing.purpose, outgoing.effect, outgoing.keep);
        let mut exchange = Exchange {
            system: self.system,
            purpose,
            method: outgoing.method.to_string(),
            path: path_of(&outgoing.url),
            started_at,
            duration: Duration::ZERO,
            status: None,
            class: Class::Done,
            request: None,
            response: None,
        };
        let (request, recorded) = match build(outgoing) {
            Ok(built) => built,
            Err(failure) => {
                exchange.class = failure.class();
                return (Err(failure), exchange);
            }
        };
        exchange.request = recorded;
        let sent = self.transport.send(request, self.timeout).await;
        drop(permit);
        let now = self.clock.now();
        exchange.duration = now.since(started_at);
        let outcome = match sent {
            Err(lost) => Err(class_of_loss(effect, lost)),
            Ok(answer) => self.receive(&answer, effect, keep, now, &mut exchange, read),
        };
        if let Err(failure) = &outcome {
            exchange.class = failure.class();
        }
        tracing::debug!(
            system = self.system.word(),
            purpose,
            status = exchange.status,
            class = exchange.class.word(),
            millis = exchange.duration.as_millis(),
            "called"
        );
        (outcome, exchange)
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
            _ => Some(cut(&mask_body(&text), RECORDED)),
        };
        outcome
    }
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

/// The parts of a request, and what the record keeps of its body.
fn build(outgoing: Outgoing) -> Result<(Request<Bytes>, Option<String>), Failure> {
    let mut request = Request::builder()
        .method(outgoing.method)
        .uri(outgoing.url)
        .header(header::AUTHORIZATION, outgoing.authorization)
        .header(header::ACCEPT, HeaderValue::from_static("application/json"));
    let (body, recorded) = match outgoing.body {
        None => (Bytes::new(), None),
        Some(body) => {
            let json = HeaderValue::from_static("application/json");
            request = request.header(header::CONTENT_TYPE, json);
            (body.sent, Some(cut(&body.recorded, RECORDED)))
        }
    };
    let request = request.body(body).map_err(|error| Failure::NotFound {
        what: format!("the address cannot be used: {error}"),
    })?;
    Ok((request, recorded))
}

fn path_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or_else(|| "/".to_owned(), |slash| rest[slash..].to_owned())
}

fn text_of(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body))
}

fn class_of_loss(effect: Effect, lost: Lost) -> Failure {
    match lost {
        Lost::NotSent(what) => {
            Failure::Later { after: None, what: mask_text(&format!("could not connect: {what}")) }
        }
        Lost::NoAnswer(what) => {
            effect.unclear(None, mask_text(&format!("no whole answer came: {what}")))
        }
    }
}

fn class_of_status(
    status: StatusCode,
    headers: &HeaderMap,
    body: &str,
    effect: Effect,
    now: Timestamp,
) -> Failure {
    let number = status.as_u16();
    let what = || reasons(body).into_iter().next();
    match number {
        401 => Failure::NotAuthorised {
            status: number,
            what: what().unwrap_or_else(|| "user or password is not accepted".to_owned()),
        },
        403 => Failure::NotAuthorised {
            status: number,
            what: what().unwrap_or_else(|| "the user lacks a permission".to_owned()),
        },
        404 | 410 => Failure::NotFound {
            what: what().unwrap_or_else(|| "there is nothing at this address".to_owned()),
        },
        429 => Failure::Later {
            after: asked_to_wait(headers, now),
            what: what().unwrap_or_else(|| "too many requests".to_owned()),
        },
        300..=399 => Failure::NotFound {
            what: format!("the address redirects elsewhere ({number}); correct base_url"),
        },
        // 408: the peer waited for the request; how much of it arrived is not known.
        408 | 500..=599 => {
            let reason = what().map(|what| format!(": {what}")).unwrap_or_default();
            let after = asked_to_wait(headers, now);
            effect.unclear(after, format!("the server answered {number}{reason}"))
        }
        400..=499 => Failure::Refused { status: number, reasons: reasons_or_none(body) },
        _ => effect.unclear(None, format!("the server answered {number}")),
    }
}

/// `Retry-After` in seconds or as a date, else `X-Rate-Limit-Reset` as a moment.
fn asked_to_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let until = |moment: Timestamp| moment.since(now);
    if let Some(asked) = text("retry-after") {
        if let Ok(seconds) = asked.parse() {
            return Some(Duration::from_secs(seconds));
        }
        if let Ok(date) = jiff::fmt::rfc2822::parse(asked) {
            return Some(until(date.timestamp().into()));
        }
    }
    let reset: i64 = text("x-rate-limit-reset")?.parse().ok()?;
    Some(match reset {
        ..0 => Duration::ZERO,
        0..FIRST_EPOCH_SECOND => Duration::from_secs(reset.unsigned_abs()),
        _ => until(Timestamp::from_seconds(reset)),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use daybook_domain::{Timestamp, class::Failure};
    use http::{HeaderMap, HeaderName, HeaderValue};
    use serde::Deserialize;

    use super::{asked_to_wait, drift, path_of};

    fn wait(name: &'static str, value: &'static str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        asked_to_wait(&headers, Timestamp::from_seconds(1_800_000_000)).map(|wait| wait.as_secs())
    }

    #[test]
    fn what_the_peer_asks_for_in_every_spelling() {
        assert_eq!(wait("retry-after", "7"), Some(7));
        assert_eq!(wait("retry-after", "Fri, 15 Jan 2027 08:01:00 GMT"), Some(60));
        assert_eq!(wait("x-rate-limit-reset", "1800000030"), Some(30));
        assert_eq!(wait("x-rate-limit-reset", "1700000000"), Some(0));
        assert_eq!(wait("x-rate-limit-reset", "12"), Some(12));
        assert_eq!(wait("x-rate-limit-reset", "soon"), None);
        assert_eq!(asked_to_wait(&HeaderMap::new(), Timestamp::default()), None);
        assert_eq!(Duration::from_secs(u64::MAX).as_secs(), u64::MAX);
    }

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
