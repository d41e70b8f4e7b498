//! Documents that are not where they were: somebody may only have given them another date.

use std::collections::HashSet;

use daybook_domain::{
    class::Failure, exchange::Called, priority::Priority, reconcile::witness::LedgerDocument,
};
use daybook_store::{cutover, reconcile::document};

use super::ledger::{Span, span_of};
use crate::{app::App, error::FlowError, exchanges};

/// Most documents that one reading looks up: where more are gone, somebody has cleared up.
pub(super) const LOOK_UPS: usize = 20;

/// The stretches in which documents of ours stand now that were in this one and are not in what was
/// read of it. Where OrderWise cannot say, they count as gone.
pub(super) async fn places(
    app: &App,
    span: Span,
    read: &[LedgerDocument],
    look_ups: &mut usize,
) -> Result<Vec<Span>, FlowError> {
    let client = app.orderwise.at(Priority::Reconciliation);
    if !client.has_export("order-lookup") {
        return Ok(Vec::new());
    }
    let there: HashSet<i64> = read.iter().map(|one| one.document.order_id).collect();
    let known = document::ours(&app.db, span).await?;
    let gone: Vec<_> = known.into_iter().filter(|(id, _)| !there.contains(id)).collect();
    if gone.is_empty() || gone.len() > *look_ups {
        return Ok(Vec::new());
    }
    *look_ups -= gone.len();
    let ids: Vec<i64> = gone.iter().map(|(id, _)| *id).collect();
    // What another integration posted bears its reference, whatever the book calls it.
    let adopted = cutover::of_documents(&app.db, &ids).await?;
    let mut places = Vec::new();
    for (id, own) in &gone {
        let reference = adopted.get(id).map_or(own, |one| &one.reference);
        let Called { outcome, exchanges } = client.ledger_lookup(reference).await;
        exchanges::keep(app, None, exchanges).await?;
        let found = match outcome {
            Ok(rows) => rows.read,
            Err(failure @ (Failure::Later { .. } | Failure::InDoubt { .. })) => {
                return Err(FlowError::Orderwise(failure));
            }
            // The day close needs the totals; a look-up that is not allowed must not stop it.
            Err(failure) => {
                tracing::warn!(reference, "a document that is gone cannot be looked up: {failure}");
                continue;
            }
        };
        let its = found.into_iter().filter(|one| one.document.order_id == *id);
        places.extend(its.filter_map(|one| span_of(app, one.order_date)));
    }
    Ok(places)
}
