//! What goes wrong on the way into Sitoo, and still becomes exactly one delivery.

use daybook_domain::mapping::MappingKind;

use super::*;

#[tokio::test]
async fn a_lost_reply_never_makes_two_deliveries() {
    for fault in [Fault::CutAfter, Fault::CutBefore, Fault::TimeoutAfter, Fault::TimeoutBefore] {
        let fault = &fault;
        tell(|world| async move {
            let order_id = posted(&world, to_the_door(&world)).await;
            send(&world, order_id, parcel("D1", &[]));
            next_delivery_meets(&world, *fault);
            world.despatch_later(minutes(2)).await;
            for _ in 0..4 {
                world.despatch_later(seconds(40)).await;
            }
            assert_eq!(written(&world, order_id), [one("D1", &[(0, 2), (1, 1)])], "{fault:?}");
            assert_eq!(till_state(&world, order_id), OrderState::Closed);
            let arrived = matches!(fault, Fault::CutAfter | Fault::TimeoutAfter);
            assert_eq!(sent_to_sitoo(&world), if arrived { 1 } else { 2 });
            world
        })
        .await;
    }
}

#[tokio::test]
async fn two_parcels_with_the_same_look_are_not_taken_for_each_other() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        // Both bear only the courier's name, and one of the first row each.
        let mut plain = parcel("", &[(1, 1)]);
        plain.consignment = None;
        send(&world, order_id, plain.clone());
        world.despatch_later(minutes(2)).await;
        plain.lines = vec![(2, 1.into())];
        send(&world, order_id, plain);
        next_delivery_meets(&world, Fault::CutBefore);
        world.despatch_later(minutes(2)).await;
        assert_eq!(written(&world, order_id).len(), 1);
        for _ in 0..4 {
            world.despatch_later(seconds(40)).await;
        }
        assert_eq!(written(&world, order_id), [one("DPD", &[(0, 1)]), one("DPD", &[(0, 1)])]);
        world
    })
    .await;
}

#[tokio::test]
async fn a_restart_between_intent_and_outcome_looks_before_it_writes() {
    for reaches_peer in [true, false] {
        tell(|mut world| async move {
            let order_id = posted(&world, to_the_door(&world)).await;
            send(&world, order_id, parcel("D1", &[]));
            world.clock.advance(minutes(2));
            // Token and export, the order and its deliveries; then what is written.
            let before = sent_to_sitoo(&world);
            let mut calls = 0;
            while sent_to_sitoo(&world) == before && calls < 12 {
                world.crash.plan(calls, reaches_peer);
                tokio::select! {
                    biased;
                    () = world.crash.happened() => {}
                    _ = world.despatch() => {}
                }
                world.crash.call_off();
                world.restart();
                if !reaches_peer && says(&world, order_id, "despatched").await > 0 {
                    break;
                }
                calls += 1;
            }
            for _ in 0..8 {
                world.despatch_later(seconds(40)).await;
            }
            assert_eq!(written(&world, order_id), [one("D1", &[(0, 2), (1, 1)])]);
            assert_eq!(till_state(&world, order_id), OrderState::Closed);
            world
        })
        .await;
    }
}

#[tokio::test]
async fn what_sitoo_refuses_is_told_and_tried_again() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        send(&world, order_id, parcel("D1", &[]));
        let refusal = Fault::HtmlPage { status: 400 };
        next_delivery_meets(&world, refusal);
        world.despatch_later(minutes(2)).await;
        assert_eq!(world.causes(order_id).await, ["delivery-refused"]);
        world.despatch_later(minutes(20)).await;
        assert_eq!(written(&world, order_id).len(), 1);
        assert_eq!(world.causes(order_id).await, Vec::<&str>::new());
        world
    })
    .await;
}

#[tokio::test]
async fn an_unknown_status_is_one_exception_that_a_mapping_ends() {
    tell(|world| async move {
        let first = posted(&world, to_the_door(&world)).await;
        let second = posted(&world, to_the_door(&world)).await;
        for order_id in [first, second] {
            let document = world.document(order_id).order_id;
            assert!(world.sandbox.orderwise.set_status(document, "With the tailor"));
        }
        world.despatch_later(minutes(2)).await;
        world.despatch_later(minutes(2)).await;
        let waits = world.waits().await;
        assert_eq!(waits.len(), 1, "{waits:?}");
        assert_eq!((waits[0].0, waits[0].1.as_str()), ("status-unknown", "With the tailor"));
        world.map(MappingKind::Status, "With the tailor", "on-hold").await;
        world.despatch_later(minutes(2)).await;
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn a_status_that_goes_backwards_is_a_finding() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        send(&world, order_id, parcel("D1", &[(1, 1)]));
        world.despatch_later(minutes(2)).await;
        let document = world.document(order_id).order_id;
        assert!(world.sandbox.orderwise.set_status(document, "Awaiting despatch"));
        world.despatch_later(minutes(2)).await;
        assert_eq!(says(&world, order_id, "status-went-back").await, 1);
        let findings = daybook_store::finding::of(&world.app.db, order_id).await.unwrap();
        assert!(findings.iter().any(|finding| finding.what == "status"));
        world
    })
    .await;
}

#[tokio::test]
async fn a_delivery_corrected_or_cancelled_after_sitoo_knows_it_is_told() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        let first = send(&world, order_id, parcel("D1", &[(1, 1)]));
        let second = send(&world, order_id, parcel("D2", &[(2, 1)]));
        world.despatch_later(minutes(2)).await;
        assert_eq!(written(&world, order_id).len(), 2);
        world.sandbox.orderwise.correct_delivery(first, parcel("D9", &[(1, 1)])).unwrap();
        world.despatch_later(minutes(2)).await;
        world.sandbox.orderwise.cancel_delivery(second).unwrap();
        for _ in 0..3 {
            world.despatch_later(minutes(2)).await;
        }
        assert_eq!(world.causes(order_id).await, ["despatch-corrected", "despatch-corrected"]);
        assert_eq!(written(&world, order_id).len(), 2, "nothing is written twice");
        world
    })
    .await;
}

#[tokio::test]
async fn a_delivery_taken_back_before_sitoo_knows_it_is_never_written() {
    tell(|world| async move {
        let order_id = posted(&world, to_the_door(&world)).await;
        let first = send(&world, order_id, parcel("D1", &[(1, 1)]));
        let busy = Fault::TooManyRequests { retry_after_s: Some(60) };
        world.sandbox.sitoo_faults.once(busy, "GET", "orderdeliveries");
        world.despatch_later(minutes(2)).await;
        assert_eq!(written(&world, order_id), []);
        world.sandbox.orderwise.cancel_delivery(first).unwrap();
        // The next read no longer shows it. By then it is due in Sitoo: it waits all the same, until
        // OrderWise was read whole.
        world.despatch_later(minutes(20)).await;
        world.despatch_later(minutes(20)).await;
        assert_eq!(written(&world, order_id), []);
        assert_eq!(world.causes(order_id).await, [""; 0]);
        assert_eq!(says(&world, order_id, "despatch-withdrawn").await, 1);
        // What leaves afterwards is written.
        send(&world, order_id, parcel("D2", &[]));
        world.despatch_later(minutes(5)).await;
        assert_eq!(written(&world, order_id).len(), 1);
        world
    })
    .await;
}
