//! Alerts at the desk: shown to whom they concern, and seen to by who may.

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_flows::alerts::{self, AlertsReport};
use daybook_testkit::db::for_each_engine;

use crate::Shop;

#[tokio::test]
async fn an_alert_is_shown_with_what_to_do_until_somebody_sees_to_it() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let app = &shop.desk.world.app;
        let grace = shop.of(Role::Auditor).await;
        let (status, page) = shop.desk.get("/alerts", &grace).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Nothing is the matter."), "{page}");
        // Sitoo is not read for a while.
        shop.desk.world.clock.advance(std::time::Duration::from_mins(11));
        Box::pin(alerts::pass(app, &mut AlertsReport::default())).await.unwrap();
        let (_, page) = shop.desk.get("/alerts", &grace).await;
        assert!(page.contains("Orders have not been read from Sitoo since"), "{page}");
        assert!(!page.contains("I see to it"), "an auditor changes nothing");
        let ada = shop.of(Role::Finance).await;
        let (_, page) = shop.desk.get("/alerts", &ada).await;
        assert!(page.contains("I see to it"), "{page}");
        let answer = shop.desk.form("/alerts/1/seen", &[], &ada).await;
        assert_eq!(answer.location(), "/alerts");
        let (_, page) = shop.desk.get("/alerts", &ada).await;
        assert!(page.contains("Seen by"), "{page}");
        let (status, text) = shop.desk.get("/api/v1/alerts", &ada).await;
        assert_eq!(status, StatusCode::OK);
        assert!(text.contains("\"kind\":\"watermark-not-moving\""), "{text}");
        let answer = shop.desk.form("/alerts/99/seen", &[], &ada).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    })
    .await;
}
