//! From which day on store-days exist. Daybook was told to take what is sold from some day on: what
//! lies before it was another's, and is neither open nor in the way of anything.

use std::collections::BTreeSet;

use daybook_domain::{Timestamp, month::Month, reconcile::witness::Day, words};
use daybook_store::{
    Tx, entry,
    reconcile::day::{self, StoreDayRow},
    watermark,
};

use jiff::tz::TimeZone;

use super::{days, policy, record::About};
use crate::{app::App, error::FlowError, sales::scan::FIRST};

/// The first day that is Daybook's: `receive.first-day`, or the day of the first order in the book
/// where that is earlier by more than a night. None while neither is known.
pub async fn first_day(app: &App) -> Result<Option<Day>, FlowError> {
    let mut tx = app.db.look().await?;
    let first = first_day_in(app, &mut tx).await?;
    tx.rollback().await?;
    Ok(first)
}

/// The same inside of a transaction.
pub(super) async fn first_day_in(app: &App, tx: &mut Tx) -> Result<Option<Day>, FlowError> {
    // Orders below this one were read again by somebody: they are in the book, their days are not.
    let first = watermark::get(&mut *tx, FIRST).await?.unwrap_or(0);
    let held = entry::first_date(&mut *tx, first).await?;
    Ok(of(app, held))
}

fn of(app: &App, first_order: Option<Timestamp>) -> Option<Day> {
    let held = first_order.map(|at| policy::today(app, at));
    let receive = &app.settings.receive;
    let told = receive.first_day.as_ref().filter(|_| receive.first_order_id.is_none());
    let told = told.and_then(|day| day.parse().ok()).map(Day);
    match (told, held) {
        // What was sold in the night before belongs to a day of which there is only the end.
        (Some(told), Some(held)) if held >= told.previous() => Some(told),
        (Some(told), None) => Some(told),
        (_, held) => held,
    }
}

/// Whether a row about a day counts: from the first day on, or because somebody had it compared.
pub(super) fn counts(first: Option<Day>, row: &StoreDayRow) -> bool {
    first.is_none_or(|first| first <= row.day) || row.reconciled_at.is_some()
}

/// Those rows that count.
pub(crate) async fn counted(
    app: &App,
    rows: Vec<StoreDayRow>,
) -> Result<Vec<StoreDayRow>, FlowError> {
    let first = first_day(app).await?;
    Ok(rows.into_iter().filter(|row| counts(first, row)).collect())
}

/// When a store's day that is not over ends, and when it is compared, in a sentence.
pub(super) async fn over(app: &App, about: About) -> Result<String, FlowError> {
    let zone = policy::zone(app, about.0).await?;
    let zone = TimeZone::get(&zone).unwrap_or(TimeZone::UTC);
    let said = |at: Timestamp| words::clock(at, &zone);
    let end = policy::clock(app, about.0).await?.bounds(about.1).1;
    let night = policy::night(app, about).await?;
    Ok(if !app.settings.reconcile.enabled {
        format!("the day ends at {}: it can be compared then", said(end))
    } else if night == end {
        format!("the day ends at {}, and is compared then", said(end))
    } else {
        format!("the day ends at {}; it is compared at {}", said(end), said(night))
    })
}

/// That a day is not over in any of the stores that somebody asks about, in a sentence: there is
/// nothing to wait for. None where it is over in one.
pub async fn not_over(
    app: &App,
    day: Day,
    store: Option<i64>,
) -> Result<Option<String>, FlowError> {
    let wanted = days::wanted(app, store).await?;
    for warehouse_id in &wanted {
        if app.now() >= policy::clock(app, *warehouse_id).await?.bounds(day).1 {
            return Ok(None);
        }
    }
    match wanted.first() {
        Some(first) => over(app, (*first, day)).await.map(Some),
        None => Ok(None),
    }
}

/// Refuses a day before Daybook's first of which the book holds nothing: it would be a day, and a
/// month, that nobody has data of.
pub(super) async fn refuse_before(app: &App, day: Day, stores: &[i64]) -> Result<(), FlowError> {
    let Some(first) = first_day(app).await?.filter(|first| day < *first) else { return Ok(()) };
    for warehouse_id in stores {
        let (from, to) = policy::clock(app, *warehouse_id).await?.bounds(day);
        // One that was compared before stands, and is compared again.
        let row = day::get(&app.db, *warehouse_id, day).await?;
        let is_there = row.is_some_and(|row| row.reconciled_at.is_some());
        if is_there || entry::dated_between(&app.db, from, to, 1).await? > 0 {
            return Ok(());
        }
    }
    Err(FlowError::request(
        "day-before-daybook",
        format!("{day} is before {first}, the first day of this book, which holds nothing of it"),
        "what lies before was another's: it is neither open nor compared",
    ))
}

/// Which store-days there are.
pub(super) struct Span {
    /// The stores whose days are closed.
    pub(super) stores: BTreeSet<i64>,
    /// The last day that is over.
    pub(super) last: Day,
}

impl Span {
    /// Read before a transaction: the stores' mapping has one of its own.
    pub(super) async fn read(app: &App) -> Result<Self, FlowError> {
        let last = policy::today(app, app.now()).previous();
        Ok(Self { stores: days::stores(app).await?, last })
    }
}

/// Whether a month has a day that is Daybook's; before the first order every month may have.
pub async fn has_days(app: &App, month: Month) -> Result<bool, FlowError> {
    Ok(first_day(app).await?.is_none_or(|first| first <= month.last()))
}
