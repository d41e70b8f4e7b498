//! Short words for stories of stock.

use std::{future::Future, time::Duration};

use daybook_domain::{Quantity, stock::Why};
use daybook_flows::stock::{self, StockReport};
use daybook_sandbox::{faults::Fault, orderwise::StockCalculation, retailer::SkuKind};
use daybook_store::stock::history;
use daybook_testkit::{World, db::for_each_engine, proof};

/// What can be done with shelves, and seen on them. Units are whole ones.
pub(crate) trait Shelf {
    /// One pass of the stock flow that must work.
    async fn stock(&self) -> StockReport;
    /// A pass of sales, then one of stock, some time later.
    async fn later(&self, span: Duration) -> StockReport;
    /// What Sitoo has of a SKU in a shop.
    fn level(&self, shop: usize, sku: &str) -> Quantity;
    /// The same in whole units.
    fn units(&self, shop: usize, sku: &str) -> i64;
    /// Web orders, corrections, goods in: OrderWise's free stock of a shop moves.
    fn erp_moves(&self, shop: usize, sku: &str, units: i64);
    /// OrderWise calculates every full minute.
    fn erp_calculates_each_minute(&self);
    /// How often movements were posted, whatever came of it.
    fn moves_sent(&self) -> u64;
    /// The next movements meet this fault.
    fn next_moves_meet(&self, fault: Fault);
    /// Why a SKU was last looked at in a shop.
    async fn last_why(&self, shop: usize, sku: &str) -> Option<Why>;
    /// What differs between OrderWise's truth and the tills.
    fn disagreements(&self) -> Vec<String>;
}

impl Shelf for World {
    async fn stock(&self) -> StockReport {
        let mut report = StockReport::default();
        Box::pin(stock::pass(&self.app, &mut report)).await.unwrap();
        report
    }

    async fn later(&self, span: Duration) -> StockReport {
        self.clock.advance(span);
        self.sync().await.unwrap();
        self.stock().await
    }

    fn level(&self, shop: usize, sku: &str) -> Quantity {
        let level = self.sandbox.sitoo.stock_level(self.shop(shop).warehouse_id, sku);
        Quantity::from_thousandths(level.map_or(0, |level| level.total))
    }

    fn units(&self, shop: usize, sku: &str) -> i64 {
        self.level(shop, sku).whole_units().unwrap()
    }

    fn erp_moves(&self, shop: usize, sku: &str, units: i64) {
        let location = self.shop(shop).stock_location_id;
        assert!(self.sandbox.orderwise.move_stock(sku, location, units.into()));
    }

    fn erp_calculates_each_minute(&self) {
        let every = StockCalculation::EveryS(60);
        self.sandbox.orderwise.switch(|switches| switches.calculation = every);
    }

    fn moves_sent(&self) -> u64 {
        self.sandbox.sitoo_faults.counts().of("POST", "warehousetransactions")
    }

    fn next_moves_meet(&self, fault: Fault) {
        self.sandbox.sitoo_faults.once(fault, "POST", "warehousetransactions");
    }

    async fn last_why(&self, shop: usize, sku: &str) -> Option<Why> {
        let folded = daybook_domain::sku::fold(sku);
        let warehouse = self.shop(shop).warehouse_id;
        let row = history::latest(&self.app.db, warehouse, &folded, None).await.unwrap();
        row.map(|row| row.why)
    }

    fn disagreements(&self) -> Vec<String> {
        let goods = self
            .retailer
            .skus
            .iter()
            .filter(|sku| matches!(sku.kind, SkuKind::Piece | SkuKind::Metre))
            .filter(|sku| !self.retailer.troubles.concern(&sku.sku));
        let mut found = Vec::new();
        for sku in goods {
            for (shop, place) in self.retailer.stores.iter().enumerate() {
                let known = self.sandbox.orderwise.stock_level(&sku.sku, place.stock_location_id);
                let Some((truth, _)) = known else { continue };
                let read = |number: String| number.parse::<Quantity>().unwrap();
                let buffer = truth.buffer.map_or(Quantity::ZERO, |it| read(it.to_string()));
                let left = (read(truth.free.to_string()) - buffer).max(Quantity::ZERO);
                let whole = Quantity::from_units(left.thousandths() / 1_000);
                let wanted = if sku.product.allow_decimals { left } else { whole };
                let level = self.level(shop, &sku.sku);
                if level != wanted {
                    found.push(format!("{} in {}: {level} for {wanted}", sku.sku, place.name));
                }
            }
        }
        found
    }
}

/// Tells `story` on both databases: it begins with shelves that are as OrderWise says, and when it is
/// over and everything had its time, they must be so again.
pub(crate) async fn tell<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = World>,
{
    for_each_engine(|db| async {
        let world = Box::pin(World::small(1, db)).await.unwrap();
        world.stock().await;
        assert_eq!(world.disagreements(), Vec::<String>::new(), "at the beginning");
        world.clock.advance(Duration::from_mins(15));
        world.sandbox.sitoo_faults.reset_counts();
        let world = Box::pin(story(world)).await;
        for _ in 0..10 {
            world.later(Duration::from_mins(5)).await;
        }
        assert_eq!(world.disagreements(), Vec::<String>::new(), "at the end");
        let nothing = StockReport::default();
        let last = world.stock().await;
        assert_eq!((last.raised, last.lowered), (nothing.raised, nothing.lowered));
        assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
    })
    .await;
}
