//! When a system has room for only so many calls, the important ones go first, and nothing starves.

use std::time::Duration;

use daybook_connectors::Pace;
use daybook_domain::class::Failure;
use daybook_flows::{
    FlowError,
    catalogue::{self, CatalogueReport},
    despatch::{self, DespatchReport},
    stock::{self, StockReport},
};
use daybook_sandbox::{faults::Fault, sitoo::RateLimit};
use daybook_testkit::{
    World,
    story::{tell, tell_of_all},
};

use crate::seconds;

/// Sitoo bears two calls a second, one at a time, and says so to whoever makes more.
const PACE: Pace = Pace { per_second: Some(2), burst: 1 };

#[tokio::test]
async fn a_bulk_change_and_a_sweep_of_all_stock_never_block_a_sale() {
    tell_of_all(|mut world| async move {
        world.to_sitoo.pace = PACE;
        world.settings.catalogue.batch = 50;
        world.restart();
        // A new season: every product has another title.
        world.sandbox.orderwise.amend_variants(|variant| variant.description.push_str(" 2027"));
        world.sandbox.sitoo.switch(|switches| {
            switches.rate_limit = Some(RateLimit { requests: 3, window_us: 1_000_000 });
        });
        // Everything at once: each product and each level is compared for the first time, too.
        let app = &world.app;
        let began = app.now();
        let (mut products, mut levels) = (CatalogueReport::default(), StockReport::default());
        let order = world.sell(world.sale(1_200));
        let catalogue = async {
            Box::pin(catalogue::pass(app, &mut products)).await.unwrap();
            app.now().since(began)
        };
        let stock = async {
            Box::pin(stock::pass(app, &mut levels)).await.unwrap();
            app.now().since(began)
        };
        let sale = async {
            world.pass().await;
            app.now().since(began)
        };
        let (catalogue, stock, sale) = tokio::join!(catalogue, stock, sale);
        assert!(world.state(order).await.is_in_ledger());
        let received_at = world.entry(order).await.received_at;
        // At most the call that was on its way goes before each of the sale's own.
        assert!(received_at.since(began) <= Duration::from_secs(3), "{received_at} {began}");
        assert!(sale < stock && sale < catalogue, "{sale:?} {stock:?} {catalogue:?}");
        assert!(levels.compared > 1_000 && products.updated > 1_000, "{levels:?} {products:?}");
        world.sandbox.sitoo.switch(|switches| switches.rate_limit = None);
        world
    })
    .await;
}

/// The wait that a pass ended with.
fn wait(result: Result<(), FlowError>) -> Duration {
    match result.unwrap_err() {
        FlowError::Sitoo(Failure::Later { after, .. })
        | FlowError::Orderwise(Failure::Later { after, .. }) => after.unwrap(),
        other => panic!("{other}"),
    }
}

async fn stock_pass(world: &World) -> Result<(), FlowError> {
    Box::pin(stock::pass(&world.app, &mut StockReport::default())).await
}

#[tokio::test]
async fn what_sitoo_asks_one_flow_to_wait_every_flow_waits() {
    tell(|world| async move {
        stock_pass(&world).await.unwrap();
        let order = world.sell(world.sale(1_200));
        // Room for one call in a minute: the first flow gets it, and is then told to come back.
        let window = seconds(60);
        world.sandbox.sitoo.switch(|switches| {
            switches.rate_limit = Some(RateLimit { requests: 1, window_us: 60_000_000 });
        });
        let calls = || world.sandbox.sitoo_faults.counts().all();
        let before = calls();
        let Err(FlowError::Sitoo(Failure::Later { after, .. })) = world.sync().await else {
            panic!("the second call was answered")
        };
        assert!(after.is_some_and(|after| after <= window) && calls() == before + 2);
        // The others do not even try, and know for how long. By now the orders were last read so
        // long ago that stock wants them too.
        world.clock.advance(seconds(30));
        let mut products = CatalogueReport::default();
        let left = after.unwrap().checked_sub(seconds(30)).unwrap();
        assert_eq!(wait(Box::pin(catalogue::pass(&world.app, &mut products)).await), left);
        assert_eq!(wait(stock_pass(&world).await), left);
        assert_eq!(calls(), before + 2);
        // What does not need Sitoo goes on.
        let mut parcels = DespatchReport::default();
        Box::pin(despatch::pass(&world.app, &mut parcels)).await.unwrap();
        world.sandbox.sitoo.switch(|switches| switches.rate_limit = None);
        world.after(left).await.unwrap();
        assert!(world.state(order).await.is_in_ledger());
        stock_pass(&world).await.unwrap();
        world
    })
    .await;
}

#[tokio::test]
async fn what_orderwise_asks_one_sale_to_wait_every_flow_waits_and_nobody_is_alarmed() {
    tell(|mut world| async move {
        world.settings.posting.in_flight = 8;
        world.restart();
        world.pass().await;
        stock_pass(&world).await.unwrap();
        let orders: Vec<i64> = (0..30).map(|_| world.sell(world.sale(1_200))).collect();
        world.next_order_meets(Fault::TooManyRequests { retry_after_s: Some(40) });
        let calls = || world.sandbox.orderwise_faults.counts().all();
        world.sync().await.unwrap();
        // Those that were on their way went through; the rest was put off, not failed.
        let before = calls();
        world.clock.advance(seconds(10));
        world.sync().await.unwrap();
        assert_eq!(wait(stock_pass(&world).await), seconds(30));
        let mut parcels = DespatchReport::default();
        let parcels = Box::pin(despatch::pass(&world.app, &mut parcels)).await;
        assert_eq!(wait(parcels), seconds(30));
        assert_eq!(calls(), before);
        // No failure was counted but the one, so the breaker stayed closed.
        assert_eq!(world.waits().await, []);
        let mut failures = 0;
        for order in &orders {
            failures += world.entry(*order).await.failures;
        }
        assert_eq!(failures, 1);
        world.after(seconds(30)).await.unwrap();
        for order in orders {
            assert!(world.state(order).await.is_in_ledger());
            assert!(world.entry(order).await.attempt <= 3);
        }
        world
    })
    .await;
}
