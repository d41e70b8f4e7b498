//! The API: people, tokens, flows, shoppers; secrets are told once, and a write is finished
//! whether or not somebody waits for it.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use daybook_domain::access::Role;
use daybook_store::idempotency;
use daybook_testkit::db::for_each_engine;
use serde_json::{Value, json};

use crate::{
    Shop,
    common::{Answer, Cookie},
    reference,
};

impl Shop {
    /// A call of a program with this token.
    async fn by(&self, token: &str, path: &str, key: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("idempotency-key", key);
        self.desk.send(request, &Cookie::default(), Body::from(body.to_string())).await
    }
}

fn parsed(answer: &Answer) -> Value {
    serde_json::from_str(&answer.text).unwrap()
}

#[tokio::test]
async fn a_link_and_a_token_are_told_once_and_the_book_does_not_know_them() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Admin).await;
        let person = json!({ "name": "Mo Reed", "login": "mo", "roles": ["retail"] });
        let path = "/api/v1/people/invite";
        let first = shop.write(path, Some("1"), &person, &ada).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.text);
        assert!(parsed(&first)["address"].as_str().unwrap().contains("/join/"));
        let again = shop.write(path, Some("1"), &person, &ada).await;
        assert_eq!(again.headers["idempotent-replayed"], "true");
        assert_eq!(
            (&parsed(&again)["name"], &parsed(&again)["address"]),
            (&json!("Mo Reed"), &Value::Null)
        );
        let wanted = json!({ "name": "nightly", "rights": ["see", "manage-people"], "days": 3 });
        let made = shop.write("/api/v1/tokens/make", Some("2"), &wanted, &ada).await;
        let token = parsed(&made)["token"].as_str().unwrap().to_owned();
        let again = shop.write("/api/v1/tokens/make", Some("2"), &wanted, &ada).await;
        assert_eq!(parsed(&again)["token"], Value::Null);
        let mut tx = shop.desk.world.app.db.begin().await.unwrap();
        let kept = idempotency::get(&mut tx, "admin", "2").await.unwrap().unwrap();
        assert!(!format!("{kept:?}").contains(&token));
        drop(tx);

        // What a token lacks it neither gives nor takes away.
        let (_, people) = shop.read("/api/v1/people", &ada).await;
        let id = |name: &str| {
            let all = people["people"].as_array().unwrap();
            let found = all.iter().find(|one| one["name"] == name).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        let eve = json!({ "name": "Eve", "login": "eve", "roles": ["admin"] });
        let tries = [
            (path.to_owned(), eve),
            (format!("/api/v1/people/{}/link", id("admin")), json!({})),
            (format!("/api/v1/people/{}/disable", id("Mo Reed")), json!({})),
        ];
        for (nth, (path, body)) in tries.iter().enumerate() {
            let answer = shop.by(&token, path, &nth.to_string(), body).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.text);
            assert_eq!(parsed(&answer)["code"], "beyond-own-rights");
        }
        let auditor = json!({ "name": "Ivo", "login": "ivo", "roles": ["auditor"] });
        let answer = shop.by(&token, path, "4", &auditor).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);

        let rights = json!({ "roles": ["finance"], "stores": [5] });
        let to = format!("/api/v1/people/{}/rights", id("Mo Reed"));
        let changed = parsed(&shop.write(&to, Some("5"), &rights, &ada).await);
        assert_eq!((&changed["roles"], &changed["stores"]), (&json!(["finance"]), &json!([5])));
        let (_, tokens) = shop.read("/api/v1/tokens", &ada).await;
        let nightly = tokens["tokens"][0]["id"].as_str().unwrap().to_owned();
        assert!(!tokens.to_string().contains(&token));
        let path = format!("/api/v1/tokens/{nightly}/revoke");
        assert_eq!(shop.write(&path, Some("6"), &json!({}), &ada).await.status, StatusCode::OK);
        assert_eq!(shop.by(&token, &path, "7", &json!({})).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn what_runs_what_is_owed_and_who_bought() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (ada, mo) = (shop.of(Role::Admin).await, shop.of(Role::Retail).await);
        let path = "/api/v1/flows/posting/pause";
        let why = json!({ "reason": "stock-take" });
        assert_eq!(shop.write(path, Some("1"), &why, &mo).await.status, StatusCode::FORBIDDEN);
        assert_eq!(shop.write(path, Some("1"), &why, &ada).await.status, StatusCode::OK);
        let (_, health) = shop.read("/api/v1/health", &ada).await;
        assert_eq!(health["pauses"][0]["scope"], "flow:posting");
        let unknown = shop.write("/api/v1/flows/tea/pause", Some("2"), &why, &ada).await;
        assert_eq!(parsed(&unknown)["code"], "flow-unknown");
        let path = "/api/v1/flows/posting/resume";
        assert_eq!(shop.write(path, Some("3"), &json!({}), &ada).await.status, StatusCode::OK);
        let (_, health) = shop.read("/api/v1/health", &ada).await;
        assert_eq!(health["pauses"], json!([]));

        let (status, payouts) = shop.read("/api/v1/payouts", &mo).await;
        assert_eq!((status, &payouts["payouts"]), (StatusCode::OK, &json!([])));
        let (status, pack) = shop.read("/api/v1/months/2026-10/pack", &mo).await;
        assert_eq!((status, &pack["month"]), (StatusCode::OK, &json!("2026-10")));
        let (_, chain) = shop.read("/api/v1/activity/verify", &mo).await;
        assert_eq!((&chain["holds"], &chain["broken_at"]), (&json!(true), &Value::Null));
        let (_, own) = shop.read("/api/v1/account", &mo).await;
        assert_eq!((&own["name"], &own["stores"]), (&json!("retail"), &Value::Null));

        let path = format!("/api/v1/entries/{}/shopper", reference(shop.sold));
        assert_eq!(
            shop.write(&path, Some("4"), &json!({}), &ada).await.status,
            StatusCode::FORBIDDEN
        );
        for _ in 0..2 {
            let told = shop.write(&path, Some("5"), &json!({}), &mo).await;
            assert_eq!(told.status, StatusCode::OK, "{}", told.text);
            assert!(!told.headers.contains_key("idempotent-replayed"));
        }
        let (_, record) = shop.read("/api/v1/activity", &ada).await;
        let looks = record["acts"].as_array().unwrap().iter();
        assert_eq!(looks.filter(|act| act["action"] == "shopper-seen").count(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_write_is_finished_though_nobody_waits_for_it() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let path = "/api/v1/exceptions/sku-unmapped/comment";
        let body = json!({ "about": shop.missing, "text": "asked the buyer" });
        let db = shop.desk.world.app.db.clone();
        let taken = async {
            while idempotency::get(&db, "retail", "k").await.unwrap().is_none() {
                tokio::task::yield_now().await;
            }
        };
        // Whoever asked hangs up as soon as the key is taken.
        tokio::select! {
            biased;
            _ = shop.write(path, Some("k"), &body, &ada) => {}
            () = taken => {}
        }
        let answer = loop {
            let answer = shop.write(path, Some("k"), &body, &ada).await;
            if answer.status != StatusCode::CONFLICT {
                break answer;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!((answer.status, &answer.text), (StatusCode::OK, &"{\"done\":true}".to_owned()));
        assert_eq!(answer.headers["idempotent-replayed"], "true");
        let path = format!("/api/v1/exceptions/sku-unmapped?about={}", shop.missing);
        let (_, group) = shop.read(&path, &ada).await;
        assert_eq!(group["said"].as_array().unwrap().len(), 1, "{group}");
    })
    .await;
}

#[tokio::test]
async fn of_two_that_read_the_same_row_one_writes() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let read = shop.desk.call("GET", "/api/v1/mappings/payment/row?key=CARD", &ada).await;
        let mark = read.headers[header::ETAG].clone();
        let set = |nth: usize| {
            let body = json!({ "key": "CARD", "value": { "method-id": (nth + 4).to_string() } });
            let request = Request::post("/api/v1/mappings/payment/set")
                .header(header::CONTENT_TYPE, "application/json")
                .header("sec-fetch-site", "same-origin")
                .header("idempotency-key", nth.to_string())
                .header(header::IF_MATCH, &mark);
            shop.desk.send(request, &ada, Body::from(body.to_string()))
        };
        let (a, b, c) = tokio::join!(set(0), set(1), set(2));
        let ended = [a.status, b.status, c.status];
        let done = ended.iter().filter(|status| **status == StatusCode::OK).count();
        let late = ended.iter().filter(|one| **one == StatusCode::PRECONDITION_FAILED).count();
        assert_eq!((done, late), (1, 2), "{ended:?}");
    })
    .await;
}
