//! The plain reads: value lists, variants, stock, an order's status (facts/orderwise 1.6, 1.9, 4).
//! Letter case of ids differs by section, as it was seen.

use axum::response::Response;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Document, OrderWise, answer, exact::print, state::State, uk_time, variants::Stocked};
use crate::lock;

/// `GET value-lists/{n}`.
pub(super) fn value_list(company: &OrderWise, number: &str) -> Response {
    let state = lock(&company.state);
    let lists = &state.names;
    let (list, id, name) = match number {
        "1" => (pairs(&lists.currencies), "id", "name"),
        "2" => (tax_rates(&state), "id", "description"),
        "4" => (pairs(&lists.stock_locations), "Id", "Name"),
        "15" => (pairs(&lists.order_types), "Id", "Description"),
        "18" => (pairs(&lists.delivery_methods), "id", "Name"),
        "20" => (pairs(&lists.payment_methods), "id", "name"),
        "56" => (pairs(&lists.price_lists), "Id", "name"),
        _ => return answer::not_found("Value list not found"),
    };
    let items: Vec<Value> =
        list.into_iter().map(|(key, text)| json!({ id: key, name: text })).collect();
    answer::ok(Value::from(items).to_string())
}

fn pairs(list: &std::collections::BTreeMap<i64, String>) -> Vec<(i64, String)> {
    list.iter().map(|(id, name)| (*id, name.clone())).collect()
}

/// Tax rates by a text that people read; its exact form is not known.
fn tax_rates(state: &State) -> Vec<(i64, String)> {
    let text = |code: &str, percent: Decimal| format!("{code} - {}%", print(percent));
    state.tax_rates.values().map(|rate| (rate.id, text(&rate.code, rate.percent))).collect()
}

/// `GET system/stock-locations`.
pub(super) fn stock_locations(company: &OrderWise) -> Response {
    let state = lock(&company.state);
    let items: Vec<Value> = state
        .names
        .stock_locations
        .iter()
        .map(|(id, name)| json!({ "id": id, "name": name }))
        .collect();
    answer::ok(Value::from(items).to_string())
}

/// `GET variants/{id}`: an array of one; with `include_sales_info=true` an object.
pub(super) fn variant(company: &OrderWise, id: &str, has_sales_info: bool) -> Response {
    let state = lock(&company.state);
    let Some(stocked) = find(&state, id) else {
        return answer::not_found("Variant not found");
    };
    let variant = &stocked.variant;
    let sales = json!([{ "Id": variant.id, "rspExcVat": number(variant.price_exc_vat) }]);
    let body = json!({
        "variantInfo": {
            "id": variant.id,
            "code": &*variant.sku,
            "eanCode": variant.ean,
            "description": variant.description,
        },
        "variantSettings": { "templateVariant": false, "discontinued": variant.discontinued },
        "variantSalesInfo": if has_sales_info { sales } else { Value::Null },
        "variantDimensions": null,
        "variantPurchaseSettings": { "estimatedCost": null },
        "analysis": { "l_1": variant.on_tills },
    });
    let body = if has_sales_info { body } else { json!([body]) };
    answer::ok(body.to_string())
}

fn find<'a>(state: &'a State, id: &str) -> Option<&'a Stocked> {
    state.variants.by_id(id.parse().ok()?)
}

/// A decimal as a JSON number. Stock and list prices only; 15 digits come through unaltered.
fn number(value: Decimal) -> Value {
    serde_json::from_str(&print(value)).unwrap_or(Value::Null)
}

/// `GET stock/{variantId}`: a row per location.
pub(super) fn stock(company: &OrderWise, id: &str) -> Response {
    let state = company.settled();
    let Some(stocked) = find(&state, id) else {
        return answer::not_found("Variant not found");
    };
    let rows: Vec<Value> = stocked
        .stock
        .iter()
        .map(
            |level| json!({ "stockLocationID": level.location, "freeStock": number(level.figure) }),
        )
        .collect();
    answer::ok(Value::from(rows).to_string())
}

/// `GET stock/{variantId}/free-stock`: over all locations.
pub(super) fn free_stock(company: &OrderWise, id: &str) -> Response {
    let state = company.settled();
    let Some(stocked) = find(&state, id) else {
        return answer::not_found("Variant not found");
    };
    let free = stocked.stock.iter().map(|level| level.figure).sum();
    answer::ok(json!({ "freeStockQty": number(free) }).to_string())
}

/// `GET stock/variants?limit=`: the directory from code to id. Without a limit, 1,000 (a guess).
pub(super) fn stock_variants(company: &OrderWise, limit: Option<usize>) -> Response {
    let state = lock(&company.state);
    let rows: Vec<Value> = state
        .variants
        .iter()
        .take(limit.unwrap_or(1_000))
        .map(|stocked| {
            json!({ "variantID": stocked.variant.id, "variantCode": &*stocked.variant.sku })
        })
        .collect();
    answer::ok(Value::from(rows).to_string())
}

/// `GET sales/order/{id}/status`. The shape of the blocks for lines and delivery is not known: ours
/// is a guess.
pub(super) fn order_status(
    company: &OrderWise,
    id: &str,
    has_lines: bool,
    has_delivery: bool,
) -> Response {
    let state = lock(&company.state);
    let Some(document) = id.parse().ok().and_then(|id| state.documents.by_id(id)) else {
        return answer::not_found("Order not found");
    };
    let mut body = json!({
        "orderNumber": document.order_number(),
        "eCommerceOrderNumber": &*document.number,
        "orderStatus": &*document.status,
        "subStatus": "",
    });
    if has_lines {
        body["lines"] = status_lines(&state, document);
    }
    if has_delivery {
        body["delivery"] = status_delivery(&state, document.order_id);
    }
    answer::ok(body.to_string())
}

fn status_lines(state: &State, document: &Document) -> Value {
    let fate = state.fates.of(document.order_id);
    let lines = (1..).zip(&document.lines).map(|(item, line)| {
        let sent = fate.map_or(Decimal::ZERO, |fate| fate.sent(item));
        json!({
            "itemNumber": item,
            "variantCode": &*line.sku,
            "quantity": number(line.quantity),
            "quantitySent": number(sent),
        })
    });
    lines.collect()
}

fn status_delivery(state: &State, order_id: i64) -> Value {
    let deliveries = state.fates.of(order_id).map_or(&[][..], |fate| &fate.deliveries);
    let deliveries = deliveries.iter().map(|delivery| {
        json!({
            "deliveryId": delivery.id,
            "deliveryDate": uk_time::print(uk_time::wall(delivery.at)),
            "courierName": delivery.parcel.courier,
            "consignmentNumber": delivery.parcel.consignment,
        })
    });
    deliveries.collect()
}
