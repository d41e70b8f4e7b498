//! Routines as they stand: a line checks itself where the book knows, and is ticked off by a person
//! where it cannot.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use daybook_domain::{
    causes::{Cause, Owner, Severity},
    manual::routine::{Check, Line, Routine},
    month::{
        Month,
        period::{Obstacle, PeriodState},
    },
    reconcile::witness::Day,
    truth::Mood,
    words,
};
pub use daybook_store::manual::Tick;
use daybook_store::{audit, manual, reconcile::day::DayState};
use jiff::{civil::Date, tz::TimeZone};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    app::App,
    desk::{self, queue, today::Today},
    error::FlowError,
    reconcile::{
        first_day, is_set_up,
        period::{self, PeriodView},
    },
    settlement::{
        self,
        balance::{self, Balance},
        people,
    },
    view::GroupView,
};

/// The longest remark, in characters.
const LONGEST: usize = 500;
/// What only files of a provider or a bank can show.
const OF_CARD_MONEY: [Cause; 4] =
    [Cause::SettlementFile, Cause::PaymentUnsettled, Cause::PayoutNotAtBank, Cause::Chargeback];
/// One day.
const DAY: Duration = Duration::from_hours(24);

/// How a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RoutineState")]
#[serde(rename_all = "kebab-case")]
pub enum LineState {
    /// It is so.
    Done,
    /// Something is left to do.
    Open,
    /// The book cannot say here.
    Unknown,
}

/// A line as it stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "RoutineLine")]
pub struct LineView {
    /// Stable code.
    pub code: &'static str,
    /// What is to be so.
    pub text: &'static str,
    /// What to do.
    pub how: &'static str,
    /// Where at the desk.
    pub link: &'static str,
    /// Whose it usually is.
    #[schemars(with = "Owner")]
    pub owner: &'static str,
    /// How it stands.
    pub state: LineState,
    /// Why it says so, in a few words.
    pub said: String,
    /// Whether a person ticks it off.
    pub by_hand: bool,
    /// Who has.
    pub ticked: Option<Tick>,
}

/// A routine as it stands.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RoutineView {
    /// `daily`, `weekly` or `month-end`.
    pub routine: Routine,
    /// The day, week or month.
    pub period: String,
    /// Its lines, in order.
    pub lines: Vec<LineView>,
}

impl RoutineView {
    /// How many lines are done.
    pub fn done(&self) -> usize {
        self.lines.iter().filter(|line| line.state == LineState::Done).count()
    }
}

/// What lines are judged by.
struct Facts<'a> {
    app: &'a App,
    today: Today,
    groups: Vec<GroupView>,
    month: PeriodView,
    /// Daybook's first day; none before the first order.
    first: Option<Day>,
    /// None for those who see some stores: card money concerns every store.
    balances: Option<Vec<Balance>>,
    stores: Option<&'a BTreeSet<i64>>,
}

/// The day by the retailer's clock.
pub fn local_day(app: &App) -> Date {
    let zone = TimeZone::get(&app.policy.default_time_zone).unwrap_or(TimeZone::UTC);
    app.now().to_jiff().to_zoned_datetime(zone).date()
}

/// All routines, for somebody who sees these stores.
pub async fn read(
    app: &App,
    stores: Option<&BTreeSet<i64>>,
) -> Result<Vec<RoutineView>, FlowError> {
    let local = local_day(app);
    let today: Arc<Today> = desk::today(app).await?;
    let facts = Facts {
        app,
        today: stores.map_or_else(|| (*today).clone(), |stores| today.only(stores)),
        groups: queue::groups(app, None, stores).await?,
        month: period::view(app, Month::of(Day(local)).previous()).await?,
        first: first_day(app).await?,
        balances: match stores {
            None => Some(balance::at(app, people::today(app)).await?),
            Some(_) => None,
        },
        stores,
    };
    let mut all = Vec::with_capacity(Routine::ALL.len());
    for routine in Routine::ALL {
        let period = routine.period(local);
        let ticks = manual::ticks(&app.db, &period).await?;
        let lines = routine.lines().iter().map(|line| facts.line(line, &ticks)).collect();
        all.push(RoutineView { routine, period, lines });
    }
    Ok(all)
}

/// How a line stands, and why.
type Judged = (LineState, String);

fn done(said: impl Into<String>) -> Judged {
    (LineState::Done, said.into())
}

fn open(said: impl Into<String>) -> Judged {
    (LineState::Open, said.into())
}

fn unknown(said: impl Into<String>) -> Judged {
    (LineState::Unknown, said.into())
}

impl Facts<'_> {
    fn line(&self, line: &Line, ticks: &[Tick]) -> LineView {
        let ticked = ticks.iter().find(|tick| tick.line == line.code);
        let (state, said) = match (line.check, ticked) {
            (Check::ByHand, Some(_)) => done("ticked off"),
            (Check::ByHand, None) => open("to be ticked off"),
            (check, _) => self.judge(check),
        };
        LineView {
            code: line.code,
            text: line.text,
            how: line.how,
            link: line.link,
            owner: line.owner.word(),
            state,
            said,
            by_hand: line.check == Check::ByHand,
            ticked: ticked.cloned(),
        }
    }

    fn judge(&self, check: Check) -> Judged {
        match check {
            Check::NothingBehind => match self.today.mood {
                Mood::Behind => open(self.today.sentence.clone()),
                Mood::Well | Mood::Exceptions => done(self.today.sentence.clone()),
            },
            Check::YesterdayClosed => self.yesterday(),
            Check::NothingStands => {
                self.none("nothing stands still", |group| group.severity == Severity::Critical)
            }
            Check::NoneOlderThan(days) => {
                let span = DAY * u32::try_from(days).unwrap_or(u32::MAX);
                let now = self.app.now();
                let judged = self.none("none is", |group| now.since(group.oldest) > span);
                match judged.0 {
                    LineState::Done if self.is_younger_than(days) => {
                        unknown("Daybook has not been here that long")
                    }
                    _ => judged,
                }
            }
            Check::NoneOpen(causes)
                if causes.iter().all(|cause| OF_CARD_MONEY.contains(cause))
                    && !settlement::is_set_up(self.app) =>
            {
                unknown("payouts are not set up")
            }
            Check::NoneOpen(causes) => self.none("nothing is open", |group| {
                group.cause.parse::<Cause>().is_ok_and(|cause| causes.contains(&cause))
            }),
            Check::MonthReady => self.month_ready(),
            Check::MonthClosed => self.month_closed(),
            Check::CardMoneyTies => self.card_money(),
            Check::ByHand => unknown("a person ticks it off"),
        }
    }

    /// Open exceptions of a kind, of which there should be none.
    fn none(&self, well: &str, counts: impl Fn(&GroupView) -> bool) -> Judged {
        let found: Vec<&GroupView> = self.groups.iter().filter(|group| counts(group)).collect();
        let Some(first) = found.first() else { return done(well) };
        let count: i64 = found.iter().map(|group| group.exceptions).sum();
        let count =
            words::count(u64::try_from(count).unwrap_or_default(), "exception", "exceptions");
        open(format!("{count}, such as: {}", first.title))
    }

    fn yesterday(&self) -> Judged {
        if !is_set_up(self.app) {
            return unknown("the day close is not set up");
        }
        let is_closed =
            |state: Option<DayState>| matches!(state, Some(DayState::Closed | DayState::SignedOff));
        let stores = &self.today.stores;
        if stores.is_empty() {
            return unknown("no store is mapped");
        }
        if self.first.is_none_or(|first| self.today.yesterday < first) {
            return unknown("yesterday was not Daybook's yet");
        }
        let left: Vec<&str> = stores
            .iter()
            .filter(|store| !is_closed(store.yesterday))
            .map(|store| store.name.as_str())
            .collect();
        if left.is_empty() {
            return done(format!("{} is closed in each store", self.today.yesterday));
        }
        open(format!("{}: not closed in {}", self.today.yesterday, left.join(", ")))
    }

    fn month_ready(&self) -> Judged {
        if !is_set_up(self.app) {
            return unknown("the day close is not set up");
        }
        let sees = |one: &&Obstacle| {
            self.stores.is_none_or(|stores| one.store().is_none_or(|id| stores.contains(&id)))
        };
        if let Some(judged) = self.before_daybook() {
            return judged;
        }
        let month = self.month.month;
        let left = self.month.obstacles.iter().filter(sees).count();
        if left == 0 {
            return done(format!("nothing is in the way of {month}"));
        }
        let left = words::count(u64::try_from(left).unwrap_or_default(), "thing is", "things are");
        open(format!("{left} in the way of {month}"))
    }

    fn month_closed(&self) -> Judged {
        let month = self.month.month;
        match self.month.state {
            PeriodState::Closed => done(format!("{month} is closed")),
            PeriodState::Open => {
                self.before_daybook().unwrap_or_else(|| open(format!("{month} is open")))
            }
            PeriodState::Reopened => open(format!("{month} was opened again")),
        }
    }

    /// There is nothing to close of a month that was over before Daybook began.
    fn before_daybook(&self) -> Option<Judged> {
        self.month.obstacles.iter().find_map(|one| match one {
            Obstacle::BeforeDaybook { first } => {
                Some(unknown(format!("there is none yet: Daybook's first day is {first}")))
            }
            _ => None,
        })
    }

    /// Nothing can be older than the book: that says nothing good of anybody.
    fn is_younger_than(&self, days: i64) -> bool {
        let Some(first) = self.first else { return true };
        let Day(today) = self.today.yesterday.next();
        today.since(first.0).is_ok_and(|span| i64::from(span.get_days()) < days)
    }

    fn card_money(&self) -> Judged {
        let Some(balances) = &self.balances else {
            return unknown("it concerns every store, and you look after some");
        };
        if balances.is_empty() {
            return unknown("no provider has settled anything yet");
        }
        let off: Vec<&str> =
            balances.iter().filter(|one| !one.ties).map(|one| one.provider.as_str()).collect();
        if off.is_empty() {
            return done("every provider's balance ties");
        }
        open(format!("does not tie: {}", off.join(", ")))
    }
}

/// Ticks a line off, for the present day, week or month.
pub async fn tick(
    app: &App,
    (routine, line): (&str, &str),
    remark: &str,
    actor: &str,
) -> Result<(), FlowError> {
    let (routine, line) = by_hand(routine, line)?;
    if remark.chars().count() > LONGEST {
        let hint = format!("a remark has at most {LONGEST} characters");
        return Err(FlowError::request("remark-too-long", "the remark is too long", hint));
    }
    let new = Tick {
        period: routine.period(local_day(app)),
        line: line.code.to_owned(),
        at: app.now(),
        actor: actor.to_owned(),
        remark: remark.trim().to_owned(),
    };
    let mut tx = app.db.begin().await?;
    if manual::tick(&mut tx, &new).await? {
        let detail = serde_json::json!({ "remark": new.remark }).to_string();
        let subject = format!("{} {}", new.line, new.period);
        audit::append(&mut tx, new.at, actor, "routine-tick", &subject, &detail).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a tick of the present day, week or month back.
pub async fn untick(
    app: &App,
    (routine, line): (&str, &str),
    actor: &str,
) -> Result<(), FlowError> {
    let (routine, line) = by_hand(routine, line)?;
    let period = routine.period(local_day(app));
    let mut tx = app.db.begin().await?;
    if manual::untick(&mut tx, &period, line.code).await? {
        let subject = format!("{} {period}", line.code);
        audit::append(&mut tx, app.now(), actor, "routine-untick", &subject, "{}").await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The latest ticks, the newest first.
pub async fn kept(app: &App, limit: usize) -> Result<Vec<Tick>, FlowError> {
    Ok(manual::latest(&app.db, limit).await?)
}

fn by_hand(routine: &str, line: &str) -> Result<(Routine, &'static Line), FlowError> {
    let found = Routine::find(routine).and_then(|one| Some((one, one.line(line)?)));
    let Some((routine, line)) = found else {
        let what = format!("there is no line '{line}' in the routine '{routine}'");
        return Err(FlowError::request("line-unknown", what, "choose one of the page"));
    };
    if line.check != Check::ByHand {
        let what = format!("'{}' checks itself", line.text);
        return Err(FlowError::request("line-checks-itself", what, line.how));
    }
    Ok((routine, line))
}
