//! The API: the pages' figures and deeds for programs.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, StatusCode, header, request::Builder},
};
use daybook_domain::access::{Right, Role};
use daybook_flows::access::token::{self, Maker, NewToken};
use daybook_testkit::db::for_each_engine;
use serde_json::{Value, json};

use crate::{
    Shop,
    common::{Answer, Cookie},
    reference,
};

impl Shop {
    pub(crate) async fn read(&self, path: &str, who: &Cookie) -> (StatusCode, Value) {
        let answer = self.desk.call("GET", path, who).await;
        (answer.status, serde_json::from_str(&answer.text).unwrap())
    }

    pub(crate) async fn write(
        &self,
        path: &str,
        key: Option<&str>,
        body: &Value,
        who: &Cookie,
    ) -> Answer {
        let mut request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin");
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        self.desk.send(request, who, Body::from(body.to_string())).await
    }
}

#[tokio::test]
async fn what_the_pages_show_programs_may_read() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Auditor).await;
        let (status, today) = shop.read("/api/v1/today", &ada).await;
        assert_eq!((status, &today["mood"]), (StatusCode::OK, &json!("exceptions")));
        assert_eq!(today["held"], 2_000);
        let (_, groups) = shop.read("/api/v1/exceptions?owner=retail", &ada).await;
        assert_eq!(groups["groups"][0]["cause"], "sku-unmapped");
        let (_, held) = shop.read("/api/v1/entries?state=held", &ada).await;
        assert_eq!(held["entries"].as_array().unwrap().len(), 2);
        let (_, entry) =
            shop.read(&format!("/api/v1/entries/{}", reference(shop.sold)), &ada).await;
        assert_eq!(entry["entry"]["state"], "confirmed");
        assert_eq!(entry["rows"][0]["agrees"], true);
        for path in [
            "stock",
            "catalogue",
            "despatches",
            "months/2026-10",
            "mappings/sku",
            "activity",
            "health",
        ] {
            assert_eq!(
                shop.read(&format!("/api/v1/{path}"), &ada).await.0,
                StatusCode::OK,
                "{path}"
            );
        }
        let (status, problem) = shop.read("/api/v1/entries/S1-999999", &ada).await;
        assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("not-found")));
        let (status, problem) = shop.read("/api/v1/today", &Cookie::default()).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNAUTHORIZED, &json!("sign-in")));
        let (status, problem) = shop.read("/api/v1/exceptions?owner=nobody", &ada).await;
        assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("request")));
    })
    .await;
}

#[tokio::test]
async fn a_write_is_done_once_a_key_however_often_it_is_sent() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let path = "/api/v1/exceptions/sku-unmapped/comment";
        let body = json!({ "about": shop.missing, "text": "asked the buyer" });
        let missing = shop.write(path, None, &body, &ada).await;
        assert_eq!(missing.status, StatusCode::BAD_REQUEST);
        assert!(missing.text.contains("idempotency-key-missing"), "{}", missing.text);
        let first = shop.write(path, Some("k1"), &body, &ada).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        let again = shop.write(path, Some("k1"), &body, &ada).await;
        assert_eq!((again.status, &again.text), (StatusCode::OK, &first.text));
        assert_eq!(again.headers["idempotent-replayed"], "true");
        let other = json!({ "about": shop.missing, "text": "another" });
        let reused = shop.write(path, Some("k1"), &other, &ada).await;
        assert_eq!(reused.status, StatusCode::CONFLICT);
        assert!(reused.text.contains("idempotency-key-reused"));
        let (_, group) = shop
            .read(&format!("/api/v1/exceptions/sku-unmapped?about={}", shop.missing), &ada)
            .await;
        assert_eq!(group["said"].as_array().unwrap().len(), 1, "{group}");
        // Somebody else's keys are their own.
        let eve = shop.of(Role::Finance).await;
        assert_eq!(shop.write(path, Some("k1"), &other, &eve).await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_row_that_was_changed_meanwhile_is_not_overwritten() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let read = shop.desk.call("GET", "/api/v1/mappings/payment/row?key=CARD", &ada).await;
        let mark = read.headers[header::ETAG].clone();
        let set = |key: &'static str, method: &'static str| {
            let body = json!({ "key": "CARD", "value": { "method-id": method } }).to_string();
            let request = Request::post("/api/v1/mappings/payment/set")
                .header(header::CONTENT_TYPE, "application/json")
                .header("sec-fetch-site", "same-origin")
                .header("idempotency-key", key)
                .header(header::IF_MATCH, &mark);
            (request, body)
        };
        let (request, body) = set("a", "4");
        assert_eq!(shop.desk.send(request, &ada, Body::from(body)).await.status, StatusCode::OK);
        let (request, body) = set("b", "5");
        let late = shop.desk.send(request, &ada, Body::from(body)).await;
        assert_eq!(late.status, StatusCode::PRECONDITION_FAILED, "{}", late.text);
        assert!(late.text.contains("changed-meanwhile"));
    })
    .await;
}

#[tokio::test]
async fn broken_bodies_are_told_and_nothing_is_done() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let path = "/api/v1/exceptions/sku-unmapped/retry";
        let send = |body: &'static str, kind: &'static str, key: &'static str| {
            let request = Request::post(path)
                .header(header::CONTENT_TYPE, kind)
                .header("sec-fetch-site", "same-origin")
                .header("idempotency-key", key);
            shop.desk.send(request, &ada, Body::from(body))
        };
        let json = "application/json";
        assert_eq!(send("{", json, "1").await.status, StatusCode::BAD_REQUEST);
        assert_eq!(send("{}", "text/plain", "2").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(
            send("{\"abuot\":\"x\"}", json, "3").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        assert_eq!(
            send("\"x\"", json, "4").await.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
    })
    .await;
}

#[tokio::test]
async fn a_token_for_one_store_does_nothing_that_concerns_all() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let rights: BTreeSet<Right> = [Right::See, Right::ChangeMappings].into();
        let own = BTreeSet::from([shop.desk.world.shop(0).warehouse_id]);
        let new = NewToken {
            name: "till".to_owned(),
            rights: rights.clone(),
            stores: Some(own),
            days: 1,
        };
        let maker = Maker { name: "Mo", rights: &rights, stores: None };
        let token = token::make(&shop.desk.world.app, &new, maker).await.unwrap();
        let with =
            |request: Builder| request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let nobody = Cookie::default();
        let read = with(Request::get("/api/v1/today"));
        assert_eq!(shop.desk.send(read, &nobody, Body::empty()).await.status, StatusCode::OK);
        let body = json!({ "key": "CARD", "value": { "method-id": "4" } }).to_string();
        let write = with(Request::post("/api/v1/mappings/payment/set"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "k");
        let refused = shop.desk.send(write, &nobody, Body::from(body)).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        let record = with(Request::get("/api/v1/activity"));
        let refused = shop.desk.send(record, &nobody, Body::empty()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    })
    .await;
}

#[tokio::test]
async fn a_program_asks_for_nothing_that_takes_two_persons() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let rights: BTreeSet<Right> = [Right::See, Right::ClearExceptions].into();
        let new =
            NewToken { name: "till".to_owned(), rights: rights.clone(), stores: None, days: 1 };
        let maker = Maker { name: "Mo", rights: &rights, stores: None };
        let token = token::make(&shop.desk.world.app, &new, maker).await.unwrap();
        let path = format!("/api/v1/entries/{}/correct", reference(shop.held[0]));
        let ask = |field: &'static str, key: &'static str| {
            let body = json!({ "field": field, "value": "Cash", "reason": "keyed wrong" });
            let request = Request::post(&path)
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", key);
            (request, Body::from(body.to_string()))
        };
        let (request, body) = ask("tender", "1");
        let refused = shop.desk.send(request, &Cookie::default(), body).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        assert!(refused.text.contains("person-needed"), "{}", refused.text);
        let (request, body) = ask("sku", "2");
        let corrected = shop.desk.send(request, &Cookie::default(), body).await;
        assert_eq!(corrected.status, StatusCode::OK, "{}", corrected.text);
    })
    .await;
}
