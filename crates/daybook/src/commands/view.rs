//! What `--json` prints about entries. Programs depend on it: docs/reference/json.md describes it,
//! and snapshots hold it. Money is pence with the till's sign, moments are RFC 3339 in UTC.

use daybook_domain::{
    Money, Timestamp,
    causes::{Owner, Severity},
    entry::{EntryKind, EntryState},
};
use daybook_store::{entry::EntryRow, exception::ExceptionRow};
use serde::Serialize;

/// An entry.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EntryView {
    pub(crate) reference: String,
    pub(crate) order_id: i64,
    pub(crate) site_id: i64,
    pub(crate) kind: EntryKind,
    pub(crate) state: EntryState,
    pub(crate) reason: Option<String>,
    pub(crate) store: Option<i64>,
    pub(crate) register: Option<String>,
    pub(crate) receipt: Option<String>,
    pub(crate) ordered_at: Timestamp,
    pub(crate) received_at: Timestamp,
    pub(crate) changed_at: Timestamp,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) currency: String,
    pub(crate) net: Money,
    pub(crate) vat: Money,
    pub(crate) gross: Money,
    pub(crate) original_order_id: Option<i64>,
    pub(crate) partner_order_id: Option<i64>,
    pub(crate) attempts: i64,
    pub(crate) failures: i64,
    pub(crate) document: Option<DocumentView>,
}

/// Its document in OrderWise.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DocumentView {
    pub(crate) order_id: Option<i64>,
    pub(crate) number: Option<String>,
    pub(crate) net: Option<Money>,
    pub(crate) tax: Option<Money>,
    pub(crate) gross: Option<Money>,
    pub(crate) stored_at: Option<Timestamp>,
    pub(crate) posted_at: Option<Timestamp>,
    pub(crate) confirmed_at: Option<Timestamp>,
}

impl From<EntryRow> for EntryView {
    fn from(row: EntryRow) -> Self {
        let known = row.erp_order_id.is_some() || row.erp_order_number.is_some();
        let document = known.then_some(DocumentView {
            order_id: row.erp_order_id,
            number: row.erp_order_number,
            net: row.erp_net,
            tax: row.erp_tax,
            gross: row.erp_gross,
            stored_at: row.stored_at,
            posted_at: row.posted_at,
            confirmed_at: row.confirmed_at,
        });
        Self {
            reference: row.reference,
            order_id: row.order_id,
            site_id: row.site_id,
            kind: row.kind,
            state: row.state,
            reason: row.reason,
            store: row.warehouse_id,
            register: row.register_id,
            receipt: row.receipt_id,
            ordered_at: row.order_date,
            received_at: row.received_at,
            changed_at: row.changed_at,
            due_at: row.due_at,
            currency: row.currency,
            net: row.net,
            vat: row.vat,
            gross: row.gross,
            original_order_id: row.original_order_id,
            partner_order_id: row.partner_order_id,
            attempts: row.attempt,
            failures: row.failures,
            document,
        }
    }
}

/// An exception, with what the catalogue says about its cause.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ExceptionView {
    /// `EX-12`.
    pub(crate) number: String,
    pub(crate) reference: Option<String>,
    pub(crate) scope: String,
    pub(crate) cause: &'static str,
    pub(crate) title: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) owner: Owner,
    pub(crate) severity: Severity,
    pub(crate) subject: String,
    pub(crate) detail: String,
    pub(crate) money: Money,
    pub(crate) raised_at: Timestamp,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) closed_by: Option<String>,
    pub(crate) close_reason: Option<String>,
    pub(crate) fix: &'static str,
    pub(crate) command: String,
}

impl ExceptionView {
    /// `reference` is that of the entry it is about, if about one.
    pub(crate) fn new(row: ExceptionRow, reference: Option<String>) -> Self {
        let cause = row.cause.entry();
        Self {
            number: format!("EX-{}", row.number),
            command: cause.command_for(&row.subject, reference.as_deref().unwrap_or(REFERENCE)),
            reference,
            scope: row.scope,
            cause: cause.code,
            title: cause.title,
            sentence: cause.sentence,
            owner: cause.owner,
            severity: cause.severity,
            subject: row.subject,
            detail: row.detail,
            money: row.money,
            raised_at: row.raised_at,
            closed_at: row.closed_at,
            closed_by: row.closed_by,
            close_reason: row.close_reason,
            fix: cause.fix,
        }
    }
}

/// Stands for an entry's reference in a command for several entries.
pub(crate) const REFERENCE: &str = "REF";
