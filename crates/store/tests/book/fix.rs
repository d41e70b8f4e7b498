//! What was done about a day, credits of doubles, and what is asked of another process.

use daybook_domain::{
    Money,
    document::Receipt,
    reconcile::{DayCause, certificate::Fix, fix::Act, witness::Day},
};
use daybook_store::{
    asked, cutover,
    reconcile::{
        credit::{self, CreditRow, CreditState},
        difference::Effect,
        fix,
    },
};

use crate::{
    common::{at, raw},
    db::{for_each_book, for_each_engine},
};

fn monday() -> (i64, Day) {
    (5, "2026-10-05".parse().unwrap())
}

fn step(second: i64, subject: &str) -> Fix {
    Fix {
        at: at(second),
        by: "Ada".to_owned(),
        act: Act::PostAgain,
        cause: DayCause::GoneFromOrderwise,
        subject: subject.to_owned(),
    }
}

#[tokio::test]
async fn what_was_done_about_a_day_is_kept_in_order_and_never_changed() {
    for_each_book(|db, url| async move {
        let gross = Money::from_pence(100);
        let effect = Effect { gross, ..Effect::default() };
        let mut tx = db.begin().await.unwrap();
        for fix in [step(1, "S1-1"), step(2, "S1-2")] {
            fix::append(&mut tx, monday(), &fix, effect).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (store, day) = monday();
        let rows = fix::of_day(&db, store, day).await.unwrap();
        assert_eq!(rows, [step(1, "S1-1"), step(2, "S1-2")]);
        assert!(fix::of_day(&db, 6, day).await.unwrap().is_empty());
        for statement in ["UPDATE fix_step SET actor = 'x'", "DELETE FROM fix_step"] {
            assert!(raw(&url, statement).await.is_err(), "{statement}");
        }
    })
    .await;
}

async fn known(db: &daybook_store::Db) -> CreditRow {
    credit::get(db, 70).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_credit_is_sent_by_one_process_at_a_time_and_stays_when_it_is_there() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        credit::ask(&mut tx, at(1), monday(), (11, 70)).await.unwrap();
        credit::ask(&mut tx, at(2), monday(), (11, 70)).await.unwrap();
        tx.commit().await.unwrap();
        let row = known(&db).await;
        assert_eq!((row.state, row.attempt, row.due_at), (CreditState::Ready, 0, Some(at(2))));
        assert_eq!(credit::due(&db, at(1), 9).await.unwrap(), []);
        assert_eq!(credit::due(&db, at(2), 9).await.unwrap().len(), 1);

        // Two processes have read the same row: one of them may send.
        let mut tx = db.begin().await.unwrap();
        let leave = cutover::gate(&mut tx).await.unwrap().1.unwrap();
        assert!(credit::intend(&mut tx, leave, &row, at(90), "{}").await.unwrap());
        assert!(!credit::intend(&mut tx, leave, &row, at(90), "{}").await.unwrap());
        // Who asks again while it is on its way changes nothing.
        credit::ask(&mut tx, at(3), monday(), (11, 70)).await.unwrap();
        tx.commit().await.unwrap();
        let row = known(&db).await;
        assert_eq!((row.state, row.attempt, row.due_at), (CreditState::Posting, 1, Some(at(90))));

        let mut tx = db.begin().await.unwrap();
        assert!(!credit::doubt(&mut tx, (70, 0), at(4), "an old try").await.unwrap());
        assert!(credit::doubt(&mut tx, (70, 1), at(4), "cut").await.unwrap());
        credit::not_found(&mut tx, &row, at(34)).await.unwrap();
        tx.commit().await.unwrap();
        let row = known(&db).await;
        assert_eq!((row.state, row.lookups, row.due_at), (CreditState::InDoubt, 1, Some(at(34))));
        assert_eq!(row.doubt_since, Some(at(4)));

        let mut tx = db.begin().await.unwrap();
        let receipt = Receipt { order_id: 71, order_number: "SO-71".to_owned() };
        assert!(credit::posted(&mut tx, at(5), 70, &receipt).await.unwrap());
        assert!(!credit::posted(&mut tx, at(6), 70, &receipt).await.unwrap(), "once");
        assert!(!credit::ready(&mut tx, (70, 1), at(7), "again").await.unwrap());
        assert!(!credit::refused(&mut tx, (70, 1), "no").await.unwrap());
        credit::ask(&mut tx, at(8), monday(), (11, 70)).await.unwrap();
        tx.commit().await.unwrap();
        let row = known(&db).await;
        assert_eq!(
            (row.state, row.posted_at, row.due_at),
            (CreditState::Posted, Some(at(5)), None)
        );
        assert_eq!(row.credit_number.as_deref(), Some("SO-71"));
        let (store, day) = monday();
        assert_eq!(credit::of_day(&db, store, day).await.unwrap(), [row]);
    })
    .await;
}

#[tokio::test]
async fn what_is_asked_is_answered_once_and_in_its_order() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        asked::ask(&mut tx, at(2), "b", "{}").await.unwrap();
        asked::ask(&mut tx, at(1), "a", "{}").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(asked::next(&db).await.unwrap().unwrap().id, "a");
        let mut tx = db.begin().await.unwrap();
        asked::take(&mut tx, at(3), "a").await.unwrap();
        asked::answer(&mut tx, at(4), "a", "1").await.unwrap();
        asked::answer(&mut tx, at(5), "a", "2").await.unwrap();
        tx.commit().await.unwrap();
        let row = asked::get(&db, "a").await.unwrap().unwrap();
        assert_eq!((row.taken_at, row.done_at), (Some(at(3)), Some(at(4))));
        assert_eq!(row.answer.as_deref(), Some("1"));
        assert_eq!(asked::next(&db).await.unwrap().unwrap().id, "b");
        let mut tx = db.begin().await.unwrap();
        asked::forget(&mut tx, at(9)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(asked::get(&db, "a").await.unwrap(), None);
        assert!(asked::get(&db, "b").await.unwrap().is_some(), "it has no answer yet");
    })
    .await;
}
