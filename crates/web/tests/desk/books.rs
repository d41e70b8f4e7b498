//! Days and months at the desk.

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_flows::reconcile::{self, asked};
use daybook_testkit::db::for_each_engine;

use crate::Shop;

#[tokio::test]
async fn a_day_is_compared_on_demand_and_signed_by_name() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (finance, retail) = (shop.of(Role::Finance).await, shop.of(Role::Retail).await);
        let app = shop.desk.world.app.clone();
        let store = shop.desk.world.shop(0).warehouse_id;
        let day: daybook_domain::reconcile::witness::Day = "2026-10-05".parse().unwrap();
        let wanted = asked::Wanted::Compare { day, store: Some(store) };
        asked::answer(&app, &wanted).await.unwrap();
        let path = format!("/books/2026-10-05/{store}");
        let (status, page) = shop.desk.get(&path, &retail).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("What the witnesses say") && !page.contains("Compare again now"));
        let (_, month) = shop.desk.get("/books?month=2026-10", &finance).await;
        assert!(month.contains(&path), "{month}");
        // Asking is a question in the book: whoever holds it answers.
        let answer = shop.desk.form(&format!("{path}/compare"), &[], &finance).await;
        assert_eq!(answer.location(), format!("{path}?done=asked"));
        let mut report = reconcile::ReconcileReport::default();
        reconcile::pass(&app, &mut report).await.unwrap();
        let (_, page) = shop.desk.get(&path, &finance).await;
        let differs = page.contains("They may stay, because");
        let signed =
            shop.desk.form(&format!("{path}/sign"), &[("reason", "agreed")], &finance).await;
        if differs {
            assert_eq!(signed.location(), format!("{path}?done=signed"));
        } else {
            assert_eq!(signed.status, StatusCode::CONFLICT, "{}", signed.text);
        }
        let (status, _) =
            shop.desk.post(&format!("{path}/sign"), &[("reason", "x")], &retail).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_month_says_what_is_in_the_way_and_gives_its_pack() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let (status, page) = shop.desk.get("/books?month=2026-10", &ada).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("October 2026"), "{page}");
        let refused = shop.desk.form("/books/2026-10/close", &[("reason", "done")], &ada).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        let pack = shop.desk.call("GET", "/books/2026-10/pack.html", &ada).await;
        assert_eq!(pack.status, StatusCode::OK);
        assert!(pack.text.contains("The figures tie"), "{}", pack.text);
        assert_eq!(shop.desk.get("/books?month=soon", &ada).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}
