//! The stock flow: free stock reaches the tills (design section 5).
//!
//! What has to be looked at stands in the book. A round takes some of it and reads, in this order:
//! Sitoo's levels, all orders, OrderWise's free stock. So every sale inside a level is in the book
//! when the sum is made, and no figure is older than the level that it is compared with. A sweep
//! does the same for a whole store each night.

mod close;
mod doubt;
mod facts;
pub(crate) mod figures;
mod image;
mod journal;
mod lines;
mod moved;
mod outcome;
pub mod people;
mod places;
mod products;
mod requests;
mod round;
mod seed;
mod sweep;
mod unexplained;
mod write;

use std::{collections::HashSet, sync::Arc};

use daybook_domain::{sku::fold, stock::Why};
use daybook_store::{
    Tx,
    stock::{
        due::{self, NewDue},
        history, write as writes,
    },
    watermark,
};
use serde::Serialize;

use self::{close::Refused, image::Image, places::Places};
pub(crate) use self::{
    journal::wanted,
    moved::{Page, deliveries_known, never_posted, posted},
};
use crate::{
    app::App,
    cutover::{self, Flow},
    engine,
    error::FlowError,
    retrying::retrying,
    sales::{SyncReport, receive},
};

/// What one pass came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StockReport {
    /// Figures of OrderWise that were new or different.
    pub figures: u64,
    /// Levels compared.
    pub compared: u64,
    /// SKUs in stores whose stock went up.
    pub raised: u64,
    /// SKUs in stores whose stock went down.
    pub lowered: u64,
    /// Requests that changed stock.
    pub requests: u64,
    /// Changes whose outcome is not known.
    pub in_doubt: u64,
    /// Changes found in Sitoo's journal after a doubt.
    pub adopted: u64,
    /// Changes that were not in the journal after a doubt: their SKUs are due again.
    pub given_up: u64,
    /// Changes that Sitoo refused.
    pub refused: u64,
    /// SKUs of which tills sold more than was there.
    pub oversold: u64,
    /// SKUs that Sitoo does not know.
    pub unknown_in_sitoo: u64,
    /// SKUs with stock in Sitoo that OrderWise does not know.
    pub unknown_in_orderwise: u64,
    /// Stores that were compared as a whole.
    pub swept: u64,
}

/// What a pass carries along.
struct Pass<'a> {
    app: &'a Arc<App>,
    places: Places,
    report: &'a mut StockReport,
    /// SKUs that were refused in company, by warehouse: the next time each goes alone, so that
    /// Sitoo says which one it means.
    alone: HashSet<(i64, String)>,
    /// Exceptions about refusals that are open.
    refused: Refused,
    /// All of OrderWise's figures, while a sweep that has just read them goes on.
    image: Option<Image>,
}

/// Whether the flow is set up: its export definition has an id.
pub fn is_set_up(app: &App) -> bool {
    app.orderwise.has_export(EXPORT)
}

/// The export definition that the flow reads.
pub const EXPORT: &str = "stock-levels";

/// Warehouses that are told their stock; none where the flow is not set up.
pub(crate) async fn told(app: &App) -> Result<Vec<i64>, FlowError> {
    if !is_set_up(app) {
        return Ok(Vec::new());
    }
    let places = places::of_the_book(app).await?;
    Ok(places.all().map(|place| place.warehouse_id).collect())
}

/// Stock of products that have just come to the tills is due at once, in these warehouses.
pub(crate) async fn arrived(
    app: &App,
    tx: &mut Tx,
    warehouses: &[i64],
    skus: &[String],
) -> Result<(), FlowError> {
    let due = warehouses.iter().flat_map(|warehouse_id| {
        skus.iter().map(|sku| NewDue {
            warehouse_id: *warehouse_id,
            folded: fold(sku),
            why: Why::New,
            due_at: app.now(),
        })
    });
    due::mark(tx, &due.collect::<Vec<_>>()).await?;
    app.wake.stock.notify_one();
    Ok(())
}

/// So many products have come that everything is compared in the next pass.
pub(crate) async fn many_arrived(app: &App) -> Result<(), FlowError> {
    if is_set_up(app) { sweep::want(app).await } else { Ok(()) }
}

/// One pass, until nothing is left to do now.
pub async fn pass(app: &Arc<App>, report: &mut StockReport) -> Result<(), FlowError> {
    if !may_go_on(app).await? || cutover::rests(app, Flow::Stock).await? {
        return Ok(());
    }
    doubt::adopt_orphans(app).await?;
    seed::if_needed(app).await?;
    let places = places::load(app).await?;
    let refused = Refused::load(app).await?;
    let mut pass = Pass { app, places, report, alone: HashSet::new(), refused, image: None };
    receive_if_stale(app).await?;
    doubt::resolve(&mut pass).await?;
    journal::read_if_wanted(&pass).await?;
    if !sweep::begin_if_due(&mut pass).await? {
        figures::read_changed(&mut pass).await?;
    }
    round::all(&mut pass).await?;
    sweep::go_on(&mut pass).await?;
    pass.image = None;
    doubt::resolve(&mut pass).await?;
    retrying(app, "old stock history", || forget(app)).await
}

/// Sets a watermark, in a transaction of its own.
async fn set_mark(app: &App, name: &str, value: i64) -> Result<(), FlowError> {
    retrying(app, "watermark", || set_mark_once(app, name, value)).await
}

async fn set_mark_once(app: &App, name: &str, value: i64) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, app.now(), name, value).await?;
    tx.commit().await?;
    Ok(())
}

/// What tills did is due as soon as it is in the book. Where nobody polls the tills beside this pass,
/// it has to.
async fn receive_if_stale(app: &App) -> Result<(), FlowError> {
    let read_at = watermark::updated_at(&app.db, receive::ORDERS).await?;
    let fresh = app.settings.receive.poll_every * 2;
    if read_at.is_none_or(|at| app.now().since(at) > fresh) {
        receive::pass(app, &mut SyncReport::default()).await?;
    }
    Ok(())
}

/// Whether this process may do more: it should not stop, and the flow is its own.
async fn may_go_on(app: &App) -> Result<bool, FlowError> {
    Ok(!app.stop.is_cancelled() && engine::is_ours(app, "stock").await?)
}

async fn forget(app: &App) -> Result<(), FlowError> {
    let before = app.now().minus(app.settings.stock.keep_history);
    let mut tx = app.db.begin().await?;
    history::prune(&mut tx, before).await?;
    writes::prune(&mut tx, before).await?;
    tx.commit().await?;
    Ok(())
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
