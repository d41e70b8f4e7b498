//! Stock levels that are not fresh, and despatches that Sitoo was not told of.

use std::time::Duration;

use daybook_domain::{
    alert::AlertKind,
    despatch::{DespatchState, Parcel, Sent},
    entry::EntryState,
    stock::Why,
};
use daybook_store::{
    despatch::{parcel, sending},
    entry::{self, NewEntry},
    stock::due::{self, NewDue},
};
use daybook_testkit::{db::for_each_engine, world::MORNING};
use serde_json::Value;

use crate::{Scene, causes::waiting_sale};

/// Kind and store of what the webhook was told; it hears of everything at once.
fn told(scene: &Scene) -> Vec<(String, String)> {
    let hooks = scene.hook.taken();
    let read = |body: &[u8]| serde_json::from_slice::<Value>(body).unwrap();
    let text = |body: &Value, key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let bodies = hooks.iter().map(|hook| read(&hook.body));
    bodies.map(|body| (text(&body, "occasion"), text(&body, "kind"))).collect()
}

fn pair(occasion: &str, kind: AlertKind) -> (String, String) {
    (occasion.to_owned(), kind.word().to_owned())
}

async fn scene(db: daybook_store::Db) -> Scene {
    let mut scene = Scene::new(db).await;
    scene.world.settings.alerts.channels.get_mut("hook").unwrap().escalations = false;
    scene.world.restart();
    scene
}

#[tokio::test]
async fn a_store_whose_stock_is_not_fresh_is_told_until_it_is() {
    for_each_engine(|db| async move {
        let scene = scene(db).await;
        let (app, shop) = (&scene.world.app, scene.world.shop(0).warehouse_id);
        let stale =
            NewDue { warehouse_id: shop, folded: "A".to_owned(), why: Why::Sale, due_at: MORNING };
        let mut tx = app.db.begin().await.unwrap();
        due::mark(&mut tx, &[stale]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(scene.after(44).await.opened, 0, "not yet too old");
        assert_eq!(scene.after(2).await.opened, 1);
        assert_eq!(told(&scene), [pair("opened", AlertKind::StockStale)]);
        let mails = scene.mail.taken();
        assert!(mails[0].text.contains("1 product waits for a fresh stock level"), "{mails:?}");
        let rows = due::due(&app.db, app.now(), 10).await.unwrap();
        let mut tx = app.db.begin().await.unwrap();
        due::done(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        scene.after(1).await;
        assert_eq!(scene.after(5).await.closed, 1);
        assert_eq!(told(&scene), [pair("closed", AlertKind::StockStale)]);
    })
    .await;
}

#[tokio::test]
async fn a_despatch_that_the_till_does_not_know_is_told_until_it_does() {
    for_each_engine(|db| async move {
        let scene = scene(db).await;
        let app = &scene.world.app;
        let sent = Sent {
            parcel: Parcel {
                delivery_id: 7,
                despatched_at: Some(MORNING),
                courier: Some("DPD".to_owned()),
                consignment: Some("D1".to_owned()),
                tracking_url: None,
            },
            lines: Vec::new(),
        };
        let mut tx = app.db.begin().await.unwrap();
        let sale = waiting_sale(&scene.world, 900);
        let sale = NewEntry { state: EntryState::SetAside, due_at: None, ..sale };
        entry::record(&mut tx, MORNING, &[sale]).await.unwrap();
        sending::begin(&mut tx, MORNING, 900, &[], MORNING).await.unwrap();
        parcel::insert(&mut tx, MORNING, 900, &sent, DespatchState::Ready).await.unwrap();
        tx.commit().await.unwrap();
        scene.world.clock.advance(Duration::from_hours(4));
        assert_eq!(scene.pass().await.opened, 0, "not yet too old");
        assert_eq!(scene.after(1).await.opened, 1);
        assert_eq!(told(&scene), [pair("opened", AlertKind::DespatchTooOld)]);
        let mails = scene.mail.taken();
        assert!(mails[0].text.contains("1 despatch is in OrderWise and not in Sitoo"), "{mails:?}");
        let mut row = parcel::of_order(&app.db, 900).await.unwrap().remove(0);
        let before = (row.state, row.attempt);
        row.state = DespatchState::Written;
        let mut tx = app.db.begin().await.unwrap();
        assert!(parcel::save(&mut tx, &row, before).await.unwrap());
        tx.commit().await.unwrap();
        let over = scene.after(1).await.closed + scene.after(5).await.closed;
        assert_eq!(over, 1, "{:?}", told(&scene));
        assert_eq!(told(&scene), [pair("closed", AlertKind::DespatchTooOld)]);
    })
    .await;
}
