//! What is read of both systems, and what is noted about days that are over.

use std::time::Duration;

use daybook_domain::{Timestamp, causes::Cause, reconcile::witness::LocalTime};
use daybook_flows::reconcile::collect::{self, CollectReport};
use daybook_sandbox::{
    orderwise::LineEdit,
    sitoo::{Closing, till::Sale},
};
use daybook_store::reconcile::{
    document, entries,
    late::{self, LateRow},
    register, z_report,
};
use daybook_testkit::{World, story::tell, world::MORNING};

const HOUR: Duration = Duration::from_hours(1);

async fn z_reports(world: &World) -> CollectReport {
    let mut report = CollectReport::default();
    collect::z_reports(&world.app, &mut report).await.unwrap();
    report
}

fn day() -> (LocalTime, LocalTime) {
    ("2026-10-05T00:00:00".parse().unwrap(), "2026-10-06T00:00:00".parse().unwrap())
}

async fn ledger(world: &World, fresh_since: Timestamp) -> CollectReport {
    let mut report = CollectReport::default();
    collect::ledger(&world.app, day(), fresh_since, &mut report).await.unwrap();
    report
}

async fn notes(world: &World) -> Vec<LateRow> {
    late::list(&world.app.db, 99).await.unwrap()
}

async fn forget_notes(world: &World) {
    let all = notes(world).await;
    let mut tx = world.app.db.begin().await.unwrap();
    late::done(&mut tx, &all).await.unwrap();
    tx.commit().await.unwrap();
}

fn close(world: &World, shop: usize, closing: Closing) -> i64 {
    world.sandbox.sitoo.close_register(world.till(shop), closing).unwrap()
}

fn warehouse(world: &World, shop: usize) -> i64 {
    world.shop(shop).warehouse_id
}

#[tokio::test]
async fn reports_are_read_once_and_name_their_days() {
    tell(|world| async move {
        assert_eq!(collect::z_reports_read_at(&world.app).await.unwrap(), None);
        world.sell(world.sale(1_200));
        world.clock.advance(HOUR);
        close(&world, 0, Closing::default());
        close(&world, 1, Closing { late: 7_260, ..Closing::default() });
        let report = z_reports(&world).await;
        assert_eq!((report.reports, report.changed_reports, report.unreadable_reports), (1, 0, 0));
        assert_eq!(collect::z_reports_read_at(&world.app).await.unwrap(), Some(world.app.now()));
        let closed = MORNING.plus(HOUR);
        let row = z_report::get(&world.app.db, world.till(0), 1).await.unwrap().unwrap();
        let figures = row.report.unwrap();
        assert_eq!((figures.sales.gross.pence(), figures.sales.count), (1_200, 1));
        assert_eq!((figures.opened_at, figures.closed_at), (Some(MORNING), closed));
        let tills = register::of_store(&world.app.db, warehouse(&world, 0)).await.unwrap();
        assert!(tills.iter().any(|till| till.register_id == world.till(0) && till.key.is_some()));
        let note = |moment| LateRow { warehouse_id: warehouse(&world, 0), moment };
        assert_eq!(notes(&world).await, [note(MORNING), note(closed)]);
        forget_notes(&world).await;

        assert_eq!(z_reports(&world).await, CollectReport::default(), "nothing new");
        world.clock.advance(2 * HOUR + Duration::from_mins(1));
        assert_eq!(z_reports(&world).await.reports, 1, "the late one");
        forget_notes(&world).await;
        let count = serde_json::json!(7);
        assert!(world.sandbox.sitoo.spoil_report(world.till(0), 1, "numsales", count));
        let report = z_reports(&world).await;
        assert_eq!((report.reports, report.changed_reports), (0, 0), "beyond the overlap");
        world.clock.advance(Duration::from_mins(1));
        close(&world, 0, Closing::default());
        assert!(world.sandbox.sitoo.spoil_report(world.till(1), 1, "numsales", 9.into()));
        let report = z_reports(&world).await;
        assert_eq!((report.reports, report.changed_reports), (1, 1));
        assert_eq!(notes(&world).await.len(), 2);
        world
    })
    .await;
}

#[tokio::test]
async fn a_report_that_cannot_be_read_is_told_and_heals() {
    tell(|world| async move {
        close(&world, 0, Closing::default());
        close(&world, 1, Closing::default());
        let sitoo = &world.sandbox.sitoo;
        assert!(sitoo.spoil_report(world.till(0), 1, "moneysalestotal", "lots".into()));
        let report = z_reports(&world).await;
        assert_eq!((report.reports, report.unreadable_reports), (2, 1));
        let told = world.waits().await;
        assert_eq!((told.len(), told[0].0), (1, Cause::SitooContract.code()));
        let unreadable = z_report::unreadable(&world.app.db, 9).await.unwrap();
        assert!(unreadable[0].fault.as_ref().unwrap().contains("moneysalestotal"));
        assert!(sitoo.spoil_report(world.till(0), 1, "moneysalestotal", "0.00".into()));
        assert_eq!(z_reports(&world).await.changed_reports, 1);
        assert!(world.waits().await.is_empty());
        world
    })
    .await;
}

#[tokio::test]
async fn more_reports_than_a_page_holds_are_all_read() {
    tell(|world| async move {
        // One second fills more than a page, over two tills; others come before and after it.
        close(&world, 0, Closing::default());
        world.clock.advance(Duration::from_secs(1));
        for _ in 0..330 {
            close(&world, 0, Closing::default());
            close(&world, 1, Closing::default());
        }
        world.clock.advance(Duration::from_secs(1));
        close(&world, 1, Closing::default());
        assert_eq!(z_reports(&world).await.reports, 662);
        assert_eq!(z_reports(&world).await, CollectReport::default());
        world
    })
    .await;
}

#[tokio::test]
async fn documents_are_read_in_stretches_and_again_when_they_are_old() {
    tell(|world| async move {
        let order_id = world.sell(world.sale(1_200));
        world.pass().await;
        world.after(Duration::from_mins(3)).await;
        let began = world.app.now();
        let report = ledger(&world, began).await;
        assert_eq!((report.windows, report.documents), (24, 1));
        let (from, to) = day();
        assert_eq!(collect::ledger_read_at(&world.app, from, to).await.unwrap(), Some(began));
        let held = document::of_entries(&world.app.db, &[order_id]).await.unwrap();
        assert_eq!(held[0].lines.as_ref().unwrap()[0].gross.pence(), 1_200);
        assert!(notes(&world).await.is_empty(), "read for the first time");
        assert_eq!(ledger(&world, began).await, CollectReport::default(), "fresh enough");

        world.clock.advance(HOUR);
        let id = world.document(order_id).order_id;
        let cheaper = LineEdit { gross: Some(1_100), ..LineEdit::default() };
        assert!(world.sandbox.orderwise.edit_line(id, 1, cheaper));
        let report = ledger(&world, world.app.now()).await;
        assert_eq!((report.windows, report.documents), (24, 1));
        let held = document::of_entries(&world.app.db, &[order_id]).await.unwrap();
        assert_eq!(held[0].document.gross.pence(), 1_100);
        let note = LateRow { warehouse_id: warehouse(&world, 0), moment: MORNING };
        assert_eq!(notes(&world).await, [note]);
        let dearer = LineEdit { gross: Some(1_200), ..LineEdit::default() };
        assert!(world.sandbox.orderwise.edit_line(id, 1, dearer));
        world
    })
    .await;
}

#[tokio::test]
async fn missing_receipts_come_by_the_same_path_as_every_order() {
    tell(|world| async move {
        let order_id = world.sell(world.sale(1_200));
        let receipt = world.sandbox.sitoo.order(order_id).unwrap().receipt_id.unwrap();
        let wanted = [receipt.clone(), "SII00000NEVER1".to_owned()];
        let mut report = CollectReport::default();
        let lost = collect::receipts(&world.app, &wanted, &mut report).await.unwrap();
        assert_eq!(lost, wanted[1..]);
        assert_eq!((report.receipts, report.lost_receipts), (1, 1));
        assert!(entries::holds_receipt(&world.app.db, &receipt).await.unwrap());
        world.pass().await;
        assert!(world.state(order_id).await.is_in_ledger());
        world
    })
    .await;
}

#[tokio::test]
async fn a_till_that_sold_offline_is_noted_when_it_uploads() {
    tell(|world| async move {
        world.clock.advance(30 * HOUR);
        let late_sale: Sale = world.sale(1_200).at(MORNING.micros() / 1_000_000);
        world.sell(late_sale);
        world.pass().await;
        let note = LateRow { warehouse_id: warehouse(&world, 0), moment: MORNING };
        assert_eq!(notes(&world).await, [note]);
        world.sell(world.sale(1_300));
        world.pass().await;
        assert_eq!(notes(&world).await, [note], "today is not over");
        world
    })
    .await;
}
