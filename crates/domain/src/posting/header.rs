//! What stands above the lines: currency, store, date, instructions, totals.

use std::fmt::Write as _;

use jiff::{civil::DateTime, tz::TimeZone};

use super::{Case, faults::Faults, side::money};
use crate::{
    Reference, Timestamp,
    causes::Cause,
    draft::{Draft, DraftLine, DraftPayment, LineOrigin},
    lookup::{Known, Policy},
    mapping::{StoreMapping, delivery},
    sku::fold,
    till::TillOrder,
};

/// An account of OrderWise is kept in one currency, and an order is posted without one; nothing is
/// converted.
pub(super) fn check_currency(order: &TillOrder, known: &Known<'_>, faults: &mut Faults) {
    let currency = order.currency.trim();
    let ours = |one: &str| one.eq_ignore_ascii_case(currency);
    if !known.policy.currencies.iter().any(|one| ours(one)) {
        faults.add(Cause::CurrencyNotOurs, currency, || {
            format!("'{currency}' is not among the configured currencies.")
        });
    } else if let Some(store) = order.warehouse_id.and_then(|id| known.mapping.stores.get(&id))
        && let kept = known.policy.currency_of(store)
        && !ours(kept)
    {
        faults.add(Cause::CurrencyNotOurs, currency, || {
            format!("It is in {currency}, and the account of {} is kept in {kept}.", store.name)
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
    original: Option<Reference>,
    lines: Vec<DraftLine>,
    payments: Vec<DraftPayment>,
) -> Option<Draft> {
    let order = case.order;
    let turned = |amount| money(case.side.amount(amount));
    // An amount that no ledger can hold stops it, whichever it is.
    turned(order.net)?;
    Some(Draft {
        reference: order.reference,
        kind: case.side.kind(),
        account: store.account.clone(),
        session_id: store.session_id,
        order_date: order_date(case, store),
        delivery_method_id: store.delivery_method_id,
        original,
        original_name: None,
        instructions: instructions(case, &lines),
        // Whatever is not tax is net, the round-off too: that is what the lines sum to.
        net: money(case.side.amount(order.gross) - case.side.amount(order.vat))?,
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
fn instructions(case: &Case<'_>, lines: &[DraftLine]) -> String {
    let order = case.order;
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
    if case.has_rows_to_come() {
        to_come(&mut text, order, lines);
    }
    text
}

/// Where the goods go, and which lines left the shop already: those are not to be sent.
fn to_come(text: &mut String, order: &TillOrder, lines: &[DraftLine]) {
    let choice = &order.delivery;
    let warehouse = choice.pickup_warehouse_id.map(|id| format!("warehouse {id}"));
    note(text, "To be collected in", choice.pickup_external_id.as_deref().or(warehouse.as_deref()));
    note(text, "Carrier", choice.carrier_product_id.as_deref());
    let gone = lines
        .iter()
        .filter(|line| !line.to_come && matches!(line.origin, LineOrigin::Row(_)))
        .map(|line| line.number.to_string());
    let gone: Vec<String> = gone.collect();
    note(text, "Handed over at the till: lines", Some(gone.join(", ").as_str()));
}

/// How the goods travel: as the till chose where some are to come, else as the store's do. A
/// carrier that nobody has mapped stops the order: it would leave by another way than was paid for.
pub(super) fn delivery_method(case: &Case<'_>, faults: &mut Faults) -> Option<i64> {
    let own = case.store.and_then(|store| store.delivery_method_id);
    if !case.has_rows_to_come() {
        return own;
    }
    let (choice, mapping) = (&case.order.delivery, case.known.mapping);
    if choice.is_pickup() {
        let external_id = choice.pickup_external_id.as_deref();
        let pickup = external_id.and_then(|id| mapping.pickups.get(&fold(id)));
        let collect = mapping.carriers.get(delivery::COLLECT).copied();
        return pickup.and_then(|pickup| pickup.delivery_method_id).or(collect).or(own);
    }
    if !case.order.shopper.address.is_known() {
        let reference = case.order.reference.to_string();
        faults.add(Cause::DeliveryAddressMissing, &reference, || {
            "Goods are to be sent, and the order names no address.".to_owned()
        });
    }
    let Some(carrier) = choice.carrier_product_id.as_deref().map(str::trim) else {
        return mapping.carriers.get(delivery::HOME).copied().or(own);
    };
    let found = mapping.carriers.get(&fold(carrier)).copied();
    if found.is_none() {
        faults.add(Cause::CarrierUnmapped, carrier, || {
            format!("The carrier '{carrier}' has no delivery method.")
        });
    }
    found
}

fn note(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
        let gap = if text.is_empty() { "" } else { "; " };
        let _ = write!(text, "{gap}{name} {value}");
    }
}
