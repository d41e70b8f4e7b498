//! Alerts, the messages about them, and the channels that carry these.

mod book;
pub mod channel;
pub mod delivery;
mod receipts;

pub use self::{
    book::{close, closed, closed_since, escalated, get, looked, open, raise, update},
    receipts::{QuarterRow, quarters},
};

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] =
    &[book::STATEMENTS, channel::STATEMENTS, delivery::STATEMENTS, receipts::STATEMENTS];
