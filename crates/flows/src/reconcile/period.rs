//! Months: closed when every store's day is, opened again by two persons. What arrives for a closed
//! month is late, and counts by the policy.

use std::collections::BTreeMap;

use daybook_domain::{
    month::{
        Month,
        period::{
            self as rules, DayStanding, LatePolicy, Obstacle, PeriodAct, PeriodState, StoreSpan,
        },
    },
    reconcile::witness::Day,
};
use daybook_store::{
    Tx, audit,
    period::{self, ActRow, PeriodRow, Pinned},
    reconcile::day::{self, StandingRow},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::beginning::{self, Span};
use crate::{app::App, error::FlowError, retrying::retrying};

/// A period, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PeriodView {
    /// Which.
    pub month: Month,
    /// How it stands.
    pub state: PeriodState,
    /// Who asked that it be opened again, and waits for a second person.
    pub asked_by: Option<String>,
    /// Store-days that came or changed after it was closed, and are not counted yet.
    pub late_days: usize,
    /// What happens to them.
    pub late_policy: LatePolicy,
    /// What stands against closing it; empty where it is closed.
    pub obstacles: Vec<Obstacle>,
    /// Who did what.
    pub acts: Vec<ActRow>,
}

/// All months that have compared days, or were closed.
pub async fn list(app: &App) -> Result<Vec<PeriodView>, FlowError> {
    let mut months = period::months_with_days(&app.db).await?;
    months.extend(period::list(&app.db).await?.into_iter().map(|row| row.month));
    months.sort_unstable();
    months.dedup();
    let mut all = Vec::with_capacity(months.len());
    for month in months {
        all.push(view(app, month).await?);
    }
    Ok(all)
}

/// One month.
pub async fn view(app: &App, month: Month) -> Result<PeriodView, FlowError> {
    Ok(calendar(app, month).await?.0)
}

/// One month and how far its store-days are, as of one moment.
pub async fn calendar(
    app: &App,
    month: Month,
) -> Result<(PeriodView, Vec<StandingRow>), FlowError> {
    let span = Span::read(app).await?;
    let mut tx = app.db.look().await?;
    let rows = of_month(app, &mut tx, month).await?;
    let row = period::get(&mut tx, month).await?;
    let state = row.map_or(PeriodState::Open, |row| row.state);
    let acts = period::acts(&mut tx, month).await?;
    let late = period::late(&mut tx, month.last()).await?;
    let obstacles = match state {
        PeriodState::Closed => Vec::new(),
        PeriodState::Open | PeriodState::Reopened => {
            obstacles(app, &mut tx, &span, month, &rows).await?
        }
    };
    tx.rollback().await?;
    let view = PeriodView {
        month,
        state,
        asked_by: asked(&acts).map(|act| act.actor.clone()),
        late_days: late.iter().filter(|one| month.holds(one.day)).count(),
        late_policy: app.settings.reconcile.late,
        obstacles,
        acts,
    };
    Ok((view, rows))
}

/// How far a month's store-days are.
pub(super) async fn of_month(
    app: &App,
    tx: &mut Tx,
    month: Month,
) -> Result<Vec<StandingRow>, FlowError> {
    let mut rows = day::standings(&mut *tx, (month.first(), month.last())).await?;
    let first = beginning::first_day_in(app, tx).await?;
    rows.retain(|row| row.certificate.is_some() || first.is_none_or(|first| first <= row.day));
    Ok(rows)
}

/// The act that waits for a second person.
fn asked(acts: &[ActRow]) -> Option<&ActRow> {
    acts.last().filter(|act| act.act == PeriodAct::AskReopen)
}

/// Closes a month, with the certificates that its days stand on now.
pub async fn close(
    app: &App,
    month: Month,
    actor: &str,
    reason: &str,
) -> Result<PeriodView, FlowError> {
    named(actor, reason)?;
    let span = Span::read(app).await?;
    let once = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        let row = period::lock(&mut tx, now, month).await?;
        if row.state == PeriodState::Closed {
            return Err(refused("period-closed", format!("{month} is closed already"), month));
        }
        let rows = of_month(app, &mut tx, month).await?;
        let found = obstacles(app, &mut tx, &span, month, &rows).await?;
        if !found.is_empty() {
            return Err(open(month, &found));
        }
        let mut pinned = Vec::new();
        for one in rows {
            if let Some(certificate) = one.certificate {
                let (warehouse_id, day) = (one.warehouse_id, one.day);
                pinned.push(Pinned { warehouse_id, day, certificate, before: None });
            }
        }
        // What came late for months before counts here, with what changed.
        let late = period::late(&mut tx, month.previous().last()).await?;
        pinned.extend(late);
        pinned.sort_by_key(|one| (one.day, one.warehouse_id));
        act(&mut tx, app, &row, PeriodAct::Close, (actor, reason), &pinned).await?;
        tx.commit().await?;
        Ok(())
    };
    retrying(app, "a period that is closed", once).await?;
    view(app, month).await
}

/// Asks that a closed month be opened again; a second person has to approve it.
pub async fn ask_reopen(
    app: &App,
    month: Month,
    actor: &str,
    reason: &str,
) -> Result<PeriodView, FlowError> {
    named(actor, reason)?;
    let once = || async {
        let mut tx = app.db.begin().await?;
        let row = period::lock(&mut tx, app.now(), month).await?;
        reopenable(&mut tx, &row).await?;
        act(&mut tx, app, &row, PeriodAct::AskReopen, (actor, reason), &[]).await?;
        tx.commit().await?;
        Ok(())
    };
    retrying(app, "a period to be opened again", once).await?;
    view(app, month).await
}

/// The second person's word: the month is open again.
pub async fn approve(
    app: &App,
    month: Month,
    actor: &str,
    reason: &str,
) -> Result<PeriodView, FlowError> {
    named(actor, reason)?;
    let once = || async {
        let mut tx = app.db.begin().await?;
        let row = period::lock(&mut tx, app.now(), month).await?;
        reopenable(&mut tx, &row).await?;
        let acts = period::acts(&mut tx, month).await?;
        let Some(asked) = asked(&acts) else {
            let what = format!("nobody has asked to open {month} again");
            return Err(refused("nothing-to-approve", what, month));
        };
        if rules::is_same_person(&asked.actor, actor) {
            return Err(FlowError::request(
                "second-person-needed",
                format!("{} asked for it and cannot approve it as well", asked.actor),
                "let another person run `daybook period approve`, with --by and their name",
            ));
        }
        act(&mut tx, app, &row, PeriodAct::ApproveReopen, (actor, reason), &[]).await?;
        tx.commit().await?;
        Ok(())
    };
    retrying(app, "a period that is opened again", once).await?;
    view(app, month).await
}

async fn act(
    tx: &mut Tx,
    app: &App,
    row: &PeriodRow,
    what: PeriodAct,
    (actor, reason): (&str, &str),
    days: &[Pinned],
) -> Result<(), FlowError> {
    let (now, by) = (app.now(), (actor.trim(), reason.trim()));
    period::act(tx, now, row, what, by, days).await?;
    let detail = serde_json::json!({ "reason": by.1, "days": days.len() }).to_string();
    let subject = format!("period:{}", row.month);
    audit::append(tx, now, by.0, &format!("period-{}", what.word()), &subject, &detail).await?;
    Ok(())
}

/// Only a closed month is opened again, and the last one first: a later one counts on it.
async fn reopenable(tx: &mut Tx, row: &PeriodRow) -> Result<(), FlowError> {
    let month = row.month;
    if row.state != PeriodState::Closed {
        return Err(refused("period-not-closed", format!("{month} is not closed"), month));
    }
    let all = period::list(&mut *tx).await?;
    let later = all.iter().find(|one| one.month > month && one.state == PeriodState::Closed);
    later.map_or(Ok(()), |later| {
        let what = format!("{} was closed after {month}, and counts on it", later.month);
        Err(refused("later-period-closed", what, later.month))
    })
}

fn refused(code: &'static str, what: String, month: Month) -> FlowError {
    FlowError::request(code, what, format!("see `daybook period show {month}`"))
}

fn named(actor: &str, reason: &str) -> Result<(), FlowError> {
    if actor.trim().is_empty() || reason.trim().is_empty() {
        return Err(FlowError::request(
            "reason-missing",
            "a period is closed or opened with a reason and a name",
            "add --reason 'October is complete' --by 'Ada Finch'",
        ));
    }
    Ok(())
}

/// Which days, and how much.
fn open(month: Month, found: &[Obstacle]) -> FlowError {
    const NAMED: usize = 5;
    let first: Vec<String> = found.iter().take(NAMED).map(Obstacle::to_string).collect();
    let more = match found.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    FlowError::request(
        "period-not-complete",
        format!("{month} cannot be closed: {}{more}", first.join("; ")),
        format!(
            "`daybook period show {month}` names all; compare or sign the days: daybook reconcile"
        ),
    )
}

/// What stands against closing a month. The span is read before the transaction.
pub(super) async fn obstacles(
    app: &App,
    tx: &mut Tx,
    span: &Span,
    month: Month,
    rows: &[StandingRow],
) -> Result<Vec<Obstacle>, FlowError> {
    let now = app.now();
    let begin = beginning::first_day_in(app, tx).await?;
    if let Some(first) = begin.filter(|first| month.last() < *first && rows.is_empty()) {
        return Ok(vec![Obstacle::BeforeDaybook { first }]);
    }
    let first: BTreeMap<i64, Day> = period::first_days(&mut *tx).await?.into_iter().collect();
    // An old day that somebody had compared makes none of those after it owed.
    let of_store = |store: i64| StoreSpan { store, first: first.get(&store).copied().max(begin) };
    let stores: Vec<StoreSpan> = span.stores.iter().copied().map(of_store).collect();
    let standing = rows.iter().map(|row| {
        let closed = row.state.is_closed();
        let to_be_compared = row.due_at.is_some_and(|due| due <= now);
        let of_day =
            DayStanding { closed, to_be_compared, open: row.differences, gross: row.gross };
        ((row.warehouse_id, row.day), of_day)
    });
    let mut found = rules::obstacles(month, &stores, &standing.collect(), span.last);
    found.extend(before(app, tx, month).await?);
    Ok(found)
}

/// Months are closed in their order, once the first one was.
async fn before(app: &App, tx: &mut Tx, month: Month) -> Result<Vec<Obstacle>, FlowError> {
    let periods = period::list(&mut *tx).await?;
    let state = |month: Month| {
        let row = periods.iter().find(|row| row.month == month);
        row.map_or(PeriodState::Open, |row| row.state)
    };
    let touched = periods.iter().filter(|row| row.state != PeriodState::Open);
    let mut found = Vec::new();
    if let Some(first) = touched.map(|row| row.month).min() {
        let mut months = period::months_with_days(&mut *tx).await?;
        months.extend(periods.iter().map(|row| row.month));
        months.sort_unstable();
        months.dedup();
        let owed =
            |one: &Month| *one >= first && *one < month && state(*one) != PeriodState::Closed;
        found.extend(months.into_iter().filter(owed).map(|month| Obstacle::Earlier { month }));
    }
    if app.settings.reconcile.late == LatePolicy::Reopen {
        let mut late: BTreeMap<Month, i64> = BTreeMap::new();
        for one in period::late(&mut *tx, month.previous().last()).await? {
            *late.entry(Month::of(one.day)).or_default() += 1;
        }
        found.extend(late.into_iter().map(|(month, days)| Obstacle::Late { month, days }));
    }
    Ok(found)
}
