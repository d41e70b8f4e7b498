//! The credit of a document that stands twice. It is no entry, so it has a life of its own, after the
//! same rules: one reference for ever, made from the document; the intent before the call; what is in
//! doubt is looked up before anything is sent again. And it is looked up before it is sent at all: an
//! older copy of the book need not know of it.

use daybook_domain::{
    CreditReference, Reference, Timestamp, causes::Cause, document::Receipt, draft::Draft,
    exchange::Called,
};
use daybook_store::{
    entry::{self, Changes, EntryRow, Expect, Transition},
    exception,
    reconcile::credit::{self, CreditRow, CreditState},
    timeline::Event,
};

use super::{StepOutcome, plan, step::Doing};
use crate::{
    app::App,
    cutover,
    error::FlowError,
    exchanges, health,
    retrying::retrying,
    sales::{
        evaluate::{DAYBOOK, sentence},
        next_step::{Next, after_call},
        shopper,
    },
};

/// Credits looked at in one pass.
const BATCH: usize = 50;

/// Which entry, and which of its documents.
pub(super) type Double = (Reference, i64);

/// A person wants a document to be credited.
pub(super) async fn run(
    app: &App,
    doing: Doing<'_>,
    (reference, document): Double,
) -> Result<StepOutcome, FlowError> {
    if let Some(row) = credit::get(&app.db, document).await?
        && row.state == CreditState::Posted
    {
        return Ok(posted(&row));
    }
    retrying(app, "a credit", || ask(app, doing, (reference, document))).await?;
    go_on(app, document).await
}

async fn ask(app: &App, doing: Doing<'_>, (reference, document): Double) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    credit::ask(&mut tx, now, doing.about, (reference.order_id, document)).await?;
    let row = entry::get(&mut tx, reference.order_id).await?;
    let moved = match row.filter(|row| row.state.is_in_ledger()) {
        Some(row) => doing.move_entry(&mut tx, now, (&row, row.state, Changes::default())).await?,
        None => false,
    };
    if !moved {
        doing.note(&mut tx, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Goes on with what was asked for and is not there yet.
pub(in crate::reconcile) async fn due(app: &App) -> Result<(), FlowError> {
    for row in credit::due(&app.db, app.now(), BATCH).await? {
        go_on(app, row.erp_order_id).await?;
    }
    Ok(())
}

/// One credit, as far as it can go now: looked up, and placed where it is not there.
async fn go_on(app: &App, document: i64) -> Result<StepOutcome, FlowError> {
    let Some(mut row) = credit::get(&app.db, document).await? else {
        return Ok(StepOutcome::person("nobody asked for it"));
    };
    if row.state == CreditState::Posting {
        let until = row.lease_until.unwrap_or_default();
        if app.now() < until {
            return Ok(StepOutcome::later("it is on its way", Some(until)));
        }
        interrupted(app, &row).await?;
        row.state = CreditState::InDoubt;
        row.doubt_since = Some(app.now());
        row.lookups = 0;
    }
    match row.state {
        CreditState::Posted => return Ok(posted(&row)),
        CreditState::Refused => return Ok(StepOutcome::person(row.detail)),
        CreditState::Ready | CreditState::Posting | CreditState::InDoubt => {}
    }
    if health::is_paused(app).await? {
        return later(app, &row, "OrderWise is not called at the moment").await;
    }
    if let Some(outcome) = look_up(app, &row).await? {
        return Ok(outcome);
    }
    row.state = CreditState::Ready;
    if !place(app, &row).await? {
        return stands(app, document).await;
    }
    // What is in doubt now is looked up at once.
    let Some(row) = credit::get(&app.db, document).await? else {
        return stands(app, document).await;
    };
    if row.state == CreditState::InDoubt
        && let Some(outcome) = look_up(app, &row).await?
    {
        return Ok(outcome);
    }
    stands(app, document).await
}

const fn reference_of(row: &CreditRow, entry: &EntryRow) -> CreditReference {
    let entry = Reference { site_id: entry.site_id, order_id: row.order_id };
    CreditReference { entry, document: row.erp_order_id }
}

/// How it is said to stand.
async fn stands(app: &App, document: i64) -> Result<StepOutcome, FlowError> {
    let Some(row) = credit::get(&app.db, document).await? else {
        return Ok(StepOutcome::person("nobody asked for it"));
    };
    Ok(match row.state {
        CreditState::Posted => posted(&row),
        CreditState::Refused => StepOutcome::person(row.detail),
        CreditState::InDoubt => {
            StepOutcome::later("it was sent, and is looked up before it is sent again", row.due_at)
        }
        CreditState::Ready | CreditState::Posting => StepOutcome::later(row.detail, row.due_at),
    })
}

fn posted(row: &CreditRow) -> StepOutcome {
    let number = row.credit_number.as_deref().unwrap_or("a credit");
    StepOutcome::done(format!("OrderWise has the credit: {number}"))
}

/// The process that was placing it is gone.
async fn interrupted(app: &App, row: &CreditRow) -> Result<(), FlowError> {
    let write = || async {
        let mut tx = app.db.begin().await?;
        let key = (row.erp_order_id, row.attempt);
        credit::doubt(&mut tx, key, app.now(), "the process that was sending it is gone").await?;
        tx.commit().await?;
        Ok(())
    };
    retrying(app, "a credit", write).await
}

/// It stays as it is, and is looked at again after the settling time.
async fn later(app: &App, row: &CreditRow, why: &str) -> Result<StepOutcome, FlowError> {
    let again = app.now().plus(app.settings.posting.settling_time);
    let write = || async {
        let mut tx = app.db.begin().await?;
        credit::put_off(&mut tx, row, again).await?;
        tx.commit().await?;
        Ok(())
    };
    retrying(app, "a credit", write).await?;
    Ok(StepOutcome::later(why, Some(again)))
}

/// Looks for the credit. None where it is certain enough that it is not there.
async fn look_up(app: &App, row: &CreditRow) -> Result<Option<StepOutcome>, FlowError> {
    let Some(entry) = entry::get(&app.db, row.order_id).await? else {
        return Ok(Some(StepOutcome::person("its entry is not in the book")));
    };
    let asked_at = app.now();
    let reference = reference_of(row, &entry);
    let Called { outcome, exchanges } = app.orderwise.lookup_credit(&reference).await;
    exchanges::keep(app, Some(row.order_id), exchanges).await?;
    let documents = match outcome {
        Ok(documents) => documents,
        Err(failure) => {
            return later(app, row, &format!("it could not be looked up: {failure}"))
                .await
                .map(Some);
        }
    };
    if let Some(found) = documents.iter().min_by_key(|found| found.order_id) {
        let receipt =
            Receipt { order_id: found.order_id, order_number: found.order_number.clone() };
        retrying(app, "a credit", || taken(app, row, &receipt, "found in OrderWise as")).await?;
        return stands(app, row.erp_order_id).await.map(Some);
    }
    if row.state != CreditState::InDoubt {
        return Ok(None);
    }
    let limits = &app.settings.posting;
    let since = row.doubt_since.unwrap_or(asked_at);
    let settled = asked_at >= since.plus(limits.settling_time);
    if settled && row.lookups + 1 >= limits.lookups_before_resend {
        retrying(app, "a credit", || safe_to_send(app, row)).await?;
        return Ok(None);
    }
    let again = app.now().plus(limits.settling_time);
    retrying(app, "a credit", || not_found(app, row, again)).await?;
    stands(app, row.erp_order_id).await.map(Some)
}

async fn not_found(app: &App, row: &CreditRow, again: Timestamp) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    credit::not_found(&mut tx, row, again).await?;
    tx.commit().await?;
    Ok(())
}

async fn safe_to_send(app: &App, row: &CreditRow) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    let key = (row.erp_order_id, row.attempt);
    credit::ready(&mut tx, key, app.now(), "not in OrderWise: safe to send").await?;
    tx.commit().await?;
    Ok(())
}

/// OrderWise has it; the entry's timeline says so.
async fn taken(app: &App, row: &CreditRow, receipt: &Receipt, how: &str) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    if credit::posted(&mut tx, now, row.erp_order_id, receipt).await?
        && let Some(entry) = entry::get(&mut tx, row.order_id).await?
        && entry.state.is_in_ledger()
    {
        let step = Transition {
            order_id: entry.order_id,
            expect: Expect { state: entry.state, attempt: Some(entry.attempt) },
            to: entry.state,
            changes: Changes::default(),
            event: Event {
                actor: DAYBOOK.to_owned(),
                code: "double-credited".to_owned(),
                detail: format!(
                    "credit of document {}: {how} {}",
                    row.erp_order_id, receipt.order_number
                ),
            },
        };
        entry::transition(&mut tx, now, &[step]).await?;
        let about = (entry.order_id, entry.gross.abs());
        exception::set_among(&mut tx, now, about, &[Cause::PostedTwice], &[], DAYBOOK).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Writes the intent, calls, and writes the outcome. False where it was not sent.
async fn place(app: &App, row: &CreditRow) -> Result<bool, FlowError> {
    let mut draft = match plan::credit_for(app, row.order_id, row.erp_order_id).await? {
        Ok((draft, _)) => draft,
        Err(why) => {
            retrying(app, "a credit", || refused(app, row, &why)).await?;
            return Ok(false);
        }
    };
    let Some(entry) = entry::get(&app.db, row.order_id).await? else { return Ok(false) };
    let reference = reference_of(row, &entry);
    if !on_its_account(app, row, &mut draft).await? {
        later(app, row, "its shopper's account is looked for first").await?;
        return Ok(false);
    }
    let rendered = match app.orderwise.render_credit(&draft, &reference) {
        Ok(rendered) => rendered,
        Err(fault) => {
            let why = fault.to_string();
            retrying(app, "a credit", || refused(app, row, &why)).await?;
            return Ok(false);
        }
    };
    let lease = app.now().plus(app.settings.posting.lease);
    let intend = || async {
        let mut tx = app.db.begin().await?;
        let Some(allowed) = cutover::open(&mut tx).await?.leave else { return Ok(None) };
        let ours = credit::intend(&mut tx, allowed, row, lease, &rendered.masked).await?;
        tx.commit().await?;
        Ok(Some(ours))
    };
    match retrying(app, "a credit", intend).await? {
        Some(true) => {}
        Some(false) => return Ok(false),
        None => {
            later(app, row, "Daybook posts nothing during a cut-over").await?;
            return Ok(false);
        }
    }
    let called = app.orderwise.place(draft.session_id, &rendered).await;
    exchanges::keep(app, Some(row.order_id), called.exchanges.clone()).await?;
    let store = entry.warehouse_id.map_or_else(|| "?".to_owned(), |id| id.to_string());
    let next = after_call(&called, &store);
    let sent = CreditRow { attempt: row.attempt + 1, ..row.clone() };
    retrying(app, "a credit", || outcome(app, &sent, &next)).await?;
    Ok(true)
}

/// Its account is that of the sale: the shopper's own, where sales stand on those.
async fn on_its_account(app: &App, row: &CreditRow, draft: &mut Draft) -> Result<bool, FlowError> {
    let Some(mut sale) = super::super::load::draft(app, row.order_id).await? else {
        return Ok(false);
    };
    let mut tx = app.db.begin().await?;
    let place = shopper::place(app, &mut tx, row.order_id, &mut sale).await?;
    tx.commit().await?;
    draft.account = sale.account;
    Ok(matches!(place, shopper::Place::Settled))
}

async fn refused(app: &App, row: &CreditRow, why: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    credit::refused(&mut tx, (row.erp_order_id, row.attempt), why).await?;
    tx.commit().await?;
    Ok(())
}

async fn outcome(app: &App, row: &CreditRow, next: &Next) -> Result<(), FlowError> {
    let key = (row.erp_order_id, row.attempt);
    let now = app.now();
    let again = |span: Option<std::time::Duration>| {
        let least = app.settings.posting.backoff.first;
        now.plus(span.unwrap_or(least).max(least))
    };
    if let Next::Posted(receipt) = next {
        return taken(app, row, receipt, "OrderWise document").await;
    }
    let mut tx = app.db.begin().await?;
    match next {
        Next::Posted(_) => {}
        Next::LookUp { why, .. } => {
            credit::doubt(&mut tx, key, now, why).await?;
        }
        Next::Again { asked, why, .. } => {
            credit::ready(&mut tx, key, again(*asked), why).await?;
        }
        Next::PutOff(span, why) => {
            credit::ready(&mut tx, key, again(Some(*span)), why).await?;
        }
        Next::Hold(faults) => {
            let why = format!("OrderWise refused it: {}", sentence(faults));
            credit::refused(&mut tx, key, &why).await?;
        }
        Next::PauseStore(_, why) | Next::PauseAll(_, why) => {
            let longest = app.settings.posting.backoff.longest;
            credit::ready(&mut tx, key, again(Some(longest)), why).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}
