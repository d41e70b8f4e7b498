//! Cookies: for this site alone, out of every script's reach.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::CookieJar;
use daybook_flows::{
    access::{Entered, single_sign_on::LIFE},
    settings::Access,
};

/// Opens the session.
const SESSION: &str = "daybook";
/// Marks a browser that somebody signed in with.
const BROWSER: &str = "daybook-browser";
/// Shows that this browser began to sign in elsewhere.
const ATTEMPT: &str = "daybook-sign-on";

/// The session's secret, as the browser sent it.
pub(super) fn session(headers: &HeaderMap, settings: &Access) -> Option<String> {
    read(headers, SESSION, settings)
}

/// The browser's mark.
pub(super) fn browser(headers: &HeaderMap, settings: &Access) -> Option<String> {
    read(headers, BROWSER, settings)
}

/// The secret of an attempt to sign in elsewhere.
pub(super) fn attempt(headers: &HeaderMap, settings: &Access) -> Option<String> {
    read(headers, ATTEMPT, settings)
}

/// What the browser must show when it comes back from elsewhere.
pub(super) fn keep_attempt(headers: &mut HeaderMap, secret: &str, settings: &Access) {
    append(headers, &write(ATTEMPT, secret, Some(LIFE), settings));
}

/// The attempt is over.
pub(super) fn forget_attempt(headers: &mut HeaderMap, settings: &Access) {
    append(headers, &write(ATTEMPT, "", Some(Duration::ZERO), settings));
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
