//! HTTP in process, on both engines: what is answered, and that it was written before.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, Response, StatusCode, header},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use daybook_store::{Db, inbox};
use daybook_testkit::{World, db::for_each_engine};
use daybook_web::{Events, Web, router};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

fn web(db: Db) -> (Router, World, CancellationToken) {
    let world = World::unmapped(1, db);
    let stop = CancellationToken::new();
    let web = Web {
        app: world.app.clone(),
        events: Some(Events { user: "sitoo".to_owned(), password: "s3cret".into() }),
        metrics: None,
        metrics_token: None,
        single_sign_on: None,
        manual: std::sync::Arc::default(),
        body_limit_bytes: 4 << 10,
        stop: stop.clone(),
    };
    (router(web), world, stop)
}

async fn events(router: &Router, body: impl Into<Body>) -> (StatusCode, Value) {
    let credentials = BASE64_STANDARD.encode("sitoo:s3cret");
    let request = Request::post("/events")
        .header(header::AUTHORIZATION, format!("Basic {credentials}"))
        .body(body.into())
        .unwrap();
    read(router.clone().oneshot(request).await.unwrap()).await
}

async fn get(router: &Router, path: &str) -> (StatusCode, Value) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    read(router.clone().oneshot(request).await.unwrap()).await
}

async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let kind = if is_error { "application/problem+json" } else { "application/json" };
    assert_eq!(response.headers()[header::CONTENT_TYPE], kind);
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn events_are_in_the_book_before_they_are_answered() {
    for_each_engine(|db| async move {
        let (router, world, _) = web(db.clone());
        let batch = json!([
            { "event_id": "e1", "event_type": "order", "data": { "order_id": 11_513 } },
            { "event_id": "e2", "event_type": "moon-phase" },
            { "event_type": "order", "data": { "order_id": 11_514 } },
        ]);
        let (status, answer) = events(&router, batch.to_string()).await;
        assert_eq!((status, answer), (StatusCode::OK, json!({ "received": 3 })));
        let waiting = inbox::due(&db, world.app.now(), 10).await.unwrap();
        let mut orders: Vec<_> = waiting.iter().map(|event| event.order_id).collect();
        orders.sort_unstable();
        assert_eq!(orders, [None, Some(11_513), Some(11_514)]);
        // Delivery is at least once: the same again is welcome and changes nothing.
        let (status, _) = events(&router, batch.to_string()).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(inbox::due(&db, world.app.now(), 10).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_written_is_asked_for_again() {
    for_each_engine(|db| async move {
        let (router, _world, stop) = web(db.clone());
        let one = json!([{ "event_id": "e1", "event_type": "order" }]).to_string();
        db.close().await;
        let (status, problem) = events(&router, one.clone()).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(problem["code"], "events-not-written");
        assert_eq!(get(&router, "/healthz").await.0, StatusCode::OK);
        assert_eq!(get(&router, "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
        stop.cancel();
        assert_eq!(events(&router, one).await.0, StatusCode::SERVICE_UNAVAILABLE);
    })
    .await;
}

#[tokio::test]
async fn strangers_and_nonsense_are_refused() {
    for_each_engine(|db| async move {
        let (router, _world, stop) = web(db);
        let request = Request::post("/events").body(Body::from("[]")).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert!(response.headers().contains_key(header::WWW_AUTHENTICATE));
        assert_eq!(read(response).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(events(&router, "[{").await.0, StatusCode::BAD_REQUEST);
        assert_eq!(events(&router, "[]").await.0, StatusCode::OK);
        assert_eq!(events(&router, vec![b' '; 5 << 10]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(get(&router, "/events").await.0, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(get(&router, "/nowhere").await.1["code"], "not-found");
        // A person gets a page; and a webhook that was set up with a slash loses no event.
        let page = Request::get("/nowhere").header(header::ACCEPT, "text/html,*/*;q=0.8");
        let page = router.clone().oneshot(page.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
        let kind = page.headers().get(header::CONTENT_TYPE).unwrap();
        assert!(kind.to_str().unwrap().starts_with("text/html"), "{kind:?}");
        let slash = Request::post("/events/").body(Body::from("[]")).unwrap();
        let slash = router.clone().oneshot(slash).await.unwrap();
        assert!(slash.headers().contains_key(header::WWW_AUTHENTICATE));
        assert_eq!(get(&router, "/readyz").await.0, StatusCode::OK);
        stop.cancel();
        assert_eq!(get(&router, "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
    })
    .await;
}
