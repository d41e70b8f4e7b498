//! Finding entries, page by page.

use crate::db::for_each_engine;
use daybook_domain::{
    Money,
    causes::Cause,
    entry::{
        EntryKind,
        EntryState::{Held, Posting, Ready, Waiting},
    },
    posting::Fault,
};
use daybook_store::{
    Db,
    entry::{self, Changes, EntryFilter, NewEntry, Transition},
    exception::{self, EntryFaults},
};

use crate::common::{at, get, go, ids, record, sale, step, waiting_return};

async fn found(db: &Db, filter: EntryFilter) -> Vec<i64> {
    ids(&entry::list(db, &filter, 100).await.unwrap())
}

fn all() -> EntryFilter {
    EntryFilter::default()
}

#[tokio::test]
async fn pages_join_without_gaps_or_repeats_while_entries_come_in() {
    for_each_engine(|db| async move {
        record(&db, &(1..=25).map(sale).collect::<Vec<_>>()).await;
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page = entry::list(&db, &EntryFilter { before, ..all() }, 10).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.order_id);
            seen.extend(ids(&page));
            record(&db, &[sale(100 + last.order_id)]).await;
        }
        assert_eq!(seen, (1..=25).rev().collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn every_filter_narrows() {
    for_each_engine(|db| async move {
        let elsewhere = NewEntry { warehouse_id: Some(6), ..sale(3) };
        let held = NewEntry { state: Held, ..sale(4) };
        record(&db, &[sale(1), waiting_return(2, 1), elsewhere, held]).await;
        assert_eq!(found(&db, all()).await, [4, 3, 2, 1]);
        assert_eq!(found(&db, EntryFilter { state: Some(Ready), ..all() }).await, [3, 1]);
        assert_eq!(found(&db, EntryFilter { state: Some(Waiting), ..all() }).await, [2]);
        assert_eq!(found(&db, EntryFilter { kind: Some(EntryKind::Return), ..all() }).await, [2]);
        assert_eq!(found(&db, EntryFilter { warehouse_id: Some(6), ..all() }).await, [3]);
        let day = EntryFilter { from: Some(at(2)), to: Some(at(4)), ..all() };
        assert_eq!(found(&db, day).await, [3, 2]);
        let fault =
            Fault { cause: Cause::SkuUnmapped, subject: "A".to_owned(), detail: String::new() };
        let faults =
            EntryFaults { order_id: 4, money: get(&db, 4).await.gross, faults: vec![fault] };
        let mut tx = db.begin().await.unwrap();
        exception::set_for_entry(&mut tx, at(0), faults, "daybook").await.unwrap();
        tx.commit().await.unwrap();
        let cause = Some(Cause::SkuUnmapped);
        assert_eq!(found(&db, EntryFilter { cause, ..all() }).await, [4]);
    })
    .await;
}

#[tokio::test]
async fn what_differs_in_orderwise_by_a_penny_is_listed() {
    for_each_engine(|db| async move {
        let returned = NewEntry { state: Ready, ..waiting_return(3, 1) };
        record(&db, &[sale(1), sale(2), returned, sale(4)]).await;
        for (id, more) in [(1, 0), (2, 1), (3, 0)] {
            let entry = get(&db, id).await;
            let changes = Changes {
                erp_net: Some(Some(entry.net.abs())),
                erp_tax: Some(Some(entry.vat.abs() + Money::from_pence(more))),
                erp_gross: Some(Some(entry.gross.abs())),
                ..Changes::default()
            };
            go(&db, &[Transition { changes, ..step(id, Ready, Posting) }]).await;
        }
        assert_eq!(found(&db, EntryFilter { differs: true, ..all() }).await, [2]);
        for id in 1..=4 {
            assert_eq!(get(&db, id).await.differs(), id == 2, "{id}");
        }
    })
    .await;
}

#[tokio::test]
async fn people_find_an_entry_by_whatever_number_they_have() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2)]).await;
        let numbered = Transition {
            changes: Changes {
                erp_order_number: Some(Some("SO-77".to_owned())),
                ..Changes::default()
            },
            ..step(2, Ready, Posting)
        };
        go(&db, &[numbered]).await;
        for text in ["S1-2", "s1-2", " 2 ", "55-2", "SO-77"] {
            let filter = EntryFilter { text: Some(text.to_owned()), ..all() };
            assert_eq!(found(&db, filter).await, [2], "{text}");
        }
        let filter = EntryFilter { text: Some("' OR true --".to_owned()), ..all() };
        assert!(found(&db, filter).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn entries_between_two_moments_are_counted_only_so_far() {
    for_each_engine(|db| async move {
        record(&db, &(1..=9).map(sale).collect::<Vec<_>>()).await;
        let count = |from, to, most| entry::dated_between(&db, at(from), at(to), most);
        assert_eq!(count(2, 5, 100).await.unwrap(), 3);
        assert_eq!(count(2, 2, 100).await.unwrap(), 0);
        assert_eq!(count(0, 100, 100).await.unwrap(), 9);
        assert_eq!(count(0, 100, 4).await.unwrap(), 4);
    })
    .await;
}
