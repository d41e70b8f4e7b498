//! Exceptions: what waits for a person, each with a cause, the money at risk and its age. They
//! close by themselves when their cause is gone.

mod among;
mod behind;
mod find;
mod set;

use daybook_domain::{Money, Timestamp, causes::Cause};
use serde::Serialize;

pub use self::{
    among::{raise_beside, set_among},
    behind::{Behind, BehindStore, behind},
    find::{
        CauseCount, ExceptionFilter, Group, by_store, counts, dismissed, ever, get, list,
        money_held, of_entry, open_grouped, open_grouped_in,
    },
    set::{
        EntryFaults, close_for_entry, close_one, close_scoped, close_subject, raise_about,
        raise_scoped, set_for_entries, set_for_entry,
    },
};
use crate::{
    StoreResult,
    engine::{Cells, FromCells},
};

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] =
    &[among::STATEMENTS, behind::STATEMENTS, find::STATEMENTS, set::STATEMENTS];

/// The scope of exceptions about one entry.
pub(crate) const ENTRY: &str = "entry";

/// An exception as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionRow {
    /// Shown as `EX-` and this number.
    pub number: i64,
    /// The entry it is about, if about one.
    pub order_id: Option<i64>,
    /// `entry`, `store:5`, `orderwise`, …
    pub scope: String,
    /// Its cause.
    pub cause: Cause,
    /// What it is about: the SKU, the rate, the store.
    pub subject: String,
    /// One sentence.
    pub detail: String,
    /// The money at risk, as the caller told it.
    pub money: Money,
    /// Its currency; none is the book's own.
    pub currency: Option<String>,
    /// Since when.
    pub raised_at: Timestamp,
    /// Until when; none while it is open.
    pub closed_at: Option<Timestamp>,
    /// By whom.
    pub closed_by: Option<String>,
    /// Why.
    pub close_reason: Option<String>,
}

impl FromCells for ExceptionRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            number: row.int("number")?,
            order_id: row.opt_int("order_id")?,
            scope: row.text("scope")?,
            cause: row.word("cause")?,
            subject: row.text("subject")?,
            detail: row.text("detail")?,
            money: row.money("money")?,
            currency: row.opt_text("currency")?,
            raised_at: row.time("raised_at")?,
            closed_at: row.opt_time("closed_at")?,
            closed_by: row.opt_text("closed_by")?,
            close_reason: row.opt_text("close_reason")?,
        })
    }
}
