//! What the desk asks of the book: stores at a glance, money that waits, keys of the API, and a
//! lease that is held for a transaction.

use std::collections::BTreeSet;

use crate::db::for_each_engine;
use daybook_domain::{
    Money,
    causes::Cause,
    entry::{
        EntryKind,
        EntryState::{Held, Ready, SetAside},
    },
    posting::Fault,
};
use daybook_store::{
    entry::{self, EntryFilter, NewEntry},
    exception::{self, EntryFaults},
    idempotency::{self, KeptAnswer, NewKey},
    lease,
};

use crate::common::{at, record, sale};

/// Sales of two stores over two hours, one held, and an order that is none.
async fn two_stores(db: &daybook_store::Db) {
    let hour = 3_600;
    let store = |id: i64, warehouse: i64, second: i64| NewEntry {
        warehouse_id: Some(warehouse),
        order_date: at(second),
        ..sale(id)
    };
    let entries = [
        store(1, 5, 0),
        store(2, 5, hour - 1),
        NewEntry { state: Held, due_at: None, ..store(3, 5, hour) },
        store(4, 6, hour),
        NewEntry { kind: EntryKind::Other, state: SetAside, due_at: None, ..store(5, 6, hour) },
        store(6, 6, 2 * hour),
    ];
    record(db, &entries).await;
}

#[tokio::test]
async fn hours_count_sales_by_store_within_what_is_asked() {
    for_each_engine(|db| async move {
        two_stores(&db).await;
        let hours = entry::hours(&db, (at(0), at(7_200))).await.unwrap();
        let told: Vec<_> =
            hours.iter().map(|row| (row.warehouse_id, row.hour, row.entries)).collect();
        assert_eq!(told, [(5, 0, 2), (5, 1, 1), (6, 1, 1)]);
        assert_eq!(hours[0].gross, Money::from_pence(2_400));
        assert_eq!(hours[0].latest, at(3_599));
        assert_eq!(entry::latest_date(&db, at(7_199)).await.unwrap(), Some(at(3_600)));
        assert_eq!(entry::latest_date(&db, at(7_200)).await.unwrap(), Some(at(7_200)));
        assert_eq!(entry::latest_date(&db, at(-1)).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_owed_is_told_by_store_and_state() {
    for_each_engine(|db| async move {
        two_stores(&db).await;
        let owed = entry::owed(&db).await.unwrap();
        let of = |store, state| {
            let own = owed.iter().find(|row| row.warehouse_id == Some(store) && row.state == state);
            own.map(|row| (row.entries, row.gross.pence(), row.oldest))
        };
        assert_eq!(of(5, Ready), Some((2, 2_400, at(0))));
        assert_eq!(of(5, Held), Some((1, 1_200, at(0))));
        assert_eq!(of(6, Ready), Some((2, 2_400, at(0))));
        assert_eq!(of(6, SetAside), None);
    })
    .await;
}

#[tokio::test]
async fn an_entry_with_two_faults_holds_its_money_once() {
    for_each_engine(|db| async move {
        two_stores(&db).await;
        let fault = |cause, subject: &str| Fault {
            cause,
            subject: subject.to_owned(),
            detail: String::new(),
        };
        let faults = vec![fault(Cause::SkuUnmapped, "A"), fault(Cause::SkuUnmapped, "B")];
        let told = EntryFaults { order_id: 3, money: Money::from_pence(1_200), faults };
        let mut tx = db.begin().await.unwrap();
        exception::set_for_entries(&mut tx, at(1), &[told], "daybook").await.unwrap();
        let scope = "orderwise";
        exception::raise_scoped(&mut tx, at(1), scope, Cause::OrderwiseUnreachable, scope, "x")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let held = exception::money_held(&db).await.unwrap();
        assert_eq!((held.own("GBP"), held.own("EUR")), (Money::from_pence(1_200), Money::ZERO));
        assert_eq!(held.told("EUR"), "£12.00");
        let by_store = exception::by_store(&db).await.unwrap();
        assert_eq!(by_store.len(), 1);
        assert_eq!((by_store[&Some(5)].0, by_store[&Some(5)].1.told("GBP")), (2, "£12.00".into()));
        let of = |stores: &'static [i64]| exception::open_grouped_in(&db, stores);
        assert_eq!(of(&[5]).await.unwrap().len(), 2);
        assert_eq!(of(&[6]).await.unwrap().len(), 0);
        assert_eq!(of(&[]).await.unwrap().len(), 0);
    })
    .await;
}

#[tokio::test]
async fn lists_keep_to_stores_and_amounts() {
    for_each_engine(|db| async move {
        two_stores(&db).await;
        let only = |stores: &[i64]| EntryFilter {
            stores: Some(stores.iter().copied().collect::<BTreeSet<_>>()),
            ..EntryFilter::default()
        };
        let ids = |rows: Vec<entry::EntryRow>| -> Vec<i64> {
            rows.into_iter().map(|row| row.order_id).collect()
        };
        assert_eq!(ids(entry::list(&db, &only(&[6]), 9).await.unwrap()), [6, 5, 4]);
        assert_eq!(ids(entry::list(&db, &only(&[]), 9).await.unwrap()), Vec::<i64>::new());
        let amount = Money::from_pence(-1_200);
        let found = entry::of_amount(&db, amount, &only(&[5]), 9).await.unwrap();
        assert_eq!(ids(found), [3, 2, 1], "a return of the same amount is meant as well");
        let held = EntryFilter { state: Some(Held), ..EntryFilter::default() };
        assert_eq!(ids(entry::of_amount(&db, amount, &held, 9).await.unwrap()), [3]);
        let other = Money::from_pence(1_201);
        assert!(entry::of_amount(&db, other, &EntryFilter::default(), 9).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_key_is_taken_once_and_keeps_its_answer() {
    for_each_engine(|db| async move {
        let key =
            |caller: &'static str| NewKey { caller, key: "k", what: "POST /x", hash: [7; 32] };
        let mut tx = db.begin().await.unwrap();
        assert!(idempotency::take(&mut tx, at(0), &key("ada")).await.unwrap());
        assert!(!idempotency::take(&mut tx, at(1), &key("ada")).await.unwrap());
        assert!(idempotency::take(&mut tx, at(1), &key("grace")).await.unwrap());
        idempotency::finish(&mut tx, "ada", "k", 200, "{}").await.unwrap();
        tx.commit().await.unwrap();
        let known = idempotency::get(&db, "ada", "k").await.unwrap().unwrap();
        assert_eq!((known.hash, known.begun_at), ([7; 32], at(0)));
        assert_eq!(known.answer, Some(KeptAnswer { status: 200, body: "{}".to_owned() }));
        assert_eq!(idempotency::get(&db, "grace", "k").await.unwrap().unwrap().answer, None);
        let mut tx = db.begin().await.unwrap();
        idempotency::forget(&mut tx, "grace", "k").await.unwrap();
        idempotency::prune(&mut tx, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(idempotency::get(&db, "ada", "k").await.unwrap(), None);
        assert_eq!(idempotency::get(&db, "grace", "k").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn who_has_lost_a_lease_holds_it_for_no_transaction() {
    for_each_engine(|db| async move {
        assert!(lease::acquire(&db, at(0), "stock", "a", at(10)).await.unwrap());
        let mut tx = db.begin().await.unwrap();
        assert!(lease::hold(&mut tx, "stock", "a", at(20)).await.unwrap());
        tx.commit().await.unwrap();
        // It was renewed with the transaction; when it runs out another takes it.
        assert!(!lease::acquire(&db, at(15), "stock", "b", at(30)).await.unwrap());
        assert!(lease::acquire(&db, at(20), "stock", "b", at(30)).await.unwrap());
        let mut tx = db.begin().await.unwrap();
        assert!(!lease::hold(&mut tx, "stock", "a", at(40)).await.unwrap());
        assert!(!lease::hold(&mut tx, "nothing", "a", at(40)).await.unwrap());
        tx.rollback().await.unwrap();
    })
    .await;
}
