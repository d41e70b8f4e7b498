//! The tour: each exercise looks into the book and the record whether it was done.

use std::collections::BTreeSet;

use daybook_domain::{
    Reference, Timestamp,
    causes::Cause,
    entry::{EntryKind, EntryState},
    manual::tour::Exercise,
    reconcile::{DayCause, witness::Day},
    words,
};
use daybook_store::{
    audit::{self, AuditRow},
    entry::{self, EntryFilter, EntryRow},
    exception::{self, ExceptionFilter},
    manual::{self, Tick},
    reconcile::day,
};
use jiff::tz::TimeZone;

use crate::{
    app::App,
    error::FlowError,
    reconcile::{self, StoreDayRow},
    sales::load::known_mapping,
    view::EntryView,
};

/// Under this period answers are kept.
const PERIOD: &str = "tour";
/// Acts of one kind that are looked at.
const ACTS: usize = 200;
/// Exceptions of one cause that are looked at.
const EXCEPTIONS: usize = 2_000;
/// Days back in which a penny is looked for.
const DAYS: usize = 40;
/// Who writes mappings at the start: that is no deed of a person.
const BY_ITSELF: &str = "configuration";

/// An exercise as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExerciseView {
    /// Which.
    pub exercise: Exercise,
    /// What the question is about, in words; where it ends with an answer.
    pub asked: String,
    /// The same as a key, which comes back with the answer.
    pub about: String,
    /// Where it begins, if not where the exercise says.
    pub link: Option<String>,
    /// Who did it, and when.
    pub done: Option<(String, Timestamp)>,
}

/// All ten.
pub async fn read(app: &App) -> Result<Vec<ExerciseView>, FlowError> {
    let answers = manual::ticks(&app.db, PERIOD).await?;
    let mut all = Vec::with_capacity(Exercise::ALL.len());
    for exercise in Exercise::ALL {
        let answered = answers.iter().find(|tick| tick.line == exercise.text().code);
        let done = answered.map(|tick| (tick.actor.clone(), tick.at));
        let done = match done {
            None => by_deed(app, exercise).await?,
            done => done,
        };
        let (asked, about, link) = question(app, exercise).await?.unwrap_or_default();
        let link = (!link.is_empty()).then_some(link);
        all.push(ExerciseView { exercise, asked, about, link, done });
    }
    Ok(all)
}

/// What is asked: in words, as a key, and where it begins, if not where the exercise says.
type Question = (String, String, String);

async fn question(app: &App, exercise: Exercise) -> Result<Option<Question>, FlowError> {
    Ok(match exercise {
        Exercise::LostReceipt => match newest(app, EntryKind::Sale).await? {
            Some(sale) => Some((told(app, &sale).await?, sale.reference, String::new())),
            None => None,
        },
        Exercise::WhoseReturn => newest(app, EntryKind::Return).await?.map(|back| {
            let link = format!("/entries/{}", back.reference);
            (format!("The return is {}.", back.reference), back.reference, link)
        }),
        Exercise::ExplainPenny => match penny(app).await? {
            Some(row) => {
                let (key, name) = (about_day(&row), store_name(app, row.warehouse_id).await?);
                let link = format!("/books/{key}");
                Some((format!("The day is {} in {name}.", row.day), key, link))
            }
            None => None,
        },
        _ => None,
    })
}

fn about_day(row: &StoreDayRow) -> String {
    format!("{}/{}", row.day, row.warehouse_id)
}

async fn store_name(app: &App, id: i64) -> Result<String, FlowError> {
    let mapping = known_mapping(app).await?;
    Ok(mapping.stores.get(&id).map_or_else(|| format!("store {id}"), |one| one.name.clone()))
}

/// The newest entry of a kind that was read back; of returns, one that names its sale.
async fn newest(app: &App, kind: EntryKind) -> Result<Option<EntryRow>, FlowError> {
    let filter = EntryFilter {
        state: Some(EntryState::Confirmed),
        kind: Some(kind),
        ..EntryFilter::default()
    };
    let found = entry::list(&app.db, &filter, ACTS).await?;
    Ok(found.into_iter().find(|one| kind == EntryKind::Sale || one.original_order_id.is_some()))
}

/// A sale as a shopper would tell it.
async fn told(app: &App, sale: &EntryRow) -> Result<String, FlowError> {
    let zone = TimeZone::get(&app.policy.default_time_zone).unwrap_or(TimeZone::UTC);
    let amount = words::money(sale.gross, &sale.currency);
    let seen = EntryView::of(sale.clone(), &*known_mapping(app).await?);
    let when = words::moment(sale.order_date, &seen.till_zone(&zone));
    let name = store_name(app, sale.warehouse_id.unwrap_or_default()).await?;
    Ok(format!("The sale was of {amount}, in {name}, at about {when}."))
}

/// The newest store-day whose certificate holds a penny of rounding.
async fn penny(app: &App) -> Result<Option<StoreDayRow>, FlowError> {
    let to = Day(super::routine::local_day(app));
    let from = (0..DAYS).fold(to, |day, _| day.previous());
    let rows = day::list(&app.db, (from, to), None).await?;
    for row in rows.into_iter().rev().filter(|row| row.certificate.is_some()) {
        if holds_penny(app, &row).await? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

async fn holds_penny(app: &App, row: &StoreDayRow) -> Result<bool, FlowError> {
    let view = reconcile::view(app, row.clone()).await?;
    Ok(view.causes.iter().any(|one| one.cause == DayCause::TaxRounding))
}

/// Who did it, by what is on record.
async fn by_deed(app: &App, exercise: Exercise) -> Result<Option<(String, Timestamp)>, FlowError> {
    let act = match exercise {
        Exercise::LostReceipt | Exercise::WhoseReturn | Exercise::ExplainPenny => None,
        Exercise::UnmappedSku => mapped(app, "sku", Cause::SkuUnmapped).await?,
        Exercise::UnmappedPayment => mapped(app, "payment", Cause::TenderUnmapped).await?,
        Exercise::SignDifference => acts(app, "sign-off").await?.into_iter().next(),
        Exercise::SeeShopper => acts(app, "shopper-seen").await?.into_iter().next(),
        Exercise::TakeOn => {
            let taken = acts(app, "assign").await?;
            let said = acts(app, "comment").await?;
            let both = |one: &AuditRow| {
                taken.iter().any(|other| other.subject == one.subject && other.actor == one.actor)
            };
            said.into_iter().find(both)
        }
        Exercise::PauseAndResume => {
            let paused = acts(app, "pause-flow").await?;
            let before = |one: &AuditRow| {
                paused.iter().any(|other| other.subject == one.subject && other.seq < one.seq)
            };
            acts(app, "resume-flow").await?.into_iter().find(before)
        }
        Exercise::NameResponsible => {
            let named = acts(app, "responsible-set").await?;
            named.into_iter().find(|act| act.subject == "despatch" && names_somebody(act))
        }
    };
    Ok(act.map(|act| (act.actor, act.at)))
}

async fn acts(app: &App, action: &str) -> Result<Vec<AuditRow>, FlowError> {
    Ok(audit::of_action(&app.db, action, ACTS).await?)
}

fn names_somebody(act: &AuditRow) -> bool {
    let detail: serde_json::Value = serde_json::from_str(&act.detail).unwrap_or_default();
    detail["name"].as_str().is_some_and(|name| !name.is_empty())
}

/// A person's mapping of something that an exception was about, once none is open about it.
async fn mapped(app: &App, kind: &str, cause: Cause) -> Result<Option<AuditRow>, FlowError> {
    let set = acts(app, "map-set").await?;
    let keys = set.into_iter().filter(|act| act.actor != BY_ITSELF).filter_map(|act| {
        let key = fold(act.subject.strip_prefix(kind)?);
        Some((key, act))
    });
    let filter =
        ExceptionFilter { closed_too: true, cause: Some(cause), ..ExceptionFilter::default() };
    let about = exception::list(&app.db, &filter, EXCEPTIONS).await?;
    let subjects = |open: bool| -> BTreeSet<String> {
        let some = about.iter().filter(|one| one.closed_at.is_none() == open);
        some.map(|one| fold(&one.subject)).collect()
    };
    let (open, closed) = (subjects(true), subjects(false));
    let mut cleared = keys.filter(|(key, _)| closed.contains(key) && !open.contains(key));
    Ok(cleared.next().map(|(_, act)| act))
}

fn fold(key: &str) -> String {
    key.trim().to_lowercase()
}

/// Looks at an answer, and keeps it if it is right. Whether it is.
pub async fn answer(
    app: &App,
    exercise: &str,
    (about, answer): (&str, &str),
    actor: &str,
) -> Result<bool, FlowError> {
    let Some(exercise) = Exercise::find(exercise) else {
        let what = format!("there is no exercise '{exercise}'");
        return Err(FlowError::request("exercise-unknown", what, "choose one of the tour"));
    };
    if !is_right(app, exercise, about.trim(), answer.trim()).await? {
        return Ok(false);
    }
    let new = Tick {
        period: PERIOD.to_owned(),
        line: exercise.text().code.to_owned(),
        at: app.now(),
        actor: actor.to_owned(),
        remark: String::new(),
    };
    let mut tx = app.db.begin().await?;
    manual::tick(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(true)
}

async fn is_right(
    app: &App,
    exercise: Exercise,
    about: &str,
    answer: &str,
) -> Result<bool, FlowError> {
    if answer.is_empty() {
        return Ok(false);
    }
    let fits = |other: &str| other.eq_ignore_ascii_case(answer);
    Ok(match exercise {
        Exercise::LostReceipt => {
            let Some(sale) = known(app, about).await? else { return Ok(false) };
            let is_it = |one: &EntryRow| one.erp_order_number.as_deref().is_some_and(fits);
            if is_it(&sale) {
                return Ok(true);
            }
            let told = EntryFilter { warehouse_id: sale.warehouse_id, ..EntryFilter::default() };
            let like = entry::of_amount(&app.db, sale.gross, &told, ACTS).await?.into_iter();
            // Whoever finds its twin has found what was told.
            let minute = |one: &EntryRow| one.order_date.micros().div_euclid(60_000_000);
            like.filter(|one| minute(one) == minute(&sale)).any(|one| is_it(&one))
        }
        Exercise::WhoseReturn => {
            let back = known(app, about).await?.and_then(|back| back.original_order_id);
            match back {
                Some(id) => {
                    let sale = entry::get(&app.db, id).await?;
                    sale.is_some_and(|sale| fits(&sale.reference))
                }
                None => false,
            }
        }
        Exercise::ExplainPenny => {
            let cause = DayCause::TaxRounding.entry();
            if !(fits(cause.code) || fits(cause.title)) {
                return Ok(false);
            }
            let Some((day, store)) = about.split_once('/') else { return Ok(false) };
            let (Ok(day), Ok(store)) = (day.parse::<Day>(), store.parse()) else {
                return Ok(false);
            };
            match day::get(&app.db, store, day).await? {
                Some(row) => holds_penny(app, &row).await?,
                None => false,
            }
        }
        _ => false,
    })
}

async fn known(app: &App, reference: &str) -> Result<Option<EntryRow>, FlowError> {
    let Ok(reference) = reference.parse::<Reference>() else { return Ok(None) };
    let found = entry::get(&app.db, reference.order_id).await?;
    Ok(found.filter(|one| one.reference == reference.to_string()))
}
