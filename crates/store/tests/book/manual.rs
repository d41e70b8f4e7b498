//! Who is responsible, what was ticked off, and the record by what was done.

use crate::db::for_each_engine;
use daybook_store::{
    audit,
    manual::{self, Responsible, Tick},
};

use crate::common::at;

fn tick(period: &str, line: &str, second: i64, actor: &str) -> Tick {
    Tick {
        period: period.to_owned(),
        line: line.to_owned(),
        at: at(second),
        actor: actor.to_owned(),
        remark: String::new(),
    }
}

#[tokio::test]
async fn who_ticks_first_stays_and_periods_are_apart() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let first = tick("2026-11-26", "floor-told", 1, "Ada");
        assert!(manual::tick(&mut tx, &first).await.unwrap());
        let second = tick("2026-11-26", "floor-told", 2, "Mo");
        assert!(!manual::tick(&mut tx, &second).await.unwrap());
        let other = tick("2026-11-27", "floor-told", 3, "Mo");
        assert!(manual::tick(&mut tx, &other).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(manual::ticks(&db, "2026-11-26").await.unwrap(), [first]);
        let latest = manual::latest(&db, 1).await.unwrap();
        assert_eq!(latest, [other]);
        let mut tx = db.begin().await.unwrap();
        assert!(manual::untick(&mut tx, "2026-11-26", "floor-told").await.unwrap());
        assert!(!manual::untick(&mut tx, "2026-11-26", "floor-told").await.unwrap());
        tx.commit().await.unwrap();
        assert!(manual::ticks(&db, "2026-11-26").await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_latest_word_says_who_is_responsible() {
    for_each_engine(|db| async move {
        let said = |workflow: &str, name: &str, second| Responsible {
            workflow: workflow.to_owned(),
            name: name.to_owned(),
            deputy: "Mo".to_owned(),
            at: at(second),
            actor: "Grace".to_owned(),
        };
        let mut tx = db.begin().await.unwrap();
        for one in [said("stock", "Ada", 1), said("day-close", "Jo", 2), said("stock", "Jo", 3)] {
            manual::set_responsible(&mut tx, &one).await.unwrap();
        }
        tx.commit().await.unwrap();
        let all = manual::responsible(&db).await.unwrap();
        assert_eq!(all, [said("day-close", "Jo", 2), said("stock", "Jo", 3)]);
    })
    .await;
}

#[tokio::test]
async fn the_record_is_found_by_what_was_done() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        for (second, action, subject) in [(1, "dismiss", "a"), (2, "retry", "b"), (3, "retry", "c")]
        {
            audit::append(&mut tx, at(second), "Ada", action, subject, "{}").await.unwrap();
        }
        tx.commit().await.unwrap();
        let found = audit::of_action(&db, "retry", 5).await.unwrap();
        let found: Vec<_> = found.iter().map(|act| act.subject.as_str()).collect();
        assert_eq!(found, ["c", "b"]);
        assert_eq!(audit::of_action(&db, "retry", 1).await.unwrap().len(), 1);
    })
    .await;
}
