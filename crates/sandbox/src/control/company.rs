//! One OrderWise company by hand.
//!
//! | call | does |
//! |---|---|
//! | `GET`, `PATCH …/switches` | all switches; changes those that are given |
//! | `DELETE …/tokens` | ends every token |
//! | `PUT …/sessions/{id}` | `{"policy"}`: `"return-first"`, `"create-second"` or `{"reject": text}` |
//! | `PUT …/policy` | the same for all sessions |
//! | `GET …/variants/{sku}` | what the company holds of it |
//! | `PUT …/variants/{sku}` | a change: `{"active"?, "saleable"?, "on_tills"?, "description"?, "product_code"?, "sku"?, "ean"?, "price_inc_vat"?, "price_exc_vat"?, "tax_rate_id"?}` |
//! | `POST …/variants/amendments` | `{"change": {…}, "skus"?: […], "every"?: n}`: the same change for many; every `n`th variant, or all |
//! | `DELETE …/variants/{sku}` | retires it: discontinued, without barcode |
//! | `PUT …/variants/{sku}/stock/{location}` | `{"free"?, "buffer"?}`, decimals in strings |
//! | `GET …/variants/{sku}/stock/{location}` | free stock, the figure shown, when it was calculated |
//! | `POST …/variants/{sku}/stock/{location}/movements` | `{"quantity"}`: goods in, or a correction |
//! | `PUT …/variants/{sku}/components` | `{sku: quantity, …}`: makes it a kit |
//! | `POST …/calculations` | calculates free stock now |
//! | `POST …/orders` | `{"number", "lines": [{"sku", "location", "quantity"}]}` of another channel |
//! | `PUT …/permissions/{area}` | `{"permitted"}` |
//! | `PUT …/aliases` | `{"purpose", "column", "alias"?}`; without alias the column is left out |
//! | `DELETE …/aliases` | columns as in the pack |
//! | `GET …/documents?reference=` or `?start=&limit=` | documents |
//! | `GET …/totals` | sums over orders and credits, in pence |
//! | `PUT …/documents/{orderId}/status` | `{"status"}`, any text |
//! | `PUT …/documents/{orderId}/hold` | `{"on_hold"}` |
//! | `POST …/documents/{orderId}/cancellation` | cancels it: what has not left is free again |
//! | `GET …/documents/{orderId}/deliveries` | what left of it |
//! | `POST …/documents/{orderId}/deliveries` | `{"lines"?: [{"line", "quantity"}], "courier"?, "consignment"?, "tracking_url"?}`; without lines all that is left |
//! | `PUT …/deliveries/{deliveryId}` | corrects it; as above |
//! | `DELETE …/deliveries/{deliveryId}` | takes it back |
//! | documents written, changed, doubled and deleted by hand | see `control/company/damage.rs` |
//! | `PUT …/delivery-methods/{id}/handed-over` | `{"handed_over"}`: what goes by it left with the shopper |

mod damage;
mod orders;
mod stock;
mod variants;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::{delete, get, put},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::done;
use crate::orderwise::{Area, Document, DuplicatePolicy, OrderWise, Purpose};

type Company = State<Arc<OrderWise>>;

pub(super) fn router(company: &Arc<OrderWise>) -> Router {
    Router::new()
        .route("/switches", get(switches).patch(change_switches))
        .route("/tokens", delete(expire_tokens))
        .route("/sessions/{id}", put(set_session))
        .route("/policy", put(set_policy))
        .route("/permissions/{area}", put(set_permission))
        .route("/aliases", put(set_alias).delete(reset_aliases))
        .route("/documents", get(documents))
        .route("/totals", get(totals))
        .merge(damage::router())
        .merge(orders::router())
        .merge(stock::router())
        .merge(variants::router())
        .with_state(Arc::clone(company))
}

async fn switches(State(company): Company) -> Response {
    Json(company.switches()).into_response()
}

async fn change_switches(State(company): Company, Json(given): Json<Value>) -> Response {
    let Value::Object(given) = given else { return refused("an object of switches is needed") };
    let Ok(Value::Object(mut all)) = serde_json::to_value(company.switches()) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    all.extend(given);
    match serde_json::from_value(Value::Object(all)) {
        Ok(changed) => {
            company.switch(|switches| *switches = changed);
            done()
        }
        Err(error) => refused(&error.to_string()),
    }
}

fn refused(text: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, text.to_owned()).into_response()
}

async fn expire_tokens(State(company): Company) -> Response {
    company.expire_tokens();
    done()
}

#[derive(Deserialize)]
struct Policy {
    policy: DuplicatePolicy,
}

async fn set_session(
    State(company): Company,
    Path(id): Path<i64>,
    Json(given): Json<Policy>,
) -> Response {
    company.add_session(id, given.policy);
    done()
}

async fn set_policy(State(company): Company, Json(given): Json<Policy>) -> Response {
    company.set_policy_everywhere(&given.policy);
    done()
}

#[derive(Deserialize)]
struct Permission {
    permitted: bool,
}

async fn set_permission(
    State(company): Company,
    Path(area): Path<Area>,
    Json(given): Json<Permission>,
) -> Response {
    company.permit(area, given.permitted);
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PastedColumn {
    purpose: Purpose,
    column: String,
    alias: Option<String>,
}

async fn set_alias(State(company): Company, Json(given): Json<PastedColumn>) -> Response {
    company.set_alias(given.purpose, &given.column, given.alias.as_deref());
    done()
}

async fn reset_aliases(State(company): Company) -> Response {
    company.reset_aliases();
    done()
}

#[derive(Deserialize)]
#[serde(default)]
struct Wanted {
    reference: Option<String>,
    start: usize,
    limit: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { reference: None, start: 0, limit: 100 }
    }
}

async fn documents(State(company): Company, Query(wanted): Query<Wanted>) -> Response {
    let found = match &wanted.reference {
        Some(reference) => company.documents_by_reference(reference),
        None => company.documents_page(wanted.start, wanted.limit),
    };
    let items: Vec<Value> = found.iter().map(as_json).collect();
    Json(json!({ "total": company.document_count(), "items": items })).into_response()
}

/// Amounts in pence, quantities as text.
fn as_json(document: &Document) -> Value {
    let lines = document.lines.iter().map(|line| {
        json!({
            "sku": &*line.sku,
            "quantity": line.quantity.to_string(),
            "net": line.net,
            "tax": line.tax,
            "gross": line.gross,
            "taxRateId": line.tax_rate_id,
            "stockLocationId": line.location,
            "returnToStock": line.return_to_stock,
        })
    });
    let payments = document.payments.iter().map(|payment| {
        json!({
            "paymentMethodId": payment.method,
            "amount": payment.amount,
            "reference": &*payment.reference,
        })
    });
    json!({
        "orderId": document.order_id,
        "orderNumber": document.order_number(),
        "orderType": document.order_type,
        "session": document.session,
        "eCommerceOrderNumber": &*document.number,
        "reference": document.reference(),
        "originalReference": document.original.as_deref(),
        "customerId": document.customer,
        "storedAt": document.stored_at,
        "visibleFrom": document.visible_from,
        "delivery": document.delivery,
        "net": document.net,
        "tax": document.tax,
        "gross": document.gross,
        "status": &*document.status,
        "lines": lines.collect::<Vec<_>>(),
        "payments": payments.collect::<Vec<_>>(),
        "body": document.body.as_deref(),
    })
}

async fn totals(State(company): Company) -> Response {
    Json(company.totals()).into_response()
}
