//! The days themselves: trading with passes and crashes, then quiet, then the reckoning.

use std::{sync::Arc, time::Duration};

use daybook_flows::stock::{self, StockReport};
use daybook_sandbox::retailer::{Retailer, SkuKind};
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    Keeper, Plan, Ran,
    demand::{Demand, Hands},
    eye::Eye,
    naive::Naive,
    trouble,
    truth::{Truth, thousandths},
};
use crate::{
    proof::Broken,
    world::{MORNING, World},
};

/// A run in progress.
pub(super) struct Days {
    world: World,
    pub(super) eye: Arc<Eye>,
    naive: Option<Naive>,
    plan: Plan,
    rng: StdRng,
    crashes: u32,
    problems: Broken,
}

impl Days {
    pub(super) fn new(mut world: World, plan: &Plan, retailer: Retailer) -> Self {
        let mut rng = StdRng::seed_from_u64(plan.seed);
        let from = MORNING.micros();
        let until = MORNING.plus(plan.open).micros();
        let hands = if plan.has_hands { Hands::Both } else { Hands::Down };
        let places = retailer.stores.iter();
        let places = places.map(|store| (store.warehouse_id, store.stock_location_id)).collect();
        let demand = Demand::new(retailer, plan.seed, from, until, hands);
        let hide_orders = plan.keeper == Keeper::OrdersFirst;
        let sight = (demand, Truth::new(places));
        let pace = StdRng::seed_from_u64(plan.seed ^ 0x11FE_11FE);
        let sandbox = Arc::clone(&world.sandbox);
        let eye = Eye::new(&world.clock, sandbox, sight, pace, hide_orders);
        trouble::begin(&world, plan, &mut rng);
        world.witness = Some(Arc::clone(&eye) as _);
        world.restart();
        let naive = (plan.keeper == Keeper::Naive).then(|| Naive::new(&world.sandbox, &eye));
        Self { world, eye, naive, plan: plan.clone(), rng, crashes: 0, problems: Vec::new() }
    }

    /// The shops are open.
    pub(super) async fn trade(&mut self) {
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
