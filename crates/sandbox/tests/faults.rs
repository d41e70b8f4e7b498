//! Faults: what the client sees, and whether the request was processed.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod shop;

use std::{sync::Arc, time::Duration};

use daybook_sandbox::{
    Sandbox,
    faults::{Chance, Cut, ErrorBody, Fault, Faults, Matcher, Outage, Style, wrap},
    serve::serve,
};
use http::{Method, Request};
use serde_json::{Value, json};
use shop::{Answer, Clock, SECOND, START, Shop, answer, fill, order};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
};
use tower::ServiceExt;

/// Places one order that meets the fault, and says how many documents there are then.
async fn hit(fault: Fault) -> (Answer, usize) {
    let shop = Shop::new();
    shop.faults.once(fault, "post", "/SALES/order");
    let answer = shop.place(3, &order("S-1")).await;
    let count = shop.company.document_count();
    assert_eq!(shop.faults.counts().all_faults(), 1);
    assert_eq!(shop.faults.pending(), 0);
    assert_ne!(shop.place(3, &order("S-2")).await.cut, Some(Cut::Cut), "used up");
    (answer, count)
}

#[tokio::test]
async fn faults_before_processing_store_nothing() {
    let cases = [
        (Fault::TooManyRequests { retry_after_s: Some(7) }, 429),
        (Fault::ServerError { status: 503, body: ErrorBody::Json }, 503),
        (Fault::ServerError { status: 500, body: ErrorBody::Empty }, 500),
        (Fault::ServerError { status: 502, body: ErrorBody::Html }, 502),
        (Fault::HtmlPage { status: 200 }, 200),
        (Fault::EmptyUnauthorised, 401),
        (Fault::ErrorInOk, 200),
        (Fault::Outage, 503),
    ];
    for (fault, status) in cases {
        let (answer, count) = hit(fault).await;
        assert_eq!((answer.status, count, answer.cut), (status, 0, None), "{fault:?}");
    }
}

#[tokio::test]
async fn bodies_of_errors_are_json_html_or_nothing() {
    let (answer, _) = hit(Fault::ServerError { status: 500, body: ErrorBody::Json }).await;
    assert_eq!(answer.json(), json!({"Message": "An error has occurred."}));
    let (answer, _) = hit(Fault::HtmlPage { status: 200 }).await;
    assert_eq!(answer.content_type, "text/html");
    let (answer, _) = hit(Fault::EmptyUnauthorised).await;
    assert_eq!(answer.text, "");
    let (answer, _) = hit(Fault::ErrorInOk).await;
    assert_eq!(answer.json(), json!({"Message": "An error has occurred."}));
    let (answer, _) = hit(Fault::TooManyRequests { retry_after_s: Some(7) }).await;
    assert_eq!(answer.headers["retry-after"], "7");
}

#[tokio::test]
async fn a_reply_gets_lost_before_or_after_processing() {
    let cases = [
        (Fault::CutBefore, Cut::Cut, 0),
        (Fault::CutAfter, Cut::Cut, 1),
        (Fault::TimeoutBefore, Cut::Hang, 0),
        (Fault::TimeoutAfter, Cut::Hang, 1),
    ];
    for (fault, cut, stored) in cases {
        let (answer, count) = hit(fault).await;
        assert_eq!((answer.cut, count), (Some(cut), stored), "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_can_be_an_error_or_broken_though_the_order_is_stored() {
    let (answer, count) = hit(Fault::ErrorAfter { status: 502 }).await;
    assert_eq!((answer.status, count), (502, 1));
    let (answer, count) = hit(Fault::MalformedJson).await;
    assert_eq!((answer.status, count), (200, 1));
    assert!(serde_json::from_str::<Value>(&answer.text).is_err(), "{}", answer.text);
    let shop = Shop::new();
    shop.faults.once(Fault::MalformedJson, "GET", "gettoken");
    let bare = shop.login_at("/owapi", "daybook:sandbox").await;
    assert!(serde_json::from_str::<Value>(&bare.text).is_err(), "{}", bare.text);
}

#[tokio::test(start_paused = true)]
async fn a_request_can_be_processed_long_after_the_client_gave_up() {
    let shop = Shop::new();
    shop.faults.once(Fault::ProcessedLate { ms: 60_000 }, "POST", "sales/order");
    assert_eq!(shop.place(3, &order("S-1")).await.cut, Some(Cut::Hang));
    assert!(shop.lookup("S-1").await.is_empty());
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert_eq!(shop.lookup("S-1").await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_delay_only_takes_time() {
    let shop = Shop::new();
    shop.faults.once(Fault::Delay { ms: 1_500 }, "POST", "sales/order");
    let begin = tokio::time::Instant::now();
    assert_eq!(shop.place(3, &order("S-1")).await.status, 200);
    assert_eq!(begin.elapsed(), Duration::from_millis(1_500));
}

#[tokio::test]
async fn a_matcher_skips_repeats_and_picks_every_nth() {
    let shop = Shop::new();
    let error = Fault::ServerError { status: 503, body: ErrorBody::Empty };
    shop.faults.put(error, Matcher::on("POST", "sales/order").skip(1).times(2));
    let mut statuses = Vec::new();
    for n in 0..5 {
        statuses.push(shop.place(3, &order(&format!("S-{n}"))).await.status);
    }
    assert_eq!(statuses, [200, 503, 503, 200, 200]);
    shop.faults.put(error, Matcher::on("POST", "sales/order").every(3));
    let mut statuses = Vec::new();
    for n in 5..12 {
        statuses.push(shop.place(3, &order(&format!("S-{n}"))).await.status);
    }
    assert_eq!(statuses, [200, 200, 503, 200, 200, 503, 200]);
    shop.faults.clear();
    assert_eq!(shop.faults.pending(), 0);
}

/// The sequence of answers under a schedule.
async fn under_schedule(seed: u64) -> Vec<(u16, bool)> {
    let shop = Shop::new();
    let chance = |fault| Chance { fault, per_10_000: 2_500, matcher: Matcher::on("POST", "sales") };
    shop.faults.schedule(
        seed,
        vec![
            chance(Fault::CutAfter),
            chance(Fault::ServerError { status: 500, body: ErrorBody::Json }),
        ],
    );
    let mut answers = Vec::new();
    for n in 0..200 {
        let answer = shop.place(3, &order(&format!("S-{n}"))).await;
        answers.push((answer.status, answer.cut.is_some()));
    }
    answers
}

#[tokio::test]
async fn a_schedule_repeats_by_its_seed() {
    let first = under_schedule(1).await;
    assert_eq!(first, under_schedule(1).await);
    assert_ne!(first, under_schedule(2).await);
    let lost = first.iter().filter(|(_, is_cut)| *is_cut).count();
    assert!((20..90).contains(&lost), "about a quarter of 200, was {lost}");
}

#[tokio::test]
async fn an_outage_lasts_its_span_or_until_lifted() {
    let shop = Shop::new();
    let token = shop.token().await;
    let path = "/owapi/value-lists/1";
    let until = Some(START + 20 * SECOND);
    shop.faults.outage(Outage { from: START + 10 * SECOND, until, fault: Fault::Outage });
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(shop.get_with(&token, path).await.status);
        shop.clock.pass(9 * SECOND);
    }
    assert_eq!(statuses, [200, 200, 503, 200]);
    shop.faults.start_outage(Fault::CutBefore);
    shop.clock.pass(3_000 * SECOND);
    assert_eq!(shop.get_with(&token, path).await.cut, Some(Cut::Cut));
    shop.faults.lift_outages();
    assert_eq!(shop.get_with(&token, path).await.cut, None);
}

#[tokio::test(start_paused = true)]
async fn requests_are_counted_by_pattern_and_by_how_many_were_in_flight() {
    let shop = Shop::new();
    shop.company.switch(|s| s.service_time_ms = 10);
    let (first, second, third) = (order("S-1"), order("S-2"), order("S-3"));
    tokio::join!(shop.place(3, &first), shop.place(3, &second), shop.place(3, &third));
    shop.lookup("S-1").await;
    shop.get("sales/order/36220/status").await;
    let counts = shop.faults.counts();
    assert_eq!(counts.max_in_flight, 3);
    assert_eq!(counts.in_flight, 0);
    assert_eq!(counts.requests["POST /owapi/sales/order"], 3);
    assert_eq!(counts.requests["POST /owapi/system/export-definition/101"], 1);
    assert_eq!(counts.requests["GET /owapi/sales/order/{id}/status"], 1);
    assert_eq!(counts.of("GET", "gettoken"), 5);
    shop.faults.reset_counts();
    assert_eq!(shop.faults.counts().all(), 0);
}

#[tokio::test]
async fn sitoo_gets_its_own_words() {
    let clock = Clock::new();
    let faults = Arc::new(Faults::new(clock.now(), 1, Style::Sitoo));
    let router = wrap(axum::Router::new().fallback(|| async { "36" }), Arc::clone(&faults));
    let ask = || Request::get("/v2/accounts/90316/orders.json").body(axum::body::Body::empty());
    faults.once(Fault::TooManyRequests { retry_after_s: Some(7) }, "GET", "orders");
    let busy = answer(router.clone().oneshot(ask().unwrap()).await.unwrap()).await;
    assert_eq!(busy.json(), json!({"statuscode": 429, "errortext": "Too many connections"}));
    assert_eq!(busy.headers["x-rate-limit-reset"], (START / SECOND + 7).to_string().as_str());
    faults.once(Fault::MalformedJson, "GET", "orders");
    let broken = answer(router.clone().oneshot(ask().unwrap()).await.unwrap()).await;
    assert!(serde_json::from_str::<Value>(&broken.text).is_err(), "{}", broken.text);
    assert_eq!(faults.counts().requests["GET /v2/accounts/{id}/orders"], 2);
}

/// Serves the shop on a socket until the sender is dropped.
async fn on_socket(shop: &Shop) -> (std::net::SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (running, ended) = oneshot::channel::<()>();
    let router = shop.router.clone();
    tokio::spawn(serve(listener, router, async move { drop(ended.await) }));
    (address, running)
}

/// Sends an order over a connection of its own; reads until the server closes.
async fn over_socket(address: std::net::SocketAddr, token: &str, number: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    write_order(&mut stream, token, number).await;
    let mut text = String::new();
    // A cut may show as an orderly end or as a reset: both are a lost reply.
    drop(stream.read_to_string(&mut text).await);
    text
}

async fn write_order(stream: &mut TcpStream, token: &str, number: &str) {
    let body = order(number).to_string();
    let request = format!(
        "POST /owapi/sales/order?session_id=3 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
}

#[tokio::test]
async fn on_a_socket_the_connection_is_really_cut() {
    let shop = Shop::new();
    let token = shop.token().await;
    let (address, _running) = on_socket(&shop).await;
    let text = over_socket(address, &token, "S-1").await;
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    shop.faults.once(Fault::CutAfter, "POST", "sales/order");
    assert_eq!(over_socket(address, &token, "S-2").await, "");
    shop.faults.once(Fault::CutBefore, "POST", "sales/order");
    assert_eq!(over_socket(address, &token, "S-3").await, "");
    let numbers: Vec<_> = shop.company.documents().iter().map(|d| d.number.to_string()).collect();
    assert_eq!(numbers, ["S-1", "S-2"]);
}

#[tokio::test]
async fn on_a_socket_a_hanging_peer_never_answers() {
    let shop = Shop::new();
    let token = shop.token().await;
    let (address, running) = on_socket(&shop).await;
    shop.faults.once(Fault::TimeoutAfter, "POST", "sales/order");
    let mut stream = TcpStream::connect(address).await.unwrap();
    write_order(&mut stream, &token, "S-1").await;
    // Another connection is answered while the first one gets nothing.
    assert!(over_socket(address, &token, "S-2").await.starts_with("HTTP/1.1 200"));
    let mut byte = [0];
    let silence = tokio::time::timeout(Duration::from_millis(50), stream.read(&mut byte)).await;
    assert!(silence.is_err(), "no byte and no end");
    assert_eq!(shop.company.document_count(), 2);
    drop(running);
    // Only stopping the server ends it.
    assert!(matches!(stream.read(&mut byte).await, Ok(0) | Err(_)));
}

async fn control(router: &axum::Router, method: Method, path: &str, body: Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/json")
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    answer(router.clone().oneshot(request).await.unwrap()).await
}

#[tokio::test]
async fn troubles_can_be_made_over_the_control_interface() {
    let clock = Clock::new();
    let sandbox = Sandbox::new(clock.now(), 7);
    fill(&sandbox.orderwise);
    let shop = Shop {
        clock,
        company: Arc::clone(&sandbox.orderwise),
        other_company: Arc::clone(&sandbox.orderwise_sandbox),
        faults: Arc::clone(&sandbox.orderwise_faults),
        router: sandbox.orderwise_router(),
    };
    let router = sandbox.control_router();
    let fault =
        json!({"fault": {"kind": "cut-after"}, "matcher": {"path": "sales/order", "times": 1}});
    let put = control(&router, Method::POST, "/control/faults/orderwise", fault).await;
    assert_eq!(put.status, 204, "{}", put.text);
    assert_eq!(shop.place(3, &order("S-1")).await.cut, Some(Cut::Cut));
    let seen = control(&router, Method::GET, "/control/faults/orderwise", json!(null)).await;
    assert_eq!(seen.json()["counts"]["faults"]["cut-after"], json!(1));

    let policy = json!({"policy": "create-second"});
    control(&router, Method::PUT, "/control/orderwise/sessions/3", policy).await;
    assert_eq!(shop.place(3, &order("S-1")).await.status, 200);
    let path = "/control/orderwise/documents?reference=S-1";
    let found = control(&router, Method::GET, path, json!(null)).await.json();
    assert_eq!(found["items"].as_array().unwrap().len(), 2);
    let totals = control(&router, Method::GET, "/control/orderwise/totals", json!(null)).await;
    assert_eq!(totals.json()["orders_gross"], json!(4800));

    let path = "/control/orderwise/variants/ABC-1";
    control(&router, Method::PUT, path, json!({"active": false})).await;
    assert_eq!(shop.place(3, &order("S-9")).await.status, 400);
    control(&router, Method::PATCH, "/control/orderwise/switches", json!({"order_status": 201}))
        .await;
    assert_eq!(shop.company.switches().order_status, 201);
    let wrong = json!({"no_such_switch": 1});
    let wrong = control(&router, Method::PATCH, "/control/orderwise/switches", wrong).await;
    assert_eq!(wrong.status, 422);

    let token = shop.token().await;
    control(&router, Method::DELETE, "/control/orderwise/tokens", json!(null)).await;
    assert_eq!(shop.get_with(&token, "/owapi/value-lists/1").await.status, 401);
    control(&router, Method::POST, "/control/faults/orderwise/outage", json!({})).await;
    assert_eq!(shop.get_with(&token, "/owapi/value-lists/1").await.status, 503);
    control(&router, Method::DELETE, "/control/faults/orderwise/outage", json!(null)).await;
    assert_eq!(shop.get_with(&token, "/owapi/value-lists/1").await.status, 401);
}
