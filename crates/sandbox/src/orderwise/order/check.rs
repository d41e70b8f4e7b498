//! Holds a body against the company's data and collects every fault at once.

use std::{collections::BTreeMap, sync::Arc};

use rust_decimal::Decimal;

use super::{
    body::{CustomerBody, LineBody, OrderBody, PaymentBody},
    refusal::Faults,
    tax::{self, Amounts, Price, Rated},
};
use crate::orderwise::{
    CREDIT, ItemNet, ORDER, Payment, Variant,
    exact::{Number, pence},
    state::State,
    uk_time,
};

/// An order that can be stored.
pub(super) struct Checked {
    pub(super) order_type: u8,
    pub(super) customer: i64,
    pub(super) order_date: i64,
    pub(super) delivery_method: Option<i64>,
    pub(super) delivery: i64,
    pub(super) amounts: Amounts,
    pub(super) lines: Vec<CheckedLine>,
    pub(super) payments: Vec<Payment>,
}

/// A line that can be stored, with its variant's place.
pub(super) struct CheckedLine {
    pub(super) variant: usize,
    pub(super) sku: Arc<str>,
    pub(super) quantity: Decimal,
    pub(super) amounts: Amounts,
    pub(super) tax_rate: i64,
    percent: Decimal,
    is_net: bool,
    pub(super) location: i64,
    pub(super) return_to_stock: bool,
}

/// Checks everything; nothing comes back when a fault was found. `wall` is now.
pub(super) fn check(
    state: &State,
    body: &OrderBody<'_>,
    wall: i64,
    faults: &mut Faults,
) -> Option<Checked> {
    let order_type = order_type(body, faults);
    let customer = customer(state, &body.customer, faults);
    let order_date = order_date(body, wall, faults);
    check_header(state, body, order_type, faults);
    if body.lines.is_empty() {
        faults.about("orderLines", "no order lines have been provided");
    }
    let lines: Vec<CheckedLine> = body
        .lines
        .iter()
        .enumerate()
        .filter_map(|(place, each)| line(state, order_type, place + 1, each, faults))
        .collect();
    let payments = payments(state, &body.payments, faults);
    let (delivery, amounts) = totals(state, body, &lines, faults);
    faults.is_empty().then_some(Checked {
        order_type,
        customer,
        order_date,
        delivery_method: delivery_method(state, body, customer),
        delivery,
        amounts,
        lines,
        payments,
    })
}

fn order_type(body: &OrderBody<'_>, faults: &mut Faults) -> u8 {
    let Some(number) = body.header.order_type else { return ORDER };
    let known = number.id().and_then(|id| u8::try_from(id).ok()).filter(|id| (1..=6).contains(id));
    known.unwrap_or_else(|| {
        let text = format!("system order type: {} does not exist", number.text());
        faults.about("orderHeader.systemOrderType", &text);
        ORDER
    })
}

fn customer(state: &State, body: &CustomerBody<'_>, faults: &mut Faults) -> i64 {
    let customers = &state.customers;
    let (found, named) = match (&body.id, &body.account_number) {
        (Some(id), _) => {
            let known = id.id().filter(|id| customers.by_id.contains_key(id));
            (known, format!("customer id: {} does not exist", id.text()))
        }
        (None, Some(account)) => (
            customers.id_of_account(account),
            format!("customer account number: {account} does not exist"),
        ),
        (None, None) => (None, "no customer has been provided".to_owned()),
    };
    found.unwrap_or_else(|| {
        faults.about("customer", &named);
        0
    })
}

fn order_date(body: &OrderBody<'_>, wall: i64, faults: &mut Faults) -> i64 {
    let Some(text) = &body.header.order_date else { return wall };
    uk_time::parse(text).unwrap_or_else(|| {
        faults.about("orderHeader.orderDate", &format!("order date: {text} is not a date"));
        wall
    })
}

/// The order's, or else the customer's own.
fn delivery_method(state: &State, body: &OrderBody<'_>, customer: i64) -> Option<i64> {
    match body.header.delivery_method {
        Some(method) => method.id(),
        None => state.customers.by_id.get(&customer)?.default_delivery_method_id,
    }
}

fn check_header(state: &State, body: &OrderBody<'_>, order_type: u8, faults: &mut Faults) {
    if let Some(method) = body.header.delivery_method {
        let methods = &state.names.delivery_methods;
        known(methods, method, "delivery method id", |text| {
            faults.about("orderHeader.deliveryMethodId", text);
        });
    }
    let original = body.header.original.as_deref();
    if let (CREDIT, true, Some(original)) =
        (order_type, state.switches.original_must_exist, original)
        && state.documents.by_reference(original).next().is_none()
    {
        let text = format!("original reference: {original} does not exist");
        faults.about("orderHeader.originalReference", &text);
    }
}

/// The id when the list has it; else says that it does not exist.
fn known<T>(
    list: &BTreeMap<i64, T>,
    number: Number<'_>,
    what: &str,
    mut say: impl FnMut(&str),
) -> Option<i64> {
    let id = number.id().filter(|id| list.contains_key(id));
    if id.is_none() {
        say(&format!("{what}: {} does not exist", number.text()));
    }
    id
}

fn line(
    state: &State,
    order_type: u8,
    number: usize,
    body: &LineBody<'_>,
    faults: &mut Faults,
) -> Option<CheckedLine> {
    let code = body.variant_code.as_deref().unwrap_or("").trim();
    if code.is_empty() {
        faults.about_line(number, "variantCode", "no variant has been provided");
        return None;
    }
    let place = state.variants.index_of(code);
    let place = place.filter(|&place| state.variants.at(place).variant.can_be_ordered());
    let quantity = quantity(state, order_type, number, body, faults);
    let Some(place) = place else {
        let text = format!("variant code: {code} does not exist or is not active");
        faults.about_line(number, "variantCode", &text);
        return None;
    };
    let variant = &state.variants.at(place).variant;
    let tax_rate = tax_rate(state, variant, number, body, faults);
    let location = location(state, number, body, faults);
    let (quantity, tax_rate, location) = (quantity?, tax_rate?, location?);
    let percent = state.tax_rates.get(&tax_rate)?.percent;
    let price = price(variant, body);
    let amounts = tax::line(price, quantity, percent, state.switches.item_net);
    let Some(amounts) = amounts else {
        faults.about_line(number, "itemGross", "no price has been provided");
        return None;
    };
    let is_net = price.gross.is_none()
        || (price.net.is_some() && state.switches.item_net != ItemNet::Ignore);
    Some(CheckedLine {
        variant: place,
        sku: Arc::clone(&variant.sku),
        quantity,
        amounts,
        tax_rate,
        percent,
        is_net,
        location,
        return_to_stock: body.return_to_stock.unwrap_or(true),
    })
}

fn quantity(
    state: &State,
    order_type: u8,
    line: usize,
    body: &LineBody<'_>,
    faults: &mut Faults,
) -> Option<Decimal> {
    let quantity = body.quantity.and_then(Number::decimal);
    let quantity = quantity.filter(|quantity| !quantity.is_zero());
    let Some(quantity) = quantity else {
        faults.about_line(line, "quantity", "no quantity has been provided");
        return None;
    };
    if quantity.is_sign_negative() && order_type == CREDIT && state.switches.refuse_negative_credits
    {
        faults.about_line(line, "quantity", "quantity must be positive on a credit");
        return None;
    }
    Some(quantity)
}

fn tax_rate(
    state: &State,
    variant: &Variant,
    line: usize,
    body: &LineBody<'_>,
    faults: &mut Faults,
) -> Option<i64> {
    let Some(rate) = body.tax_rate else { return Some(variant.tax_rate_id) };
    known(&state.tax_rates, rate, "tax rate id", |text| faults.about_line(line, "taxRateId", text))
}

fn location(state: &State, line: usize, body: &LineBody<'_>, faults: &mut Faults) -> Option<i64> {
    let Some(location) = body.location else { return Some(state.switches.default_location) };
    known(&state.names.stock_locations, location, "stock location id", |text| {
        faults.about_line(line, "stockLocationId", text);
    })
}

fn price(variant: &Variant, body: &LineBody<'_>) -> Price {
    if body.system_price {
        return Price { gross: Some(variant.price_inc_vat), net: None };
    }
    Price {
        gross: body.item_gross.and_then(Number::decimal),
        net: body.item_net.and_then(Number::decimal),
    }
}

fn payments(state: &State, bodies: &[PaymentBody<'_>], faults: &mut Faults) -> Vec<Payment> {
    let mut all = Vec::with_capacity(bodies.len());
    for (place, body) in bodies.iter().enumerate() {
        let property = format!("payments[{place}]");
        let Some(method) = body.method else {
            faults.about(&property, "no payment method has been provided");
            continue;
        };
        let methods = &state.names.payment_methods;
        let method =
            known(methods, method, "payment method id", |text| faults.about(&property, text));
        let Some(amount) = body.amount.and_then(Number::decimal).and_then(pence) else {
            faults.about(&property, "no payment amount has been provided");
            continue;
        };
        let reference = body.reference.clone().unwrap_or_default().into_boxed_str();
        all.extend(method.map(|method| Payment { method, amount, reference }));
    }
    all
}

/// Delivery and the document's amounts. Amounts are of no use once a fault was found.
fn totals(
    state: &State,
    body: &OrderBody<'_>,
    lines: &[CheckedLine],
    faults: &mut Faults,
) -> (i64, Amounts) {
    let delivery = body.header.delivery_gross.map_or(Some(0), |n| n.decimal().and_then(pence));
    let Some(delivery) = delivery else {
        faults.about("orderHeader.deliveryGross", "delivery gross is not an amount");
        return (0, Amounts::default());
    };
    let mut parts: Vec<Rated> = lines
        .iter()
        .map(|line| Rated {
            amounts: line.amounts,
            rate: line.tax_rate,
            percent: line.percent,
            is_net: line.is_net,
        })
        .collect();
    let rate = state.switches.delivery_tax_rate_id;
    let percent = state.tax_rates.get(&rate).map_or(Decimal::ZERO, |rate| rate.percent);
    if let Some(amounts) = tax::from_gross(delivery, percent).filter(|_| delivery != 0) {
        parts.push(Rated { amounts, rate, percent, is_net: false });
    }
    let Some(amounts) = tax::document(&parts, state.switches.tax) else {
        faults.about("orderHeader.orderGross", "total is out of range");
        return (delivery, Amounts::default());
    };
    let given = body.header.gross.and_then(Number::decimal).and_then(pence);
    if state.switches.gross_must_match && given.is_some_and(|given| given != amounts.gross) {
        faults.about("orderHeader.orderGross", "order gross does not match the lines");
    }
    (delivery, amounts)
}
