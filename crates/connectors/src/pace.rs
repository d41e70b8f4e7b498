//! No faster than the peer bears: calls a second, and calls at a time.

use std::{
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use daybook_domain::Timestamp;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Clock, SettingsFault};

/// At high rates, how much idle time may be made up for, in microseconds: a tenth of a second's
/// worth of calls may follow one another at once, which hides the coarseness of timers.
const CATCH_UP: i64 = 100_000;

/// Calls a second, over all lanes of a system. Each call reserves its moment and then waits for
/// it, so calls keep their order and no waiting call has to try again.
///
/// We wrote these lines rather than take a rate limiter from the shelf because ours is a wall
/// clock: when it is set back by an hour, the calls must not stand still for an hour.
#[derive(Debug)]
pub(crate) struct Bucket {
    /// Microseconds between calls; 0 means no limit.
    interval: i64,
    /// No more than this lies between now and the last reserved moment, unless the clock was set
    /// back: every seat of every lane may wait for one call.
    longest_queue: i64,
    /// The earliest moment of the next call, in microseconds since the epoch.
    next: AtomicI64,
}

impl Bucket {
    /// A bucket for lanes with `seats` seats altogether.
    pub(crate) fn new(per_second: Option<u32>, seats: usize) -> Result<Self, SettingsFault> {
        let interval = match per_second.map(NonZeroU32::new) {
            None => 0,
            Some(Some(rate)) => 1_000_000_i64 / i64::from(rate.get()),
            Some(None) => {
                let what = "must be at least 1; leave it out for no limit";
                return Err(SettingsFault::new("per_second", what));
            }
        };
        let seats = i64::try_from(seats).unwrap_or(i64::MAX);
        let longest_queue = interval.saturating_mul(seats);
        Ok(Self { interval, longest_queue, next: AtomicI64::new(i64::MIN) })
    }

    /// Takes the next moment at which a call may leave.
    fn reserve(&self, now: Timestamp) -> Timestamp {
        let now = now.micros();
        let catch_up = if self.interval < CATCH_UP { CATCH_UP } else { 0 };
        let mine = |next: i64| {
            let set_back = next.saturating_sub(now) > self.longest_queue;
            if set_back { now } else { next.max(now - catch_up) }
        };
        let step = |next| Some(mine(next).saturating_add(self.interval));
        let (Ok(next) | Err(next)) =
            self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        Timestamp::from_micros(mine(next))
    }
}

/// Calls at a time.
#[derive(Debug)]
pub(crate) struct Lane {
    bucket: Arc<Bucket>,
    seats: Semaphore,
}

impl Lane {
    pub(crate) fn new(
        key: &'static str,
        in_flight: usize,
        bucket: &Arc<Bucket>,
    ) -> Result<Self, SettingsFault> {
        if !(1..=10_000).contains(&in_flight) {
            return Err(SettingsFault::new(key, "must be between 1 and 10000"));
        }
        Ok(Self { bucket: Arc::clone(bucket), seats: Semaphore::new(in_flight) })
    }

    /// Waits for a seat, then for the moment to leave. The seat is free again once the permit is
    /// dropped.
    pub(crate) async fn enter(&self, clock: &dyn Clock) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed, so there is always a permit.
        let permit = self.seats.acquire().await.ok();
        if self.bucket.interval > 0 {
            let now = clock.now();
            let wait = self.bucket.reserve(now).since(now);
            if !wait.is_zero() {
                clock.sleep(wait).await;
            }
        }
        permit
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use daybook_domain::Timestamp;

    use super::Bucket;

    fn waits(bucket: &Bucket, now: Timestamp, calls: usize) -> Vec<u128> {
        (0..calls).map(|_| bucket.reserve(now).since(now).as_millis()).collect()
    }

    #[test]
    fn calls_are_spaced_and_idle_time_is_not_saved_up() {
        let bucket = Bucket::new(Some(2), 4).unwrap();
        let start = Timestamp::from_seconds(1_000);
        assert_eq!(waits(&bucket, start, 4), [0, 500, 1_000, 1_500]);
        let later = start.plus(Duration::from_mins(1));
        assert_eq!(waits(&bucket, later, 2), [0, 500]);
    }

    #[test]
    fn high_rates_make_up_for_a_tenth_of_a_second() {
        let bucket = Bucket::new(Some(100), 64).unwrap();
        let waits = waits(&bucket, Timestamp::from_seconds(1_000), 13);
        assert_eq!(waits[..11], [0; 11]);
        assert_eq!(waits[11..], [10, 20]);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_stop_the_calls() {
        let bucket = Bucket::new(Some(1), 3).unwrap();
        let start = Timestamp::from_seconds(10_000);
        waits(&bucket, start, 3);
        assert_eq!(waits(&bucket, start.minus(Duration::from_hours(1)), 2), [0, 1_000]);
    }

    #[test]
    fn no_limit_and_no_sense() {
        assert_eq!(Bucket::new(None, 1).unwrap().interval, 0);
        assert!(Bucket::new(Some(0), 1).is_err());
    }
}
