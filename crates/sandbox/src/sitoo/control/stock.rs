//! Stock by hand. Quantities in thousandths.
//!
//! | call | does |
//! |---|---|
//! | `POST stock/set` | `{"warehouse", "sku", "thousandths"}`: sets a level, without a movement |
//! | `POST stock/take` | likewise: somebody counted, a stock-taking movement (50) |
//! | `POST stock/adjust` | likewise, signed: staff move goods in (10) or out (20) |
//! | `POST stock/between-pages` | likewise, right after the next page of levels |
//! | `GET stock?warehouse=&sku=` or `?warehouse=&start=&num=` | levels |
//! | `GET transactions?after=&num=` | movements in short |
//! | `PUT warehouses/{id}` | `{"warehousetype"}`: 10 FIFO, 20 virtual |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    routing::{get, post, put},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{
        Sitoo,
        stock::{StockError, StockLevel, StockTransaction},
    },
    Answer, Refused, Shared, a_hundred, found,
};

pub(super) fn routes() -> Router<Arc<Sitoo>> {
    Router::new()
        .route("/stock", get(levels))
        .route("/stock/{what}", post(change))
        .route("/transactions", get(transactions))
        .route("/warehouses/{id}", put(warehouse))
}

impl From<StockError> for Refused {
    fn from(error: StockError) -> Self {
        Self::Unknown(error.to_string())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    warehouse: i64,
    sku: String,
    thousandths: i64,
}

async fn change(
    State(sitoo): Shared,
    Path(what): Path<String>,
    Json(change): Json<Change>,
) -> Answer {
    let Change { warehouse, sku, thousandths } = change;
    let id = match what.as_str() {
        "set" => sitoo.set_stock(warehouse, &sku, thousandths).map(|()| None)?,
        "take" => Some(sitoo.stock_take(warehouse, &sku, thousandths)?),
        "adjust" => Some(sitoo.adjust_stock(warehouse, &sku, thousandths)?),
        "between-pages" => {
            sitoo.adjust_between_pages(warehouse, &sku, thousandths);
            None
        }
        _ => return Err(Refused::Unknown(format!("cannot {what} stock"))),
    };
    Ok(Json(json!({ "warehousetransactionid": id })))
}

#[derive(Deserialize)]
struct Look {
    warehouse: i64,
    sku: Option<String>,
    #[serde(default)]
    start: usize,
    #[serde(default = "a_hundred")]
    num: usize,
}

async fn levels(State(sitoo): Shared, Query(look): Query<Look>) -> Json<Value> {
    let levels = match &look.sku {
        Some(sku) => sitoo.stock_level(look.warehouse, sku).into_iter().collect(),
        None => sitoo.stock_levels(look.warehouse, look.start, look.num),
    };
    Json(levels.iter().map(level_json).collect())
}

fn level_json(level: &StockLevel) -> Value {
    json!({
        "sku": &*level.sku,
        "total": level.total,
        "reserved": level.reserved,
        "available": level.available(),
        "threshold": level.threshold,
        "modified": level.modified,
    })
}

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    after: i64,
    #[serde(default = "a_hundred")]
    num: usize,
}

async fn transactions(State(sitoo): Shared, Query(listing): Query<Listing>) -> Json<Value> {
    let rows = sitoo.transactions_after(listing.after, listing.num);
    Json(rows.iter().map(|row| transaction_json(row)).collect())
}

fn transaction_json(row: &StockTransaction) -> Value {
    let items = row
        .items
        .iter()
        .map(|item| json!({ "sku": &*item.sku, "change": item.change, "after": item.after }));
    json!({
        "warehousetransactionid": row.id,
        "warehouseid": row.warehouse,
        "at": row.at,
        "transactiontype": row.kind,
        "orderid": row.order,
        "orderdeliveryid": row.delivery,
        "externalid": row.external_id,
        "by_api": row.by_api,
        "items": items.collect::<Vec<_>>(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    warehousetype: i64,
}

async fn warehouse(
    State(sitoo): Shared,
    Path(id): Path<i64>,
    Json(kind): Json<Kind>,
) -> StatusCode {
    found(sitoo.set_warehouse_type(id, kind.warehousetype))
}
