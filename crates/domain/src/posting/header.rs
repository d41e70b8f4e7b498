//! What stands above the lines: currency, store, date, instructions, totals.

use std::fmt::Write as _;

use jiff::{civil::DateTime, tz::TimeZone};

use super::{Case, faults::Faults, side::money};
use crate::{
    Reference, Timestamp,
    causes::Cause,
    draft::{Draft, DraftLine, DraftPayment},
    entry::EntryKind,
    lookup::{Known, Policy},
    mapping::StoreMapping,
    till::TillOrder,
};

/// OrderWise's accounts are kept in certain currencies; nothing is converted.
pub(super) fn check_currency(order: &TillOrder, known: &Known<'_>, faults: &mut Faults) {
    let ours = |currency: &String| currency.eq_ignore_ascii_case(order.currency.trim());
    if !known.policy.currencies.iter().any(ours) {
        faults.add(Cause::CurrencyNotOurs, order.currency.trim(), || {
            format!("'{}' is not among the configured currencies.", order.currency.trim())
        });
    }
}

/// The store of the order.
pub(super) fn store<'a>(
    order: &TillOrder,
    known: &Known<'a>,
    faults: &mut Faults,
) -> Option<&'a StoreMapping> {
    let Some(warehouse_id) = order.warehouse_id else {
        faults.add(Cause::StoreNotNamed, &order.reference.to_string(), || {
            "The transaction names no warehouse.".to_owned()
        });
        return None;
    };
    let store = known.mapping.stores.get(&warehouse_id);
    if store.is_none() {
        faults.add(Cause::StoreUnmapped, &warehouse_id.to_string(), || {
            let name = order.store_name.as_deref().unwrap_or("no name given");
            format!("Warehouse {warehouse_id} ({name}) has no account.")
        });
    }
    store
}

/// Puts the draft together; `None` when an amount is too large for it.
pub(super) fn draft(
    case: &Case<'_>,
    store: &StoreMapping,
    kind: EntryKind,
    original: Option<Reference>,
    lines: Vec<DraftLine>,
    payments: Vec<DraftPayment>,
) -> Option<Draft> {
    let order = case.order;
    let turned = |amount| money(case.side.amount(amount));
    Some(Draft {
        reference: order.reference,
        kind,
        account: store.account.clone(),
        session_id: store.session_id,
        order_date: order_date(case, store),
        delivery_method_id: store.delivery_method_id,
        original,
        instructions: instructions(order),
        net: turned(order.net)?,
        tax: turned(order.vat)?,
        gross: turned(order.gross)?,
        delivery_gross: turned(order.delivery_gross)?,
        lines,
        payments,
        shopper: order.shopper.clone(),
    })
}

/// The till's clock, as it is sent: in the till's own zone, else its store's, else the policy's. A name that is
/// no zone is passed over, as a wrong hour is better than a lost sale.
pub fn local_order_date(
    order_date: Timestamp,
    [till, store]: [Option<&str>; 2],
    policy: &Policy,
) -> DateTime {
    let names = [till, store, Some(policy.default_time_zone.as_str())];
    let zone = names.into_iter().flatten().find_map(|name| TimeZone::get(name.trim()).ok());
    zone.unwrap_or(TimeZone::UTC).to_datetime(order_date.to_jiff())
}

fn order_date(case: &Case<'_>, store: &StoreMapping) -> String {
    let zones = [case.order.time_zone.as_deref(), store.time_zone.as_deref()];
    let local = local_order_date(case.order.order_date, zones, case.known.policy);
    let (date, time) = (local.date(), local.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

/// What helps a person to find the receipt. Nothing about the shopper.
fn instructions(order: &TillOrder) -> String {
    let mut text = String::new();
    note(&mut text, "Receipt", order.receipt_id.as_deref());
    note(&mut text, "Staff", order.staff.as_deref());
    note(&mut text, "Reason", order.reason_code.as_deref());
    for row in &order.rows {
        if let Some(reason) = row.reason_code.as_deref() {
            let gap = if text.is_empty() { "" } else { "; " };
            let _ = write!(text, "{gap}Reason of row {} {}", row.index, reason.trim());
        }
    }
    if let Some(order_id) = order.partner_order_id {
        let partner = Reference { order_id, ..order.reference };
        let gap = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{gap}Exchange with {partner}");
    }
    text
}

fn note(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
        let gap = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{gap}{name} {value}");
    }
}
