//! In doubt: whatever becomes of a reply, an order is in OrderWise once.

use daybook_domain::causes::Cause;
use daybook_sandbox::{
    faults::{ErrorBody, Fault},
    orderwise::DuplicatePolicy,
};
use daybook_testkit::{World, db::for_each_engine};

use super::*;

#[tokio::test]
async fn a_lost_reply_is_looked_up_and_adopted() {
    tell(|world| async move {
        let sale = world.sell(world.sale(1_999));
        world.next_order_meets(Fault::CutAfter);
        let report = world.pass().await;
        assert_eq!((report.posted, report.adopted, world.sent()), (0, 1, 1));
        assert!(world.state(sale).await.is_in_ledger());
        let row = world.entry(sale).await;
        assert_eq!(row.erp_order_id, Some(world.document(sale).order_id));
        assert!(world.timeline(sale).await.contains(&"adopted".to_owned()));
        world
    })
    .await;
}

#[tokio::test]
async fn what_never_arrived_is_sent_again_only_after_the_settling_time() {
    tell(|world| async move {
        let sale = world.sell(world.sale(1_999));
        world.next_order_meets(Fault::CutBefore);
        world.pass().await;
        assert_eq!(world.state(sale).await, InDoubt);
        world.after(seconds(29)).await;
        assert_eq!((world.state(sale).await, world.sent()), (InDoubt, 1));
        world.after(seconds(1)).await;
        assert_eq!((world.state(sale).await, world.sent()), (Posted, 2));
        assert_eq!(world.document(sale).gross, 1_999);
        world
    })
    .await;
}

#[tokio::test]
async fn what_shows_late_is_found_by_the_second_look_and_not_sent_again() {
    tell(|world| async move {
        world.sandbox.orderwise.switch(|switches| switches.late_visibility_ms = 20_000);
        let sale = world.sell(world.sale(1_999));
        world.next_order_meets(Fault::TimeoutAfter);
        world.pass().await;
        assert_eq!(world.state(sale).await, InDoubt);
        let report = world.after(seconds(30)).await.unwrap();
        assert_eq!((report.adopted, world.sent()), (1, 1));
        world
    })
    .await;
}

/// Sends an order whose reply is lost and which shows only after a second one was sent.
async fn shows_too_late(world: &World, policy: &DuplicatePolicy) -> i64 {
    world.sandbox.orderwise.set_policy_everywhere(policy);
    world.sandbox.orderwise.switch(|switches| switches.late_visibility_ms = 50_000);
    let sale = world.sell(world.sale(1_999));
    world.next_order_meets(Fault::CutAfter);
    world.pass().await;
    world.after(seconds(30)).await;
    assert_eq!(world.sent(), 2, "the settling time is over: it is sent again");
    world.after(seconds(30)).await;
    world.after(seconds(30)).await;
    sale
}

#[tokio::test]
async fn a_session_that_rejects_duplicates_saves_what_showed_too_late() {
    tell(|world| async move {
        let sale = shows_too_late(&world, &DuplicatePolicy::reject()).await;
        assert!(world.state(sale).await.is_in_ledger());
        assert_eq!(world.document(sale).gross, 1_999);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

/// Nobody knows OrderWise's own words for a duplicate.
#[tokio::test]
async fn a_rejection_in_words_that_nobody_knows_is_looked_up_before_it_is_believed() {
    tell(|world| async move {
        let words = DuplicatePolicy::Reject("Import failed (code 17)".to_owned());
        let sale = shows_too_late(&world, &words).await;
        assert!(world.state(sale).await.is_in_ledger());
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn a_session_that_answers_with_the_first_document_saves_it_too() {
    tell(|world| async move {
        let sale = shows_too_late(&world, &DuplicatePolicy::ReturnFirst).await;
        assert!(world.state(sale).await.is_in_ledger());
        assert_eq!(world.entry(sale).await.erp_order_id, Some(world.document(sale).order_id));
        world
    })
    .await;
}

/// The one thing that no client can prevent: it is at least seen, and told.
#[tokio::test]
async fn a_session_that_stores_duplicates_and_shows_them_too_late_is_told_to_a_person() {
    for_each_engine(|db| async move {
        let world = World::small(1, db).await.unwrap();
        let sale = shows_too_late(&world, &DuplicatePolicy::CreateSecond).await;
        world.after(minutes(2)).await;
        world.after(minutes(2)).await;
        assert_eq!(world.documents(sale).len(), 2);
        assert_eq!(world.causes(sale).await, [Cause::PostedTwice.code()]);
    })
    .await;
}

#[tokio::test]
async fn no_answer_that_makes_no_sense_doubles_anything() {
    tell(|world| async move {
        world.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
        for fault in [
            Fault::CutAfter,
            Fault::CutBefore,
            Fault::TimeoutAfter,
            Fault::TimeoutBefore,
            Fault::MalformedJson,
            Fault::ErrorInOk,
            Fault::HtmlPage { status: 200 },
            Fault::HtmlPage { status: 502 },
            Fault::ErrorAfter { status: 500 },
            Fault::ServerError { status: 500, body: ErrorBody::Json },
            Fault::ServerError { status: 504, body: ErrorBody::Html },
            Fault::ProcessedLate { ms: 0 },
        ] {
            let sale = world.sell(world.sale(1_999));
            world.next_order_meets(fault);
            world.pass().await;
            world.after(minutes(1)).await;
            world.after(minutes(1)).await;
            // An error that nobody knows is told to a person, and tried again slowly.
            world.after(minutes(20)).await;
            assert!(world.state(sale).await.is_in_ledger(), "after {}", fault.name());
            assert_eq!(world.document(sale).gross, 1_999, "after {}", fault.name());
        }
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

/// Whoever stops the service waits for the calls that are under way, not for all that is due.
#[tokio::test]
async fn a_process_that_is_to_stop_begins_no_look_up() {
    for_each_engine(|db| async move {
        let mut world = World::small(1, db).await.unwrap();
        let sales = [500, 600, 700].map(|pence| {
            world.next_order_meets(Fault::CutBefore);
            world.sell(world.sale(pence))
        });
        world.pass().await;
        world.app.stop.cancel();
        world.after(minutes(1)).await;
        for sale in sales {
            assert_eq!(world.state(sale).await, InDoubt);
        }
        world.restart();
        world.after(minutes(1)).await;
        for sale in sales {
            assert!(world.state(sale).await.is_in_ledger());
        }
    })
    .await;
}
