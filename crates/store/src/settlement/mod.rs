//! Settlement: what the tills took, what providers settled, what the bank booked, and the matches
//! between them. A thing belongs to at most one match that holds or is suggested: its row says to
//! which (`match_number`), and takes another one only while it has none.

pub mod bank;
pub mod file;
pub mod line;
mod matched;
pub mod matches;
pub mod month;
pub mod payout;
pub mod rule;
pub mod till;
pub mod unsettled;

use serde::{Serialize, de::DeserializeOwned};

use crate::{StoreError, StoreResult, engine::Cells};

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    bank::STATEMENTS,
    file::STATEMENTS,
    line::STATEMENTS,
    matches::STATEMENTS,
    month::STATEMENTS,
    payout::STATEMENTS,
    rule::STATEMENTS,
    till::STATEMENTS,
    unsettled::STATEMENTS,
];

fn to_json<T: Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(StoreError::unreadable)
}

fn from_json<T: DeserializeOwned>(text: &str) -> StoreResult<T> {
    serde_json::from_str(text).map_err(StoreError::unreadable)
}

/// A cell that holds a word or a day, or nothing.
fn opt_word<T: std::str::FromStr<Err: std::fmt::Display>>(
    row: &impl Cells,
    name: &str,
) -> StoreResult<Option<T>> {
    row.opt_text(name)?.map(|text| text.parse().map_err(StoreError::unreadable)).transpose()
}
