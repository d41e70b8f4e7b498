//! A scripted peer and a clock in the hand.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests may stop")]

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use daybook_connectors::{Clock, Lost, Transport};
use daybook_domain::Timestamp;
use http::{Request, Response};

/// One answer of the peer.
pub(crate) enum Say {
    /// Status and body.
    Body(u16, &'static str),
    /// Status and a body that is made up on the spot.
    Made(u16, String),
    /// Status, a header and a body.
    Header(u16, (&'static str, &'static str), &'static str),
    /// No whole answer.
    Lost(Lost),
}

/// A peer that answers what it was told to, in order, and remembers what it was asked.
#[derive(Default)]
pub(crate) struct Script {
    answers: Mutex<VecDeque<Say>>,
    pub(crate) requests: Mutex<Vec<Request<Bytes>>>,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Say>) -> Arc<Self> {
        Arc::new(Self { answers: Mutex::new(answers.into_iter().collect()), ..Self::default() })
    }

    /// Path and query of every request.
    pub(crate) fn asked(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|request| request.uri().path_and_query().unwrap().to_string()).collect()
    }

    /// A header of every request.
    pub(crate) fn headers(&self, name: &str) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let text = |request: &Request<Bytes>| {
            request.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
        };
        requests.iter().map(text).collect()
    }

    /// The body of the last request.
    pub(crate) fn last_body(&self) -> String {
        let requests = self.requests.lock().unwrap();
        String::from_utf8(requests.last().unwrap().body().to_vec()).unwrap()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, Lost> {
        self.requests.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front().expect("one call too many");
        let (status, header, body) = match answer {
            Say::Body(status, body) => (status, None, body.to_owned()),
            Say::Made(status, body) => (status, None, body),
            Say::Header(status, header, body) => (status, Some(header), body.to_owned()),
            Say::Lost(lost) => return Err(lost),
        };
        let mut response = Response::builder().status(status);
        if let Some((name, value)) = header {
            response = response.header(name, value);
        }
        Ok(response.body(Bytes::from(body)).unwrap())
    }
}

/// A clock that moves only when someone sleeps, or is told to.
#[derive(Debug)]
pub(crate) struct Hand(AtomicI64);

impl Hand {
    pub(crate) fn at(seconds: i64) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(seconds * 1_000_000)))
    }

    pub(crate) fn advance(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for Hand {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    async fn sleep(&self, span: Duration) {
        self.advance(span);
    }
}
