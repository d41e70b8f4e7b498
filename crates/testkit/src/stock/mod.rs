//! The stock simulator: from a seed, days in which tills of several stores race sales, returns,
//! bookings, stock-takes, web orders and corrections against the stock sync, with lost replies,
//! late orders, stale exports, crashes and restarts. Every write of stock is judged when it lands
//! ([`truth`]); when all is quiet both sides agree exactly. The same seed repeats the same days.

mod books;
mod demand;
mod eye;
mod naive;
mod trouble;
mod truth;

use std::{sync::Arc, time::Duration};

use daybook_flows::stock;
use daybook_sandbox::retailer::{Retailer, SkuKind};
use daybook_store::Db;
use rand::{RngExt, SeedableRng, rngs::StdRng};

pub use demand::Tally;

use self::{
    demand::{Demand, Hands},
    eye::Eye,
    naive::Naive,
    truth::{Truth, thousandths},
};
use crate::{
    proof::Broken,
    world::{MORNING, World},
};

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

/// A run in progress.
struct Days {
    world: World,
    eye: Arc<Eye>,
    naive: Option<Naive>,
    plan: Plan,
    rng: StdRng,
    crashes: u32,
    problems: Broken,
}

impl Days {
    fn new(mut world: World, plan: &Plan, retailer: Retailer) -> Self {
        let mut rng = StdRng::seed_from_u64(plan.seed);
        let from = MORNING.micros();
        let until = MORNING.plus(plan.open).micros();
        let hands = if plan.has_hands { Hands::Both } else { Hands::Down };
        let places = retailer.stores.iter();
        let places = places.map(|store| (store.warehouse_id, store.stock_location_id)).collect();
        let demand = Demand::new(retailer, plan.seed, from, until, hands);
        let hide_orders = plan.keeper == Keeper::OrdersFirst;
        let eye = Eye::new(
            &world.clock,
            Arc::clone(&world.sandbox),
            demand,
            Truth::new(places),
            plan.seed,
            hide_orders,
        );
        trouble::begin(&world, plan, &mut rng);
        world.witness = Some(Arc::clone(&eye) as _);
        world.restart();
        let naive = (plan.keeper == Keeper::Naive).then(|| Naive::new(&world.sandbox, &eye));
        Self { world, eye, naive, plan: plan.clone(), rng, crashes: 0, problems: Vec::new() }
    }

    /// The shops are open.
    async fn trade(&mut self) {
        let until = MORNING.plus(self.plan.open).micros();
        let stops_early = self.plan.keeper == Keeper::Daybook;
        while self.world.clock.micros()() < until {
            if self.plan.is_troubled && self.rng.random_bool(0.15) {
                self.world.crash.plan(self.rng.random_range(0..25), self.rng.random());
            }
            self.pass().await;
            self.world.clock.advance(Duration::from_secs(self.rng.random_range(5..120)));
            self.eye.play();
            if stops_early && !self.eye.seen().broken.is_empty() {
                return;
            }
        }
    }

    /// Sales, then stock; a planned crash may end both.
    async fn pass(&mut self) {
        let crash = Arc::clone(&self.world.crash);
        let is_alive = tokio::select! {
            biased;
            () = crash.happened() => false,
            () = both(&self.world, &mut self.naive) => true,
        };
        if !is_alive {
            self.crashes += 1;
            self.world.clock.advance(Duration::from_secs(self.rng.random_range(1..180)));
            self.world.restart();
        }
        crash.call_off();
    }

    /// The shops are shut, all trouble is over, and everything gets the time it asked for.
    async fn quiet(&mut self) {
        trouble::end(&self.world);
        for pause in [Duration::from_mins(5); 24].into_iter().chain([Duration::from_mins(30); 60]) {
            both(&self.world, &mut self.naive).await;
            self.world.clock.advance(pause);
        }
        both(&self.world, &mut self.naive).await;
        self.agree();
    }

    /// Both sides say the same: what OrderWise calls free, less the buffer, as a till can sell it.
    fn agree(&mut self) {
        let sandbox = &self.world.sandbox;
        sandbox.orderwise.calculate_stock();
        for store in &self.world.retailer.stores {
            for sku in &self.world.retailer.skus {
                let level = sandbox.orderwise.stock_level(&sku.sku, store.stock_location_id);
                let Some((level, _)) = level else { continue };
                let free = level.free - level.buffer.unwrap_or_default();
                let free = if sku.kind == SkuKind::Metre { free } else { free.floor() };
                let target = thousandths(free).max(0);
                let shown = sandbox.sitoo.stock_level(store.warehouse_id, &sku.sku);
                let shown = shown.map_or(0, |level| level.total);
                if shown != target {
                    let (sku, store) = (&sku.sku, &store.name);
                    self.problems.push(format!(
                        "{sku} in {store}: the till says {shown} thousandths, it should be {target}"
                    ));
                }
            }
        }
    }

    fn report(self, is_judged: bool) -> Ran {
        let sandbox = &self.world.sandbox;
        let faults = sandbox.orderwise_faults.counts().all_faults()
            + sandbox.sitoo_faults.counts().all_faults();
        let seen = self.eye.seen();
        let mut broken = seen.broken.clone();
        if is_judged {
            broken.extend(self.problems.clone());
        }
        Ran {
            broken,
            tally: seen.demand.tally,
            writes: seen.truth.writes,
            wrong_writes: seen.truth.wrong_writes,
            crashes: self.crashes,
            faults,
        }
    }
}

/// Passes that fail are tried again with the next one.
async fn both(world: &World, naive: &mut Option<Naive>) {
    let _ = world.sync().await;
    match naive {
        Some(naive) => {
            let _ = naive.pass(&world.retailer).await;
        }
        None => {
            let mut report = stock::StockReport::default();
            let _ = stock::pass(&world.app, &mut report).await;
        }
    }
}
