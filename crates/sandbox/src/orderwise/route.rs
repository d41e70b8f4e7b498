//! Which call is it: paths in any letter case (facts/orderwise 1.1), companies by their base path.

use std::sync::Arc;

use axum::{
    Router,
    body::to_bytes,
    extract::{Query, Request, State},
    response::Response,
};
use http::{Method, Uri, request::Parts};

use super::{Area, OrderWise, answer, customers, export, order, reads, token};

/// Companies by their base path, without slashes around it, in lower case.
struct Host(Vec<(String, Arc<OrderWise>)>);

/// The API of several companies, each under its base path (`OWAPI`, say), with data of its own.
/// Everything else is a page of IIS.
pub fn router(companies: Vec<(String, Arc<OrderWise>)>) -> Router {
    let companies = companies
        .into_iter()
        .map(|(base, company)| (base.trim_matches('/').to_ascii_lowercase(), company))
        .collect();
    Router::new().fallback(dispatch).with_state(Arc::new(Host(companies)))
}

async fn dispatch(State(host): State<Arc<Host>>, request: Request) -> Response {
    let path = request.uri().path().to_ascii_lowercase();
    let path = path.trim_matches('/');
    let found = host.0.iter().find_map(|(base, company)| {
        let rest = path.strip_prefix(base.as_str())?.strip_prefix('/')?;
        Some((company, rest))
    });
    let Some((company, rest)) = found else { return answer::no_such_page() };
    let segments: Vec<&str> = rest.split('/').collect();
    call(company, &segments, request).await
}

async fn call(company: &OrderWise, segments: &[&str], request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let area = match segments {
        ["token", "gettoken"] if parts.method == Method::GET => {
            return token::get(company, &parts.headers);
        }
        ["token", "gettoken"] => return answer::wrong_method(&parts.method),
        _ => match area(segments) {
            Some(area) => area,
            None => return answer::no_such_page(),
        },
    };
    if let Err(refusal) = token::enter(company, &parts.headers, area) {
        return *refusal;
    }
    match parts.method {
        Method::GET => read(company, segments, &parts),
        Method::POST => {
            let Ok(body) = to_bytes(body, usize::MAX).await else {
                return answer::bad_request("The request is invalid.");
            };
            write(company, segments, &parts, &body).await
        }
        _ => answer::wrong_method(&parts.method),
    }
}

/// The area of a call that exists; nothing for a path that no controller serves.
fn area(segments: &[&str]) -> Option<Area> {
    match segments {
        ["sales", "order"] | ["sales", "order", _, "status"] => Some(Area::Sales),
        ["customers"] => Some(Area::Customers),
        ["variants", _] => Some(Area::Variants),
        ["stock", _] | ["stock", _, "free-stock"] => Some(Area::Stock),
        ["system", "export-definition", _] => Some(Area::ExportDefinitions),
        ["system", "stock-locations"] => Some(Area::System),
        ["value-lists", _] => Some(Area::ValueLists),
        _ => None,
    }
}

fn read(company: &OrderWise, segments: &[&str], parts: &Parts) -> Response {
    let query = Pairs::of(&parts.uri);
    match segments {
        ["sales", "order", id, "status"] => {
            let (lines, delivery) =
                (query.is_true("include_lines"), query.is_true("include_delivery"));
            reads::order_status(company, id, lines, delivery)
        }
        ["customers"] => customers::list(
            company,
            query.number("limit"),
            query.number("last_id"),
            query.text("lastamendeddatetime"),
        ),
        ["variants", id] => reads::variant(company, id, query.is_true("include_sales_info")),
        ["stock", "variants"] => reads::stock_variants(company, query.number("limit")),
        ["stock", id] => reads::stock(company, id),
        ["stock", id, "free-stock"] => reads::free_stock(company, id),
        ["system", "stock-locations"] => reads::stock_locations(company),
        ["value-lists", number] => reads::value_list(company, number),
        _ => answer::wrong_method(&parts.method),
    }
}

async fn write(company: &OrderWise, segments: &[&str], parts: &Parts, body: &[u8]) -> Response {
    let query = Pairs::of(&parts.uri);
    match segments {
        ["sales", "order"] => match query.text("session_id").map(str::parse) {
            None => order::place(company, None, body).await,
            Some(Ok(session)) => order::place(company, Some(session), body).await,
            Some(Err(_)) => answer::bad_request("The request is invalid."),
        },
        ["customers"] => customers::create(company, query.number("template_customer_id"), body),
        ["system", "export-definition", id] => export::run(company, id, body),
        _ => answer::wrong_method(&parts.method),
    }
}

/// The query; names in any letter case, as ASP.NET takes them.
struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn of(uri: &Uri) -> Self {
        Self(Query::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default())
    }

    fn text(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    fn is_true(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}
