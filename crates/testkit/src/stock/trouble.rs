//! What goes wrong while the shops are open, from the seed.

use daybook_sandbox::{
    faults::{Chance, ErrorBody, Fault, Matcher, Spoil},
    orderwise::{DuplicatePolicy, StockCalculation, Switches},
    sitoo,
};
use rand::{RngExt, rngs::StdRng};

use super::Plan;
use crate::world::World;

/// How OrderWise calculates belongs to every run; the rest is trouble.
pub(super) fn begin(world: &World, plan: &Plan, rng: &mut StdRng) {
    let (orderwise, sitoo) = (&world.sandbox.orderwise, &world.sandbox.sitoo);
    let calculation = match rng.random_range(0..3) {
        0 => StockCalculation::AtOnce,
        1 => StockCalculation::EveryS(60),
        _ => StockCalculation::EveryS(rng.random_range(20..400)),
    };
    let (has_whole_seconds, is_null) = (rng.random_bool(0.5), rng.random_bool(0.2));
    orderwise.switch(|switches| {
        switches.calculation = calculation;
        switches.calculated_whole_seconds = has_whole_seconds;
        switches.stored_at_whole_seconds = has_whole_seconds;
        switches.stored_at_null = is_null;
    });
    if !plan.is_troubled {
        return;
    }
    orderwise.set_policy_everywhere(&DuplicatePolicy::reject());
    let (lag, late) = (rng.random_range(0..90), rng.random_range(0..25_000));
    let is_lagging = rng.random_bool(0.5);
    orderwise.switch(|switches| {
        switches.stock_export_lag_s = if is_lagging { lag } else { 0 };
        switches.late_visibility_ms = late;
        switches.late_visibility_per_10_000 = 2_000;
        switches.token_ttl_s = 900;
    });
    let late_every = if rng.random_bool(0.5) { 9 } else { 0 };
    sitoo.switch(|switches| {
        switches.late_commit_every = late_every;
        switches.late_commit_us = 20_000_000;
    });
    let (of_orderwise, of_sitoo) = (rng.random(), rng.random());
    world.sandbox.orderwise_faults.schedule(of_orderwise, on_orderwise(rng));
    world.sandbox.sitoo_faults.schedule(of_sitoo, on_sitoo(rng));
}

/// All faults end; nothing is late or stale any more.
pub(super) fn end(world: &World) {
    world.sandbox.orderwise_faults.clear();
    world.sandbox.sitoo_faults.clear();
    world.sandbox.sitoo.switch(|switches| *switches = sitoo::Switches::default());
    world.sandbox.orderwise.switch(|switches| {
        let defaults = Switches::default();
        switches.stock_export_lag_s = 0;
        switches.late_visibility_ms = 0;
        switches.unauthorised_next = 0;
        switches.token_ttl_s = defaults.token_ttl_s;
    });
}

fn on_orderwise(rng: &mut StdRng) -> Vec<Chance> {
    let placing = || Matcher::on("POST", "sales/order");
    let anything = Matcher::default;
    [
        (Fault::CutAfter, placing()),
        (Fault::CutBefore, placing()),
        (Fault::TimeoutAfter, placing()),
        (Fault::ErrorAfter { status: 500 }, placing()),
        (Fault::MalformedJson, anything()),
        (Fault::ServerError { status: 500, body: ErrorBody::Json }, anything()),
        (Fault::HtmlPage { status: 200 }, anything()),
        (Fault::CutAfter, anything()),
    ]
    .map(|(fault, matcher)| chance(rng, fault, matcher))
    .into()
}

fn on_sitoo(rng: &mut StdRng) -> Vec<Chance> {
    let moving = || Matcher::on("POST", "warehousetransactions");
    let anything = Matcher::default;
    let spoil = |processed| Spoil { every: 3, status: 500, processed };
    [
        (Fault::CutAfter, moving()),
        (Fault::CutBefore, moving()),
        (Fault::TimeoutAfter, moving()),
        (Fault::TimeoutBefore, moving()),
        (Fault::ErrorAfter { status: 502 }, moving()),
        (Fault::MalformedJson, moving()),
        (Fault::PartialBatch(spoil(false)), moving()),
        (Fault::PartialBatch(spoil(true)), moving()),
        (Fault::CutAfter, anything()),
        (Fault::TooManyRequests { retry_after_s: Some(3) }, anything()),
        (Fault::ServerError { status: 500, body: ErrorBody::Json }, anything()),
        (Fault::MalformedJson, anything()),
        (Fault::HtmlPage { status: 502 }, anything()),
    ]
    .map(|(fault, matcher)| chance(rng, fault, matcher))
    .into()
}

fn chance(rng: &mut StdRng, fault: Fault, matcher: Matcher) -> Chance {
    Chance { fault, per_10_000: rng.random_range(0..500), matcher }
}
