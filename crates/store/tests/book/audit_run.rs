//! Audits: what was read goes on where it was, and only reports stay.

use crate::{common::at, db::for_each_engine};
use daybook_store::audit_run::{self, PieceRow};

fn piece(part: &str, place: i64, next: Option<i64>) -> PieceRow {
    PieceRow { part: part.to_owned(), place, next, piece: format!("{{\"{part}\":{place}}}") }
}

#[tokio::test]
async fn an_audit_goes_on_and_leaves_its_report() {
    for_each_engine(|db| async move {
        assert_eq!(audit_run::unfinished(&db).await.unwrap(), None);
        let mut tx = db.begin().await.unwrap();
        let first = audit_run::begin(&mut tx, at(1)).await.unwrap();
        for piece in [piece("b", 1, None), piece("a", 10, None), piece("a", 2, Some(10))] {
            audit_run::put(&mut tx, first.number, &piece).await.unwrap();
        }
        audit_run::put(&mut tx, first.number, &piece("b", 1, Some(7))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(audit_run::unfinished(&db).await.unwrap(), Some(first));
        let read = audit_run::pieces(&db, first.number).await.unwrap();
        let kept = [piece("a", 2, Some(10)), piece("a", 10, None), piece("b", 1, Some(7))];
        assert_eq!(read, kept);

        let mut tx = db.begin().await.unwrap();
        audit_run::forget_part(&mut tx, first.number, "b").await.unwrap();
        assert_eq!(audit_run::pieces(&mut tx, first.number).await.unwrap(), kept[..2]);
        audit_run::finish(&mut tx, first.number, at(5), "{}").await.unwrap();
        let second = audit_run::begin(&mut tx, at(6)).await.unwrap();
        audit_run::put(&mut tx, second.number, &piece("a", 1, None)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(audit_run::pieces(&db, first.number).await.unwrap(), []);

        let mut tx = db.begin().await.unwrap();
        let third = audit_run::begin(&mut tx, at(7)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(audit_run::unfinished(&db).await.unwrap(), Some(third));
        assert_eq!(audit_run::pieces(&db, second.number).await.unwrap(), []);
        let latest = audit_run::latest(&db, 5).await.unwrap();
        assert_eq!(latest.len(), 1);
        assert_eq!((latest[0].number, latest[0].finished_at), (first.number, at(5)));
        let mut tx = db.begin().await.unwrap();
        audit_run::prune(&mut tx, first.number).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(audit_run::latest(&db, 5).await.unwrap(), []);
    })
    .await;
}
