//! Stock of a company by hand. Quantities are decimals in strings.

use std::collections::BTreeMap;

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{post, put},
};
use http::StatusCode;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use super::{Company, refused};
use crate::{
    control::{done, done_if},
    orderwise::OrderWise,
};

type Shared = std::sync::Arc<OrderWise>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/variants/{sku}/stock/{location}", put(set).get(look))
        .route("/variants/{sku}/stock/{location}/movements", post(movement))
        .route("/variants/{sku}/components", put(set_components))
        .route("/calculations", post(calculate))
        .route("/orders", post(other_order))
}

/// A decimal in a string.
pub(super) fn decimal(text: &str) -> Result<Decimal, Box<Response>> {
    Decimal::from_str_exact(text).map_err(|error| Box::new(refused(&error.to_string())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stock {
    free: Option<String>,
    buffer: Option<String>,
}

async fn set(
    State(company): Company,
    Path((sku, location)): Path<(String, i64)>,
    Json(given): Json<Stock>,
) -> Response {
    let mut is_done = false;
    for (text, is_buffer) in [(&given.free, false), (&given.buffer, true)] {
        let Some(text) = text else { continue };
        let value = match decimal(text) {
            Ok(value) => value,
            Err(refusal) => return *refusal,
        };
        is_done = if is_buffer {
            company.set_buffer(&sku, location, Some(value))
        } else {
            company.set_stock(&sku, location, value)
        };
    }
    done_if(is_done)
}

async fn look(State(company): Company, Path((sku, location)): Path<(String, i64)>) -> Response {
    let Some((level, calculated)) = company.stock_level(&sku, location) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    Json(json!({
        "free": level.free.to_string(),
        "figure": level.figure.to_string(),
        "buffer": level.buffer.map(|buffer| buffer.to_string()),
        "calculatedAt": calculated.at,
    }))
    .into_response()
}

#[derive(Deserialize)]
struct Movement {
    quantity: String,
}

async fn movement(
    State(company): Company,
    Path((sku, location)): Path<(String, i64)>,
    Json(given): Json<Movement>,
) -> Response {
    match decimal(&given.quantity) {
        Ok(by) => done_if(company.move_stock(&sku, location, by)),
        Err(refusal) => *refusal,
    }
}

async fn set_components(
    State(company): Company,
    Path(kit): Path<String>,
    Json(given): Json<BTreeMap<String, String>>,
) -> Response {
    let mut components = Vec::with_capacity(given.len());
    for (sku, each) in &given {
        match decimal(each) {
            Ok(each) => components.push((sku.as_str(), each)),
            Err(refusal) => return *refusal,
        }
    }
    done_if(company.set_components(&kit, &components))
}

async fn calculate(State(company): Company) -> Response {
    company.calculate_stock();
    done()
}

#[derive(Deserialize)]
struct OtherOrder {
    number: String,
    lines: Vec<OtherLine>,
}

#[derive(Deserialize)]
struct OtherLine {
    sku: String,
    location: i64,
    quantity: String,
}

async fn other_order(State(company): Company, Json(given): Json<OtherOrder>) -> Response {
    let mut lines = Vec::with_capacity(given.lines.len());
    for line in &given.lines {
        match decimal(&line.quantity) {
            Ok(quantity) => lines.push((line.sku.as_str(), line.location, quantity)),
            Err(refusal) => return *refusal,
        }
    }
    match company.other_order(&given.number, &lines) {
        Some(order_id) => Json(json!({ "orderId": order_id })).into_response(),
        None => refused("a variant is not known"),
    }
}
