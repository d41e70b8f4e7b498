//! What persons say of entries.

use daybook_domain::{
    correction::{Correction, Field, Stage},
    entry::EntryState::{Held, Posting},
};
use daybook_store::{
    correction::{self, NewCorrection},
    entry::{self, NewEntry},
};

use crate::{
    common::{at, record, sale},
    db::for_each_engine,
};

fn said(field: Field, place: i64, value: &str) -> Correction {
    Correction { field, place, value: value.to_owned() }
}

fn new(correction: &Correction, stage: Stage) -> NewCorrection<'_> {
    let (original, reason, actor) = ("OLD", "wrong label", "Ada");
    NewCorrection { order_id: 1, correction, original, reason, actor, stage }
}

#[tokio::test]
async fn a_later_word_about_the_same_place_replaces_the_earlier_and_both_stay_on_record() {
    for_each_engine(|db| async move {
        record(&db, &[NewEntry { state: Held, due_at: None, ..sale(1) }, sale(2)]).await;
        let mut tx = db.begin().await.unwrap();
        let (a, b, c) =
            (said(Field::Sku, 0, "A"), said(Field::Sku, 1, "B"), said(Field::Sku, 0, "C"));
        for one in [&a, &b, &c] {
            correction::add(&mut tx, at(1), new(one, Stage::InForce)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let all = correction::of_entry(&db, 1).await.unwrap();
        let told: Vec<_> = all.iter().map(|row| (row.number, row.stage)).collect();
        assert_eq!(told, [(1, Stage::Replaced), (2, Stage::InForce), (3, Stage::InForce)]);
        let live = correction::live(&db, &[1, 2]).await.unwrap();
        let values: Vec<_> = live[&1].iter().map(|row| row.correction.value.as_str()).collect();
        assert_eq!((values, live.contains_key(&2)), (vec!["B", "C"], false));
    })
    .await;
}

#[tokio::test]
async fn it_is_decided_once_and_a_hold_is_lifted_alone() {
    for_each_engine(|db| async move {
        record(&db, &[NewEntry { state: Held, due_at: None, ..sale(1) }]).await;
        let mut tx = db.begin().await.unwrap();
        let (tender, hold) = (said(Field::Tender, 0, "Cash"), said(Field::Hold, 0, ""));
        let number = correction::add(&mut tx, at(1), new(&tender, Stage::Asked)).await.unwrap();
        correction::add(&mut tx, at(1), new(&hold, Stage::InForce)).await.unwrap();
        for taken in [true, false] {
            let steps = (Stage::Asked, Stage::InForce);
            let done = correction::decide(&mut tx, at(2), (1, number), steps, "Bob").await;
            assert_eq!(done.unwrap(), taken);
        }
        assert!(correction::lift_hold(&mut tx, at(3), 1, "Bob").await.unwrap());
        assert!(!correction::lift_hold(&mut tx, at(3), 1, "Bob").await.unwrap());
        tx.commit().await.unwrap();
        let row = correction::get(&db, 1, number).await.unwrap().unwrap();
        assert_eq!((row.stage, row.decided_by.as_deref()), (Stage::InForce, Some("Bob")));
        assert_eq!(correction::live(&db, &[1]).await.unwrap()[&1].len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_on_its_way_is_not_looked_at_again() {
    for_each_engine(|db| async move {
        record(&db, &[NewEntry { state: Posting, due_at: None, ..sale(1) }, sale(2)]).await;
        let mut tx = db.begin().await.unwrap();
        assert!(!entry::look_again(&mut tx, 1, at(9)).await.unwrap());
        assert!(entry::look_again(&mut tx, 2, at(9)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(entry::get(&db, 1).await.unwrap().unwrap().due_at, None);
        assert_eq!(entry::get(&db, 2).await.unwrap().unwrap().due_at, Some(at(9)));
    })
    .await;
}
