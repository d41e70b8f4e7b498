//! No faster than the peer bears: calls a second, and calls at a time; and when there is room for
//! only so many, the important ones first (design section 2). What the peer asks one call to wait,
//! all wait.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use daybook_domain::{priority::Priority, retry::LONGEST_ASKED};
use tokio::sync::Notify;

use crate::{Clock, SettingsFault};

/// At high rates, how much idle time may be made up for, in microseconds: a tenth of a second's
/// worth of calls may follow one another at once, which hides the coarseness of timers.
const CATCH_UP: i64 = 100_000;

/// A call that has waited so long goes before those that are one step more important and came
/// after it, in microseconds: nothing starves.
const PATIENCE: i64 = 15_000_000;

/// How fast a system may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Calls a second, over all lanes; none means as fast as answers come.
    pub per_second: Option<u32>,
    /// Calls that may follow one another at once after idle time, at least 1.
    pub burst: u32,
}

impl Pace {
    /// As fast as answers come.
    pub const UNLIMITED: Self = Self { per_second: None, burst: 1 };
}

/// What one system bears: a token bucket, shared out among its lanes by priority.
///
/// We wrote these lines rather than take a rate limiter from the shelf because ours knows what is
/// important, and because it is a wall clock: when it is set back by an hour, the calls must not
/// stand still for an hour.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Microseconds between calls; 0 means no limit.
    interval: i64,
    /// Idle time that may be made up for, in microseconds.
    saved: i64,
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    /// The earliest moment of the next call, in microseconds since the epoch.
    next: Option<i64>,
    /// Free seats by lane.
    free: Vec<usize>,
    waiting: Vec<Waiting>,
    tickets: u64,
    hold: Option<Hold>,
}

/// The peer asked to be left alone, in microseconds since the epoch.
#[derive(Debug, Clone, Copy)]
struct Hold {
    since: i64,
    until: i64,
}

impl Hold {
    /// What is left of it; none once it is over, or before it began: a clock that was set back
    /// must not make it longer.
    fn left(self, now: i64) -> Option<Duration> {
        let held = (self.since..self.until).contains(&now);
        held.then(|| Duration::from_micros((self.until - now).unsigned_abs()))
    }
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    lane: usize,
    rank: i64,
    since: i64,
    wake: Arc<Notify>,
}

impl Waiting {
    /// Smaller goes first. Who waits becomes more important.
    fn place(&self, now: i64) -> (i64, u64) {
        let waited = now.saturating_sub(self.since).max(0) / PATIENCE;
        (self.rank.saturating_sub(waited).max(0), self.ticket)
    }
}

impl Queue {
    /// Who goes next, of those whose lane has a seat.
    fn best(&self, now: i64) -> Option<&Waiting> {
        let seated = |one: &&Waiting| self.free.get(one.lane).is_some_and(|free| *free > 0);
        self.waiting.iter().filter(seated).min_by_key(|one| one.place(now))
    }

    /// Wakes who goes next, so that it sees that it does.
    fn wake_best(&self, now: i64) {
        if let Some(best) = self.best(now) {
            best.wake.notify_one();
        }
    }
}

/// What a waiting call may do now.
enum Turn {
    Start,
    Sleep(Duration),
    Wait,
    /// Not for so long: nobody may.
    Held(Duration),
}

impl Budget {
    /// A budget without lanes.
    pub(crate) fn new(pace: Pace) -> Result<Self, SettingsFault> {
        let interval = match pace.per_second.map(NonZeroU32::new) {
            None => 0,
            Some(Some(rate)) => 1_000_000_i64 / i64::from(rate.get()),
            Some(None) => {
                let what = "must be at least 1; leave it out for no limit";
                return Err(SettingsFault::new("per_second", what));
            }
        };
        if pace.burst == 0 {
            return Err(SettingsFault::new("burst", "must be at least 1"));
        }
        let catch_up = if interval < CATCH_UP { CATCH_UP } else { 0 };
        let saved = catch_up.max(interval.saturating_mul(i64::from(pace.burst) - 1));
        Ok(Self { interval, saved, queue: Mutex::default() })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self, now: i64) -> Option<Duration> {
        self.queue().hold.and_then(|hold| hold.left(now))
    }

    /// The peer asked to be left alone for `span`. Whoever waits is told so: a call that waited
    /// here could outlive the lease that it is made under.
    fn hold(&self, now: i64, span: Duration) {
        let queue = &mut *self.queue();
        let span = i64::try_from(span.min(LONGEST_ASKED).as_micros()).unwrap_or_default();
        let until = now.saturating_add(span);
        let left = queue.hold.filter(|hold| hold.left(now).is_some());
        if left.is_none_or(|hold| hold.until < until) {
            queue.hold = Some(Hold { since: now, until });
        }
        for one in &queue.waiting {
            one.wake.notify_one();
        }
    }

    /// Whether the call with this ticket may leave now; if so, its seat and its token are taken.
    fn turn(&self, ticket: u64, now: i64) -> Turn {
        let queue = &mut *self.queue();
        if let Some(left) = queue.hold.and_then(|hold| hold.left(now)) {
            return Turn::Held(left);
        }
        let Some(best) = queue.best(now) else { return Turn::Wait };
        if best.ticket != ticket {
            best.wake.notify_one();
            return Turn::Wait;
        }
        let lane = best.lane;
        if self.interval > 0 {
            let next = queue.next.unwrap_or(i64::MIN);
            let set_back = next.saturating_sub(now) > self.interval;
            let due = if set_back { now } else { next.max(now - self.saved) };
            if due > now {
                return Turn::Sleep(Duration::from_micros((due - now).unsigned_abs()));
            }
            queue.next = Some(due.saturating_add(self.interval));
        }
        queue.waiting.retain(|one| one.ticket != ticket);
        if let Some(free) = queue.free.get_mut(lane) {
            *free -= 1;
        }
        queue.wake_best(now);
        Turn::Start
    }
}

/// Calls at a time.
#[derive(Debug)]
pub(crate) struct Lane {
    budget: Arc<Budget>,
    index: usize,
}

impl Lane {
    /// How long nobody may call.
    pub(crate) fn held(&self, now: i64) -> Option<Duration> {
        self.budget.held(now)
    }

    pub(crate) fn new(
        key: &'static str,
        in_flight: usize,
        budget: &Arc<Budget>,
    ) -> Result<Self, SettingsFault> {
        if !(1..=10_000).contains(&in_flight) {
            return Err(SettingsFault::new(key, "must be between 1 and 10000"));
        }
        let mut queue = budget.queue();
        queue.free.push(in_flight);
        let index = queue.free.len() - 1;
        drop(queue);
        Ok(Self { budget: Arc::clone(budget), index })
    }

    /// Waits for a seat and for the moment to leave; more important calls go first. The seat is
    /// free again once the permit is dropped. While the peer wants to be left alone nobody waits:
    /// the answer is how long that lasts.
    pub(crate) async fn enter(
        &self,
        clock: &dyn Clock,
        priority: Priority,
    ) -> Result<Permit<'_>, Duration> {
        let place = Place::take(self, priority, clock.now().micros());
        loop {
            match self.budget.turn(place.ticket, clock.now().micros()) {
                Turn::Start => return Ok(Permit { lane: self }),
                Turn::Held(left) => return Err(left),
                Turn::Sleep(span) => tokio::select! {
                    biased;
                    () = place.wake.notified() => {}
                    () = clock.sleep(span) => {}
                },
                Turn::Wait => place.wake.notified().await,
            }
        }
    }
}

impl Permit<'_> {
    /// The peer asked to be left alone for `span`.
    pub(crate) fn hold(&self, now: i64, span: Duration) {
        self.lane.budget.hold(now, span);
    }
}

/// A place in the queue; given up when the call is.
struct Place<'a> {
    lane: &'a Lane,
    ticket: u64,
    since: i64,
    wake: Arc<Notify>,
}

impl<'a> Place<'a> {
    fn take(lane: &'a Lane, priority: Priority, since: i64) -> Self {
        let wake = Arc::new(Notify::new());
        let queue = &mut *lane.budget.queue();
        queue.tickets += 1;
        let ticket = queue.tickets;
        let rank = i64::from(priority.rank());
        let wake_too = Arc::clone(&wake);
        queue.waiting.push(Waiting { ticket, lane: lane.index, rank, since, wake: wake_too });
        Self { lane, ticket, since, wake }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let queue = &mut *self.lane.budget.queue();
        let before = queue.waiting.len();
        queue.waiting.retain(|one| one.ticket != self.ticket);
        if queue.waiting.len() < before {
            // It went away without its turn; whoever it stood before is next.
            queue.wake_best(self.since);
        }
    }
}

/// A seat that is taken.
#[derive(Debug)]
pub(crate) struct Permit<'a> {
    lane: &'a Lane,
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let queue = &mut *self.lane.budget.queue();
        if let Some(free) = queue.free.get_mut(self.lane.index) {
            *free += 1;
        }
        // Who is best is asked again by whoever is woken, with the right time.
        let latest = queue.waiting.iter().map(|one| one.since).max().unwrap_or_default();
        queue.wake_best(latest);
    }
}

#[cfg(test)]
mod tests;
