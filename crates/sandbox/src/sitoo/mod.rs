//! Sitoo's stand-in: one account's stores, products and orders in memory, behind the REST API
//! that facts/sitoo describes, quirks included.
//!
//! Tills are driven from inside the process ([`till`]) or through the control interface
//! ([`control_router`]). What the facts leave open has a default and, where it matters, a switch
//! ([`Switches`]). Made for volume: a million orders are held as compact structures and written
//! as JSON when they are asked for.

mod api;
mod catalogue;
mod control;
mod deliveries;
pub mod events;
mod inspect;
mod load;
pub mod masters;
mod model;
mod money;
mod state;
pub mod stock;
mod switches;
mod taken;
pub mod till;
mod zreport;

use std::sync::{Arc, Mutex};

use axum::Router;

pub use control::router as control_router;
pub use inspect::{OrderView, RowView, TillTotals};
pub use model::{OrderState, OrderType, PaymentState};
pub use money::{net_of, share};
pub use switches::{RateLimit, Switches};
pub use taken::Taken;
pub use zreport::Closing;

use crate::Now;
use state::State;

/// The account that the addresses carry, unless changed ([`Sitoo::set_account`]).
pub const ACCOUNT: i64 = 90_001;
/// API ID of the first credentials, `{accountid}-{n}` (facts/sitoo 1.2).
pub const API_ID: &str = "90001-1";
/// Password of the first credentials.
pub const PASSWORD: &str = "sandbox";
/// The only site; `{siteid}` is its integer `eshopid` (facts/sitoo 1.1).
pub const SITE: i64 = 1;
/// The site's deprecated GUID: as `{siteid}` it gives an empty result (facts/sitoo 1.1).
pub const SITE_GUID: &str = "{8B6D5B7A-2E04-4C39-9B16-5D7F0A3C1E42}";

/// One account's data; share it in an `Arc`.
pub struct Sitoo {
    now: Now,
    state: Mutex<State>,
}

impl Sitoo {
    /// An empty account in pounds with one site, product groups for 20, 5 and 0 %, and the
    /// credentials [`API_ID`] / [`PASSWORD`].
    pub fn new(now: Now) -> Self {
        Self { now, state: Mutex::new(State::new()) }
    }

    /// Unix microseconds.
    pub(crate) fn now(&self) -> i64 {
        (self.now)()
    }
}

/// The API under `/v2/accounts/{accountid}`.
pub fn router(sitoo: Arc<Sitoo>) -> Router {
    api::router(sitoo)
}
