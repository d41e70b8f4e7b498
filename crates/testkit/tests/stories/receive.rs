//! Nothing that a till uploads is lost: late, out of order, unreadable or not final yet.

use daybook_domain::Timestamp;
use daybook_flows::{
    events::{self, IncomingEvent},
    people,
    sales::{SyncOptions, sync},
};
use daybook_sandbox::{
    faults::{Fault, Matcher},
    sitoo::till::Stage,
};
use daybook_store::{exception, watermark};

use super::*;

#[tokio::test]
async fn what_is_no_sale_yet_is_set_aside_and_followed() {
    tell(|world| async move {
        let booked_until = world.clock.micros()() / 1_000_000 + 86_400;
        let booking = world.sell(world.sale(1_000).stage(Stage::Booking(booked_until)));
        let parked = world.sell(world.sale(1_100).stage(Stage::Parked));
        let open = world.sell(world.sale(1_200).stage(Stage::Open));
        let given_up = world.sell(world.sale(1_300).stage(Stage::Open));
        world.pass().await;
        let mut reasons = Vec::new();
        for order in [booking, parked, open, given_up] {
            assert_eq!(world.state(order).await, SetAside);
            reasons.push(world.entry(order).await.reason.unwrap());
        }
        assert_eq!(reasons, ["booking", "parked", "open", "open"]);
        let collected = world.sell(world.sale(1_000).from_source(booking));
        world.sandbox.sitoo.close(open, None).unwrap();
        world.sandbox.sitoo.cancel(given_up).unwrap();
        world.after(minutes(5)).await;
        assert_eq!(world.document(collected).gross, 1_000);
        assert_eq!(world.document(open).gross, 1_200);
        assert_eq!(world.documents(booking).len() + world.documents(given_up).len(), 0);
        let row = world.entry(given_up).await;
        assert_eq!((row.reason.as_deref(), row.due_at), (Some("cancelled"), None));
        world
    })
    .await;
}

#[tokio::test]
async fn an_offline_till_uploads_yesterday_today() {
    tell(|world| async move {
        world.sell(world.sale(1_000));
        world.pass().await;
        let yesterday = world.clock.micros()() / 1_000_000 - 86_400;
        let late = world.sell(world.sale(1_100).at(yesterday));
        world.pass().await;
        assert_eq!(world.entry(late).await.order_date, Timestamp::from_seconds(yesterday));
        assert_eq!(world.document(late).gross, 1_100);
        world
    })
    .await;
}

#[tokio::test]
async fn an_order_that_becomes_visible_late_is_asked_for_until_it_is_there() {
    tell(|world| async move {
        world.sell(world.sale(500));
        let late = world.sell(world.sale(1_000).held_back());
        // More than the overlap, so that only asking for the id can find it.
        for _ in 0..30 {
            world.sell(world.sale(500));
        }
        let report = world.pass().await;
        assert_eq!(report.missing, 1);
        world.after(minutes(1)).await;
        world.sandbox.sitoo.reveal(late);
        assert_eq!(world.after(minutes(1)).await.unwrap().received, 1);
        assert_eq!(world.document(late).gross, 1_000);
        world
    })
    .await;
}

#[tokio::test]
async fn an_id_that_never_comes_is_told_and_can_be_settled() {
    tell(|world| async move {
        world.sell(world.sale(1_000));
        world.sandbox.sitoo.insert_gap(2);
        let last = world.sell(world.sale(1_000));
        assert_eq!(world.pass().await.missing, 2);
        world.after(hours(2)).await;
        assert_eq!(world.waits().await, [], "there is still hope");
        world.after(hours(2)).await;
        let waits = world.waits().await;
        let gaps = [last - 2, last - 1].map(|id| ("order-id-gap", id.to_string(), 1, 0));
        assert_eq!(waits, gaps);
        let filter = exception::ExceptionFilter::default();
        for open in exception::list(&world.app.db, &filter, 10).await.unwrap() {
            people::dismiss_exception(&world.app, open.number, "Ada", "till test").await.unwrap();
        }
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn pages_have_no_seams_even_when_rows_shift_between_them() {
    tell(|mut world| async move {
        world.to_sitoo.page_size = 3;
        world.restart();
        for _ in 0..10 {
            world.sell(world.sale(500));
        }
        for _ in 0..3 {
            world.sandbox.sitoo.sell_between_pages(world.sale(600));
        }
        let first = world.pass().await.received;
        let second = world.pass().await.received;
        assert_eq!(first + second, 13);
        assert_eq!(world.pass().await.received, 0, "the overlap is read again and changes nothing");
        assert_eq!(world.sandbox.orderwise.document_count(), 13);
        world
    })
    .await;
}

#[tokio::test]
async fn a_page_that_fails_does_not_move_the_watermark() {
    tell(|mut world| async move {
        world.to_sitoo.page_size = 3;
        world.restart();
        let sales: Vec<_> = (0..7).map(|_| world.sell(world.sale(500))).collect();
        // The first request only asks where to begin.
        let third = Matcher::on("GET", "orders").skip(2).times(1);
        world.sandbox.sitoo_faults.put(Fault::CutAfter, third);
        assert!(world.sync().await.is_err());
        let mark = watermark::get(&world.app.db, "orders").await.unwrap();
        assert_eq!(mark, Some(sales[2]));
        assert_eq!(world.document(sales[2]).gross, 500, "what is stored is posted all the same");
        assert_eq!(world.pass().await.received, 4);
        world
    })
    .await;
}

#[tokio::test]
async fn an_order_that_cannot_be_read_stops_only_itself_and_heals() {
    tell(|world| async move {
        let spoilt = world.sell(world.sale(1_000));
        let fine = world.sell(world.sale(1_100));
        world.sandbox.sitoo.spoil(spoilt, "moneytotal_gross_all", "\"twelve\"");
        world.pass().await;
        assert_eq!(world.document(fine).gross, 1_100);
        assert_eq!(world.causes(spoilt).await, ["payload-unreadable"]);
        world.sandbox.sitoo.heal(spoilt);
        world.pass().await;
        world.pass().await;
        assert_eq!(world.document(spoilt).gross, 1_000);
        assert_eq!(world.causes(spoilt).await, Vec::<&str>::new());
        world
    })
    .await;
}

fn event(id: &str, kind: &str, order_id: Option<i64>) -> IncomingEvent {
    IncomingEvent {
        event_id: id.to_owned(),
        event_type: kind.to_owned(),
        order_id,
        body: "{}".to_owned(),
    }
}

#[tokio::test]
async fn an_event_makes_its_order_be_read_at_once_and_repeats_change_nothing() {
    tell(|world| async move {
        let open = world.sell(world.sale(1_000).stage(Stage::Open));
        // More than the overlap, which would find it too.
        for _ in 0..30 {
            world.sell(world.sale(500));
        }
        world.pass().await;
        world.sandbox.sitoo.close(open, None).unwrap();
        world.pass().await;
        assert_eq!(world.state(open).await, SetAside, "without an event it is read again later");
        let closed = || event("e-1", "order.updated", Some(open));
        events::receive(&world.app, vec![closed()]).await.unwrap();
        events::receive(&world.app, vec![closed(), closed()]).await.unwrap();
        events::receive(&world.app, vec![event("e-2", "moon.full", None)]).await.unwrap();
        world.pass().await;
        assert_eq!(world.document(open).gross, 1_000);
        world.pass().await;
        assert_eq!(world.sent(), 31);
        world
    })
    .await;
}

#[tokio::test]
async fn an_event_that_comes_before_its_order_can_be_seen_waits_for_it() {
    tell(|world| async move {
        world.sell(world.sale(500));
        world.pass().await;
        let early = world.sell(world.sale(1_000).held_back());
        let added = event("e-1", "order.added", Some(early));
        events::receive(&world.app, vec![added]).await.unwrap();
        assert_eq!(world.pass().await.received, 0);
        world.sandbox.sitoo.reveal(early);
        world.after(seconds(30)).await;
        assert_eq!(world.document(early).gross, 1_000);
        world
    })
    .await;
}

#[tokio::test]
async fn a_first_start_leaves_what_is_older_alone() {
    tell(|mut world| async move {
        let older = world.sell(world.sale(900));
        let first = world.sell(world.sale(1_000));
        world.settings.receive.first_order_id = Some(first);
        world.restart();
        for _ in 0..2 {
            world.pass().await;
        }
        assert_eq!(world.document(first).gross, 1_000);
        assert_eq!(world.documents(older).len(), 0, "the overlap does not reach behind it");
        let asked_for = SyncOptions { from_order: Some(older) };
        sync(&world.app, &asked_for).await.unwrap();
        assert_eq!(world.document(older).gross, 900);
        world
    })
    .await;
}

#[tokio::test]
async fn a_first_start_before_the_first_sale_makes_no_gaps() {
    tell(|mut world| async move {
        for first in [Some(1), None] {
            world.settings.receive.first_order_id = first;
            world.restart();
            world.pass().await;
        }
        let sale = world.sell(world.sale(1_000));
        let report = world.pass().await;
        assert_eq!((report.received, report.missing), (1, 0));
        assert_eq!(world.document(sale).gross, 1_000);
        world
    })
    .await;
}
