//! An entry as the book holds it.

use daybook_domain::{
    Money, Reference, Timestamp,
    entry::{EntryKind, EntryState},
};
use serde::Serialize;

use crate::{
    StoreResult,
    engine::{Cells, FromCells},
};

/// An entry without its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryRow {
    /// Sitoo's order id, unique per account: the entry's key.
    pub order_id: i64,
    /// Sitoo's site.
    pub site_id: i64,
    /// Its key in OrderWise.
    pub reference: String,
    /// Sale, return or neither.
    pub kind: EntryKind,
    /// Where it is in its life.
    pub state: EntryState,
    /// Why it is there: the code of what it is set aside, waits or is held for.
    pub reason: Option<String>,
    /// The store.
    pub warehouse_id: Option<i64>,
    /// The till.
    pub register_id: Option<String>,
    /// The receipt's number.
    pub receipt_id: Option<String>,
    /// When it happened at the till.
    pub order_date: Timestamp,
    /// The till's zone, as it told it; none in books of before migration 28.
    pub time_zone: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Net, returns negative.
    pub net: Money,
    /// VAT, returns negative.
    pub vat: Money,
    /// Gross, returns negative.
    pub gross: Money,
    /// The sale that it gives back.
    pub original_order_id: Option<i64>,
    /// The other half of an exchange.
    pub partner_order_id: Option<i64>,
    /// When it was first written down.
    pub received_at: Timestamp,
    /// When anything about it last changed.
    pub changed_at: Timestamp,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// Number of the latest try to post it; 0 before the first.
    pub attempt: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Who is at work on it.
    pub worker: Option<String>,
    /// Until when that worker may.
    pub lease_until: Option<Timestamp>,
    /// Since when its outcome is not known.
    pub doubt_since: Option<Timestamp>,
    /// How often OrderWise has been asked about it while in doubt.
    pub doubt_lookups: i64,
    /// OrderWise's internal id.
    pub erp_order_id: Option<i64>,
    /// OrderWise's number, as people see it.
    pub erp_order_number: Option<String>,
    /// OrderWise's net, positive on credits too.
    pub erp_net: Option<Money>,
    /// OrderWise's tax.
    pub erp_tax: Option<Money>,
    /// OrderWise's gross.
    pub erp_gross: Option<Money>,
    /// When OrderWise stored it.
    pub stored_at: Option<Timestamp>,
    /// When we knew that OrderWise has it.
    pub posted_at: Option<Timestamp>,
    /// When it was read back.
    pub confirmed_at: Option<Timestamp>,
    /// Which version of the till's payload counts.
    pub payload_version: i64,
    /// Number of its latest event.
    pub seq: i64,
}

impl EntryRow {
    /// Its key in OrderWise, made from Sitoo's own ids.
    pub const fn reference(&self) -> Reference {
        Reference { site_id: self.site_id, order_id: self.order_id }
    }

    /// Whether OrderWise keeps it with other totals than the till's; its totals have no sign.
    pub fn differs(&self) -> bool {
        let other = |theirs: Option<Money>, ours: Money| theirs.is_some_and(|it| it != ours.abs());
        other(self.erp_gross, self.gross)
            || other(self.erp_net, self.net)
            || other(self.erp_tax, self.vat)
    }
}

/// All columns of [`EntryRow`].
macro_rules! entry_columns {
    () => {
        "order_id, site_id, reference, kind, state, reason, warehouse_id, register_id, \
         receipt_id, order_date, currency, net, vat, gross, original_order_id, partner_order_id, \
         received_at, changed_at, due_at, attempt, failures, worker, lease_until, doubt_since, \
         doubt_lookups, erp_order_id, erp_order_number, erp_net, erp_tax, erp_gross, stored_at, \
         posted_at, confirmed_at, payload_version, seq, time_zone"
    };
}
pub(super) use entry_columns;

impl FromCells for EntryRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            site_id: row.int("site_id")?,
            reference: row.text("reference")?,
            kind: row.word("kind")?,
            state: row.word("state")?,
            reason: row.opt_text("reason")?,
            warehouse_id: row.opt_int("warehouse_id")?,
            register_id: row.opt_text("register_id")?,
            receipt_id: row.opt_text("receipt_id")?,
            order_date: row.time("order_date")?,
            time_zone: row.opt_text("time_zone")?,
            currency: row.text("currency")?,
            net: row.money("net")?,
            vat: row.money("vat")?,
            gross: row.money("gross")?,
            original_order_id: row.opt_int("original_order_id")?,
            partner_order_id: row.opt_int("partner_order_id")?,
            received_at: row.time("received_at")?,
            changed_at: row.time("changed_at")?,
            due_at: row.opt_time("due_at")?,
            attempt: row.int("attempt")?,
            failures: row.int("failures")?,
            worker: row.opt_text("worker")?,
            lease_until: row.opt_time("lease_until")?,
            doubt_since: row.opt_time("doubt_since")?,
            doubt_lookups: row.int("doubt_lookups")?,
            erp_order_id: row.opt_int("erp_order_id")?,
            erp_order_number: row.opt_text("erp_order_number")?,
            erp_net: row.opt_money("erp_net")?,
            erp_tax: row.opt_money("erp_tax")?,
            erp_gross: row.opt_money("erp_gross")?,
            stored_at: row.opt_time("stored_at")?,
            posted_at: row.opt_time("posted_at")?,
            confirmed_at: row.opt_time("confirmed_at")?,
            payload_version: row.int("payload_version")?,
            seq: row.int("seq")?,
        })
    }
}

/// One version of what the till told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PayloadRow {
    /// From 1.
    pub version: i64,
    /// When it was received.
    pub received_at: Timestamp,
    /// As it came.
    pub body: String,
}

impl FromCells for PayloadRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            version: row.int("version")?,
            received_at: row.time("received_at")?,
            body: row.text("body")?,
        })
    }
}
