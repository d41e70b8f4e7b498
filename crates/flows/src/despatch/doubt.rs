//! A delivery was sent to Sitoo and nobody knows whether it arrived: it is looked for among the
//! order's deliveries at once, and again after a settling time, before anything is written again.

use std::collections::BTreeSet;

use daybook_domain::{
    Timestamp,
    despatch::DespatchState,
    supply::{DeliveredItem, OrderDelivery},
};
use daybook_store::despatch::{DespatchRow, Intent, parcel};

use super::{
    DespatchReport, look,
    write::{freed, written},
};
use crate::{app::App, error::FlowError, retrying::retrying};

/// Deliveries looked up in one go.
const BATCH: usize = 50;

/// Intents whose worker is gone become in doubt.
pub(super) async fn adopt_orphans(app: &App) -> Result<(), FlowError> {
    while retrying(app, "interrupted deliveries", || adopt_some(app)).await? {}
    Ok(())
}

async fn adopt_some(app: &App) -> Result<bool, FlowError> {
    let now = app.now();
    let only_us = app.db.is_ours_alone();
    let orphans = parcel::orphaned(&app.db, now, &app.worker, only_us, BATCH).await?;
    if orphans.is_empty() {
        return Ok(false);
    }
    let mut tx = app.db.begin().await?;
    for row in orphans {
        let expected = (row.state, row.attempt);
        let row = DespatchRow {
            state: DespatchState::InDoubt,
            doubt_since: Some(now),
            lookups: 0,
            due_at: Some(now),
            ..freed(row)
        };
        parcel::save(&mut tx, &row, expected).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Looks up what is in doubt.
pub(super) async fn pass(app: &App, report: &mut DespatchReport) -> Result<(), FlowError> {
    let began = app.now();
    loop {
        let due = parcel::in_doubt(&app.db, app.now().min(began), BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        for row in due {
            one(app, row, report).await?;
        }
    }
}

async fn one(app: &App, row: DespatchRow, report: &mut DespatchReport) -> Result<(), FlowError> {
    let Some(entry) = daybook_store::entry::get(&app.db, row.order_id).await? else {
        return Ok(());
    };
    let asked_at = app.now();
    let deliveries = match look::deliveries(app, entry.reference()).await {
        Ok(deliveries) => deliveries,
        Err(error) => {
            // It stays in doubt, and is never sent on a guess.
            put_off(app, row).await?;
            return Err(error);
        }
    };
    let others = parcel::of_order(&app.db, row.order_id).await?;
    let claimed: BTreeSet<i64> =
        others.iter().filter_map(|other| other.sitoo_delivery_id).collect();
    let found = row.intent.as_ref().and_then(|intent| {
        deliveries
            .iter()
            .find(|delivery| !claimed.contains(&delivery.id) && is_it(delivery, intent))
    });
    if let Some(id) = found.map(|delivery| delivery.id) {
        report.adopted += u64::from(written(app, row, id, "despatch-found").await?);
        return Ok(());
    }
    not_found(app, row, asked_at).await
}

/// Whether this delivery is what was sent: new since then, with the same reference and rows.
fn is_it(delivery: &OrderDelivery, intent: &Intent) -> bool {
    let items = |items: &[DeliveredItem]| items.iter().copied().collect::<BTreeSet<_>>();
    !intent.before.contains(&delivery.id)
        && delivery.reference.trim() == intent.reference.trim()
        && items(&delivery.items) == items(&intent.items)
}

async fn not_found(app: &App, row: DespatchRow, asked_at: Timestamp) -> Result<(), FlowError> {
    let limits = &app.settings.despatch;
    let now = app.now();
    let expected = (row.state, row.attempt);
    let lookups = row.lookups + 1;
    let since = row.doubt_since.unwrap_or(now);
    let settled = asked_at >= since.plus(limits.settling_time);
    let row = if settled && lookups >= limits.lookups_before_resend {
        DespatchRow {
            state: DespatchState::Ready,
            doubt_since: None,
            lookups: 0,
            due_at: Some(now),
            ..row
        }
    } else {
        DespatchRow { lookups, due_at: Some(now.plus(limits.settling_time)), ..row }
    };
    retrying(app, "a delivery in doubt", || save(app, &row, expected)).await
}

async fn save(
    app: &App,
    row: &DespatchRow,
    expected: (DespatchState, i64),
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    parcel::save(&mut tx, row, expected).await?;
    tx.commit().await?;
    Ok(())
}

async fn put_off(app: &App, row: DespatchRow) -> Result<(), FlowError> {
    let expected = (row.state, row.attempt);
    let due = app.now().plus(app.settings.despatch.settling_time);
    let row = DespatchRow { due_at: Some(due), ..row };
    retrying(app, "a delivery in doubt", || save(app, &row, expected)).await
}
