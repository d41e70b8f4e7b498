//! A plan is run: each step is on record before it is done, the sales flow has its turn, and the day
//! is looked at again.

use std::{collections::BTreeSet, sync::Arc};

use daybook_domain::{
    Reference,
    reconcile::{
        Amounts, Difference, Measure,
        certificate::key_of,
        fix::{Act, Doer},
    },
};
use daybook_store::reconcile::{
    certificate,
    day::{DayState, StoreDayRow},
};

use super::{
    super::{
        ReconcileReport,
        record::{About, certificate_of},
        run as close,
    },
    Checked, FixDay, FixStep, FixWanted, StepOutcome, credit, entries, plan,
    step::Doing,
};
use crate::{
    app::App,
    error::FlowError,
    reference,
    retrying::retrying,
    sales::{self, SyncReport, receive},
};

/// Runs what is wanted of a store's day.
pub(super) async fn day(
    app: &Arc<App>,
    about: About,
    wanted: &FixWanted,
    actor: &str,
    report: &mut ReconcileReport,
) -> Result<FixDay, FlowError> {
    // Only what both sides say now is mended.
    let before = close::close(app, about, app.now(), &mut report.read).await?.row;
    if before.state == DayState::NotFresh {
        let checked =
            Checked { compared: false, again: before.due_at, cleared: 0, left: Amounts::ZERO };
        return Ok(FixDay { checked: Some(checked), ..plan::nothing(&before) });
    }
    let mut day = plan::of(app, &before, wanted).await?;
    if day.steps.iter().all(|one| one.step.doer == Doer::Person) {
        return Ok(day);
    }
    for at in 0..day.steps.len() {
        let doing = Doing { about, actor, one: &day.steps[at] };
        let outcome = begin(app, doing).await?;
        day.steps[at].outcome = outcome;
    }
    follow(app, &mut day.steps).await?;
    let after = close::close(app, about, app.now(), &mut report.read).await?.row;
    check(app, &mut day, &after).await?;
    Ok(day)
}

/// Does a step, or gives its entry to the flow that does.
async fn begin(app: &App, doing: Doing<'_>) -> Result<Option<StepOutcome>, FlowError> {
    let step = &doing.one.step;
    let place = &step.place;
    match (step.act, place.reference) {
        (Act::ByHand | Act::Sign, _) => Ok(None),
        (Act::Fetch, _) => {
            retrying(app, "a step of a plan", || noted(app, doing)).await?;
            Ok(None)
        }
        (Act::Credit, Some(reference)) => {
            let document = place.order_id.unwrap_or_default();
            credit::run(app, doing, (reference, document)).await.map(Some)
        }
        (_, Some(reference)) => entries::give_back(app, doing, reference).await,
        (_, None) => Ok(Some(StepOutcome::person("it is not known which receipt it is"))),
    }
}

async fn noted(app: &App, doing: Doing<'_>) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    doing.note(&mut tx, app.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// The entry of a step that the sales flow has to do with.
fn entry_of(one: &FixStep) -> Option<Reference> {
    let by_sales = !matches!(one.step.act, Act::ByHand | Act::Sign | Act::Fetch | Act::Credit);
    one.step.place.reference.filter(|_| by_sales && one.outcome.is_none())
}

/// The sales flow has its turn; then each entry is looked at.
async fn follow(app: &Arc<App>, steps: &mut [FixStep]) -> Result<(), FlowError> {
    if !steps.iter().any(|one| entry_of(one).is_some()) {
        return Ok(());
    }
    if steps.iter().any(|one| one.step.act == Act::ReadAgain) {
        receive::pass(app, &mut SyncReport::default()).await?;
    }
    if steps.iter().any(|one| one.step.act == Act::Release) {
        refreshed(app).await?;
    }
    Box::pin(sales::post_all(app, &mut SyncReport::default())).await?;
    for one in steps {
        if let Some(reference) = entry_of(one) {
            let (outcome, commands) = entries::stands(app, reference).await?;
            (one.outcome, one.commands) = (Some(outcome), commands);
        }
    }
    Ok(())
}

/// What somebody has just made orderable in OrderWise is known before it is decided anew. Where that
/// cannot be read, what is known decides.
async fn refreshed(app: &App) -> Result<(), FlowError> {
    match reference::now(app).await {
        Err(FlowError::Orderwise(failure)) => {
            tracing::warn!("the plan decides by what is known: {failure}");
            Ok(())
        }
        other => other,
    }
}

/// Whether the differences are gone.
async fn check(app: &App, day: &mut FixDay, after: &StoreDayRow) -> Result<(), FlowError> {
    let compared = after.state != DayState::NotFresh;
    let made = match after.certificate {
        Some(seq) => certificate::get(&app.db, after.warehouse_id, seq).await?,
        None => None,
    };
    let made = made.and_then(|made| certificate_of(&made.body));
    let open: Vec<&Difference> = made.iter().flat_map(|made| made.body.result.open()).collect();
    let keys: BTreeSet<String> = open.iter().map(|one| key_of(one)).collect();
    let in_ledger = open.iter().filter(|one| one.measure == Measure::Ledger);
    let left = in_ledger.map(|one| one.amounts).sum();
    let mut cleared = 0;
    for one in &mut day.steps {
        let is_gone = compared && !keys.contains(&one.key);
        cleared += u64::from(is_gone);
        if one.step.act == Act::Fetch {
            one.outcome = Some(match (compared, is_gone) {
                (true, true) => StepOutcome::done("Sitoo has it, and it is in the book"),
                (true, false) => StepOutcome::person(
                    "Sitoo does not show it: look for a till that is offline, else sign off",
                ),
                (false, _) => StepOutcome::later("it was asked for", after.due_at),
            });
        }
    }
    (day.state, day.detail) = (after.state, after.detail.clone());
    day.checked = Some(Checked { compared, again: after.due_at, cleared, left });
    Ok(())
}
