//! Events and how Sitoo insists on them (facts/sitoo 7).
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use std::{cell::RefCell, sync::Arc};

use daybook_sandbox::sitoo::{
    events::{Sender, StatusRule, Step},
    till::Stage,
};
use http::Method;
use serde_json::{Value, json};
use till::{FLOOR, MORNING, Shop, shop};

/// Posts the next batch to a receiver that answers with this status.
async fn post(sender: &mut Sender, status: Option<u16>) -> (Step, Vec<Value>) {
    let seen = RefCell::new(Vec::new());
    let step = sender
        .step(|body| {
            *seen.borrow_mut() = serde_json::from_str(&body).expect("a list of events");
            async move { status }
        })
        .await;
    (step, seen.into_inner())
}

fn ids(events: &[Value]) -> Vec<i64> {
    events.iter().map(|event| event["data"]["order_id"].as_i64().expect("an id")).collect()
}

fn sender(shop: &Shop) -> Sender {
    Sender::new(Arc::clone(&shop.sitoo))
}

#[tokio::test]
async fn batches_hold_up_to_ten_events_in_their_order() {
    let shop = shop();
    let mut sender = sender(&shop);
    assert_eq!(post(&mut sender, Some(200)).await, (Step::Idle, vec![]));
    let sold = shop.sell_coats(13);
    let (step, events) = post(&mut sender, Some(200)).await;
    assert_eq!((step, ids(&events)), (Step::Delivered(10), sold[..10].to_vec()));
    let event = &events[0];
    assert_eq!(event["event_id"].as_str().map(str::len), Some(32));
    assert_eq!((&event["event_type"], &event["event_date"]), (&json!("order"), &json!(MORNING)));
    assert_eq!(event["account_id"], 90_001);
    let data = json!({"eshop_id": 1, "order_id": sold[0], "warehouse_id": FLOOR,
                      "order_event_type": "add", "order_state_changed": "closed"});
    assert_eq!(event["data"], data);
    let (step, events) = post(&mut sender, Some(200)).await;
    assert_eq!((step, ids(&events)), (Step::Delivered(3), sold[10..].to_vec()));
}

#[tokio::test]
async fn the_head_of_the_line_holds_up_the_rest() {
    let shop = shop();
    let mut sender = sender(&shop);
    let first = shop.sell_coats(1);
    let again = Step::Again(MORNING * 1_000_000 + 10_000_000);
    let (step, events) = post(&mut sender, Some(503)).await;
    assert_eq!((step, ids(&events)), (again, first.clone()));
    shop.sell_coats(1);
    let Step::Again(due) = again else { unreachable!("it is") };
    assert_eq!(post(&mut sender, Some(200)).await, (Step::Waiting(due), vec![]));
    shop.wait(10);
    let (step, repeated) = post(&mut sender, Some(200)).await;
    assert_eq!((step, repeated), (Step::Delivered(1), events), "the same request");
    assert_eq!(post(&mut sender, Some(200)).await.0, Step::Delivered(1));
}

#[tokio::test]
async fn what_a_status_means() {
    let shop = shop();
    let cases = [
        (StatusRule::Newest, Some(429), true),
        (StatusRule::Newest, Some(504), true),
        (StatusRule::Newest, None, true),
        (StatusRule::Newest, Some(500), false),
        (StatusRule::Newest, Some(401), false),
        (StatusRule::Older, Some(500), true),
        (StatusRule::Older, Some(429), true),
    ];
    for (rule, status, is_tried_again) in cases {
        let mut sender = sender(&shop).rule(rule);
        shop.sell_coats(1);
        let step = post(&mut sender, status).await.0;
        assert_eq!(matches!(step, Step::Again(_)), is_tried_again, "{rule:?} {status:?}");
        assert_eq!(matches!(step, Step::Dropped(1)), !is_tried_again);
    }
    let mut sender = sender(&shop).rule(StatusRule::Older);
    shop.sell_coats(1);
    assert_eq!(post(&mut sender, Some(404)).await.0, Step::Delivered(1));
}

#[tokio::test]
async fn after_a_day_of_tries_events_are_dropped() {
    let shop = shop();
    let mut sender = sender(&shop);
    shop.sell_coats(1);
    let mut tries = Vec::new();
    let dropped = loop {
        let now = shop.clock.load(std::sync::atomic::Ordering::Relaxed);
        tries.push(now / 1_000_000 - MORNING);
        match post(&mut sender, None).await.0 {
            Step::Again(due) => shop.wait((due - now) / 1_000_000),
            other => break other,
        }
    };
    assert_eq!(dropped, Step::Dropped(1));
    assert_eq!(tries.iter().filter(|at| **at < 3_600).count(), 10, "in the first hour");
    assert!(tries.len() > 30);
    assert!((23 * 3_600..=24 * 3_600).contains(tries.last().expect("a last one")));
}

#[tokio::test]
async fn accepted_batches_may_come_again() {
    let shop = shop();
    let mut sender = sender(&shop).repeat_every(2);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(ids(&{
            shop.sell_coats(1);
            post(&mut sender, Some(200)).await.1
        }));
    }
    assert_eq!(seen[1], seen[2], "the second batch came twice");
    assert_ne!(seen[0], seen[1]);
}

#[tokio::test]
async fn changes_pickups_bookings_and_strangers() {
    let shop = shop();
    let mut sender = sender(&shop);
    let open = shop.sitoo.sell(shop.coat().stage(Stage::Open)).expect("open");
    shop.sitoo.close(open, None).expect("closed");
    shop.sitoo.sell(shop.coat().stage(Stage::Booking(MORNING + 60))).expect("a booking");
    let ready = json!({"orderlogtypeid": 900});
    let path = format!("/sites/1/orders/{open}/orderlogitems");
    shop.call(Method::POST, &path, Some(&ready)).await;
    shop.sitoo.push_event("weather-report", json!({"rain": true}));
    let events = post(&mut sender, Some(200)).await.1;
    let short: Vec<Value> = events
        .iter()
        .map(|event| {
            let data = &event["data"];
            json!([event["event_type"], data["order_event_type"], data["order_state_changed"]])
        })
        .collect();
    let expected = [
        json!(["order", "add", "open"]),
        json!(["order", "update", "closed"]),
        json!(["booking", "add", "open"]),
        json!(["order", "ready-for-pickup", null]),
        json!(["weather-report", null, null]),
    ];
    assert_eq!(short, expected);
}

#[tokio::test]
async fn a_late_order_is_announced_when_it_can_be_read() {
    let shop = shop();
    let mut sender = sender(&shop);
    let late = shop.sitoo.sell(shop.coat().held_back()).expect("a sale");
    assert_eq!(post(&mut sender, Some(200)).await.0, Step::Idle);
    shop.sitoo.reveal(late);
    assert_eq!(ids(&post(&mut sender, Some(200)).await.1), [late]);
}
