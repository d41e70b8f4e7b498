//! Tills that open and close. `{register}` is an id or a key.
//!
//! | call | does |
//! |---|---|
//! | `POST registers/{register}/open` | `{"cash_in_pence"?}` |
//! | `POST registers/{register}/close` | `{"at"?, "difference_pence"?, "banked_pence"?, "petty_pence"?, "late_s"?, "lost"?, "without_opening"?, "comment"?}`; answers `{"zreportid"}` |
//! | `POST close-registers` | closes every till that has counted something |
//! | `POST registers/{register}/practice` | `{"pence"}`: a receipt in practice mode |
//! | `POST registers/{register}/skip` | `{"numbers": n}`: uses up receipt numbers for nothing |
//! | `GET z-reports` | all of them, also those that have not arrived |
//! | `PUT registers/{register}/z-reports/{id}/fields/{field}` | spoils a field: the body is its JSON from now on, null leaves it out |

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post, put},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    super::{Sitoo, zreport::Closing},
    Answer, Refused, Shared, found,
    words::Words,
};

pub(super) fn routes() -> Router<Arc<Sitoo>> {
    Router::new()
        .route("/registers/{register}/open", post(open))
        .route("/registers/{register}/close", post(close))
        .route("/registers/{register}/practice", post(practise))
        .route("/registers/{register}/skip", post(skip))
        .route("/registers/{register}/z-reports/{id}/fields/{field}", put(spoil))
        .route("/close-registers", post(close_all))
        .route("/z-reports", get(reports))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    cash_in_pence: Option<i64>,
}

async fn open(
    State(sitoo): Shared,
    Path(register): Path<String>,
    Json(opening): Json<Opening>,
) -> Result<StatusCode, Refused> {
    let register = Words(&sitoo).register(&register)?;
    sitoo.open_register(&register, opening.cash_in_pence)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct ClosingOrder {
    at: Option<i64>,
    difference_pence: i64,
    banked_pence: i64,
    petty_pence: i64,
    late_s: i64,
    lost: bool,
    without_opening: bool,
    comment: String,
}

async fn close(
    State(sitoo): Shared,
    Path(register): Path<String>,
    Json(order): Json<ClosingOrder>,
) -> Answer {
    let register = Words(&sitoo).register(&register)?;
    let closing = Closing {
        at: order.at,
        difference: order.difference_pence,
        banked: order.banked_pence,
        petty: order.petty_pence,
        late: order.late_s,
        lost: order.lost,
        without_opening: order.without_opening,
        comment: order.comment,
    };
    Ok(Json(json!({ "zreportid": sitoo.close_register(&register, closing)? })))
}

async fn close_all(State(sitoo): Shared) -> Json<Value> {
    Json(json!({ "closed": sitoo.close_registers() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PracticeReceipt {
    pence: i64,
}

async fn practise(
    State(sitoo): Shared,
    Path(register): Path<String>,
    Json(receipt): Json<PracticeReceipt>,
) -> Answer {
    let register = Words(&sitoo).register(&register)?;
    Ok(Json(json!({ "receipt": sitoo.practise(&register, receipt.pence)? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Skipped {
    numbers: u32,
}

async fn skip(
    State(sitoo): Shared,
    Path(register): Path<String>,
    Json(skipped): Json<Skipped>,
) -> Result<StatusCode, Refused> {
    let register = Words(&sitoo).register(&register)?;
    sitoo.skip_receipts(&register, skipped.numbers)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn spoil(
    State(sitoo): Shared,
    Path((register, id, field)): Path<(String, i64, String)>,
    Json(value): Json<Value>,
) -> Result<StatusCode, Refused> {
    let register = Words(&sitoo).register(&register)?;
    Ok(found(sitoo.spoil_report(&register, id, &field, value)))
}

async fn reports(State(sitoo): Shared) -> Json<Value> {
    Json(Value::Array(sitoo.z_reports()))
}
