//! The configuration of the demo: everything that Daybook is told stands in this one file, and a
//! second terminal uses the same.

use std::net::SocketAddr;

use daybook_sandbox::{retailer::Retailer, sitoo};

use crate::{
    commands::sandbox::{
        config::{exports, mapping},
        events::{PASSWORD, USER},
    },
    failure::Failure,
};

/// Where everything listens.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub(super) struct Addresses {
    /// Sitoo's stand-in.
    pub(super) sitoo: SocketAddr,
    /// OrderWise's stand-in.
    pub(super) orderwise: SocketAddr,
    /// The control interface of both.
    pub(super) control: SocketAddr,
    /// Daybook itself: events, health, metrics.
    pub(super) daybook: SocketAddr,
}

/// The text of the file. `book` is the book's file.
pub(super) fn text(at: &Addresses, book: &str, retailer: &Retailer) -> Result<String, Failure> {
    Ok(format!(
        r#"# For `daybook demo`: made-up systems, made-up passwords.
# Spans that are compared with a moment (settling, back-off, leases) run on the shop's clock, which
# is fast while the day is replayed. Pauses between polls and time-outs are those of this machine.

[book]
url = {book}

[sitoo]
base-url = "http://{at_sitoo}/v2/accounts/{account}"
api-id = "{api_id}"
password = "{sitoo_password}"
timeout = "15s"

[orderwise]
base-url = "http://{at_orderwise}/OWAPI"
user = "daybook"
password = "sandbox"
timeout = "2s"
per-second = 0

{exports}
[receive]
poll-every = "1s"
first-order-id = 1

[posting]
poll-every = "250ms"
settling-time = "20s"
confirm-after = "5s"
lease = "6h"
waiting-limit = "7d"
recheck-every = "30m"
breaker-failures = 3
backoff = {{ first = "5s", longest = "2m", jitter-percent = 20 }}
breaker-backoff = {{ first = "1s", longest = "5s", jitter-percent = 20 }}

[reference]
refresh-every = "1m"
overlap = "10s"

[web]
listen = "{daybook}"
events-user = "{USER}"
events-password = "{PASSWORD}"
{mapping}"#,
        book = serde_json::Value::from(format!("sqlite:{book}")),
        at_sitoo = at.sitoo,
        account = sitoo::ACCOUNT,
        api_id = sitoo::API_ID,
        sitoo_password = sitoo::PASSWORD,
        at_orderwise = at.orderwise,
        exports = exports(),
        daybook = at.daybook,
        mapping = mapping(retailer)?,
    ))
}
