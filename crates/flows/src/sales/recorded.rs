//! From an order as received to the row that the book keeps.

use daybook_connectors::sitoo::ReceivedOrder;
use daybook_domain::{
    Money, Reference, Timestamp,
    causes::Cause,
    class::Failure,
    classify::{SetAside, Standing, classify},
    entry::{EntryKind, EntryState},
    posting::Fault,
    supply::has_rows_to_come,
    till::{OrderState, OrderType, PaymentState, TillOrder},
};
use daybook_store::{entry::NewEntry, exception::EntryFaults};

use crate::app::App;

/// The row, and its faults if the order cannot even be read.
pub(crate) fn new_entry(
    app: &App,
    now: Timestamp,
    received: ReceivedOrder,
) -> (NewEntry, Option<EntryFaults>) {
    match received.order {
        Ok(order) => {
            let row = readable(app, now, &order, received.payload);
            let is_unknown = row.reason.as_deref() == Some(SetAside::UnknownKind.word());
            let faults = is_unknown.then(|| of_unknown_kind(&order)).flatten();
            (row, faults)
        }
        Err(failure) => {
            let row = unreadable(app, now, received.order_id, received.payload);
            let faults = EntryFaults {
                order_id: row.order_id,
                money: Money::ZERO,
                faults: vec![unreadable_fault(&failure)],
            };
            (row, Some(faults))
        }
    }
}

/// Nobody knows whether it is a sale: it is read again, and where it holds money a person is told.
fn of_unknown_kind(order: &TillOrder) -> Option<EntryFaults> {
    if order.gross.is_zero() && order.payments.is_empty() {
        return None;
    }
    let mut unknown = Vec::new();
    if let OrderType::Unknown(number) = order.order_type {
        unknown.push(format!("order type {number}"));
    }
    if let OrderState::Unknown(number) = order.order_state {
        unknown.push(format!("order state {number}"));
    }
    if let PaymentState::Unknown(number) = order.payment_state {
        unknown.push(format!("payment state {number}"));
    }
    let subject = unknown.join(", ");
    let detail = format!("{subject}; {} {}", order.gross, order.currency);
    let fault = Fault { cause: Cause::OrderKindUnknown, subject, detail };
    let order_id = order.reference.order_id;
    Some(EntryFaults { order_id, money: order.gross.abs(), faults: vec![fault] })
}

fn readable(app: &App, now: Timestamp, order: &TillOrder, payload: String) -> NewEntry {
    let (kind, state, reason, due_at) = match classify(order, &app.policy) {
        // Until its deliveries are read, nobody knows where its goods come from.
        Standing::ForTheLedger(kind) if has_rows_to_come(order) => {
            let again = now.plus(app.settings.receive.open_ask_every);
            (kind, EntryState::SetAside, Some(SetAside::Open.word().to_owned()), Some(again))
        }
        Standing::ForTheLedger(kind) => (kind, EntryState::Ready, None, Some(now)),
        Standing::SetAside(why) => {
            let again = why
                .may_still_become_a_sale()
                .then(|| now.plus(app.settings.receive.open_ask_every));
            (EntryKind::Other, EntryState::SetAside, Some(why.word().to_owned()), again)
        }
    };
    NewEntry {
        order_id: order.reference.order_id,
        site_id: order.reference.site_id,
        kind,
        state,
        reason,
        warehouse_id: order.warehouse_id,
        register_id: order.register_id.clone(),
        receipt_id: order.receipt_id.clone(),
        order_date: order.order_date,
        time_zone: order.time_zone.clone(),
        currency: order.currency.clone(),
        net: order.net,
        vat: order.vat,
        gross: order.gross,
        original_order_id: order.original_order_id,
        partner_order_id: order.partner_order_id,
        due_at,
        payload,
    }
}

/// An order that does not fit the contract is kept as it came and waits for a person; it stops
/// only itself (promise 5).
fn unreadable(app: &App, now: Timestamp, order_id: i64, payload: String) -> NewEntry {
    let site_id = app.policy.sites.first().copied().unwrap_or(1);
    let reference = Reference { site_id, order_id };
    NewEntry {
        order_id: reference.order_id,
        site_id: reference.site_id,
        kind: EntryKind::Other,
        state: EntryState::Held,
        reason: Some(Cause::PayloadUnreadable.code().to_owned()),
        warehouse_id: None,
        register_id: None,
        receipt_id: None,
        order_date: now,
        time_zone: None,
        currency: String::new(),
        net: Money::ZERO,
        vat: Money::ZERO,
        gross: Money::ZERO,
        original_order_id: None,
        partner_order_id: None,
        due_at: None,
        payload,
    }
}

/// The fault that says where a payload stopped being readable.
pub(crate) fn unreadable_fault(failure: &Failure) -> Fault {
    let subject = match failure {
        Failure::Drift { path, .. } => path.clone(),
        _ => String::new(),
    };
    Fault { cause: Cause::PayloadUnreadable, subject, detail: failure.to_string() }
}
