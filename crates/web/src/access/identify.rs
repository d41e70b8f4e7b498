//! Who asks: by the session's cookie, or, for programs, by a token.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use daybook_flows::{
    FlowError,
    access::{self, Visitor, token},
};

use super::{Own, Who, cookies};
use crate::{Web, desk::PageError, problem::Problem};

/// Added by proxies, each at the end.
const FORWARDED: &str = "x-forwarded-for";

/// Puts who asks beside the request, and how they came: [`Who`], [`Own`], [`Visitor`].
pub(crate) async fn identify(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let visitor = visitor(&web, &request);
    let for_programs = request.uri().path().starts_with("/api/");
    // A token stands alone: with one, the cookie is not looked at.
    if let Some(text) = bearer(request.headers()).filter(|_| for_programs) {
        match token::identify(&web.app, text).await {
            Ok(Some(token)) => {
                let who = Who {
                    name: format!("token {}", token.name),
                    roles: std::collections::BTreeSet::new(),
                    rights: access::within(token.rights, token.stores.as_ref()),
                    stores: token.stores,
                };
                request.extensions_mut().insert(who);
            }
            Ok(None) => return Problem::TOKEN.into_response(),
            Err(error) => return failed(error, for_programs),
        }
    } else if let Some(session) = &visitor.session {
        match access::sign_in::identify(&web.app, session, is_use(&request)).await {
            Ok(Some(own)) => {
                request.extensions_mut().insert(Who::from(&own));
                request.extensions_mut().insert(Own(own));
            }
            Ok(None) => {}
            Err(error) => return failed(error, for_programs),
        }
    }
    request.extensions_mut().insert(visitor);
    next.run(request).await
}

fn failed(error: FlowError, for_programs: bool) -> Response {
    if for_programs {
        tracing::warn!(code = error.code(), "who asks could not be read: {error}");
        return Problem::NOT_READY.into_response();
    }
    PageError::from(error).into_response()
}

/// The token of a request, if it carries one.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a person did something, or a page that was left open only asks for news.
fn is_use(request: &Request) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    request.method() != Method::GET || mode.is_none_or(|mode| mode == "navigate")
}

fn visitor(web: &Web, request: &Request) -> Visitor {
    let settings = &web.app.settings.access;
    let headers = request.headers();
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // What stands before the last one, anybody could have written.
    let named = headers.get_all(FORWARDED).iter().next_back();
    let named =
        named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    let from = if settings.behind_proxy { named.or(peer) } else { peer };
    Visitor {
        source: from.map_or_else(|| "unknown".to_owned(), network),
        agent: agent.unwrap_or_default().to_owned(),
        device: cookies::browser(headers, settings),
        session: cookies::session(headers, settings),
    }
}

/// An address, or, with IPv6, the network that one household has.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn one_household_is_one_source() {
        assert_eq!(network("192.0.2.7".parse().unwrap()), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7".parse().unwrap()), "192.0.2.7");
        let one = network("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(one, network("2001:db8:1:2:ffff::1".parse().unwrap()));
        assert_ne!(one, network("2001:db8:1:3::1".parse().unwrap()));
    }
}
