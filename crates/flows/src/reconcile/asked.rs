//! Who asks for a day while another process is at work on the book: what is wanted is written into
//! the book, the process that is at work does it between two days, and the answer is read there.

use std::{future::Future, sync::Arc};

use daybook_domain::{Timestamp, reconcile::witness::Day};
use daybook_store::{
    asked as store, lease,
    reconcile::day::{self, DayState, StoreDayRow},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ReconcileReport, close_on_demand,
    fix::{self, FixReport, FixWanted},
    view::{DayView, view},
};
use crate::{app::App, engine, error::FlowError, retrying::retrying};

/// Name of the right to close days: one process at a time.
const RECONCILE: &str = "reconcile";
/// How long an answer is kept.
const KEPT: std::time::Duration = std::time::Duration::from_hours(24 * 7);

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Wanted {
    /// A day compared.
    Compare {
        /// The day.
        day: Day,
        /// Only this store.
        store: Option<i64>,
    },
    /// A plan run.
    Fix {
        /// Which one.
        #[serde(flatten)]
        wanted: FixWanted,
        /// Who says so.
        by: String,
    },
}

/// What it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AskedAnswer")]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Answer {
    /// A day was compared.
    Compared(Compared),
    /// A plan was run.
    Fixed(FixReport),
    /// It could not be done.
    Failed {
        /// Stable code.
        code: String,
        /// What is the matter.
        message: String,
        /// What to do next.
        hint: Option<String>,
    },
}

/// A day that was compared on demand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DayCompared")]
pub struct Compared {
    /// What was read, and how many days are closed.
    pub report: ReconcileReport,
    /// The day.
    pub day: Day,
    /// How each store's day stands.
    pub stores: Vec<Stood>,
}

/// How a store's day stood when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DayStood")]
pub struct Stood {
    /// The store.
    pub store: i64,
    /// How far it is.
    pub state: DayState,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// In a sentence.
    pub detail: String,
}

/// Does what is wanted, in this process.
pub async fn answer(app: &Arc<App>, wanted: &Wanted) -> Result<Answer, FlowError> {
    match wanted {
        Wanted::Compare { day, store } => {
            let mut report = ReconcileReport::default();
            let rows = close_on_demand(app, *day, *store, &mut report).await?;
            let stood = |row: StoreDayRow| Stood {
                store: row.warehouse_id,
                state: row.state,
                due_at: row.due_at,
                detail: row.detail,
            };
            let stores = rows.into_iter().map(stood).collect();
            Ok(Answer::Compared(Compared { report, day: *day, stores }))
        }
        Wanted::Fix { wanted, by } => Ok(Answer::Fixed(fix::run(app, wanted, by).await?)),
    }
}

/// The days of an answer, with everything that their certificates say.
pub async fn days(app: &App, compared: &Compared) -> Result<Vec<DayView>, FlowError> {
    let mut days = Vec::with_capacity(compared.stores.len());
    for stood in &compared.stores {
        if let Some(row) = day::get(&app.db, stood.store, compared.day).await? {
            let (state, due_at) = (stood.state, stood.due_at);
            let row = StoreDayRow { state, due_at, detail: stood.detail.clone(), ..row };
            days.push(view(app, row).await?);
        }
    }
    Ok(days)
}

/// Writes down what is wanted, for the process that is at work on the book; its id.
pub async fn ask(app: &App, wanted: &Wanted) -> Result<String, FlowError> {
    let id = app.ids.uuid().to_string();
    let wanted = json(wanted)?;
    let write = || async {
        let mut tx = app.db.begin().await?;
        store::ask(&mut tx, app.now(), &id, &wanted).await?;
        tx.commit().await?;
        Ok(())
    };
    retrying(app, "what is asked", write).await?;
    Ok(id)
}

/// Whether somebody has begun with it, and the answer, once there is one.
pub async fn answered(app: &App, id: &str) -> Result<(bool, Option<Answer>), FlowError> {
    let Some(row) = store::get(&app.db, id).await? else { return Ok((false, None)) };
    let answer = row.answer.map(|text| serde_json::from_str(&text)).transpose();
    let answer = answer.map_err(|error| unreadable(&error))?;
    Ok((row.taken_at.is_some(), answer))
}

/// Whether somebody waits for an answer.
pub(crate) async fn is_waited_for(app: &App) -> Result<bool, FlowError> {
    Ok(store::next(&app.db).await?.is_some())
}

/// Answers everything that is asked.
pub async fn pass(app: &Arc<App>) -> Result<(), FlowError> {
    while let Some(row) = store::next(&app.db).await? {
        if app.stop.is_cancelled() {
            return Ok(());
        }
        retrying(app, "what is asked", || taken(app, &row.id)).await?;
        let answer = match serde_json::from_str(&row.wanted) {
            Ok(wanted) => Box::pin(answer(app, &wanted)).await,
            Err(error) => Err(unreadable(&error)),
        };
        let answer = answer.unwrap_or_else(|error| Answer::Failed {
            code: error.code().to_owned(),
            message: error.to_string(),
            hint: error.hint(),
        });
        done(app, &row.id, &answer).await?;
    }
    Ok(())
}

async fn taken(app: &App, id: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    store::take(&mut tx, app.now(), id).await?;
    store::forget(&mut tx, app.now().minus(KEPT)).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes an answer down.
async fn done(app: &App, id: &str, answer: &Answer) -> Result<(), FlowError> {
    let answer = json(answer)?;
    let write = || async {
        let mut tx = app.db.begin().await?;
        store::answer(&mut tx, app.now(), id, &answer).await?;
        tx.commit().await?;
        Ok(())
    };
    retrying(app, "an answer", write).await
}

/// Does `work` if no other process closes days at the moment; none where one does.
pub async fn alone<T>(
    app: &App,
    work: impl Future<Output = Result<T, FlowError>>,
) -> Result<Option<T>, FlowError> {
    if !engine::is_ours(app, RECONCILE).await? {
        return Ok(None);
    }
    let result = tokio::select! {
        biased;
        result = work => result,
        () = engine::beside::renewing(app, RECONCILE) => return Ok(None),
    };
    if !app.db.is_ours_alone() {
        lease::release(&app.db, RECONCILE, &app.worker).await?;
    }
    result.map(Some)
}

fn json(value: &impl Serialize) -> Result<String, FlowError> {
    serde_json::to_string(value).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> FlowError {
    let hint = "another version of Daybook may be at work on this book: use the same one";
    FlowError::request("answer-unreadable", error.to_string(), hint)
}
