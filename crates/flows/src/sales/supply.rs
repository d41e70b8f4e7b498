//! Orders whose goods do not all leave at the till: their deliveries are read before they are
//! posted, because only those say what was handed over (facts/sitoo 2.7, 8.4).

use daybook_connectors::sitoo::{ReceivedOrder, parse_order};
use daybook_domain::{
    Timestamp,
    class::Failure,
    classify::{Standing, classify},
    entry::EntryState,
    exchange::Called,
    priority::Priority,
    supply::{OrderDelivery, has_rows_to_come},
    till::TillOrder,
};
use daybook_store::{
    Tx,
    entry::{self, Changes, EntryRow, Expect, Recorded, Transition},
    supply,
    timeline::Event,
};

use super::{evaluate::DAYBOOK, recorded::new_entry};
use crate::{app::App, error::FlowError, exchanges, stock};

/// Orders read in one go.
const BATCH: usize = 100;

/// Which of these orders have goods to come, and from when on their deliveries are to be read: the
/// till writes what it hands over a moment after the order. One that says nothing of how its goods
/// travel may only be on its way to being closed, and gets more time.
pub(super) fn wanted(app: &App, now: Timestamp, orders: &[ReceivedOrder]) -> Vec<(i64, Timestamp)> {
    let limits = &app.settings.despatch;
    let to_come = |order: &&TillOrder| {
        has_rows_to_come(order) && matches!(classify(order, &app.policy), Standing::ForTheLedger(_))
    };
    let orders = orders.iter().filter_map(|received| received.order.as_ref().ok());
    orders
        .filter(to_come)
        .map(|order| {
            let says = order.delivery.is_marked() || order.delivery.address.is_known();
            let after = if says { limits.deliveries_after } else { limits.unmarked_after };
            (order.reference.order_id, now.plus(after))
        })
        .collect()
}

/// Notes that the deliveries of these orders are to be read, if the page told something new.
pub(super) async fn want(
    tx: &mut Tx,
    wanted: &[(i64, Timestamp)],
    recorded: &Recorded,
) -> Result<(), FlowError> {
    for (order_id, due) in wanted {
        if recorded.new.contains(order_id) || recorded.changed.contains(order_id) {
            supply::want(tx, &[*order_id], *due).await?;
        } else if recorded.same.contains(order_id) {
            // Set aside by an older version or another policy.
            supply::want_new(tx, &[*order_id], *due).await?;
        }
    }
    Ok(())
}

/// Reads what is wanted.
pub(crate) async fn pass(app: &App) -> Result<(), FlowError> {
    let began = app.now();
    loop {
        let due = supply::due(&app.db, app.now().min(began), BATCH).await?;
        if due.is_empty() {
            return Ok(());
        }
        for order_id in due {
            one(app, order_id).await?;
        }
        app.wake.post.notify_one();
    }
}

async fn one(app: &App, order_id: i64) -> Result<(), FlowError> {
    let waits = |row: &EntryRow| {
        use EntryState::{Held, Ready, SetAside, Waiting};
        matches!(row.state, SetAside | Ready | Held | Waiting)
    };
    let row = entry::get(&app.db, order_id).await?.filter(waits);
    let Some(row) = row else { return again(app, order_id, None).await };
    let sitoo = app.sitoo.at(Priority::Sales);
    let Called { outcome, exchanges } = sitoo.order_deliveries(row.reference()).await;
    exchanges::keep(app, Some(order_id), exchanges).await?;
    match outcome {
        Ok(deliveries) => known(app, &row, &deliveries).await,
        Err(failure) => {
            let next = app.now().plus(app.settings.receive.missing_ask_every);
            again(app, order_id, Some(next)).await?;
            match failure {
                // It stops only itself; the order is read again, and its deliveries with it.
                Failure::NotFound { .. } | Failure::Refused { .. } | Failure::Drift { .. } => {
                    tracing::warn!(order_id, "its deliveries cannot be read: {failure}");
                    Ok(())
                }
                failure => Err(FlowError::Sitoo(failure)),
            }
        }
    }
}

async fn again(app: &App, order_id: i64, due: Option<Timestamp>) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    supply::again(&mut tx, order_id, due).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps what was read; an order that only waited for it goes on.
async fn known(app: &App, row: &EntryRow, deliveries: &[OrderDelivery]) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    supply::put(&mut tx, now, row.order_id, deliveries).await?;
    let payload = entry::payloads(&mut tx, &[row.order_id]).await?.remove(&row.order_id);
    let payload = payload.unwrap_or_default();
    let order = parse_order(&payload).ok();
    if let Some(order) = &order {
        stock::deliveries_known(app, &mut tx, now, order, deliveries).await?;
    }
    if row.state != EntryState::SetAside {
        entry::reschedule(&mut tx, &[(row.order_id, Some(now))]).await?;
        tx.commit().await?;
        return Ok(());
    }
    if let Some(order) = order
        && matches!(classify(&order, &app.policy), Standing::ForTheLedger(_))
    {
        let step = Transition {
            order_id: row.order_id,
            expect: Expect { state: EntryState::SetAside, attempt: None },
            to: EntryState::Ready,
            changes: Changes { due_at: Some(Some(now)), reason: Some(None), ..Changes::default() },
            event: Event {
                actor: DAYBOOK.to_owned(),
                code: "deliveries-known".to_owned(),
                detail: said(&order, deliveries),
            },
        };
        entry::transition(&mut tx, now, &[step]).await?;
        let received = ReceivedOrder { order_id: row.order_id, payload, order: Ok(order) };
        entry::reread(&mut tx, now, &new_entry(app, now, received).0).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn said(order: &TillOrder, deliveries: &[OrderDelivery]) -> String {
    let stand = deliveries.iter().filter(|one| one.cancelled_at.is_none()).count();
    let how = if order.delivery.is_pickup() { "collected in another store" } else { "sent" };
    match stand {
        0 => format!("nothing was handed over yet: all is to be {how}"),
        n => format!("{n} deliveries were handed over; the rest is to be {how}"),
    }
}
