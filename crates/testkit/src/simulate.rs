//! The simulator: from a seed, days of sales and returns with random faults and crashes, through
//! the real client, mapping and store, with a clock that moves only when told. The promises are
//! checked throughout. The same seed repeats the same world. In some worlds stock, despatch and
//! catalogue run beside sales, with goods to come, parcels, prices and a range that grows.

use std::{sync::Arc, time::Duration};

use daybook_domain::lookup::TaxPolicy;
use daybook_flows::{
    catalogue::{self, CatalogueReport},
    despatch::{self, DespatchReport},
    settings::Shoppers,
    stock::{self, StockReport},
};
use daybook_sandbox::{
    day,
    faults::{Chance, ErrorBody, Fault, Matcher, Outage},
    orderwise::DuplicatePolicy,
};
use daybook_store::Db;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use crate::{
    goods::{self, Supplier},
    proof::{self, Broken},
    world::World,
};

/// How a run is shaped.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Turns of the world: some till actions, then a pass or a crash.
    pub turns: u32,
    /// Makes OrderWise hide what it stored for ever: the look-up is blind, and a double must be
    /// found. Shows that the simulator can fail.
    pub blind_lookup: bool,
    /// Stock, despatch and catalogue run beside sales.
    pub with_goods: bool,
}

impl Plan {
    /// An ordinary run.
    pub fn of(seed: u64) -> Self {
        Self { seed, turns: 60, blind_lookup: false, with_goods: seed % 4 == 1 }
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default)]
pub struct Ran {
    /// What was found wrong; empty when the promises held.
    pub broken: Broken,
    /// Orders the tills took.
    pub orders: usize,
    /// Documents in OrderWise at the end.
    pub documents: usize,
    /// Crashes.
    pub crashes: u32,
    /// Faults injected.
    pub faults: u64,
}

/// Runs one world.
pub async fn run(plan: &Plan, db: Db) -> Ran {
    Box::pin(run_all(plan, db)).await
}

async fn run_all(plan: &Plan, db: Db) -> Ran {
    let mut rng = StdRng::seed_from_u64(plan.seed);
    let mut ran = Ran::default();
    let world = if plan.with_goods {
        World::small(plan.seed, db).await
    } else {
        World::new(plan.seed, db).await
    };
    let mut world = match world {
        Ok(world) => world,
        Err(error) => {
            ran.broken.push(format!("the world did not begin: {error}"));
            return ran;
        }
    };
    choose(&mut world, plan.seed);
    trouble(&world, plan, &mut rng);
    let mut supplier = plan.with_goods.then(|| Supplier::new(plan.seed));
    for turn in 0..plan.turns {
        take_turn(&mut world, &mut rng, supplier.as_mut(), &mut ran).await;
        ran.broken = proof::always(&world).await;
        goods::nothing_doubled(&world.sandbox, &mut ran.broken);
        if !ran.broken.is_empty() {
            ran.broken.push(format!("in turn {turn}"));
            break;
        }
    }
    if ran.broken.is_empty() {
        quiet(&world, plan.with_goods).await;
        ran.broken = proof::when_quiet(&world).await;
        if plan.with_goods {
            ran.broken.extend(goods::when_quiet(&world.sandbox, &world.retailer));
        }
    }
    ran.orders = world.sandbox.sitoo.order_count();
    ran.documents = world.sandbox.orderwise.document_count();
    ran.faults = world.sandbox.orderwise_faults.counts().all_faults()
        + world.sandbox.sitoo_faults.counts().all_faults();
    ran
}

/// Other choices of the retailer in some of the worlds. With several calls beside each other the
/// order of requests is no longer only the seed's.
fn choose(world: &mut World, seed: u64) {
    if seed.is_multiple_of(5) {
        world.settings.posting.in_flight = 4;
    }
    if seed.is_multiple_of(3) {
        world.policy.tax = TaxPolicy::PinTillTax;
    }
    if seed.is_multiple_of(7) {
        world.settings.posting.shoppers = Shoppers::FindOrCreate;
        world.settings.posting.shopper_template_customer_id =
            world.retailer.stores.first().map(|store| store.customer_id);
    }
    world.restart();
}

/// Some minutes in the shops, then a pass; one in five is killed in the middle of a call.
async fn take_turn(
    world: &mut World,
    rng: &mut StdRng,
    mut supplier: Option<&mut Supplier>,
    ran: &mut Ran,
) {
    for _ in 0..rng.random_range(0..6_u32) {
        world.clock.advance(Duration::from_secs(rng.random_range(1..90)));
        // A till may refuse: a sale that was given back already cannot be given back again.
        let _ = day::random_action(rng, &world.retailer, &world.sandbox.sitoo);
        if let Some(supplier) = &mut supplier {
            supplier.act(&world.retailer, &world.sandbox);
        }
    }
    if rng.random_bool(0.2) {
        world.crash.plan(rng.random_range(0..12), rng.random());
    }
    let crash = Arc::clone(&world.crash);
    let is_alive = tokio::select! {
        biased;
        () = crash.happened() => false,
        () = pass(world, supplier.is_some()) => true,
    };
    if !is_alive {
        ran.crashes += 1;
        world.clock.advance(Duration::from_secs(rng.random_range(1..120)));
        world.restart();
    }
    world.crash.call_off();
    world.clock.advance(Duration::from_secs(rng.random_range(5..240)));
}

/// All faults end, and everything gets the time it asked for.
async fn quiet(world: &World, with_goods: bool) {
    world.sandbox.orderwise_faults.clear();
    world.sandbox.sitoo_faults.clear();
    world.sandbox.sitoo.switch(|switches| *switches = daybook_sandbox::sitoo::Switches::default());
    world.sandbox.orderwise.switch(|switches| switches.unauthorised_next = 0);
    for _ in 0..60 {
        pass(world, with_goods).await;
        world.clock.advance(Duration::from_mins(5));
    }
    pass(world, with_goods).await;
}

/// A pass of each flow; one that fails shows in the end as something that is not finished.
async fn pass(world: &World, with_goods: bool) {
    let _ = world.sync().await;
    if with_goods {
        let app = &world.app;
        let _ = Box::pin(stock::pass(app, &mut StockReport::default())).await;
        let _ = Box::pin(despatch::pass(app, &mut DespatchReport::default())).await;
        let _ = Box::pin(catalogue::pass(app, &mut CatalogueReport::default())).await;
    }
}

/// The faults of this seed: kinds, rates, policies and an outage.
fn trouble(world: &World, plan: &Plan, rng: &mut StdRng) {
    let policies =
        [DuplicatePolicy::reject(), DuplicatePolicy::ReturnFirst, DuplicatePolicy::CreateSecond];
    let policy = &policies[rng.random_range(0..policies.len())];
    let policy = if plan.blind_lookup { &DuplicatePolicy::CreateSecond } else { policy };
    world.sandbox.orderwise.set_policy_everywhere(policy);
    // Later than a look-up, sooner than the second one; or never, where the look-up is to be blind.
    let in_time = rng.random_range(0..25_000);
    let visible_after = if plan.blind_lookup { u32::MAX } else { in_time };
    world.sandbox.orderwise.switch(|switches| {
        switches.late_visibility_ms = visible_after;
        switches.late_visibility_per_10_000 = if plan.blind_lookup { 10_000 } else { 3_000 };
        switches.token_ttl_s = 900;
    });
    world.sandbox.orderwise_faults.schedule(rng.random(), of_writes(rng));
    world.sandbox.sitoo_faults.schedule(rng.random(), of_reads(rng));
    let from = world.clock.micros()() + rng.random_range(0..3_600_000_000);
    let until = from + rng.random_range(0..1_200_000_000);
    world.sandbox.orderwise_faults.outage(Outage {
        from,
        until: Some(until),
        fault: Fault::ServerError { status: 503, body: ErrorBody::Html },
    });
}

fn of_writes(rng: &mut StdRng) -> Vec<Chance> {
    let placing = || Matcher::on("POST", "sales/order");
    let anything = Matcher::default;
    vec![
        chance(rng, Fault::CutAfter, placing()),
        chance(rng, Fault::CutBefore, placing()),
        chance(rng, Fault::TimeoutAfter, placing()),
        chance(rng, Fault::TimeoutBefore, placing()),
        chance(rng, Fault::ErrorAfter { status: 500 }, placing()),
        chance(rng, Fault::MalformedJson, placing()),
        chance(rng, Fault::ErrorInOk, placing()),
        chance(rng, Fault::ServerError { status: 500, body: ErrorBody::Json }, anything()),
        chance(rng, Fault::TooManyRequests { retry_after_s: Some(7) }, anything()),
        chance(rng, Fault::HtmlPage { status: 200 }, anything()),
        chance(rng, Fault::EmptyUnauthorised, anything()),
        chance(rng, Fault::CutAfter, anything()),
    ]
}

fn of_reads(rng: &mut StdRng) -> Vec<Chance> {
    let anything = Matcher::default;
    vec![
        chance(rng, Fault::CutAfter, anything()),
        chance(rng, Fault::TooManyRequests { retry_after_s: Some(3) }, anything()),
        chance(rng, Fault::ServerError { status: 500, body: ErrorBody::Json }, anything()),
        chance(rng, Fault::MalformedJson, anything()),
        chance(rng, Fault::HtmlPage { status: 502 }, anything()),
    ]
}

fn chance(rng: &mut StdRng, fault: Fault, matcher: Matcher) -> Chance {
    Chance { fault, per_10_000: rng.random_range(0..600), matcher }
}
