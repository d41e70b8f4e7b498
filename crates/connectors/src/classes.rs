//! The class of a call that did not succeed (design section 6): the one table of it.

use std::time::Duration;

use daybook_domain::{Timestamp, class::Failure};
use http::{HeaderMap, StatusCode};

use crate::{
    Lost,
    mask::mask_text,
    reasons::{reasons, reasons_or_none},
};

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

/// Without a whole answer, it counts whether the request can have arrived.
pub(crate) fn class_of_loss(effect: Effect, lost: Lost) -> Failure {
    match lost {
        Lost::NotSent(what) => {
            Failure::Later { after: None, what: mask_text(&format!("could not connect: {what}")) }
        }
        Lost::NoAnswer(what) => {
            effect.unclear(None, mask_text(&format!("no whole answer came: {what}")))
        }
    }
}

/// The class of an answer whose status is not 200 to 299.
pub(crate) fn class_of_status(
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

/// Longest time that a peer's own word keeps us away: a date that is wrong by a year must not stop a
/// flow until somebody starts it again (facts/sitoo 1.7: another integration asks again after at most
/// ten minutes).
const LONGEST_WAIT: Duration = Duration::from_mins(10);

/// How long nobody may call a peer that answered so: what it asks of one call it means for all.
/// Where it names no time, each flow waits as its own back-off says.
pub(crate) fn held_by(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let asks = matches!(status.as_u16(), 429 | 503);
    asks.then(|| asked_to_wait(headers, now)).flatten()
}

/// What the peer asks for, [`LONGEST_WAIT`] at most.
fn asked_to_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    told_to_wait(headers, now).map(|asked| asked.min(LONGEST_WAIT))
}

/// `Retry-After` in seconds or as a date, else `X-Rate-Limit-Reset` as a moment.
fn told_to_wait(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
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
    use daybook_domain::{Timestamp, class::Failure};
    use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

    use super::{Effect, asked_to_wait, class_of_status, held_by};

    fn wait(name: &'static str, value: &'static str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        asked_to_wait(&headers, Timestamp::from_seconds(1_800_000_000)).map(|wait| wait.as_secs())
    }

    #[test]
    fn who_asks_all_to_wait() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let held = |status: u16, named: bool| {
            let mut headers = HeaderMap::new();
            if named {
                headers.insert("retry-after", HeaderValue::from_static("7"));
            }
            let status = StatusCode::from_u16(status).unwrap();
            held_by(status, &headers, now).map(|wait| wait.as_secs())
        };
        assert_eq!([held(429, true), held(503, true)], [Some(7); 2]);
        assert_eq!([held(429, false), held(503, false), held(500, true)], [None; 3]);
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
    }

    #[test]
    fn a_wait_that_is_wrong_by_days_is_kept_for_ten_minutes() {
        for (name, value) in [
            ("retry-after", "86400"),
            ("retry-after", "Sun, 15 Jan 2034 08:01:00 GMT"),
            ("x-rate-limit-reset", "2100000000"),
        ] {
            assert_eq!(wait(name, value), Some(600), "{name}: {value}");
            // What the call that was answered so waits, and what all others wait.
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            let now = Timestamp::from_seconds(1_800_000_000);
            let failure =
                class_of_status(StatusCode::TOO_MANY_REQUESTS, &headers, "", Effect::Reads, now);
            let longest = Some(super::LONGEST_WAIT);
            assert!(
                matches!(&failure, Failure::Later { after, .. } if *after == longest),
                "{failure:?}"
            );
            assert_eq!(held_by(StatusCode::SERVICE_UNAVAILABLE, &headers, now), longest);
        }
    }
}
