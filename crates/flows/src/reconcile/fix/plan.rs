//! The plan for a store's day: what Daybook does itself, and what is a person's after all.

use daybook_domain::{
    draft::Draft,
    entry::EntryState,
    reconcile::{
        Difference,
        certificate::{Certificate, key_of},
        fix::{Act, Effect, Plan, Step, credit_of},
        witness::LedgerDocument,
    },
};
use daybook_store::{
    entry, exception,
    reconcile::{certificate, day::StoreDayRow, document},
};

use super::{
    super::{load, record::certificate_of, view::subject_of},
    FixDay, FixStep, FixWanted,
};
use crate::{app::App, error::FlowError};

/// Why an entry whose document is gone is not posted again.
const TO_COME: &str = "Goods of it were to be sent: enter it in OrderWise by hand, under the same \
                       reference.";

/// What the day's certificate leaves to do.
pub(super) async fn of(
    app: &App,
    row: &StoreDayRow,
    wanted: &FixWanted,
) -> Result<FixDay, FlowError> {
    let made = match row.certificate {
        Some(seq) => certificate::get(&app.db, row.warehouse_id, seq).await?,
        None => None,
    };
    let made = made.and_then(|made| certificate_of(&made.body));
    let mut steps = Vec::new();
    for difference in made.iter().flat_map(|made| open(made, wanted)) {
        steps.push(planned(app, difference).await?);
    }
    let plan = Plan::of_steps(steps.iter().map(|step| step.step.clone()));
    let name = made.map_or_else(String::new, |made| made.body.result.store);
    Ok(FixDay {
        store: row.warehouse_id,
        name: if name.is_empty() { row.warehouse_id.to_string() } else { name },
        day: row.day,
        state: row.state,
        detail: row.detail.clone(),
        steps,
        by_cause: plan.by_cause,
        total: plan.total,
        checked: None,
    })
}

/// A day about which nothing can be said yet.
pub(super) fn nothing(row: &StoreDayRow) -> FixDay {
    FixDay {
        store: row.warehouse_id,
        name: row.warehouse_id.to_string(),
        day: row.day,
        state: row.state,
        detail: row.detail.clone(),
        steps: Vec::new(),
        by_cause: [].into(),
        total: Effect::default(),
        checked: None,
    }
}

/// What is open, not signed, and wanted.
pub(super) fn open<'a>(
    made: &'a Certificate,
    wanted: &'a FixWanted,
) -> impl Iterator<Item = &'a Difference> {
    let signed = |difference: &Difference| {
        let key = key_of(difference);
        made.body.sign_offs.iter().any(|one| one.differences.contains(&key))
    };
    made.body.result.open().filter(move |one| {
        wanted.cause.is_none_or(|cause| one.cause == cause)
            && wanted.reference.is_none_or(|wanted| one.place.reference == Some(wanted))
            && !signed(one)
    })
}

async fn planned(app: &App, difference: &Difference) -> Result<FixStep, FlowError> {
    let step = Step::of(difference);
    let step = match step.act {
        Act::Credit => match credit(app, difference).await? {
            Err(why) => step.by_hand(difference, &why),
            Ok(_) => step,
        },
        Act::PostAgain => match draft_of(app, difference).await? {
            Some(draft) if draft.has_lines_to_come() => step.by_hand(difference, TO_COME),
            _ => step,
        },
        _ => step,
    };
    Ok(FixStep {
        key: key_of(difference),
        subject: subject_of(difference),
        commands: commands(app, difference, step.act).await?,
        step,
        outcome: None,
    })
}

async fn draft_of(app: &App, difference: &Difference) -> Result<Option<Box<Draft>>, FlowError> {
    match difference.place.reference {
        Some(reference) => load::draft(app, reference.order_id).await,
        None => Ok(None),
    }
}

/// What clears the exceptions of an entry that is held.
async fn commands(app: &App, difference: &Difference, act: Act) -> Result<Vec<String>, FlowError> {
    match (act, difference.place.reference) {
        (Act::Release, Some(reference)) => held_commands(app, reference.order_id).await,
        _ => Ok(Vec::new()),
    }
}

/// What a person types about the open exceptions of an entry.
pub(super) async fn held_commands(app: &App, order_id: i64) -> Result<Vec<String>, FlowError> {
    let Some(row) = entry::get(&app.db, order_id).await? else { return Ok(Vec::new()) };
    if row.state != EntryState::Held {
        return Ok(Vec::new());
    }
    let all = exception::of_entry(&app.db, order_id).await?;
    let open = all.into_iter().filter(|one| one.closed_at.is_none());
    Ok(open.map(|one| one.cause.entry().command_for(&one.subject, &row.reference)).collect())
}

/// A credit that can be placed: its posting, and the document that it takes back.
pub(super) type Placeable = Result<(Draft, LedgerDocument), String>;

/// The credit of the document that a difference is about; else why Daybook does not place it.
async fn credit(app: &App, difference: &Difference) -> Result<Placeable, FlowError> {
    let place = &difference.place;
    match (place.reference, place.order_id) {
        (Some(reference), Some(document)) => credit_for(app, reference.order_id, document).await,
        _ => Ok(Err("It is not known which document it is.".to_owned())),
    }
}

/// The credit of one of an entry's documents; else why Daybook does not place it.
pub(super) async fn credit_for(
    app: &App,
    order_id: i64,
    erp_order_id: i64,
) -> Result<Placeable, FlowError> {
    let documents = document::of_entries(&app.db, &[order_id]).await?;
    let double = documents.into_iter().find(|one| one.document.order_id == erp_order_id);
    let Some(double) = double else {
        return Ok(Err("The second document is not there any more.".to_owned()));
    };
    let Some(draft) = load::draft(app, order_id).await? else {
        return Ok(
            Err("Today's mapping does not let it be posted: credit it in OrderWise.".into()),
        );
    };
    Ok(match credit_of(&draft, &double) {
        Ok(credit) => Ok((credit, double)),
        Err(why) => Err(capital(&why.to_string())),
    })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}
