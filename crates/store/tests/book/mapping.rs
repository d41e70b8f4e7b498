//! Mapping tables: every change moves the version and is on record.

use std::collections::BTreeMap;

use crate::db::{TestBook, for_each_engine};
use daybook_domain::mapping::{MappingKind, MappingRow};
use daybook_store::{Db, audit, mapping};

use crate::common::at;

fn row(kind: MappingKind, key: &str, field: &str, value: &str) -> MappingRow {
    let value = BTreeMap::from([(field.to_owned(), value.to_owned())]);
    MappingRow { kind, key: key.to_owned(), value }
}

async fn set(db: &Db, rows: &[MappingRow], actor: &str) -> u64 {
    let mut tx = db.begin().await.unwrap();
    let changed = mapping::set_many(&mut tx, at(0), rows, actor).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

#[tokio::test]
async fn a_change_moves_the_version_and_is_on_record() {
    for_each_engine(|db| async move {
        assert_eq!(mapping::version(&db).await.unwrap(), 0);
        let vat = row(MappingKind::Vat, "20", "rate-id", "1");
        let sku = row(MappingKind::Sku, "abc", "code", "ABC");
        assert_eq!(set(&db, &[vat.clone(), sku.clone()], "Ada").await, 2);
        let tables = mapping::load(&db).await.unwrap();
        assert_eq!(tables.rows, [sku.clone(), vat.clone()]);
        assert!(tables.version > 0);
        assert_eq!(set(&db, std::slice::from_ref(&vat), "Bob").await, 0);
        let changed = row(MappingKind::Vat, "20", "rate-id", "2");
        assert_eq!(set(&db, std::slice::from_ref(&changed), "Bob").await, 1);
        assert!(mapping::version(&db).await.unwrap() > tables.version);
        let stored = mapping::get(&db, MappingKind::Vat, "20").await.unwrap().unwrap();
        assert_eq!((stored.row, stored.updated_by.as_str()), (changed, "Bob"));
        let mut tx = db.begin().await.unwrap();
        let kind = MappingKind::Sku;
        assert!(mapping::remove(&mut tx, at(1), kind, "abc", "Ada").await.unwrap());
        assert!(!mapping::remove(&mut tx, at(1), kind, "abc", "Ada").await.unwrap());
        tx.commit().await.unwrap();
        let acts = audit::of(&db, "vat 20", 9).await.unwrap();
        assert_eq!(acts.len(), 2);
        assert_eq!(acts[0].detail, r#"{"after":{"rate-id":"2"},"before":{"rate-id":"1"}}"#);
        assert_eq!((acts[0].actor.as_str(), acts[0].action.as_str()), ("Bob", "map-set"));
        let acts = audit::list(&db, None, 9).await.unwrap();
        assert_eq!(acts.iter().map(|act| act.seq).collect::<Vec<_>>(), [4, 3, 2, 1]);
        assert_eq!(audit::list(&db, Some(3), 1).await.unwrap()[0].seq, 2);
        assert_eq!(audit::verify(&db).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_people_at_once_leave_one_unbroken_record() {
    let book = TestBook::postgres().await;
    let people: Vec<_> = (0..6)
        .map(|person| {
            let db = book.db.clone();
            tokio::spawn(async move {
                for n in 0..5 {
                    let key = format!("{person}-{n}");
                    set(&db, &[row(MappingKind::Sku, &key, "code", "A")], "Ada").await;
                }
            })
        })
        .collect();
    for person in people {
        person.await.unwrap();
    }
    assert_eq!(audit::verify(&book.db).await.unwrap(), None);
    assert_eq!(audit::list(&book.db, None, 99).await.unwrap().len(), 30);
    book.remove().await;
}
