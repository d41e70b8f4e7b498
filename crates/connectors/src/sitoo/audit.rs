//! What only an audit reads: reason codes and orders that are still open (facts/sitoo 2.1, 4.5).

use daybook_domain::{Money, Timestamp, audit::OpenOrder, class::Failure, exchange::Called};
use serde::Deserialize;

use crate::{
    call::{Answer, Keep, read_json},
    number::Num,
    read_only::ReadOnly,
    text::Text,
};

use super::{
    Sitoo,
    client::one,
    translate::{need, within},
    wire::{List, read},
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireReason<'a> {
    #[serde(borrow)]
    reasoncode: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireOpen {
    orderid: Num<i64>,
    orderdate: Num<i64>,
    moneytotal_gross_all: Num<Money>,
}

impl Sitoo {
    /// The same client on a line that only reads: a write fails before it is sent. It shares the
    /// budget of calls.
    #[must_use]
    pub fn reading_only(&self) -> Self {
        let mut other = self.clone();
        let line = std::sync::Arc::clone(&other.caller.transport);
        other.caller.transport = std::sync::Arc::new(ReadOnly::new(line));
        other
    }

    /// The codes of the account's list of reasons.
    pub async fn reason_codes(&self) -> Called<Vec<String>> {
        self.list("reason-codes", "reasoncodes.json", |json| {
            Ok(read::<WireReason<'_>>(json)?.reasoncode.owned())
        })
        .await
    }

    /// A page of the orders that are open, in ascending order of their ids.
    pub async fn open_orders(&self, start: usize, num: usize) -> Called<Vec<OpenOrder>> {
        let path = format!(
            "orders.json?orderstate=0&sort=orderid&start={start}&num={num}\
             &fields=orderid,orderdate,moneytotal_gross_all"
        );
        let read = |answer: &Answer<'_>| {
            let list: List<'_> = read_json(answer)?;
            let elements = list.items.iter().enumerate();
            elements
                .map(|(place, raw)| open_order(raw.get()).map_err(within("items", place)))
                .collect::<Result<Vec<_>, Failure>>()
        };
        one(self.get("open-orders", &path, Keep::Failures, read).await)
    }
}

fn open_order(json: &str) -> Result<OpenOrder, Failure> {
    let wire: WireOpen = read(json)?;
    let seconds = need(wire.orderdate.0, "orderdate")?;
    Ok(OpenOrder {
        id: need(wire.orderid.0, "orderid")?,
        made_at: Timestamp::from_micros(seconds.saturating_mul(1_000_000)),
        gross: wire.moneytotal_gross_all.0.unwrap_or(Money::ZERO),
    })
}
