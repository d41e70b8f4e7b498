//! Back-off, as arithmetic.

use std::time::Duration;

/// How long to wait between tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// Never longer than this.
    pub longest: Duration,
    /// Share of the delay that is random, in per cent (jitter).
    pub jitter_percent: u32,
}

/// The longest time that a peer can ask for: a slip of its clock must not stop us for days.
pub const LONGEST_ASKED: Duration = Duration::from_hours(1);

impl Backoff {
    /// The delay after `failures` failures (from 1): doubled with each, with jitter either way.
    /// `dice` is a random number of the caller's; a time that the peer asked for is a lower bound.
    pub fn delay(&self, failures: u32, dice: u32, asked: Option<Duration>) -> Duration {
        let jitter = self.jitter_percent.min(100);
        // The middle stays low enough for jitter to work at the longest delay too: otherwise all
        // that wait the longest would come back at the same moment.
        let highest_middle = self.longest.saturating_mul(100) / (100 + jitter);
        let doublings = failures.saturating_sub(1).min(31);
        let middle = self.first.saturating_mul(1 << doublings).min(highest_middle);
        let spread = middle.saturating_mul(jitter) / 100;
        let lowest = middle.saturating_sub(spread);
        let delay = lowest.saturating_add(share(spread.saturating_mul(2), dice));
        delay.min(self.longest).max(asked.unwrap_or_default().min(LONGEST_ASKED))
    }
}

/// The part of `span` that `dice` points at.
fn share(span: Duration, dice: u32) -> Duration {
    let nanos = span.as_nanos() * u128::from(dice) / u128::from(u32::MAX);
    u64::try_from(nanos).map_or(span, Duration::from_nanos)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::Backoff;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn backoff(jitter_percent: u32) -> Backoff {
        Backoff { first: seconds(10), longest: seconds(600), jitter_percent }
    }

    #[test]
    fn doubles_up_to_the_longest() {
        let delays: Vec<_> =
            (0..9).map(|failures| backoff(0).delay(failures, 7, None).as_secs()).collect();
        assert_eq!(delays, [10, 10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(backoff(0).delay(u32::MAX, 0, None), seconds(600));
    }

    #[test]
    fn dice_move_the_delay_both_ways() {
        let at = |dice| backoff(20).delay(2, dice, None).as_millis();
        assert_eq!((at(0), at(u32::MAX)), (16_000, 24_000));
        assert!((19_990..=20_010).contains(&at(u32::MAX / 2)));
        assert_eq!(backoff(20).delay(99, u32::MAX, None), seconds(600));
        assert_eq!(backoff(20).delay(99, 0, None), seconds(400));
    }

    #[test]
    fn what_the_peer_asked_for_is_a_lower_bound() {
        assert_eq!(backoff(0).delay(1, 0, Some(seconds(3))), seconds(10));
        assert_eq!(backoff(0).delay(1, 0, Some(seconds(900))), seconds(900));
    }

    proptest! {
        #[test]
        fn stays_within_bounds_and_never_panics(
            first in any::<Duration>(), longest in any::<Duration>(), jitter_percent in any::<u32>(),
            failures in any::<u32>(), dice in any::<u32>(),
        ) {
            let backoff = Backoff { first, longest, jitter_percent };
            prop_assert!(backoff.delay(failures, dice, None) <= longest);
        }
    }
}
