//! Which till belongs to which store.

use std::collections::HashMap;

use daybook_domain::{Timestamp, exchange::Called, priority::Priority};
use daybook_store::{
    reconcile::register::{self, RegisterRow},
    watermark,
};

use crate::{app::App, error::FlowError, exchanges};

/// When they were last read.
const READ: &str = "registers-read";

/// The store of each till that belongs to one.
pub(super) type Stores = HashMap<String, i64>;

/// The tills as the book knows them; read anew when that is old, or when it lacks one of `needed`.
pub(super) async fn stores(app: &App, needed: &[&str]) -> Result<Stores, FlowError> {
    let known = of_the_book(app).await?;
    let read_at = watermark::get(&app.db, READ).await?.map(Timestamp::from_micros);
    let every = app.settings.reconcile.registers_every;
    let is_old = read_at.is_none_or(|at| app.now().since(at) >= every);
    // One that Sitoo does not list either is not asked for at every turn.
    let just_now =
        read_at.is_some_and(|at| app.now().since(at) < app.settings.reconcile.poll_every);
    let lacks = needed.iter().any(|id| !known.contains_key(*id));
    if !is_old && (just_now || !lacks) {
        return Ok(known);
    }
    let now = app.now();
    let client = app.sitoo.at(Priority::Reconciliation);
    let Called { outcome, exchanges } = client.cash_registers(client.site()).await;
    exchanges::keep(app, None, exchanges).await?;
    let rows = outcome.map_err(FlowError::Sitoo)?.into_iter().map(|one| RegisterRow {
        register_id: one.id,
        key: one.key,
        warehouse_id: one.warehouse_id,
    });
    let rows: Vec<RegisterRow> = rows.collect();
    let mut tx = app.db.begin().await?;
    register::put(&mut tx, now, &rows).await?;
    watermark::set(&mut tx, now, READ, now.micros()).await?;
    tx.commit().await?;
    of_the_book(app).await
}

async fn of_the_book(app: &App) -> Result<Stores, FlowError> {
    let rows = register::list(&app.db).await?.into_iter();
    Ok(rows.filter_map(|row| Some((row.register_id, row.warehouse_id?))).collect())
}
