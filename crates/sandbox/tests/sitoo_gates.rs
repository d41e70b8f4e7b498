//! Who may come in, and how often (facts/sitoo 1.2, 1.6, 1.7).
#![allow(clippy::expect_used, reason = "tests")]

mod till;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use daybook_sandbox::sitoo::RateLimit;
use http::{Method, StatusCode};
use serde_json::json;
use till::{MORNING, shop};

#[tokio::test]
async fn wrong_credentials_are_turned_away() {
    let shop = shop();
    for authorization in ["Basic bm90OnJpZ2h0", "Bearer token", "Basic"] {
        let reply = shop.call_as(Method::GET, "/orders", None, authorization).await;
        assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
        assert_eq!(reply.body, json!({"statuscode": 401, "errortext": "Unauthorized"}));
    }
}

#[tokio::test]
async fn unknown_addresses_are_not_found() {
    let shop = shop();
    let paths = ["/nonsense", "/sites/1/orders/1", "/sites/1/orders/x", "/sites/1/warehouses/99"];
    for path in paths {
        let reply = shop.call(Method::GET, path, None).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(reply.body, json!({"statuscode": 404, "errortext": "Not found"}));
    }
    let reply = shop.call(Method::DELETE, "/sites/1/orders/1", None).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "an order can never be deleted");
    shop.sitoo.set_account(90_002);
    let reply = shop.call(Method::GET, "/orders", None).await;
    assert_eq!(reply.status, StatusCode::NOT_FOUND, "another account");
}

#[tokio::test(start_paused = true)]
async fn two_requests_in_flight_are_one_too_many() {
    let shop = shop();
    let get = || shop.call(Method::GET, "/orders", None);
    let (one, two) = tokio::join!(get(), get());
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK), "off by default");
    shop.sitoo.switch(|switches| switches.one_at_a_time = true);
    let (one, two) = tokio::join!(get(), get());
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(two.body, json!({"statuscode": 429, "errortext": "Too many connections"}));
    assert_eq!(two.headers["retry-after"], "1");
    assert_eq!(two.headers["x-rate-limit-reset"], (MORNING + 1).to_string());
    assert_eq!(get().await.status, StatusCode::OK, "the first one is out again");
    shop.sitoo.switch(|switches| switches.service_ms = 50);
    let (one, two) = tokio::join!(get(), get());
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn each_credentials_have_their_own_line() {
    let shop = shop();
    shop.sitoo.switch(|switches| switches.one_at_a_time = true);
    shop.sitoo.add_credentials("90001-2", "other");
    let other = format!("Basic {}", BASE64_STANDARD.encode("90001-2:other"));
    let (one, two) = tokio::join!(
        shop.call(Method::GET, "/orders", None),
        shop.call_as(Method::GET, "/orders", None, &other),
    );
    assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK));
}

#[tokio::test]
async fn a_time_slot_has_room_for_so_many_requests() {
    let shop = shop();
    let limit = RateLimit { requests: 2, window_us: 10_000_000 };
    shop.sitoo.switch(|switches| switches.rate_limit = Some(limit));
    shop.wait(3);
    shop.get("/orders").await;
    shop.get("/orders").await;
    let refused = shop.call(Method::GET, "/orders", None).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers["retry-after"], "7");
    assert_eq!(refused.headers["x-rate-limit-reset"], (MORNING + 10).to_string());
    shop.wait(7);
    shop.get("/orders").await;
}

#[tokio::test]
async fn a_request_that_goes_away_leaves_no_trace() {
    let shop = shop();
    shop.sitoo.switch(|switches| {
        switches.one_at_a_time = true;
        switches.service_ms = 60_000;
    });
    let call = shop.call(Method::GET, "/orders", None);
    let gone = tokio::time::timeout(std::time::Duration::ZERO, call).await;
    assert!(gone.is_err());
    shop.sitoo.switch(|switches| switches.service_ms = 0);
    shop.get("/orders").await;
}
