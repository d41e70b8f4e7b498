//! Silence: receipts of today against what is usual for the store on this day of the week.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use daybook_domain::{
    Money, Timestamp,
    alert::{
        AlertKind, Impact, Key, Observation, Seen,
        hours::{Opening, Special},
        silence::{
            ALL_DAY, Counts, Hours, SLOTS, Silent, SoFar, Standing, Usual, among, judge, learn,
        },
    },
    words,
};
use daybook_store::{
    alert::{self, QuarterRow},
    watermark,
};
use jiff::{ToSpan as _, ZonedDateTime, civil::Date};
use tokio::sync::Mutex;

use super::look::Around;
use crate::{error::FlowError, sales::receive::ORDERS};

/// Weeks back whose same day says what is usual.
const WEEKS: i64 = 8;
/// A read of Sitoo that is older says nothing of silence.
const FRESH: Duration = Duration::from_mins(3);
/// Settings under this name are for every store without its own.
const EVERY_STORE: &str = "all";

/// What is usual today, read once a day.
#[derive(Debug, Default)]
pub(crate) struct Usuals(Mutex<Option<(Date, Learned)>>);

/// By store.
type Learned = Arc<HashMap<i64, Usual>>;

/// A store's receipts of today.
#[derive(Debug, Clone)]
struct Today {
    counts: Counts,
    receipts: i64,
    gross: Money,
    latest: Option<Timestamp>,
}

const NOTHING: Today = Today { counts: [0; SLOTS], receipts: 0, gross: Money::ZERO, latest: None };

/// Looks which stores are silent, as of the last read of Sitoo.
pub(super) async fn look(around: &Around<'_>, seen: &mut Seen) -> Result<(), FlowError> {
    let app = around.app;
    let read_at = watermark::updated_at(&app.db, ORDERS).await?;
    let fresh = read_at.filter(|at| around.now.since(*at) <= FRESH);
    let Some(read_at) = fresh.filter(|_| app.settings.alerts.limits.silence) else {
        seen.looked.remove(&AlertKind::Silence);
        return Ok(());
    };
    let local = read_at.min(around.now).to_jiff().to_zoned_datetime(around.zone.clone());
    if let Some(hours) = hours(around, &local) {
        let usual = usual(around, &local).await?;
        let today = today(around, &local).await?;
        let day = Judgement { around, local: &local, usual: &usual, today: &today, hours: &hours };
        day.observe(seen);
    }
    // What was told above is told with today's figures: the first of a cause counts.
    lasting(around, seen).await
}

/// What is silent stays so until a receipt comes, over night too.
async fn lasting(around: &Around<'_>, seen: &mut Seen) -> Result<(), FlowError> {
    let db = &around.app.db;
    let open = alert::open(db).await?;
    for one in open.into_iter().filter(|one| one.key.kind == AlertKind::Silence) {
        let rows = alert::quarters(db, (one.opened_at, around.now)).await?;
        let own = |row: &QuarterRow| one.key.store().is_none_or(|store| store == row.warehouse_id);
        if !rows.iter().any(own) {
            seen.observations.push(Observation::new(one.key, one.sentence, one.impact));
        }
    }
    Ok(())
}

/// Hours that people have set, by store; none on a day on which nobody opens.
fn hours(around: &Around<'_>, local: &ZonedDateTime) -> Option<BTreeMap<String, Option<Hours>>> {
    let settings = &around.app.settings.alerts;
    let special = settings.special_days.get(&local.date().to_string());
    let special: Option<Special> = special.and_then(|text| text.parse().ok());
    let special = match special {
        Some(Special::Closed) => return None,
        Some(Special::Open(hours)) => Some(hours),
        None => None,
    };
    let weekday = usize::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
    let of = |(store, lines): (&String, &Vec<String>)| {
        let week = Opening::parse(lines.iter().map(String::as_str)).unwrap_or_default();
        (store.clone(), special.or_else(|| week.on(weekday)))
    };
    let mut known: BTreeMap<_, _> = settings.opening_hours.iter().map(of).collect();
    if let Some(hours) = special {
        known.insert(EVERY_STORE.to_owned(), Some(hours));
    }
    Some(known)
}

fn slot(at: &ZonedDateTime) -> usize {
    usize::try_from(i64::from(at.hour()) * 4 + i64::from(at.minute()) / 15).unwrap_or(0)
}

fn second(at: &ZonedDateTime) -> i64 {
    i64::from(at.hour()) * 3_600 + i64::from(at.minute()) * 60 + i64::from(at.second())
}

fn start(local: &ZonedDateTime) -> Timestamp {
    local.start_of_day().map_or_else(|_| local.timestamp().into(), |at| at.timestamp().into())
}

/// Puts quarters since the beginning of a day on the wall clock: they differ on two days a year.
fn on_the_clock(around: &Around<'_>, from: Timestamp, row: &QuarterRow) -> usize {
    let passed = Duration::from_mins(15).saturating_mul(u32::try_from(row.quarter).unwrap_or(0));
    slot(&from.plus(passed).to_jiff().to_zoned_datetime(around.zone.clone())).min(SLOTS - 1)
}

async fn usual(
    around: &Around<'_>,
    local: &ZonedDateTime,
) -> Result<Arc<HashMap<i64, Usual>>, FlowError> {
    let app = around.app;
    let mut kept = app.usual.0.lock().await;
    if let Some((_, usual)) = kept.as_ref().filter(|(day, _)| *day == local.date()) {
        return Ok(Arc::clone(usual));
    }
    let mut days: HashMap<i64, Vec<Counts>> = HashMap::new();
    for (nth, week) in (1..=WEEKS).enumerate() {
        let Ok(day) = local.checked_sub((week * 7).days()) else { continue };
        let from = start(&day);
        let to = day.tomorrow().map_or(from, |next| start(&next));
        for row in alert::quarters(&app.db, (from, to)).await? {
            let own = days.entry(row.warehouse_id);
            let own = own.or_insert_with(|| vec![[0; SLOTS]; usize::try_from(WEEKS).unwrap_or(8)]);
            if let Some(counts) = own.get_mut(nth) {
                counts[on_the_clock(around, from, &row)] += row.receipts;
            }
        }
    }
    let usual = days.iter().filter_map(|(store, days)| Some((*store, learn(days)?)));
    let usual = Arc::new(usual.collect::<HashMap<_, _>>());
    *kept = Some((local.date(), Arc::clone(&usual)));
    Ok(usual)
}

async fn today(
    around: &Around<'_>,
    local: &ZonedDateTime,
) -> Result<HashMap<i64, Today>, FlowError> {
    let (from, to) = (start(local), Timestamp::from(local.timestamp()));
    let mut stores: HashMap<i64, Today> = HashMap::new();
    for row in alert::quarters(&around.app.db, (from, to)).await? {
        let own = stores.entry(row.warehouse_id).or_insert(NOTHING);
        own.counts[on_the_clock(around, from, &row)] += row.receipts;
        own.receipts += row.receipts;
        own.gross += row.gross;
        own.latest = own.latest.max(Some(row.latest));
    }
    Ok(stores)
}

struct Judgement<'a> {
    around: &'a Around<'a>,
    local: &'a ZonedDateTime,
    usual: &'a HashMap<i64, Usual>,
    today: &'a HashMap<i64, Today>,
    hours: &'a BTreeMap<String, Option<Hours>>,
}

impl Judgement<'_> {
    /// Stores with a pattern that are served and open today, in order.
    fn stores(&self) -> Vec<(i64, &Usual, Option<Hours>)> {
        let mut stores: Vec<_> = self
            .usual
            .iter()
            .filter(|(store, _)| self.around.mapping.stores.contains_key(store))
            .filter_map(|(store, usual)| {
                let set =
                    self.hours.get(&store.to_string()).or_else(|| self.hours.get(EVERY_STORE));
                match set {
                    Some(None) => None,
                    Some(Some(hours)) => Some((*store, usual, Some(*hours))),
                    None => Some((*store, usual, None)),
                }
            })
            .collect();
        stores.sort_unstable_by_key(|(store, ..)| *store);
        stores
    }

    fn second(&self, at: Timestamp) -> i64 {
        second(&at.to_jiff().to_zoned_datetime(self.around.zone.clone()))
    }

    fn observe(&self, seen: &mut Seen) {
        let stores = self.stores();
        let now = second(self.local);
        let mut standings = Vec::new();
        let mut all = NOTHING;
        for (store, usual, hours) in &stores {
            let today = self.today.get(store).unwrap_or(&NOTHING);
            for (sum, count) in all.counts.iter_mut().zip(today.counts) {
                *sum += count;
            }
            all.receipts += today.receipts;
            all.gross += today.gross;
            all.latest = all.latest.max(today.latest);
            let so_far = SoFar {
                today: &today.counts,
                latest: today.latest.map(|at| self.second(at)),
                now,
                hours: hours.unwrap_or(ALL_DAY),
            };
            standings.push(Standing {
                store: *store,
                judged: judge(usual, &so_far),
                has_begun: today.latest.is_some(),
                hours_known: hours.is_some(),
            });
        }
        let together = Usual::together(stores.iter().map(|(_, usual, _)| *usual));
        let hours = stores.iter().map(|(_, _, hours)| hours.unwrap_or(ALL_DAY));
        let hours = hours.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or(ALL_DAY);
        let latest = all.latest.map(|at| self.second(at));
        let judged = judge(&together, &SoFar { today: &all.counts, latest, now, hours });
        match among(&standings, Some(judged)) {
            Silent::All => {
                let key = Key::new(AlertKind::Silence, "all");
                seen.observations.push(self.told(key, "No store", &all, judged.missing));
            }
            Silent::Stores(silent) => {
                for one in standings.iter().filter(|one| silent.contains(&one.store)) {
                    let today = self.today.get(&one.store).unwrap_or(&NOTHING);
                    let key = Key::of_store(AlertKind::Silence, one.store);
                    let name = self.around.name(one.store);
                    seen.observations.push(self.told(key, &name, today, one.judged.missing));
                }
            }
        }
    }

    fn told(&self, key: Key, who: &str, today: &Today, missing: i64) -> Observation {
        let records = (missing + 500) / 1_000;
        let each = today.gross.pence().checked_div(today.receipts).unwrap_or(0);
        let impact = Impact { records, money: Money::from_pence(each.saturating_mul(records)) };
        let missed = words::count(records.unsigned_abs(), "receipt is", "receipts are");
        let any = if key.store().is_some() { "nothing" } else { "anything" };
        let sentence = match today.latest {
            Some(latest) => {
                let at = latest.to_jiff().to_zoned_datetime(self.around.zone.clone());
                let last = at.strftime("%H:%M");
                let ago = words::span(Timestamp::from(self.local.timestamp()).since(latest));
                format!("{who} has sent {any} for {ago}, since {last}; about {missed} missing.")
            }
            None => format!("{who} has sent {any} today; about {missed} missing by now."),
        };
        Observation::new(key, sentence, impact)
    }
}
