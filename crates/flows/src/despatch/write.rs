//! Telling Sitoo: one delivery of OrderWise, one delivery there. Intent, call, outcome.

use daybook_connectors::sitoo::NewDelivery;
use daybook_domain::{
    Timestamp,
    causes::Cause,
    class::Failure,
    despatch::{self, DespatchState, Plan, Trouble, Why},
    exchange::Called,
    priority::Priority,
    retry::Backoff,
    supply::OrderDelivery,
};
use daybook_store::{
    Tx,
    despatch::{DespatchRow, Intent, parcel, sending},
    entry::{self, EntryRow},
    exception,
};

use super::{
    DespatchReport, look,
    note::{note, raise},
};
use crate::{
    app::App,
    cutover::{self, Flow},
    error::FlowError,
    exchanges,
    retrying::retrying,
    sales::{evaluate::DAYBOOK, load::current_mapping},
};

/// Deliveries taken in one go.
const BATCH: usize = 50;

/// Writes what is due.
pub(super) async fn pass(app: &App, report: &mut DespatchReport) -> Result<(), FlowError> {
    let began = app.now();
    loop {
        let due = parcel::due(&app.db, app.now().min(began), BATCH).await?;
        if due.is_empty() || app.stop.is_cancelled() {
            return Ok(());
        }
        for row in due {
            one(app, row, report).await?;
        }
    }
}

async fn one(app: &App, row: DespatchRow, report: &mut DespatchReport) -> Result<(), FlowError> {
    let Some(entry) = entry::get(&app.db, row.order_id).await? else { return Ok(()) };
    let reference = entry.reference();
    // Beside our own deliveries there are the shop's: what is left is Sitoo's to say.
    let deliveries = match look::deliveries(app, reference).await {
        Ok(deliveries) => deliveries,
        Err(FlowError::Sitoo(failure)) => return failed(app, &entry, row, failure, report).await,
        Err(error) => return Err(error),
    };
    let write = || intend(app, &entry, row.clone(), &deliveries);
    let (intended, came) = retrying(app, "a delivery", write).await?;
    report.add(&came);
    let Some(row) = intended else { return Ok(()) };
    let Some(intent) = &row.intent else { return Ok(()) };
    let new = NewDelivery {
        warehouse_id: intent.warehouse_id,
        reference: intent.reference.clone(),
        items: intent.items.clone(),
        ignore_stock: app.settings.despatch.ignore_stock,
    };
    let Called { outcome, exchanges } =
        app.sitoo.at(Priority::Despatch).add_delivery(reference, &new).await;
    exchanges::keep(app, Some(row.order_id), exchanges).await?;
    match outcome {
        Ok(id) => {
            report.written += u64::from(written(app, row, id, "despatched").await?);
            Ok(())
        }
        Err(failure) => failed(app, &entry, row, failure, report).await,
    }
}

/// Decides what of the delivery Sitoo is told, and writes the intent down. None: nothing to send.
async fn intend(
    app: &App,
    entry: &EntryRow,
    row: DespatchRow,
    deliveries: &[OrderDelivery],
) -> Result<(Option<DespatchRow>, DespatchReport), FlowError> {
    let mut came = DespatchReport::default();
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let expected = (row.state, row.attempt);
    let (Some(order), Some(followed)) =
        (look::order(&mut tx, row.order_id).await?, sending::get(&mut tx, row.order_id).await?)
    else {
        return Ok((None, came));
    };
    // While it is not known what came of another one, it is not known what is left either.
    let others = parcel::of_order(&mut tx, row.order_id).await?;
    let is_open = |other: &DespatchRow| {
        other.delivery_id != row.delivery_id
            && matches!(other.state, DespatchState::Writing | DespatchState::InDoubt)
    };
    // Nor is anything written while another integration does.
    let rests = !cutover::may_write(&mut tx, Flow::Despatch).await?;
    if rests || others.iter().any(is_open) {
        let due = now.plus(app.settings.despatch.settling_time);
        let row = DespatchRow { due_at: Some(due), ..row };
        parcel::save(&mut tx, &row, expected).await?;
        tx.commit().await?;
        return Ok((None, came));
    }
    let left = look::left(&order, deliveries);
    let Plan { items, troubles } = despatch::plan(&row.told.lines, &followed.lines, &order, &left);
    tell_troubles(&mut tx, now, entry, &row, &troubles, &mut came).await?;
    if items.is_empty() {
        let row = DespatchRow { state: DespatchState::Nothing, due_at: None, ..row };
        parcel::save(&mut tx, &row, expected).await?;
        tx.commit().await?;
        return Ok((None, came));
    }
    let mapping = current_mapping(app, &mut tx).await?;
    let intent = Intent {
        warehouse_id: look::warehouse(&order, &mapping),
        reference: despatch::reference_text(&app.settings.despatch.reference, &row.told.parcel),
        items,
        before: deliveries.iter().map(|delivery| delivery.id).collect(),
    };
    let row = DespatchRow {
        state: DespatchState::Writing,
        attempt: row.attempt + 1,
        worker: Some(app.worker.clone()),
        lease_until: Some(now.plus(app.settings.despatch.lease)),
        due_at: None,
        intent: Some(intent),
        ..row
    };
    let ours = parcel::save(&mut tx, &row, expected).await?;
    tx.commit().await?;
    Ok((ours.then_some(row), came))
}

async fn tell_troubles(
    tx: &mut Tx,
    now: Timestamp,
    entry: &EntryRow,
    row: &DespatchRow,
    troubles: &[Trouble],
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    for cause in [Cause::DespatchLineUnknown, Cause::DespatchBeyondOrder] {
        let beyond = cause == Cause::DespatchBeyondOrder;
        let ours = troubles.iter().filter(|trouble| (trouble.why == Why::BeyondOrder) == beyond);
        let ours: Vec<String> = ours.map(Trouble::to_string).collect();
        if !ours.is_empty() {
            let detail = format!("delivery {} holds {}", row.delivery_id, ours.join("; "));
            let about = (row.order_id, entry.gross.abs());
            raise(tx, now, about, (cause, row.delivery_id.to_string(), detail), report).await?;
        }
    }
    Ok(())
}

/// Sitoo has it. False when somebody else found that out.
pub(super) async fn written(
    app: &App,
    row: DespatchRow,
    sitoo_delivery_id: i64,
    code: &str,
) -> Result<bool, FlowError> {
    let write = || write_down(app, row.clone(), sitoo_delivery_id, code);
    retrying(app, "a delivery", write).await
}

async fn write_down(
    app: &App,
    row: DespatchRow,
    sitoo_delivery_id: i64,
    code: &str,
) -> Result<bool, FlowError> {
    let now = app.now();
    let expected = (row.state, row.attempt);
    let mut tx = app.db.begin().await?;
    let said = said(&row, sitoo_delivery_id);
    let refused = row.failures > 0;
    let row = DespatchRow {
        state: DespatchState::Written,
        due_at: None,
        failures: 0,
        doubt_since: None,
        sitoo_delivery_id: Some(sitoo_delivery_id),
        written_at: Some(now),
        ..freed(row)
    };
    if !parcel::save(&mut tx, &row, expected).await? {
        tracing::warn!(row.order_id, "a lease was lost; the outcome is left to the look-up");
        return Ok(false);
    }
    note(&mut tx, now, row.order_id, code, said).await?;
    if refused {
        close_refusal(&mut tx, now, &row).await?;
    }
    if let Some(mut followed) = sending::get(&mut tx, row.order_id).await? {
        followed.moved_at = now;
        followed.due_at = followed.ended_at.is_none().then_some(now);
        sending::save(&mut tx, &followed).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn close_refusal(tx: &mut Tx, now: Timestamp, row: &DespatchRow) -> Result<(), FlowError> {
    let subject = row.delivery_id.to_string();
    for told in exception::of_entry(&mut *tx, row.order_id).await? {
        if told.closed_at.is_none()
            && told.cause == Cause::DeliveryRefused
            && told.subject == subject
        {
            exception::close_one(tx, now, told.number, DAYBOOK, "Sitoo took it").await?;
        }
    }
    Ok(())
}

fn said(row: &DespatchRow, sitoo_delivery_id: i64) -> String {
    let intent = row.intent.as_ref();
    let items = intent.map(|intent| &intent.items).into_iter().flatten();
    let items: Vec<String> =
        items.map(|item| format!("{} of row {}", item.pieces, item.row)).collect();
    let reference = intent.map(|intent| intent.reference.as_str()).unwrap_or_default();
    format!(
        "OrderWise delivery {} ({reference}): {}; Sitoo delivery {sitoo_delivery_id}",
        row.delivery_id,
        items.join(", ")
    )
}

/// The lease is over.
pub(super) fn freed(row: DespatchRow) -> DespatchRow {
    DespatchRow { worker: None, lease_until: None, ..row }
}

/// What a failed call means for a delivery: the one table of it.
async fn failed(
    app: &App,
    entry: &EntryRow,
    row: DespatchRow,
    failure: Failure,
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let now = app.now();
    let expected = (row.state, row.attempt);
    let sent = row.state == DespatchState::Writing;
    let failures = row.failures + 1;
    let backoff = Backoff::from(&app.settings.posting.backoff);
    let tries = u32::try_from(failures).unwrap_or(u32::MAX);
    report.not_written += 1;
    let row = DespatchRow { failures, ..freed(row) };
    let (row, refused, stops) = match &failure {
        Failure::Later { after, .. } => {
            let due = now.plus(backoff.delay(tries, app.ids.dice(), *after));
            (again(row, due), None, true)
        }
        Failure::InDoubt { .. } | Failure::Drift { .. } if sent => {
            let row = DespatchRow {
                state: DespatchState::InDoubt,
                doubt_since: Some(now),
                lookups: 0,
                due_at: Some(now),
                ..row
            };
            (row, None, false)
        }
        Failure::NotAuthorised { .. } => (again(row, now.plus(backoff.longest)), None, true),
        Failure::InDoubt { what } | Failure::Drift { what, .. } => {
            (again(row, now.plus(backoff.longest)), Some(what.clone()), false)
        }
        Failure::Refused { .. } | Failure::NotFound { .. } => {
            // It may fit later: an order that is not visible yet, a row that staff take back.
            let wait = now.since(row.told_at).max(backoff.longest);
            let row =
                DespatchRow { state: DespatchState::Refused, due_at: Some(now.plus(wait)), ..row };
            (row, Some(failure.to_string()), false)
        }
    };
    let keep = || not_written(app, now, entry, (&row, expected), refused.as_deref());
    report.add(&retrying(app, "a delivery", keep).await?);
    if stops { Err(FlowError::Sitoo(failure)) } else { Ok(()) }
}

async fn not_written(
    app: &App,
    now: Timestamp,
    entry: &EntryRow,
    (row, expected): (&DespatchRow, (DespatchState, i64)),
    refused: Option<&str>,
) -> Result<DespatchReport, FlowError> {
    let mut came = DespatchReport::default();
    let mut tx = app.db.begin().await?;
    if parcel::save(&mut tx, row, expected).await?
        && let Some(what) = refused
    {
        let subject = row.delivery_id.to_string();
        let about = (row.order_id, entry.gross.abs());
        let fault = (Cause::DeliveryRefused, subject, what.to_owned());
        raise(&mut tx, now, about, fault, &mut came).await?;
    }
    tx.commit().await?;
    Ok(came)
}

fn again(row: DespatchRow, due: Timestamp) -> DespatchRow {
    DespatchRow { state: DespatchState::Ready, due_at: Some(due), ..row }
}
