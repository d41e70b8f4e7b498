//! A company's documents, damaged by hand. Amounts in pence, quantities as decimals in strings;
//! lines count from 1. Totals of a document follow its lines.
//!
//! | call | does |
//! |---|---|
//! | `POST …/written-documents` | `{"reference", "order_type"?, "order_date"?, "customer"?, "lines": […]}`: written by hand |
//! | `PATCH …/documents/{orderId}` | `{"order_type"?, "order_date"?, "reference"?, "net"?, "tax"?, "gross"?, "delivery"?, "payments"?: [{"method", "amount"}]}` |
//! | `DELETE …/documents/{orderId}` | deletes it |
//! | `POST …/documents/{orderId}/double` | stores it once more |
//! | `POST …/documents/{orderId}/lines` | adds a line: `{"sku", "quantity", "gross", "tax_rate_id"?, "location"?}` |
//! | `PATCH …/documents/{orderId}/lines/{n}` | changes it: `{"sku"?, "quantity"?, "net"?, "tax"?, "gross"?, "tax_rate_id"?, "location"?}` |
//! | `DELETE …/documents/{orderId}/lines/{n}` | deletes it |

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{patch, post},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{Company, refused, stock::decimal};
use crate::{
    control::done_if,
    orderwise::{LineEdit, OrderWise, Payment, Written, wall_clock},
};

type Shared = std::sync::Arc<OrderWise>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/written-documents", post(write))
        .route("/documents/{id}", patch(edit).delete(delete_document))
        .route("/documents/{id}/double", post(double))
        .route("/documents/{id}/lines", post(add_line))
        .route("/documents/{id}/lines/{number}", patch(edit_line).delete(delete_line))
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct LineOrder {
    sku: Option<String>,
    quantity: Option<String>,
    net: Option<i64>,
    tax: Option<i64>,
    gross: Option<i64>,
    tax_rate_id: Option<i64>,
    location: Option<i64>,
}

impl LineOrder {
    fn edit(self) -> Result<LineEdit, Box<Response>> {
        let quantity = self.quantity.as_deref().map(decimal).transpose()?;
        let Self { sku, net, tax, gross, tax_rate_id, location, .. } = self;
        Ok(LineEdit { sku, quantity, net, tax, gross, tax_rate_id, location })
    }
}

/// A wall clock time, as exports write it.
fn wall(text: Option<&String>) -> Result<Option<i64>, Box<Response>> {
    let Some(text) = text else { return Ok(None) };
    wall_clock(text).map(Some).ok_or_else(|| Box::new(refused("no date and time")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOrder {
    reference: String,
    #[serde(default = "an_order")]
    order_type: u8,
    order_date: Option<String>,
    #[serde(default)]
    customer: i64,
    lines: Vec<LineOrder>,
}

fn an_order() -> u8 {
    crate::orderwise::ORDER
}

async fn write(State(company): Company, Json(given): Json<WrittenOrder>) -> Response {
    let lines: Result<Vec<_>, _> = given.lines.into_iter().map(LineOrder::edit).collect();
    match (lines, wall(given.order_date.as_ref())) {
        (Err(refusal), _) | (_, Err(refusal)) => *refusal,
        (Ok(lines), Ok(order_date)) => {
            let WrittenOrder { reference, order_type, customer, .. } = given;
            let written = Written { reference, order_type, order_date, customer, lines };
            let order_id = company.write_document(written);
            Json(json!({ "orderId": order_id })).into_response()
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Edit {
    order_type: Option<u8>,
    order_date: Option<String>,
    reference: Option<String>,
    net: Option<i64>,
    tax: Option<i64>,
    gross: Option<i64>,
    delivery: Option<i64>,
    payments: Option<Vec<Paid>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paid {
    method: i64,
    amount: i64,
}

async fn edit(State(company): Company, Path(id): Path<i64>, Json(edit): Json<Edit>) -> Response {
    let order_date = match wall(edit.order_date.as_ref()) {
        Ok(order_date) => order_date,
        Err(refusal) => return *refusal,
    };
    let payments = edit.payments.map(|paid| {
        let payment =
            |paid: Paid| Payment { method: paid.method, amount: paid.amount, reference: "".into() };
        paid.into_iter().map(payment).collect()
    });
    done_if(company.edit_document(id, |document| {
        document.order_type = edit.order_type.unwrap_or(document.order_type);
        document.order_date = order_date.unwrap_or(document.order_date);
        if let Some(reference) = edit.reference {
            document.number = reference.into();
            document.other_reference = None;
        }
        document.net = edit.net.unwrap_or(document.net);
        document.tax = edit.tax.unwrap_or(document.tax);
        document.gross = edit.gross.unwrap_or(document.gross);
        document.delivery = edit.delivery.unwrap_or(document.delivery);
        if let Some(payments) = payments {
            document.payments = payments;
        }
    }))
}

async fn delete_document(State(company): Company, Path(id): Path<i64>) -> Response {
    done_if(company.delete_document(id))
}

async fn double(State(company): Company, Path(id): Path<i64>) -> Response {
    match company.double_document(id) {
        Some(order_id) => Json(json!({ "orderId": order_id })).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn add_line(
    State(company): Company,
    Path(id): Path<i64>,
    Json(line): Json<LineOrder>,
) -> Response {
    match line.edit() {
        Ok(line) => done_if(company.add_line(id, line)),
        Err(refusal) => *refusal,
    }
}

async fn edit_line(
    State(company): Company,
    Path((id, number)): Path<(i64, usize)>,
    Json(line): Json<LineOrder>,
) -> Response {
    match line.edit() {
        Ok(line) => done_if(company.edit_line(id, number, line)),
        Err(refusal) => *refusal,
    }
}

async fn delete_line(State(company): Company, Path((id, number)): Path<(i64, usize)>) -> Response {
    done_if(company.delete_line(id, number))
}
