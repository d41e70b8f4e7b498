//! The desk's pages and the API over a made-up shop, on both engines: what they show, what they do,
//! and what they keep from whom.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;

mod alerts;
mod api;
mod books;
mod deeds;
mod hostile;
mod manual;
mod mappings;
mod pages;
mod programs;
mod said;
mod shapes;

use daybook_domain::{access::Role, entry::EntryState};
use daybook_store::Db;
use daybook_testkit::World;

use common::{Cookie, Desk, desk_of};

/// A shop with a confirmed sale, and two sales that wait for one SKU.
struct Shop {
    desk: Desk,
    /// Its sale, in OrderWise.
    sold: i64,
    /// Two sales of a SKU that OrderWise has not.
    held: [i64; 2],
    /// That SKU.
    missing: String,
}

impl Shop {
    /// On the heap: what opens it is large, and every test would carry it.
    async fn open(db: Db) -> Self {
        Box::pin(Self::opened(db)).await
    }

    async fn opened(db: Db) -> Self {
        let world = World::new(1, db).await.unwrap();
        let missing = world.retailer.troubles.missing_sku.clone();
        let sold = world.sell(world.sale(1_250));
        let row = || world.row_of(&missing, 1_000);
        let held = [world.sell(world.sale_of(0, row())), world.sell(world.sale_of(1, row()))];
        world.pass().await;
        world.after(std::time::Duration::from_mins(2)).await;
        assert_eq!(world.state(sold).await, EntryState::Confirmed);
        assert_eq!(world.state(held[0]).await, EntryState::Held);
        Self { desk: desk_of(world), sold, held, missing }
    }

    async fn of(&self, role: Role) -> Cookie {
        self.desk.sign_in(role).await
    }
}

fn reference(order_id: i64) -> String {
    daybook_testkit::story::reference(order_id).to_string()
}
