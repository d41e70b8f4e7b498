//! A look around: what is the matter now? Only what the book says, never what jobs say of themselves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use daybook_domain::{
    Money, Timestamp,
    alert::{AlertKind, Impact, Key, Observation, Seen},
    causes::{Cause, Owner},
    entry::EntryState,
    mapping::Mapping,
    reconcile::witness::Day,
    sums::Sums,
    words,
};
use daybook_store::{
    alert::channel,
    despatch::parcel,
    entry::{self, OwedRow},
    exception::{self, Group},
    pause,
    reconcile::day::{self, DayState, StoreDayRow},
    stock::due,
    watermark,
};
use jiff::tz::TimeZone;

use super::silence;
use crate::{
    app::App,
    cutover, despatch,
    error::FlowError,
    reconcile,
    sales::{load::known_mapping, receive::ORDERS},
    stock,
};

/// Days that are not closed and are looked at.
const DAYS: usize = 2_000;
/// Failures in a row that make a channel broken: one is a hiccup.
const BROKEN: i64 = 3;
/// Tells a pause that a person made.
const FLOW: &str = "flow:";

/// What everything is judged by.
pub(super) struct Around<'a> {
    pub(super) app: &'a App,
    pub(super) now: Timestamp,
    pub(super) mapping: &'a Mapping,
    pub(super) zone: TimeZone,
    currency: &'a str,
}

impl Around<'_> {
    /// A store as people know it.
    pub(super) fn name(&self, store: i64) -> String {
        let known = self.mapping.stores.get(&store);
        known.map_or_else(|| format!("Store {store}"), |store| store.name.clone())
    }

    fn ago(&self, at: Timestamp) -> String {
        words::span(self.now.since(at))
    }

    /// What is written once stays true: an age would be wrong a minute later.
    fn moment(&self, at: Timestamp) -> String {
        words::clock(at, &self.zone)
    }

    fn is_older(&self, at: Timestamp, limit: std::time::Duration) -> bool {
        self.now.since(at) > limit
    }

    fn money(&self, money: Money) -> String {
        words::money(money, self.currency)
    }
}

/// Causes that have a kind of alert of their own.
fn own_kind(cause: Cause) -> Option<(AlertKind, &'static str)> {
    Some(match cause {
        Cause::OrderwiseUnreachable | Cause::OrderwiseContract => {
            (AlertKind::SystemUnreachable, "orderwise")
        }
        Cause::SitooUnreachable | Cause::SitooContract => (AlertKind::SystemUnreachable, "sitoo"),
        Cause::OrderwiseCredentials | Cause::OrderwisePermission => {
            (AlertKind::CredentialsRefused, "orderwise")
        }
        Cause::SitooCredentials => (AlertKind::CredentialsRefused, "sitoo"),
        Cause::DayNotClosed => (AlertKind::DayNotClosed, ""),
        Cause::PayoutNotAtBank | Cause::PaymentUnsettled => (AlertKind::PayoutMissing, "payouts"),
        _ => return None,
    })
}

/// Looks around.
pub(super) async fn around(app: &App) -> Result<Seen, FlowError> {
    let mapping = known_mapping(app).await?;
    let zone = TimeZone::get(&app.policy.default_time_zone).unwrap_or(TimeZone::UTC);
    let currency = app.policy.currencies.first().map_or("GBP", String::as_str);
    let around = Around { app, now: app.now(), mapping: &mapping, zone, currency };
    let mut seen = Seen { looked: AlertKind::ALL.iter().copied().collect(), ..Seen::default() };
    let groups = exception::open_grouped(&app.db).await?;
    let owed = entry::owed(&app.db).await?;
    systems(&around, &groups, &owed, &mut seen).await?;
    exceptions(&around, &groups, &mut seen).await?;
    unposted(&around, &owed, &mut seen).await?;
    stale(&around, &mut seen).await?;
    untold(&around, &mut seen).await?;
    days(&around, &mut seen).await?;
    payouts(&around, &groups, &mut seen);
    channels(&around, &mut seen).await?;
    disk(&around, &mut seen);
    silence::look(&around, &mut seen).await?;
    Ok(seen)
}

/// Whether a system stands still by what was seen: what follows from that is no cause of its own.
fn is_down(seen: &Seen, system: &str) -> bool {
    let down = [AlertKind::SystemUnreachable, AlertKind::CredentialsRefused];
    let about = |one: &Observation| down.contains(&one.key.kind) && one.key.about == system;
    seen.observations.iter().any(about)
}

/// Entries that wait, with the money of each currency.
#[derive(Default)]
struct Waiting {
    records: i64,
    sums: Sums,
}

impl Waiting {
    fn add(&mut self, row: &OwedRow) {
        self.records += row.entries;
        self.sums.add(Some(&row.currency), row.gross);
    }

    /// In figures: the money of the book's own currency.
    fn impact(&self, around: &Around<'_>) -> Impact {
        Impact { records: self.records, money: self.sums.own(around.currency) }
    }
}

const fn on_its_way(state: EntryState) -> bool {
    matches!(state, EntryState::Ready | EntryState::Posting | EntryState::InDoubt)
}

async fn systems(
    around: &Around<'_>,
    groups: &[Group],
    owed: &[OwedRow],
    seen: &mut Seen,
) -> Result<(), FlowError> {
    let app = around.app;
    let waits = owed.iter().filter(|row| on_its_way(row.state));
    let mut waiting = Waiting::default();
    waits.for_each(|row| waiting.add(row));
    let pauses = pause::all(&app.db).await?;
    let stopped = pauses.iter().filter_map(|one| Some((one.cause.parse().ok()?, one.since)));
    let told = groups.iter().map(|group| (group.cause, group.oldest));
    for (cause, since) in stopped.chain(told) {
        let Some((kind, system)) = own_kind(cause) else { continue };
        if !matches!(kind, AlertKind::SystemUnreachable | AlertKind::CredentialsRefused) {
            continue;
        }
        let waiting = (system == "orderwise").then_some(&waiting);
        let impact = waiting.map(|all| all.impact(around)).unwrap_or_default();
        let mut sentence = format!("{}, since {}.", cause.entry().title, around.moment(since));
        if let Some(all) = waiting.filter(|all| all.records > 0) {
            let (entries, money) = (words::grouped(all.records), all.sums.told(around.currency));
            let _ = write!(sentence, " {entries} entries, {money}, wait for it.");
        }
        let key = Key::new(kind, system);
        seen.observations.push(Observation::new(key, sentence, impact));
    }
    let read_at = watermark::updated_at(&app.db, ORDERS).await?;
    if is_down(seen, "sitoo") {
        seen.looked.remove(&AlertKind::WatermarkNotMoving);
    } else if let Some(at) =
        read_at.filter(|at| around.is_older(*at, app.settings.alerts.limits.unread))
    {
        let since = around.moment(at);
        let mut sentence = format!("Orders have not been read from Sitoo since {since}.");
        if let Some(pause) = pauses.iter().find(|one| one.scope == format!("{FLOW}receiving")) {
            let _ = write!(sentence, " It is paused by {}.", pause.detail);
        }
        let key = Key::new(AlertKind::WatermarkNotMoving, "orders");
        seen.observations.push(Observation::new(key, sentence, Impact::default()));
    }
    Ok(())
}

async fn exceptions(
    around: &Around<'_>,
    groups: &[Group],
    seen: &mut Seen,
) -> Result<(), FlowError> {
    let limits = &around.app.settings.alerts.limits;
    let mut old: BTreeMap<&str, (Owner, Impact, &Group)> = BTreeMap::new();
    for group in groups.iter().filter(|group| own_kind(group.cause).is_none()) {
        if !around.is_older(group.oldest, limits.exceptions_age) {
            continue;
        }
        let owner = group.cause.entry().owner;
        let one = old.entry(owner.word()).or_insert((owner, Impact::default(), group));
        one.1.records += group.count;
        one.1.money += group.own_money(around.currency);
        if group.oldest < one.2.oldest {
            one.2 = group;
        }
    }
    for (word, (owner, impact, oldest)) in old {
        let sentence = format!(
            "An exception has waited for {}: {}. Groups that old hold {} and {}.",
            around.ago(oldest.oldest),
            oldest.cause.entry().title,
            words::count(impact.records.unsigned_abs(), "exception", "exceptions"),
            around.money(impact.money),
        );
        let key = Key::new(AlertKind::ExceptionsTooOld, word);
        let one = Observation::new(key, sentence, impact);
        seen.observations.push(Observation { owner: Some(owner), ..one });
    }
    let held = exception::money_held(&around.app.db).await?.own(around.currency);
    let limit = Money::from_pence(limits.exceptions_money.saturating_mul(100));
    if held > limit {
        let records = groups.iter().map(|group| group.count).sum();
        let (money, most) = (around.money(held), around.money(limit));
        let sentence = format!("Open exceptions hold {money}; the limit is {most}.");
        let key = Key::new(AlertKind::ExceptionsTooMuch, "all");
        seen.observations.push(Observation::new(key, sentence, Impact { records, money: held }));
    }
    Ok(())
}

async fn unposted(around: &Around<'_>, owed: &[OwedRow], seen: &mut Seen) -> Result<(), FlowError> {
    if is_down(seen, "orderwise") {
        seen.looked.remove(&AlertKind::UnpostedTooOld);
        return Ok(());
    }
    // What another integration has to post has its time.
    let usual = around.app.settings.alerts.limits.unposted;
    let limit = cutover::patience(around.app).await?.map_or(usual, |span| span.max(usual));
    let mut stores: BTreeMap<Option<i64>, (Waiting, Timestamp)> = BTreeMap::new();
    for row in owed.iter().filter(|row| on_its_way(row.state)) {
        let one = stores.entry(row.warehouse_id).or_insert((Waiting::default(), row.oldest));
        one.0.add(row);
        one.1 = one.1.min(row.oldest);
    }
    for (store, (waiting, oldest)) in stores {
        if !around.is_older(oldest, limit) {
            continue;
        }
        let whose = store.map_or_else(|| "Orders of no store".to_owned(), |id| around.name(id));
        let sentence = format!(
            "{whose}: {}, {}, wait for OrderWise, the oldest for {}.",
            words::count(waiting.records.unsigned_abs(), "entry", "entries"),
            waiting.sums.told(around.currency),
            around.ago(oldest),
        );
        let impact = waiting.impact(around);
        let kind = AlertKind::UnpostedTooOld;
        let key = store.map_or_else(|| Key::new(kind, "no-store"), |id| Key::of_store(kind, id));
        seen.observations.push(Observation::new(key, sentence, impact));
    }
    Ok(())
}

async fn stale(around: &Around<'_>, seen: &mut Seen) -> Result<(), FlowError> {
    let app = around.app;
    let runs = app.settings.stock.enabled && stock::is_set_up(app);
    if is_down(seen, "orderwise") || is_down(seen, "sitoo") {
        seen.looked.remove(&AlertKind::StockStale);
        return Ok(());
    }
    if !runs {
        return Ok(());
    }
    let limit = app.settings.alerts.limits.stock;
    for (store, (records, since)) in due::by_store(&app.db, around.now).await? {
        if around.is_older(since, limit) {
            let sentence = format!(
                "{}: {} for a fresh stock level, the longest for {}.",
                around.name(store),
                words::count(records.unsigned_abs(), "product waits", "products wait"),
                around.ago(since),
            );
            let key = Key::of_store(AlertKind::StockStale, store);
            let impact = Impact { records, money: Money::ZERO };
            seen.observations.push(Observation::new(key, sentence, impact));
        }
    }
    Ok(())
}

async fn untold(around: &Around<'_>, seen: &mut Seen) -> Result<(), FlowError> {
    let app = around.app;
    if is_down(seen, "sitoo") {
        seen.looked.remove(&AlertKind::DespatchTooOld);
        return Ok(());
    }
    if !(app.settings.despatch.enabled && despatch::is_set_up(app)) {
        return Ok(());
    }
    let before = around.now.minus(app.settings.alerts.limits.despatch);
    let (records, oldest) = parcel::untold(&app.db, before).await?;
    if let Some(oldest) = oldest {
        let sentence = format!(
            "{} in OrderWise and not in Sitoo, the oldest for {}.",
            words::count(records.unsigned_abs(), "despatch is", "despatches are"),
            around.ago(oldest),
        );
        let key = Key::new(AlertKind::DespatchTooOld, "all");
        let impact = Impact { records, money: Money::ZERO };
        seen.observations.push(Observation::new(key, sentence, impact));
    }
    Ok(())
}

async fn days(around: &Around<'_>, seen: &mut Seen) -> Result<(), FlowError> {
    let app = around.app;
    if !(app.settings.reconcile.enabled && reconcile::is_set_up(app)) {
        return Ok(());
    }
    let local = around.now.to_jiff().to_zoned_datetime(around.zone.clone());
    let mut last = Day(local.date()).previous();
    if local.time() < app.settings.alerts.limits.day_closed_by.time() {
        last = last.previous();
    }
    let mut stores: BTreeMap<i64, Vec<StoreDayRow>> = BTreeMap::new();
    for row in reconcile::counted(app, day::unclosed(&app.db, last, DAYS).await?).await? {
        stores.entry(row.warehouse_id).or_default().push(row);
    }
    for (store, days) in stores {
        let Some(first) = days.first() else { continue };
        let more = match days.len() - 1 {
            0 => String::new(),
            1 => "; 1 more day is not closed".to_owned(),
            more => format!("; {more} more days are not closed"),
        };
        let how = match first.state {
            DayState::Differs => "has differences".to_owned(),
            other => format!("is {}", other.word().replace('-', " ")),
        };
        let date = first.day.0.strftime("%a %-d %b %Y");
        let sentence = format!("{}: {date} {how}{more}.", around.name(store));
        let impact = Impact {
            records: i64::try_from(days.len()).unwrap_or(i64::MAX),
            money: days.iter().map(|day| day.gross.abs()).sum(),
        };
        let one = Observation::new(Key::of_store(AlertKind::DayNotClosed, store), sentence, impact);
        let page = Some(format!("/books/{}/{store}", first.day));
        seen.observations.push(Observation { page, ..one });
    }
    Ok(())
}

fn payouts(around: &Around<'_>, groups: &[Group], seen: &mut Seen) {
    let kind = AlertKind::PayoutMissing;
    let own = groups.iter().filter(|group| own_kind(group.cause).is_some_and(|one| one.0 == kind));
    let (mut impact, mut oldest, mut titles) = (Impact::default(), None, BTreeSet::new());
    for group in own {
        impact.records += group.count;
        impact.money += group.own_money(around.currency);
        oldest = Some(oldest.map_or(group.oldest, |at: Timestamp| at.min(group.oldest)));
        titles.insert(group.cause.entry().title);
    }
    if let Some(oldest) = oldest {
        let what = titles.into_iter().collect::<Vec<_>>().join("; ");
        let (money, ago) = (around.money(impact.money), around.ago(oldest));
        let sentence = format!("{what}: {money} in all, told for {ago}.");
        seen.observations.push(Observation::new(Key::new(kind, "payouts"), sentence, impact));
    }
}

async fn channels(around: &Around<'_>, seen: &mut Seen) -> Result<(), FlowError> {
    let app = around.app;
    let rows = channel::list(&app.db).await?.into_iter();
    let known = rows.filter(|row| app.settings.alerts.channels.contains_key(&row.name));
    for row in known.filter(|row| row.failures >= BROKEN) {
        let since = row.failing_since.unwrap_or(around.now);
        let sentence = format!(
            "Nothing has arrived over '{}' for {} ({}).",
            row.name,
            around.ago(since),
            row.error.as_deref().unwrap_or("no error is known"),
        );
        let key = Key::new(AlertKind::DeliveryFailing, format!("channel:{}", row.name));
        let impact = Impact { records: row.failures, money: Money::ZERO };
        seen.observations.push(Observation::new(key, sentence, impact));
    }
    Ok(())
}

fn disk(around: &Around<'_>, seen: &mut Seen) {
    let Some((left, all)) = around.app.db.disk().filter(|(_, all)| *all > 0) else { return };
    let percent = u128::from(left) * 100 / u128::from(all);
    if percent < u128::from(around.app.settings.alerts.limits.disk_free_percent) {
        let sentence = format!("The book's disk has {percent} % left, {} MiB.", left >> 20);
        let key = Key::new(AlertKind::DiskNearlyFull, "book");
        seen.observations.push(Observation::new(key, sentence, Impact::default()));
    }
}
