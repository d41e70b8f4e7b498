//! What surrounds a page for somebody who is not in yet, and what all these pages share.

use axum::response::{IntoResponse, Redirect, Response};
use daybook_flows::{FlowError, access::Entered};

use super::super::cookies;
use crate::{
    Web,
    desk::assets::{SIGN, STYLE},
};

/// The title and the looks.
pub(super) struct Bare {
    pub(super) title: &'static str,
    pub(super) style: &'static str,
    pub(super) sign: &'static str,
}

impl Bare {
    pub(super) fn new(title: &'static str) -> Self {
        Self { title, style: STYLE.address(), sign: SIGN.address() }
    }
}

/// What was wrong with a form, to stand beside the field that it is about.
pub(super) struct Trouble {
    pub(super) code: &'static str,
    pub(super) what: String,
    pub(super) hint: String,
}

impl Trouble {
    /// What a person can put right; anything else is an error of the page.
    pub(super) fn of(error: FlowError) -> Result<Self, FlowError> {
        match error {
            FlowError::Request { code, what, hint } => {
                // It stands as a sentence of its own.
                let mut letters = hint.chars();
                let first = letters.next().into_iter().flat_map(char::to_uppercase);
                Ok(Self { code, what, hint: first.chain(letters.clone()).collect() })
            }
            error => Err(error),
        }
    }

    /// Whether it is about the fields whose codes begin so.
    pub(super) fn is(&self, begins: &str) -> bool {
        self.code.starts_with(begins)
    }
}

/// Goes on to `to` with the session that has begun.
pub(super) fn go_in(web: &Web, entered: &Entered, to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    cookies::keep(response.headers_mut(), entered, &web.app.settings.access);
    response
}

/// Where to go after signing in: a page of ours, and nothing that a browser could take for another
/// site's address.
pub(super) fn local(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//");
    let is_plain = !next.contains('\\') && !next.chars().any(char::is_control);
    let is_door = next.starts_with("/sign-") || next.starts_with("/join/");
    if is_path && is_plain && !is_door { next } else { "/" }
}

/// As part of an address.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn only_pages_of_ours_come_next() {
        for own in ["/", "/entries/S1-7?tab=2#x", "/find?q=%2F%2Fevil"] {
            assert_eq!(local(own), own);
        }
        let tricks = [
            "",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n//evil.example",
            " /x",
            "/sign-out",
            "/sign-in?next=/",
        ];
        for trick in tricks {
            assert_eq!(local(trick), "/", "{trick:?}");
        }
    }
}
