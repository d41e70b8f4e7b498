//! Short words for stories: what happens at a till, a pass later, what the book and OrderWise say.
#![expect(clippy::expect_used, reason = "a story that cannot go on should stop")]

use std::{future::Future, time::Duration};

use daybook_domain::{
    Reference,
    entry::EntryState,
    mapping::{MappingKind, MappingRow},
};
use daybook_flows::{
    despatch::{self, DespatchReport},
    people,
    sales::SyncReport,
};
use daybook_sandbox::{
    faults::Fault,
    orderwise::Document,
    retailer::{Shop, Sku, SkuKind},
    sitoo::till::{Refund, Row, Sale, Tender},
};
use daybook_store::{
    entry::{self, EntryRow},
    exception, timeline,
};

use crate::{World, db::for_each_engine, proof};

/// Tells `story` on both databases, in a small world. When it is over, everything gets the time it
/// asks for, and the promises must hold.
pub async fn tell<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = World>,
{
    for_each_engine(|db| async {
        let world = World::small(1, db).await.expect("the world begins");
        ended(Box::pin(story(world)).await).await;
    })
    .await;
}

/// As [`tell`], with all stores and goods: for stories that need many.
pub async fn tell_of_all<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = World>,
{
    for_each_engine(|db| async {
        let world = World::new(1, db).await.expect("the world begins");
        ended(Box::pin(story(world)).await).await;
    })
    .await;
}

async fn ended(world: World) {
    for _ in 0..6 {
        world.after(Duration::from_mins(5)).await;
    }
    assert_eq!(proof::when_quiet(&world).await, Vec::<String>::new());
}

/// What waits for a person: cause, subject, entries, pence.
pub type Told = (&'static str, String, i64, i64);

impl World {
    /// A store, from 0.
    pub fn shop(&self, number: usize) -> &Shop {
        &self.retailer.stores[number]
    }

    /// The first till of a store.
    pub fn till(&self, shop: usize) -> &str {
        &self.shop(shop).registers[0].register_id
    }

    /// Something with which nothing is wrong, sold by the piece with 20 % VAT.
    pub fn goods(&self, number: usize) -> &Sku {
        self.goods_at(20, number)
    }

    /// The same with another VAT rate.
    pub fn goods_at(&self, percent: i64, number: usize) -> &Sku {
        let fine = |sku: &&Sku| {
            sku.kind == SkuKind::Piece
                && sku.vat_percent == percent
                && !self.retailer.troubles.concern(&sku.sku)
        };
        self.retailer.skus.iter().filter(fine).nth(number).expect("enough goods")
    }

    /// A row of something whose SKU has a trouble, for so many pence.
    pub fn row_of(&self, sku: &str, pence: i64) -> Row {
        let sku = self.retailer.sku(sku).expect("the retailer sells it");
        Row::of(&sku.product).gross(pence)
    }

    /// A sale of one piece, paid by card.
    pub fn sale(&self, pence: i64) -> Sale {
        self.sale_of(0, Row::of(&self.goods(0).product).gross(pence))
    }

    /// A sale of one row in a store, paid by card.
    pub fn sale_of(&self, shop: usize, row: Row) -> Sale {
        Sale::at_register(self.till(shop)).row(row).pay_rest(Tender::card())
    }

    /// Places a sale.
    pub fn sell(&self, sale: Sale) -> i64 {
        self.sandbox.sitoo.sell(sale).expect("the till sells it")
    }

    /// Places a return.
    pub fn refund(&self, refund: Refund) -> i64 {
        self.sandbox.sitoo.refund(refund).expect("the till takes it back")
    }

    /// One pass that must work.
    pub async fn pass(&self) -> SyncReport {
        self.sync().await.expect("the pass works")
    }

    /// A pass some time later, which may fail.
    pub async fn after(&self, span: Duration) -> Option<SyncReport> {
        self.clock.advance(span);
        self.sync().await.ok()
    }

    /// One pass of the despatch flow that must work.
    pub async fn despatch(&self) -> DespatchReport {
        let mut report = DespatchReport::default();
        Box::pin(despatch::pass(&self.app, &mut report)).await.expect("the pass works");
        report
    }

    /// A pass of both flows some time later, either of which may fail.
    pub async fn despatch_later(&self, span: Duration) -> DespatchReport {
        self.clock.advance(span);
        let mut report = DespatchReport::default();
        let _ = self.sync().await;
        let _ = Box::pin(despatch::pass(&self.app, &mut report)).await;
        report
    }

    /// An entry of the book.
    pub async fn entry(&self, order_id: i64) -> EntryRow {
        let row = entry::get(&self.app.db, order_id).await.expect("the book answers");
        row.expect("the entry is in the book")
    }

    /// Where an entry is in its life.
    pub async fn state(&self, order_id: i64) -> EntryState {
        self.entry(order_id).await.state
    }

    /// Everything under an entry's reference in OrderWise.
    pub fn documents(&self, order_id: i64) -> Vec<Document> {
        self.sandbox.orderwise.documents_by_reference(&reference(order_id).to_string())
    }

    /// The only document under an entry's reference.
    pub fn document(&self, order_id: i64) -> Document {
        let documents = self.documents(order_id);
        assert_eq!(documents.len(), 1, "documents of order {order_id}");
        documents.into_iter().next().expect("one")
    }

    /// How often an order was sent to OrderWise, whatever came of it.
    pub fn sent(&self) -> u64 {
        self.sandbox.orderwise_faults.counts().of("POST", "sales/order")
    }

    /// The next order that is sent meets this fault.
    pub fn next_order_meets(&self, fault: Fault) {
        self.sandbox.orderwise_faults.once(fault, "POST", "sales/order");
    }

    /// What waits for a person now.
    pub async fn waits(&self) -> Vec<Told> {
        let groups = exception::open_grouped(&self.app.db).await.expect("the book answers");
        let told = groups.into_iter();
        told.map(|one| (one.cause.code(), one.subject, one.count, one.money.pence())).collect()
    }

    /// Causes that are open about an entry, in alphabetical order.
    pub async fn causes(&self, order_id: i64) -> Vec<&'static str> {
        let all = exception::of_entry(&self.app.db, order_id).await.expect("the book answers");
        let open = all.into_iter().filter(|one| one.closed_at.is_none());
        let mut causes: Vec<_> = open.map(|one| one.cause.code()).collect();
        causes.sort_unstable();
        causes
    }

    /// The codes on an entry's timeline, oldest first.
    pub async fn timeline(&self, order_id: i64) -> Vec<String> {
        let rows = timeline::of_entry(&self.app.db, order_id).await.expect("the book answers");
        rows.into_iter().map(|row| row.code).collect()
    }

    /// Ada sets a mapping; gives how many entries that released.
    pub async fn map(&self, kind: MappingKind, key: &str, value: &str) -> u64 {
        let row = MappingRow::new(kind, key, value).expect("a mapping that can be used");
        people::set_mapping(&self.app, &[row], "Ada").await.expect("the mapping is set")
    }
}

/// The reference of an order of the sandbox's only site.
pub fn reference(order_id: i64) -> Reference {
    Reference { site_id: daybook_sandbox::sitoo::SITE, order_id }
}
