//! The stylesheet, the script and the sign, each at an address that changes with its content.

use std::{fmt::Write as _, sync::LazyLock};

use axum::{
    Router,
    extract::Path,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest as _, Sha256};

use crate::{Web, problem::Problem};

/// One file that belongs to every page.
pub(crate) struct Asset {
    address: String,
    kind: &'static str,
    body: &'static str,
}

impl Asset {
    fn new(name: &str, kind: &'static str, body: &'static str) -> Self {
        let mut mark = String::new();
        for byte in Sha256::digest(body.as_bytes()).iter().take(6) {
            let _ = write!(mark, "{byte:02x}");
        }
        Self { address: format!("/assets/{mark}-{name}"), kind, body }
    }

    /// Where it is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

/// How pages look.
pub(crate) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("desk.css", "text/css; charset=utf-8", include_str!("../../assets/desk.css"))
});

/// What makes pages better, and none of them needs.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("desk.js", "text/javascript; charset=utf-8", include_str!("../../assets/desk.js"))
});

/// The sign in the browser's tab.
pub(crate) static SIGN: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("sign.svg", "image/svg+xml", include_str!("../../assets/sign.svg"))
});

/// Open to everybody: they say nothing about the retailer.
pub(crate) fn routes() -> Router<Web> {
    Router::new().route("/assets/{name}", get(show))
}

async fn show(Path(name): Path<String>) -> Response {
    let wanted = format!("/assets/{name}");
    let Some(asset) = [&*STYLE, &*SCRIPT, &*SIGN].into_iter().find(|one| one.address == wanted)
    else {
        return Problem::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, asset.body).into_response()
}
