//! The only way an entry's state changes.

use crate::db::for_each_engine;
use daybook_domain::{
    Money,
    entry::EntryState::{Confirmed, Held, InDoubt, Posted, Posting, Ready, Waiting},
};
use daybook_store::{
    entry::{
        self, Changes, Expect,
        Outcome::{Applied, Stale},
        Transition,
    },
    timeline,
};

use crate::common::{at, get, go, ids, record, sale, step, waiting_return};

fn with(step: Transition, changes: Changes) -> Transition {
    Transition { changes, ..step }
}

#[tokio::test]
async fn a_step_changes_what_it_says_and_nothing_else() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let intent = Changes {
            attempt: Some(1),
            worker: Some(Some("w1".to_owned())),
            lease_until: Some(Some(at(60))),
            due_at: Some(None),
            ..Changes::default()
        };
        go(&db, &[with(step(1, Ready, Posting), intent)]).await;
        let row = get(&db, 1).await;
        assert_eq!((row.state, row.attempt, row.due_at), (Posting, 1, None));
        assert_eq!((row.worker.as_deref(), row.lease_until), (Some("w1"), Some(at(60))));
        let posted = Changes {
            worker: Some(None),
            lease_until: Some(None),
            erp_order_id: Some(Some(77)),
            erp_order_number: Some(Some("SO-77".to_owned())),
            posted_at: Some(Some(at(1))),
            ..Changes::default()
        };
        go(&db, &[with(step(1, Posting, Posted), posted)]).await;
        let confirmed = Changes {
            erp_net: Some(Some(Money::from_pence(1_000))),
            erp_tax: Some(Some(Money::from_pence(200))),
            erp_gross: Some(Some(Money::from_pence(1_200))),
            stored_at: Some(Some(at(1))),
            confirmed_at: Some(Some(at(2))),
            ..Changes::default()
        };
        go(&db, &[with(step(1, Posted, Confirmed), confirmed)]).await;
        let row = get(&db, 1).await;
        assert_eq!((row.state, row.worker, row.attempt), (Confirmed, None, 1));
        assert_eq!((row.erp_order_id, row.erp_order_number), (Some(77), Some("SO-77".to_owned())));
        assert_eq!(row.erp_gross, Some(Money::from_pence(1_200)));
        assert_eq!((row.posted_at, row.confirmed_at), (Some(at(1)), Some(at(2))));
        let events = timeline::of_entry(&db, 1).await.unwrap();
        let states: Vec<_> = events.iter().map(|event| event.state).collect();
        assert_eq!(states, [Ready, Posting, Posted, Confirmed]);
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_cannot_finish_the_work() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let attempt = |number| Changes { attempt: Some(number), ..Changes::default() };
        go(&db, &[with(step(1, Ready, Posting), attempt(1))]).await;
        // Meanwhile another looked it up, found nothing, and began the second try.
        go(&db, &[step(1, Posting, InDoubt)]).await;
        go(&db, &[step(1, InDoubt, Ready)]).await;
        go(&db, &[with(step(1, Ready, Posting), attempt(2))]).await;
        let late = Transition {
            expect: Expect { state: Posting, attempt: Some(1) },
            ..step(1, Posting, Posted)
        };
        assert_eq!(go(&db, &[late]).await, [(1, Stale)]);
        let row = get(&db, 1).await;
        assert_eq!((row.state, row.attempt), (Posting, 2));
    })
    .await;
}

#[tokio::test]
async fn a_step_that_no_life_has_is_refused_and_stops_only_itself() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2), sale(3)]).await;
        let outcomes = go(
            &db,
            &[
                step(1, Ready, Posted),
                step(2, Ready, Posting),
                step(3, Held, Ready),
                step(4, Ready, Posting),
            ],
        )
        .await;
        assert_eq!(outcomes, [(1, Stale), (2, Applied), (3, Stale), (4, Stale)]);
        assert_eq!((get(&db, 1).await.state, get(&db, 1).await.seq), (Ready, 1));
        assert_eq!(get(&db, 2).await.state, Posting);
        assert_eq!(go(&db, &[]).await, []);
    })
    .await;
}

#[tokio::test]
async fn several_steps_of_one_entry_are_made_in_turn() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let steps = [
            step(1, Ready, Posting),
            step(1, Posting, InDoubt),
            step(1, Posting, Posted),
            step(1, InDoubt, Posted),
        ];
        let outcomes = go(&db, &steps).await;
        assert_eq!(outcomes, [(1, Applied), (1, Applied), (1, Stale), (1, Applied)]);
        assert_eq!((get(&db, 1).await.state, get(&db, 1).await.seq), (Posted, 4));
        assert_eq!(timeline::verify_chain(&db, 1).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_never_happened() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1)]).await;
        let mut tx = db.begin().await.unwrap();
        entry::transition(&mut tx, at(1), &[step(1, Ready, Posting)]).await.unwrap();
        assert_eq!(entry::get(&mut tx, 1).await.unwrap().unwrap().state, Posting);
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        entry::transition(&mut tx, at(1), &[step(1, Ready, Held)]).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!((get(&db, 1).await.state, get(&db, 1).await.seq), (Ready, 1));
        assert_eq!(timeline::of_entry(&db, 1).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_posted_sale_releases_the_returns_that_wait_for_it() {
    for_each_engine(|db| async move {
        let returns = [waiting_return(11, 1), waiting_return(12, 1), waiting_return(13, 2)];
        record(&db, &[&[sale(1), sale(2)][..], &returns].concat()).await;
        let mut tx = db.begin().await.unwrap();
        let released = entry::release_waiting_for(&mut tx, at(5), &[1, 99]).await.unwrap();
        assert_eq!(released, [11, 12]);
        assert!(entry::release_waiting_for(&mut tx, at(5), &[]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let row = get(&db, 11).await;
        assert_eq!((row.state, row.due_at, row.reason), (Ready, Some(at(5)), None));
        assert_eq!(get(&db, 13).await.state, Waiting);
        assert_eq!(ids(&entry::returns_against(&db, 1).await.unwrap()), [11, 12]);
    })
    .await;
}
