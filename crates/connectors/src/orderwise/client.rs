//! The calls of OrderWise.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use daybook_domain::{
    CreditReference, Reference, Timestamp,
    catalogue::FullVariant,
    class::Failure,
    despatch::ToldRow,
    document::{Document, Receipt},
    draft::Draft,
    entry::EntryKind,
    exchange::Called,
    findings::OrderTypes,
    priority::Priority,
    reconcile::witness::{LedgerDocument, LedgerLine, LocalTime},
};
use jiff::{civil::DateTime, tz::TimeZone};

use crate::{
    Clock, SettingsFault, Transport,
    call::{Answer, Body, Effect, Keep},
    mask::mask_text,
};

use super::{
    CUSTOMER_TEMPLATE, CreditSign, Customer, Exports, NewCustomer, ORDER_TEMPLATE,
    OrderwiseSettings, RenderedOrder, StockFigure, TemplateFault, customers,
    exports::{self, Parameter, format_local},
    facts::{Sheet, customer_facts},
    link::{Link, Plan, plain_body},
    reading::{Make, Reading},
    row::{Fault, Row, Rows, Shape},
    samples::{sample_customer, sample_drafts},
    template::Template,
    wire::{read_new_customer, read_receipt},
};

/// Rows of one page of customers; the facts saw no larger one (facts/orderwise 1.6).
pub(super) const CUSTOMER_PAGE: usize = 1_000;

/// What `@since` says when everything is wanted.
const BEGINNING: &str = "1970-01-01T00:00:00";

/// A client of one OrderWise instance. Its clones share token and budget of calls.
#[derive(Clone)]
pub struct Orderwise {
    pub(super) link: Link,
    order_path: String,
    pub(super) export_path: String,
    value_list_path: String,
    pub(super) customers_path: String,
    customer_create_path: String,
    exports: Exports,
    attributes: Vec<String>,
    category: String,
    order_template: Arc<Template>,
    customer_template: Arc<Template>,
    sale_order_type: i64,
    credit_order_type: i64,
    credit_sign: CreditSign,
    pub(super) zone: TimeZone,
}

impl fmt::Debug for Orderwise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Orderwise").field("base", &self.link.base).finish_non_exhaustive()
    }
}

impl Orderwise {
    /// A client with these settings; templates are compiled and tried here.
    pub fn new(
        settings: OrderwiseSettings,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsFault> {
        let link = Link::new(&settings, transport, clock)?;
        check_paths(&link, &settings)?;
        let zone = TimeZone::get(&settings.time_zone).map_err(|_| {
            let what = format!("'{}' is no IANA time zone", settings.time_zone);
            SettingsFault::new("time_zone", what)
        })?;
        let client = Self {
            link,
            order_template: Arc::new(template(
                "order_template",
                settings.order_template.as_deref().unwrap_or(ORDER_TEMPLATE),
            )?),
            customer_template: Arc::new(template(
                "customer_template",
                settings.customer_template.as_deref().unwrap_or(CUSTOMER_TEMPLATE),
            )?),
            order_path: settings.order_path,
            export_path: settings.export_path,
            value_list_path: settings.value_list_path,
            customers_path: settings.customers_path,
            customer_create_path: settings.customer_create_path,
            exports: settings.exports,
            attributes: settings.attributes,
            category: settings.category,
            sale_order_type: settings.sale_order_type,
            credit_order_type: settings.credit_order_type,
            credit_sign: settings.credit_sign,
            zone,
        };
        client.try_templates()?;
        Ok(client)
    }

    /// The same client, for calls of this importance.
    #[must_use]
    pub fn at(&self, priority: Priority) -> Self {
        let mut other = self.clone();
        other.link.priority = priority;
        other
    }

    /// How long OrderWise asked to be left alone: until then no call is made.
    pub fn held(&self) -> Option<Duration> {
        self.link.held()
    }

    /// Renders samples, so that a template that fails does so before the first sale.
    fn try_templates(&self) -> Result<(), SettingsFault> {
        for draft in sample_drafts() {
            self.render(&draft).map_err(|fault| fault.of_setting("order_template"))?;
        }
        self.customer_body(1, &sample_customer())
            .map_err(|fault| fault.of_setting("customer_template"))?;
        Ok(())
    }

    /// The body of an order or credit.
    pub fn render(&self, draft: &Draft) -> Result<RenderedOrder, TemplateFault> {
        self.render_under(draft, &draft.reference.to_string())
    }

    /// The body of a credit that takes a second document back, under a reference of its own.
    pub fn render_credit(
        &self,
        draft: &Draft,
        reference: &CreditReference,
    ) -> Result<RenderedOrder, TemplateFault> {
        self.render_under(draft, &reference.to_string())
    }

    fn render_under(&self, draft: &Draft, reference: &str) -> Result<RenderedOrder, TemplateFault> {
        let (order_type, credit) = match draft.kind {
            EntryKind::Sale => (self.sale_order_type, false),
            EntryKind::Return => (self.credit_order_type, true),
            EntryKind::Other => {
                let what = format!("{} is neither a sale nor a return", draft.reference);
                return Err(TemplateFault { line: None, what });
            }
        };
        let render = |masked| {
            let sheet = Sheet {
                draft: draft.clone(),
                reference: reference.to_owned(),
                order_type,
                negative: credit && self.credit_sign == CreditSign::Negative,
                masked,
            };
            self.order_template.render(sheet.facts())
        };
        let body = render(false)?;
        let masked = if draft.shopper.is_unknown() { body.clone() } else { render(true)? };
        Ok(RenderedOrder { body, masked })
    }

    /// Places an order or credit in a session.
    pub async fn place(&self, session_id: Option<i64>, order: &RenderedOrder) -> Called<Receipt> {
        let path = match session_id {
            Some(session) => {
                let joint = if self.order_path.contains('?') { '&' } else { '?' };
                format!("{}{joint}session_id={session}", self.order_path)
            }
            None => self.order_path.clone(),
        };
        let body = Body { sent: Bytes::from(order.body.clone()), recorded: order.masked.clone() };
        let plan = Plan::post("place-order", path, body, Effect::Writes);
        self.link.call(plan, read_receipt).await
    }

    /// The documents that bear `reference`.
    pub async fn lookup(&self, reference: &Reference) -> Called<Vec<Document>> {
        self.lookup_under(reference.to_string()).await
    }

    /// The same where a row that cannot be read is no failure.
    pub async fn lookup_rows(&self, reference: &Reference) -> Called<Rows<Document>> {
        self.rows_under(reference.to_string()).await
    }

    /// The documents that bear a reference that another integration gave them.
    pub async fn lookup_elsewhere(&self, reference: &str) -> Called<Vec<Document>> {
        self.lookup_under(reference.to_owned()).await
    }

    /// The credits that take a second document back.
    pub async fn lookup_credit(&self, reference: &CreditReference) -> Called<Vec<Document>> {
        self.lookup_under(reference.to_string()).await
    }

    /// What cannot be read may be what is looked for: it is never taken for not being there.
    async fn lookup_under(&self, wanted: String) -> Called<Vec<Document>> {
        let Called { outcome, exchanges } = self.rows_under(wanted).await;
        Called { outcome: outcome.and_then(Rows::whole), exchanges }
    }

    async fn rows_under(&self, wanted: String) -> Called<Rows<Document>> {
        let parameters = [("@reference", wanted.as_str())];
        self.export("order-lookup", &parameters, |row| exports::document_of(row, &wanted)).await
    }

    /// Whether an export definition is set up for `purpose` (design section 7).
    pub fn has_export(&self, purpose: &str) -> bool {
        self.exports.get(purpose).is_some()
    }

    /// The documents whose order date is `from` or later, and before `to`, that can be read.
    pub async fn totals(&self, from: Timestamp, to: Timestamp) -> Called<Vec<Document>> {
        self.totals_of(self.zone.to_datetime(from.to_jiff()), self.zone.to_datetime(to.to_jiff()))
            .await
    }

    /// The documents whose order date, as OrderWise shows it, is `from` or later, and before `to`,
    /// that can be read.
    pub async fn totals_of(&self, from: DateTime, to: DateTime) -> Called<Vec<Document>> {
        let (from, to) = (exports::format_wall(from), exports::format_wall(to));
        let parameters = [("@from", from.as_str()), ("@to", to.as_str())];
        read(self.export("order-totals", &parameters, exports::document).await)
    }

    /// The documents that bear `reference`, whoever gave it, with their order dates and without their
    /// lines.
    pub async fn ledger_lookup(&self, reference: &str) -> Called<Rows<LedgerDocument>> {
        let parameters = [("@reference", reference)];
        self.export("order-lookup", &parameters, exports::ledger_document).await
    }

    /// Those of [`Self::totals_of`] with their order dates; their lines are still to be read.
    pub async fn ledger_documents(
        &self,
        from: LocalTime,
        to: LocalTime,
    ) -> Called<Rows<LedgerDocument>> {
        let (from, to) = (exports::format_wall(from.0), exports::format_wall(to.0));
        let parameters = [("@from", from.as_str()), ("@to", to.as_str())];
        self.export("order-totals", &parameters, exports::ledger_document).await
    }

    /// The lines of those documents, each with the `orderId` of its own.
    pub async fn ledger_lines(
        &self,
        from: LocalTime,
        to: LocalTime,
    ) -> Called<Rows<(i64, LedgerLine)>> {
        let (from, to) = (exports::format_wall(from.0), exports::format_wall(to.0));
        let parameters = [("@from", from.as_str()), ("@to", to.as_str())];
        self.export("order-lines", &parameters, exports::ledger_line).await
    }

    /// A moment as OrderWise's wall clock shows it.
    pub fn local(&self, moment: Timestamp) -> LocalTime {
        LocalTime(self.zone.to_datetime(moment.to_jiff()))
    }

    /// The moment that OrderWise's wall clock shows; the first one where it shows it twice.
    pub fn moment(&self, local: LocalTime) -> Timestamp {
        let moment = self.zone.to_ambiguous_timestamp(local.0).compatible();
        moment.map_or_else(|_| Timestamp::default(), Timestamp::from)
    }

    /// What sales and returns are sent with.
    pub const fn order_types(&self) -> OrderTypes {
        OrderTypes { sale: self.sale_order_type, credit: self.credit_order_type }
    }

    /// The variants that changed since a moment and can be read; none means all.
    pub async fn variants(&self, since: Option<Timestamp>) -> Called<Vec<FullVariant>> {
        read(self.variants_in_pieces(since).await.all().await)
    }

    /// The free stock that was calculated since a moment and can be read; none means all.
    pub async fn stock_levels(&self, since: Option<Timestamp>) -> Called<Vec<StockFigure>> {
        read(self.stock_levels_in_pieces(since).await.all().await)
    }

    /// Orders that changed since a moment, with what left of them: a row a line of a delivery.
    pub async fn despatches(&self, since: Timestamp) -> Called<Rows<ToldRow>> {
        let since = format_local(since, &self.zone);
        self.export("despatches", &[("@since", since.as_str())], exports::despatch).await
    }

    /// Whether OrderWise's wall clock went its even way for `span` up to `now`. Where it was set back
    /// or forward, a local time does not tell what came after it.
    pub fn clock_was_even(&self, now: Timestamp, span: std::time::Duration) -> bool {
        let offset = |at: Timestamp| self.zone.to_offset(at.to_jiff());
        offset(now) == offset(now.minus(span))
    }

    /// A value list: id and name (facts/orderwise 1.9).
    pub async fn value_list(&self, list: i64) -> Called<Vec<(i64, String)>> {
        let path = format!("{}/{list}", self.value_list_path);
        let plan = Plan::get("value-list", path, Keep::Masked);
        self.link.call(plan, customers::read_value_list).await
    }

    /// The next customers after `last_id` in order of their ids, of those that changed since a
    /// moment; none are left when it answers none.
    pub async fn customers_since(
        &self,
        since: Option<Timestamp>,
        last_id: i64,
    ) -> Called<Vec<Customer>> {
        let joint = if self.customers_path.contains('?') { '&' } else { '?' };
        let mut path =
            format!("{}{joint}limit={CUSTOMER_PAGE}&last_id={last_id}", self.customers_path);
        if let Some(since) = since {
            path.push_str("&lastAmendedDateTime=");
            path.push_str(&format_local(since, &self.zone));
        }
        let plan = Plan::get("customers", path, Keep::Failures);
        self.link.call(plan, customers::read_customers).await
    }

    /// Creates a customer after a template customer; answers its id.
    pub async fn create_customer(&self, template_id: i64, new: &NewCustomer) -> Called<i64> {
        let body = match self.customer_body(template_id, new) {
            Ok(body) => body,
            Err(fault) => {
                let what = format!("customer_template: {}", mask_text(&fault.to_string()));
                return refused(what);
            }
        };
        let path = self.customer_create_path.replace("{template_id}", &template_id.to_string());
        let plan = Plan::post("create-customer", path, body, Effect::Writes);
        self.link.call(plan, read_new_customer).await
    }

    /// Mints a token: proves address, user and password.
    pub async fn mint_token(&self) -> Called<()> {
        self.link.mint_anew().await
    }

    fn customer_body(&self, template_id: i64, new: &NewCustomer) -> Result<Body, TemplateFault> {
        let render =
            |masked| self.customer_template.render(customer_facts(new, template_id, masked));
        Ok(Body { sent: Bytes::from(render(false)?), recorded: render(true)? })
    }

    /// The same as [`Self::variants`], some rows at a time.
    pub async fn variants_in_pieces(&self, since: Option<Timestamp>) -> Reading<'_, FullVariant> {
        let read = |row: &Row<'_>| exports::variant(row, &self.category, &self.attributes);
        self.open("variants", since, Box::new(read)).await
    }

    /// The same as [`Self::stock_levels`], some rows at a time.
    pub async fn stock_levels_in_pieces(
        &self,
        since: Option<Timestamp>,
    ) -> Reading<'_, StockFigure> {
        self.open("stock-levels", since, Box::new(exports::stock_figure)).await
    }

    /// Runs an export definition that may have more rows than can be held.
    async fn open<'c, T>(
        &'c self,
        purpose: &'static str,
        since: Option<Timestamp>,
        make: Make<'c, T>,
    ) -> Reading<'c, T> {
        let Some(definition) = self.exports.get(purpose) else {
            let reasons = vec![format!("export definition {purpose} is not configured")];
            return Reading::failed(Failure::Refused { status: 0, reasons });
        };
        let since = since.map_or_else(|| BEGINNING.to_owned(), |at| format_local(at, &self.zone));
        let path = format!("{}/{}", self.export_path, definition.id);
        let body = plain_body(exports::request(definition, &[("@since", since.as_str())]));
        let plan = Plan::post(purpose, path, body, Effect::Reads);
        let shape = Shape { purpose, definition, zone: &self.zone };
        Reading::begin(&self.link, &plan, shape, make).await
    }

    /// Runs an export definition.
    async fn export<T: Send>(
        &self,
        purpose: &'static str,
        parameters: &[Parameter<'_>],
        make: impl Fn(&Row<'_>) -> Result<T, Fault> + Send + Sync,
    ) -> Called<Rows<T>> {
        let Some(definition) = self.exports.get(purpose) else {
            return refused(format!("export definition {purpose} is not configured"));
        };
        let path = format!("{}/{}", self.export_path, definition.id);
        let body = plain_body(exports::request(definition, parameters));
        let plan = Plan::post(purpose, path, body, Effect::Reads);
        let shape = Shape { purpose, definition, zone: &self.zone };
        let read = |answer: &Answer<'_>| exports::rows(answer, shape, |row| make(row).map(Some));
        self.link.call(plan, read).await
    }
}

/// Only what could be read.
fn read<T>(called: Called<Rows<T>>) -> Called<Vec<T>> {
    Called { outcome: called.outcome.map(|rows| rows.read), exchanges: called.exchanges }
}

/// A call that was not made because the settings do not allow it.
fn refused<T>(reason: String) -> Called<T> {
    Called {
        outcome: Err(Failure::Refused { status: 0, reasons: vec![reason] }),
        exchanges: Vec::new(),
    }
}

fn template(key: &'static str, source: &str) -> Result<Template, SettingsFault> {
    Template::new(source).map_err(|fault| fault.of_setting(key))
}

fn check_paths(link: &Link, settings: &OrderwiseSettings) -> Result<(), SettingsFault> {
    let create = settings.customer_create_path.replace("{template_id}", "1");
    for (key, path) in [
        ("order_path", settings.order_path.as_str()),
        ("export_path", &settings.export_path),
        ("value_list_path", &settings.value_list_path),
        ("customers_path", &settings.customers_path),
        ("customer_create_path", &create),
    ] {
        link.base.check(key, path)?;
    }
    Ok(())
}
