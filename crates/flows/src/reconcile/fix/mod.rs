//! What differs on a day is mended: planned first, with its effect in documents and pounds; run when
//! a person says so; then compared anew.
//!
//! Nothing is posted here. An entry is given back to the sales flow, whose look-ups, references and
//! intents keep the promises; only the credit of a document that stands twice, which is no entry,
//! has a life of its own (`credit`).

pub(super) mod credit;
mod entries;
mod plan;
mod run;
mod step;

use std::{collections::BTreeMap, sync::Arc};

use daybook_domain::{
    Reference, Timestamp,
    reconcile::{
        Amounts, DayCause,
        fix::{Effect, Step},
        witness::Day,
    },
};
use daybook_store::reconcile::day::{self, DayState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ReconcileReport, days};
use crate::{app::App, error::FlowError};

/// Which differences are to be mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixWanted {
    /// The day.
    pub day: Day,
    /// Only this store.
    pub store: Option<i64>,
    /// Only differences of this cause.
    pub cause: Option<DayCause>,
    /// Only differences of this entry.
    pub reference: Option<Reference>,
}

/// A plan, or what running it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixReport {
    /// Who had it run; none where it is only shown.
    pub run_by: Option<String>,
    /// Each store's day.
    pub days: Vec<FixDay>,
}

/// The plan for a store's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixDay {
    /// Sitoo's warehouse id of the store.
    pub store: i64,
    /// Its name.
    pub name: String,
    /// The day.
    pub day: Day,
    /// How the day stands; after the steps, where they were run.
    pub state: DayState,
    /// The same in a sentence.
    pub detail: String,
    /// What is done, in the order of the differences.
    pub steps: Vec<FixStep>,
    /// What the steps come to, by cause.
    pub by_cause: BTreeMap<DayCause, Effect>,
    /// Altogether.
    pub total: Effect,
    /// What looking at it again came to; none where nothing was run.
    pub checked: Option<Checked>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FixStep {
    /// The difference's key.
    pub key: String,
    /// The receipt's reference, else its number or the document's.
    pub subject: String,
    /// What is done, by whom, and how OrderWise's figures change.
    #[serde(flatten)]
    pub step: Step,
    /// What a person types, where typing helps.
    pub commands: Vec<String>,
    /// What it came to; none where it was not run.
    pub outcome: Option<StepOutcome>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanCame")]
#[serde(rename_all = "kebab-case")]
pub enum Came {
    /// It is done.
    Done,
    /// Daybook is at it, and goes on by itself.
    Later,
    /// A person must help.
    Person,
}

impl Came {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Later => "later",
            Self::Person => "person",
        }
    }
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepOutcome {
    /// How it ended.
    pub came: Came,
    /// One sentence.
    pub detail: String,
    /// When Daybook goes on with it.
    pub again: Option<Timestamp>,
}

impl StepOutcome {
    fn done(detail: impl Into<String>) -> Self {
        Self { came: Came::Done, detail: detail.into(), again: None }
    }

    fn later(detail: impl Into<String>, again: Option<Timestamp>) -> Self {
        Self { came: Came::Later, detail: detail.into(), again }
    }

    fn person(detail: impl Into<String>) -> Self {
        Self { came: Came::Person, detail: detail.into(), again: None }
    }
}

/// A day that was looked at again after its steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanChecked")]
pub struct Checked {
    /// Whether both sides were fresh, so that it could be compared.
    pub compared: bool,
    /// When it is looked at again, where it could not.
    pub again: Option<Timestamp>,
    /// Steps whose difference is gone.
    pub cleared: u64,
    /// What still differs in the ledger.
    pub left: Amounts,
}

/// The plan for a day as it was last compared.
pub async fn plan(app: &App, wanted: &FixWanted) -> Result<FixReport, FlowError> {
    let rows = day::list(&app.db, (wanted.day, wanted.day), wanted.store).await?;
    let mut planned = Vec::new();
    for row in rows.iter().filter(|row| row.certificate.is_some()) {
        planned.push(plan::of(app, row, wanted).await?);
    }
    if planned.is_empty() {
        let store = wanted.store.map(|id| format!(" --store {id}")).unwrap_or_default();
        return Err(FlowError::request(
            "day-not-compared",
            format!("{} has not been compared yet", wanted.day),
            format!("first: daybook reconcile --day {}{store}", wanted.day),
        ));
    }
    Ok(FixReport { run_by: None, days: planned })
}

/// Compares a day anew, runs the plan for what differs, and looks at it again.
pub async fn run(app: &Arc<App>, wanted: &FixWanted, actor: &str) -> Result<FixReport, FlowError> {
    let actor = actor.trim();
    if actor.is_empty() {
        return Err(FlowError::request(
            "name-missing",
            "running a plan needs a name",
            "add --by 'Ada Finch'",
        ));
    }
    let stores = days::wanted(app, wanted.store).await?;
    super::beginning::refuse_before(app, wanted.day, &stores).await?;
    let mut report = ReconcileReport::default();
    super::collect::z_reports(app, &mut report.read).await?;
    days::late(app).await?;
    let mut done = Vec::new();
    for warehouse_id in stores {
        done.push(run::day(app, (warehouse_id, wanted.day), wanted, actor, &mut report).await?);
    }
    Ok(FixReport { run_by: Some(actor.to_owned()), days: done })
}
