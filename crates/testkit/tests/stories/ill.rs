//! A system that is away, or will not have us: one alert, and it heals by itself.

use daybook_domain::{causes::Cause, mapping::MappingKind};
use daybook_flows::people;
use daybook_sandbox::{
    faults::{ErrorBody, Fault, Matcher},
    orderwise::{Area, DuplicatePolicy},
};
use daybook_store::exception;

use super::*;

#[tokio::test]
async fn a_token_that_ends_in_the_middle_is_renewed_once() {
    tell(|world| async move {
        let tokens = || {
            let counts = world.sandbox.orderwise_faults.counts();
            counts.of("GET", "token") + counts.of("POST", "token")
        };
        world.sell(world.sale(1_000));
        world.pass().await;
        let before = tokens();
        world.sandbox.orderwise.expire_tokens();
        let sales: Vec<_> = (0..5).map(|_| world.sell(world.sale(1_000))).collect();
        let report = world.pass().await;
        assert_eq!((report.posted, tokens()), (5, before + 1));
        assert!(sales.iter().all(|&sale| world.document(sale).gross == 1_000));
        world
    })
    .await;
}

#[tokio::test]
async fn a_missing_permission_pauses_everything_with_one_alert_and_ends_by_itself() {
    tell(|world| async move {
        world.sandbox.orderwise.permit(Area::Sales, false);
        let sales: Vec<_> = (0..10)
            .map(|shop| world.sell(world.sale_of(shop % 2, world.row_of(&world.goods(0).sku, 500))))
            .collect();
        world.pass().await;
        let waits = world.waits().await;
        assert_eq!(waits, [("orderwise-permission", "orderwise".to_owned(), 1, 0)]);
        let sent = world.sent();
        world.pass().await;
        assert_eq!(world.sent(), sent, "paused: nothing is sent");
        world.after(minutes(3)).await;
        assert_eq!(world.sent(), sent + 1, "a probe, and nothing else");
        assert_eq!(world.waits().await, waits);
        world.sandbox.orderwise.permit(Area::Sales, true);
        world.after(minutes(5)).await;
        world.after(minutes(5)).await;
        assert!(sales.iter().all(|&sale| world.document(sale).gross == 500));
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn an_unknown_session_pauses_only_its_store() {
    tell(|world| async move {
        let shop = world.shop(1);
        let key = shop.warehouse_id.to_string();
        let good = format!(
            "account={} session={} location={}",
            shop.customer_account, shop.session_id, shop.stock_location_id
        );
        let bad = format!(
            "account={} session=999 location={}",
            shop.customer_account, shop.stock_location_id
        );
        world.map(MappingKind::Store, &key, &bad).await;
        let row = || world.row_of(&world.goods(0).sku, 700);
        let (here, there) =
            (world.sell(world.sale_of(0, row())), world.sell(world.sale_of(1, row())));
        world.pass().await;
        assert_eq!((world.state(here).await, world.state(there).await), (Posted, Ready));
        assert_eq!(world.waits().await, [("session-unknown", key.clone(), 1, 700)]);
        let sent = world.sent();
        world.sell(world.sale_of(1, row()));
        let later = world.sell(world.sale_of(0, row()));
        world.pass().await;
        assert_eq!((world.state(later).await, world.sent()), (Posted, sent + 1));
        // What stands still behind it is its money; what clears it says how many go on, at once.
        assert_eq!(world.waits().await, [("session-unknown", key.clone(), 1, 1_400)]);
        assert_eq!(exception::money_held(&world.app.db).await.unwrap().own("GBP").pence(), 1_400);
        assert_eq!(world.map(MappingKind::Store, &key, &good).await, 2);
        world.pass().await;
        assert_eq!(world.sent(), sent + 3, "both of the store are tried again without waiting");
        world.after(minutes(3)).await;
        assert_eq!(world.document(there).session, world.shop(1).session_id);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

/// The session is made in OrderWise, and no mapping changes: trying again is what the manual advises.
#[tokio::test]
async fn a_store_whose_session_was_made_in_orderwise_is_tried_again_when_a_person_says_so() {
    tell(|world| async move {
        let shop = world.shop(1);
        let key = shop.warehouse_id.to_string();
        let bad = format!(
            "account={} session=999 location={}",
            shop.customer_account, shop.stock_location_id
        );
        world.map(MappingKind::Store, &key, &bad).await;
        let row = || world.row_of(&world.goods(0).sku, 700);
        let sale = world.sell(world.sale_of(1, row()));
        world.pass().await;
        world.sandbox.orderwise.add_session(999, DuplicatePolicy::reject());
        let sent = world.sent();
        let cause = Cause::SessionUnknown;
        assert_eq!(people::retry_group(&world.app, cause, None, "Ada").await.unwrap(), 1);
        world.pass().await;
        assert_eq!(world.sent(), sent + 1, "it is tried again without waiting");
        assert!(world.state(sale).await.is_in_ledger());
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn an_outage_opens_the_breaker_and_its_end_closes_it() {
    tell(|world| async move {
        world.sell(world.sale(1_000));
        world.pass().await;
        world.sandbox.orderwise_faults.start_outage(Fault::Outage);
        let sales: Vec<_> = (0..20).map(|_| world.sell(world.sale(1_000))).collect();
        for _ in 0..10 {
            world.after(seconds(20)).await;
        }
        assert_eq!(world.waits().await.len(), 1, "one alert: {:?}", world.waits().await);
        assert_eq!(world.waits().await[0].0, "orderwise-unreachable");
        let sent = world.sent();
        let _ = world.sync().await;
        assert_eq!(world.sent(), sent, "open: nothing is sent");
        world.sandbox.orderwise_faults.lift_outages();
        for _ in 0..6 {
            world.after(minutes(5)).await;
        }
        assert!(sales.iter().all(|&sale| world.document(sale).gross == 1_000));
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    tell(|world| async move {
        let sale = world.sell(world.sale(1_000));
        world.next_order_meets(Fault::TooManyRequests { retry_after_s: Some(600) });
        world.pass().await;
        assert_eq!((world.state(sale).await, world.sent()), (Ready, 1));
        world.after(seconds(595)).await;
        assert_eq!(world.sent(), 1);
        world.after(minutes(5)).await;
        assert_eq!((world.sent(), world.document(sale).gross), (2, 1_000));
        world
    })
    .await;
}

#[tokio::test]
async fn tries_without_end_become_an_exception_and_go_on_when_a_person_says_so() {
    tell(|mut world| async move {
        world.settings.posting.attempts_limit = 3;
        world.restart();
        let sale = world.sell(world.sale(1_000));
        let busy = Fault::TooManyRequests { retry_after_s: Some(1) };
        world.sandbox.orderwise_faults.put(busy, Matcher::on("POST", "sales/order"));
        for tries in 1..=2 {
            world.pass().await;
            assert_eq!((world.state(sale).await, world.sent()), (Ready, tries));
            world.clock.advance(minutes(1));
        }
        world.pass().await;
        assert_eq!((world.state(sale).await, world.sent()), (Held, 3));
        assert_eq!(world.causes(sale).await, ["attempts-exhausted"]);
        world.after(hours(1)).await;
        assert_eq!(world.sent(), 3, "it is not tried for ever");
        world.sandbox.orderwise_faults.clear();
        people::retry(&world.app, reference(sale), "Ada").await.unwrap();
        world.pass().await;
        assert_eq!(world.document(sale).gross, 1_000);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn sitoo_may_say_nonsense_and_nothing_is_lost() {
    tell(|world| async move {
        for fault in [
            Fault::TooManyRequests { retry_after_s: Some(1) },
            Fault::ServerError { status: 500, body: ErrorBody::Html },
            Fault::HtmlPage { status: 200 },
            Fault::MalformedJson,
            Fault::ErrorInOk,
            Fault::CutAfter,
            Fault::EmptyUnauthorised,
        ] {
            let sale = world.sell(world.sale(1_000));
            world.sandbox.sitoo_faults.put(fault, Matcher::on("GET", "orders").times(1));
            assert!(world.sync().await.is_err(), "{} is an error", fault.name());
            world.after(seconds(30)).await;
            assert_eq!(world.document(sale).gross, 1_000, "after {}", fault.name());
        }
        world
    })
    .await;
}
