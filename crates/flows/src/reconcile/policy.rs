//! What the domain has to know about this retailer and this OrderWise to compare a day.

use std::collections::BTreeMap;

use daybook_domain::{
    Timestamp, VatRate,
    despatch::StatusMeaning,
    mapping::item,
    reconcile::{
        day::StoreClock,
        policy::{DayPolicy, TaxCode},
        witness::Day,
    },
};
use daybook_store::variant;
use jiff::tz::TimeZone;

use crate::{
    app::App,
    error::FlowError,
    sales::load::{current_mapping, known_mapping},
    settings::Allowed,
};

/// The policy of today.
pub(super) async fn policy(app: &App) -> Result<DayPolicy, FlowError> {
    let settings = &app.settings.reconcile;
    // Another process may have mapped something since this one last sold anything.
    let mapping = current_mapping(app, &mut app.db.look().await?).await?;
    let mut tax_codes = BTreeMap::new();
    for (id, code, rate) in variant::tax_codes(&app.db).await? {
        let rate = rate.unwrap_or(VatRate::ZERO);
        tax_codes.entry(id).or_insert(TaxCode { code, rate });
    }
    Ok(DayPolicy {
        period_date: settings.period_date,
        day_begins: settings.day_begins,
        z_day: settings.z_day,
        not_delivered: settings.not_delivered,
        practice_takes_numbers: settings.practice_takes_numbers,
        boundary: settings.boundary,
        settling: settings.settling_time,
        order_types: app.orderwise.order_types(),
        cancelled: StatusMeaning::Cancelled.texts(&mapping),
        tax_codes,
        rounding_per_line: settings.rounding_per_line,
        round_off_sku: mapping.items.get(item::ROUND_OFF).map(|item| item.code.clone()),
        strangers: settings.strangers,
        tolerances: settings.tolerances.iter().map(Allowed::tolerance).collect(),
    })
}

/// The calendar of a store.
pub(super) async fn clock(app: &App, warehouse_id: i64) -> Result<StoreClock, FlowError> {
    Ok(StoreClock::new(&zone(app, warehouse_id).await?, app.settings.reconcile.day_begins))
}

/// The zone of a store's tills, an IANA name.
pub(super) async fn zone(app: &App, warehouse_id: i64) -> Result<String, FlowError> {
    let mapping = known_mapping(app).await?;
    let own = mapping.stores.get(&warehouse_id).and_then(|store| store.time_zone.clone());
    Ok(own.unwrap_or_else(|| app.policy.default_time_zone.clone()))
}

/// The same, for people.
pub async fn store_zone(app: &App, warehouse_id: i64) -> Result<TimeZone, FlowError> {
    Ok(TimeZone::get(&zone(app, warehouse_id).await?).unwrap_or(TimeZone::UTC))
}

/// The night in which a store's day is due.
pub(super) async fn night(
    app: &App,
    (warehouse_id, day): (i64, Day),
) -> Result<Timestamp, FlowError> {
    let end = clock(app, warehouse_id).await?.bounds(day).1;
    let zone = zone(app, warehouse_id).await?;
    // A day that begins at the hour of the night ends in it.
    let before = Timestamp::from_micros(end.micros() - 1);
    Ok(app.settings.reconcile.close_at.next_after(before, &zone))
}

/// The day of a moment where the retailer is.
pub(super) fn today(app: &App, moment: Timestamp) -> Day {
    let zone = &app.policy.default_time_zone;
    StoreClock::new(zone, app.settings.reconcile.day_begins).day_of(moment)
}
