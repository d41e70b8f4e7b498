//! Nothing that a till uploads is lost: late, out of order, unreadable or not final yet.

use daybook_domain::{Timestamp, causes::Cause};
use daybook_flows::{
    events::{self, IncomingEvent},
    people,
    sales::{SyncOptions, sync},
};
use daybook_sandbox::{
    faults::{Fault, Matcher},
    sitoo::till::Stage,
};
use daybook_store::{
    exception::{self, ExceptionRow},
    stray, watermark,
};
use daybook_testkit::World;

use super::*;

#[tokio::test]
async fn what_is_no_sale_yet_is_set_aside_and_followed() {
    tell(|world| async move {
        let booked_until = world.clock.micros()() / 1_000_000 + 86_400;
        let booking = world.sell(world.sale(1_000).stage(Stage::Booking(booked_until)));
        let parked = world.sell(world.sale(1_100).stage(Stage::Parked));
        let open = world.sell(world.sale(1_200).stage(Stage::Open));
        let given_up = world.sell(world.sale(1_300).stage(Stage::Open));
        assert_eq!(world.pass().await.set_aside, 4);
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
        let asked_for = SyncOptions { from_order: Some(older), ..SyncOptions::default() };
        sync(&world.app, &asked_for).await.unwrap();
        assert_eq!(world.documents(older).len(), 0, "somebody else may have posted it");
        for _ in 0..3 {
            world.after(minutes(6)).await;
        }
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

/// The alerts of one cause that are open.
async fn open(world: &World, cause: Cause) -> Vec<ExceptionRow> {
    let filter = exception::ExceptionFilter { cause: Some(cause), ..Default::default() };
    exception::list(&world.app.db, &filter, 100).await.unwrap()
}

const FARTHEST: i64 = i64::MAX - 1;

#[tokio::test]
async fn an_absurd_order_id_stops_nothing_and_hides_nothing() {
    tell(|mut world| async move {
        world.to_sitoo.page_size = 4;
        world.restart();
        let first = world.sell(world.sale(500));
        for absurd in [9_000_000_000_000_000, FARTHEST] {
            world.sandbox.sitoo.sell_as(world.sale(700), absurd).unwrap();
        }
        let report = world.pass().await;
        assert_eq!((report.received, report.missing), (3, 0));
        assert_eq!(watermark::get(&world.app.db, "orders").await.unwrap(), Some(first));
        let alerts = open(&world, Cause::OrderIdLeap).await;
        assert_eq!(alerts.len(), 2, "one for each");
        people::dismiss_exception(&world.app, alerts[0].number, "Ada", "test").await.unwrap();
        // More than a page, and one of it shows an absurd id for a while.
        let later: Vec<_> = (0..9).map(|_| world.sell(world.sale(600))).collect();
        world.sandbox.sitoo.spoil(later[3], "orderid", "9223372036854775807");
        world.sandbox.sitoo.spoil(later[3], "orderstateid", "0");
        let report = world.pass().await;
        assert_eq!((report.received, report.missing), (9, 1));
        assert_eq!(watermark::get(&world.app.db, "orders").await.unwrap(), later.last().copied());
        world.sandbox.sitoo.heal(later[3]);
        world.after(minutes(1)).await;
        for order in later.into_iter().chain([FARTHEST]) {
            assert_eq!(world.documents(order).len(), 1, "order {order}");
        }
        assert_eq!(open(&world, Cause::OrderIdLeap).await.len(), 2, "a dismissed one stays so");
        world
    })
    .await;
}

#[tokio::test]
async fn order_ids_that_begin_anew_far_away_are_followed() {
    tell(|mut world| async move {
        world.to_sitoo.page_size = 3;
        world.restart();
        world.sell(world.sale(500));
        world.pass().await;
        world.sandbox.sitoo.insert_gap(1_000_000);
        let far: Vec<_> = (0..12).map(|_| world.sell(world.sale(600))).collect();
        let report = world.pass().await;
        assert_eq!((report.received, report.missing), (12, 1_000));
        assert_eq!(watermark::get(&world.app.db, "orders").await.unwrap(), Some(far[11]));
        let alerts = open(&world, Cause::OrderIdLeap).await;
        assert_eq!(alerts.len(), 1);
        assert!(alerts[0].detail.ends_with("999000 are not asked for"), "{}", alerts[0].detail);
        world
    })
    .await;
}

#[tokio::test]
async fn an_order_that_does_not_say_which_it_is_stops_only_itself() {
    tell(|mut world| async move {
        world.to_sitoo.page_size = 3;
        world.restart();
        let fine = world.sell(world.sale(500));
        // Two pages full of them, one after the other.
        let strays: Vec<_> = (0..7).map(|_| world.sell(world.sale(600))).collect();
        let last = world.sell(world.sale(700));
        for order in &strays {
            world.sandbox.sitoo.spoil(*order, "orderid", "null");
        }
        let report = world.pass().await;
        assert_eq!((report.received, report.missing), (2, 7));
        assert_eq!(watermark::get(&world.app.db, "orders").await.unwrap(), Some(last));
        assert_eq!(world.document(fine).gross + world.document(last).gross, 1_200);
        assert_eq!(stray::count(&world.app.db).await.unwrap(), 7);
        let alerts = open(&world, Cause::OrderWithoutId).await;
        assert_eq!(alerts.len(), 1);
        assert!(alerts[0].detail.contains("kept so far: 7"), "{}", alerts[0].detail);
        people::dismiss_exception(&world.app, alerts[0].number, "Ada", "seen").await.unwrap();
        world.after(minutes(1)).await;
        assert_eq!(open(&world, Cause::OrderWithoutId).await, [], "told once");
        for order in &strays {
            world.sandbox.sitoo.heal(*order);
        }
        world.after(minutes(1)).await;
        for order in strays {
            assert_eq!(world.document(order).gross, 600);
        }
        world
    })
    .await;
}

#[tokio::test]
async fn a_page_of_nothing_but_nameless_orders_at_the_end_ends_the_pass() {
    tell(|mut world| async move {
        world.to_sitoo.page_size = 2;
        world.restart();
        let fine = world.sell(world.sale(500));
        let strays: Vec<_> = (0..4).map(|_| world.sell(world.sale(600))).collect();
        for order in &strays {
            world.sandbox.sitoo.spoil(*order, "orderid", "\"?\"");
        }
        world.pass().await;
        assert_eq!(watermark::get(&world.app.db, "orders").await.unwrap(), Some(fine));
        for order in strays {
            world.sandbox.sitoo.heal(order);
        }
        assert_eq!(world.pass().await.received, 4);
        world
    })
    .await;
}

#[tokio::test]
async fn an_order_that_stays_open_too_long_is_told_with_its_money_and_age() {
    tell(|mut world| async move {
        world.settings.receive.open_age_limit = hours(48);
        world.restart();
        let [closed, cancelled, forgotten] =
            [1_200, 1_300, 1_400].map(|pence| world.sell(world.sale(pence).stage(Stage::Open)));
        // More than the overlap, which would read them again.
        for _ in 0..30 {
            world.sell(world.sale(500));
        }
        world.pass().await;
        world.after(hours(47)).await;
        assert_eq!(world.waits().await, [], "there is still hope");
        world.after(hours(2)).await;
        let told = world.waits().await;
        let about = |order: i64, pence| ("order-left-open", reference(order).to_string(), 1, pence);
        let all = [about(forgotten, 1_400), about(cancelled, 1_300), about(closed, 1_200)];
        assert_eq!(told, all);
        let alerts = open(&world, Cause::OrderLeftOpen).await;
        assert!(alerts[0].detail.contains("still open after 2 days"), "{}", alerts[0].detail);
        // An event still fetches it; without one a person asks for it.
        world.sandbox.sitoo.close(closed, None).unwrap();
        world.sandbox.sitoo.cancel(cancelled).unwrap();
        let updated = event("e-1", "order.updated", Some(closed));
        events::receive(&world.app, vec![updated]).await.unwrap();
        world.pass().await;
        assert_eq!(world.document(closed).gross, 1_200);
        assert_eq!(world.waits().await, all[..2]);
        for order in [cancelled, forgotten] {
            people::retry(&world.app, reference(order), "Ada").await.unwrap();
        }
        world.pass().await;
        assert_eq!(world.waits().await, all[..1], "what is still open is told again");
        world.after(hours(24)).await;
        assert_eq!(world.waits().await, all[..1]);
        world
    })
    .await;
}

#[tokio::test]
async fn a_till_with_a_wrong_clock_is_told() {
    tell(|world| async move {
        let years = |n: i64| n * 365 * 86_400;
        let now = world.app.now().micros() / 1_000_000;
        let right = world.sell(world.sale(500));
        let dead = world.sell(world.sale(600).at(0));
        let ahead = world.sell(world.sale(700).at(now + years(2)));
        let late = world.sell(world.sale(800).at(now - 40 * 86_400));
        let parked = world.sell(world.sale(900).at(0).stage(Stage::Open));
        world.pass().await;
        for order in [right, dead, ahead, late] {
            assert_eq!(world.documents(order).len(), 1, "order {order} is posted as it is");
        }
        let told = open(&world, Cause::TillClock).await;
        let about: Vec<_> = told.iter().map(|one| one.subject.clone()).collect();
        assert_eq!(about, [reference(dead).to_string(), reference(ahead).to_string()]);
        assert!(told[0].detail.contains("dated 1970-01-01"), "{}", told[0].detail);
        // Read again, nothing is told twice, also where a person has seen it.
        people::dismiss_exception(&world.app, told[0].number, "Ada", "mended").await.unwrap();
        world.after(minutes(1)).await;
        assert_eq!(open(&world, Cause::TillClock).await.len(), 1);
        // What becomes a sale later is told then.
        world.sandbox.sitoo.close(parked, None).unwrap();
        world.after(minutes(10)).await;
        assert_eq!(world.documents(parked).len(), 1);
        assert_eq!(open(&world, Cause::TillClock).await.len(), 2);
        world
    })
    .await;
}
