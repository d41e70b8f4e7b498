//! The witnesses of a store-day, in our words. Whoever collects them fills these types; everything
//! else in [`crate::reconcile`] only reads them.

mod entry;
mod ledger;
mod when;
mod z_report;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    entry::{BookEntry, EntryRow, Figures, Original, Posting, ReadBack, SentLine, SoldRow, Tender},
    ledger::{LedgerDocument, LedgerLine, LedgerPayment},
    when::{Day, LocalTime},
    z_report::{ZCash, ZDiscount, ZGrandTotals, ZPayment, ZPractice, ZReport, ZSide, ZVatGroup},
};
use crate::Timestamp;

/// Until when each witness was read. Data of different age is never called a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ages {
    /// All orders of Sitoo up to this moment are in the book.
    pub orders: Timestamp,
    /// All Z-reports that had reached Sitoo by this moment are there; none while never read.
    pub z_reports: Option<Timestamp>,
    /// OrderWise's documents are as they were at this moment; none while never read.
    pub ledger: Option<Timestamp>,
}

/// The store that a day is closed for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// Sitoo's warehouse id, by which entries name their store.
    pub warehouse_id: i64,
    /// Its external id, by which Z-reports name it.
    pub external_id: Option<String>,
    /// Name for people.
    pub name: String,
    /// IANA zone of its tills.
    pub zone: String,
    /// Currency that its account is kept in, ISO 4217.
    pub currency: String,
    /// Its registers, also those that sold nothing.
    pub registers: Vec<Register>,
}

/// A till of the store.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Register {
    /// `registerid`.
    pub id: String,
    /// `registerkey`; a receipt's id is this and the receipt's number.
    pub key: Option<String>,
    /// The highest receipt number that was held before the day began, or accounted for.
    pub last_number: Option<i64>,
}

/// Everything that is known of one store's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreDay {
    /// The store.
    pub store: Store,
    /// The day that is being closed.
    pub day: Day,
    /// Entries of the day (by the date that drives the period), those of the neighbouring days as
    /// far as a Z-report that touches this one reaches, and those that a document of the day's
    /// window names. Also what is set aside, held or dismissed. Any order.
    pub entries: Vec<BookEntry>,
    /// Z-reports of the store's registers that touch the day, and for each register the one before
    /// where there is one. Any order.
    pub z_reports: Vec<ZReport>,
    /// Documents of OrderWise: those that carry the reference of one of `entries`, whatever their
    /// date, and those of the day's window that stand at the store's stock location. Any order.
    pub documents: Vec<LedgerDocument>,
    /// Until when each witness was read.
    pub ages: Ages,
}
