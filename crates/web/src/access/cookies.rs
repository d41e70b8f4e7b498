//! Cookies: for this site alone, out of every script's reach.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::CookieJar;
use daybook_flows::{access::Entered, settings::Access};

/// Opens the session.
const SESSION: &str = "daybook";
/// Marks a browser that somebody signed in with.
const BROWSER: &str = "daybook-browser";

/// The session's secret, as the browser sent it.
pub(super) fn session(headers: &HeaderMap, settings: &Access) -> Option<String> {
    read(headers, SESSION, settings)
}

/// The browser's mark.
pub(super) fn browser(headers: &HeaderMap, settings: &Access) -> Option<String> {
    read(headers, BROWSER, settings)
}

/// What a browser must keep from now on.
pub(super) fn keep(headers: &mut HeaderMap, entered: &Entered, settings: &Access) {
    append(headers, &write(SESSION, &entered.session, None, settings));
    if let Some(mark) = &entered.device {
        append(headers, &write(BROWSER, mark, Some(settings.remember_browsers), settings));
    }
}

/// The session's cookie goes; the browser's mark stays.
pub(super) fn forget(headers: &mut HeaderMap, settings: &Access) {
    append(headers, &write(SESSION, "", Some(Duration::ZERO), settings));
}

fn append(headers: &mut HeaderMap, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// By HTTPS with the prefix that no other host, and no page by HTTP, can write a cookie under.
fn name(plain: &str, settings: &Access) -> String {
    if settings.secure { format!("__Host-{plain}") } else { plain.to_owned() }
}

fn read(headers: &HeaderMap, plain: &str, settings: &Access) -> Option<String> {
    let jar = CookieJar::from_headers(headers);
    let value = jar.get(&name(plain, settings))?.value();
    (!value.is_empty()).then(|| value.to_owned())
}

fn write(plain: &str, value: &str, life: Option<Duration>, settings: &Access) -> String {
    let mut text = name(plain, settings);
    text.extend(["=", value, "; Path=/; HttpOnly; SameSite=Lax"]);
    if settings.secure {
        text.push_str("; Secure");
    }
    if let Some(life) = life {
        text.extend(["; Max-Age=", &life.as_secs().to_string()]);
    }
    text
}
