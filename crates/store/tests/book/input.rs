//! How entries come in: watermark, missing ids, events, exchanges.

use std::{collections::HashMap, time::Duration};

use crate::db::for_each_engine;
use daybook_domain::{
    class::Class,
    exchange::{Exchange, System},
};
use daybook_store::{
    attempt::{self, FinishedAttempt, NewAttempt},
    cutover, entry,
    exchange::{self, NewExchange},
    inbox::{self, NewEvent},
    stray, watermark,
};
use uuid::Uuid;

use crate::common::{at, record, sale};

#[tokio::test]
async fn a_page_and_its_watermark_are_stored_together_or_not_at_all() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        entry::record(&mut tx, at(0), &[sale(1), sale(2)]).await.unwrap();
        watermark::set(&mut tx, at(0), "orders", 2).await.unwrap();
        watermark::note_missing(&mut tx, at(0), &[0], at(9)).await.unwrap();
        drop(tx);
        assert_eq!(watermark::get(&db, "orders").await.unwrap(), None);
        assert!(entry::get(&db, 1).await.unwrap().is_none());
        assert_eq!(watermark::missing_count(&db).await.unwrap(), 0);
        assert!(entry::counts(&db).await.unwrap().is_empty());
        let mut tx = db.begin().await.unwrap();
        entry::record(&mut tx, at(1), &[sale(1), sale(2)]).await.unwrap();
        watermark::set(&mut tx, at(1), "orders", 2).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(watermark::get(&db, "orders").await.unwrap(), Some(2));
        assert_eq!(watermark::updated_at(&db, "orders").await.unwrap(), Some(at(1)));
        assert!(entry::get(&db, 2).await.unwrap().is_some());
    })
    .await;
}

#[tokio::test]
async fn missing_ids_are_asked_for_until_they_are_found_or_given_up() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        watermark::note_missing(&mut tx, at(0), &[3, 4, 5], at(10)).await.unwrap();
        watermark::note_missing(&mut tx, at(5), &[5, 6], at(20)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(watermark::next_ask(&db).await.unwrap(), Some(at(10)));
        assert_eq!(watermark::due_missing(&db, at(10), 9).await.unwrap(), [3, 4, 5]);
        assert_eq!(watermark::due_missing(&db, at(10), 2).await.unwrap(), [3, 4]);
        let mut tx = db.begin().await.unwrap();
        watermark::found(&mut tx, &[3]).await.unwrap();
        watermark::asked(&mut tx, &[4, 5], at(30)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(watermark::due_missing(&db, at(20), 9).await.unwrap(), [6]);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(watermark::give_up(&mut tx, at(40), at(5)).await.unwrap(), [4, 5]);
        assert!(watermark::give_up(&mut tx, at(40), at(5)).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let missing = watermark::missing(&db).await.unwrap();
        assert_eq!((missing.asked, missing.oldest, missing.gaps), (1, Some(at(5)), 2));
        // A gap that turns up years later is no gap any more.
        let mut tx = db.begin().await.unwrap();
        watermark::found(&mut tx, &[4, 5, 6]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(watermark::missing(&db).await.unwrap().gaps, 0);
    })
    .await;
}

#[tokio::test]
async fn an_order_without_an_id_is_kept_once_as_it_came() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let (one, other) = (r#"{"orderid":null,"n":1}"#, r#"{"orderid":null,"n":2}"#);
        assert_eq!(stray::keep(&mut tx, at(0), &[one, one]).await.unwrap(), [0]);
        assert_eq!(stray::keep(&mut tx, at(5), &[one, other]).await.unwrap(), [1]);
        assert_eq!(stray::keep(&mut tx, at(6), &[]).await.unwrap(), Vec::<usize>::new());
        tx.commit().await.unwrap();
        assert_eq!(stray::count(&db).await.unwrap(), 2);
        let latest = stray::latest(&db, 10).await.unwrap();
        assert_eq!((&*latest[0].body, latest[0].received_at), (other, at(5)));
        assert_eq!((&*latest[1].body, latest[1].received_at), (one, at(0)));
    })
    .await;
}

fn event(number: i64) -> NewEvent {
    NewEvent {
        event_id: format!("event-{number:04}"),
        event_type: "order".to_owned(),
        order_id: Some(number),
        body: "{}".to_owned(),
    }
}

#[tokio::test]
async fn an_event_that_comes_again_is_kept_once() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let events: Vec<NewEvent> = (1..=150).map(event).collect();
        assert_eq!(inbox::receive(&mut tx, at(0), &events).await.unwrap(), 150);
        let again = [event(150), event(151), event(151)];
        assert_eq!(inbox::receive(&mut tx, at(1), &again).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(inbox::waiting(&db).await.unwrap(), 151);
        let due = inbox::due(&db, at(0), 100).await.unwrap();
        assert_eq!(due.len(), 100);
        assert_eq!((due[0].order_id, due[0].tries), (Some(1), 0));
        let ids: Vec<String> = due.into_iter().map(|event| event.event_id).collect();
        let mut tx = db.begin().await.unwrap();
        inbox::handled(&mut tx, at(2), &ids[..99]).await.unwrap();
        inbox::again(&mut tx, &ids[99..], at(60)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(inbox::due(&db, at(2), 100).await.unwrap().len(), 51);
        let later = inbox::due(&db, at(60), 100).await.unwrap();
        assert_eq!(later.iter().filter(|event| event.tries == 1).count(), 1);
        assert_eq!(inbox::body(&db, "event-0001").await.unwrap().as_deref(), Some("{}"));
        assert_eq!(inbox::next_due(&db).await.unwrap(), Some(at(0)));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(inbox::prune(&mut tx, at(3)).await.unwrap(), 99);
        tx.commit().await.unwrap();
    })
    .await;
}

fn exchange_at(second: i64, order_id: Option<i64>) -> NewExchange {
    NewExchange {
        id: Uuid::from_u128(u128::try_from(second).unwrap()),
        order_id,
        exchange: Exchange {
            system: System::Orderwise,
            purpose: "place-order",
            method: "POST".to_owned(),
            path: "/sales/order".to_owned(),
            started_at: at(second),
            duration: Duration::from_micros(1_500),
            status: Some(200),
            class: Class::Done,
            request: Some("{}".to_owned()),
            response: None,
        },
    }
}

#[tokio::test]
async fn exchanges_are_kept_as_long_as_the_settings_say() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let rows = [exchange_at(1, None), exchange_at(2, Some(7)), exchange_at(3, Some(7))];
        exchange::insert(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let of_seven = exchange::of(&db, 7).await.unwrap();
        assert_eq!(of_seven.iter().map(|row| row.started_at).collect::<Vec<_>>(), [at(2), at(3)]);
        assert_eq!((of_seven[0].duration_us, of_seven[0].status), (1_500, Some(200)));
        assert_eq!(exchange::latest(&db, 1).await.unwrap()[0].started_at, at(3));
        let id = of_seven[0].id;
        assert_eq!(exchange::get(&db, id).await.unwrap().as_ref(), Some(&of_seven[0]));
        assert_eq!(exchange::prune(&db, at(3)).await.unwrap(), 2);
        assert_eq!(exchange::of(&db, 7).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_attempt_without_an_outcome_is_an_intent() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let new = |number| NewAttempt {
            order_id: 1,
            number,
            started_at: at(number),
            worker: "w1".to_owned(),
            session_id: Some(3),
            request: "{}".to_owned(),
            posting: format!("sent {number}"),
        };
        let outcome = |number, response: &str| FinishedAttempt {
            order_id: 1,
            number,
            finished_at: at(9),
            class: Class::InDoubt,
            status: None,
            response: Some(response.to_owned()),
            duration: Duration::from_secs(1),
        };
        let mut tx = db.begin().await.unwrap();
        let leave = cutover::gate(&mut tx).await.unwrap().1.unwrap();
        attempt::start(&mut tx, leave, &[new(1), new(2)]).await.unwrap();
        attempt::finish(&mut tx, &[outcome(1, "first")]).await.unwrap();
        // Whoever comes second cannot rewrite what the first saw.
        attempt::finish(&mut tx, &[outcome(1, "second")]).await.unwrap();
        tx.commit().await.unwrap();
        let sent = attempt::postings(&db, &[1, 2]).await.unwrap();
        assert_eq!(sent, HashMap::from([(1, "sent 2".to_owned())]), "the last attempt's");
        let all = attempt::of(&db, 1).await.unwrap();
        assert_eq!((all[0].class.as_deref(), all[0].finished_at), (Some("in-doubt"), Some(at(9))));
        assert_eq!((all[1].class.as_deref(), all[1].finished_at), (None, None));
        assert_eq!(attempt::last_answer(&db, 1).await.unwrap().as_deref(), Some("first"));
    })
    .await;
}
