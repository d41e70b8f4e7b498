//! Holds and corrections of entries, for programs.

use axum::{Extension, Json, extract::State};
use daybook_domain::{
    access::Right::ClearExceptions,
    correction::{Correction, Field, Stage},
};
use daybook_flows::correct::{self, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    WHY, about,
    calls::{Answer, DONE, Done, Why, a_person},
};
use crate::{
    Web,
    access::Who,
    desk::{Routes, decided_by, entry_seen},
    take::{At, Given},
};

/// A correction that was asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CorrectionAsked")]
pub(super) struct AskedFor {
    /// Its number in the entry.
    number: i64,
    /// Whether it is in force or waits for a second person.
    stage: Stage,
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .deed(
            "/api/v1/entries/{reference}/hold",
            ClearExceptions,
            about("Let it not be posted until it is tried again.", WHY),
            hold,
        )
        .deed(
            "/api/v1/entries/{reference}/correct",
            ClearExceptions,
            about(
                "Lay a value over the till's; what changes money may wait for a second person.",
                &[
                    ("field", "sku, vat-rate, tender or reason."),
                    ("place", "The row, or the payment, from 0: see `places` of the entry."),
                    ("value", "What it should be."),
                    ("reason", "Why; kept on record."),
                ],
            ),
            correct,
        )
        .deed(
            "/api/v1/entries/{reference}/corrections/{number}",
            ClearExceptions,
            about(
                "Decide about a correction.",
                &[("decided", "approve or refuse, as a second person; or withdraw.")],
            ),
            decide,
        )
}

async fn hold(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Given(why): Given<Why>,
) -> Answer<AskedFor> {
    let correction = Correction { field: Field::Hold, place: 0, value: String::new() };
    ask(&web, &who, &reference, (&correction, &why.reason)).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    field: Field,
    #[serde(default)]
    place: i64,
    value: String,
    #[serde(default)]
    reason: String,
}

async fn correct(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Given(said): Given<Said>,
) -> Answer<AskedFor> {
    let correction = Correction { field: said.field, place: said.place, value: said.value };
    ask(&web, &who, &reference, (&correction, &said.reason)).await
}

async fn ask(
    web: &Web,
    who: &Who,
    reference: &str,
    (correction, reason): (&Correction, &str),
) -> Answer<AskedFor> {
    // Whoever has a token could ask by it, and approve by themselves: that were one person, not two.
    if correction.field.changes_money() {
        a_person(who)?;
    }
    let (reference, _) = entry_seen(web, who, reference).await?;
    let wanted = Wanted { correction, reason, actor: &who.name };
    let (number, stage) = correct::ask(&web.app, reference, wanted).await?;
    Ok(Json(AskedFor { number, stage }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Verb {
    decided: String,
}

async fn decide(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((reference, number)): At<(String, i64)>,
    Given(verb): Given<Verb>,
) -> Answer<Done> {
    a_person(&who)?;
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    let decided = decided_by(&verb.decided)?;
    correct::decide(&web.app, reference, number, decided, &who.name).await?;
    Ok(Json(DONE))
}
