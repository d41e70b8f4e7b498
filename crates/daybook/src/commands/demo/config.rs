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

/// The text of the file: with the book's file, and the folder of what providers and the bank write.
pub(super) fn text(
    at: &Addresses,
    (book, inbox): (&str, &str),
    retailer: &Retailer,
) -> Result<String, Failure> {
    Ok(format!(
        r#"# For `daybook demo`: made-up systems, made-up passwords.
# Shorter spans than a real shop would choose, so that you need not wait.

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
open-ask-every = "10s"
first-order-id = 1

[posting]
poll-every = "250ms"
settling-time = "2s"
confirm-after = "1s"
breaker-failures = 3
backoff = {{ first = "500ms", longest = "10s", jitter-percent = 20 }}
breaker-backoff = {{ first = "250ms", longest = "2s", jitter-percent = 20 }}

[reference]
refresh-every = "10s"
# The shops' clock stands at yesterday.
overlap = "48h"

[stock]
poll-every = "1s"
overlap = "48h"
settling-time = "2s"
tie-after = "2s"
clock-margin = "1s"

[despatch]
poll-every = "1s"
overlap = "48h"
deliveries-after = "1s"
unmarked-after = "5s"
settling-time = "2s"
follow-every = "5s"
close-after = "5s"

[catalogue]
poll-every = "5s"

[reconcile]
# The demo closes its day itself, when the shops have closed.
enabled = false
day-begins = "00:00"
settling-time = "0s"
window = "24h"

[web]
training = true
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
        mapping = settlement(inbox) + &mapping(retailer)?,
    ))
}

/// Who settles the cards, and where that is read.
fn settlement(inbox: &str) -> String {
    let path = |name: &str| serde_json::Value::from(format!("{inbox}/{name}"));
    format!(
        r#"
[settlement]
# The demo imports what it has made up itself, when the day is closed.
enabled = false
statements = {statements}
[settlement.providers.adyen]
format = "adyen"
tenders = ["CARD"]
inbox = {adyen}
"#,
        statements = path("statements"),
        adyen = path("adyen"),
    )
}
