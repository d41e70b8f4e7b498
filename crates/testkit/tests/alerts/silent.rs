//! A store that stops sending, with eight weeks of receipts behind it.

use daybook_domain::{
    Money, Timestamp,
    alert::AlertKind,
    entry::{EntryKind, EntryState},
};
use daybook_flows::alerts::show;
use daybook_store::{
    Db,
    entry::{self, NewEntry},
};
use daybook_testkit::{db::for_each_engine, world::MORNING};

use crate::Scene;

const WEEK: i64 = 7 * 86_400;

fn receipt(order_id: i64, store: i64, at: Timestamp) -> NewEntry {
    NewEntry {
        order_id,
        site_id: 1,
        kind: EntryKind::Sale,
        state: EntryState::Held,
        reason: None,
        warehouse_id: Some(store),
        register_id: None,
        receipt_id: None,
        order_date: at,
        time_zone: None,
        currency: "GBP".to_owned(),
        net: Money::from_pence(1_000),
        vat: Money::from_pence(200),
        gross: Money::from_pence(1_200),
        original_order_id: None,
        partner_order_id: None,
        due_at: None,
        payload: "{}".to_owned(),
    }
}

async fn write(db: &Db, entries: &[NewEntry]) {
    let mut tx = db.begin().await.unwrap();
    entry::record(&mut tx, MORNING, entries).await.unwrap();
    tx.commit().await.unwrap();
}

/// Receipts of both stores, one a minute each, from nine to five, on the same weekday of eight weeks.
async fn history(scene: &Scene) {
    let mut id = 800_000_000;
    for week in 1..=8 {
        let mut day = Vec::new();
        for minute in 0..8 * 60 {
            for shop in 0..2 {
                let second = MORNING.micros() / 1_000_000 - week * WEEK + minute * 60;
                let store = scene.world.shop(shop).warehouse_id;
                day.push(receipt(id, store, Timestamp::from_seconds(second)));
                id += 1;
            }
        }
        write(&scene.world.app.db, &day).await;
    }
}

#[tokio::test]
async fn a_store_that_stops_is_told_within_minutes_and_its_next_receipt_ends_it() {
    for_each_engine(|db| async move {
        let mut scene = Scene::new(db).await;
        scene.world.settings.alerts.limits.exceptions_money = i64::MAX;
        scene.world.settings.posting.recheck_every = std::time::Duration::from_hours(24);
        scene.world.restart();
        history(&scene).await;
        let (one, other) = (scene.world.shop(0).warehouse_id, scene.world.shop(1).warehouse_id);
        let mut told_after = None;
        // Both sell for an hour; then only the other does.
        for minute in 0..90_i64 {
            let now = scene.world.app.now();
            let mut new = vec![receipt(900_000_000 + minute * 2, other, now)];
            if minute < 60 {
                new.push(receipt(900_000_001 + minute * 2, one, now));
            }
            write(&scene.world.app.db, &new).await;
            let report = scene.after(1).await;
            if report.opened > 0 && told_after.is_none() {
                told_after = Some(minute - 59);
            }
        }
        let minutes = told_after.unwrap();
        assert!((8..=17).contains(&minutes), "told after {minutes} minutes");
        let all = show::overview(&scene.world.app, None, None, 10).await.unwrap();
        assert_eq!(all.open.len(), 1);
        let alert = &all.open[0].alert;
        assert_eq!((alert.key.kind, alert.key.store()), (AlertKind::Silence, Some(one)));
        assert!(alert.impact.records >= 25 && !alert.impact.money.is_zero(), "{alert:?}");
        let now = scene.world.app.now();
        write(&scene.world.app.db, &[receipt(990_000_000, one, now)]).await;
        assert_eq!(scene.after(1).await.closed, 1);
        let subjects = scene.subjects();
        assert_eq!(
            subjects,
            [
                "[Daybook] A store sends nothing (AL-1)",
                "[Daybook] Over: A store sends nothing (AL-1)"
            ]
        );
    })
    .await;
}
