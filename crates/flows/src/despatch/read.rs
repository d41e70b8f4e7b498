//! Reading OrderWise: which orders changed, what left of them. Rows come twice and change nothing
//! the second time.

use std::collections::{BTreeMap, BTreeSet};

use daybook_connectors::orderwise::{OddRow, Rows};
use daybook_domain::{
    Money, Reference, Timestamp,
    causes::Cause,
    despatch::{DespatchState, Sent, StatusMeaning, ToldOrder, gather},
    exchange::Called,
    mapping::Mapping,
    posting::Fault,
    priority::Priority,
};
use daybook_store::{
    Tx,
    despatch::{DespatchRow, SendingRow, parcel, sending},
    entry, exception, watermark,
};

use super::{
    DespatchReport,
    note::{note, raise},
    statuses,
};
use crate::{
    app::App,
    error::FlowError,
    exchanges, odd_rows,
    retrying::retrying,
    sales::{evaluate::DAYBOOK, load::current_mapping},
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
    let told = ask(app, last.minus(app.settings.despatch.overlap)).await?;
    record(app, &told, false, report).await?;
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
    let told = ask(app, since.minus(MARGIN)).await?;
    record(app, &told, true, report).await
}

/// What OrderWise told: orders that can be read, and rows of others that cannot.
struct Told {
    orders: Vec<ToldOrder>,
    odd: Vec<OddRow>,
}

async fn ask(app: &App, since: Timestamp) -> Result<Told, FlowError> {
    let Called { outcome, exchanges } =
        app.orderwise.at(Priority::Despatch).despatches(since).await;
    exchanges::keep(app, None, exchanges).await?;
    let Rows { read, odd } = outcome.map_err(FlowError::Orderwise)?;
    // Of an order of which a row cannot be read, the others do not say enough.
    let ids: BTreeSet<i64> = odd.iter().filter_map(|row| row.order_id).collect();
    let references: BTreeSet<&str> =
        odd.iter().filter_map(|row| row.reference.as_deref()).collect();
    let mut orders = gather(read);
    orders.retain(|order| {
        !ids.contains(&order.order_id) && !references.contains(order.reference.as_str())
    });
    Ok(Told { orders, odd })
}

/// Writes down what concerns the orders that are followed.
async fn record(
    app: &App,
    told: &Told,
    whole: bool,
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let mut open: BTreeSet<i64> =
        odd_rows::open(&app.db, None).await?.into_iter().filter_map(|row| row.order_id).collect();
    for piece in told.orders.chunks(PIECE) {
        let ours = ours(app, piece).await?;
        report.add(&retrying(app, "despatches", || record_some(app, &ours, whole)).await?);
        for order_id in ours.keys().filter(|id| open.remove(*id)) {
            report.add(&retrying(app, "odd rows", || tell(app, *order_id, None)).await?);
        }
    }
    for (order_id, odd) in unread(app, &told.odd).await? {
        report.add(&retrying(app, "odd rows", || tell(app, order_id, Some(odd))).await?);
    }
    Ok(())
}

/// Rows that cannot be read, of orders that are followed. Those of others may hold anything.
async fn unread<'o>(app: &App, odd: &'o [OddRow]) -> Result<BTreeMap<i64, &'o OddRow>, FlowError> {
    let document = |row: &OddRow| Some((row.order_id?, row.order_number.clone()?));
    let documents: Vec<(i64, String)> = odd.iter().filter_map(document).collect();
    let by_document = sending::by_document(&app.db, &documents).await?;
    let entry = |row: &OddRow| {
        let named = row.reference.as_deref().and_then(|text| text.parse::<Reference>().ok());
        let named = named.map(|reference| reference.order_id);
        named.or_else(|| by_document.get(&row.order_id?).copied())
    };
    let mut rows: BTreeMap<i64, &OddRow> =
        odd.iter().filter_map(|row| Some((entry(row)?, row))).collect();
    let ids: Vec<i64> = rows.keys().copied().collect();
    let followed = sending::of(&app.db, &ids).await?;
    let followed: BTreeSet<i64> = followed.into_iter().map(|row| row.order_id).collect();
    rows.retain(|order_id, _| followed.contains(order_id));
    Ok(rows)
}

/// Tells that an order's rows cannot be read, or that they can again.
async fn tell(app: &App, order_id: i64, odd: Option<&OddRow>) -> Result<DespatchReport, FlowError> {
    let mut tx = app.db.begin().await?;
    let found = entry::get(&mut tx, order_id).await?;
    let money = found.as_ref().map_or(Money::ZERO, |entry| entry.gross.abs());
    let subject = found.map_or_else(String::new, |entry| entry.reference().to_string());
    let fault = odd.map(|odd| Fault { cause: odd_rows::CAUSE, subject, detail: odd.to_string() });
    let faults: Vec<Fault> = fault.into_iter().collect();
    let about = (order_id, money);
    let causes = [odd_rows::CAUSE];
    let raised = exception::set_among(&mut tx, app.now(), about, &causes, &faults, DAYBOOK).await?;
    tx.commit().await?;
    Ok(DespatchReport { raised, ..DespatchReport::default() })
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
