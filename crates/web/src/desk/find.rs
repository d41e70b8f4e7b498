//! Find: one search box, and the list of entries with its filters.

use std::fmt::Write as _;

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{
    Timestamp,
    entry::EntryState,
    month::table::{Cell, Table},
};
use daybook_flows::{
    desk::{
        entry::{self, EntryFilter},
        find::{self, Found},
    },
    view::EntryView,
};
use jiff::{civil::Date, tz::TimeZone};
use serde::Deserialize;

use super::{PageError, Section, Shell, say, shell};
use crate::{Web, access::Who, take::Asked};

/// Entries on one page.
const PAGE: usize = 50;

/// What a list may be narrowed by; every field may be left empty.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
    state: String,
    store: String,
    from: String,
    to: String,
    before: String,
}

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    shell: Shell,
    wanted: Wanted,
    states: Vec<(&'static str, &'static str)>,
    stores: Vec<(String, String)>,
    meant: String,
    rows: Vec<RowTold>,
    skus: Vec<(String, String)>,
    next: Option<String>,
    csv: String,
    xlsx: String,
    wrong: Option<String>,
}

pub(super) struct RowTold {
    pub(super) reference: String,
    pub(super) kind: String,
    pub(super) state: &'static str,
    pub(super) mood: &'static str,
    pub(super) store: String,
    pub(super) at: String,
    pub(super) gross: String,
    pub(super) receipt: String,
    pub(super) document: String,
    pub(super) why: String,
}

/// States in the words of the desk, and how each is meant.
pub(super) fn state_word(state: EntryState) -> (&'static str, &'static str) {
    match state {
        EntryState::SetAside => ("Set aside", "none"),
        EntryState::Waiting => ("Waits for its sale", "wait"),
        EntryState::Ready => ("On its way", "wait"),
        EntryState::Posting => ("Being posted", "wait"),
        EntryState::InDoubt => ("In doubt", "wait"),
        EntryState::Posted => ("In OrderWise", "well"),
        EntryState::Confirmed => ("Confirmed", "well"),
        EntryState::Held => ("Held", "bad"),
        EntryState::Dismissed => ("Dismissed", "none"),
    }
}

/// One line of a list of entries.
pub(super) fn row_told(entry: &EntryView, zone: &TimeZone, stores: &[(i64, String)]) -> RowTold {
    let (state, mood) = state_word(entry.state);
    let store = stores.iter().find(|(id, _)| Some(*id) == entry.store);
    RowTold {
        reference: entry.reference.clone(),
        kind: entry.kind.to_string(),
        state,
        mood,
        store: store.map_or_else(
            || entry.store.map_or_else(String::new, |id| id.to_string()),
            |(_, name)| name.clone(),
        ),
        at: say::short(entry.ordered_at, &entry.till_zone(zone)),
        gross: say::money(entry.gross, &entry.currency),
        receipt: entry.receipt.clone().unwrap_or_default(),
        document: entry.document.as_ref().and_then(|one| one.number.clone()).unwrap_or_default(),
        why: entry.why().unwrap_or_default(),
    }
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, PageError> {
    let zone = shell::zone(&web);
    let stores = find::stores(&web.app).await?;
    let stores: Vec<_> =
        stores.into_iter().filter(|(id, _)| who.may_see_store(Some(*id))).collect();
    let (found, wrong) = match filter(&wanted, &zone) {
        Ok(filter) => (search(&web, &who, &wanted, filter).await?, None),
        Err(wrong) => (Found::default(), Some(wrong)),
    };
    if let [only] = found.page.entries.as_slice()
        && !wanted.q.trim().is_empty()
        && found.is_exact
        && found.page.next.is_none()
        && wanted.before.trim().is_empty()
    {
        return Ok(Redirect::to(&format!("/entries/{}", only.reference)).into_response());
    }
    let page = FindPage {
        shell: Shell::new(&web, &who, Section::Find, "Find"),
        states: states(),
        rows: found.page.entries.iter().map(|entry| row_told(entry, &zone, &stores)).collect(),
        meant: found.meant.unwrap_or_default(),
        skus: found.skus,
        next: found.page.next.map(|next| address("/find", &wanted, Some(next))),
        csv: address("/find.csv", &wanted, None),
        xlsx: address("/find.xlsx", &wanted, None),
        stores: stores.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        wanted,
        wrong,
    };
    shell::show(&page)
}

/// What fits, for the page, its CSV and the API.
pub(crate) async fn search(
    web: &Web,
    who: &Who,
    wanted: &Wanted,
    mut filter: EntryFilter,
) -> Result<Found, PageError> {
    filter.stores.clone_from(&who.stores);
    let found = if wanted.q.trim().is_empty() {
        let page = entry::list(&web.app, &filter, PAGE).await?;
        Found { page, ..Found::default() }
    } else {
        find::find(&web.app, &wanted.q, &filter, PAGE).await?
    };
    Ok(found)
}

/// Most entries in one file.
const FILE: usize = 50_000;
/// Entries read at once for a file.
const PIECE: usize = 1_000;

/// Everything that fits, as far as a file goes.
pub(super) async fn table(web: &Web, who: &Who, wanted: &Wanted) -> Result<Table, PageError> {
    let wrong = |what: String| {
        let hint = "correct the search";
        PageError::new(axum::http::StatusCode::BAD_REQUEST, "request", what, hint)
    };
    let mut filter = filter(wanted, &shell::zone(web)).map_err(wrong)?;
    filter.stores.clone_from(&who.stores);
    let mut rows = Vec::new();
    loop {
        let page = if wanted.q.trim().is_empty() {
            entry::list(&web.app, &filter, PIECE).await?
        } else {
            find::find(&web.app, &wanted.q, &filter, PIECE).await?.page
        };
        rows.extend(page.entries.iter().map(cells));
        filter.before = page.next;
        if page.next.is_none() || rows.len() >= FILE {
            break;
        }
    }
    let columns = [
        "reference",
        "kind",
        "state",
        "store",
        "register",
        "receipt",
        "sold_at",
        "time_zone",
        "currency",
        "net",
        "vat",
        "gross",
        "document",
        "why",
    ];
    Ok(Table {
        name: "entries",
        title: "Entries",
        note: "",
        columns: super::files::columns(&columns, &[]),
        rows,
    })
}

fn cells(entry: &EntryView) -> Vec<Cell> {
    let text = |text: Option<&String>| text.map_or(Cell::Empty, Cell::text);
    let number = entry.document.as_ref().and_then(|one| one.number.as_ref());
    vec![
        Cell::text(&entry.reference),
        Cell::text(entry.kind.to_string()),
        Cell::text(entry.state.word()),
        entry.store.map_or(Cell::Empty, Cell::Count),
        text(entry.register.as_ref()),
        text(entry.receipt.as_ref()),
        Cell::Moment(entry.ordered_at),
        text(entry.time_zone.as_ref()),
        Cell::text(&entry.currency),
        Cell::Money(entry.net),
        Cell::Money(entry.vat),
        Cell::Money(entry.gross),
        text(number),
        text(entry.reason.as_ref()),
    ]
}

/// No state: what is in OrderWise with other totals than the till's.
const DIFFERS: &str = "differs";

fn states() -> Vec<(&'static str, &'static str)> {
    let states = EntryState::ALL.iter().map(|state| (state.word(), state_word(*state).0));
    states.chain([(DIFFERS, "Totals differ")]).collect()
}

/// The filter that was asked for, or what is wrong with it.
pub(crate) fn filter(wanted: &Wanted, zone: &TimeZone) -> Result<EntryFilter, String> {
    let day = |text: &str, later: i8| -> Result<Option<Timestamp>, String> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let date: Date = text
            .trim()
            .parse()
            .map_err(|_| format!("'{text}' is no day; write it as 2026-11-24"))?;
        let date = if later == 0 { date } else { date.tomorrow().unwrap_or(date) };
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let start = zone.to_timestamp(midnight).map_err(|error| error.to_string())?;
        Ok(Some(start.into()))
    };
    let number = |text: &str, what: &str| -> Result<Option<i64>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| format!("'{text}' is no {what}"))
    };
    let state = match wanted.state.trim() {
        "" | DIFFERS => None,
        word => Some(word.parse().map_err(|_| format!("'{word}' is no state"))?),
    };
    Ok(EntryFilter {
        state,
        differs: wanted.state.trim() == DIFFERS,
        warehouse_id: number(&wanted.store, "store")?,
        from: day(&wanted.from, 0)?,
        to: day(&wanted.to, 1)?,
        before: number(&wanted.before, "page")?,
        ..EntryFilter::default()
    })
}

fn address(path: &str, wanted: &Wanted, before: Option<i64>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let parts = [
        ("q", &wanted.q),
        ("state", &wanted.state),
        ("store", &wanted.store),
        ("from", &wanted.from),
        ("to", &wanted.to),
    ];
    for (name, value) in parts {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    if let Some(before) = before {
        query.append_pair("before", &before.to_string());
    }
    let mut address = path.to_owned();
    let query = query.finish();
    if !query.is_empty() {
        let _ = write!(address, "?{query}");
    }
    address
}
