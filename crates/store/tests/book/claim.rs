//! Taking work: each entry by one worker only, the longest due first.

use std::collections::HashSet;

use crate::db::for_each_engine;
use daybook_domain::{
    Timestamp,
    entry::EntryState::{Held, InDoubt, Posted, Posting, Ready, SetAside, Waiting},
};
use daybook_store::{
    Db,
    entry::{self, Changes, NewEntry, Outcome, Transition},
};

use crate::common::{at, get, go, ids, record, sale, step, waiting_return};

async fn claim(db: &Db, now: Timestamp, limit: usize, paused: &[i64]) -> Vec<i64> {
    let mut tx = db.begin().await.unwrap();
    let rows = entry::claim_ready(&mut tx, now, limit, paused).await.unwrap();
    // Awaited: dropped, its locks would end a little later, and the next claim would skip them.
    tx.rollback().await.unwrap();
    ids(&rows)
}

/// Claims and begins to post until nothing is left.
async fn work(db: Db) -> Vec<i64> {
    let mut mine = Vec::new();
    loop {
        let mut tx = db.begin().await.unwrap();
        let rows = entry::claim_ready(&mut tx, at(10), 7, &[]).await.unwrap();
        if rows.is_empty() {
            return mine;
        }
        let steps: Vec<_> = rows.iter().map(|row| step(row.order_id, Ready, Posting)).collect();
        let outcomes = entry::transition(&mut tx, at(10), &steps).await.unwrap();
        assert!(outcomes.iter().all(|(_, outcome)| *outcome == Outcome::Applied));
        tx.commit().await.unwrap();
        mine.extend(ids(&rows));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_workers_never_take_one_entry_twice() {
    for_each_engine(|db| async move {
        let page: Vec<NewEntry> = (1..=400).map(sale).collect();
        record(&db, &page).await;
        let workers: Vec<_> = (0..4).map(|_| tokio::spawn(work(db.clone()))).collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 400);
        assert_eq!(all.len(), 400);
    })
    .await;
}

#[tokio::test]
async fn the_longest_due_goes_first_and_the_future_waits() {
    for_each_engine(|db| async move {
        let due = |id, second| NewEntry { due_at: Some(at(second)), ..sale(id) };
        record(&db, &[due(1, 30), due(2, 10), due(3, 10), due(4, 99)]).await;
        assert_eq!(claim(&db, at(50), 10, &[]).await, [2, 3, 1]);
        assert_eq!(claim(&db, at(50), 2, &[]).await, [2, 3]);
        assert!(claim(&db, at(5), 10, &[]).await.is_empty());
        assert_eq!(entry::next_due(&db).await.unwrap(), Some(at(10)));
    })
    .await;
}

#[tokio::test]
async fn a_paused_store_stops_only_itself() {
    for_each_engine(|db| async move {
        let of_store = |id, store| NewEntry { warehouse_id: store, ..sale(id) };
        let entries = [of_store(1, Some(5)), of_store(2, Some(6)), of_store(3, None)];
        record(&db, &entries).await;
        assert_eq!(claim(&db, at(9), 10, &[5]).await, [2, 3]);
        assert_eq!(claim(&db, at(9), 10, &[5, 6, 7]).await, [3]);
    })
    .await;
}

fn leased(id: i64, worker: &str, until: i64) -> Transition {
    let changes = Changes {
        worker: Some(Some(worker.to_owned())),
        lease_until: Some(Some(at(until))),
        attempt: Some(1),
        due_at: Some(None),
        ..Changes::default()
    };
    Transition { changes, ..step(id, Ready, Posting) }
}

#[tokio::test]
async fn orphans_are_those_whose_worker_is_gone() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2), sale(3)]).await;
        go(&db, &[leased(1, "gone", 50), leased(2, "gone", 90), leased(3, "me", 90)]).await;
        let mut tx = db.begin().await.unwrap();
        let orphans = entry::orphaned(&mut tx, at(60), "me", false, 9).await.unwrap();
        assert_eq!(ids(&orphans), [1]);
        // Alone on the book, every other worker is gone for certain.
        let orphans = entry::orphaned(&mut tx, at(60), "me", true, 9).await.unwrap();
        assert_eq!(ids(&orphans), [1, 2]);
        drop(tx);
        assert_eq!(entry::next_due(&db).await.unwrap(), Some(at(50)));
    })
    .await;
}

#[tokio::test]
async fn each_queue_tells_what_is_due() {
    for_each_engine(|db| async move {
        let aside = NewEntry { state: SetAside, due_at: Some(at(20)), ..sale(1) };
        let aside_for_good = NewEntry { state: SetAside, due_at: None, ..sale(2) };
        record(&db, &[aside, aside_for_good, waiting_return(3, 9), sale(4), sale(5), sale(6)])
            .await;
        go(&db, &[4, 5, 6].map(|id| step(id, Ready, Posting))).await;
        let due = |id, to, second| Transition {
            changes: Changes { due_at: Some(Some(at(second))), ..Changes::default() },
            ..step(id, Posting, to)
        };
        let steps = [due(4, InDoubt, 30), due(5, Posted, 40), due(6, Held, 50)];
        go(&db, &steps).await;
        assert_eq!(ids(&entry::due_recheck(&db, at(99), 9).await.unwrap()), [1]);
        assert_eq!(ids(&entry::due_waiting(&db, at(99), 9).await.unwrap()), [3]);
        assert_eq!(ids(&entry::due_in_doubt(&db, at(99), 9).await.unwrap()), [4]);
        assert_eq!(ids(&entry::unconfirmed(&db, at(99), 9).await.unwrap()), [5]);
        assert_eq!(ids(&entry::due_held(&db, at(99), 9).await.unwrap()), [6]);
        assert_eq!(ids(&entry::held(&db, 0, 9).await.unwrap()), [6]);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(ids(&entry::due_standing(&mut tx, at(99), 9).await.unwrap()), [3, 6]);
        assert_eq!(ids(&entry::due_standing(&mut tx, at(99), 1).await.unwrap()), [3]);
        entry::reschedule(&mut tx, &[(6, None), (1, Some(at(200)))]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(entry::due_held(&db, at(99), 9).await.unwrap().is_empty());
        assert!(entry::due_recheck(&db, at(99), 9).await.unwrap().is_empty());
        assert_eq!(entry::next_due(&db).await.unwrap(), Some(at(30)));
        assert_eq!((get(&db, 3).await.state, get(&db, 3).await.seq), (Waiting, 1));
    })
    .await;
}
