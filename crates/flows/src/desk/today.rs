//! Today: whether all is well, the flow with its counts and ages, and a line a store.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::Duration,
};

use daybook_domain::{
    Money, Timestamp,
    entry::EntryState,
    mapping::Mapping,
    reconcile::witness::Day,
    sums::Sums,
    truth::{self, Limits, Mood, StoreTruth, Truth},
};
pub use daybook_store::reconcile::day::DayState;
use daybook_store::{
    cutover,
    entry::{self, HourRow, OwedRow},
    exception,
    pause::{self, Pause},
    reconcile::day,
    stock::due,
    watermark,
};
use jiff::{ToSpan as _, civil::Date, tz::TimeZone};
use schemars::JsonSchema;
use serde::Serialize;

use super::operate;
use crate::{
    app::App,
    error::FlowError,
    sales::{load::known_mapping, receive::ORDERS},
    status::{self, Summary},
};

/// Weeks back whose same day says what is usual.
const WEEKS: i64 = 4;
/// Beyond this an entry that nobody has to clear is late, and so is a read of Sitoo.
const LIMITS: Limits = Limits { unposted: Duration::from_mins(5), unread: Duration::from_mins(5) };

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Today {
    /// As of.
    pub at: Timestamp,
    /// The day that is shown, by the retailer's clock: today, or before the first sale of today the
    /// latest day with one.
    pub day: Day,
    /// Whether that is today.
    pub is_today: bool,
    /// The day whose close is told.
    pub yesterday: Day,
    /// `well`, `exceptions` or `behind`.
    pub mood: Mood,
    /// One sentence of truth.
    pub sentence: String,
    /// From the till to OrderWise, step by step.
    pub steps: Vec<Step>,
    /// The step with the oldest waiting entry, if something waits.
    pub slowest: Option<&'static str>,
    /// Store by store.
    pub stores: Vec<StoreLine>,
    /// Open exceptions, those of no store too.
    pub exceptions: i64,
    /// Money that they hold, in the currency of the sums.
    pub held: Money,
    /// What they hold in other currencies.
    pub held_elsewhere: Sums,
    /// When orders were last read from Sitoo.
    pub read_at: Option<Timestamp>,
    /// Whole systems and flows that are paused, by name.
    pub paused: Vec<String>,
    /// The currency of the sums.
    pub currency: String,
    /// That Daybook does not post, in a sentence.
    #[serde(skip)]
    pub notice: Option<&'static str>,
}

impl Today {
    /// The same for somebody who looks after these stores: nothing of the others is in it.
    #[must_use]
    pub fn only(&self, wanted: &BTreeSet<i64>) -> Self {
        let stores = self.stores.iter().filter(|one| wanted.contains(&one.store)).cloned();
        let mut told =
            Self { stores: stores.collect(), steps: Vec::new(), slowest: None, ..self.clone() };
        told.exceptions = told.stores.iter().map(|one| one.exceptions).sum();
        told.held = told.stores.iter().map(|one| one.held).sum();
        told.held_elsewhere = Sums::default();
        for store in &told.stores {
            told.held_elsewhere.merge(&store.held_elsewhere);
        }
        told.say();
        told
    }

    /// The sentence, from everything else.
    fn say(&mut self) {
        let stores = self.stores.iter().map(|store| StoreTruth {
            name: store.name.clone(),
            behind: store.oldest_unposted.map(|at| self.at.since(at)),
            is_paused: store.paused.is_some(),
            has_exceptions: store.exceptions > 0,
        });
        let truth = Truth {
            stores: stores.collect(),
            read_ago: self.read_at.map(|at| self.at.since(at)),
            paused: self.paused.clone(),
            exceptions: self.exceptions,
            held: all_held(self.held, &self.held_elsewhere),
            notice: self.notice,
        };
        (self.mood, self.sentence) = truth::say(&truth, LIMITS, &self.currency);
    }

    /// Changes with anything but the moment: what has moved is worth a look.
    pub(super) fn fingerprint(&self) -> u64 {
        let same = Self { at: Timestamp::default(), ..self.clone() };
        let mut hasher = DefaultHasher::new();
        serde_json::to_string(&same).unwrap_or_default().hash(&mut hasher);
        hasher.finish()
    }
}

/// Money of the currency of the sums, and of others.
pub fn all_held(own: Money, others: &Sums) -> Sums {
    let mut all = others.clone();
    all.add(None, own);
    all
}

/// A step of the flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "FlowStep")]
pub struct Step {
    /// Stable name.
    #[schemars(extend("enum" = ["tills", "day-book", "waiting", "held", "ready", "in-doubt", "orderwise", "not-posted"]))]
    pub name: &'static str,
    /// What is in it, or went through it.
    pub count: i64,
    /// Since when the oldest is in it; for reads: when it was last done.
    pub since: Option<Timestamp>,
}

/// A store's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct StoreLine {
    /// Sitoo's warehouse id.
    pub store: i64,
    /// Its name.
    pub name: String,
    /// Sales and returns of today.
    pub entries: i64,
    /// Their gross, returns negative.
    pub gross: Money,
    /// The latest of them.
    pub latest: Option<Timestamp>,
    /// Today, by the hour of the day.
    pub hours: Vec<i64>,
    /// What is usual on this day of the week, in tenths of an entry by hour.
    pub usual: Vec<i64>,
    /// Entries on their way to OrderWise, not held.
    pub unposted: i64,
    /// When the oldest of them was written down.
    pub oldest_unposted: Option<Timestamp>,
    /// Open exceptions about its entries.
    pub exceptions: i64,
    /// Money that they hold, in the currency of the sums.
    pub held: Money,
    /// What they hold in other currencies.
    pub held_elsewhere: Sums,
    /// SKUs whose stock has to be looked at.
    pub stock_due: i64,
    /// Since when the longest of them waits.
    pub stock_since: Option<Timestamp>,
    /// How far yesterday's close is; none where it is not known yet.
    pub yesterday: Option<DayState>,
    /// Why the whole store is paused.
    pub paused: Option<String>,
    /// `well`, `exceptions` or `behind`.
    pub mood: Mood,
}

/// What is usual on a day of the week.
#[derive(Debug)]
pub(super) struct Usual {
    /// The beginning of the day it was made for.
    pub(super) day: Timestamp,
    /// Its end.
    until: Timestamp,
    /// Entries of the last weeks by store and hour, and how many weeks had any.
    hours: HashMap<i64, ([i64; 24], i64)>,
}

fn zone(app: &App) -> TimeZone {
    TimeZone::get(&app.policy.default_time_zone).unwrap_or(TimeZone::UTC)
}

/// The beginning of the day that is shown: today's, or of the latest day with a sale.
pub(super) async fn start_of_day(app: &App, now: Timestamp) -> Result<Timestamp, FlowError> {
    let latest = entry::latest_date(&app.db, now).await?;
    let at = latest.filter(|at| *at < now).unwrap_or(now);
    let zoned = at.to_jiff().to_zoned_datetime(zone(app));
    Ok(zoned.start_of_day().map_or(now, |start| start.timestamp().into()))
}

/// Reads what was usual on this day of the week.
pub(super) async fn usual(app: &App, day: Timestamp) -> Result<Usual, FlowError> {
    let mut hours: HashMap<i64, ([i64; 24], i64)> = HashMap::new();
    for week in 1..=WEEKS {
        let start = day.to_jiff().to_zoned_datetime(zone(app)).checked_sub((week * 7).days());
        let Ok(start) = start else { continue };
        let from = Timestamp::from(start.timestamp());
        let to = start.checked_add(1.day()).map_or(from, |end| end.timestamp().into());
        let mut seen = BTreeSet::new();
        for row in entry::hours(&app.db, (from, to)).await? {
            let (counts, weeks) = hours.entry(row.warehouse_id).or_default();
            if let Some(count) = usize::try_from(row.hour).ok().and_then(|at| counts.get_mut(at)) {
                *count += row.entries;
            }
            if seen.insert(row.warehouse_id) {
                *weeks += 1;
            }
        }
    }
    let until = day.to_jiff().to_zoned_datetime(zone(app)).checked_add(1.day());
    let until = until.map_or(day, |end| end.timestamp().into());
    Ok(Usual { day, until, hours })
}

/// Everything that was read for one picture.
struct Read {
    now: Timestamp,
    summary: Summary,
    hours: Vec<HourRow>,
    owed: Vec<OwedRow>,
    exceptions: HashMap<Option<i64>, (i64, Sums)>,
    pauses: Vec<Pause>,
    stock: BTreeMap<i64, (i64, Timestamp)>,
    days: HashMap<i64, DayState>,
    orders_at: Option<Timestamp>,
    held: Sums,
    notice: Option<&'static str>,
}

/// Reads how things stand.
pub(super) async fn read(app: &App, usual: &Usual) -> Result<(Today, Summary), FlowError> {
    let now = app.now();
    let mapping = known_mapping(app).await?;
    let local = now.to_jiff().to_zoned_datetime(zone(app)).date();
    let yesterday = Day(local).previous();
    let days = day::list(&app.db, (yesterday, yesterday), None).await?;
    let read = Read {
        now,
        summary: status::summary(app).await?,
        hours: entry::hours(&app.db, (usual.day, usual.until)).await?,
        owed: entry::owed(&app.db).await?,
        exceptions: exception::by_store(&app.db).await?,
        pauses: pause::all(&app.db).await?,
        stock: due::by_store(&app.db, now).await?,
        days: days.into_iter().map(|day| (day.warehouse_id, day.state)).collect(),
        orders_at: watermark::updated_at(&app.db, ORDERS).await?,
        held: exception::money_held(&app.db).await?,
        notice: cutover::state(&app.db).await?.notice(),
    };
    let mut today = picture(&read, &mapping, usual, currency(app));
    today.yesterday = yesterday;
    today.day = Day(usual.day.to_jiff().to_zoned_datetime(zone(app)).date());
    today.is_today = today.day == Day(local);
    Ok((today, read.summary))
}

fn currency(app: &App) -> &str {
    app.policy.currencies.first().map_or("GBP", String::as_str)
}

fn picture(read: &Read, mapping: &Mapping, usual: &Usual, currency: &str) -> Today {
    let mut ids: Vec<i64> = mapping.stores.keys().copied().collect();
    ids.sort_unstable();
    let line = |id: &i64| store(read, mapping, usual, (*id, currency));
    let stores: Vec<StoreLine> = ids.iter().map(line).collect();
    let systems = read.pauses.iter().filter(|pause| !pause.scope.starts_with("store:"));
    let steps = steps(read);
    let waits = steps.iter().filter(|step| step.count > 0 && WAITING.contains(&step.name));
    let slowest = waits.filter_map(|step| Some((step.since?, step.name))).min();
    let mut today = Today {
        at: read.now,
        day: Day(Date::MIN),
        is_today: false,
        yesterday: Day(Date::MIN),
        mood: Mood::Well,
        sentence: String::new(),
        slowest: slowest.map(|(_, name)| name),
        steps,
        stores,
        exceptions: read.summary.exceptions.iter().map(|line| line.entries).sum(),
        held: read.held.own(currency),
        held_elsewhere: read.held.others(currency),
        read_at: read.orders_at,
        paused: systems.map(|pause| system(&pause.scope)).collect(),
        currency: currency.to_owned(),
        notice: read.notice,
    };
    today.say();
    today
}

/// Steps in which entries wait.
const WAITING: [&str; 4] = ["waiting", "ready", "in-doubt", "held"];

fn system(scope: &str) -> String {
    match scope {
        "orderwise" => "OrderWise".to_owned(),
        "sitoo" => "Sitoo".to_owned(),
        other => operate::name_of(other).unwrap_or(other).to_owned(),
    }
}

fn steps(read: &Read) -> Vec<Step> {
    let of = |name: &'static str, states: &[EntryState]| {
        let lines = read.summary.entries.iter().filter(|line| states.contains(&line.state));
        let since = lines.clone().filter_map(|line| line.oldest).min();
        Step { name, count: lines.map(|line| line.entries).sum(), since }
    };
    let all: i64 = read.summary.entries.iter().map(|line| line.entries).sum();
    vec![
        Step { name: "tills", count: read.summary.missing, since: read.orders_at },
        Step { name: "day-book", count: all, since: None },
        of("waiting", &[EntryState::Waiting]),
        of("held", &[EntryState::Held]),
        of("ready", &[EntryState::Ready, EntryState::Posting]),
        of("in-doubt", &[EntryState::InDoubt]),
        of("orderwise", &[EntryState::Posted, EntryState::Confirmed]),
        Step { since: None, ..of("not-posted", &[EntryState::SetAside, EntryState::Dismissed]) },
    ]
}

fn store(read: &Read, mapping: &Mapping, usual: &Usual, (id, currency): (i64, &str)) -> StoreLine {
    let mut hours = vec![0; 24];
    let own = read.hours.iter().filter(|row| row.warehouse_id == id);
    for row in own.clone() {
        if let Some(hour) = usize::try_from(row.hour).ok().and_then(|at| hours.get_mut(at)) {
            *hour += row.entries;
        }
    }
    let owed = read.owed.iter().filter(|row| row.warehouse_id == Some(id));
    let unposted = owed.filter(|row| row.state != EntryState::Held);
    let (exceptions, held) = read.exceptions.get(&Some(id)).cloned().unwrap_or_default();
    let scope = format!("store:{id}");
    let paused = read.pauses.iter().find(|pause| pause.scope == scope);
    let oldest_unposted = unposted.clone().map(|row| row.oldest).min();
    let is_late = oldest_unposted.is_some_and(|at| read.now.since(at) > LIMITS.unposted);
    let stock = read.stock.get(&id);
    StoreLine {
        store: id,
        name: mapping.stores.get(&id).map_or_else(|| id.to_string(), |store| store.name.clone()),
        entries: own.clone().map(|row| row.entries).sum(),
        gross: own.clone().map(|row| row.gross).sum(),
        latest: own.map(|row| row.latest).max(),
        hours,
        usual: usual.of(id),
        unposted: unposted.map(|row| row.entries).sum(),
        oldest_unposted,
        exceptions,
        held: held.own(currency),
        held_elsewhere: held.others(currency),
        stock_due: stock.map_or(0, |(due, _)| *due),
        stock_since: stock.map(|(_, since)| *since),
        yesterday: read.days.get(&id).copied(),
        paused: paused.map(|pause| pause.detail.clone()),
        mood: match (paused.is_some() || is_late, exceptions) {
            (true, _) => Mood::Behind,
            (false, 0) => Mood::Well,
            (false, _) => Mood::Exceptions,
        },
    }
}

impl Usual {
    /// Tenths of an entry by hour; nothing where no week is known.
    fn of(&self, store: i64) -> Vec<i64> {
        let Some((hours, weeks)) = self.hours.get(&store).filter(|(_, weeks)| *weeks > 0) else {
            return vec![0; 24];
        };
        hours.iter().map(|count| count * 10 / weeks).collect()
    }
}
