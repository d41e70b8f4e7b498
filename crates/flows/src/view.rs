//! Entries and exceptions as programs read them: what `--json` prints and the API answers. Programs depend on it: docs/reference/json.md describes it,
//! and snapshots hold it. Money is pence with the till's sign, moments are RFC 3339 in UTC.

use daybook_domain::{
    Money, Timestamp,
    causes::{Cause, Owner, Severity},
    entry::{EntryKind, EntryState},
    mapping::Mapping,
    words,
};
use daybook_store::{
    entry::EntryRow,
    exception::{ExceptionRow, Group},
};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

/// An entry.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EntryView {
    /// Its key in OrderWise.
    pub reference: String,
    /// Its order in Sitoo.
    pub order_id: i64,
    /// The site in Sitoo.
    pub site_id: i64,
    /// Sale, return or other.
    pub kind: EntryKind,
    /// Where it is in its life.
    pub state: EntryState,
    /// Why it is there.
    pub reason: Option<String>,
    /// Sitoo's warehouse id of the store.
    pub store: Option<i64>,
    /// The till.
    pub register: Option<String>,
    /// The receipt's number.
    pub receipt: Option<String>,
    /// When it happened at the till.
    pub ordered_at: Timestamp,
    /// The zone by which the receipt was printed: the till's own word, else its store's; an IANA name.
    pub time_zone: Option<String>,
    /// When it was written down.
    pub received_at: Timestamp,
    /// When it last moved.
    pub changed_at: Timestamp,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// ISO 4217.
    pub currency: String,
    /// Net, in pence.
    pub net: Money,
    /// VAT, in pence.
    pub vat: Money,
    /// Gross, in pence.
    pub gross: Money,
    /// The sale that a return gives back.
    pub original_order_id: Option<i64>,
    /// The other half of an exchange.
    pub partner_order_id: Option<i64>,
    /// How often it was sent.
    pub attempts: i64,
    /// Failures in a row.
    pub failures: i64,
    /// Its document in OrderWise.
    pub document: Option<DocumentView>,
}

/// Its document in OrderWise.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct DocumentView {
    /// Its order in Sitoo.
    pub order_id: Option<i64>,
    /// Its number.
    pub number: Option<String>,
    /// Net, in pence.
    pub net: Option<Money>,
    /// Tax, in pence.
    pub tax: Option<Money>,
    /// Gross, in pence.
    pub gross: Option<Money>,
    /// When OrderWise stored it.
    pub stored_at: Option<Timestamp>,
    /// When Daybook knew.
    pub posted_at: Option<Timestamp>,
    /// When it was read back.
    pub confirmed_at: Option<Timestamp>,
}

impl EntryView {
    /// A row of the book. Where the till told no zone, its store's counts, as it does in the document.
    pub fn of(mut row: EntryRow, mapping: &Mapping) -> Self {
        if row.time_zone.is_none() {
            let store = row.warehouse_id.and_then(|id| mapping.stores.get(&id));
            row.time_zone = store.and_then(|store| store.time_zone.clone());
        }
        row.into()
    }

    /// By which clock its receipt was printed; `book` where the till told none.
    pub fn till_zone(&self, book: &TimeZone) -> TimeZone {
        let own = self.time_zone.as_deref().and_then(|name| TimeZone::get(name.trim()).ok());
        own.unwrap_or_else(|| book.clone())
    }

    /// Why it is where it is; or what OrderWise keeps otherwise than the till, in a few words.
    pub fn why(&self) -> Option<String> {
        self.reason.clone().or_else(|| self.difference())
    }

    fn difference(&self) -> Option<String> {
        let theirs = self.document.as_ref()?;
        let other = |theirs: Option<Money>, ours: Money| theirs.filter(|it| *it != ours.abs());
        let says = |amount: Money| words::money(amount, &self.currency);
        let (gross, vat) = (other(theirs.gross, self.gross), other(theirs.tax, self.vat));
        gross
            .map(|gross| format!("OrderWise has {}", says(gross)))
            .or_else(|| {
                vat.map(|vat| format!("VAT {}, OrderWise has {}", says(self.vat.abs()), says(vat)))
            })
            .or_else(|| {
                other(theirs.net, self.net).map(|net| format!("OrderWise has {} net", says(net)))
            })
    }
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
            time_zone: row.time_zone,
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
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ExceptionView {
    /// `EX-12`.
    pub number: String,
    /// Its key in OrderWise.
    pub reference: Option<String>,
    /// `entry`, `store:5`, `orderwise`, …
    pub scope: String,
    /// The cause's stable code.
    #[schemars(with = "Cause")]
    pub cause: &'static str,
    /// The cause in a few words.
    pub title: &'static str,
    /// What is the matter.
    pub sentence: &'static str,
    /// Who clears it.
    pub owner: Owner,
    /// How soon to look.
    pub severity: Severity,
    /// What it is about.
    pub subject: String,
    /// The particulars.
    pub detail: String,
    /// Money at risk, in pence.
    pub money: Money,
    /// Its currency; none is the book's own.
    pub currency: Option<String>,
    /// Since when.
    pub raised_at: Timestamp,
    /// Until when.
    pub closed_at: Option<Timestamp>,
    /// By whom it was closed.
    pub closed_by: Option<String>,
    /// Why it was closed.
    pub close_reason: Option<String>,
    /// How to clear it.
    pub fix: &'static str,
    /// The command that clears it.
    pub command: String,
}

impl ExceptionView {
    /// `reference` is that of the entry it is about, if about one.
    pub fn new(row: ExceptionRow, reference: Option<String>) -> Self {
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
            currency: row.currency,
            raised_at: row.raised_at,
            closed_at: row.closed_at,
            closed_by: row.closed_by,
            close_reason: row.close_reason,
            fix: cause.fix,
        }
    }
}

/// Siblings: one fix clears them all.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GroupView {
    /// The cause's stable code.
    #[schemars(with = "Cause")]
    pub cause: &'static str,
    /// The cause in a few words.
    pub title: &'static str,
    /// What is the matter.
    pub sentence: &'static str,
    /// Who clears it.
    pub owner: Owner,
    /// How soon to look.
    pub severity: Severity,
    /// What they are about.
    pub subject: String,
    /// How many.
    pub exceptions: i64,
    /// Entries that stand still because their store is paused for it.
    pub behind: i64,
    /// Money at risk, in pence, without signs; that of the entries behind it too.
    pub money: Money,
    /// Its currency; none is the book's own. Siblings of several currencies are several groups.
    pub currency: Option<String>,
    /// Since when the oldest is open.
    pub oldest: Timestamp,
    /// Since when the newest is open.
    pub newest: Timestamp,
    /// How to clear them.
    pub fix: &'static str,
    /// The command that clears them.
    pub command: String,
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        let cause = group.cause.entry();
        Self {
            cause: cause.code,
            title: cause.title,
            sentence: cause.sentence,
            owner: cause.owner,
            severity: cause.severity,
            command: cause.command_for(&group.subject, REFERENCE),
            subject: group.subject,
            exceptions: group.count,
            behind: group.behind,
            money: group.money,
            currency: group.currency,
            oldest: group.oldest,
            newest: group.newest,
            fix: cause.fix,
        }
    }
}

impl GroupView {
    /// The same with its siblings of another currency; their money is not added.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        self.exceptions += other.exceptions;
        self.oldest = self.oldest.min(other.oldest);
        self.newest = self.newest.max(other.newest);
        self
    }
}

/// Stands for an entry's reference in a command for several entries.
pub const REFERENCE: &str = "REF";
