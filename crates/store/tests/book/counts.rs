//! The counters are right without anybody counting.

use crate::db::{TestBook, for_each_engine};
use daybook_domain::entry::EntryState::{self, Held, Posting, Ready, Waiting};
use daybook_store::{
    Db,
    entry::{self, NewEntry, StateCount},
};

use crate::common::{at, go, record, sale, step, waiting_return};

/// State, entries, gross, gross without signs.
type Figures = Vec<(EntryState, i64, i64, i64)>;

fn figures(counts: &[StateCount]) -> Figures {
    counts.iter().map(|c| (c.state, c.entries, c.gross.pence(), c.gross_abs.pence())).collect()
}

/// By reading every entry.
async fn counted(db: &Db) -> Figures {
    let all = entry::list(db, &entry::EntryFilter::default(), 10_000).await.unwrap();
    let mut figures = Figures::new();
    for state in EntryState::ALL {
        let of_state: Vec<_> = all.iter().filter(|row| row.state == state).collect();
        if !of_state.is_empty() {
            let gross = of_state.iter().map(|row| row.gross.pence()).sum();
            let gross_abs = of_state.iter().map(|row| row.gross.abs().pence()).sum();
            let entries = i64::try_from(of_state.len()).unwrap();
            figures.push((state, entries, gross, gross_abs));
        }
    }
    figures
}

#[tokio::test]
async fn counters_follow_every_change() {
    for_each_engine(|db| async move {
        let mut entries: Vec<NewEntry> = (1..=70).map(sale).collect();
        entries.extend((101..=110).map(|id| waiting_return(id, id - 100)));
        record(&db, &entries).await;
        let counts = entry::counts(&db).await.unwrap();
        assert_eq!(
            figures(&counts),
            [(Waiting, 10, -12_000, 12_000), (Ready, 70, 84_000, 84_000)],
        );
        assert_eq!(counts[1].oldest, Some(at(0)));
        let steps: Vec<_> = (1..=20).map(|id| step(id, Ready, Posting)).collect();
        go(&db, &steps).await;
        go(&db, &[step(1, Posting, Held), step(2, Ready, Held)]).await;
        let cheaper = NewEntry {
            gross: daybook_domain::Money::from_pence(1),
            payload: "new".to_owned(),
            ..sale(30)
        };
        record(&db, &[cheaper]).await;
        let mut tx = db.begin().await.unwrap();
        entry::transition(&mut tx, at(1), &[step(40, Ready, Held)]).await.unwrap();
        let held = entry::EntryFilter { state: Some(Held), ..entry::EntryFilter::default() };
        assert_eq!(entry::list(&mut tx, &held, 9).await.unwrap().len(), 2);
        let within = figures(&entry::counts(&mut tx).await.unwrap());
        assert!(within.contains(&(Held, 2, 2_400, 2_400)), "{within:?}");
        drop(tx);
        assert_eq!(figures(&entry::counts(&db).await.unwrap()), counted(&db).await);
    })
    .await;
}

async fn back_and_forth(db: Db, id: i64) {
    for _ in 0..10 {
        go(&db, &[step(id, Ready, Posting)]).await;
        go(&db, &[step(id, Posting, Ready)]).await;
    }
    go(&db, &[step(id, Ready, Held)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_stay_right_when_many_write_at_once() {
    let book = TestBook::postgres().await;
    record(&book.db, &(1..=8).map(sale).collect::<Vec<_>>()).await;
    let workers: Vec<_> =
        (1..=8).map(|id| tokio::spawn(back_and_forth(book.db.clone(), id))).collect();
    for worker in workers {
        worker.await.unwrap();
    }
    let counts = entry::counts(&book.db).await.unwrap();
    assert_eq!(figures(&counts), [(Held, 8, 9_600, 9_600)]);
    book.remove().await;
}
