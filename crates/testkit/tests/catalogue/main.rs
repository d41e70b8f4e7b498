//! Stories of products and prices, each told on both databases through the real client and store:
//! what OrderWise says, what the tills then show, and what was written to make it so.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod arrive;
mod doubt;
mod families;
mod ready;
mod written;

pub(crate) use std::{sync::Arc, time::Duration};

pub(crate) use daybook_flows::{
    FlowError,
    catalogue::{self as flow, CatalogueReport, PassOptions},
};
pub(crate) use daybook_sandbox::{
    faults::{ErrorBody, Fault, Spoil},
    orderwise::{Purpose, Variant},
    sitoo::masters::Product,
};
pub(crate) use daybook_store::{catalogue as book, exception, price_arrival, till_product};
pub(crate) use daybook_testkit::{World, db::for_each_engine};
pub(crate) use rust_decimal::Decimal;

/// Tells `story` on both databases, in a small world whose tills show what OrderWise has.
pub(crate) async fn tell<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        quiet(&world).await;
        Box::pin(story(world)).await;
    })
    .await;
}

/// As [`tell`], with all goods: for stories that need many.
pub(crate) async fn tell_of_all<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    for_each_engine(|db| async {
        let world = World::new(1, db).await.unwrap();
        quiet(&world).await;
        Box::pin(story(world)).await;
    })
    .await;
}

/// The first pass reads everything. Only what OrderWise has discontinued is hidden.
async fn quiet(world: &World) {
    let report = pass(world).await;
    assert_eq!((report.created, report.updated, report.hidden), (0, 1, 1));
    world.clock.advance(minutes(5));
}

pub(crate) async fn try_pass(world: &World) -> Result<CatalogueReport, FlowError> {
    let mut report = CatalogueReport::default();
    flow::pass(&world.app, &mut report).await?;
    Ok(report)
}

/// A pass that must work.
pub(crate) async fn pass(world: &World) -> CatalogueReport {
    try_pass(world).await.unwrap()
}

/// A pass some time later.
pub(crate) async fn after(world: &World, span: Duration) -> CatalogueReport {
    world.clock.advance(span);
    pass(world).await
}

/// The product at the tills.
pub(crate) fn till(world: &World, sku: &str) -> Arc<Product> {
    world.sandbox.sitoo.product(sku).unwrap()
}

/// Whether the tills show it.
pub(crate) fn shown(world: &World, sku: &str) -> bool {
    world.sandbox.sitoo.product(sku).is_some_and(|product| product.active_pos)
}

/// Requests that wrote products.
pub(crate) fn writes(world: &World) -> (u64, u64) {
    let counts = world.sandbox.sitoo_faults.counts();
    (counts.of("POST", "products"), counts.of("PUT", "products"))
}

/// Causes that are open about products, with what is told.
pub(crate) async fn told(world: &World) -> Vec<(&'static str, String)> {
    let filter = exception::ExceptionFilter {
        scope: Some("catalogue".to_owned()),
        ..exception::ExceptionFilter::default()
    };
    let open = exception::list(&world.app.db, &filter, 99).await.unwrap();
    // What the retailer's discontinued SKU says is the same in every story.
    let rest = open.into_iter().filter(|one| one.cause.code() != "product-discontinued");
    rest.map(|one| (one.cause.code(), one.detail)).collect()
}

/// Something new in OrderWise, with nothing wrong.
pub(crate) fn new_variant(sku: &str) -> Variant {
    Variant {
        description: format!("New {sku}"),
        price_exc_vat: Decimal::new(1_000, 2),
        price_inc_vat: Decimal::new(1_200, 2),
        ..Variant::new(90_001, sku, 1)
    }
}

/// OrderWise changes a variant.
pub(crate) fn change(world: &World, sku: &str, change: impl FnOnce(&mut Variant)) {
    assert!(world.sandbox.orderwise.change_variant(sku, change));
}

pub(crate) const fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

pub(crate) const fn hours(n: u64) -> Duration {
    Duration::from_hours(n)
}
