//! Steps about entries: each is given back to the sales flow, and looked at when that had its turn.

use daybook_domain::{Reference, entry::EntryState, reconcile::fix::Act};
use daybook_store::{
    entry::{self, Changes, EntryRow},
    exception,
};

use super::{StepOutcome, plan::held_commands, step::Doing};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying, sales::doubt};

/// Why an exception is closed whose entry is in OrderWise.
const THERE: &str = "it is in OrderWise";

/// Gives the entry of a step back to the sales flow. What follows at once, where nothing is left to
/// be done.
pub(super) async fn give_back(
    app: &App,
    doing: Doing<'_>,
    reference: Reference,
) -> Result<Option<StepOutcome>, FlowError> {
    let is_there = match doing.one.step.act {
        // Whether somebody entered it by hand.
        Act::Release => {
            exchanges::is_there(app, Some(reference.order_id), &reference.to_string()).await
        }
        _ => Ok(false),
    };
    let is_there = match is_there {
        Ok(is_there) => is_there,
        // What cannot be looked up is left as it is, and the other steps go on.
        Err(FlowError::Orderwise(failure)) => {
            let why = format!("OrderWise could not be asked, so nothing was done: {failure}");
            return Ok(Some(StepOutcome::later(why, None)));
        }
        Err(error) => return Err(error),
    };
    retrying(app, "a step of a plan", || once(app, doing, reference, is_there)).await
}

async fn once(
    app: &App,
    doing: Doing<'_>,
    reference: Reference,
    is_there: bool,
) -> Result<Option<StepOutcome>, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let Some(row) = entry::get(&mut tx, reference.order_id).await? else {
        return Ok(Some(StepOutcome::person(format!("{reference} is not in the book"))));
    };
    let Some((to, changes)) = way(&row, doing.one.step.act, is_there, now) else {
        return Ok(None);
    };
    if to == EntryState::InDoubt && row.state == EntryState::Held {
        exception::close_for_entry(&mut tx, now, row.order_id, doing.actor, THERE).await?;
    }
    if !doing.move_entry(&mut tx, now, (&row, to, changes)).await? {
        return Ok(Some(StepOutcome::later("the entry has just moved on", None)));
    }
    tx.commit().await?;
    app.wake.post.notify_one();
    app.wake.receive.notify_one();
    Ok(None)
}

/// Where an entry goes; none where it is beyond that step already.
fn way(
    row: &EntryRow,
    act: Act,
    is_there: bool,
    now: daybook_domain::Timestamp,
) -> Option<(EntryState, Changes)> {
    let due = Changes { due_at: Some(Some(now)), ..Changes::default() };
    match (act, row.state) {
        // What is there is adopted by the look-up, as after any other doubt.
        (Act::Release, EntryState::Held) if is_there => {
            let reason = Some(Some(doubt::SEEN.to_owned()));
            let since = Some(Some(now));
            let changes = Changes { doubt_since: since, doubt_lookups: Some(0), reason, ..due };
            Some((EntryState::InDoubt, changes))
        }
        (Act::Post, EntryState::Ready)
        | (Act::LookUp, EntryState::InDoubt)
        | (Act::ReadAgain, EntryState::SetAside)
        | (Act::Release, EntryState::Waiting | EntryState::Held) => Some((row.state, due)),
        // Nothing was sent since it was posted: from then on it had time to show.
        (Act::PostAgain, EntryState::Posted | EntryState::Confirmed) => {
            let since = Some(Some(row.posted_at.unwrap_or(now)));
            let reason = Some(Some(doubt::GONE.to_owned()));
            let changes = Changes { doubt_since: since, doubt_lookups: Some(0), reason, ..due };
            Some((EntryState::InDoubt, Changes { failures: Some(0), ..changes }))
        }
        _ => None,
    }
}

/// How an entry stands after the sales flow had its turn.
pub(super) async fn stands(
    app: &App,
    reference: Reference,
) -> Result<(StepOutcome, Vec<String>), FlowError> {
    let Some(row) = entry::get(&app.db, reference.order_id).await? else {
        return Ok((StepOutcome::person(format!("{reference} is not in the book")), Vec::new()));
    };
    let number = row.erp_order_number.as_deref().unwrap_or("a document");
    let reason = row.reason.as_deref().unwrap_or("no reason");
    let outcome = match row.state {
        EntryState::Posted | EntryState::Confirmed => {
            StepOutcome::done(format!("OrderWise has it: {number}"))
        }
        EntryState::Ready | EntryState::Posting => {
            StepOutcome::later("it is posted as soon as OrderWise can be reached", row.due_at)
        }
        EntryState::InDoubt => {
            StepOutcome::later("it is looked up again, and posted if it is not there", row.due_at)
        }
        EntryState::Waiting => StepOutcome::person(format!("it still waits for its {reason}")),
        EntryState::SetAside => {
            StepOutcome::person(format!("Sitoo still shows it as {reason}: see to it at the till"))
        }
        EntryState::Dismissed => StepOutcome::person("it was dismissed"),
        EntryState::Held => StepOutcome::person(held(app, row.order_id).await?),
    };
    let commands = held_commands(app, row.order_id).await?;
    Ok((outcome, commands))
}

async fn held(app: &App, order_id: i64) -> Result<String, FlowError> {
    let all = exception::of_entry(&app.db, order_id).await?;
    let open = all.into_iter().filter(|one| one.closed_at.is_none());
    let told: Vec<String> = open.map(|one| format!("{}: {}", one.cause, one.detail)).collect();
    Ok(format!("it is still held: {}", told.join("; ")))
}
