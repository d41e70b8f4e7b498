//! What people name on the command line, and how it is found.

use std::str::FromStr;

use daybook_domain::{Reference, Timestamp, reconcile::witness::Day};
use daybook_store::{
    Db,
    entry::{self, EntryRow},
};
use jiff::{civil::Date, tz::TimeZone};

use crate::failure::Failure;

/// A store on the command line: its warehouse id.
pub(crate) fn store(text: &str) -> Result<i64, String> {
    text.trim().parse().map_err(|_| {
        format!("'{text}' is no warehouse id of Sitoo; `daybook map list store` shows them with the names")
    })
}

/// A day on the command line.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    text.parse::<Day>().map(|day| day.0).map_err(|fault| fault.to_string())
}

/// An entry as people name it: its reference, or Sitoo's order id.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Named {
    Reference(Reference),
    OrderId(i64),
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(order_id) = text.trim().parse() {
            return Ok(Self::OrderId(order_id));
        }
        let reference = text.parse().map_err(|_| {
            let is_exception = text.starts_with("EX-") || text.starts_with("ex-");
            let more = if is_exception {
                format!("; `daybook exceptions show {text}` names its entry")
            } else {
                String::new()
            };
            format!(
                "'{text}' is neither a reference like S1-11513 nor an order id like 11513{more}"
            )
        })?;
        Ok(Self::Reference(reference))
    }
}

impl Named {
    /// The entry in the book.
    pub(crate) async fn find(self, book: &Db) -> Result<EntryRow, Failure> {
        let order_id = match self {
            Self::Reference(reference) => reference.order_id,
            Self::OrderId(order_id) => order_id,
        };
        let fits = |row: &EntryRow| match self {
            Self::Reference(reference) => row.site_id == reference.site_id,
            Self::OrderId(_) => true,
        };
        entry::get(book, order_id).await?.filter(fits).ok_or_else(|| {
            let message = format!("order {order_id} is not in the book");
            let hint = format!("fetch it from the till: `daybook sync sales --order {order_id}`");
            Failure::new("entry-unknown", message, hint)
        })
    }
}

/// The first moment of a day where the retailer is; `later` counts days from there.
pub(crate) fn start_of(day: Date, later: i64, zone: &TimeZone) -> Result<Timestamp, Failure> {
    let span = jiff::Span::new().days(later);
    let start = day.checked_add(span).and_then(|day| day.to_zoned_datetime(zone.clone()));
    start.map(|start| start.timestamp().into()).map_err(|error| {
        Failure::wrong_use("day", error.to_string(), "a day is written 2026-11-24")
    })
}
