//! What changes something must come from one of our own pages: a form on another site is refused,
//! whoever is signed in here (OWASP, cross-site request forgery).

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::identify::bearer;
use crate::{Web, desk::PageError, problem::Problem};

/// Set by browsers, and by no script.
const SITE: &str = "sec-fetch-site";

/// Refuses what comes from elsewhere, and what no database could look for.
pub(crate) async fn guard(State(web): State<Web>, request: Request, next: Next) -> Response {
    let for_programs = request.uri().path().starts_with("/api/");
    let has_nothing = |text: &str| text.contains("%00");
    if has_nothing(request.uri().path()) || request.uri().query().is_some_and(has_nothing) {
        return malformed(for_programs);
    }
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    // No browser adds a token by itself.
    let has_token = for_programs && bearer(request.headers()).is_some();
    let public = web.app.settings.access.public_url.as_deref();
    if only_reads || has_token || is_own(request.headers(), public) {
        return next.run(request).await;
    }
    if for_programs {
        return Problem::FORGED.into_response();
    }
    PageError::new(
        StatusCode::FORBIDDEN,
        "forged-origin",
        "This was not sent from a page of Daybook",
        "open the page here and do it again; if you did not do anything, nothing was done",
    )
    .into_response()
}

fn malformed(for_programs: bool) -> Response {
    if for_programs {
        return Problem::ADDRESS.into_response();
    }
    let (what, hint) = ("This is no address of a page", "check the address");
    PageError::new(StatusCode::BAD_REQUEST, "malformed", what, hint).into_response()
}

/// Whether a browser says that the request comes from a page of ours. One that says nothing at all
/// is refused.
fn is_own(headers: &HeaderMap, public: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if headers.contains_key(SITE) {
        return matches!(text(SITE), Some("same-origin" | "none"));
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return false };
    let is_public = public.is_some_and(|url| same(url.trim_end_matches('/'), origin));
    let host = origin.split_once("://").map(|(_, host)| host);
    let is_host =
        host.zip(text(header::HOST.as_str())).is_some_and(|(one, other)| same(one, other));
    is_public || is_host
}

fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::is_own;

    fn headers(all: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        all.iter().map(pair).collect()
    }

    #[test]
    fn only_our_own_pages_pass() {
        let public = Some("https://daybook.example.com/");
        let own = [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none")],
            &[("origin", "http://shop:8080"), ("host", "shop:8080")],
            &[("origin", "https://Daybook.example.com"), ("host", "127.0.0.1:8080")],
        ];
        for given in own {
            assert!(is_own(&headers(given), public), "{given:?}");
        }
        let foreign = [
            &[][..],
            &[("host", "shop:8080")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://shop"), ("host", "shop")],
            &[("origin", "null"), ("host", "shop:8080")],
            &[("origin", "http://shop:8081"), ("host", "shop:8080")],
            &[("origin", "http://shop:8080.evil"), ("host", "shop:8080")],
            &[("origin", "https://daybook.example.com.evil"), ("host", "shop:8080")],
        ];
        for given in foreign {
            assert!(!is_own(&headers(given), public), "{given:?}");
        }
    }
}
