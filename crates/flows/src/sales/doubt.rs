//! In doubt: a posting was sent and its outcome is not known. It is looked up by its reference at
//! once, and again after the settling time, before it is ever sent again (promise 2).

use std::time::Duration;

use daybook_domain::{
    Reference, Timestamp,
    causes::Cause,
    despatch::StatusMeaning,
    document::Document,
    entry::{EntryKind, EntryState},
    exchange::Called,
    posting::Fault,
    words,
};
use daybook_store::{
    Tx,
    entry::{self, Changes, DueRow, Expect, Outcome, Transition},
    exception::{self, EntryFaults},
    lease,
    timeline::Event,
};
use futures_util::{StreamExt, stream};

use super::{
    SyncReport, evaluate::DAYBOOK, first_look, load::current_mapping, outcome, rounds::Rounds,
};
use crate::{app::App, cutover, error::FlowError, exchanges, health, retrying::retrying, stock};

/// Reason of an entry whose posting was refused with a text that may mean "already there".
const REFUSED: &str = "refused-look-up";
/// Reason of an entry whose document OrderWise does not show any more. Nothing was sent since it was
/// posted, so one look-up tells.
pub(crate) const GONE: &str = "gone-from-orderwise";
/// Reason of an entry whose number another's document has, while it is looked whether that is still
/// so: what is held for it is never sent again blindly.
pub(crate) const TAKEN: &str = "reference-taken";
/// Reason of an entry that was held, and that OrderWise has.
pub(crate) const SEEN: &str = "seen-in-orderwise";
/// Look-ups begun beside each other; the client holds them to its own limit.
const BESIDE_EACH_OTHER: usize = 8;
/// Lease of the process that looks up.
const DOUBT: &str = "doubt";
/// Entries looked up in one go.
const BATCH: usize = 64;
/// After this time a pass ends even if more is due: where look-ups fail slowly, the first are due
/// again before the last have had their turn, and what could be posted would never get one.
const SLICE: Duration = Duration::from_secs(30);
/// By so much clocks, zones and a till's date may be wrong.
const CLOCKS: Duration = Duration::from_hours(48);

/// Intents whose worker is gone become in doubt: nobody knows whether the call was made.
pub(crate) async fn adopt_orphans(app: &App) -> Result<(), FlowError> {
    loop {
        let adopted = retrying(app, "interrupted postings", || adopt_some(app)).await?;
        if adopted == 0 {
            return Ok(());
        }
        tracing::warn!(entries = adopted, "postings were interrupted; looking them up");
    }
}

async fn adopt_some(app: &App) -> Result<usize, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let only_us = app.db.is_ours_alone();
    let orphans = entry::orphaned(&mut tx, now, &app.worker, only_us, BATCH).await?;
    if orphans.is_empty() {
        return Ok(0);
    }
    let steps: Vec<_> = orphans
        .iter()
        .map(|row| {
            let changes = Changes {
                doubt_since: Some(Some(now)),
                doubt_lookups: Some(0),
                due_at: Some(Some(now)),
                reason: Some(Some("interrupted".to_owned())),
                worker: Some(None),
                lease_until: Some(None),
                ..Changes::default()
            };
            let detail = "the process that was posting it is gone";
            step(row, EntryState::InDoubt, changes, "interrupted", detail)
        })
        .collect();
    entry::transition(&mut tx, now, &steps).await?;
    tx.commit().await?;
    Ok(steps.len())
}

/// Looks up every entry in doubt that is due.
pub(crate) async fn pass(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    if !take_turn(app).await? {
        return Ok(());
    }
    let result = look_up_all(app, report).await;
    if !app.db.is_ours_alone() {
        lease::release(&app.db, DOUBT, &app.worker).await?;
    }
    result
}

/// One process at a time: what one finds must not be what another has just given up.
async fn take_turn(app: &App) -> Result<bool, FlowError> {
    if app.db.is_ours_alone() {
        return Ok(true);
    }
    let now = app.now();
    Ok(lease::acquire(&app.db, now, DOUBT, &app.worker, now.plus(slice(app) * 2)).await?)
}

/// Its lease is no longer than that of a posting: for so long nobody looks up when a process dies.
fn slice(app: &App) -> Duration {
    SLICE.min(app.settings.posting.lease / 2)
}

async fn look_up_all(app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
    let mut rounds = Rounds::default();
    let ends_at = app.now().plus(slice(app));
    loop {
        if health::is_paused(app).await? {
            return Ok(());
        }
        let due = entry::due_in_doubt(&app.db, app.now(), BATCH).await?;
        if rounds.are_over(&due) || app.now() >= ends_at || app.stop.is_cancelled() {
            return Ok(());
        }
        let mut others = cutover::others(app, &due).await?;
        // Whoever stops the process waits for the calls that are under way, and for no others.
        let looked_up: Vec<LookedUp> = stream::iter(due)
            .take_until(app.stop.cancelled())
            .map(|row| {
                let others = others.remove(&row.order_id).unwrap_or_default();
                look_up(app, row, others)
            })
            .buffered(BESIDE_EACH_OTHER)
            .collect()
            .await;
        report.adopted += retrying(app, "look-ups", || write(app, &looked_up)).await?;
        app.wake.post.notify_one();
    }
}

/// Writes down what look-ups found; returns how many entries were.
async fn write(app: &App, looked_up: &[LookedUp]) -> Result<u64, FlowError> {
    let mut tx = app.db.begin().await?;
    let mut found = 0;
    for looked in looked_up {
        found += u64::from(record(app, &mut tx, looked).await?);
    }
    tx.commit().await?;
    Ok(found)
}

struct LookedUp {
    row: DueRow,
    /// When the look-up was sent: only one sent after the settling time counts as the second.
    asked_at: Timestamp,
    called: Called<Vec<Document>>,
}

async fn look_up(app: &App, row: DueRow, others: Vec<String>) -> LookedUp {
    let asked_at = app.now();
    let called = documents_under(app, &row, &others).await;
    LookedUp { row, asked_at, called }
}

/// The documents under an entry's own reference, and under those that another integration may have
/// given it. What one question could not tell, the answer does not tell.
pub(crate) async fn documents_under(
    app: &App,
    row: &DueRow,
    others: &[String],
) -> Called<Vec<Document>> {
    let reference = Reference { site_id: row.site_id, order_id: row.order_id };
    let mut all = app.orderwise.lookup(&reference).await;
    for other in others {
        let Ok(found) = &mut all.outcome else { return all };
        let Called { outcome, exchanges } = app.orderwise.lookup_elsewhere(other).await;
        all.exchanges.extend(exchanges);
        match outcome {
            Ok(more) => found.extend(more),
            Err(failure) => all.outcome = Err(failure),
        }
    }
    all
}

/// Whether it is there.
async fn record(app: &App, tx: &mut Tx, looked: &LookedUp) -> Result<bool, FlowError> {
    let LookedUp { row, asked_at, called } = looked;
    let now = app.now();
    exchanges::keep_in(app, tx, Some(row.order_id), called.exchanges.clone()).await?;
    let Ok(documents) = &called.outcome else {
        failed(app, tx, row, called).await?;
        return Ok(false);
    };
    let all = documents;
    let mut documents = cutover::take(app, tx, row, all).await?;
    // One that cannot be it and is cancelled is in nobody's way.
    let mapping = current_mapping(app, tx).await?;
    let is_over = |document: &Document| {
        StatusMeaning::of(&document.status, &mapping) == Some(StatusMeaning::Cancelled)
    };
    documents.retain(|document| can_be(app, row, document) || !is_over(document));
    let is_there = documents.iter().any(|document| can_be(app, row, document));
    let is_known = matches!(row.reason.as_deref(), Some(REFUSED | GONE | TAKEN | SEEN));
    if documents.is_empty() && (is_known || cutover::may_be_posted(app, tx, row, *asked_at).await?)
    {
        let mut strange = cutover::strange(app, tx, row, all).await?;
        strange.retain(|document| !is_over(document));
        if !strange.is_empty() {
            health::read_well(app, tx, now).await?;
            taken(app, tx, now, row, &strange).await?;
            return Ok(false);
        }
    }
    // What somebody else has under the number says nothing about a call whose outcome is unknown.
    if documents.is_empty() || !is_there && !is_known {
        not_found(app, tx, row, *asked_at).await?;
        return Ok(false);
    }
    health::read_well(app, tx, now).await?;
    if !is_there {
        taken(app, tx, now, row, &documents).await?;
        return Ok(false);
    }
    adopt(app, tx, row, &documents).await?;
    Ok(true)
}

/// Whether a document under an entry's number can be the entry's: a number that two systems give is
/// taken now and then (facts/orderwise 2.5). Clocks and zones may be wrong by days.
fn can_be(app: &App, row: &DueRow, document: &Document) -> bool {
    let types = app.orderwise.order_types();
    let is_other_kind = types.is_credit(document.order_type) != (row.kind == EntryKind::Return);
    !is_other_kind && document.stored_at.is_none_or(|stored_at| stored_at >= earliest(row))
}

/// Whether what OrderWise named for a posting cannot have come of it: a session that returns what it
/// has may name another's. With the very total it is ours, of whatever kind: our order types may be
/// set wrong.
pub(crate) fn is_anothers(app: &App, row: &DueRow, document: &Document) -> bool {
    let is_old = document.stored_at.is_some_and(|stored_at| stored_at < earliest(row));
    is_old || (!can_be(app, row, document) && document.gross != row.gross.abs())
}

/// Before this nothing can have been stored of it.
fn earliest(row: &DueRow) -> Timestamp {
    row.order_date.min(row.received_at).minus(CLOCKS)
}

/// Another's document has the number. Nothing is sent as long as it has.
pub(crate) async fn taken(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    row: &DueRow,
    documents: &[Document],
) -> Result<(), FlowError> {
    let what = documents.iter().map(told).collect::<Vec<_>>().join("; ");
    let changes = Changes {
        erp_order_id: Some(None),
        erp_order_number: Some(None),
        posted_at: Some(None),
        ..Changes::default()
    };
    if row.state.is_in_ledger() {
        // OrderWise never had it, whatever its figures were thought to contain.
        stock::never_posted(app, tx, now, row.order_id).await?;
    }
    held_with(tx, now, row, (Cause::ReferenceTaken, changes), &what).await
}

fn told(document: &Document) -> String {
    let stored = document.stored_at.map_or_else(String::new, |at| format!(", stored {at}"));
    let Document { order_number, order_type, gross, .. } = document;
    format!("{order_number} (type {order_type}, {gross}{stored})")
}

/// OrderWise has it: the document that is there is ours.
async fn adopt(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    documents: &[Document],
) -> Result<(), FlowError> {
    let own = documents.iter().filter(|document| can_be(app, row, document));
    let Some(first) = own.min_by_key(|document| document.order_id) else { return Ok(()) };
    let now = app.now();
    let changes = Changes {
        erp_order_id: Some(Some(first.order_id)),
        erp_order_number: Some(Some(first.order_number.clone())),
        posted_at: Some(Some(now)),
        doubt_since: Some(None),
        due_at: Some(Some(now)),
        reason: Some(None),
        failures: Some(0),
        ..Changes::default()
    };
    let is_own = first.reference.eq_ignore_ascii_case(&row.reference().to_string());
    let under = if is_own { String::new() } else { format!(", under {}", first.reference) };
    let detail = format!("found in OrderWise as {}{under}", first.order_number);
    let step = step(row, EntryState::Posted, changes, "adopted", &detail);
    let outcomes = entry::transition(tx, now, &[step]).await?;
    if outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied) {
        if row.failures > 1 {
            exception::close_for_entry(tx, now, row.order_id, DAYBOOK, "it is posted").await?;
        }
        if !is_own {
            let row = DueRow { state: EntryState::Posted, ..row.clone() };
            cutover::adopted(app, tx, &row, first).await?;
        }
        entry::release_waiting_for(tx, now, &[row.order_id]).await?;
        stock::posted(app, tx, now, &[row.order_id]).await?;
        warn_if_doubled(tx, now, row, documents).await?;
    }
    Ok(())
}

/// More than one document under one reference is for a person to see, at once.
pub(crate) async fn warn_if_doubled(
    tx: &mut Tx,
    now: Timestamp,
    row: &DueRow,
    documents: &[Document],
) -> Result<(), FlowError> {
    if documents.len() < 2 {
        return Ok(());
    }
    let numbers: Vec<&str> =
        documents.iter().map(|document| document.order_number.as_str()).collect();
    let fault = Fault {
        cause: Cause::PostedTwice,
        subject: row.reference().to_string(),
        detail: format!("OrderWise holds {} documents: {}", numbers.len(), numbers.join(", ")),
    };
    let faults =
        EntryFaults { order_id: row.order_id, money: row.gross.abs(), faults: vec![fault] };
    exception::set_for_entries(tx, now, &[faults], DAYBOOK).await?;
    Ok(())
}

/// Not there. After enough look-ups, the last one sent after the settling time, it is certain
/// enough to send again, or, if it had been refused, that the refusal was one.
async fn not_found(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    asked_at: Timestamp,
) -> Result<(), FlowError> {
    if row.reason.as_deref() == Some(cutover::ELSEWHERE) {
        return cutover::not_there(app, tx, row, asked_at).await;
    }
    let limits = &app.settings.posting;
    let now = app.now();
    let lookups = row.doubt_lookups + 1;
    let since = row.doubt_since.unwrap_or(now);
    let settled = asked_at >= since.plus(limits.settling_time);
    let was_sent = !matches!(row.reason.as_deref(), Some(first_look::REASON | GONE | TAKEN));
    let enough = if was_sent { limits.lookups_before_resend } else { 1 };
    if !(settled && lookups >= enough) {
        let again = now.plus(limits.settling_time);
        let changes = Changes {
            doubt_lookups: Some(lookups),
            due_at: Some(Some(again)),
            ..Changes::default()
        };
        let detail = format!("not found, look-up {lookups}; again at {again}");
        let step = step(row, EntryState::InDoubt, changes, "not-found", &detail);
        entry::transition(tx, now, &[step]).await?;
        return Ok(());
    }
    if row.reason.as_deref() == Some(REFUSED) {
        return refused_for_now(app, tx, now, row).await;
    }
    if was_sent && outcome::is_exhausted(app, now, row.failures, row.received_at) {
        return held(tx, now, row, Cause::AttemptsExhausted, "no try ever reached OrderWise").await;
    }
    let changes = Changes {
        doubt_since: Some(None),
        doubt_lookups: Some(0),
        due_at: Some(Some(now)),
        reason: Some((!was_sent).then(|| first_look::DONE.to_owned())),
        ..Changes::default()
    };
    let looks = words::count(lookups.unsigned_abs(), "look-up", "look-ups");
    let detail = format!("not in OrderWise after {looks}: safe to send");
    let step = step(row, EntryState::Ready, changes, "not-posted", &detail);
    entry::transition(tx, now, &[step]).await?;
    Ok(())
}

/// Refused, with a text that nobody knows: a person is told, and it is tried again now and then,
/// slowly and not for ever (an unknown class is never dead at the first try).
async fn refused_for_now(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    row: &DueRow,
) -> Result<(), FlowError> {
    let said = daybook_store::attempt::last_answer(&mut *tx, row.order_id).await?;
    let detail = said.unwrap_or_else(|| "OrderWise gave no reason".to_owned());
    held(tx, now, row, Cause::OrderwiseRefused, &detail).await?;
    if !outcome::is_exhausted(app, now, row.failures, row.received_at) {
        let again = now.plus(app.settings.posting.backoff.longest);
        entry::reschedule(tx, &[(row.order_id, Some(again))]).await?;
    }
    Ok(())
}

async fn held(
    tx: &mut Tx,
    now: Timestamp,
    row: &DueRow,
    cause: Cause,
    detail: &str,
) -> Result<(), FlowError> {
    held_with(tx, now, row, (cause, Changes::default()), detail).await
}

async fn held_with(
    tx: &mut Tx,
    now: Timestamp,
    row: &DueRow,
    (cause, changes): (Cause, Changes),
    detail: &str,
) -> Result<(), FlowError> {
    let changes = Changes {
        doubt_since: Some(None),
        due_at: Some(None),
        reason: Some(Some(cause.code().to_owned())),
        ..changes
    };
    let step = step(row, EntryState::Held, changes, cause.code(), detail);
    let outcomes = entry::transition(tx, now, &[step]).await?;
    if outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied) {
        let fault = Fault { cause, subject: String::new(), detail: detail.to_owned() };
        let faults =
            EntryFaults { order_id: row.order_id, money: row.gross.abs(), faults: vec![fault] };
        exception::set_for_entries(tx, now, &[faults], DAYBOOK).await?;
    }
    Ok(())
}

/// The look-up itself failed: the entry stays in doubt and is never sent on a guess.
async fn failed(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    called: &Called<Vec<Document>>,
) -> Result<(), FlowError> {
    let now = app.now();
    health::read_failed(app, tx, now, called).await?;
    let again = now.plus(app.settings.posting.settling_time);
    entry::reschedule(tx, &[(row.order_id, Some(again))]).await?;
    Ok(())
}

pub(crate) fn step(
    row: &DueRow,
    to: EntryState,
    changes: Changes,
    code: &str,
    detail: &str,
) -> Transition {
    Transition {
        order_id: row.order_id,
        expect: Expect { state: row.state, attempt: Some(row.attempt) },
        to,
        changes,
        event: Event {
            actor: DAYBOOK.to_owned(),
            code: code.to_owned(),
            detail: detail.to_owned(),
        },
    }
}
