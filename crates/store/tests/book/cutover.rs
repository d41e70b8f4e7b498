//! Who posts, what another integration posted, and what is watched.

use daybook_domain::{
    Money, Quantity,
    cutover::{
        Cutover, Flow, Mode,
        stock::{Bucket, Compared, Total},
    },
};
use daybook_store::cutover::{self, NewElsewhere};

use crate::{
    common::{at, record, sale},
    db::{TestBook, for_each_engine},
};

fn parallel() -> Cutover {
    Cutover {
        mode: Mode::Parallel,
        since: at(5),
        first_order_id: Some(7),
        point: None,
        also: vec![Flow::Stock, Flow::Despatch],
    }
}

#[tokio::test]
async fn a_book_posts_until_somebody_says_otherwise() {
    for_each_engine(|db| async move {
        assert_eq!(cutover::state(&db).await.unwrap(), Cutover::live());
        let mut tx = db.begin().await.unwrap();
        assert!(cutover::gate(&mut tx).await.unwrap().1.is_some());
        cutover::set(&mut tx, &parallel()).await.unwrap();
        let (state, leave) = cutover::gate(&mut tx).await.unwrap();
        assert_eq!((state, leave.is_some()), (parallel(), false));
        tx.commit().await.unwrap();
        assert_eq!(cutover::state(&db).await.unwrap(), parallel());
        let summary = Compared {
            places: 2,
            totals: vec![Total {
                bucket: Bucket::Negative,
                rows: 1,
                units: Quantity::from_units(2),
                worth: Money::from_pence(300),
            }],
            rows: Vec::new(),
        };
        let mut tx = db.begin().await.unwrap();
        for moment in [at(6), at(7)] {
            cutover::set_stock(&mut tx, moment, &summary).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(cutover::stock(&db).await.unwrap(), Some((at(7), summary)));
    })
    .await;
}

/// The gate: nobody changes who posts while a transaction that may post is open.
#[tokio::test]
async fn a_switch_waits_for_intents_that_are_being_written() {
    let book = TestBook::postgres().await;
    let mut intents = book.db.begin().await.unwrap();
    assert!(cutover::gate(&mut intents).await.unwrap().1.is_some());
    let other = book.again().await;
    let back = tokio::spawn(async move {
        let mut tx = other.begin().await.unwrap();
        cutover::for_update(&mut tx).await.unwrap();
        cutover::set(&mut tx, &parallel()).await.unwrap();
        tx.commit().await.unwrap();
        other.close().await;
    });
    // However often others run in between, it stands.
    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert_eq!(cutover::state(&book.db).await.unwrap().mode, Mode::Live);
    }
    assert!(!back.is_finished());
    intents.commit().await.unwrap();
    back.await.unwrap();
    let mut tx = book.db.begin().await.unwrap();
    assert!(cutover::gate(&mut tx).await.unwrap().1.is_none());
    tx.rollback().await.unwrap();
    book.remove().await;
}

#[tokio::test]
async fn a_document_of_the_other_integration_belongs_to_one_entry() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2)]).await;
        let document = |order_id| NewElsewhere {
            erp_order_id: 70,
            order_id,
            own_reference: "S1-1",
            reference: "SIT-1",
            order_number: "SO-70",
            amounts: [100, 20, 120].map(Money::from_pence),
        };
        let mut tx = db.begin().await.unwrap();
        assert!(cutover::adopt(&mut tx, at(1), &document(1)).await.unwrap());
        assert!(cutover::adopt(&mut tx, at(2), &document(1)).await.unwrap(), "known already");
        assert!(!cutover::adopt(&mut tx, at(3), &document(2)).await.unwrap(), "another's");
        cutover::begin_to_seek(&mut tx, at(1), 1, Some("{}"), None).await.unwrap();
        cutover::begin_to_seek(&mut tx, at(2), 2, None, Some("[]")).await.unwrap();
        cutover::looked(&mut tx, at(9), 2).await.unwrap();
        cutover::watch(&mut tx, &[1, 2], at(10), at(90)).await.unwrap();
        cutover::put_off(&mut tx, 2, at(20)).await.unwrap();
        tx.commit().await.unwrap();
        let found = cutover::of_entries(&db, &[1, 2]).await.unwrap();
        assert_eq!((found.len(), found[&1][0].gross.pence()), (1, 120));
        assert_eq!(cutover::of_documents(&db, &[70]).await.unwrap()[&70].found_at, at(1));
        let sought = cutover::sought(&db, 0, 9).await.unwrap();
        assert_eq!(sought.len(), 2);
        assert_eq!(sought[0].found.as_ref().unwrap().reference, "SIT-1");
        assert_eq!((sought[1].looked_at, &sought[1].found), (Some(at(9)), &None));
        assert_eq!(cutover::looked_at(&db, &[1, 2]).await.unwrap().len(), 1);
        let due = cutover::watch_due(&db, at(10), 9).await.unwrap();
        assert_eq!(due.iter().map(|row| row.order_id).collect::<Vec<_>>(), [1]);
        let counts = cutover::counts(&db, "other-integration", at(50)).await.unwrap();
        assert_eq!((counts.adopted, counts.would_be_held, counts.waiting.entries), (1, 1, 0));
        assert_eq!(cutover::lowest(&db).await.unwrap(), Some(1));
        assert_eq!(cutover::first_open(&db, "other-integration").await.unwrap(), Some(1));
        assert_eq!(cutover::ours_since(&db, 0, at(0), 9).await.unwrap(), []);
        assert_eq!(cutover::unsettled(&db, "other-integration").await.unwrap(), []);
    })
    .await;
}
