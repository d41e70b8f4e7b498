//! The REST API: gates, addresses, answers (facts/sitoo 1 and 2.1).

mod batch;
mod catalogue;
mod deliveries;
mod gate;
mod list;
mod logs;
mod masters;
mod order_json;
mod query;
mod row_json;
mod stock;
mod text;
mod values;
mod write;
mod zreports;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    response::Response,
};
use http::{HeaderValue, Method, StatusCode, header};

pub(super) use gate::ApiKey;

use self::query::Query;
use super::{SITE, SITE_GUID, Sitoo};
use crate::faults::Spoil;

/// Larger bodies are refused; no documented call comes near.
const LARGEST_BODY: usize = 16 << 20;

/// A JSON text, or an error in Sitoo's words.
type Answer = Result<Vec<u8>, Refusal>;

/// `{"statuscode", "errortext"}` (facts/sitoo 1.6).
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    text: String,
    /// Seconds to wait, and when the time slot ends (unix seconds).
    wait: Option<(i64, i64)>,
}

impl Refusal {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into(), wait: None }
    }

    fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }
}

/// A request, read.
struct Call<'a> {
    sitoo: &'a Sitoo,
    query: Query,
    body: Bytes,
    /// Elements of a batch that a fault makes fail.
    spoil: Option<Spoil>,
}

/// `{siteid}` of an address.
enum Site {
    Known,
    /// The deprecated GUID: everything looks empty (facts/sitoo 1.1).
    Guid,
    Unknown,
}

impl Site {
    fn of(segment: &str) -> Self {
        if segment.parse() == Ok(SITE) {
            Self::Known
        } else if segment.len() >= SITE_GUID.len() {
            Self::Guid
        } else {
            Self::Unknown
        }
    }
}

pub(super) fn router(sitoo: Arc<Sitoo>) -> Router {
    Router::new().fallback(handle).with_state(sitoo)
}

async fn handle(State(sitoo): State<Arc<Sitoo>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let credentials = parts.headers.get(header::AUTHORIZATION);
    let (_pass, pause) = match sitoo.enter(credentials.map(HeaderValue::as_bytes)) {
        Ok(entered) => entered,
        Err(refusal) => return respond(Err(refusal)),
    };
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        return respond(Err(Refusal::bad("Invalid data")));
    };
    match pause {
        Some(pause) if pause > Duration::ZERO => tokio::time::sleep(pause).await,
        // Lets a second request come in while this one is in flight.
        Some(_) => tokio::task::yield_now().await,
        None => {}
    }
    let answer = Query::parse(&parts.uri).and_then(|query| {
        let spoil = parts.extensions.get().copied();
        let call = Call { sitoo: &sitoo, query, body, spoil };
        dispatch(&parts.method, parts.uri.path(), &call)
    });
    respond(answer)
}

fn dispatch(method: &Method, path: &str, call: &Call) -> Answer {
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".json").unwrap_or(path);
    let segments: Vec<&str> = path.split('/').collect();
    let ["v2", "accounts", account, rest @ ..] = segments.as_slice() else {
        return Err(Refusal::not_found());
    };
    if account.parse() != Ok(call.sitoo.account()) {
        return Err(Refusal::not_found());
    }
    match (method, rest) {
        (&Method::GET, ["orders"]) => call.list_orders(),
        (&Method::GET, ["sites"]) => call.sites(),
        (&Method::GET, ["reasoncodes"]) => call.reason_codes(),
        (&Method::GET, ["pos-z-reports"]) => call.account_reports(),
        (_, ["sites", site, rest @ ..]) => match Site::of(site) {
            Site::Known => of_site(method, rest, call),
            Site::Guid if *method == Method::GET && is_list(rest) => {
                Ok(br#"{"totalcount":0,"items":[]}"#.to_vec())
            }
            Site::Guid | Site::Unknown => Err(Refusal::not_found()),
        },
        _ => Err(Refusal::not_found()),
    }
}

fn of_site(method: &Method, rest: &[&str], call: &Call) -> Answer {
    match rest {
        ["orders", ..] => of_orders(method, rest, call),
        ["warehouses" | "warehousetransactions", ..] => of_stock(method, rest, call),
        ["products" | "productgroups" | "pricelists", ..] => of_catalogue(method, rest, call),
        _ => of_masters(method, rest, call),
    }
}

fn of_orders(method: &Method, rest: &[&str], call: &Call) -> Answer {
    match (method.as_str(), rest) {
        ("GET", ["orders"]) => call.list_orders(),
        ("POST", ["orders"]) => call.add_order(),
        ("GET", ["orders", id]) => call.order(number(id)?),
        ("PUT", ["orders", id]) => call.update_order(number(id)?),
        ("GET", ["orders", id, "orderdeliveries"]) => call.deliveries(number(id)?),
        ("POST", ["orders", id, "orderdeliveries"]) => call.add_delivery(number(id)?),
        ("GET", ["orders", id, "orderlogitems"]) => call.log_items(number(id)?),
        ("POST", ["orders", id, "orderlogitems"]) => call.add_log_item(number(id)?),
        _ => Err(Refusal::not_found()),
    }
}

fn of_stock(method: &Method, rest: &[&str], call: &Call) -> Answer {
    match (method.as_str(), rest) {
        ("GET", ["warehouses"]) => call.warehouses(),
        ("GET", ["warehouses", id]) => call.warehouse(number(id)?),
        ("GET", ["warehouses", id, "warehouseitems"]) => call.warehouse_items(number(id)?),
        ("PUT", ["warehouses", id, "warehouseitems"]) => call.set_warehouse_items(number(id)?),
        ("GET", ["warehousetransactions"]) => call.transactions(None),
        ("POST", ["warehousetransactions"]) => call.add_transactions(),
        ("GET", ["warehouses", id, "warehousetransactions"]) => {
            call.transactions(Some(number(id)?))
        }
        ("GET", ["warehouses", id, "warehousetransactions", row]) => {
            call.transaction(number(id)?, number(row)?)
        }
        _ => Err(Refusal::not_found()),
    }
}

fn of_catalogue(method: &Method, rest: &[&str], call: &Call) -> Answer {
    match (method.as_str(), rest) {
        ("GET", ["products"]) => call.products(),
        ("POST", ["products"]) => call.add_products(),
        ("PUT", ["products"]) => call.update_products(),
        ("DELETE", ["products"]) => call.delete_products(),
        ("GET", ["products", id]) => call.product(number(id)?),
        ("PUT", ["products", id]) => call.update_product(number(id)?),
        ("DELETE", ["products", id]) => call.delete_product(number(id)?),
        ("GET", ["products", id, "productvariants"]) => call.product_variants(number(id)?),
        ("PUT", ["products", id, "productvariants"]) => call.set_product_variants(number(id)?),
        ("GET", ["productgroups"]) => call.product_groups(),
        ("POST", ["productgroups"]) => call.add_product_group(),
        ("PUT", ["productgroups", id]) => call.update_product_group(number(id)?),
        ("GET", ["pricelists"]) => call.price_lists(),
        ("POST", ["pricelists"]) => call.add_price_list(),
        ("GET", ["pricelists", id]) => call.price_list(number(id)?),
        ("PUT", ["pricelists", id]) => call.update_price_list(number(id)?),
        ("GET", ["pricelists", id, "pricelistitems"]) => call.price_items(number(id)?),
        ("PUT", ["pricelists", id, "pricelistitems"]) => call.set_price_items(number(id)?),
        ("DELETE", ["pricelists", id, "pricelistitems"]) => call.delete_price_items(number(id)?),
        _ => Err(Refusal::not_found()),
    }
}

fn of_masters(method: &Method, rest: &[&str], call: &Call) -> Answer {
    match (method.as_str(), rest) {
        ("GET", ["stores"]) => call.stores(),
        ("GET", ["stores", id]) => call.store(number(id)?),
        ("GET", ["cashregisters"]) => call.cash_registers(),
        ("GET", ["cashregisters", id, "zreports"]) => call.register_reports(id),
        ("GET", ["cashregisters", id, "zreports", report]) => {
            call.register_report(id, number(report)?)
        }
        ("GET", ["settings"]) => Ok(call.settings()),
        ("GET", ["reasoncodes"]) => call.reason_codes(),
        _ => Err(Refusal::not_found()),
    }
}

fn is_list(rest: &[&str]) -> bool {
    let lists = [
        "orders",
        "warehouses",
        "warehousetransactions",
        "stores",
        "cashregisters",
        "productgroups",
        "products",
        "pricelists",
    ];
    matches!(rest, [one] if lists.contains(one))
}

fn number(segment: &str) -> Result<i64, Refusal> {
    segment.parse().map_err(|_| Refusal::not_found())
}

fn respond(answer: Answer) -> Response {
    match answer {
        Ok(body) => response(StatusCode::OK, body),
        Err(refusal) => {
            let body = serde_json::json!({
                "statuscode": refusal.status.as_u16(),
                "errortext": refusal.text,
            });
            let mut response = response(refusal.status, body.to_string().into_bytes());
            if let Some((seconds, slot_end)) = refusal.wait {
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                headers.insert("x-rate-limit-reset", HeaderValue::from(slot_end));
            }
            response
        }
    }
}

fn response(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
