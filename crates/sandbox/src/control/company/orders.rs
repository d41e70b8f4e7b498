//! What happens to a company's orders, by hand. Quantities are decimals in strings.

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{post, put},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Company, refused, stock::decimal};
use crate::{
    control::{done, done_if},
    orderwise::{Delivery, NotDespatched, OrderWise, Parcel},
};

type Shared = std::sync::Arc<OrderWise>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/documents/{id}/status", put(set_status))
        .route("/documents/{id}/hold", put(hold))
        .route("/documents/{id}/cancellation", post(cancel))
        .route("/documents/{id}/deliveries", post(despatch).get(deliveries))
        .route("/deliveries/{id}", put(correct).delete(take_back))
        .route("/delivery-methods/{id}/handed-over", put(hand_over))
}

#[derive(Deserialize)]
struct Status {
    status: String,
}

async fn set_status(
    State(company): Company,
    Path(id): Path<i64>,
    Json(given): Json<Status>,
) -> Response {
    done_if(company.set_status(id, &given.status))
}

#[derive(Deserialize)]
struct Hold {
    on_hold: bool,
}

async fn hold(State(company): Company, Path(id): Path<i64>, Json(given): Json<Hold>) -> Response {
    answer(company.hold_order(id, given.on_hold))
}

async fn cancel(State(company): Company, Path(id): Path<i64>) -> Response {
    answer(company.cancel_order(id))
}

fn answer(result: Result<(), NotDespatched>) -> Response {
    result.map_or_else(not_done, |()| done())
}

fn not_done(why: NotDespatched) -> Response {
    match why {
        NotDespatched::NoSuchOrder | NotDespatched::NoSuchDelivery => {
            (StatusCode::NOT_FOUND, why.to_string()).into_response()
        }
        _ => refused(&why.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct Sent {
    lines: Vec<SentLine>,
    courier: Option<String>,
    consignment: Option<String>,
    tracking_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SentLine {
    line: usize,
    quantity: String,
}

impl Sent {
    fn parcel(self) -> Result<Parcel, Box<Response>> {
        let mut lines = Vec::with_capacity(self.lines.len());
        for line in &self.lines {
            lines.push((line.line, decimal(&line.quantity)?));
        }
        let Self { courier, consignment, tracking_url, .. } = self;
        Ok(Parcel { lines, courier, consignment, tracking_url })
    }
}

async fn despatch(
    State(company): Company,
    Path(id): Path<i64>,
    Json(sent): Json<Sent>,
) -> Response {
    let parcel = match sent.parcel() {
        Ok(parcel) => parcel,
        Err(refusal) => return *refusal,
    };
    match company.despatch(id, parcel) {
        Ok(delivery_id) => Json(json!({ "deliveryId": delivery_id })).into_response(),
        Err(why) => not_done(why),
    }
}

async fn deliveries(State(company): Company, Path(id): Path<i64>) -> Response {
    let all: Vec<Value> = company.deliveries(id).iter().map(as_json).collect();
    Json(all).into_response()
}

fn as_json(delivery: &Delivery) -> Value {
    let parcel = &delivery.parcel;
    let lines = parcel.lines.iter();
    let lines = lines.map(|(line, sent)| json!({ "line": line, "quantity": sent.to_string() }));
    json!({
        "deliveryId": delivery.id,
        "at": delivery.at,
        "lines": lines.collect::<Vec<_>>(),
        "courier": parcel.courier,
        "consignment": parcel.consignment,
        "tracking_url": parcel.tracking_url,
    })
}

async fn correct(State(company): Company, Path(id): Path<i64>, Json(sent): Json<Sent>) -> Response {
    match sent.parcel() {
        Ok(parcel) => answer(company.correct_delivery(id, parcel)),
        Err(refusal) => *refusal,
    }
}

async fn take_back(State(company): Company, Path(id): Path<i64>) -> Response {
    answer(company.cancel_delivery(id))
}

#[derive(Deserialize)]
struct HandedOver {
    handed_over: bool,
}

async fn hand_over(
    State(company): Company,
    Path(id): Path<i64>,
    Json(given): Json<HandedOver>,
) -> Response {
    company.set_handed_over(id, given.handed_over);
    done()
}
