//! An entry that is due: what the flows need to decide on it, and no more. They read many, and each
//! cell costs.

use daybook_domain::{
    Money, Reference, Timestamp,
    entry::{EntryKind, EntryState},
};

use super::EntryRow;
use crate::{
    StoreResult,
    engine::{Cells, FromCells},
};

/// An entry that stands in one of the queues; its fields are those of [`EntryRow`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// Sitoo's order id.
    pub order_id: i64,
    /// Sitoo's site.
    pub site_id: i64,
    /// Sale, return or neither.
    pub kind: EntryKind,
    /// Where it is in its life.
    pub state: EntryState,
    /// Why it is there.
    pub reason: Option<String>,
    /// The store.
    pub warehouse_id: Option<i64>,
    /// When it happened at the till.
    pub order_date: Timestamp,
    /// ISO 4217.
    pub currency: String,
    /// VAT, returns negative.
    pub vat: Money,
    /// Gross, returns negative.
    pub gross: Money,
    /// The sale that it gives back.
    pub original_order_id: Option<i64>,
    /// When it was first written down.
    pub received_at: Timestamp,
    /// Number of the latest try to post it; 0 before the first.
    pub attempt: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Since when its outcome is not known.
    pub doubt_since: Option<Timestamp>,
    /// How often OrderWise has been asked about it while in doubt.
    pub doubt_lookups: i64,
    /// OrderWise's internal id.
    pub erp_order_id: Option<i64>,
    /// OrderWise's number, as people see it.
    pub erp_order_number: Option<String>,
    /// When we knew that OrderWise has it.
    pub posted_at: Option<Timestamp>,
    /// Which version of the till's payload counts.
    pub payload_version: i64,
}

impl DueRow {
    /// Its key in OrderWise, made from Sitoo's own ids.
    pub const fn reference(&self) -> Reference {
        Reference { site_id: self.site_id, order_id: self.order_id }
    }
}

/// All columns of [`DueRow`].
macro_rules! due_columns {
    () => {
        "order_id, site_id, kind, state, reason, warehouse_id, order_date, currency, vat, gross, \
         original_order_id, received_at, attempt, failures, doubt_since, doubt_lookups, \
         erp_order_id, erp_order_number, posted_at, payload_version"
    };
}
pub(super) use due_columns;

impl FromCells for DueRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            site_id: row.int("site_id")?,
            kind: row.word("kind")?,
            state: row.word("state")?,
            reason: row.opt_text("reason")?,
            warehouse_id: row.opt_int("warehouse_id")?,
            order_date: row.time("order_date")?,
            currency: row.text("currency")?,
            vat: row.money("vat")?,
            gross: row.money("gross")?,
            original_order_id: row.opt_int("original_order_id")?,
            received_at: row.time("received_at")?,
            attempt: row.int("attempt")?,
            failures: row.int("failures")?,
            doubt_since: row.opt_time("doubt_since")?,
            doubt_lookups: row.int("doubt_lookups")?,
            erp_order_id: row.opt_int("erp_order_id")?,
            erp_order_number: row.opt_text("erp_order_number")?,
            posted_at: row.opt_time("posted_at")?,
            payload_version: row.int("payload_version")?,
        })
    }
}

impl From<EntryRow> for DueRow {
    fn from(row: EntryRow) -> Self {
        Self {
            order_id: row.order_id,
            site_id: row.site_id,
            kind: row.kind,
            state: row.state,
            reason: row.reason,
            warehouse_id: row.warehouse_id,
            order_date: row.order_date,
            currency: row.currency,
            vat: row.vat,
            gross: row.gross,
            original_order_id: row.original_order_id,
            received_at: row.received_at,
            attempt: row.attempt,
            failures: row.failures,
            doubt_since: row.doubt_since,
            doubt_lookups: row.doubt_lookups,
            erp_order_id: row.erp_order_id,
            erp_order_number: row.erp_order_number,
            posted_at: row.posted_at,
            payload_version: row.payload_version,
        }
    }
}
