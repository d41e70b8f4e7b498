//! What persons say of one entry: holds, and values that are laid over the till's.

use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{
    Reference,
    correction::{Correction, Field, Stage},
};
use daybook_flows::{
    correct::{self, Correctable, CorrectionRow, Decided, Wanted},
    desk::entry::EntryWhole,
};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::{PageError, entry::seen, say};
use crate::{
    Web,
    access::Who,
    take::{At, Given},
};

/// A hold or a correction.
pub(super) struct SaidTold {
    pub(super) number: i64,
    pub(super) what: String,
    pub(super) till: String,
    pub(super) instead: String,
    pub(super) why: String,
    pub(super) who: String,
    pub(super) stage: &'static str,
    pub(super) mood: &'static str,
    pub(super) may_decide: bool,
    pub(super) may_withdraw: bool,
}

/// All that was said; what may be done about it where `is_open`.
pub(super) fn told(whole: &EntryWhole, who: &Who, zone: &TimeZone, is_open: bool) -> Vec<SaidTold> {
    whole.said.iter().map(|row| one(row, who, zone, is_open)).collect()
}

fn one(row: &CorrectionRow, who: &Who, zone: &TimeZone, is_open: bool) -> SaidTold {
    let (stage, mood) = match row.stage {
        Stage::Asked => ("waits for a second person", "wait"),
        Stage::InForce => ("in force", "well"),
        Stage::Refused => ("refused", "none"),
        Stage::Withdrawn => ("taken back", "none"),
        Stage::Replaced => ("replaced", "none"),
    };
    let decided = row.decided_by.as_ref().map(|by| format!("; decided by {by}"));
    let asked = format!("{}, {}", row.asked_by, say::moment(row.asked_at, zone));
    SaidTold {
        number: row.number,
        what: named(row.correction.field, row.correction.place),
        till: row.original.clone(),
        instead: row.correction.value.clone(),
        why: row.reason.clone(),
        who: asked + &decided.unwrap_or_default(),
        stage,
        mood,
        may_decide: is_open && row.stage == Stage::Asked && row.asked_by != who.name,
        may_withdraw: is_open && matches!(row.stage, Stage::Asked | Stage::InForce),
    }
}

fn named(field: Field, place: i64) -> String {
    match field {
        Field::Sku => format!("SKU of row {}", place + 1),
        Field::VatRate => format!("VAT rate of row {}", place + 1),
        Field::Tender => format!("Tender of payment {}", place + 1),
        Field::Reason => "Reason for the return".to_owned(),
        Field::Hold => "Held".to_owned(),
    }
}

/// What can be corrected, as a list to choose from: its word in a form, and what it is.
pub(super) fn choices(places: &[Correctable]) -> Vec<(String, String)> {
    let choice = |one: &Correctable| {
        let name = format!("{}: {}", named(one.field, one.place), one.said);
        (format!("{}:{}", one.field, one.place), name)
    };
    places.iter().map(choice).collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Said {
    what: String,
    value: String,
    reason: String,
}

fn to_entry(reference: Reference, done: &str) -> Response {
    Redirect::to(&format!("/entries/{reference}?done={done}")).into_response()
}

pub(super) async fn correct(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Given(said): Given<Said>,
) -> Result<Response, PageError> {
    let (reference, _) = seen(&web, &who, &reference).await?;
    let unknown = || PageError::not_found("Choose what is wrong");
    let (field, place) = said.what.split_once(':').ok_or_else(unknown)?;
    let correction = Correction {
        field: field.parse().map_err(|_| unknown())?,
        place: place.parse().map_err(|_| unknown())?,
        value: said.value.trim().to_owned(),
    };
    let wanted = Wanted { correction: &correction, reason: &said.reason, actor: &who.name };
    let (_, stage) = correct::ask(&web.app, reference, wanted).await?;
    Ok(to_entry(reference, if stage == Stage::Asked { "asked" } else { "corrected" }))
}

pub(super) async fn hold(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Given(said): Given<Said>,
) -> Result<Response, PageError> {
    let (reference, _) = seen(&web, &who, &reference).await?;
    let correction = Correction { field: Field::Hold, place: 0, value: String::new() };
    let wanted = Wanted { correction: &correction, reason: &said.reason, actor: &who.name };
    correct::ask(&web.app, reference, wanted).await?;
    Ok(to_entry(reference, "held"))
}

#[derive(Debug, Deserialize)]
pub(super) struct Verb {
    decided: String,
}

/// What a word of a form or of the API decides.
pub(crate) fn verb(word: &str) -> Result<Decided, PageError> {
    match word {
        "approve" => Ok(Decided::Approve),
        "refuse" => Ok(Decided::Refuse),
        "withdraw" => Ok(Decided::Withdraw),
        _ => Err(PageError::not_found("Approve it, refuse it, or take it back")),
    }
}

pub(super) async fn decide(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((reference, number)): At<(String, i64)>,
    Given(form): Given<Verb>,
) -> Result<Response, PageError> {
    let (reference, _) = seen(&web, &who, &reference).await?;
    correct::decide(&web.app, reference, number, verb(&form.decided)?, &who.name).await?;
    Ok(to_entry(reference, "decided"))
}
