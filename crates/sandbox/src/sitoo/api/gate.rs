//! Who may come in, and how many (facts/sitoo 1.2 and 1.7).

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::StatusCode;

use super::{super::Sitoo, Refusal};
use crate::lock;

/// Credentials and what they used up.
pub(in super::super) struct ApiKey {
    /// What the `Authorization` header has to be.
    header: Vec<u8>,
    in_flight: u32,
    /// The time slot that was counted last, and how many requests came in it.
    slot: i64,
    used: u32,
}

impl ApiKey {
    pub(in super::super) fn new(api_id: &str, password: &str) -> Self {
        let token = BASE64_STANDARD.encode(format!("{api_id}:{password}"));
        let header = format!("Basic {token}").into_bytes();
        Self { header, in_flight: 0, slot: 0, used: 0 }
    }
}

/// One request in flight; given back when dropped.
pub(super) struct Pass<'a> {
    sitoo: &'a Sitoo,
    key: usize,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if let Some(key) = lock(&self.sitoo.state).keys.get_mut(self.key) {
            key.in_flight = key.in_flight.saturating_sub(1);
        }
    }
}

impl Sitoo {
    pub(super) fn account(&self) -> i64 {
        lock(&self.state).account
    }

    /// Lets a request in. Gives how long it takes, when it takes any time.
    pub(super) fn enter(
        &self,
        credentials: Option<&[u8]>,
    ) -> Result<(Pass<'_>, Option<Duration>), Refusal> {
        let now = self.now();
        let mut state = lock(&self.state);
        state.show_due(now);
        let switches = &state.switches;
        let (rate, retry_after) = (switches.rate_limit, switches.retry_after_s);
        let is_strict = switches.one_at_a_time;
        let pause = (is_strict || switches.service_ms > 0)
            .then(|| Duration::from_millis(switches.service_ms));
        let wanted = |key: &ApiKey| credentials == Some(key.header.as_slice());
        let Some(place) = state.keys.iter().position(wanted) else {
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, "Unauthorized"));
        };
        let Some(key) = state.keys.get_mut(place) else { return Err(Refusal::not_found()) };
        if let Some(rate) = rate.filter(|rate| rate.window_us > 0) {
            let slot = now.div_euclid(rate.window_us);
            if slot != key.slot {
                (key.slot, key.used) = (slot, 0);
            }
            key.used = key.used.saturating_add(1);
            if key.used > rate.requests {
                return Err(too_many((slot + 1) * rate.window_us, now));
            }
        }
        if is_strict && key.in_flight > 0 {
            return Err(too_many(now + retry_after * 1_000_000, now));
        }
        key.in_flight += 1;
        Ok((Pass { sitoo: self, key: place }, pause))
    }
}

/// 429 until a moment (microseconds). Both headers are rounded up to a whole second.
fn too_many(until: i64, now: i64) -> Refusal {
    let ceil = |micros: i64| (micros + 999_999).div_euclid(1_000_000);
    let mut refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too many connections");
    refusal.wait = Some((ceil(until - now).max(1), ceil(until)));
    refusal
}
