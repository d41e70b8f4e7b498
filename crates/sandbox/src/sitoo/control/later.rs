//! Orders with rows to come. Sales take `"taken": [{"row", "quantity"?}]` with stage `open-paid`.
//!
//! | call | does |
//! |---|---|
//! | `POST orders/{id}/ready` | staff say that it can be collected (900) |
//! | `POST orders/{id}/rejected` | staff say that it cannot (910) |
//! | `POST orders/{id}/collect` | `{"register"}`: the customer collects what is left there |
//! | `POST orders/{id}/deliver` | `{"warehouse", "rows": [{"row", "quantity"?}], "reference"?}` |
//! | `GET orders/{id}/deliveries` | its deliveries in short |
//! | `POST orders/{id}/deliveries/{delivery}/cancel` | takes a delivery back |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::Sitoo,
    Answer, Refused, Shared, found,
    words::{SomeOfRow, Words},
};

pub(super) fn routes() -> Router<Arc<Sitoo>> {
    Router::new()
        .route("/orders/{id}/ready", post(ready))
        .route("/orders/{id}/rejected", post(rejected))
        .route("/orders/{id}/collect", post(collect))
        .route("/orders/{id}/deliver", post(deliver))
        .route("/orders/{id}/deliveries", get(deliveries))
        .route("/orders/{id}/deliveries/{delivery}/cancel", post(cancel))
}

async fn ready(State(sitoo): Shared, Path(id): Path<i64>) -> Result<StatusCode, Refused> {
    sitoo.ready_for_pickup(id)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn rejected(State(sitoo): Shared, Path(id): Path<i64>) -> Result<StatusCode, Refused> {
    sitoo.reject_pickup(id)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collection {
    register: String,
}

async fn collect(
    State(sitoo): Shared,
    Path(id): Path<i64>,
    Json(collection): Json<Collection>,
) -> Answer {
    let register = Words(&sitoo).register(&collection.register)?;
    Ok(Json(json!({ "orderdeliveryid": sitoo.collect(id, &register)? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandingOver {
    warehouse: i64,
    rows: Vec<SomeOfRow>,
    #[serde(default)]
    reference: String,
}

async fn deliver(
    State(sitoo): Shared,
    Path(id): Path<i64>,
    Json(over): Json<HandingOver>,
) -> Answer {
    let rows: Vec<_> = over.rows.iter().map(SomeOfRow::pair).collect();
    let delivery = sitoo.hand_over(id, over.warehouse, &rows, &over.reference)?;
    Ok(Json(json!({ "orderdeliveryid": delivery })))
}

async fn deliveries(State(sitoo): Shared, Path(id): Path<i64>) -> Json<Value> {
    let views = sitoo.deliveries(id).into_iter().map(|view| {
        let items = view.items.iter();
        let items = items.map(|(row, quantity)| json!({ "row": row, "quantity": quantity }));
        json!({
            "orderdeliveryid": view.id,
            "warehouseid": view.warehouse,
            "reference": view.reference,
            "datedelivery": view.at,
            "datecancelled": view.cancelled,
            "by_till": view.by_till,
            "rows": items.collect::<Vec<_>>(),
        })
    });
    Json(views.collect())
}

async fn cancel(State(sitoo): Shared, Path((id, delivery)): Path<(i64, i64)>) -> StatusCode {
    found(sitoo.cancel_delivery(id, delivery))
}
