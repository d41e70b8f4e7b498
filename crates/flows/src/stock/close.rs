//! Exceptions about refused writes: they close when the SKU is written after all.

use std::collections::HashSet;

use daybook_domain::{Timestamp, causes::Cause};
use daybook_store::{
    Tx,
    exception::{self, ExceptionFilter},
};

use crate::{app::App, error::FlowError, sales::evaluate::DAYBOOK};

/// The open ones, by scope and SKU.
#[derive(Debug, Default)]
pub(super) struct Refused(HashSet<(String, String)>);

impl Refused {
    pub(super) async fn load(app: &App) -> Result<Self, FlowError> {
        let filter =
            ExceptionFilter { cause: Some(Cause::StockWriteRefused), ..ExceptionFilter::default() };
        let open = exception::list(&app.db, &filter, 100_000).await?;
        Ok(Self(open.into_iter().map(|row| (row.scope, row.subject)).collect()))
    }

    pub(super) fn note(&mut self, scope: String, sku: String) {
        self.0.insert((scope, sku));
    }

    /// What is closed now.
    pub(super) fn forget(&mut self, scope: String, sku: String) {
        self.0.remove(&(scope, sku));
    }

    /// Closes the exception about a SKU, if one is open; whether it was.
    pub(super) async fn close(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        scope: &str,
        sku: &str,
    ) -> Result<bool, FlowError> {
        if self.0.is_empty() || !self.0.contains(&(scope.to_owned(), sku.to_owned())) {
            return Ok(false);
        }
        let about = (scope, Cause::StockWriteRefused, sku);
        exception::close_subject(tx, now, about, DAYBOOK, "Sitoo has it now").await?;
        Ok(true)
    }
}
