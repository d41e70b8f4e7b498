//! The record of exchanges with both systems.

use daybook_domain::exchange::Exchange;
use daybook_store::{Tx, exchange};

use crate::{app::App, error::FlowError, retrying::retrying};

/// Counts and keeps `exchanges`, in a transaction of their own.
pub(crate) async fn keep(
    app: &App,
    order_id: Option<i64>,
    exchanges: Vec<Exchange>,
) -> Result<(), FlowError> {
    if exchanges.is_empty() {
        return Ok(());
    }
    retrying(app, "exchanges", || keep_once(app, order_id, &exchanges)).await
}

async fn keep_once(
    app: &App,
    order_id: Option<i64>,
    exchanges: &[Exchange],
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    keep_in(app, &mut tx, order_id, exchanges.to_vec()).await?;
    tx.commit().await?;
    Ok(())
}

/// Counts and keeps `exchanges` as part of `tx`.
pub(crate) async fn keep_in(
    app: &App,
    tx: &mut Tx,
    order_id: Option<i64>,
    exchanges: Vec<Exchange>,
) -> Result<(), FlowError> {
    for exchange in &exchanges {
        count(exchange);
    }
    let rows: Vec<_> = exchanges
        .into_iter()
        .map(|exchange| exchange::NewExchange { id: app.ids.uuid(), order_id, exchange })
        .collect();
    exchange::insert(tx, &rows).await?;
    Ok(())
}

/// One call, for the metrics.
pub(crate) fn count(exchange: &Exchange) {
    metrics::histogram!(
        "daybook_call_duration_seconds",
        "system" => exchange.system.word(),
        "purpose" => exchange.purpose,
        "class" => exchange.class.word(),
    )
    .record(exchange.duration);
}

/// Whether OrderWise has a document under a reference, whoever posted it; what was said is kept.
pub(crate) async fn is_there(
    app: &App,
    order_id: Option<i64>,
    reference: &str,
) -> Result<bool, FlowError> {
    let called = app.orderwise.lookup_elsewhere(reference).await;
    keep(app, order_id, called.exchanges).await?;
    Ok(!called.outcome.map_err(FlowError::Orderwise)?.is_empty())
}
