//! The stock simulator: from a seed, days in which tills of several stores race sales, returns,
//! bookings, stock-takes, web orders and corrections against the stock sync, with lost replies,
//! late orders, stale exports, crashes and restarts. Every write of stock is judged when it lands
//! (`truth`); when all is quiet both sides agree exactly. The same seed repeats the same days.

mod books;
mod days;
mod demand;
mod eye;
mod naive;
mod trouble;
mod truth;

use std::time::Duration;

use daybook_sandbox::retailer::{Retailer, SkuKind};
use daybook_store::Db;
use rand::{RngExt, SeedableRng, rngs::StdRng};

pub(crate) use books::Books;
pub use demand::Tally;

use self::days::Days;
use crate::{proof::Broken, world::World};

/// Stores that trade, and SKUs that they fight for.
const STORES: usize = 3;
const SKUS: usize = 8;

/// Who keeps the tills' stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// Daybook's stock flow.
    Daybook,
    /// Daybook's stock flow, as if it read orders before levels. Shows that the simulator sees it.
    OrdersFirst,
    /// What OrderWise calls free becomes the level: the sync that everybody writes first.
    Naive,
}

/// How a run is shaped.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// How long the shops are open.
    pub open: Duration,
    /// Who keeps the stock.
    pub keeper: Keeper,
    /// Faults, crashes, stale exports; without them only the races are left.
    pub is_troubled: bool,
    /// Staff count and move stock upwards too, which makes tills sell what is not there.
    pub has_hands: bool,
}

impl Plan {
    /// An ordinary run.
    pub fn of(seed: u64) -> Self {
        Self {
            seed,
            open: Duration::from_hours(3),
            keeper: Keeper::Daybook,
            is_troubled: true,
            has_hands: true,
        }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Ran {
    /// What was found wrong; empty when the promise held.
    pub broken: Broken,
    /// What became of what shoppers wanted.
    pub tally: Tally,
    /// Writes of stock that landed in Sitoo.
    pub writes: u64,
    /// Of those, how many told a till of more than there was.
    pub wrong_writes: u64,
    /// Crashes.
    pub crashes: u32,
    /// Faults injected.
    pub faults: u64,
}

/// Runs one world.
pub async fn run(plan: &Plan, db: Db) -> Ran {
    // It holds a whole world, too much for the stack of who waits for it.
    Box::pin(run_world(plan, db)).await
}

async fn run_world(plan: &Plan, db: Db) -> Ran {
    let retailer = small(plan.seed);
    let mut ran = Ran::default();
    let world = match World::of(retailer.clone(), plan.seed, db).await {
        Ok(world) => world,
        Err(error) => {
            ran.broken.push(format!("the world did not begin: {error}"));
            return ran;
        }
    };
    scarce(&world, plan.seed);
    let mut days = Days::new(world, plan, retailer);
    days.trade().await;
    let is_judged = plan.keeper == Keeper::Daybook;
    if days.eye.seen().broken.is_empty() || !is_judged {
        days.quiet().await;
    }
    days.report(is_judged)
}

/// A retailer of a few SKUs: tills shall meet.
fn small(seed: u64) -> Retailer {
    let mut retailer = Retailer::made_up(seed);
    let troubles = retailer.troubles.clone();
    let mut left = SKUS;
    let mut has_metre = false;
    retailer.skus.retain(|sku| match sku.kind {
        SkuKind::Piece if left > 0 && !troubles.concern(&sku.sku) => {
            left -= 1;
            true
        }
        SkuKind::Metre if !has_metre => {
            has_metre = true;
            true
        }
        SkuKind::GiftCard | SkuKind::RoundOff => true,
        SkuKind::Piece | SkuKind::Metre => false,
    });
    retailer.stores.truncate(STORES);
    retailer
}

/// Little of everything, on both sides.
fn scarce(world: &World, seed: u64) {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x5CA2_CE00);
    for store in &world.retailer.stores {
        for sku in &world.retailer.skus {
            if !matches!(sku.kind, SkuKind::Piece | SkuKind::Metre) {
                continue;
            }
            let pieces: i64 = rng.random_range(0..9);
            let (location, warehouse) = (store.stock_location_id, store.warehouse_id);
            world.sandbox.orderwise.set_stock(&sku.sku, location, pieces.into());
            let buffer = rng.random_ratio(1, 6).then(|| 1.into());
            world.sandbox.orderwise.set_buffer(&sku.sku, location, buffer);
            // Warehouse and product are there: the retailer was installed.
            let _ = world.sandbox.sitoo.set_stock(warehouse, &sku.sku, 1_000 * pieces);
        }
    }
}
