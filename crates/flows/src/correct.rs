//! What persons say of one entry that the till told wrong: laid over the till's word, which stays.
//! What changes how money is booked waits for a second person where the setting says so.

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Reference,
    causes::Cause,
    correction::{BadCorrection, Correction, Field, Stage},
    entry::EntryState,
    posting::Fault,
    till::TillOrder,
};
pub use daybook_store::correction::CorrectionRow;
use daybook_store::{
    Tx, audit,
    correction::{self, NewCorrection},
    entry::{self, EntryRow},
    timeline::Event,
};

use schemars::JsonSchema;
use serde::Serialize;

use crate::{app::App, error::FlowError, people::find};

/// A correction that somebody wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What is said.
    pub correction: &'a Correction,
    /// Why.
    pub reason: &'a str,
    /// Who says it.
    pub actor: &'a str,
}

/// What a second person, or whoever asked, decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It shall be laid over: by somebody else than who asked.
    Approve,
    /// It shall not: by somebody else than who asked.
    Refuse,
    /// It is taken back.
    Withdraw,
}

/// A value of an entry that can be corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Correctable {
    /// What.
    pub field: Field,
    /// Of which row or payment.
    pub place: i64,
    /// What the till said.
    pub said: String,
}

/// What of an order can be corrected, in its order.
pub fn places(order: &TillOrder) -> Vec<Correctable> {
    let at = |field, place, said: &str| Correctable { field, place, said: said.to_owned() };
    let goods = order.rows.iter().filter(|row| !row.is_discount());
    let rows = goods.flat_map(|row| {
        let rate = format!("{} % ({})", row.vat_rate, row.sku);
        [at(Field::Sku, row.index, &row.sku), at(Field::VatRate, row.index, &rate)]
    });
    let paid = order.payments.iter().zip(0..);
    let paid = paid.map(|(payment, number)| at(Field::Tender, number, &payment.name));
    let reason = order.reason_code.iter().map(|code| at(Field::Reason, 0, code));
    rows.chain(paid).chain(reason).collect()
}

/// All that was said of an entry.
pub async fn of(app: &App, reference: Reference) -> Result<Vec<CorrectionRow>, FlowError> {
    Ok(correction::of_entry(&app.db, reference.order_id).await?)
}

/// Says it. Returns its number, and whether it is in force or waits for a second person.
pub async fn ask(
    app: &App,
    reference: Reference,
    wanted: Wanted<'_>,
) -> Result<(i64, Stage), FlowError> {
    let Wanted { correction, reason, actor } = wanted;
    if reason.trim().is_empty() || actor.trim().is_empty() {
        return Err(FlowError::request(
            "reason-missing",
            "a correction needs a reason and a name",
            "say why the till's word is wrong",
        ));
    }
    let mut tx = app.db.begin().await?;
    let row = open_to_words(&mut tx, reference).await?;
    let payload = entry::payloads(&mut tx, &[row.order_id]).await?.remove(&row.order_id);
    let order = payload.as_deref().map(parse_order);
    let Some(Ok(order)) = order else {
        let what = format!("what the till told of {reference} cannot be read");
        return Err(FlowError::request("correction-impossible", what, "see the entry's page"));
    };
    let original = correction.check(&order).map_err(|fault| bad(&fault))?;
    let waits = correction.field.changes_money() && app.settings.posting.second_person;
    let stage = if waits { Stage::Asked } else { Stage::InForce };
    let new = NewCorrection {
        order_id: row.order_id,
        correction,
        original: &original,
        reason: reason.trim(),
        actor,
        stage,
    };
    let number = correction::add(&mut tx, app.now(), new).await?;
    let detail = serde_json::json!({
        "number": number, "field": correction.field.word(), "place": correction.place,
        "from": original, "to": correction.value, "reason": reason.trim(), "stage": stage.word(),
    });
    let what = if correction.field == Field::Hold { "hold" } else { "correct" };
    let told = match correction.field {
        Field::Hold => format!("held by hand: {}", reason.trim()),
        field => {
            let said = format!("{field} '{}' instead of '{original}'", correction.value);
            let waits = if waits { ", once a second person agrees" } else { "" };
            format!("correction {number}: {said}{waits}: {}", reason.trim())
        }
    };
    look_again(app, tx, &row, (actor, what), (&told, &detail.to_string())).await?;
    Ok((number, stage))
}

/// Decides about what was said.
pub async fn decide(
    app: &App,
    reference: Reference,
    number: i64,
    decided: Decided,
    actor: &str,
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    let row = open_to_words(&mut tx, reference).await?;
    let known = correction::get(&mut tx, row.order_id, number).await?.ok_or_else(|| {
        let what = format!("{reference} has no correction {number}");
        FlowError::request("correction-unknown", what, "see the entry's page")
    })?;
    let (to, what) = match decided {
        Decided::Approve => (Stage::InForce, "approve-correction"),
        Decided::Refuse => (Stage::Refused, "refuse-correction"),
        Decided::Withdraw => (Stage::Withdrawn, "withdraw-correction"),
    };
    if decided != Decided::Withdraw && known.asked_by == actor {
        return Err(FlowError::request(
            "second-person-needed",
            format!("{actor} asked for it; somebody else decides"),
            "ask a colleague, or take it back",
        ));
    }
    let moved = known.stage.may_become(to)
        && correction::decide(&mut tx, app.now(), (row.order_id, number), (known.stage, to), actor)
            .await?;
    if !moved {
        return Err(FlowError::request(
            "correction-decided",
            format!("correction {number} of {reference} is {} already", known.stage),
            "see the entry's page",
        ));
    }
    let detail = serde_json::json!({
        "number": number, "field": known.correction.field.word(), "to": known.correction.value,
    });
    let told = format!("correction {number} is {to}");
    look_again(app, tx, &row, (actor, what), (&told, &detail.to_string())).await
}

/// What stands in an entry's way because of what persons said.
pub(crate) fn fault(said: &CorrectionRow) -> Fault {
    let Correction { field, place, value } = &said.correction;
    if *field == Field::Hold {
        return Fault {
            cause: Cause::HeldByHand,
            subject: String::new(),
            detail: format!("{} holds it: {}", said.asked_by, said.reason),
        };
    }
    Fault {
        cause: Cause::CorrectionAsked,
        subject: format!("{field} {place}"),
        detail: format!(
            "{} asks for {field} '{value}' instead of '{}': {}",
            said.asked_by, said.original, said.reason
        ),
    }
}

/// The entry, if nothing of it was sent yet.
async fn open_to_words(tx: &mut Tx, reference: Reference) -> Result<EntryRow, FlowError> {
    let row = find(tx, reference).await?;
    if matches!(row.state, EntryState::Held | EntryState::Ready | EntryState::Waiting) {
        return Ok(row);
    }
    Err(FlowError::request(
        "entry-not-open",
        format!("{reference} is {}: nothing can be said of it any more", row.state),
        "only what is held, waits or is ready can be held or corrected",
    ))
}

/// It is on record and on the entry's timeline, and the entry is decided on again at once.
async fn look_again(
    app: &App,
    mut tx: Tx,
    row: &EntryRow,
    (actor, what): (&str, &str),
    (told, detail): (&str, &str),
) -> Result<(), FlowError> {
    let now = app.now();
    audit::append(&mut tx, now, actor, what, &row.reference, detail).await?;
    let event = Event { actor: actor.to_owned(), code: what.to_owned(), detail: told.to_owned() };
    entry::note(&mut tx, now, row.order_id, &event).await?;
    if !entry::look_again(&mut tx, row.order_id, now).await? {
        return Err(FlowError::request(
            "entry-moved-on",
            "the entry moved on while you were looking at it",
            "look again and repeat",
        ));
    }
    tx.commit().await?;
    app.wake.post.notify_one();
    Ok(())
}

fn bad(fault: &BadCorrection) -> FlowError {
    FlowError::request(
        "correction-wrong",
        fault.to_string(),
        "a row or payment of the entry, and what it should be",
    )
}
