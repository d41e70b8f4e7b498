//! The days themselves: trading with passes and crashes, then quiet, then the reckoning.

use std::{sync::Arc, time::Duration};

use daybook_domain::Timestamp;
use daybook_flows::stock::{self, StockReport};
use daybook_sandbox::retailer::{Retailer, SkuKind};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    Keeper, Plan, Ran,
    demand::{Demand, Hands},
    eye::Eye,
    naive::Naive,
    trouble,
    truth::{Served, Truth, thousandths},
};
use crate::{proof::Broken, world::World};

/// 25 October 2026, 01:20 in London, for the first time: in forty minutes it is one o'clock again.
const AUTUMN: Timestamp = Timestamp::from_seconds(1_792_887_600);
/// Sitoo's type of a warehouse that takes absolute values.
const VIRTUAL: i64 = 20;

/// A run in progress.
pub(super) struct Days {
    world: World,
    pub(super) eye: Arc<Eye>,
    naive: Option<Naive>,
    plan: Plan,
    until: i64,
    rng: StdRng,
    crashes: u32,
    problems: Broken,
}

impl Days {
    pub(super) fn new(mut world: World, plan: &Plan, retailer: Retailer) -> Self {
        let mut rng = StdRng::seed_from_u64(plan.seed);
        if plan.seed.is_multiple_of(4) {
            world.clock.advance_to(AUTUMN);
        }
        let from = world.clock.micros()();
        let until = Timestamp::from_micros(from).plus(plan.open).micros();
        let hands = if plan.has_hands { Hands::Both } else { Hands::Down };
        let truth = Truth::new(places(&world, plan));
        let demand = Demand::new(retailer, plan.seed, from, until, hands);
        let hide_orders = plan.keeper == Keeper::OrdersFirst;
        let sight = (demand, truth);
        let pace = StdRng::seed_from_u64(plan.seed ^ 0x11FE_11FE);
        let sandbox = Arc::clone(&world.sandbox);
        let eye = Eye::new(&world.clock, sandbox, sight, pace, hide_orders);
        trouble::begin(&world, plan, &mut rng);
        world.witness = Some(Arc::clone(&eye) as _);
        world.restart();
        let naive = (plan.keeper == Keeper::Naive).then(|| Naive::new(&world.sandbox, &eye));
        let (plan, crashes, problems) = (plan.clone(), 0, Vec::new());
        Self { world, eye, naive, plan, until, rng, crashes, problems }
    }

    /// The shops are open.
    pub(super) async fn trade(&mut self) {
        let stops_early = self.plan.keeper == Keeper::Daybook;
        while self.world.clock.micros()() < self.until {
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
    pub(super) async fn quiet(&mut self) {
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

    pub(super) fn report(self, is_judged: bool) -> Ran {
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

/// The stores' warehouses; in some worlds one of them takes absolute values.
fn places(world: &World, plan: &Plan) -> Vec<Served> {
    let absolute = (plan.has_hands && plan.seed.is_multiple_of(5)).then_some(0);
    let stores = world.retailer.stores.iter().enumerate();
    let served = stores.map(|(nth, store)| {
        let is_absolute = absolute == Some(nth);
        if is_absolute {
            world.sandbox.sitoo.set_warehouse_type(store.warehouse_id, VIRTUAL);
        }
        let (warehouse, location) = (store.warehouse_id, store.stock_location_id);
        Served { warehouse, location, is_absolute }
    });
    served.collect()
}

/// Passes that fail are tried again with the next one.
async fn both(world: &World, naive: &mut Option<Naive>) {
    let _ = world.sync().await;
    if let Some(naive) = naive {
        let _ = naive.pass(&world.retailer).await;
    } else {
        let mut report = StockReport::default();
        let _ = stock::pass(&world.app, &mut report).await;
    }
}
