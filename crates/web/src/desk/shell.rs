//! What surrounds every page: title, where one is, who one is.

use askama::Template;
use axum::{
    http::HeaderMap,
    response::{Html, IntoResponse, Response},
};
use daybook_domain::access::Right;
use jiff::tz::TimeZone;

use super::{PageError, assets};
use crate::{Web, access::Who};

/// A part of the desk, as the navigation lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Today,
    Exceptions,
    Alerts,
    Find,
    Stock,
    Catalogue,
    Despatch,
    Books,
    Mappings,
    Activity,
    Audit,
    Health,
    Manual,
    People,
    Privacy,
    Account,
}

/// A line of the navigation.
pub(crate) struct Link {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) is_here: bool,
}

/// The sections in the order of the day's work, with the right that opens each.
const SECTIONS: &[(Section, &str, &str, Right)] = &[
    (Section::Today, "Today", "/", Right::See),
    (Section::Exceptions, "Exceptions", "/exceptions", Right::See),
    (Section::Alerts, "Alerts", "/alerts", Right::See),
    (Section::Find, "Find", "/find", Right::See),
    (Section::Books, "Books", "/books", Right::See),
    (Section::Stock, "Stock", "/stock", Right::See),
    (Section::Catalogue, "Catalogue", "/catalogue", Right::See),
    (Section::Despatch, "Despatch", "/despatch", Right::See),
    (Section::Mappings, "Mappings", "/mappings", Right::See),
    (Section::Audit, "Audit", "/audit", Right::See),
    (Section::Activity, "Activity", "/activity", Right::See),
    (Section::Health, "Health", "/health", Right::See),
    (Section::Manual, "Manual", "/manual", Right::See),
    (Section::People, "People", "/people", Right::ManagePeople),
    (Section::Privacy, "Privacy", "/privacy", Right::EraseShoppers),
];

/// What concerns every store, and opens for nobody who looks after some.
const OF_EVERY_STORE: [Section; 2] = [Section::Audit, Section::Activity];

/// What surrounds a page.
pub(crate) struct Shell {
    pub(crate) title: String,
    pub(crate) links: Vec<Link>,
    pub(crate) who: Who,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
    pub(crate) sign: &'static str,
    pub(crate) version: &'static str,
    /// The moment the page was made, by the retailer's clock.
    pub(crate) made_at: String,
}

impl Shell {
    /// For a page of `section`.
    pub(crate) fn new(web: &Web, who: &Who, section: Section, title: impl Into<String>) -> Self {
        let opens = |&&(one, _, _, right): &&(Section, &str, &str, Right)| {
            who.may(right) && (who.stores.is_none() || !OF_EVERY_STORE.contains(&one))
        };
        let links = SECTIONS.iter().filter(opens);
        let links =
            links.map(|&(one, name, address, _)| Link { name, address, is_here: one == section });
        Self {
            title: title.into(),
            links: links.collect(),
            who: who.clone(),
            style: assets::STYLE.address(),
            script: assets::SCRIPT.address(),
            sign: assets::SIGN.address(),
            version: env!("CARGO_PKG_VERSION"),
            made_at: super::say::clock(web.app.now(), &zone(web)),
        }
    }

    /// Whether pages that concern every store open.
    pub(crate) const fn sees_all_stores(&self) -> bool {
        self.who.stores.is_none()
    }

    pub(crate) fn may(&self, right: &str) -> bool {
        right.parse().is_ok_and(|right| self.who.may(right))
    }
}

/// The zone in which people read the time.
pub(crate) fn zone(web: &Web) -> TimeZone {
    TimeZone::get(&web.app.policy.default_time_zone).unwrap_or(TimeZone::UTC)
}

/// A page as it is sent.
pub(crate) fn show(page: &impl Template) -> Result<Response, PageError> {
    Ok(Html(page.render()?).into_response())
}

/// Whether a page asks for itself again, because something has moved: what costs, and what was
/// asked for once, is not done once more.
pub(crate) fn is_live(headers: &HeaderMap) -> bool {
    headers.contains_key("x-live")
}
