//! What is to go wrong, and what has been seen.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{Chance, Counts, Fault, Matcher, Outage, Style, counts::Tally};
use crate::{Now, lock};

/// Fault injection of one system; share it in an `Arc`.
pub struct Faults {
    pub(super) now: Now,
    pub(super) style: Style,
    state: Mutex<State>,
    in_flight: AtomicUsize,
    max_in_flight: AtomicUsize,
}

struct State {
    by_hand: VecDeque<Armed>,
    schedule: Vec<Armed>,
    outages: Vec<Outage>,
    rng: StdRng,
    tally: Tally,
}

/// A fault with its matcher's progress.
struct Armed {
    fault: Fault,
    matcher: Matcher,
    per_10_000: Option<u32>,
    seen: u32,
    hits: u32,
}

impl Armed {
    /// Whether this request is hit. Counts the request when it matches.
    fn hits(&mut self, method: &str, path: &str, rng: &mut StdRng) -> bool {
        if self.is_used_up() || !self.matcher.matches(method, path) {
            return false;
        }
        self.seen = self.seen.saturating_add(1);
        let after_skip = self.seen.saturating_sub(self.matcher.skip);
        let every = self.matcher.every.unwrap_or(1).max(1);
        if after_skip == 0 || !after_skip.is_multiple_of(every) {
            return false;
        }
        if let Some(chance) = self.per_10_000
            && rng.random_range(0..10_000) >= chance
        {
            return false;
        }
        self.hits = self.hits.saturating_add(1);
        true
    }

    fn is_used_up(&self) -> bool {
        self.matcher.times.is_some_and(|times| self.hits >= times)
    }
}

impl Faults {
    /// No faults yet. `style` gives the words of injected errors.
    pub fn new(now: Now, seed: u64, style: Style) -> Self {
        Self {
            now,
            style,
            state: Mutex::new(State {
                by_hand: VecDeque::new(),
                schedule: Vec::new(),
                outages: Vec::new(),
                rng: StdRng::seed_from_u64(seed),
                tally: Tally::default(),
            }),
            in_flight: AtomicUsize::new(0),
            max_in_flight: AtomicUsize::new(0),
        }
    }

    /// Puts a fault at the end of the queue.
    pub fn put(&self, fault: Fault, matcher: Matcher) {
        let armed = Armed { fault, matcher, per_10_000: None, seen: 0, hits: 0 };
        lock(&self.state).by_hand.push_back(armed);
    }

    /// Puts a fault for the next request that matches method and part of the path.
    pub fn once(&self, fault: Fault, method: &str, path: &str) {
        self.put(fault, Matcher::on(method, path).times(1));
    }

    /// Replaces the schedule and starts its randomness anew.
    pub fn schedule(&self, seed: u64, chances: Vec<Chance>) {
        let mut state = lock(&self.state);
        state.rng = StdRng::seed_from_u64(seed);
        state.schedule = chances
            .into_iter()
            .map(|chance| Armed {
                fault: chance.fault,
                matcher: chance.matcher,
                per_10_000: Some(chance.per_10_000),
                seen: 0,
                hits: 0,
            })
            .collect();
    }

    /// Adds an outage.
    pub fn outage(&self, outage: Outage) {
        lock(&self.state).outages.push(outage);
    }

    /// Starts an outage now, until lifted.
    pub fn start_outage(&self, fault: Fault) {
        self.outage(Outage { from: (self.now)(), until: None, fault });
    }

    /// Ends all outages, also those that have not begun.
    pub fn lift_outages(&self) {
        lock(&self.state).outages.clear();
    }

    /// Forgets everything that was to go wrong. Counts stay.
    pub fn clear(&self) {
        let mut state = lock(&self.state);
        state.by_hand.clear();
        state.schedule.clear();
        state.outages.clear();
    }

    /// Faults put by hand that are not used up.
    pub fn pending(&self) -> usize {
        lock(&self.state).by_hand.len()
    }

    /// What has been seen since the start or the last reset.
    pub fn counts(&self) -> Counts {
        let mut counts = lock(&self.state).tally.counts();
        counts.in_flight = self.in_flight.load(Ordering::Relaxed);
        counts.max_in_flight = self.max_in_flight.load(Ordering::Relaxed);
        counts
    }

    /// Counts from zero again.
    pub fn reset_counts(&self) {
        lock(&self.state).tally = Tally::default();
        self.max_in_flight.store(self.in_flight.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Counts a request and says what goes wrong with it. `path` carries the query.
    pub(super) fn decide(&self, method: &str, path: &str) -> Option<Fault> {
        let now = (self.now)();
        let mut state = lock(&self.state);
        state.tally.request(method, path);
        let fault = state.fault(method, path, now);
        if let Some(fault) = fault {
            state.tally.fault(fault);
        }
        fault
    }

    /// Marks a request as in flight until the mark is dropped.
    pub(super) fn enter(&self) -> InFlight<'_> {
        let running = self.in_flight.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        self.max_in_flight.fetch_max(running, Ordering::Relaxed);
        InFlight(self)
    }
}

impl State {
    fn fault(&mut self, method: &str, path: &str, now: i64) -> Option<Fault> {
        let outage = self
            .outages
            .iter()
            .find(|outage| outage.from <= now && outage.until.is_none_or(|until| now < until));
        if let Some(outage) = outage {
            return Some(outage.fault);
        }
        let Self { by_hand, schedule, rng, .. } = self;
        let armed = by_hand
            .iter_mut()
            .chain(schedule.iter_mut())
            .find_map(|armed| armed.hits(method, path, rng).then_some(armed.fault));
        if armed.is_some() {
            by_hand.retain(|armed| !armed.is_used_up());
        }
        armed
    }
}

/// A request in flight. Also counts down when the client gives up and the future is dropped.
pub(super) struct InFlight<'a>(&'a Faults);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
