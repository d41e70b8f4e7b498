//! The calls of OrderWise.

use std::sync::Arc;

use daybook_domain::{
    Reference, Timestamp,
    class::Failure,
    document::{Document, Receipt},
    draft::Draft,
    exchange::Called,
    lookup::Variant,
};

use crate::{Clock, SettingsFault, Transport};

use super::{Customer, NewCustomer, OrderwiseSettings, RenderedOrder, TemplateFault};

/// A client of one OrderWise instance.
#[derive(Debug)]
pub struct Orderwise {
    settings: OrderwiseSettings,
}

fn later<T>() -> Called<T> {
    let what = "not built yet".to_owned();
    Called { outcome: Err(Failure::Later { after: None, what }), exchanges: Vec::new() }
}

impl Orderwise {
    /// A client with these settings; templates are compiled and tried here.
    pub fn new(
        settings: OrderwiseSettings,
        _transport: Arc<dyn Transport>,
        _clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsFault> {
        Ok(Self { settings })
    }

    /// The body of an order or credit.
    pub fn render(&self, _draft: &Draft) -> Result<RenderedOrder, TemplateFault> {
        Err(TemplateFault { line: None, what: "not built yet".to_owned() })
    }

    /// Places an order or credit in a session.
    pub async fn place(&self, _session_id: Option<i64>, _order: &RenderedOrder) -> Called<Receipt> {
        later()
    }

    /// The documents that bear `reference`.
    pub async fn lookup(&self, _reference: &Reference) -> Called<Vec<Document>> {
        later()
    }

    /// Whether an export definition is set up for `purpose` (design section 7).
    pub fn has_export(&self, purpose: &str) -> bool {
        self.settings.exports.get(purpose).is_some()
    }

    /// The documents whose order date is `from` or later, and before `to`.
    pub async fn totals(&self, _from: Timestamp, _to: Timestamp) -> Called<Vec<Document>> {
        later()
    }

    /// The variants that changed since a moment; none means all.
    pub async fn variants(&self, _since: Option<Timestamp>) -> Called<Vec<Variant>> {
        later()
    }

    /// A value list: id and name.
    pub async fn value_list(&self, _list: i64) -> Called<Vec<(i64, String)>> {
        later()
    }

    /// The next customers after `last_id`, of those that changed since a moment.
    pub async fn customers_since(
        &self,
        _since: Option<Timestamp>,
        _last_id: i64,
    ) -> Called<Vec<Customer>> {
        later()
    }

    /// Creates a customer after a template customer; answers its id.
    pub async fn create_customer(&self, _template_id: i64, _new: &NewCustomer) -> Called<i64> {
        later()
    }

    /// Mints a token: proves address, user and password.
    pub async fn mint_token(&self) -> Called<()> {
        later()
    }
}
