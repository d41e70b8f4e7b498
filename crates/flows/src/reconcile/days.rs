//! Which days are due: each night the one that is over, and whatever something late came for.

use std::collections::BTreeSet;

use daybook_domain::{
    Timestamp,
    reconcile::{day::StoreClock, witness::Day},
};
use daybook_store::{
    reconcile::{
        day,
        late::{self, LateRow},
    },
    watermark,
};

use super::{
    beginning,
    collect::{self, CollectReport},
    load, policy,
};
use crate::{app::App, error::FlowError, sales::load::known_mapping};

/// When the documents of the last days were last read again.
const LOOKED_BACK: &str = "reconcile-looked-back";
/// Notes worked off in one transaction.
const PIECE: usize = 1_000;

/// The stores whose days are closed.
pub(super) async fn stores(app: &App) -> Result<BTreeSet<i64>, FlowError> {
    let wanted = &app.settings.reconcile.stores;
    if !wanted.is_empty() {
        return Ok(wanted.iter().copied().collect());
    }
    Ok(known_mapping(app).await?.stores.keys().copied().collect())
}

/// The stores that somebody asks about: one, or all.
pub(super) async fn wanted(app: &App, store: Option<i64>) -> Result<Vec<i64>, FlowError> {
    let all = stores(app).await?;
    let found: Vec<i64> =
        all.into_iter().filter(|id| store.is_none_or(|wanted| wanted == *id)).collect();
    if found.is_empty() {
        let what = match store {
            Some(id) => format!("no store {id} is to be closed"),
            None => "no store is mapped".to_owned(),
        };
        let hint = "see `daybook map list store`, and [reconcile] stores in the configuration";
        return Err(FlowError::request("no-such-store", what, hint));
    }
    Ok(found)
}

/// The days that notes are about are due again, where they were due before.
pub(super) async fn late(app: &App) -> Result<(), FlowError> {
    loop {
        let notes = late::list(&app.db, PIECE).await?;
        if notes.is_empty() {
            return Ok(());
        }
        let mut days: BTreeSet<(i64, Day)> = BTreeSet::new();
        for LateRow { warehouse_id, moment } in &notes {
            let clock = policy::clock(app, *warehouse_id).await?;
            days.insert((*warehouse_id, clock.day_of(*moment)));
        }
        let now = app.now();
        let mut tx = app.db.begin().await?;
        for (warehouse_id, day) in days {
            // A day that nobody has closed yet comes in its night.
            if day::get(&mut tx, warehouse_id, day).await?.is_some() {
                day::touch(&mut tx, warehouse_id, day, now).await?;
            }
        }
        late::done(&mut tx, &notes).await?;
        tx.commit().await?;
    }
}

fn of_store(warehouse_id: i64) -> String {
    format!("reconcile-night:{warehouse_id}")
}

/// When the store's last night began.
pub(super) async fn last_night(app: &App, warehouse_id: i64) -> Result<Timestamp, FlowError> {
    let zone = policy::zone(app, warehouse_id).await?;
    Ok(app.settings.reconcile.close_at.last_before(app.now(), &zone))
}

/// Once a night, by each store's clock: the days since the last night are due.
pub(super) async fn night(app: &App, report: &mut CollectReport) -> Result<(), FlowError> {
    let now = app.now();
    let settings = &app.settings.reconcile;
    // While nothing was received, there is no day that could be compared.
    let first = beginning::first_day(app).await?.unwrap_or_else(|| policy::today(app, now));
    for warehouse_id in stores(app).await? {
        let night = last_night(app, warehouse_id).await?;
        let name = of_store(warehouse_id);
        let before = watermark::get(&app.db, &name).await?.map(Timestamp::from_micros);
        if before.is_some_and(|before| before >= night) {
            continue;
        }
        let clock = policy::clock(app, warehouse_id).await?;
        let last = clock.day_of(night).previous();
        // After a longer silence the nights that were missed are made up for.
        let oldest = clock.day_of(night.minus(settings.look_back));
        let mut next = before.map_or(last, |before| clock.day_of(before).max(oldest)).max(first);
        let mut tx = app.db.begin().await?;
        while next <= last {
            day::touch(&mut tx, warehouse_id, next, now).await?;
            next = next.next();
        }
        watermark::set(&mut tx, now, &name, night.micros()).await?;
        tx.commit().await?;
    }
    look_back(app, report).await
}

/// Once a night the documents of the last days are read again: what somebody changed in OrderWise
/// makes its day due. What is cut off goes on where it was.
async fn look_back(app: &App, report: &mut CollectReport) -> Result<(), FlowError> {
    let now = app.now();
    let settings = &app.settings.reconcile;
    let night = settings.close_at.last_before(now, &app.policy.default_time_zone);
    let before = watermark::get(&app.db, LOOKED_BACK).await?.map(Timestamp::from_micros);
    if before.is_some_and(|before| before >= night) {
        return Ok(());
    }
    let mut from = night.minus(settings.look_back);
    if let Some(first) = beginning::first_day(app).await? {
        let clock = StoreClock::new(&app.policy.default_time_zone, settings.day_begins);
        // Documents of the days before are nobody's difference here.
        from = from.max(clock.bounds(first).0.min(night));
    }
    let span = load::span(app, (from, night));
    collect::ledger(app, span, night, report).await?;
    if app.stop.is_cancelled() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, now, LOOKED_BACK, night.micros()).await?;
    tx.commit().await?;
    late(app).await
}
