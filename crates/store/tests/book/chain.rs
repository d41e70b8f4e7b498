//! The record cannot be changed, and shows when it was changed all the same.

use crate::db::for_each_book;
use daybook_domain::entry::EntryState::{Posted, Posting, Ready};
use daybook_store::{audit, timeline};

use crate::common::{at, go, raw, record, sale, step};

/// Statements that a person with the database's password could run, and what they break.
const TAMPERING: [&str; 6] = [
    "UPDATE timeline SET actor = 'nobody' WHERE order_id = 1 AND seq = 2",
    "UPDATE timeline SET at = at + 1 WHERE order_id = 1 AND seq = 1",
    "DELETE FROM timeline WHERE order_id = 1 AND seq = 3",
    "DELETE FROM timeline WHERE order_id = 1 AND seq = 1",
    "UPDATE payload SET body = '{}' WHERE order_id = 1",
    "DELETE FROM payload WHERE order_id = 1",
];

/// What removes the guard, as only the owner of the database can.
async fn without_guards(url: &str) {
    let drops: &[&str] = if url.starts_with("sqlite") {
        &[
            "DROP TRIGGER timeline_no_update",
            "DROP TRIGGER timeline_no_delete",
            "DROP TRIGGER payload_no_update",
            "DROP TRIGGER payload_no_delete",
            "DROP TRIGGER audit_no_update",
            "DROP TRIGGER audit_no_delete",
        ]
    } else {
        &[
            "ALTER TABLE timeline DISABLE TRIGGER USER",
            "ALTER TABLE payload DISABLE TRIGGER USER",
            "ALTER TABLE audit DISABLE TRIGGER USER",
        ]
    };
    for statement in drops {
        raw(url, statement).await.unwrap();
    }
}

#[tokio::test]
async fn the_database_refuses_changes_to_the_record() {
    for_each_book(|db, url| async move {
        record(&db, &[sale(1)]).await;
        go(&db, &[step(1, Ready, Posting)]).await;
        go(&db, &[step(1, Posting, Posted)]).await;
        let mut tx = db.begin().await.unwrap();
        audit::append(&mut tx, at(0), "Ada", "map-set", "sku A", "{}").await.unwrap();
        tx.commit().await.unwrap();
        for statement in TAMPERING {
            let error = raw(&url, statement).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{statement}: {error}");
        }
        for statement in ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"] {
            let error = raw(&url, statement).await.unwrap_err().to_string();
            assert!(error.contains("append-only"), "{statement}: {error}");
        }
        assert_eq!(timeline::verify_chain(&db, 1).await.unwrap(), None);
        assert_eq!(audit::verify(&db).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_change_behind_its_back_shows() {
    for tampering in TAMPERING {
        for_each_book(|db, url| async move {
            record(&db, &[sale(1), sale(2), sale(3)]).await;
            go(&db, &[1, 2].map(|id| step(id, Ready, Posting))).await;
            go(&db, &[1, 2].map(|id| step(id, Posting, Posted))).await;
            without_guards(&url).await;
            raw(&url, tampering).await.unwrap();
            let broken = timeline::verify_chain(&db, 1).await.unwrap();
            assert!(broken.is_some(), "{tampering}");
            let all = timeline::verify_all(&db, 0, 2).await.unwrap();
            assert_eq!((all.entries, all.broken.len(), all.next), (2, 1, Some(2)), "{tampering}");
            let rest = timeline::verify_all(&db, 2, 2).await.unwrap();
            assert_eq!((rest.entries, rest.broken.len(), rest.next), (1, 0, None));
        })
        .await;
    }
}

#[tokio::test]
async fn the_audit_shows_what_was_changed_and_what_was_cut_off() {
    for tampering in [
        ("UPDATE audit SET actor = 'x' WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 2", 2),
        ("UPDATE audit_head SET seq = 2", 2),
        ("DELETE FROM audit", 1),
    ] {
        for_each_book(|db, url| async move {
            let mut tx = db.begin().await.unwrap();
            for act in ["one", "two", "three"] {
                audit::append(&mut tx, at(0), "Ada", act, "sku A", "{}").await.unwrap();
            }
            tx.commit().await.unwrap();
            assert_eq!(audit::verify(&db).await.unwrap(), None);
            without_guards(&url).await;
            raw(&url, tampering.0).await.unwrap();
            assert_eq!(audit::verify(&db).await.unwrap(), Some(tampering.1), "{tampering:?}");
        })
        .await;
    }
}
