//! A clock that stands until it is told to move.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use daybook_connectors::Clock;
use daybook_domain::Timestamp;

/// Stands at a moment. Sleeping moves it: in a simulation a pause costs nothing.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(start.micros())))
    }

    /// Moves on by `span`.
    pub fn advance(&self, span: Duration) {
        let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// Moves on to `moment`, never back.
    pub fn advance_to(&self, moment: Timestamp) {
        self.0.fetch_max(moment.micros(), Ordering::SeqCst);
    }

    /// For the sandbox, which shares no type with us.
    pub fn micros(&self) -> Arc<dyn Fn() -> i64 + Send + Sync> {
        let at = Arc::clone(&self.0);
        Arc::new(move || at.load(Ordering::SeqCst))
    }
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    async fn sleep(&self, span: Duration) {
        self.advance(span);
        tokio::task::yield_now().await;
    }
}
