//! Goods at a glance: stock over all stores, products that are not on the tills, despatches.

use daybook_domain::{Money, Timestamp, causes::Cause, despatch::DespatchState};
use daybook_store::{
    despatch::{SendingRow, parcel, sending},
    entry,
    price_arrival::{self, Arrival, ArrivalFilter},
    stock::{due, oversell::OversellRow, warehouse},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    app::App,
    catalogue::show::{self, Status},
    error::FlowError,
    stock::{
        figures,
        people::{self, SuggestedBuffer},
    },
};

/// How far back prices and oversells are shown.
const LOOK_BACK: std::time::Duration = std::time::Duration::from_hours(24 * 30);

/// Stock over all stores.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StockOverview {
    /// Since when OrderWise gave nothing newer.
    pub asked_at: Option<Timestamp>,
    /// Store by store.
    pub stores: Vec<StockStore>,
    /// Times in which tills had sold what was not there, of the last 90 days, the latest first.
    pub oversold: Vec<OversellRow>,
    /// Buffers that would have been enough.
    pub suggestions: Vec<SuggestedBuffer>,
}

/// A store's stock in short.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct StockStore {
    /// Warehouse of Sitoo.
    pub warehouse_id: i64,
    /// Its name.
    pub name: String,
    /// Whether its stock is kept: a mapping gives it a stock location of OrderWise.
    pub is_kept: bool,
    /// SKUs that have to be looked at.
    pub due: i64,
    /// Since when the longest waits.
    pub since: Option<Timestamp>,
}

/// Stock over all stores.
pub async fn stock(app: &App) -> Result<StockOverview, FlowError> {
    let waits = due::by_store(&app.db, app.now()).await?;
    let kept = people::kept(app).await?;
    let stores = warehouse::list(&app.db).await?.into_iter().map(|row| {
        let wait = waits.get(&row.warehouse_id);
        StockStore {
            is_kept: kept.contains(&row.warehouse_id),
            warehouse_id: row.warehouse_id,
            name: row.name,
            due: wait.map_or(0, |(due, _)| *due),
            since: wait.map(|(_, since)| *since),
        }
    });
    Ok(StockOverview {
        asked_at: figures::read_at(app).await?,
        stores: stores.collect(),
        oversold: people::oversold(app).await?,
        suggestions: people::suggestions(app).await?,
    })
}

/// Products at a glance.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CatalogueOverview {
    /// How the catalogue stands.
    pub status: Status,
    /// Prices that changed lately, the newest first.
    pub prices: Vec<Arrival>,
}

/// Products at a glance.
pub async fn catalogue(app: &App, prices: usize) -> Result<CatalogueOverview, FlowError> {
    let filter = ArrivalFilter { since: app.now().minus(LOOK_BACK), late_at: None, sku: None };
    Ok(CatalogueOverview {
        status: show::status(app).await?,
        prices: price_arrival::list(&app.db, &filter, prices).await?,
    })
}

/// A cause's words for a page.
pub fn cause_words(cause: Cause) -> (&'static str, &'static str) {
    (cause.entry().title, cause.entry().fix)
}

/// An order with goods to come, as the board shows it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BoardLine {
    /// The entry.
    pub reference: String,
    /// The store that sold it.
    pub store: Option<i64>,
    /// Its gross.
    pub gross: Money,
    /// Its currency.
    pub currency: String,
    /// OrderWise's status text.
    pub status: Option<String>,
    /// `waiting`, `sent`, `stuck` or `ended`.
    #[schemars(extend("enum" = ["waiting", "sent", "stuck", "ended"]))]
    pub column: &'static str,
    /// What the last look came to, in a stable word.
    pub verdict: String,
    /// When anything about it last moved.
    pub moved_at: Timestamp,
    /// Parcels so far.
    pub parcels: usize,
}

/// Orders with goods to come, a page after order id `after`; and the id to go on after.
pub async fn board(
    app: &App,
    after: i64,
    limit: usize,
) -> Result<(Vec<BoardLine>, Option<i64>), FlowError> {
    let rows = sending::list(&app.db, false, after, limit).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.order_id);
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(line) = line(app, row).await? {
            lines.push(line);
        }
    }
    Ok((lines, next))
}

async fn line(app: &App, row: SendingRow) -> Result<Option<BoardLine>, FlowError> {
    let Some(entry) = entry::get(&app.db, row.order_id).await? else { return Ok(None) };
    let parcels = parcel::of_order(&app.db, row.order_id).await?;
    let going = matches!(row.verdict.as_str(), "" | "going" | "ended" | "to-be-closed");
    let refused = parcels.iter().any(|parcel| parcel.state == DespatchState::Refused);
    let column = match (row.ended_at.is_some(), going && !refused, parcels.is_empty()) {
        (true, ..) => "ended",
        (false, false, _) => "stuck",
        (false, true, true) => "waiting",
        (false, true, false) => "sent",
    };
    Ok(Some(BoardLine {
        reference: entry.reference,
        store: entry.warehouse_id,
        gross: entry.gross,
        currency: entry.currency,
        status: row.status,
        column,
        verdict: row.verdict,
        moved_at: row.moved_at,
        parcels: parcels.len(),
    }))
}
