//! The loop closes: both sides of an order are looked at while anything of it is to come. What may
//! be mended is mended; for the rest a person is told, and it closes by itself once both agree.

use std::collections::BTreeMap;

use daybook_connectors::sitoo::{LogItem, OrdersQuery, log_type};
use daybook_domain::{
    Money, Timestamp,
    causes::Cause,
    class::Failure,
    despatch::{self, DespatchState, Limits, Sides, Verdict},
    entry::EntryState,
    exchange::Called,
    posting::Fault,
    priority::Priority,
    supply::OrderDelivery,
    till::{OrderState, TillOrder},
};
use daybook_store::{
    Tx,
    despatch::{DespatchRow, SendingRow, parcel, sending},
    entry::{self, EntryRow},
    exception, supply,
};

use super::{DespatchReport, look, note::note, read};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying, sales::evaluate::DAYBOOK};

/// Orders looked at in one go.
const BATCH: usize = 50;

/// Causes that say how both sides stand, and close by themselves.
const CAUSES: [Cause; 6] = [
    Cause::CancelledInOrderwise,
    Cause::CancelledInSitoo,
    Cause::HandedOverElsewhere,
    Cause::OrderNotClosed,
    Cause::DespatchedButOpen,
    Cause::PaidButNotMoving,
];

/// An order as both sides show it.
struct Seen {
    entry: EntryRow,
    order: TillOrder,
    deliveries: Vec<OrderDelivery>,
    log: Vec<LogItem>,
    looked_at: Timestamp,
}

/// Looks at what is due.
pub(super) async fn pass(app: &App, report: &mut DespatchReport) -> Result<(), FlowError> {
    let began = app.now();
    loop {
        let due = sending::due(&app.db, app.now().min(began), BATCH).await?;
        if due.is_empty() || app.stop.is_cancelled() {
            return Ok(());
        }
        let seen = look_at(app, &due).await?;
        // Before anyone is told that nothing moves, OrderWise is read as a whole.
        if let Some(since) = in_question(app, &due, &seen).await? {
            read::whole(app, since, report).await?;
        }
        for row in due {
            match seen.get(&row.order_id) {
                Some(seen) => settle(app, row.order_id, seen, report).await?,
                None => put_off(app, row).await?,
            }
        }
    }
}

/// Reads the orders in Sitoo. One that cannot be read is left out.
async fn look_at(app: &App, due: &[SendingRow]) -> Result<BTreeMap<i64, Seen>, FlowError> {
    let ids: Vec<i64> = due.iter().map(|row| row.order_id).collect();
    let sitoo = app.sitoo.at(Priority::Despatch);
    let looked_at = app.now();
    let Called { outcome, exchanges } = sitoo.orders(&OrdersQuery::Ids(ids)).await;
    exchanges::keep(app, None, exchanges).await?;
    let page = outcome.map_err(FlowError::Sitoo)?;
    let mut seen = BTreeMap::new();
    for received in page.orders {
        let Ok(order) = received.order else { continue };
        let order_id = received.order_id;
        let Some(entry) = entry::get(&app.db, order_id).await? else { continue };
        if !entry.state.is_in_ledger() {
            continue;
        }
        let one = match beside(app, &entry, &order).await {
            Err(FlowError::Sitoo(
                failure @ (Failure::NotFound { .. }
                | Failure::Refused { .. }
                | Failure::Drift { .. }),
            )) => {
                tracing::warn!(order_id, "its deliveries cannot be read: {failure}");
                continue;
            }
            other => other?,
        };
        let (deliveries, log) = one;
        seen.insert(order_id, Seen { entry, order, deliveries, log, looked_at });
    }
    Ok(seen)
}

/// Deliveries, and the log where staff may have left something in it.
async fn beside(
    app: &App,
    entry: &EntryRow,
    order: &TillOrder,
) -> Result<(Vec<OrderDelivery>, Vec<LogItem>), FlowError> {
    let reference = entry.reference();
    let deliveries = look::deliveries(app, reference).await?;
    if !order.delivery.is_pickup() {
        return Ok((deliveries, Vec::new()));
    }
    let Called { outcome, exchanges } = app.sitoo.at(Priority::Despatch).order_log(reference).await;
    exchanges::keep(app, Some(entry.order_id), exchanges).await?;
    Ok((deliveries, outcome.map_err(FlowError::Sitoo)?))
}

fn limits(app: &App) -> Limits {
    let settings = &app.settings.despatch;
    Limits {
        close: settings.close_after,
        despatched_but_open: settings.despatched_but_open,
        paid_but_not_moving: settings.paid_but_not_moving,
    }
}

/// From when on OrderWise is to be read whole, if any order makes it worth while: one that does not
/// move, or one of whose deliveries the last read showed no trace.
async fn in_question(
    app: &App,
    due: &[SendingRow],
    seen: &BTreeMap<i64, Seen>,
) -> Result<Option<Timestamp>, FlowError> {
    let mut since: Option<Timestamp> = None;
    for row in due {
        let Some(seen) = seen.get(&row.order_id) else { continue };
        let sent = parcel::of_order(&app.db, row.order_id).await?;
        let known = known_before(app, row.order_id).await?;
        let verdict = despatch::follow(&sides(row, seen, &sent, &known), &limits(app), app.now());
        // Asked once: what was not there at the last look is known to be gone.
        let absent = sent.iter().any(|one| {
            let new =
                one.absent_since.is_some_and(|at| row.looked_at.is_none_or(|last| at >= last));
            new && one.state != DespatchState::Withdrawn
        });
        if absent || matches!(verdict, Verdict::DespatchedButOpen | Verdict::NotMoving) {
            since = Some(since.map_or(row.begun_at, |at| at.min(row.begun_at)));
        }
    }
    Ok(since)
}

/// The deliveries that were there when the order was posted.
async fn known_before(app: &App, order_id: i64) -> Result<Vec<OrderDelivery>, FlowError> {
    Ok(supply::known(&app.db, &[order_id]).await?.remove(&order_id).unwrap_or_default())
}

fn sides(row: &SendingRow, seen: &Seen, sent: &[DespatchRow], before: &[OrderDelivery]) -> Sides {
    let ours = |id: i64| {
        before.iter().any(|one| one.id == id)
            || sent.iter().any(|one| one.sitoo_delivery_id == Some(id))
    };
    let stand = seen.deliveries.iter().filter(|one| one.cancelled_at.is_none());
    let unwritten = sent.iter().any(|one| one.state.is_under_way());
    Sides {
        sitoo: seen.order.order_state,
        left: look::left(&seen.order, &seen.deliveries).values().sum(),
        is_pickup: seen.order.delivery.is_pickup(),
        orderwise: row.meaning,
        unwritten,
        by_hand: !unwritten && stand.clone().any(|one| !ours(one.id)),
        moved_at: row.moved_at,
    }
}

async fn settle(
    app: &App,
    order_id: i64,
    seen: &Seen,
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let Some(row) = sending::get(&app.db, order_id).await? else { return Ok(()) };
    let sent = parcel::of_order(&app.db, order_id).await?;
    let before = known_before(app, order_id).await?;
    let sides = sides(&row, seen, &sent, &before);
    let verdict = despatch::follow(&sides, &limits(app), app.now());
    let done = mended(app, seen, verdict, &sent).await?;
    let fault = fault(seen, &row, verdict, done);
    let write = || write_down(app, row.clone(), seen, &sides, (verdict, done), fault.as_ref());
    report.add(&retrying(app, "an order", write).await?);
    Ok(())
}

/// Changes the order's state in Sitoo where the settings allow it; whether Sitoo took it.
async fn mended(
    app: &App,
    seen: &Seen,
    verdict: Verdict,
    sent: &[DespatchRow],
) -> Result<bool, FlowError> {
    let settings = &app.settings.despatch;
    let nothing_left = sent.iter().all(|one| one.sitoo_delivery_id.is_none());
    let state = match verdict {
        Verdict::CloseIt if settings.close_orders => OrderState::Closed,
        Verdict::CancelledInOrderwise if settings.cancel_orders && nothing_left => {
            OrderState::Cancelled
        }
        _ => return Ok(false),
    };
    // A state is set, not changed: doing it twice is doing it once, so no doubt can come of it.
    let sitoo = app.sitoo.at(Priority::Despatch);
    let Called { outcome, exchanges } = sitoo.set_order_state(seen.entry.reference(), state).await;
    exchanges::keep(app, Some(seen.entry.order_id), exchanges).await?;
    Ok(outcome.is_ok())
}

fn fault(seen: &Seen, row: &SendingRow, verdict: Verdict, done: bool) -> Option<Fault> {
    let status = row.status.as_deref().unwrap_or("not told");
    let (cause, detail) = match verdict {
        _ if done => return None,
        Verdict::Going | Verdict::Done => return None,
        Verdict::CloseIt => {
            (Cause::OrderNotClosed, "all rows are delivered, and the order is open".to_owned())
        }
        Verdict::DespatchedButOpen => (
            Cause::DespatchedButOpen,
            format!("'{status}' in OrderWise since {}, open in Sitoo", row.moved_at),
        ),
        Verdict::NotMoving => (
            Cause::PaidButNotMoving,
            format!("'{status}' in OrderWise; nothing has moved since {}", row.moved_at),
        ),
        Verdict::HandedOverElsewhere => (
            Cause::HandedOverElsewhere,
            format!("closed in Sitoo by another delivery, '{status}' in OrderWise"),
        ),
        Verdict::CancelledInOrderwise => (
            Cause::CancelledInOrderwise,
            format!("'{status}' in OrderWise, open and paid in Sitoo"),
        ),
        Verdict::CancelledInSitoo => (
            Cause::CancelledInSitoo,
            format!("cancelled in Sitoo with {} paid, '{status}' in OrderWise", seen.order.gross),
        ),
    };
    Some(Fault { cause, subject: seen.order.reference.to_string(), detail })
}

async fn write_down(
    app: &App,
    mut row: SendingRow,
    seen: &Seen,
    sides: &Sides,
    (verdict, done): (Verdict, bool),
    fault: Option<&Fault>,
) -> Result<DespatchReport, FlowError> {
    let mut came = DespatchReport::default();
    let now = app.now();
    let mut transaction = app.db.begin().await?;
    let tx = &mut transaction;
    log(tx, now, &mut row, &seen.log).await?;
    let left = look::left(&seen.order, &seen.deliveries);
    let money = match verdict {
        Verdict::CancelledInOrderwise | Verdict::DespatchedButOpen | Verdict::NotMoving => {
            look::worth(&seen.order, &left)
        }
        _ => seen.order.gross.abs(),
    };
    let about: (i64, Money) = (row.order_id, money);
    let faults: Vec<Fault> = fault.into_iter().cloned().collect();
    came.raised += exception::set_among(tx, now, about, &CAUSES, &faults, DAYBOOK).await?;
    let word = word(verdict);
    if done {
        let (code, what) = match verdict {
            Verdict::CloseIt => ("order-closed", "all is delivered: Daybook closed it in Sitoo"),
            _ => ("order-cancelled", "cancelled in OrderWise: Daybook cancelled it in Sitoo"),
        };
        came.closed += 1;
        note(tx, now, row.order_id, code, what.to_owned()).await?;
    }
    let next = if done || (sides.left == 0 && verdict == Verdict::Going) {
        app.settings.despatch.close_after
    } else {
        app.settings.despatch.follow_every
    };
    row.looked_at = Some(seen.looked_at);
    row.due_at = Some(now.plus(next));
    if verdict == Verdict::Done {
        row.ended_at = Some(now);
        row.due_at = None;
        came.ended += 1;
        let status = row.status.as_deref().unwrap_or("not told");
        let state = match seen.order.order_state {
            OrderState::Closed => "closed",
            _ => "cancelled",
        };
        let detail = format!("{state} in Sitoo, '{status}' in OrderWise");
        note(tx, now, row.order_id, "both-sides-ended", detail).await?;
    } else if row.verdict != word && !matches!(verdict, Verdict::Going | Verdict::CloseIt) {
        let detail = faults.first().map(|fault| fault.detail.clone()).unwrap_or_default();
        note(tx, now, row.order_id, word, detail).await?;
    }
    word.clone_into(&mut row.verdict);
    sending::save(tx, &row).await?;
    transaction.commit().await?;
    Ok(came)
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Going => "going",
        Verdict::Done => "ended",
        Verdict::CloseIt => "to-be-closed",
        Verdict::DespatchedButOpen => "despatched-but-open",
        Verdict::NotMoving => "paid-but-not-moving",
        Verdict::HandedOverElsewhere => "handed-over-elsewhere",
        Verdict::CancelledInOrderwise => "cancelled-in-orderwise",
        Verdict::CancelledInSitoo => "cancelled-in-sitoo",
    }
}

/// What staff left in the order's log, each item once.
async fn log(
    tx: &mut Tx,
    now: Timestamp,
    row: &mut SendingRow,
    log: &[LogItem],
) -> Result<(), FlowError> {
    let pickup = |item: &&LogItem| {
        matches!(item.kind, log_type::READY_FOR_PICKUP | log_type::PICKUP_REJECTED)
    };
    let items: Vec<&LogItem> = log.iter().filter(pickup).collect();
    let known = usize::try_from(row.noted).unwrap_or_default();
    for item in items.iter().skip(known) {
        let (code, what) = if item.kind == log_type::READY_FOR_PICKUP {
            ("ready-for-collection", "the goods can be collected")
        } else {
            ("collection-rejected", "the store cannot hand the goods out")
        };
        let at = item.at.map(|at| format!(" (in Sitoo at {at})")).unwrap_or_default();
        note(tx, now, row.order_id, code, format!("{what}{at}")).await?;
        row.moved_at = now;
    }
    row.noted = row.noted.max(i64::try_from(items.len()).unwrap_or(i64::MAX));
    Ok(())
}

/// Not to be seen, or not posted yet: later. What will never be posted is not followed.
async fn put_off(app: &App, row: SendingRow) -> Result<(), FlowError> {
    retrying(app, "an order", || put_off_once(app, row.clone())).await
}

async fn put_off_once(app: &App, mut row: SendingRow) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let state = entry::get(&mut tx, row.order_id).await?.map(|entry| entry.state);
    row.due_at = Some(now.plus(app.settings.despatch.follow_every));
    if state.is_none_or(|state| state == EntryState::Dismissed) {
        row.due_at = None;
        row.ended_at = Some(now);
        "not-posted".clone_into(&mut row.verdict);
    }
    sending::save(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(())
}
