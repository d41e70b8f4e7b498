//! When a system has room for only so many calls, the important ones go first, and nothing starves.

use std::time::Duration;

use daybook_connectors::Pace;
use daybook_flows::{
    catalogue::{self, CatalogueReport},
    stock::{self, StockReport},
};
use daybook_sandbox::sitoo::RateLimit;
use daybook_testkit::story::tell;

/// Sitoo bears two calls a second, one at a time, and says so to whoever makes more.
const PACE: Pace = Pace { per_second: Some(2), burst: 1 };

#[tokio::test]
async fn a_bulk_change_and_a_sweep_of_all_stock_never_block_a_sale() {
    tell(|mut world| async move {
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
