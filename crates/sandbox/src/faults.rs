//! Faults on demand, as a wrapper around the router of either system.
//!
//! Three sources, asked in this order for every request: outages (a span of injected time),
//! faults put by hand (a queue), and a seeded schedule. At most one fault hits a request. The
//! same seed and the same sequence of requests give the same faults.

mod answers;
mod counts;
mod layer;
mod state;

use serde::{Deserialize, Serialize};

pub use counts::{Counts, pattern};
pub use layer::wrap;
pub use state::Faults;

/// Put on a response (`http` extension) whose reply must never arrive. The socket server acts on
/// it; a transport in the same process looks at it and reports a lost reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The connection is closed without an answer.
    Cut,
    /// The peer stays silent until the client gives up.
    Hang,
}

/// Whose words an injected error uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `{"statuscode", "errortext"}` (facts/sitoo 1.6).
    Sitoo,
    /// `{"Message"}` of ASP.NET Web API (facts/orderwise 1.3).
    OrderWise,
}

/// Body of an injected error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorBody {
    /// In the words of the system.
    #[default]
    Json,
    /// A page of the web server or proxy in front.
    Html,
    /// Nothing.
    Empty,
}

/// Which elements of a batch fail, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoil {
    /// Every so many-th element, from 1.
    pub every: u32,
    /// 400 or 500, say.
    pub status: u16,
    /// The element is processed all the same.
    #[serde(default)]
    pub processed: bool,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fault {
    /// Waits (tokio time), then processes as usual.
    Delay {
        /// How long.
        ms: u64,
    },
    /// 429, not processed. Sitoo also sends `X-Rate-Limit-Reset` (facts/sitoo 1.7).
    TooManyRequests {
        /// `Retry-After` in seconds; no such headers when absent.
        #[serde(default)]
        retry_after_s: Option<u32>,
    },
    /// An error status, not processed.
    ServerError {
        /// 500, 502, 503 or 504.
        status: u16,
        /// What the body is.
        #[serde(default)]
        body: ErrorBody,
    },
    /// A page where JSON is expected, not processed; with any status, 200 included.
    HtmlPage {
        /// Status of the page.
        status: u16,
    },
    /// 401 with an empty body, not processed (facts/orderwise 1.3).
    EmptyUnauthorised,
    /// The connection is cut before the request is processed.
    CutBefore,
    /// The request is processed; the connection is cut instead of an answer.
    CutAfter,
    /// No answer at all, not processed.
    TimeoutBefore,
    /// No answer at all, processed.
    TimeoutAfter,
    /// 200 with an error in the body, not processed.
    ErrorInOk,
    /// Processed; the answer's JSON is broken off.
    MalformedJson,
    /// Processed; the answer is an error status all the same.
    ErrorAfter {
        /// 500 or 502, say.
        status: u16,
    },
    /// No answer at all; processed only after a while (tokio time), when the client may have
    /// looked for it already.
    ProcessedLate {
        /// After how long it is processed.
        ms: u64,
    },
    /// Processed, but elements of a batch fail: every so many-th is answered with this status in
    /// the envelope (a single one with the status itself). Only Sitoo has batches.
    PartialBatch(Spoil),
    /// The page of a web server whose application is down: 503, HTML, not processed.
    Outage,
}

impl Fault {
    /// The kind's name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delay { .. } => "delay",
            Self::TooManyRequests { .. } => "too-many-requests",
            Self::ServerError { .. } => "server-error",
            Self::HtmlPage { .. } => "html-page",
            Self::EmptyUnauthorised => "empty-unauthorised",
            Self::CutBefore => "cut-before",
            Self::CutAfter => "cut-after",
            Self::TimeoutBefore => "timeout-before",
            Self::TimeoutAfter => "timeout-after",
            Self::ErrorInOk => "error-in-ok",
            Self::MalformedJson => "malformed-json",
            Self::ErrorAfter { .. } => "error-after",
            Self::ProcessedLate { .. } => "processed-late",
            Self::PartialBatch(_) => "partial-batch",
            Self::Outage => "outage",
        }
    }
}

/// Which requests a fault is for. Everything by default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Matcher {
    /// HTTP method, any letter case.
    pub method: Option<String>,
    /// Part of path and query, any letter case.
    pub path: Option<String>,
    /// Lets so many matching requests pass first.
    pub skip: u32,
    /// Hits so many requests, then is used up; without it, never used up.
    pub times: Option<u32>,
    /// Hits only every so many-th matching request (after `skip`).
    pub every: Option<u32>,
}

impl Matcher {
    /// Matches a method and a part of the path, for ever.
    pub fn on(method: &str, path: &str) -> Self {
        Self { method: Some(method.to_owned()), path: Some(path.to_owned()), ..Self::default() }
    }

    /// Hits only so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Lets so many requests pass first.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Hits only every so many-th request.
    #[must_use]
    pub fn every(mut self, every: u32) -> Self {
        self.every = Some(every);
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|part| contains_ignoring_case(path, part))
    }
}

fn contains_ignoring_case(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    part.is_empty() || text.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

/// One line of a seeded schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chance {
    /// What goes wrong.
    pub fault: Fault,
    /// In how many of 10,000 matching requests.
    pub per_10_000: u32,
    /// For which requests.
    #[serde(default)]
    pub matcher: Matcher,
}

/// A span of injected time in which every request meets the same fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// First moment, unix microseconds.
    pub from: i64,
    /// First moment after it; without it, until lifted.
    pub until: Option<i64>,
    /// What a request meets.
    pub fault: Fault,
}
