//! The second factor of one's own account.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use daybook_flows::{FlowError, access::account};
use qrcode::{Color, QrCode};

use super::{
    super::{Own, Who, fields::Fields},
    account::{mine, show as show_account},
    bare::Trouble,
};
use crate::{
    Web,
    desk::{PageError, Section, Shell, shell},
};

/// White around the picture that readers need, in squares.
const QUIET: usize = 4;

#[derive(Template)]
#[template(path = "access-factor.html")]
struct FactorPage {
    shell: Shell,
    secret: String,
    address: String,
    picture: Option<Picture>,
    trouble: Option<Trouble>,
}

#[derive(Template)]
#[template(path = "access-codes.html")]
struct CodesPage {
    shell: Shell,
    codes: Vec<String>,
}

/// The address as a picture: the outline of its dark squares.
struct Picture {
    side: usize,
    path: String,
}

impl Picture {
    fn of(text: &str) -> Option<Self> {
        let code = QrCode::new(text).ok()?;
        let width = code.width();
        let squares = code.to_colors();
        let dark = squares.iter().enumerate().filter(|(_, color)| **color == Color::Dark);
        let path =
            dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET));
        Some(Self { side: width + 2 * QUIET, path: path.collect() })
    }
}

/// What the app has to know; begun before by [`begin`].
pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    own: Option<Extension<Own>>,
) -> Result<Response, PageError> {
    show(&web, &who, &mine(own)?, None)
}

fn show(web: &Web, who: &Who, own: &Own, trouble: Option<Trouble>) -> Result<Response, PageError> {
    let Some(enrolment) = account::enrolment(&own.0) else {
        return Ok(Redirect::to("/account").into_response());
    };
    let has_trouble = trouble.is_some();
    let page = FactorPage {
        shell: Shell::new(web, who, Section::Account, "Second factor"),
        picture: Picture::of(&enrolment.address),
        secret: in_groups(&enrolment.secret),
        address: enrolment.address,
        trouble,
    };
    let mut response = shell::show(&page)?;
    if has_trouble {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// Four characters at a time are easier to type.
fn in_groups(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

pub(super) async fn begin(
    State(web): State<Web>,
    own: Option<Extension<Own>>,
) -> Result<Response, PageError> {
    account::begin_factor(&web.app, &mine(own)?.0).await?;
    Ok(Redirect::to("/account/factor").into_response())
}

pub(super) async fn confirm(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    own: Option<Extension<Own>>,
    fields: Fields,
) -> Result<Response, PageError> {
    let own = mine(own)?;
    match account::confirm_factor(&web.app, &own.0, fields.get("code")).await {
        Ok(codes) => show_codes(&web, &who, codes),
        Err(error) => show(&web, &who, &own, Some(Trouble::of(error)?)),
    }
}

fn show_codes(web: &Web, who: &Who, codes: Vec<String>) -> Result<Response, PageError> {
    let shell = Shell::new(web, who, Section::Account, "Recovery codes");
    shell::show(&CodesPage { shell, codes })
}

pub(super) async fn remove(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    own: Option<Extension<Own>>,
    fields: Fields,
) -> Result<Response, PageError> {
    let own = mine(own)?;
    match account::remove_factor(&web.app, &own.0, fields.get("present")).await {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(error) => wrong(&web, &who, &own, error).await,
    }
}

pub(super) async fn renew_codes(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    own: Option<Extension<Own>>,
    fields: Fields,
) -> Result<Response, PageError> {
    let own = mine(own)?;
    match account::renew_codes(&web.app, &own.0, fields.get("present")).await {
        Ok(codes) => show_codes(&web, &who, codes),
        Err(error) => wrong(&web, &who, &own, error).await,
    }
}

/// The password was not right: said beside the second factor, where it was asked for.
async fn wrong(web: &Web, who: &Who, own: &Own, error: FlowError) -> Result<Response, PageError> {
    let trouble = Trouble::of(error)?;
    show_account(web, who, own, Some(Trouble { code: "factor-password", ..trouble }), false).await
}

#[cfg(test)]
mod tests {
    use super::{Picture, in_groups};

    #[test]
    fn a_picture_has_its_quiet_zone() {
        let picture = Picture::of("otpauth://totp/Daybook:ada?secret=MZXW6").unwrap();
        assert!(picture.path.starts_with("M4 4h1v1h-1z"), "{}", &picture.path[..20]);
        assert_eq!(picture.side, 29 + 8);
        assert_eq!(in_groups("MZXW6YTB2"), "MZXW 6YTB 2");
    }
}
