//! What people see and do about stock.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::{
    Quantity, Timestamp,
    sku::fold,
    stock::{BufferRule, BufferRules, BufferScope, Sample, Suggestion, Why, suggest},
};
pub use daybook_store::stock::history::HistoryRow;
use daybook_store::{
    Tx, audit,
    stock::{
        buffer,
        due::{self, NewDue},
        figure,
        finding::{self, StockFinding},
        history,
        oversell::{self, OversellRow},
        warehouse,
    },
    variant,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{facts::Facts, places, sweep};
use crate::{app::App, error::FlowError};

/// Decisions about a SKU among which the latest about each of its products is looked for.
const SIBLINGS: usize = 32;
/// How far suggestions look back.
const LOOK_BACK: std::time::Duration = std::time::Duration::from_hours(24 * 90);

/// A SKU in one store.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StoreStock {
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Its name in Sitoo.
    pub name: String,
    /// Stock location of OrderWise.
    pub location_id: i64,
    /// What OrderWise says is free, when it calculated that, and when it was first read.
    pub free: Option<Quantity>,
    /// When OrderWise calculated it.
    pub calculated_at: Option<Timestamp>,
    /// When that figure was first read.
    pub read_at: Option<Timestamp>,
    /// Sold, and not for certain inside it.
    pub in_flight: Quantity,
    /// Of these, what is very likely inside it already: it keeps a level from being raised, and does
    /// not by itself lower one.
    pub likely: Quantity,
    /// The sales concerned.
    pub orders: Vec<String>,
    /// What is held back.
    pub buffer: Quantity,
    /// The last decision: level, target, when and why.
    pub last: Option<HistoryRow>,
    /// Whether the outcome of a write is not known.
    pub in_doubt: bool,
}

/// A SKU everywhere.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SkuStock {
    /// In OrderWise's spelling, where it knows it.
    pub sku: String,
    /// Since when OrderWise gave nothing newer.
    pub asked_at: Option<Timestamp>,
    /// Store by store.
    pub stores: Vec<StoreStock>,
}

/// Where a SKU stands in every store.
pub async fn show(app: &App, sku: &str) -> Result<SkuStock, FlowError> {
    let places = places::of_the_book(app).await?;
    let folded = places.in_orderwise(&fold(sku));
    let names = warehouse::list(&app.db).await?;
    let mut stores = Vec::new();
    let mut spelled = None;
    for place in places.all() {
        let key = (place.location_id, folded.clone());
        let facts = Facts::of_keys(app, &places, std::slice::from_ref(&key)).await?;
        let figure = figure::of_keys(&app.db, std::slice::from_ref(&key)).await?.pop();
        let figure = figure.as_ref();
        spelled = spelled.or_else(|| figure.map(|figure| figure.sku.clone()));
        let in_flight = facts.in_flight(key.0, &key.1).cloned().unwrap_or_default();
        let last = last_of_first(app, &places, (place.warehouse_id, &folded)).await?;
        let buffer = figure.map_or(Quantity::ZERO, |figure| {
            facts.rules.buffer(&folded, place.warehouse_id, figure.free, figure.buffer)
        });
        let name = names.iter().find(|row| row.warehouse_id == place.warehouse_id);
        stores.push(StoreStock {
            warehouse_id: place.warehouse_id,
            name: name.map_or_else(String::new, |row| row.name.clone()),
            location_id: place.location_id,
            free: figure.map(|figure| figure.free),
            calculated_at: figure.map(|figure| figure.calculated_at),
            read_at: figure.map(|figure| figure.read_at),
            in_flight: in_flight.quantity,
            likely: in_flight.likely,
            orders: in_flight.orders.into_iter().collect(),
            buffer,
            last,
            in_doubt: facts.is_blocked(place.warehouse_id, &folded),
        });
    }
    let is_known = stores.iter().any(|store| store.free.is_some() || store.last.is_some());
    if !is_known {
        return Err(FlowError::request(
            "stock-sku-unknown",
            format!("nothing is known about the stock of '{}'", sku.trim()),
            "it is read by `daybook sync stock`; stores without a stock location are not served",
        ));
    }
    let asked_at = super::figures::read_at(app).await?;
    Ok(SkuStock { sku: spelled.unwrap_or_else(|| sku.trim().to_owned()), asked_at, stores })
}

/// The latest decision about the product that is told OrderWise's stock: of several that are one SKU
/// of OrderWise, the first alone is.
async fn last_of_first(
    app: &App,
    places: &places::Places,
    (warehouse_id, folded): (i64, &str),
) -> Result<Option<HistoryRow>, FlowError> {
    let rows = history::of_sku(&app.db, folded, Some(warehouse_id), SIBLINGS).await?;
    let of_first = places
        .at_tills(folded)
        .into_iter()
        .find_map(|sku| rows.iter().find(|row| fold(&row.sku) == sku).cloned());
    Ok(of_first.or_else(|| rows.into_iter().next()))
}

/// The warehouses whose stock is kept.
pub(crate) async fn kept(app: &App) -> Result<BTreeSet<i64>, FlowError> {
    let places = places::of_the_book(app).await?;
    Ok(places.all().map(|place| place.warehouse_id).collect())
}

/// What the last sweep left alone.
pub async fn differences(app: &App, limit: usize) -> Result<Vec<StockFinding>, FlowError> {
    Ok(finding::list(&app.db, limit).await?)
}

/// Decisions about a SKU, the latest first.
pub async fn decisions(
    app: &App,
    sku: &str,
    warehouse_id: Option<i64>,
    limit: usize,
) -> Result<Vec<HistoryRow>, FlowError> {
    let places = places::of_the_book(app).await?;
    let folded = places.in_orderwise(&fold(sku));
    Ok(history::of_sku(&app.db, &folded, warehouse_id, limit).await?)
}

/// Times in which tills had sold what was not there, of the last 90 days, the latest first.
pub async fn oversold(app: &App) -> Result<Vec<OversellRow>, FlowError> {
    Ok(oversell::since(&app.db, app.now().minus(LOOK_BACK)).await?)
}

/// A buffer that would have been enough.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SuggestedBuffer {
    /// In Sitoo's spelling.
    pub sku: String,
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Units to hold back.
    pub units: Quantity,
    /// The most that was oversold at one time.
    pub oversold: Quantity,
    /// How often.
    pub times: usize,
    /// What was in flight at one time, in all but one of twenty moments.
    pub usual_in_flight: Quantity,
    /// What is held back now.
    pub rule: Option<String>,
}

/// Buffers that the last 90 days suggest, the largest oversell first.
pub async fn suggestions(app: &App) -> Result<Vec<SuggestedBuffer>, FlowError> {
    let since = app.now().minus(LOOK_BACK);
    let rules = rules(app).await?;
    let mut by_sku = BTreeMap::<(i64, String), Vec<OversellRow>>::new();
    for row in oversell::since(&app.db, since).await? {
        by_sku.entry((row.warehouse_id, row.folded.clone())).or_default().push(row);
    }
    let mut all = Vec::new();
    for ((warehouse_id, folded), rows) in by_sku {
        let flying = history::in_flight_since(&app.db, warehouse_id, &folded, since).await?;
        let samples: Vec<Sample> =
            flying.into_iter().map(|in_flight| Sample { in_flight }).collect();
        let units: Vec<Quantity> = rows.iter().map(|row| row.units).collect();
        let Some(Suggestion { units, usual_in_flight, oversold }) = suggest(&samples, &units)
        else {
            continue;
        };
        all.push(SuggestedBuffer {
            sku: rows.first().map_or_else(String::new, |row| row.sku.clone()),
            warehouse_id,
            units,
            oversold,
            times: rows.len(),
            usual_in_flight,
            rule: rules.find(&folded, warehouse_id).map(|amount| amount.to_string()),
        });
    }
    all.sort_by(|a, b| b.oversold.cmp(&a.oversold).then_with(|| a.sku.cmp(&b.sku)));
    Ok(all)
}

/// The rules for buffers, with the SKUs of the categories that they name.
pub(super) async fn rules(app: &App) -> Result<BufferRules, FlowError> {
    let rules = buffer::list(&app.db).await?;
    let categories = rules.iter().filter(|rule| rule.scope == BufferScope::Category);
    let categories: BTreeSet<String> = categories.map(|rule| rule.key.clone()).collect();
    let categories: Vec<String> = categories.into_iter().collect();
    let members = variant::of_categories(&app.db, &categories).await?;
    Ok(BufferRules::new(rules, members))
}

/// All buffer rules.
pub async fn buffers(app: &App) -> Result<Vec<BufferRule>, FlowError> {
    Ok(buffer::list(&app.db).await?)
}

/// Sets a buffer rule. What it concerns is looked at in the next pass.
pub async fn set_buffer(app: &App, rule: &BufferRule, actor: &str) -> Result<(), FlowError> {
    check(rule)?;
    let mut tx = app.db.begin().await?;
    buffer::set(&mut tx, app.now(), rule, actor).await?;
    let detail = serde_json::json!({ "amount": rule.amount.to_string() }).to_string();
    let subject = subject(rule.scope, &rule.key, rule.warehouse_id);
    audit::append(&mut tx, app.now(), actor, "stock-buffer-set", &subject, &detail).await?;
    concern(app, tx, rule.scope, &rule.key).await
}

/// Takes a buffer rule away.
pub async fn unset_buffer(
    app: &App,
    scope: BufferScope,
    key: &str,
    warehouse_id: Option<i64>,
    actor: &str,
) -> Result<(), FlowError> {
    let key = fold(key);
    let subject = subject(scope, &key, warehouse_id);
    let mut tx = app.db.begin().await?;
    if !buffer::unset(&mut tx, scope, &key, warehouse_id).await? {
        return Err(FlowError::request(
            "stock-buffer-unknown",
            format!("there is no buffer rule for {subject}"),
            "`daybook stock buffer list` shows them",
        ));
    }
    audit::append(&mut tx, app.now(), actor, "stock-buffer-unset", &subject, "{}").await?;
    concern(app, tx, scope, &key).await
}

fn check(rule: &BufferRule) -> Result<(), FlowError> {
    let needs_key =
        matches!(rule.scope, BufferScope::Sku | BufferScope::Category | BufferScope::Prefix);
    let needs_store = rule.scope == BufferScope::Store;
    let what = if needs_key && rule.key.is_empty() {
        "a rule for a SKU, for a category or for a beginning names it"
    } else if needs_store && rule.warehouse_id.is_none() {
        "a rule for a store names the store"
    } else if rule.scope == BufferScope::Default && rule.warehouse_id.is_some() {
        "the rule for everything names no store"
    } else {
        return Ok(());
    };
    Err(FlowError::request(
        "stock-buffer-rule",
        what,
        "for example `daybook stock buffer set sku ABC-1 2 --store 5`",
    ))
}

fn subject(scope: BufferScope, key: &str, warehouse_id: Option<i64>) -> String {
    let store = warehouse_id.map_or_else(String::new, |id| format!("@{id}"));
    let gap = if key.is_empty() { "" } else { " " };
    format!("{scope}{gap}{key}{store}")
}

/// One SKU is due at once; a rule for many brings the sweep forward.
async fn concern(app: &App, mut tx: Tx, scope: BufferScope, folded: &str) -> Result<(), FlowError> {
    if scope == BufferScope::Sku {
        let stores = warehouse::list(&mut tx).await?;
        let due: Vec<NewDue> = stores
            .into_iter()
            .map(|store| NewDue {
                warehouse_id: store.warehouse_id,
                folded: folded.to_owned(),
                why: Why::Buffer,
                due_at: app.now(),
            })
            .collect();
        due::mark(&mut tx, &due).await?;
        tx.commit().await?;
    } else {
        tx.commit().await?;
        sweep::want(app).await?;
    }
    app.wake.stock.notify_one();
    Ok(())
}
