//! `POST sales/order?session_id=` (facts/orderwise 2.2, 2.6, 11): checks, works the tax out,
//! stores, moves stock.

mod body;
mod check;
mod refusal;
pub(super) mod tax;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use axum::response::Response;
use http::StatusCode;
use rand::RngExt;
use rust_decimal::Decimal;

use self::{
    body::OrderBody,
    check::{Checked, CheckedLine, check},
    refusal::Faults,
};
use super::{
    CREDIT, Document, DuplicatePolicy, HandedOver, Line, ORDER, OrderWise, answer, keys,
    state::State,
};

/// Places an order. The write takes its time only after the document is stored: a client that
/// gives up waiting has ordered all the same, which is the case that hurts.
pub(super) async fn place(company: &OrderWise, session: Option<i64>, body: &[u8]) -> Response {
    let (guard, is_alone) = Writing::begin(&company.writing);
    let (response, service_time_ms) = {
        let lowered = keys::lower(body);
        match serde_json::from_slice::<OrderBody<'_>>(&lowered) {
            Ok(order) => company.store(session, &order, body, is_alone),
            Err(error) => (unreadable(&error), 0),
        }
    };
    if service_time_ms > 0 {
        tokio::time::sleep(Duration::from_millis(service_time_ms)).await;
    }
    drop(guard);
    response
}

fn unreadable(error: &serde_json::Error) -> Response {
    let body = serde_json::json!({
        "Message": "The request is invalid.",
        "ModelState": { "order": [error.to_string()] },
    });
    answer::json(StatusCode::BAD_REQUEST, body.to_string())
}

/// A write in progress.
pub(super) struct Writing<'a>(&'a AtomicUsize);

impl<'a> Writing<'a> {
    /// Also tells whether no other write is in progress.
    pub(super) fn begin(count: &'a AtomicUsize) -> (Self, bool) {
        let is_alone = count.fetch_add(1, Ordering::AcqRel) == 0;
        (Self(count), is_alone)
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl OrderWise {
    /// The answer, and how long the write takes.
    fn store(
        &self,
        session: Option<i64>,
        order: &OrderBody<'_>,
        raw: &[u8],
        is_alone: bool,
    ) -> (Response, u64) {
        let now = (self.now)();
        let wall = super::uk_time::wall(now);
        let mut guard = self.settled();
        let state = &mut *guard;
        if let Some(refusal) = refuse_parallel(state, is_alone) {
            return (refusal, 0);
        }
        let service_time = state.switches.service_time_ms;
        let number = order.header.number.as_deref().unwrap_or("").trim();
        if let Some(answered) = duplicate(state, session, number) {
            return (answered, service_time);
        }
        let mut faults = Faults::of(number);
        let Some(checked) = check(state, order, wall, &mut faults) else {
            let shape = state.switches.error_shape;
            return (faults.answer(shape, &mut state.rng), service_time);
        };
        let movements = movements(&checked);
        let is_taken = checked.order_type == ORDER && is_handed_over(state, &checked);
        let document = document(state, session.unwrap_or(0), order, checked, now, raw);
        let response = placed(state.switches.order_status, &document);
        let order_id = document.order_id;
        state.documents.push(document);
        let at = state.at(now);
        for (variant, location, quantity) in movements {
            state.variants.move_stock(variant, location, quantity, at);
        }
        if is_taken && state.switches.handed_over == HandedOver::Delivered {
            state.hand_over(order_id, now);
        }
        (response, service_time)
    }
}

/// "OrderWise raises errors when two bulk imports run at once" (facts 1.4); text and status are
/// ours.
pub(super) fn refuse_parallel(state: &State, is_alone: bool) -> Option<Response> {
    let status = state.switches.parallel_write_status.filter(|_| !is_alone)?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    Some(answer::message(status, "Another import is in progress."))
}

/// The answer for an unknown session, or for a number that the session has seen.
fn duplicate(state: &State, session: Option<i64>, number: &str) -> Option<Response> {
    // Without a session (facts 2.2: it is also called so) nothing is checked.
    let id = session?;
    let Some(session) = state.sessions.get(&id) else {
        return Some(answer::bad_request(&format!("E-commerce session {id} does not exist")));
    };
    if number.is_empty() {
        return None;
    }
    let first = state.documents.first_in_session(id, number)?;
    match &session.policy {
        DuplicatePolicy::CreateSecond => None,
        DuplicatePolicy::ReturnFirst => Some(placed(200, first)),
        DuplicatePolicy::Reject(text) => Some(answer::bad_request(&text.replace("{n}", number))),
    }
}

fn placed(status: u16, document: &Document) -> Response {
    let body = serde_json::json!({
        "orderId": document.order_id,
        "orderNumber": document.order_number(),
        "eCommerceOrderNumber": &*document.number,
    });
    answer::json(StatusCode::from_u16(status).unwrap_or(StatusCode::OK), body.to_string())
}

/// Whether the goods changed hands at the till.
fn is_handed_over(state: &State, checked: &Checked) -> bool {
    let method = checked.delivery_method;
    matches!(checked.order_type, ORDER | CREDIT)
        && method.is_some_and(|id| state.names.handed_over.contains(&id))
}

/// Variant, location and change of free stock: a sale lowers it; a credit raises it where the
/// goods go back.
fn movements(checked: &Checked) -> Vec<(usize, i64, Decimal)> {
    let change = |line: &CheckedLine| match checked.order_type {
        ORDER => Some(-line.quantity),
        CREDIT if line.return_to_stock => Some(line.quantity),
        _ => None,
    };
    checked
        .lines
        .iter()
        .filter_map(|line| Some((line.variant, line.location, change(line)?)))
        .collect()
}

fn document(
    state: &mut State,
    session: i64,
    order: &OrderBody<'_>,
    checked: Checked,
    now: i64,
    raw: &[u8],
) -> Document {
    let number = order.header.number.as_deref().unwrap_or("").trim();
    let other = order.header.customer_reference.as_deref().map(str::trim);
    let status = match state.switches.handed_over {
        HandedOver::Completed if is_handed_over(state, &checked) => state.completed_status(),
        _ => state.new_order_status(),
    };
    let lines = checked.lines.into_iter().map(|line| Line {
        sku: line.sku,
        quantity: line.quantity,
        net: line.amounts.net,
        tax: line.amounts.tax,
        gross: line.amounts.gross,
        tax_rate_id: line.tax_rate,
        location: line.location,
        return_to_stock: line.return_to_stock,
    });
    let keep = state.switches.keep_bodies;
    Document {
        order_id: state.documents.next_id(),
        order_type: checked.order_type,
        session,
        number: number.into(),
        other_reference: other.filter(|o| !o.is_empty() && *o != number).map(Into::into),
        original: order.header.original.as_deref().map(Into::into),
        customer: checked.customer,
        order_date: checked.order_date,
        stored_at: now,
        visible_from: visible_from(state, now),
        delivery: checked.delivery,
        net: checked.amounts.net,
        tax: checked.amounts.tax,
        gross: checked.amounts.gross,
        lines: lines.collect(),
        payments: checked.payments.into_boxed_slice(),
        status,
        body: keep.then(|| String::from_utf8_lossy(raw).into()),
    }
}

fn visible_from(state: &mut State, now: i64) -> i64 {
    let switches = &state.switches;
    if switches.late_visibility_ms == 0
        || state.rng.random_range(0..10_000) >= switches.late_visibility_per_10_000
    {
        return now;
    }
    now.saturating_add(i64::from(switches.late_visibility_ms).saturating_mul(1_000))
}
