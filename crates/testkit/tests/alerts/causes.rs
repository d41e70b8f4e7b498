//! One alert a cause, whatever the cause is.

use std::time::Duration;

use daybook_domain::{
    Money,
    alert::AlertKind,
    causes::Cause,
    entry::{EntryKind, EntryState},
    reconcile::witness::Day,
};
use daybook_flows::alerts::show;
use daybook_store::{
    entry::{self, NewEntry},
    exception, pause,
    reconcile::day,
};
use daybook_testkit::{World, db::for_each_engine, world::MORNING};

use crate::Scene;

async fn open(world: &World) -> Vec<(AlertKind, String, i64)> {
    let all = show::overview(&world.app, None, None, 10).await.unwrap();
    let one = |view: show::AlertView| {
        (view.alert.key.kind, view.alert.key.about, view.alert.impact.records)
    };
    all.open.into_iter().map(one).collect()
}

pub(crate) fn waiting_sale(world: &World, order_id: i64) -> NewEntry {
    NewEntry {
        order_id,
        site_id: 1,
        kind: EntryKind::Sale,
        state: EntryState::Ready,
        reason: None,
        warehouse_id: Some(world.shop(0).warehouse_id),
        register_id: None,
        receipt_id: None,
        order_date: MORNING,
        time_zone: None,
        currency: "GBP".to_owned(),
        net: Money::from_pence(1_000),
        vat: Money::from_pence(200),
        gross: Money::from_pence(1_200),
        original_order_id: None,
        partner_order_id: None,
        due_at: Some(MORNING),
        payload: "{}".to_owned(),
    }
}

#[tokio::test]
async fn each_cause_is_one_alert() {
    for_each_engine(|db| async move {
        let mut scene = Scene::new(db).await;
        scene.world.settings.alerts.limits.disk_free_percent = 101;
        scene.world.restart();
        let world = &scene.world;
        let store = world.shop(0).warehouse_id;
        let mut tx = world.app.db.begin().await.unwrap();
        let order_date = MORNING.minus(Duration::from_hours(48));
        let first = NewEntry { order_date, ..waiting_sale(world, 900) };
        entry::record(&mut tx, MORNING, &[first, waiting_sale(world, 901)]).await.unwrap();
        let raise = [
            ("settlement", Cause::PayoutNotAtBank, "adyen 7", 700_000),
            ("x", Cause::SkuUnmapped, "A", 100),
            ("y", Cause::SitooCredentials, "sitoo", 0),
        ];
        for (scope, cause, subject, pence) in raise {
            let told = ("a test", Money::from_pence(pence), None);
            exception::raise_about(&mut tx, MORNING, scope, cause, subject, told).await.unwrap();
        }
        let yesterday: Day = "2026-10-03".parse().unwrap();
        day::touch(&mut tx, store, yesterday, MORNING).await.unwrap();
        // The day before the first order was another's: nobody is told of it.
        day::touch(&mut tx, store, yesterday.previous(), MORNING).await.unwrap();
        tx.commit().await.unwrap();
        scene.after(25 * 60).await;
        let mut kinds = open(world).await;
        kinds.sort_unstable();
        let about = format!("store:{store}");
        let (retail, money) = ("retail".to_owned(), AlertKind::ExceptionsTooMuch);
        let mut wanted = vec![
            (AlertKind::UnpostedTooOld, about.clone(), 2),
            (AlertKind::ExceptionsTooOld, retail, 1),
            (money, "all".to_owned(), 3),
            (AlertKind::DayNotClosed, about, 1),
            (AlertKind::PayoutMissing, "payouts".to_owned(), 1),
            (AlertKind::CredentialsRefused, "sitoo".to_owned(), 0),
        ];
        if world.app.db.disk().is_some() {
            wanted.push((AlertKind::DiskNearlyFull, "book".to_owned(), 0));
        }
        wanted.sort_unstable();
        assert_eq!(kinds, wanted);
        assert_eq!(scene.after(1).await.opened, 0);
    })
    .await;
}

#[tokio::test]
async fn nobody_reads_sitoo() {
    for_each_engine(|db| async move {
        let scene = Scene::new(db).await;
        scene.pass().await;
        scene.world.clock.advance(Duration::from_mins(10));
        assert_eq!(scene.look().await.opened, 0);
        scene.world.clock.advance(Duration::from_mins(1));
        assert_eq!(scene.look().await.opened, 1);
        let kinds = open(&scene.world).await;
        assert_eq!(kinds, [(AlertKind::WatermarkNotMoving, "orders".to_owned(), 0)]);
        assert_eq!(pause::all(&scene.world.app.db).await.unwrap(), []);
    })
    .await;
}
