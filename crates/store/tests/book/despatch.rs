//! Orders with goods to come, and the deliveries that Sitoo is told of.

use crate::{
    common::{at, record, sale},
    db::for_each_engine,
};
use daybook_domain::{
    Money, Quantity,
    causes::Cause,
    despatch::{DespatchState, Parcel, PostedLine, Sent, SentLine, StatusMeaning},
    posting::Fault,
    supply::{DeliveredItem, OrderDelivery},
};
use daybook_store::{
    Db,
    despatch::{DespatchRow, Intent, parcel, sending},
    entry, exception, supply,
    timeline::{self, Event},
};

fn sent(delivery_id: i64) -> Sent {
    let parcel = Parcel {
        delivery_id,
        despatched_at: Some(at(9)),
        courier: Some("DPD".to_owned()),
        consignment: None,
        tracking_url: None,
    };
    let line =
        SentLine { number: Some(1), sku: "ABC".to_owned(), quantity: Quantity::from_units(1) };
    Sent { parcel, lines: vec![line] }
}

async fn followed(db: &Db, order_id: i64) {
    record(db, &[sale(order_id)]).await;
    let line = PostedLine {
        number: 1,
        row: 0,
        variant_code: "ABC".to_owned(),
        quantity: Quantity::from_units(1),
        to_come: true,
    };
    let mut tx = db.begin().await.unwrap();
    sending::begin(&mut tx, at(1), order_id, &[line], at(60)).await.unwrap();
    assert!(
        parcel::insert(&mut tx, at(2), order_id, &sent(77), DespatchState::Ready).await.unwrap()
    );
    assert!(
        !parcel::insert(&mut tx, at(3), order_id, &sent(77), DespatchState::Ready).await.unwrap()
    );
    tx.commit().await.unwrap();
}

async fn save(db: &Db, row: &DespatchRow, was: (DespatchState, i64)) -> bool {
    let mut tx = db.begin().await.unwrap();
    let saved = parcel::save(&mut tx, row, was).await.unwrap();
    tx.commit().await.unwrap();
    saved
}

#[tokio::test]
async fn deliveries_are_wanted_read_and_kept() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2)]).await;
        let mut tx = db.begin().await.unwrap();
        supply::want(&mut tx, &[1, 2], at(10)).await.unwrap();
        supply::want_new(&mut tx, &[1], at(0)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(supply::due(&db, at(9), 9).await.unwrap(), Vec::<i64>::new());
        assert_eq!(supply::due(&db, at(10), 9).await.unwrap(), [1, 2]);
        let delivery = OrderDelivery {
            id: 5,
            warehouse_id: 3,
            reference: "D1".to_owned(),
            delivered_at: Some(at(1)),
            cancelled_at: None,
            items: vec![DeliveredItem { row: 0, pieces: 1 }],
        };
        let mut tx = db.begin().await.unwrap();
        supply::put(&mut tx, at(11), 1, std::slice::from_ref(&delivery)).await.unwrap();
        supply::again(&mut tx, 2, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(supply::due(&db, at(99), 9).await.unwrap(), Vec::<i64>::new());
        let known = supply::known(&db, &[1, 2, 3]).await.unwrap();
        assert_eq!((known.len(), &known[&1]), (1, &vec![delivery]));
        // Something new about the order: what was read is old.
        let mut tx = db.begin().await.unwrap();
        supply::want(&mut tx, &[1], at(20)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(supply::known(&db, &[1]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_lost_its_turn_changes_nothing() {
    for_each_engine(|db| async move {
        followed(&db, 1).await;
        let due = parcel::due(&db, at(2), 9).await.unwrap();
        let intent = Intent {
            warehouse_id: 40,
            reference: "D1".to_owned(),
            items: vec![DeliveredItem { row: 0, pieces: 1 }],
            before: vec![5],
        };
        let row = DespatchRow {
            state: DespatchState::Writing,
            attempt: 1,
            worker: Some("a".to_owned()),
            lease_until: Some(at(30)),
            due_at: None,
            intent: Some(intent),
            ..due[0].clone()
        };
        assert!(save(&db, &row, (DespatchState::Ready, 0)).await);
        assert!(!save(&db, &row, (DespatchState::Ready, 0)).await, "one intent only");
        assert_eq!(parcel::of_order(&db, 1).await.unwrap(), std::slice::from_ref(&row));
        assert!(parcel::orphaned(&db, at(29), "b", false, 9).await.unwrap().is_empty());
        assert_eq!(parcel::orphaned(&db, at(30), "b", false, 9).await.unwrap().len(), 1);
        assert_eq!(parcel::orphaned(&db, at(0), "b", true, 9).await.unwrap().len(), 1);
        assert!(parcel::orphaned(&db, at(0), "a", true, 9).await.unwrap().is_empty());
        let doubt = DespatchRow { state: DespatchState::InDoubt, due_at: Some(at(31)), ..row };
        assert!(save(&db, &doubt, (DespatchState::Writing, 1)).await);
        let written = DespatchRow { state: DespatchState::Written, ..doubt.clone() };
        assert!(!save(&db, &written, (DespatchState::Writing, 1)).await, "its lease is over");
        assert_eq!(parcel::in_doubt(&db, at(31), 9).await.unwrap(), [doubt]);
        let counts = parcel::counts(&db).await.unwrap();
        assert_eq!(counts, [(DespatchState::InDoubt, 1)]);
    })
    .await;
}

#[tokio::test]
async fn orders_are_followed_until_they_end() {
    for_each_engine(|db| async move {
        followed(&db, 1).await;
        followed(&db, 2).await;
        assert!(sending::due(&db, at(59), 9).await.unwrap().is_empty());
        let mut tx = db.begin().await.unwrap();
        assert_eq!(sending::wake(&mut tx, &[2, 3], at(5)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let due = sending::due(&db, at(5), 9).await.unwrap();
        let mut row = due[0].clone();
        row.status = Some("Somewhere".to_owned());
        let mut tx = db.begin().await.unwrap();
        sending::save(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(sending::unexplained(&db).await.unwrap(), ["Somewhere"]);
        assert_eq!(sending::with_status(&db, "Somewhere", 9).await.unwrap(), [row.clone()]);
        row.meaning = Some(StatusMeaning::Despatched);
        row.ended_at = Some(at(6));
        let mut tx = db.begin().await.unwrap();
        sending::save(&mut tx, &row).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(sending::get(&db, 2).await.unwrap(), Some(row));
        let ids = |rows: Vec<sending::SendingRow>| {
            rows.into_iter().map(|row| row.order_id).collect::<Vec<_>>()
        };
        assert_eq!(ids(sending::list(&db, false, 0, 9).await.unwrap()), [1]);
        assert_eq!(ids(sending::list(&db, true, 0, 9).await.unwrap()), [1, 2]);
        assert_eq!(ids(sending::of(&db, &[2, 1, 7]).await.unwrap()), [1, 2]);
        assert!(sending::by_document(&db, &[(9, "SO-9".to_owned())]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_note_is_part_of_the_record_and_leaves_the_state() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let event = Event {
            actor: "daybook".to_owned(),
            code: "despatched".to_owned(),
            detail: "a parcel".to_owned(),
        };
        let mut tx = db.begin().await.unwrap();
        assert!(entry::note(&mut tx, at(5), 1, &event).await.unwrap());
        assert!(!entry::note(&mut tx, at(5), 2, &event).await.unwrap());
        tx.commit().await.unwrap();
        let lines = timeline::of_entry(&db, 1).await.unwrap();
        let last = lines.last().unwrap();
        assert_eq!((last.code.as_str(), last.state, last.seq), ("despatched", sale(1).state, 2));
        assert!(timeline::verify_all(&db, 0, 9).await.unwrap().broken.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_flow_tells_its_exceptions_beside_those_of_others() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let fault = |cause| Fault { cause, subject: "S".to_owned(), detail: "so".to_owned() };
        let (ours, other) = (Cause::PaidButNotMoving, Cause::PostedTwice);
        let about = (1, Money::from_pence(500));
        let mut tx = db.begin().await.unwrap();
        exception::raise_beside(&mut tx, at(1), about, &fault(other), "daybook").await.unwrap();
        let told =
            exception::set_among(&mut tx, at(2), about, &[ours], &[fault(ours)], "daybook").await;
        assert_eq!(told.unwrap(), 1);
        let again =
            exception::set_among(&mut tx, at(3), about, &[ours], &[fault(ours)], "daybook").await;
        assert_eq!(again.unwrap(), 0);
        exception::set_among(&mut tx, at(4), about, &[ours], &[], "daybook").await.unwrap();
        tx.commit().await.unwrap();
        let open = |rows: Vec<exception::ExceptionRow>| {
            let open = rows.into_iter().filter(|row| row.closed_at.is_none());
            open.map(|row| row.cause).collect::<Vec<_>>()
        };
        assert_eq!(open(exception::of_entry(&db, 1).await.unwrap()), [other]);
        // Gone by itself, it may come back; settled by a person, it is not told again.
        let mut tx = db.begin().await.unwrap();
        let fresh = exception::raise_beside(&mut tx, at(5), about, &fault(ours), "daybook").await;
        assert!(fresh.unwrap());
        exception::close_for_entry(&mut tx, at(6), 1, "Ada", "refunded").await.unwrap();
        let fresh = exception::raise_beside(&mut tx, at(7), about, &fault(ours), "daybook").await;
        assert!(!fresh.unwrap());
        tx.commit().await.unwrap();
    })
    .await;
}
