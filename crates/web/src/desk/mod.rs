//! The desk: pages for people.
//!
//! A page is a file here and a template of the same name: it reads (through `daybook-flows`), puts
//! figures into words, and is rendered. What a page shows the API answers too (`crate::api`).

pub(crate) mod assets;
mod error;
mod routes;
pub(crate) mod say;
pub(crate) mod shell;
mod today;

use axum::Router;
use daybook_domain::access::Right;

pub use self::routes::RouteLine;
pub(crate) use self::{
    error::PageError,
    routes::Routes,
    shell::{Section, Shell},
};
use crate::{Web, access};

/// Every page and everything that pages do.
pub(crate) fn pages() -> Routes {
    Routes::default().page("/", Right::See, today::page).and(access::pages())
}

/// What is open to everybody.
pub(crate) fn open() -> Router<Web> {
    assets::routes()
}
