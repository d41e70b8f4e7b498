//! The other sides, made up: stand-ins for Sitoo and OrderWise as HTTP services.
//!
//! Both keep their data in memory and behave as the fact sheets say, quirks included. Each has
//! faults on demand ([`faults`]), by hand or by a seeded schedule. The routers are called in the
//! same process (tests, simulation) or served on a socket ([`serve`]).
//!
//! Nothing here is shared with the connectors: a wrong field name has to show, not cancel out.
//! Time is injected ([`Now`]), so that a test decides when a token expires or an outage ends.

pub mod control;
pub mod day;
pub mod faults;
pub mod orderwise;
pub mod retailer;
pub mod serve;
pub mod settlement;
pub mod sitoo;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;

use faults::{Faults, Style};
use orderwise::OrderWise;
use sitoo::Sitoo;

/// The injected clock: unix microseconds.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Both stand-ins with their faults, ready to be served or called in process.
pub struct Sandbox {
    /// Sitoo's data.
    pub sitoo: Arc<Sitoo>,
    /// OrderWise's live company, under `/OWAPI`.
    pub orderwise: Arc<OrderWise>,
    /// OrderWise's sandbox company with data of its own, under `/OWAPISB`.
    pub orderwise_sandbox: Arc<OrderWise>,
    /// Faults of Sitoo.
    pub sitoo_faults: Arc<Faults>,
    /// Faults of OrderWise.
    pub orderwise_faults: Arc<Faults>,
}

impl Sandbox {
    /// Empty stand-ins. The same seed and the same requests give the same faults.
    pub fn new(now: Now, seed: u64) -> Self {
        Self {
            sitoo: Arc::new(Sitoo::new(Arc::clone(&now))),
            orderwise: Arc::new(OrderWise::new(Arc::clone(&now), seed)),
            // Another seed, so that a token of one company is none of the other.
            orderwise_sandbox: Arc::new(OrderWise::new(Arc::clone(&now), seed.wrapping_add(2))),
            sitoo_faults: Arc::new(Faults::new(Arc::clone(&now), seed, Style::Sitoo)),
            orderwise_faults: Arc::new(Faults::new(now, seed.wrapping_add(1), Style::OrderWise)),
        }
    }

    /// Sitoo's API, with its faults.
    pub fn sitoo_router(&self) -> Router {
        faults::wrap(sitoo::router(Arc::clone(&self.sitoo)), Arc::clone(&self.sitoo_faults))
    }

    /// OrderWise's API under `/OWAPI` and `/OWAPISB`, with its faults.
    pub fn orderwise_router(&self) -> Router {
        let companies = vec![
            ("OWAPI".to_owned(), Arc::clone(&self.orderwise)),
            ("OWAPISB".to_owned(), Arc::clone(&self.orderwise_sandbox)),
        ];
        faults::wrap(orderwise::router(companies), Arc::clone(&self.orderwise_faults))
    }

    /// The control interface of both, under `/control`. Never subject to faults.
    pub fn control_router(&self) -> Router {
        control::router(self).merge(sitoo::control_router(Arc::clone(&self.sitoo)))
    }
}

/// Locks without a panic: the data stays usable after a test thread died holding the lock.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
