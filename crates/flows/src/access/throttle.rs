//! Guessing is slowed down, never locked: who guesses wrong waits, a little longer each time. It is
//! counted by where guesses come from, and, with more patience, by whom they are against. A browser
//! that somebody has signed in with has a count of its own, so that strangers cannot slow down the
//! people who work here.

use std::time::Duration;

use daybook_domain::Timestamp;
use daybook_store::access::throttle::{self, Count};

use crate::{app::App, error::FlowError, retrying::retrying};

/// A count that did not move for this long is forgotten.
const FORGET: Duration = Duration::from_hours(24);

/// How patient we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Patience {
    /// Wrong guesses that cost nothing.
    free: i64,
    /// What the first of the others costs; each further one twice as much.
    first: Duration,
    /// No more than this.
    longest: Duration,
}

/// With a source of guesses, or one browser.
pub(super) const ONE: Patience =
    Patience { free: 5, first: Duration::from_secs(2), longest: Duration::from_mins(15) };
/// With guesses against one account from all over: they must not keep its owner out for long.
pub(super) const ALL: Patience =
    Patience { free: 20, first: Duration::from_secs(1), longest: Duration::from_secs(30) };

impl Patience {
    /// How long the next guess has to wait after so many wrong ones.
    fn wait(self, failures: i64) -> Duration {
        let beyond = failures.saturating_sub(self.free).clamp(0, 30);
        if beyond == 0 {
            return Duration::ZERO;
        }
        self.first.saturating_mul(1 << (beyond - 1)).min(self.longest)
    }
}

/// By what guesses are counted.
pub(super) type Scopes = Vec<(String, Patience)>;

/// Counts a guess as wrong before it is looked at, so that many at once are counted too. How long to
/// wait if there were too many: then it is not counted, and must not be looked at.
pub(super) async fn charge(app: &App, scopes: &Scopes) -> Result<Option<Duration>, FlowError> {
    let once = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        for (scope, patience) in scopes {
            let count = throttle::lock(&mut tx, now, scope, now.minus(FORGET)).await?;
            if count.wait_until > now {
                tx.rollback().await?;
                return Ok(Some(count.wait_until.since(now)));
            }
            let failures = count.failures + 1;
            let count = Count { failures, wait_until: now.plus(patience.wait(failures)) };
            throttle::put(&mut tx, now, scope, count).await?;
        }
        tx.commit().await?;
        Ok(None)
    };
    retrying(app, "guesses", once).await
}

/// Takes back what was counted: the guess was right.
pub(super) async fn refund(app: &App, scopes: &Scopes) -> Result<(), FlowError> {
    let once = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        for (scope, _) in scopes {
            let count = throttle::lock(&mut tx, now, scope, now.minus(FORGET)).await?;
            if count.failures <= 1 {
                throttle::forget(&mut tx, scope).await?;
            } else {
                let wait_until = Timestamp::from_micros(0);
                let count = Count { failures: count.failures - 1, wait_until };
                throttle::put(&mut tx, now, scope, count).await?;
            }
        }
        throttle::sweep(&mut tx, now.minus(FORGET)).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "guesses", once).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{ALL, ONE};

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(ONE.wait(5), Duration::ZERO);
        assert_eq!(ONE.wait(6), Duration::from_secs(2));
        assert_eq!(ONE.wait(9), Duration::from_secs(16));
        assert_eq!(ONE.wait(1_000_000), Duration::from_mins(15));
        assert_eq!(ALL.wait(20), Duration::ZERO);
        assert_eq!(ALL.wait(i64::MAX), Duration::from_secs(30));
    }
}
