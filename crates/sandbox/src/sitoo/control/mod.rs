//! Sitoo's part of the control interface: JSON under `/control/sitoo`, no authentication.
//!
//! | call | does |
//! |---|---|
//! | `POST sales` | places a sale, see `control/words.rs`; answers `{"orderid", "receiptid"}` |
//! | `POST returns` | places a return, likewise |
//! | `POST exchanges` | `{"refund": …, "sale": …}`; answers `{"refund", "sale"}` |
//! | `POST between-pages` | queues a sale that is made after the next page of orders |
//! | `POST orders/{id}/close` | closes an open order; `{"tender"?}` |
//! | `POST orders/{id}/cancel`, `…/abandon` | gives up an open order |
//! | `POST orders/{id}/reveal` | makes a held back order visible |
//! | `POST reveal` | makes all of them visible |
//! | `PUT orders/{id}/fields/{field}` | spoils a field: the body is its JSON from now on |
//! | `DELETE orders/{id}/fields` | takes that back |
//! | `GET orders?after=&num=` | orders in short, visible or not |
//! | `POST gaps` | `{"ids": n}`: uses up order ids for nothing |
//! | `POST events` | `{"event_type", "data"}`: queues an event of any type |
//! | `GET totals` | sums of the tills |
//! | `GET switches`, `PUT switches` | the switches; PUT changes only what is sent |
//! | `PUT products/{sku}` | `{"active"?, "activepos"?, "allowdecimals"?, "stockcountenable"?}` |
//! | `DELETE products/{sku}` | deletes a product |
//! | `PUT settings` | `{"pricesstoredwithvat": bool}` |
//! | deliveries, pickups | see `control/later.rs` |
//! | tills, Z-reports | see `control/registers.rs` |
//! | stock, movements, warehouses | see `control/stock.rs` |

mod later;
mod registers;
mod stock;
mod words;

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use self::words::{ExchangeOrder, RefundOrder, SaleOrder, TenderOrder, Words};
use super::{OrderView, Sitoo, Switches, till::TillError};

type Shared = State<Arc<Sitoo>>;

/// The control interface of one account, under `/control/sitoo`.
pub fn router(sitoo: Arc<Sitoo>) -> Router {
    let routes = Router::new()
        .route("/sales", post(sell))
        .route("/returns", post(refund))
        .route("/exchanges", post(exchange))
        .route("/between-pages", post(between_pages))
        .route("/orders", get(orders))
        .route("/orders/{id}/{what}", post(change))
        .route("/orders/{id}/fields/{field}", put(spoil))
        .route("/orders/{id}/fields", axum::routing::delete(heal))
        .route("/reveal", post(reveal_all))
        .route("/gaps", post(gap))
        .route("/events", post(event))
        .route("/totals", get(totals))
        .route("/switches", get(switches).put(set_switches))
        .route("/products/{sku}", put(product).delete(delete_product))
        .route("/settings", put(settings))
        .merge(later::routes())
        .merge(registers::routes())
        .merge(stock::routes());
    Router::new().nest("/control/sitoo", routes.with_state(sitoo))
}

/// Why a control call was refused.
enum Refused {
    Till(TillError),
    Unknown(String),
}

impl From<TillError> for Refused {
    fn from(error: TillError) -> Self {
        Self::Till(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Till(error @ TillError::UnknownOrder(_)) => {
                (StatusCode::NOT_FOUND, error.to_string())
            }
            Self::Till(error) => (StatusCode::BAD_REQUEST, error.to_string()),
            Self::Unknown(text) => (StatusCode::BAD_REQUEST, text),
        };
        (status, Json(json!({ "error": text }))).into_response()
    }
}

type Answer = Result<Json<Value>, Refused>;

fn placed(sitoo: &Sitoo, orderid: i64) -> Json<Value> {
    let receipt = sitoo.order(orderid).and_then(|order| order.receipt_id);
    Json(json!({ "orderid": orderid, "receiptid": receipt }))
}

async fn sell(State(sitoo): Shared, Json(order): Json<SaleOrder>) -> Answer {
    let sale = order.build(&Words(&sitoo))?;
    let orderid = sitoo.sell(sale)?;
    Ok(placed(&sitoo, orderid))
}

async fn refund(State(sitoo): Shared, Json(order): Json<RefundOrder>) -> Answer {
    let refund = order.build(&Words(&sitoo))?;
    let orderid = sitoo.refund(refund)?;
    Ok(placed(&sitoo, orderid))
}

async fn exchange(State(sitoo): Shared, Json(order): Json<ExchangeOrder>) -> Answer {
    let placed = sitoo.exchange(order.build(&Words(&sitoo))?)?;
    Ok(Json(json!({ "refund": placed.refund, "sale": placed.sale })))
}

async fn between_pages(State(sitoo): Shared, Json(order): Json<SaleOrder>) -> Answer {
    sitoo.sell_between_pages(order.build(&Words(&sitoo))?);
    Ok(Json(json!({})))
}

#[derive(Deserialize, Default)]
struct Closing {
    tender: Option<TenderOrder>,
}

async fn change(
    State(sitoo): Shared,
    Path((id, what)): Path<(i64, String)>,
    body: Bytes,
) -> Result<StatusCode, Refused> {
    match what.as_str() {
        "close" => {
            let closing: Closing = serde_json::from_slice(&body).unwrap_or_default();
            sitoo.close(id, closing.tender.map(TenderOrder::build))?;
        }
        "cancel" => sitoo.cancel(id)?,
        "abandon" => sitoo.abandon(id)?,
        "reveal" if sitoo.reveal(id) => {}
        "reveal" => return Err(TillError::UnknownOrder(id).into()),
        _ => return Err(Refused::Unknown(format!("cannot {what} an order"))),
    }
    Ok(StatusCode::NO_CONTENT)
}

async fn spoil(
    State(sitoo): Shared,
    Path((id, field)): Path<(i64, String)>,
    json: String,
) -> StatusCode {
    found(sitoo.spoil(id, &field, &json))
}

async fn heal(State(sitoo): Shared, Path(id): Path<i64>) -> StatusCode {
    found(sitoo.heal(id))
}

async fn reveal_all(State(sitoo): Shared) -> Json<Value> {
    Json(json!({ "revealed": sitoo.reveal_all() }))
}

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    after: i64,
    #[serde(default = "a_hundred")]
    num: usize,
}

fn a_hundred() -> usize {
    100
}

async fn orders(State(sitoo): Shared, Query(listing): Query<Listing>) -> Json<Value> {
    let views = sitoo.orders_after(listing.after, listing.num);
    Json(views.iter().map(view_json).collect())
}

fn view_json(view: &OrderView) -> Value {
    json!({
        "orderid": view.orderid,
        "orderdate": view.orderdate,
        "orderstateid": view.state.id(),
        "paymentstateid": view.payment_state.0,
        "ordertypeid": view.order_type.0,
        "is_visible": view.is_visible,
        "gross_pence": view.gross_pence,
        "vat_pence": view.vat_pence,
        "original": view.original,
        "receiptid": view.receipt_id,
        "registerid": view.register_id,
        "warehouseid": view.warehouse_id,
        "rows": view.rows.len(),
    })
}

#[derive(Deserialize)]
struct Gap {
    ids: i64,
}

async fn gap(State(sitoo): Shared, Json(gap): Json<Gap>) -> StatusCode {
    sitoo.insert_gap(gap.ids);
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct AnyEvent {
    event_type: String,
    data: Value,
}

async fn event(State(sitoo): Shared, Json(event): Json<AnyEvent>) -> StatusCode {
    sitoo.push_event(&event.event_type, event.data);
    StatusCode::NO_CONTENT
}

async fn totals(State(sitoo): Shared) -> Response {
    Json(sitoo.till_totals()).into_response()
}

async fn switches(State(sitoo): Shared) -> Json<Switches> {
    Json(sitoo.switches())
}

async fn set_switches(
    State(sitoo): Shared,
    Json(sent): Json<Value>,
) -> Result<StatusCode, Refused> {
    let mut all = serde_json::to_value(sitoo.switches()).unwrap_or_default();
    if let (Value::Object(all), Value::Object(sent)) = (&mut all, sent) {
        all.extend(sent);
    }
    let all: Switches =
        serde_json::from_value(all).map_err(|error| Refused::Unknown(error.to_string()))?;
    sitoo.switch(|switches| *switches = all);
    Ok(StatusCode::NO_CONTENT)
}

/// `active` alone sets both flags.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProductChange {
    active: Option<bool>,
    activepos: Option<bool>,
    allowdecimals: Option<bool>,
    stockcountenable: Option<bool>,
}

async fn product(
    State(sitoo): Shared,
    Path(sku): Path<String>,
    Json(change): Json<ProductChange>,
) -> StatusCode {
    let product = sitoo.product(&sku);
    let known = product.is_some();
    if let Some(product) = product {
        sitoo.add_product(super::masters::Product {
            active: change.active.unwrap_or(product.active),
            active_pos: change.activepos.or(change.active).unwrap_or(product.active_pos),
            allow_decimals: change.allowdecimals.unwrap_or(product.allow_decimals),
            stock_count: change.stockcountenable.unwrap_or(product.stock_count),
            ..(*product).clone()
        });
    }
    found(known)
}

async fn delete_product(State(sitoo): Shared, Path(sku): Path<String>) -> StatusCode {
    found(sitoo.product(&sku).is_some_and(|product| sitoo.delete_product(product.id)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsChange {
    pricesstoredwithvat: bool,
}

async fn settings(State(sitoo): Shared, Json(change): Json<SettingsChange>) -> StatusCode {
    sitoo.set_settings(|settings| settings.prices_with_vat = change.pricesstoredwithvat);
    StatusCode::NO_CONTENT
}

fn found(was_found: bool) -> StatusCode {
    if was_found { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}
