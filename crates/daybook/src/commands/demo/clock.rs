//! The shop's clock: yesterday's trading hours at speed, then the time of this machine.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use daybook_connectors::{Clock as _, SystemClock};
use daybook_domain::Timestamp;

/// What the clock does.
#[derive(Debug, Clone, Copy)]
enum Pace {
    /// It stands: the shop is being set up.
    Stands(Timestamp),
    /// It runs so many times as fast, from a moment of the shop that was a moment here.
    Runs { from: Timestamp, since: Instant, times: u32 },
    /// It has caught up.
    Real,
}

/// Tells the time in the shop, to both stand-ins alike.
///
/// Daybook itself keeps the time of this machine, as it always does: its pauses, leases and
/// settling times mean what they say, and a second process on the same book agrees about "now". It
/// only sees tills that upload what they sold yesterday.
#[derive(Debug)]
pub(super) struct ShopClock(Mutex<Pace>);

impl ShopClock {
    /// Stands at a moment.
    pub(super) fn at(moment: Timestamp) -> Self {
        Self(Mutex::new(Pace::Stands(moment)))
    }

    /// Runs from a moment on, so many times as fast as time here.
    pub(super) fn run(&self, from: Timestamp, times: u32) {
        self.set(Pace::Runs { from, since: Instant::now(), times });
    }

    /// Tells the time of this machine from now on.
    pub(super) fn catch_up(&self) {
        self.set(Pace::Real);
    }

    /// The time in the shop.
    pub(super) fn now(&self) -> Timestamp {
        match *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Pace::Stands(moment) => moment,
            Pace::Runs { from, since, times } => from.plus(since.elapsed().saturating_mul(times)),
            Pace::Real => SystemClock.now(),
        }
    }

    fn set(&self, pace: Pace) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = pace;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use daybook_connectors::{Clock as _, SystemClock};
    use daybook_domain::Timestamp;

    use super::ShopClock;

    #[test]
    fn it_stands_runs_and_catches_up() {
        let morning = Timestamp::from_seconds(1_791_187_200);
        let clock = ShopClock::at(morning);
        assert_eq!(clock.now(), morning);
        clock.run(morning, 1_000);
        let began = SystemClock.now();
        while SystemClock.now().since(began) < Duration::from_millis(5) {
            std::hint::spin_loop();
        }
        assert!(clock.now().since(morning) >= Duration::from_secs(5));
        clock.catch_up();
        assert!(SystemClock.now().since(clock.now()) < Duration::from_mins(1));
    }
}
