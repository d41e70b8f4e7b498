//! What the engine shares its work by: pauses and leases.

use crate::db::{TestBook, for_each_engine};
use daybook_store::{
    lease,
    pause::{self, NewPause},
};

use crate::common::at;

fn pausing(scope: &str, probe: i64, failures: i64) -> NewPause<'_> {
    let (cause, detail) = ("orderwise-unreachable", "no answer");
    NewPause { scope, cause, detail, probe_at: at(probe), failures }
}

#[tokio::test]
async fn a_pause_keeps_its_beginning_and_is_probed_by_one() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        pause::pause(&mut tx, at(0), &pausing("orderwise", 10, 1)).await.unwrap();
        pause::pause(&mut tx, at(5), &pausing("orderwise", 20, 2)).await.unwrap();
        pause::pause(&mut tx, at(5), &pausing("store:5", 20, 1)).await.unwrap();
        pause::pause(&mut tx, at(5), &pausing("store:6", 30, 1)).await.unwrap();
        assert_eq!(pause::failures(&mut tx, "orderwise").await.unwrap(), 2);
        assert_eq!(pause::failures(&mut tx, "sitoo").await.unwrap(), 0);
        assert!(!pause::take_probe(&mut tx, at(19), "orderwise", at(50)).await.unwrap());
        assert!(pause::take_probe(&mut tx, at(20), "orderwise", at(50)).await.unwrap());
        assert!(!pause::take_probe(&mut tx, at(20), "orderwise", at(50)).await.unwrap());
        tx.commit().await.unwrap();
        let all = pause::all(&db).await.unwrap();
        assert_eq!((all[0].since, all[0].failures, all[0].probe_at), (at(0), 2, at(50)));
        let pauses = pause::all(&db).await.unwrap();
        assert_eq!(pause::paused_stores(&pauses, at(10)), [5, 6]);
        assert_eq!(pause::paused_stores(&pauses, at(20)), [6]);
        let mut tx = db.begin().await.unwrap();
        assert!(pause::resume(&mut tx, "orderwise").await.unwrap());
        assert!(!pause::resume(&mut tx, "orderwise").await.unwrap());
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_lease_is_held_by_one_until_it_runs_out() {
    for_each_engine(|db| async move {
        assert!(lease::acquire(&db, at(0), "poll", "a", at(60)).await.unwrap());
        assert!(!lease::acquire(&db, at(1), "poll", "b", at(61)).await.unwrap());
        assert!(lease::acquire(&db, at(2), "poll", "a", at(62)).await.unwrap());
        assert!(lease::renew(&db, "poll", "a", at(70)).await.unwrap());
        assert!(!lease::renew(&db, "poll", "b", at(70)).await.unwrap());
        assert!(lease::acquire(&db, at(70), "poll", "b", at(130)).await.unwrap());
        assert!(!lease::renew(&db, "poll", "a", at(140)).await.unwrap());
        lease::release(&db, "poll", "a").await.unwrap();
        assert_eq!(lease::list(&db).await.unwrap()[0].holder, "b");
        lease::release(&db, "poll", "b").await.unwrap();
        assert!(lease::acquire(&db, at(71), "poll", "a", at(80)).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn of_several_leases_those_are_taken_and_let_go_that_are_free_or_ours() {
    for_each_engine(|db| async move {
        let names = ["lane-0", "lane-1", "lane-2"].map(str::to_owned);
        assert!(lease::acquire(&db, at(0), "lane-1", "b", at(60)).await.unwrap());
        assert_eq!(lease::acquire_all(&db, at(1), &names, "a", at(61)).await.unwrap(), 2);
        assert_eq!(lease::acquire_all(&db, at(2), &names, "a", at(62)).await.unwrap(), 2);
        assert_eq!(lease::acquire_all(&db, at(3), &names, "c", at(63)).await.unwrap(), 0);
        lease::release_all(&db, &names, "a").await.unwrap();
        let left = lease::list(&db).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].name.as_str(), left[0].holder.as_str()), ("lane-1", "b"));
        assert_eq!(lease::acquire_all(&db, at(60), &names, "c", at(120)).await.unwrap(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_processes_one_gets_the_lease() {
    let book = TestBook::postgres().await;
    let tries: Vec<_> = (0..8)
        .map(|n| {
            let db = book.db.clone();
            tokio::spawn(async move {
                lease::acquire(&db, at(0), "poll", &format!("p{n}"), at(60)).await.unwrap()
            })
        })
        .collect();
    let mut winners = 0;
    for attempt in tries {
        winners += i32::from(attempt.await.unwrap());
    }
    assert_eq!(winners, 1);
    book.remove().await;
}

#[tokio::test]
async fn a_look_sees_one_moment_waits_for_no_writer_and_writes_nothing() {
    for_each_engine(|db| async move {
        let mut writer = db.begin().await.unwrap();
        pause::pause(&mut writer, at(0), &pausing("orderwise", 10, 1)).await.unwrap();
        // Somebody writes at this moment: on SQLite nobody else could begin to.
        let mut look = db.look().await.unwrap();
        assert_eq!(pause::all(&mut look).await.unwrap(), []);
        writer.commit().await.unwrap();
        assert_eq!(pause::all(&mut look).await.unwrap(), [], "it is a look at one moment");
        assert_eq!(pause::all(&db).await.unwrap().len(), 1);
        let written = pause::pause(&mut look, at(0), &pausing("sitoo", 10, 1)).await;
        assert!(written.is_err(), "it only reads");
    })
    .await;
}
