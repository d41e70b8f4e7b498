//! A book that holds something of everything that the API tells of.

use std::{collections::BTreeMap, time::Duration};

use daybook_connectors::notify::{Shape, WaySettings, WebhookSettings};
use daybook_domain::reconcile::witness::Day;
use daybook_flows::{
    alerts::{self, AlertsReport},
    audit::{self, Wish},
    catalogue::{self, CatalogueReport},
    reconcile::{self, ReconcileReport},
    settings::{ChannelKind, ChannelSettings},
    settlement::{
        import,
        pass::{self, Reach},
    },
    stock::{self, StockReport},
};
use daybook_sandbox::{
    orderwise::{LineEdit, Parcel},
    retailer::CARRIER,
    settlement::{Batch, Booked, camt053},
    sitoo::till::{Refund, Row, Sale, Shopper, Stage, Tender},
};
use daybook_store::Db;
use daybook_testkit::{World, ears::HookServer};

use crate::common::{Desk, desk_of};

const DAY: i64 = 86_400;

/// A desk, and what its book is known to hold.
pub(crate) struct Filled {
    pub(crate) desk: Desk,
    /// In OrderWise, and given back.
    pub(crate) sold: i64,
    /// Of a SKU that OrderWise has not.
    pub(crate) held: [i64; 3],
    /// That SKU.
    pub(crate) missing: String,
    /// Sent to the shopper's door.
    pub(crate) sent: i64,
    /// The day that differs.
    pub(crate) day: Day,
    /// Hears what the alerts say.
    _hook: HookServer,
}

fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

fn hours(n: u64) -> Duration {
    Duration::from_hours(n)
}

fn card(world: &World, shop: usize, pence: i64, psp: &str) -> i64 {
    let row = Row::of(&world.goods(0).product).gross(pence);
    let tender = Tender::card().adyen(psp);
    world.sell(Sale::at_register(world.till(shop)).row(row).pay_rest(tender))
}

fn to_the_door(world: &World) -> Sale {
    let shopper = Shopper {
        first_name: "Mary".to_owned(),
        last_name: "Swann".to_owned(),
        address: "1 Mill Lane".to_owned(),
        city: "Leeds".to_owned(),
        zip: "LS1 1AA".to_owned(),
        country: "GB".to_owned(),
        ..Shopper::default()
    };
    Sale::at_register(world.till(0))
        .row(Row::of(&world.goods(1).product).times(2).gross(1_001))
        .pay_rest(Tender::card())
        .stage(Stage::OpenPaid)
        .carrier(CARRIER)
        .shopper(shopper)
}

async fn stocked(world: &World) {
    Box::pin(stock::pass(&world.app, &mut StockReport::default())).await.unwrap();
}

async fn listed(world: &World) {
    Box::pin(catalogue::pass(&world.app, &mut CatalogueReport::default())).await.unwrap();
}

pub(crate) async fn compared(world: &World) {
    Box::pin(reconcile::pass(&world.app, &mut ReconcileReport::default())).await.unwrap();
}

/// A webhook for everything, so that messages are there to be shown.
async fn heard(world: &mut World) -> HookServer {
    let hook = HookServer::start().await;
    let way = WaySettings::Webhook(WebhookSettings {
        shape: Shape::Json,
        url: hook.url.clone().into(),
        secret: Some("whsec-of-a-test".into()),
        timeout: Duration::from_secs(10),
    });
    let channel = ChannelSettings {
        kind: ChannelKind::Webhook,
        owners: Vec::new(),
        escalations: false,
        digest: true,
        host: None,
        port: None,
        encryption: None,
        user: None,
        password: None,
        password_file: None,
        from: None,
        to: Vec::new(),
        url: None,
        url_file: None,
        secret: None,
        secret_file: None,
        ca_file: None,
    };
    world.ways = BTreeMap::from([("hook".to_owned(), way)]);
    world.settings.alerts.channels = BTreeMap::from([("hook".to_owned(), channel)]);
    world.restart();
    hook
}

/// Stock that moved, and more sold than was there; a price on its way; a product that is not ready.
async fn goods(world: &World) {
    listed(world).await;
    stocked(world).await;
    let (sku, priced) = (world.goods(2).sku.clone(), world.goods(3).sku.clone());
    let location = world.shop(0).stock_location_id;
    assert!(world.sandbox.orderwise.set_stock(&sku, location, 1.into()));
    assert!(world.sandbox.orderwise.set_price(&priced, "12.34".parse().unwrap()));
    world.clock.advance(hours(1));
    world.pass().await;
    listed(world).await;
    stocked(world).await;
    let row = Row::of(&world.goods(2).product).times(6).gross(6_000);
    world.sell(world.sale_of(0, row));
    world.clock.advance(Duration::from_secs(21));
    world.pass().await;
    stocked(world).await;
}

/// Card money: some of it settled, some paid out, some at the bank.
async fn money(world: &World) {
    let at = world.app.now().micros() / 1_000_000;
    let mut taken = world.sandbox.sitoo.taken();
    taken.retain(|taken| taken.external_id == "CARD" && !taken.reference.is_empty());
    let mut batch = Batch::new(7, at - DAY, &taken).without("8836000000000003").with_fee(35);
    let parts = batch.pay_out(&[1_000]);
    let csv = batch.csv();
    let done = import::report(&world.app, "adyen", "report.csv", csv.as_bytes(), "Ada");
    done.await.unwrap();
    let booked = [Booked { at, pence: parts[0], words: batch.words(0) }];
    let text = camt053(&booked);
    let done = import::statement(&world.app, None, "statement.xml", text.as_bytes(), "Ada");
    done.await.unwrap();
    Box::pin(pass::run(&world.app, Reach::Open)).await.unwrap();
}

/// A trading day with its evening, night and damage, told on the day after the next.
pub(crate) async fn filled(db: Db) -> Filled {
    let mut world = Box::pin(World::small(1, db)).await.unwrap();
    let hook = heard(&mut world).await;
    let missing = world.retailer.troubles.missing_sku.clone();
    let day: Day = "2026-10-05".parse().unwrap();

    let sold = card(&world, 0, 5_000, "8836000000000001");
    let edited = card(&world, 0, 1_250, "8836000000000002");
    card(&world, 1, 999, "8836000000000003");
    world.refund(Refund::whole(world.till(0), sold).pay_rest(Tender::card().adyen("R1")));
    let row = || world.row_of(&missing, 1_000);
    let held = [0, 1, 0].map(|shop| world.sell(world.sale_of(shop, row())));
    let sent = world.sell(to_the_door(&world));
    for _ in 0..3 {
        world.after(minutes(5)).await;
    }
    world.despatch_later(minutes(2)).await;
    let parcel = Parcel {
        courier: Some("DPD".to_owned()),
        consignment: Some("D1".to_owned()),
        ..Parcel::default()
    };
    world.sandbox.orderwise.despatch(world.document(sent).order_id, parcel).unwrap();
    world.despatch_later(minutes(2)).await;
    goods(&world).await;

    world.clock.advance(hours(8));
    world.sandbox.sitoo.close_registers();
    world.pass().await;
    world.clock.advance(hours(12));
    world.pass().await;
    compared(&world).await;
    let gross = Some(1_150);
    let edit = LineEdit { gross, ..LineEdit::default() };
    assert!(world.sandbox.orderwise.edit_line(world.document(edited).order_id, 1, edit));
    world.clock.advance(hours(24));
    world.pass().await;
    compared(&world).await;

    money(&world).await;
    Box::pin(audit::run(&world.app, &Wish::default(), &|_| {})).await.unwrap();
    Box::pin(audit::run(&world.app, &Wish { anew: true, ..Wish::default() }, &|_| {}))
        .await
        .unwrap();
    world.clock.advance(minutes(11));
    for _ in 0..2 {
        Box::pin(alerts::pass(&world.app, &mut AlertsReport::default())).await.unwrap();
    }
    Filled { desk: desk_of(world), sold, held, missing, sent, day, _hook: hook }
}
