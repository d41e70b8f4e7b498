//! Days that close, differ, and close again.

use std::time::Duration;

use daybook_domain::{
    mapping::{MappingKind, MappingRow},
    month::period::Obstacle,
    reconcile::{OtherDay, witness::Day},
};
use daybook_flows::{
    people,
    reconcile::{self, ReconcileReport, Signature, period},
};
use daybook_sandbox::{orderwise::LineEdit, sitoo::till::Refund};
use daybook_store::reconcile::{
    certificate,
    day::{self, DayState, StoreDayRow},
    difference,
};
use daybook_testkit::{World, story::tell, world::exports};

pub(crate) const HOUR: Duration = Duration::from_hours(1);

pub(crate) fn monday() -> Day {
    "2026-10-05".parse().unwrap()
}

pub(crate) async fn pass(world: &World) -> ReconcileReport {
    let mut report = ReconcileReport::default();
    Box::pin(reconcile::pass(&world.app, &mut report)).await.unwrap();
    report
}

/// The day of a store, because somebody asks.
pub(crate) async fn on_demand(world: &World, shop: usize) -> ReconcileReport {
    let mut report = ReconcileReport::default();
    let store = Some(world.shop(shop).warehouse_id);
    let rows = reconcile::close_on_demand(&world.app, monday(), store, &mut report);
    assert_eq!(Box::pin(rows).await.unwrap().len(), 1);
    report
}

pub(crate) async fn row(world: &World, shop: usize) -> StoreDayRow {
    let warehouse = world.shop(shop).warehouse_id;
    day::get(&world.app.db, warehouse, monday()).await.unwrap().unwrap()
}

pub(crate) async fn causes(world: &World, shop: usize) -> Vec<(String, i64)> {
    let warehouse = world.shop(shop).warehouse_id;
    let rows = difference::of_day(&world.app.db, warehouse, monday()).await.unwrap();
    rows.into_iter().map(|row| (row.cause, row.effect.gross.pence())).collect()
}

/// What was sold is posted and read back.
pub(crate) async fn quarter_of_an_hour(world: &World) {
    for _ in 0..3 {
        world.after(Duration::from_mins(5)).await;
    }
}

/// All tills are closed in the evening; the next morning comes.
pub(crate) async fn evening_and_night(world: &World) {
    world.clock.advance(9 * HOUR);
    world.sandbox.sitoo.close_registers();
    world.pass().await;
    world.clock.advance(12 * HOUR);
    world.pass().await;
}

/// Sells, returns and posts, closes all tills in the evening, and goes to the next morning.
async fn a_day(world: &World) -> Vec<i64> {
    let mut sold: Vec<i64> = (0..3).map(|n| world.sell(world.sale(1_200 + n))).collect();
    sold.push(world.refund(Refund::whole(world.till(0), sold[0])));
    quarter_of_an_hour(world).await;
    evening_and_night(world).await;
    sold
}

#[tokio::test]
async fn an_undamaged_day_is_closed_once() {
    tell(|world| async move {
        let sold = a_day(&world).await;
        let report = pass(&world).await;
        let row = row(&world, 0).await;
        assert_eq!(causes(&world, 0).await, []);
        assert_eq!((row.state, row.entries, row.due_at), (DayState::Closed, 4, None), "{row:?}");
        assert_eq!(sold.len(), 4);
        let stores = u64::try_from(world.retailer.stores.len()).unwrap();
        assert_eq!((report.closed, report.differs, report.not_fresh), (stores, 0, 0));
        assert_eq!(pass(&world).await.closed, 0, "nothing is due");
        let warehouse = world.shop(0).warehouse_id;
        let again = on_demand(&world, 0).await;
        assert_eq!((again.closed, again.unchanged), (0, 1));
        let last = certificate::latest(&world.app.db, warehouse).await.unwrap().unwrap();
        assert_eq!(last.seq, 1);
        assert_eq!(certificate::verify(&world.app.db, warehouse).await.unwrap(), None);
        world
    })
    .await;
}

/// Nobody closed the tills in the evening: the Z-reports belong to the morning after, and both days
/// say so, instead of one that compares nothing and another that counts too much.
#[tokio::test]
async fn a_till_that_is_closed_on_the_day_after_is_told_on_both_days() {
    tell(|world| async move {
        let (store, tuesday) = (Some(world.shop(0).warehouse_id), monday().next());
        for pence in [1_200, 800] {
            world.sell(world.sale(pence));
        }
        quarter_of_an_hour(&world).await;
        world.clock.advance(22 * HOUR);
        world.sandbox.sitoo.close_registers();
        world.pass().await;
        world.clock.advance(24 * HOUR);
        world.pass().await;
        let mut report = ReconcileReport::default();
        for day in [monday(), tuesday] {
            let rows = reconcile::close_on_demand(&world.app, day, store, &mut report).await;
            assert_eq!(rows.unwrap()[0].state, DayState::Closed);
        }
        let of = async |day| {
            let mut views = reconcile::days(&world.app, day, store).await.unwrap();
            views.remove(0).figures.unwrap()
        };
        let (sold, counted) = (of(monday()).await, of(tuesday).await);
        let told = |others: &[OtherDay]| {
            others.iter().map(|one| (one.day, one.receipts, one.amounts.gross.pence())).collect()
        };
        let expected: Vec<(Day, i64, i64)> = vec![(tuesday, 2, 2_000)];
        assert_eq!((expected, sold.z_reports.gross.pence()), (told(&sold.z_elsewhere), 0));
        assert_eq!(sold.z_of_the_day(), sold.till);
        let expected: Vec<(Day, i64, i64)> = vec![(monday(), 2, 2_000)];
        assert_eq!(
            (expected, counted.z_reports.gross.pence()),
            (told(&counted.z_for_others), 2_000)
        );
        assert_eq!(counted.z_of_the_day(), counted.till);
        world
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_is_compared_and_not_what_todays_mapping_would_send() {
    tell(|world| async move {
        a_day(&world).await;
        let rates = &world.retailer.rates;
        let other = rates.iter().find(|rate| rate.percent == 5).unwrap().tax_rate_id;
        let vat = MappingRow::new(MappingKind::Vat, "20", &format!("rate-id={other}")).unwrap();
        people::set_mapping(&world.app, &[vat], "finance").await.unwrap();
        world.pass().await;
        pass(&world).await;
        assert_eq!(causes(&world, 0).await, []);
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
        world
    })
    .await;
}

#[tokio::test]
async fn what_is_edited_afterwards_opens_the_day_again_and_can_be_signed() {
    tell(|world| async move {
        let sold = a_day(&world).await;
        pass(&world).await;
        let id = world.document(sold[1]).order_id;
        let edit = |gross| LineEdit { gross: Some(gross), ..LineEdit::default() };
        assert!(world.sandbox.orderwise.edit_line(id, 1, edit(1_101)));
        world.clock.advance(24 * HOUR);
        world.pass().await;
        let report = pass(&world).await;
        assert_eq!(report.differs, 1, "{report:?}");
        let found = row(&world, 0).await;
        assert_eq!((found.state, found.gross.pence()), (DayState::Differs, -100), "{found:?}");
        let sum: i64 = causes(&world, 0).await.iter().map(|(_, gross)| gross).sum();
        assert_eq!(sum, -100);

        let warehouse = world.shop(0).warehouse_id;
        let goodwill = Signature {
            cause: None,
            certificate: None,
            actor: "Ada",
            reason: "a goodwill gesture",
        };
        reconcile::sign(&world.app, (warehouse, monday()), goodwill).await.unwrap();
        assert_eq!(row(&world, 0).await.state, DayState::SignedOff);

        // It is mended after all: the signature is not needed any more.
        assert!(world.sandbox.orderwise.edit_line(id, 1, edit(1_201)));
        world.clock.advance(24 * HOUR);
        world.pass().await;
        pass(&world).await;
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
        assert_eq!(certificate::verify(&world.app.db, warehouse).await.unwrap(), None);
        world
    })
    .await;
}

#[tokio::test]
async fn a_till_that_uploads_late_is_missed_and_closes_the_day_when_it_has() {
    tell(|world| async move {
        let late = world.sell(world.sale(2_500).held_back());
        a_day(&world).await;
        pass(&world).await;
        let found = row(&world, 0).await;
        assert_eq!(found.state, DayState::Differs, "{found:?}");
        assert!(world.sandbox.sitoo.reveal(late));
        for _ in 0..3 {
            world.after(Duration::from_mins(5)).await;
        }
        pass(&world).await;
        let found = row(&world, 0).await;
        assert_eq!((found.state, found.entries), (DayState::Closed, 5), "{found:?}");
        world
    })
    .await;
}

/// What lies before the first order was another's: it is not compared, and keeps no month open.
#[tokio::test]
async fn days_before_the_first_and_days_to_come_do_not_exist() {
    tell(|world| async move {
        world.sell(world.sale(1_200));
        quarter_of_an_hour(&world).await;
        let report = pass(&world).await;
        assert_eq!((report.closed, report.not_fresh), (0, 0), "{report:?}");
        assert_eq!(reconcile::first_day(&world.app).await.unwrap(), Some(monday()));
        let (app, sunday) = (&world.app, monday().previous());
        assert_eq!(day::list(&app.db, (sunday, monday()), None).await.unwrap(), []);
        // A book of an older Daybook has such a day.
        let mut tx = app.db.begin().await.unwrap();
        day::touch(&mut tx, world.shop(0).warehouse_id, sunday, app.now()).await.unwrap();
        tx.commit().await.unwrap();
        let october = period::view(app, "2026-10".parse().unwrap()).await.unwrap();
        let last = "2026-10-31".parse().unwrap();
        assert_eq!(october.obstacles, [Obstacle::NotOver { last }]);
        let september = "2026-09".parse().unwrap();
        let before = [Obstacle::BeforeDaybook { first: monday() }];
        assert_eq!(period::view(app, september).await.unwrap().obstacles, before);
        let refused = period::close(app, september, "Ada", "it is over").await.unwrap_err();
        assert_eq!(refused.code(), "period-not-complete");
        world
    })
    .await;
}

#[tokio::test]
async fn nothing_is_said_before_the_day_is_over() {
    tell(|world| async move {
        world.sell(world.sale(1_200));
        world.pass().await;
        let mut report = ReconcileReport::default();
        let warehouse = world.shop(0).warehouse_id;
        let rows = reconcile::close_on_demand(&world.app, monday(), Some(warehouse), &mut report)
            .await
            .unwrap();
        assert_eq!((rows.len(), rows[0].state), (1, DayState::NotFresh));
        assert!(rows[0].detail.starts_with("the day ends at "), "{}", rows[0].detail);
        let said = reconcile::not_over(&world.app, monday(), None).await.unwrap();
        assert_eq!(said.as_ref(), Some(&rows[0].detail));
        let sunday = reconcile::not_over(&world.app, monday().previous(), None).await.unwrap();
        assert_eq!(sunday, None);
        let nobody = reconcile::close_on_demand(&world.app, monday(), Some(999), &mut report);
        assert_eq!(nobody.await.unwrap_err().code(), "no-such-store");
        let year_before = "2025-01-01".parse().unwrap();
        let refused = reconcile::close_on_demand(&world.app, year_before, None, &mut report);
        assert_eq!(refused.await.unwrap_err().code(), "day-before-daybook");
        for _ in 0..3 {
            world.after(Duration::from_mins(5)).await;
        }
        world
    })
    .await;
}

#[tokio::test]
async fn a_receipt_that_is_missing_is_fetched_by_its_number_and_the_day_is_tried_anew() {
    tell(|world| async move {
        // Between two others, so that its number is missing.
        world.sell(world.sale(900));
        let missed = world.sell(world.sale(2_500).held_back());
        a_day(&world).await;
        // It is in Sitoo by now, and no read of the orders has shown it.
        assert!(world.sandbox.sitoo.reveal(missed));
        let report = pass(&world).await;
        assert_eq!((report.read.receipts, report.read.lost_receipts), (1, 0), "{report:?}");
        let found = row(&world, 0).await;
        assert_eq!((found.state, found.entries), (DayState::Differs, 6), "{found:?}");
        assert_eq!(causes(&world, 0).await, [("not-posted-ready".to_owned(), -2_500)]);
        quarter_of_an_hour(&world).await;
        pass(&world).await;
        let found = row(&world, 0).await;
        assert_eq!((found.state, found.entries), (DayState::Closed, 6), "{found:?}");
        world
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_no_difference() {
    tell(|world| async move {
        a_day(&world).await;
        let export = exports().order_totals.unwrap().id;
        world.sandbox.orderwise.permit_export(export, false);
        let mut report = ReconcileReport::default();
        let refused = Box::pin(reconcile::pass(&world.app, &mut report)).await;
        assert!(refused.is_err(), "{report:?}");
        assert_eq!(causes(&world, 0).await, []);
        let store = world.shop(0).warehouse_id;
        assert!(certificate::latest(&world.app.db, store).await.unwrap().is_none());
        world.sandbox.orderwise.permit_export(export, true);
        pass(&world).await;
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
        world
    })
    .await;
}
