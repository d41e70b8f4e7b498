//! Which warehouses of Sitoo are told which stock location's stock, and which SKU of a till is which
//! of OrderWise.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use daybook_domain::{
    causes::Cause, exchange::Called, mapping::Mapping, priority::Priority, sku::fold, stock::Kind,
};
use daybook_store::{
    exception::{self, ExceptionFilter},
    stock::warehouse::{self, WarehouseRow},
};

use crate::{
    app::App,
    error::FlowError,
    exchanges,
    retrying::retrying,
    sales::{evaluate::DAYBOOK, load::current_mapping},
};

/// Pause before the warehouses are read again.
const REFRESH_AFTER: Duration = Duration::from_hours(1);
/// Scope of exceptions about the set-up.
const SCOPE: &str = "stock";

/// A warehouse that is told its stock.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) warehouse_id: i64,
    /// Stock location of OrderWise.
    pub(super) location_id: i64,
    pub(super) kind: Kind,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Places {
    by_warehouse: BTreeMap<i64, Place>,
    /// The one warehouse that is told a location's stock.
    by_location: HashMap<i64, i64>,
    /// Every mapped warehouse: its sales draw on this location.
    location_of: HashMap<i64, i64>,
    mapping: Arc<Mapping>,
    /// Folded SKUs of tills by the folded SKU of OrderWise that a mapping makes of them.
    overridden: HashMap<String, Vec<String>>,
}

impl Places {
    /// The places, by warehouse.
    pub(super) fn all(&self) -> impl Iterator<Item = &Place> {
        self.by_warehouse.values()
    }

    /// The place that is told about what happens in a warehouse: itself, or the one that has its
    /// stock location.
    pub(super) fn concerned(&self, warehouse_id: i64) -> Option<&Place> {
        self.at(*self.location_of.get(&warehouse_id)?)
    }

    /// The place that is told a location's stock.
    pub(super) fn at(&self, location_id: i64) -> Option<&Place> {
        self.by_warehouse.get(self.by_location.get(&location_id)?)
    }

    /// The location that a warehouse's sales draw on.
    pub(super) fn location_of(&self, warehouse_id: i64) -> Option<i64> {
        self.location_of.get(&warehouse_id).copied()
    }

    /// The folded SKU of OrderWise that a till's folded SKU is.
    pub(super) fn in_orderwise(&self, folded: &str) -> String {
        self.mapping.variant_of(folded)
    }

    /// The mapping that they were made of.
    pub(super) fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// The folded SKUs of tills that are this one in OrderWise, its own spelling first.
    pub(super) fn at_tills(&self, folded: &str) -> Vec<String> {
        let own = (!self.mapping.skus.contains_key(folded)).then(|| folded.to_owned());
        let others = self.overridden.get(folded).into_iter().flatten().cloned();
        own.into_iter().chain(others).collect()
    }
}

/// Makes the places of today's mapping and of what Sitoo has.
pub(super) async fn load(app: &App) -> Result<Places, FlowError> {
    let warehouses = warehouses(app).await?;
    let mut tx = app.db.begin().await?;
    let mapping = current_mapping(app, &mut tx).await?;
    drop(tx);
    let (places, faults) = make(mapping, &warehouses);
    retrying(app, "warehouses", || tell(app, &faults)).await?;
    Ok(places)
}

/// The places as the book knows them, without asking Sitoo.
pub(super) async fn of_the_book(app: &App) -> Result<Places, FlowError> {
    let warehouses = warehouse::list(&app.db).await?;
    let mut tx = app.db.begin().await?;
    let mapping = current_mapping(app, &mut tx).await?;
    drop(tx);
    Ok(make(mapping, &warehouses).0)
}

async fn warehouses(app: &App) -> Result<Vec<WarehouseRow>, FlowError> {
    let known = warehouse::list(&app.db).await?;
    let now = app.now();
    let oldest = known.iter().map(|row| row.seen_at).min();
    if oldest.is_some_and(|at| now.since(at) < REFRESH_AFTER) {
        return Ok(known);
    }
    let site = app.sitoo.site();
    let Called { outcome, exchanges } = app.sitoo.at(Priority::Stock).warehouses(site).await;
    exchanges::keep(app, None, exchanges).await?;
    let found = outcome.map_err(FlowError::Sitoo)?;
    let rows: Vec<WarehouseRow> = found
        .into_iter()
        .map(|found| WarehouseRow {
            warehouse_id: found.id,
            kind: found.kind,
            name: found.name,
            seen_at: now,
        })
        .collect();
    retrying(app, "warehouses", || keep(app, &rows)).await?;
    Ok(rows)
}

async fn keep(app: &App, rows: &[WarehouseRow]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    warehouse::replace(&mut tx, rows).await?;
    tx.commit().await?;
    Ok(())
}

/// Cause, subject (the warehouse's id) and sentence.
type Fault = (Cause, String, String);

fn make(mapping: Arc<Mapping>, warehouses: &[WarehouseRow]) -> (Places, Vec<Fault>) {
    let mut places = Places::default();
    let mut faults = Vec::new();
    let stores =
        mapping.stores.iter().filter_map(|(id, store)| Some((*id, store.stock_location_id?)));
    let stores: BTreeMap<i64, i64> = stores.collect();
    let others: BTreeMap<i64, i64> = mapping
        .warehouses
        .iter()
        .filter(|(id, _)| !stores.contains_key(id))
        .map(|(id, location)| (*id, *location))
        .collect();
    // A store's own warehouse comes first: it is the one that sells.
    for (&warehouse_id, &location_id) in stores.iter().chain(&others) {
        places.location_of.insert(warehouse_id, location_id);
        let kind = warehouses.iter().find(|row| row.warehouse_id == warehouse_id);
        let kind = match kind.map(|row| row.kind) {
            Some(kind @ (Kind::Fifo | Kind::Virtual)) => kind,
            Some(Kind::Unknown(number)) => {
                let what = format!("warehouse {warehouse_id} has the unknown type {number}");
                faults.push((Cause::SitooWarehouseMissing, warehouse_id.to_string(), what));
                continue;
            }
            None => {
                let what = format!("Sitoo has no warehouse {warehouse_id}");
                faults.push((Cause::SitooWarehouseMissing, warehouse_id.to_string(), what));
                continue;
            }
        };
        if let Some(first) = places.by_location.get(&location_id) {
            let what = format!("stock location {location_id} is told to warehouse {first} already");
            faults.push((Cause::StockLocationShared, warehouse_id.to_string(), what));
            continue;
        }
        places.by_location.insert(location_id, warehouse_id);
        places.by_warehouse.insert(warehouse_id, Place { warehouse_id, location_id, kind });
    }
    let mut overridden: Vec<(&String, &String)> = mapping.skus.iter().collect();
    overridden.sort_unstable();
    for (till, code) in overridden {
        places.overridden.entry(fold(code)).or_default().push(till.clone());
    }
    places.mapping = mapping;
    (places, faults)
}

/// Raises what is new, closes what is gone.
async fn tell(app: &App, faults: &[Fault]) -> Result<(), FlowError> {
    let filter = ExceptionFilter { scope: Some(SCOPE.to_owned()), ..ExceptionFilter::default() };
    let open = exception::list(&app.db, &filter, 10_000).await?;
    let is_open = |(cause, subject, _): &&Fault| {
        open.iter().any(|row| row.cause == *cause && row.subject == *subject)
    };
    let still = |cause: Cause, subject: &str| {
        faults.iter().any(|fault| fault.0 == cause && fault.1 == subject)
    };
    let new: Vec<&Fault> = faults.iter().filter(|fault| !is_open(fault)).collect();
    let gone: Vec<_> = open.iter().filter(|row| !still(row.cause, &row.subject)).collect();
    if new.is_empty() && gone.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    for (cause, subject, what) in new {
        exception::raise_scoped(&mut tx, now, SCOPE, *cause, subject, what).await?;
    }
    for row in gone {
        let about = (SCOPE, row.cause, row.subject.as_str());
        exception::close_subject(&mut tx, now, about, DAYBOOK, "its cause is gone").await?;
    }
    tx.commit().await?;
    Ok(())
}
