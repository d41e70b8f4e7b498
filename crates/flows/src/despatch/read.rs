//! Reading OrderWise: which orders changed, what left of them. Rows come twice and change nothing
//! the second time.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::{
    Money, Reference, Timestamp,
    causes::Cause,
    despatch::{DespatchState, Sent, StatusMeaning, ToldOrder, gather},
    exchange::Called,
    mapping::Mapping,
    priority::Priority,
};
use daybook_store::{
    Tx,
    despatch::{DespatchRow, SendingRow, parcel, sending},
    entry, watermark,
};

use super::{
    DespatchReport,
    note::{note, raise},
    statuses,
};
use crate::{
    app::App, error::FlowError, exchanges, retrying::retrying, sales::load::current_mapping,
};

/// When OrderWise was last read.
const READ: &str = "despatches-read";
/// Orders written down in one transaction.
const PIECE: usize = 64;

/// Reads what changed since the last read.
pub(super) async fn pass(app: &App, report: &mut DespatchReport) -> Result<(), FlowError> {
    // The moment before the read: what changes while it runs is read again next time.
    let read_at = app.now();
    let last = watermark::get(&app.db, READ).await?.map_or(read_at, Timestamp::from_micros);
    let orders = ask(app, last.minus(app.settings.despatch.overlap)).await?;
    record(app, &orders, false, report).await?;
    retrying(app, "despatches", || done(app, read_at)).await?;
    statuses::explain(app, report).await
}

async fn done(app: &App, read_at: Timestamp) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, app.now(), READ, read_at.micros()).await?;
    tx.commit().await?;
    Ok(())
}

/// Reads these orders whole: since before the first of them was posted. What OrderWise does not
/// show of them now is not there.
pub(super) async fn whole(
    app: &App,
    since: Timestamp,
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    const MARGIN: std::time::Duration = std::time::Duration::from_hours(24);
    let orders = ask(app, since.minus(MARGIN)).await?;
    record(app, &orders, true, report).await
}

async fn ask(app: &App, since: Timestamp) -> Result<Vec<ToldOrder>, FlowError> {
    let Called { outcome, exchanges } =
        app.orderwise.at(Priority::Despatch).despatches(since).await;
    exchanges::keep(app, None, exchanges).await?;
    Ok(gather(outcome.map_err(FlowError::Orderwise)?))
}

/// Writes down what concerns the orders that are followed.
async fn record(
    app: &App,
    orders: &[ToldOrder],
    whole: bool,
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    for piece in orders.chunks(PIECE) {
        let ours = ours(app, piece).await?;
        report.add(&retrying(app, "despatches", || record_some(app, &ours, whole)).await?);
    }
    Ok(())
}

async fn record_some(
    app: &App,
    ours: &BTreeMap<i64, &ToldOrder>,
    whole: bool,
) -> Result<DespatchReport, FlowError> {
    let mut came = DespatchReport::default();
    let ids: Vec<i64> = ours.keys().copied().collect();
    let mut tx = app.db.begin().await?;
    let mapping = current_mapping(app, &mut tx).await?;
    for row in sending::of(&mut tx, &ids).await? {
        let Some(told) = ours.get(&row.order_id) else { continue };
        one(app, &mut tx, row, told, whole, &mapping, &mut came).await?;
    }
    tx.commit().await?;
    Ok(came)
}

/// Orders by Sitoo's order id: by our reference, else by the document that a posting came to.
async fn ours<'a>(
    app: &App,
    orders: &'a [ToldOrder],
) -> Result<BTreeMap<i64, &'a ToldOrder>, FlowError> {
    let by_reference = |told: &ToldOrder| told.reference.parse::<Reference>().ok();
    let others: Vec<(i64, String)> = orders
        .iter()
        .filter(|told| by_reference(told).is_none())
        .map(|told| (told.order_id, told.order_number.clone()))
        .collect();
    let by_document = sending::by_document(&app.db, &others).await?;
    let ids = orders.iter().filter_map(|told| {
        let id = by_reference(told).map(|reference| reference.order_id);
        Some((id.or_else(|| by_document.get(&told.order_id).copied())?, told))
    });
    Ok(ids.collect())
}

async fn one(
    app: &App,
    tx: &mut Tx,
    mut row: SendingRow,
    told: &ToldOrder,
    whole: bool,
    mapping: &Mapping,
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let now = app.now();
    let gross = entry::get(&mut *tx, row.order_id).await?.map_or(Money::ZERO, |it| it.gross.abs());
    let about = (row.order_id, gross);
    let before = row.clone();
    if row.status.as_deref() != Some(told.status.as_str()) {
        let meaning = StatusMeaning::of(&told.status, mapping);
        statuses::moved(tx, now, &mut row, &told.status, meaning).await?;
        report.moved += 1;
    }
    let mut look = false;
    let known = parcel::of_order(&mut *tx, row.order_id).await?;
    for sent in &told.sent {
        let known = known.iter().find(|known| known.delivery_id == sent.parcel.delivery_id);
        match known {
            None => {
                if parcel::insert(tx, now, row.order_id, sent, DespatchState::Ready).await? {
                    report.told += 1;
                    row.moved_at = now;
                }
            }
            Some(known) => same_or_corrected(tx, now, known, sent, about, report).await?,
        }
    }
    let shown: BTreeSet<i64> = told.sent.iter().map(|sent| sent.parcel.delivery_id).collect();
    for known in known.iter().filter(|known| !shown.contains(&known.delivery_id)) {
        if whole {
            gone(tx, now, known, about, report).await?;
        } else if known.absent_since.is_none() && known.state != DespatchState::Withdrawn {
            // A window may cut an order: the order is read whole before anything is made of it.
            let state = (known.state, known.attempt);
            let row = DespatchRow { absent_since: Some(now), ..known.clone() };
            parcel::save(tx, &row, state).await?;
            look = true;
        }
    }
    if look || row != before {
        // Both sides are looked at once Sitoo was told; an order that was at its end too.
        row.due_at = Some(now);
        row.ended_at = None;
        sending::save(tx, &row).await?;
    }
    Ok(())
}

/// A delivery that is told again: the same, or changed.
async fn same_or_corrected(
    tx: &mut Tx,
    now: Timestamp,
    known: &DespatchRow,
    sent: &Sent,
    about: (i64, Money),
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let expected = (known.state, known.attempt);
    let back = known.state == DespatchState::Withdrawn;
    if known.told == *sent && !back {
        if known.absent_since.is_some() {
            parcel::save(tx, &DespatchRow { absent_since: None, ..known.clone() }, expected)
                .await?;
        }
        return Ok(());
    }
    report.corrected += 1;
    let row = DespatchRow { told: sent.clone(), told_at: now, absent_since: None, ..known.clone() };
    if known.state.may_be_in_sitoo() {
        if parcel::save(tx, &row, expected).await? {
            let subject = known.delivery_id.to_string();
            let detail = difference(&known.told, sent);
            raise(tx, now, about, (Cause::DespatchCorrected, subject, detail), report).await?;
        }
        return Ok(());
    }
    let row = DespatchRow { state: DespatchState::Ready, due_at: Some(now), failures: 0, ..row };
    parcel::save(tx, &row, expected).await?;
    Ok(())
}

fn difference(before: &Sent, after: &Sent) -> String {
    let lines = |sent: &Sent| {
        let lines = sent.lines.iter().map(|line| format!("{} of '{}'", line.quantity, line.sku));
        lines.collect::<Vec<_>>().join(", ")
    };
    let id = after.parcel.delivery_id;
    if before.lines == after.lines {
        let number = |sent: &Sent| {
            let known = [&sent.parcel.consignment, &sent.parcel.tracking_url, &sent.parcel.courier];
            known.into_iter().find_map(Clone::clone).unwrap_or_else(|| "nothing".to_owned())
        };
        return format!("delivery {id}: tracking was {}, is {}", number(before), number(after));
    }
    format!("delivery {id}: Sitoo was told {}; it is {}", lines(before), lines(after))
}

/// OrderWise shows the whole order, and this delivery is no longer in it.
async fn gone(
    tx: &mut Tx,
    now: Timestamp,
    known: &DespatchRow,
    about: (i64, Money),
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let expected = (known.state, known.attempt);
    match known.state {
        DespatchState::Withdrawn => {}
        state if state.may_be_in_sitoo() => {
            let subject = known.delivery_id.to_string();
            let detail =
                format!("delivery {}: cancelled in OrderWise, stands in Sitoo", known.delivery_id);
            raise(tx, now, about, (Cause::DespatchCorrected, subject, detail), report).await?;
            // Told once; it stays noted as absent, and asks for no further read.
        }
        _ => {
            let row = DespatchRow {
                state: DespatchState::Withdrawn,
                due_at: None,
                absent_since: known.absent_since.or(Some(now)),
                ..known.clone()
            };
            if parcel::save(tx, &row, expected).await? {
                report.corrected += 1;
                let detail = format!("OrderWise took delivery {} back", known.delivery_id);
                note(tx, now, known.order_id, "despatch-withdrawn", detail).await?;
            }
        }
    }
    Ok(())
}
