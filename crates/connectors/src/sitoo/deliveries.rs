//! Deliveries of an order, its log and its state (facts/sitoo 2.1, 2.3, 2.7).

use daybook_domain::{
    Reference, Timestamp,
    class::Failure,
    exchange::Called,
    supply::{DeliveredItem, OrderDelivery},
    till::OrderState,
};
use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::{call::Answer, number::Num, text::Text};

use super::{
    Sitoo,
    client::one,
    translate::{drift, need, within},
    wire::read,
};

/// Numbers of the order log that staff leave (facts/sitoo 2.3).
pub mod log_type {
    /// Goods can be collected.
    pub const READY_FOR_PICKUP: i64 = 900;
    /// They cannot.
    pub const PICKUP_REJECTED: i64 = 910;
}

/// A delivery to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// `warehouseid`.
    pub warehouse_id: i64,
    /// `orderdeliveryref`: waybill or tracking number.
    pub reference: String,
    /// Rows and pieces.
    pub items: Vec<DeliveredItem>,
    /// `?ignorestock=true`: no stock moves in Sitoo.
    pub ignore_stock: bool,
}

/// An item of the order log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogItem {
    /// `datelog`.
    pub at: Option<Timestamp>,
    /// `orderlogtypeid`, see [`log_type`].
    pub kind: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireDelivery<'a> {
    orderdeliveryid: Num<i64>,
    warehouseid: Num<i64>,
    #[serde(borrow)]
    orderdeliveryref: Text<'a>,
    datedelivery: Num<i64>,
    datecancelled: Num<i64>,
    orderdeliveryitems: Option<Vec<WireItem>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireItem {
    orderitemid: Num<i64>,
    quantity: Num<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireLogItem {
    datelog: Num<i64>,
    orderlogtypeid: Num<i64>,
}

impl Sitoo {
    /// All deliveries of an order, cancelled ones too.
    pub async fn order_deliveries(&self, order: Reference) -> Called<Vec<OrderDelivery>> {
        let path = format!("{}/orderdeliveries.json", path_of(order));
        self.list("order-deliveries", &path, delivery).await
    }

    /// The log of an order.
    pub async fn order_log(&self, order: Reference) -> Called<Vec<LogItem>> {
        self.list("order-log", &format!("{}/orderlogitems.json", path_of(order)), log_item).await
    }

    /// Adds a delivery; answers its id. Its date is the moment of the call: Sitoo names no field
    /// that sets another one.
    pub async fn add_delivery(&self, order: Reference, new: &NewDelivery) -> Called<i64> {
        let query = if new.ignore_stock { "?ignorestock=true" } else { "" };
        let items = new.items.iter();
        let items = items.map(|item| json!({"orderitemid": item.row, "quantity": item.pieces}));
        let body = json!({
            "warehouseid": new.warehouse_id,
            "orderdeliveryref": new.reference,
            "orderdeliveryitems": items.collect::<Vec<_>>(),
        });
        let path = format!("{}/orderdeliveries.json{query}", path_of(order));
        one(self.send("add-delivery", Method::POST, &path, body.to_string(), read_id).await)
    }

    /// Sets the state of an order: closed or cancelled. Doing it twice changes nothing.
    pub async fn set_order_state(&self, order: Reference, state: OrderState) -> Called<()> {
        let number = match state {
            OrderState::Open => 0,
            OrderState::Closed => 10,
            OrderState::Cancelled => 20,
            OrderState::Abandoned => -1,
            OrderState::Unknown(number) => number,
        };
        let body = json!({ "orderstateid": number }).to_string();
        let path = format!("{}.json", path_of(order));
        one(self.send("order-state", Method::PUT, &path, body, |_| Ok(())).await)
    }
}

fn path_of(order: Reference) -> String {
    format!("sites/{}/orders/{}", order.site_id, order.order_id)
}

/// The bare id; a list of one is documented for some resources (facts/sitoo 10, question 21).
fn read_id(answer: &Answer<'_>) -> Result<i64, Failure> {
    #[derive(Deserialize)]
    struct Element {
        #[serde(rename = "return", default)]
        id: Num<i64>,
    }
    let unclear = |what: &str| Failure::InDoubt { what: format!("the answer {what}") };
    let text = answer.text.trim();
    let id = if text.starts_with('[') {
        let elements: Vec<Element> =
            serde_json::from_str(text).map_err(|error| unclear(&error.to_string()))?;
        elements.first().and_then(|element| element.id.0)
    } else {
        serde_json::from_str::<Num<i64>>(text).map_err(|error| unclear(&error.to_string()))?.0
    };
    id.filter(|id| *id > 0).ok_or_else(|| unclear("names no delivery"))
}

fn moment(seconds: Num<i64>) -> Option<Timestamp> {
    seconds.0.filter(|seconds| *seconds > 0).map(Timestamp::from_seconds)
}

fn delivery(json: &str) -> Result<OrderDelivery, Failure> {
    let wire: WireDelivery<'_> = read(json)?;
    let items = wire.orderdeliveryitems.as_ref();
    let items = items.ok_or_else(|| drift("orderdeliveryitems", "is missing"))?;
    let items = items.iter().enumerate().map(|(place, item)| {
        let whole = || {
            Ok(DeliveredItem {
                row: need(item.orderitemid.0, "orderitemid")?,
                pieces: need(item.quantity.0, "quantity")?,
            })
        };
        whole().map_err(within("orderdeliveryitems", place))
    });
    Ok(OrderDelivery {
        id: need(wire.orderdeliveryid.0, "orderdeliveryid")?,
        warehouse_id: need(wire.warehouseid.0, "warehouseid")?,
        reference: wire.orderdeliveryref.owned(),
        delivered_at: moment(wire.datedelivery),
        cancelled_at: moment(wire.datecancelled),
        items: items.collect::<Result<_, Failure>>()?,
    })
}

fn log_item(json: &str) -> Result<LogItem, Failure> {
    let wire: WireLogItem = read(json)?;
    Ok(LogItem { at: moment(wire.datelog), kind: need(wire.orderlogtypeid.0, "orderlogtypeid")? })
}
