//! Alerts, messages and channels.

use crate::db::for_each_engine;
use daybook_domain::{
    Money,
    alert::{AlertKind, Impact, Key, Observation, Occasion, Told},
};
use daybook_store::{
    Db,
    alert::{
        self, channel,
        delivery::{self, Ended, NewDelivery},
    },
    entry::NewEntry,
};

use crate::common::{at, record, sale};

fn silence(records: i64) -> Observation {
    let impact = Impact { records, money: Money::from_pence(records * 100) };
    Observation::new(Key::of_store(AlertKind::Silence, 5), format!("{records} are missed"), impact)
}

async fn raise(db: &Db, second: i64) -> Option<i64> {
    let mut tx = db.begin().await.unwrap();
    let number = alert::raise(&mut tx, at(second), &silence(7)).await.unwrap();
    tx.commit().await.unwrap();
    number
}

#[tokio::test]
async fn a_cause_has_one_open_alert() {
    for_each_engine(|db| async move {
        let number = raise(&db, 0).await.unwrap();
        assert_eq!(raise(&db, 1).await, None);
        let mut tx = db.begin().await.unwrap();
        alert::update(&mut tx, at(60), number, &silence(9)).await.unwrap();
        assert!(alert::escalated(&mut tx, number, 1).await.unwrap());
        assert!(!alert::escalated(&mut tx, number, 1).await.unwrap());
        assert!(alert::looked(&mut tx, at(61), number, "Ann").await.unwrap());
        assert!(!alert::looked(&mut tx, at(62), number, "Bob").await.unwrap());
        tx.commit().await.unwrap();
        let open = alert::open(&db).await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].impact.records, open[0].escalations), (9, 1));
        assert_eq!((open[0].opened_at, open[0].last_seen), (at(0), at(60)));
        assert_eq!(open[0].looked_by.as_deref(), Some("Ann"));
        let mut tx = db.begin().await.unwrap();
        assert!(alert::close(&mut tx, at(70), number).await.unwrap());
        assert!(!alert::close(&mut tx, at(71), number).await.unwrap());
        tx.commit().await.unwrap();
        let again = raise(&db, 80).await.unwrap();
        assert!(again > number);
        assert_eq!(alert::closed(&db, None, 10).await.unwrap().len(), 1);
        assert_eq!(alert::closed(&db, Some(number), 10).await.unwrap(), []);
        assert_eq!(alert::closed_since(&db, at(70)).await.unwrap().len(), 1);
        assert_eq!(alert::closed_since(&db, at(71)).await.unwrap(), []);
        let one = alert::get(&db, number).await.unwrap().unwrap();
        assert!(!one.nobody_needed_it());
    })
    .await;
}

async fn message(db: &Db, alert: i64, channel: &str, due: i64) {
    let new = NewDelivery {
        id: channel,
        alert: Some(alert),
        channel,
        occasion: Occasion::Opened,
        notice: "{}",
        due_at: at(due),
    };
    let mut tx = db.begin().await.unwrap();
    delivery::insert(&mut tx, at(0), &new).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_message_is_tried_by_one_until_it_arrives() {
    for_each_engine(|db| async move {
        let number = raise(&db, 0).await.unwrap();
        message(&db, number, "mail", 0).await;
        message(&db, number, "chat", 900).await;
        let due = delivery::due(&db, at(1), 10).await.unwrap();
        assert_eq!(due.len(), 1);
        let mut tx = db.begin().await.unwrap();
        assert!(delivery::begin(&mut tx, at(1), &due[0], at(60)).await.unwrap());
        assert!(!delivery::begin(&mut tx, at(1), &due[0], at(60)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(delivery::due(&db, at(59), 10).await.unwrap(), []);
        let mut tx = db.begin().await.unwrap();
        let again = Ended::Again(at(30), "smtp-unreachable");
        assert!(delivery::end(&mut tx, due[0].number, 1, again).await.unwrap());
        tx.commit().await.unwrap();
        let due = delivery::due(&db, at(30), 10).await.unwrap();
        assert_eq!((due[0].attempts, due[0].error.as_deref()), (1, Some("smtp-unreachable")));
        let mut tx = db.begin().await.unwrap();
        delivery::begin(&mut tx, at(30), &due[0], at(90)).await.unwrap();
        // A try that was given up comes too late.
        assert!(!delivery::end(&mut tx, due[0].number, 1, Ended::Sent).await.unwrap());
        assert!(delivery::end(&mut tx, due[0].number, 2, Ended::Sent).await.unwrap());
        assert_eq!(delivery::drop_pending(&mut tx, number, "mail").await.unwrap(), 0);
        tx.commit().await.unwrap();
        let told = |channel: &str, has_arrived| Told { channel: channel.to_owned(), has_arrived };
        let known = delivery::told(&db, number).await.unwrap();
        assert_eq!(known, [told("mail", true), told("chat", false)]);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(delivery::drop_pending(&mut tx, number, "chat").await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(delivery::told(&db, number).await.unwrap(), [told("mail", true)]);
        assert_eq!(delivery::due(&db, at(9_999), 10).await.unwrap(), []);
        let states: Vec<_> = delivery::latest(&db, None, 10).await.unwrap();
        let states: Vec<_> = states.iter().map(|row| row.state.as_str()).collect();
        assert_eq!(states, ["dropped", "sent"]);
    })
    .await;
}

#[tokio::test]
async fn failures_of_a_channel_are_counted_until_it_works() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        for second in 0..3 {
            channel::tried(&mut tx, at(second), "mail", Some("refused")).await.unwrap();
        }
        let known = channel::list(&mut tx).await.unwrap();
        assert_eq!((known[0].failures, known[0].failing_since), (3, Some(at(0))));
        channel::tried(&mut tx, at(9), "mail", None).await.unwrap();
        let known = channel::list(&mut tx).await.unwrap();
        assert_eq!((known[0].failures, known[0].failing_since), (0, None));
        assert_eq!((known[0].sent_at, known[0].error.clone()), (Some(at(9)), None));
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn receipts_are_counted_by_the_quarter() {
    for_each_engine(|db| async move {
        let store = |id: i64, warehouse: i64, second: i64| NewEntry {
            warehouse_id: Some(warehouse),
            order_date: at(second),
            ..sale(id)
        };
        record(&db, &[store(1, 5, 0), store(2, 5, 899), store(3, 5, 900), store(4, 6, 900)]).await;
        let rows = alert::quarters(&db, (at(0), at(1_000))).await.unwrap();
        let told: Vec<_> =
            rows.iter().map(|row| (row.warehouse_id, row.quarter, row.receipts)).collect();
        assert_eq!(told, [(5, 0, 2), (5, 1, 1), (6, 1, 1)]);
        assert_eq!(rows[0].latest, at(899));
    })
    .await;
}
