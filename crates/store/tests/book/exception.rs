//! Exceptions: raised once, closed when their cause is gone.

use crate::db::for_each_engine;
use daybook_domain::{
    Money, causes::Cause, entry::EntryState::Held, mapping::MappingKind, posting::Fault,
};
use daybook_store::{
    Db,
    entry::{self, NewEntry},
    exception::{self, EntryFaults, ExceptionFilter},
    pause::{self, NewPause},
};

use crate::common::{at, ids, record, sale};

fn fault(cause: Cause, subject: &str) -> Fault {
    Fault { cause, subject: subject.to_owned(), detail: format!("about {subject}") }
}

fn faults(order_id: i64, faults: &[Fault]) -> EntryFaults {
    EntryFaults { order_id, money: Money::from_pence(-1_200), faults: faults.to_vec() }
}

async fn set(db: &Db, second: i64, entries: &[EntryFaults]) {
    let mut tx = db.begin().await.unwrap();
    exception::set_for_entries(&mut tx, at(second), entries, "daybook").await.unwrap();
    tx.commit().await.unwrap();
}

async fn held(db: &Db, count: i64) {
    let entries: Vec<NewEntry> =
        (1..=count).map(|id| NewEntry { state: Held, due_at: None, ..sale(id) }).collect();
    record(db, &entries).await;
}

#[tokio::test]
async fn open_exceptions_are_the_faults_of_this_moment() {
    for_each_engine(|db| async move {
        held(&db, 2).await;
        let sku = fault(Cause::SkuUnmapped, "ABC");
        let store = fault(Cause::StoreUnmapped, "5");
        set(&db, 1, &[faults(1, &[sku.clone(), sku.clone(), store.clone()])]).await;
        let open = exception::of_entry(&db, 1).await.unwrap();
        assert_eq!(open.len(), 2);
        // One is fixed, one stays with its number and age, one is new.
        let rate = fault(Cause::SkuUnmapped, "DEF");
        set(&db, 2, &[faults(1, &[store.clone(), rate.clone()])]).await;
        let all = exception::of_entry(&db, 1).await.unwrap();
        assert_eq!(all.len(), 3);
        let by = |subject: &str| all.iter().find(|row| row.subject == subject).unwrap();
        assert_eq!(by("ABC").closed_at, Some(at(2)));
        assert_eq!(by("ABC").close_reason.as_deref(), Some("its cause is gone"));
        assert_eq!((by("5").closed_at, by("5").raised_at), (None, at(1)));
        assert_eq!((by("DEF").closed_at, by("DEF").raised_at), (None, at(2)));
        // Nothing left: all are closed, and the same cause later is a new exception.
        set(&db, 3, &[faults(1, &[])]).await;
        set(&db, 4, &[faults(1, &[store])]).await;
        let filter = ExceptionFilter::default();
        let open = exception::list(&db, &filter, 9).await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].subject.as_str(), open[0].raised_at), ("5", at(4)));
        assert_eq!(exception::get(&db, open[0].number).await.unwrap(), Some(open[0].clone()));
    })
    .await;
}

#[tokio::test]
async fn siblings_group_by_cause_and_subject() {
    for_each_engine(|db| async move {
        held(&db, 100).await;
        let of = |id: i64| {
            let sku = fault(Cause::SkuUnmapped, if id % 2 == 0 { "even" } else { "odd" });
            let also = (id <= 10).then(|| fault(Cause::StoreUnmapped, "5"));
            faults(id, &[vec![sku], also.into_iter().collect()].concat())
        };
        set(&db, 1, &(1..=100).map(of).collect::<Vec<_>>()).await;
        let groups = exception::open_grouped(&db).await.unwrap();
        let figures: Vec<_> =
            groups.iter().map(|g| (g.subject.as_str(), g.count, g.money.pence())).collect();
        assert_eq!(figures, [("even", 50, 60_000), ("odd", 50, 60_000), ("5", 10, 12_000)]);
        let counts = exception::counts(&db).await.unwrap();
        assert_eq!(counts.iter().map(|c| c.count).sum::<i64>(), 110);
        let cause = Cause::SkuUnmapped;
        let page = entry::held_with(&db, cause, Some("odd"), 0, 3).await.unwrap();
        assert_eq!(ids(&page), [1, 3, 5]);
        let page = entry::held_with(&db, cause, Some("odd"), 95, 9).await.unwrap();
        assert_eq!(ids(&page), [97, 99]);
        let page = entry::held_with(&db, Cause::StoreUnmapped, None, 8, 9).await.unwrap();
        assert_eq!(ids(&page), [9, 10]);
        let filter = ExceptionFilter { cause: Some(cause), ..ExceptionFilter::default() };
        let first = exception::list(&db, &filter, 60).await.unwrap();
        let after = first.last().unwrap().number;
        let filter = ExceptionFilter { after, ..filter };
        assert_eq!(exception::list(&db, &filter, 60).await.unwrap().len(), 40);
    })
    .await;
}

#[tokio::test]
async fn a_fix_wakes_all_that_wait_for_it() {
    for_each_engine(|db| async move {
        held(&db, 4).await;
        let of = |id, subject| faults(id, &[fault(Cause::SkuUnmapped, subject)]);
        let store = faults(4, &[fault(Cause::StoreUnmapped, "5")]);
        set(&db, 1, &[of(1, " Abc"), of(2, "ABC"), of(3, "other"), store]).await;
        let mut tx = db.begin().await.unwrap();
        let keys = ["abc".to_owned()];
        let woken = entry::wake_held_for(&mut tx, at(7), MappingKind::Sku, &keys).await.unwrap();
        assert_eq!(woken, 2);
        tx.commit().await.unwrap();
        assert_eq!(ids(&entry::due_held(&db, at(7), 9).await.unwrap()), [1, 2]);
        let mut tx = db.begin().await.unwrap();
        entry::wake_held_for(&mut tx, at(8), MappingKind::Sku, &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ids(&entry::due_held(&db, at(8), 9).await.unwrap()), [1, 2, 3]);
    })
    .await;
}

#[tokio::test]
async fn a_system_has_one_alert_however_often_it_fails() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        for (second, what) in [(1, "first"), (2, "second")] {
            let cause = Cause::OrderwiseUnreachable;
            exception::raise_scoped(&mut tx, at(second), "orderwise", cause, "orderwise", what)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let open = exception::list(&db, &ExceptionFilter::default(), 9).await.unwrap();
        assert_eq!(open.len(), 1);
        assert_eq!((open[0].raised_at, open[0].detail.as_str()), (at(1), "second"));
        let mut tx = db.begin().await.unwrap();
        let close = exception::close_scoped(&mut tx, at(3), "orderwise", "daybook", "well again");
        assert_eq!(close.await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(exception::open_grouped(&db).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_person_closes_all_of_an_entry_at_once() {
    for_each_engine(|db| async move {
        held(&db, 1).await;
        let both = [fault(Cause::SkuUnmapped, "A"), fault(Cause::StoreUnmapped, "5")];
        set(&db, 1, &[faults(1, &both)]).await;
        let mut tx = db.begin().await.unwrap();
        let closed = exception::close_for_entry(&mut tx, at(2), 1, "Ada", "by hand").await;
        assert_eq!(closed.unwrap(), 2);
        tx.commit().await.unwrap();
        let all = exception::of_entry(&db, 1).await.unwrap();
        assert!(all.iter().all(|row| row.closed_by.as_deref() == Some("Ada")));
    })
    .await;
}

#[tokio::test]
async fn what_stands_still_behind_a_paused_store_is_its_money() {
    for_each_engine(|db| async move {
        let held = NewEntry { state: Held, due_at: None, ..sale(3) };
        let elsewhere = NewEntry { warehouse_id: Some(6), ..sale(4) };
        record(&db, &[sale(1), sale(2), held, elsewhere]).await;
        let told = || async {
            let groups = exception::open_grouped(&db).await.unwrap();
            let of = exception::by_store(&db).await.unwrap();
            let group = groups.first().map(|one| (one.count, one.behind, one.money.pence()));
            let five = of.get(&Some(5)).map(|(count, money)| (*count, money.own("GBP").pence()));
            (group, five, exception::money_held(&db).await.unwrap().own("GBP").pence())
        };
        let mut tx = db.begin().await.unwrap();
        let raise =
            exception::raise_scoped(&mut tx, at(1), "store:5", Cause::SessionUnknown, "5", "999");
        raise.await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told().await, (Some((1, 0, 0)), Some((1, 0)), 0), "nothing is paused");
        let mut tx = db.begin().await.unwrap();
        let new = NewPause {
            scope: "store:5",
            cause: Cause::SessionUnknown.code(),
            detail: "999",
            probe_at: at(600),
            failures: 1,
        };
        pause::pause(&mut tx, at(1), &new).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(told().await, (Some((1, 2, 2_400)), Some((1, 2_400)), 2_400));
        // A receipt in another currency is behind it too, and never part of the pounds.
        record(&db, &[NewEntry { currency: "EUR".to_owned(), ..sale(7) }]).await;
        assert_eq!(told().await, (Some((1, 3, 2_400)), Some((1, 2_400)), 2_400));
        let held = exception::money_held(&db).await.unwrap();
        assert_eq!(held.told("GBP"), "£24.00 and €12.00");
        let of = |stores: &'static [i64]| exception::open_grouped_in(&db, stores);
        assert_eq!(of(&[5]).await.unwrap()[0].behind, 3);
        assert!(of(&[6]).await.unwrap().is_empty());
        // Somebody changed what it stands still for.
        let mut tx = db.begin().await.unwrap();
        pause::probe_store(&mut tx, at(5), "5").await.unwrap();
        pause::probe_store(&mut tx, at(9), "5").await.unwrap();
        assert_eq!(pause::all(&mut tx).await.unwrap()[0].probe_at, at(5));
        tx.commit().await.unwrap();
    })
    .await;
}
