//! Documents damaged by hand, as a day close will meet them.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod shop;

use std::sync::Arc;

use axum::body::Body;
use daybook_sandbox::{
    Sandbox,
    orderwise::{CREDIT, LineEdit, OrderWise, Written},
};
use http::Request;
use serde_json::{Value, json};
use shop::{Clock, Shop, answer, fill, order};
use tower::ServiceExt;

const DAY: [(&str, &str); 2] = [("@from", "2026-10-05T00:00:00"), ("@to", "2026-10-06T00:00:00")];

async fn rows(shop: &Shop, id: i64) -> Vec<Value> {
    shop.export(id, &DAY).await.json().as_array().unwrap().clone()
}

async fn placed(shop: &Shop, number: &str) -> i64 {
    shop.place(4, &order(number)).await.json()["orderId"].as_i64().unwrap()
}

fn total(company: &OrderWise, id: i64) -> (i64, i64, i64) {
    let document = company.documents().into_iter().find(|one| one.order_id == id).unwrap();
    (document.net, document.tax, document.gross)
}

#[tokio::test]
async fn lines_change_and_totals_follow() {
    let shop = Shop::new();
    let id = placed(&shop, "S1-1").await;
    assert_eq!(total(&shop.company, id), (2_000, 400, 2_400));
    let price = LineEdit { gross: Some(2_340), ..LineEdit::default() };
    assert!(shop.company.edit_line(id, 1, price));
    assert_eq!(total(&shop.company, id), (1_950, 390, 2_340));
    let quantity = LineEdit { quantity: Some(3.into()), ..LineEdit::default() };
    assert!(shop.company.edit_line(id, 1, quantity));
    assert_eq!(total(&shop.company, id), (2_925, 585, 3_510));
    let code = LineEdit { tax_rate_id: Some(3), ..LineEdit::default() };
    assert!(shop.company.edit_line(id, 1, code));
    assert_eq!(total(&shop.company, id), (3_510, 0, 3_510));
    let penny = LineEdit { net: Some(3_509), tax: Some(1), ..LineEdit::default() };
    assert!(shop.company.edit_line(id, 1, penny));
    let added = LineEdit {
        sku: Some("BOOK-0".to_owned()),
        quantity: Some(1.into()),
        gross: Some(799),
        tax_rate_id: Some(3),
        location: Some(1),
        ..LineEdit::default()
    };
    assert!(shop.company.add_line(id, added));
    assert_eq!(total(&shop.company, id), (4_308, 1, 4_309));
    let lines = rows(&shop, 103).await;
    let seen: Vec<_> = lines.iter().map(|line| (&line["sku"], &line["taxCode"])).collect();
    let t0 = &json!("T0");
    assert_eq!(seen, [(&json!("ABC-1"), t0), (&json!("BOOK-0"), t0)]);
    assert!(shop.company.delete_line(id, 1));
    let lines = rows(&shop, 103).await;
    assert_eq!((lines.len(), &lines[0]["lineNumber"]), (1, &json!(1)), "counted anew");
    assert!(!shop.company.delete_line(id, 2) && !shop.company.edit_line(7, 1, LineEdit::default()));
}

#[tokio::test]
async fn documents_come_and_go() {
    let shop = Shop::new();
    let id = placed(&shop, "S1-1").await;
    let double = shop.company.double_document(id).unwrap();
    let found = shop.lookup("S1-1").await;
    assert_eq!(found.len(), 2);
    assert_ne!(found[0]["orderNumber"], found[1]["orderNumber"]);
    assert!(shop.company.delete_document(id) && !shop.company.delete_document(id));
    assert_eq!(shop.lookup("S1-1").await[0]["orderId"], double);
    assert_eq!((rows(&shop, 102).await.len(), rows(&shop, 103).await.len()), (1, 1));
    let written = Written {
        reference: "by hand".to_owned(),
        order_type: CREDIT,
        order_date: None,
        customer: 1375,
        lines: vec![LineEdit {
            sku: Some("ABC-1".to_owned()),
            quantity: Some(1.into()),
            gross: Some(1_200),
            ..LineEdit::default()
        }],
    };
    let by_hand = shop.company.write_document(written);
    assert_eq!(total(&shop.company, by_hand), (1_000, 200, 1_200));
    let next = placed(&shop, "S1-2").await;
    assert_eq!((double, by_hand, next), (id + 1, id + 2, id + 3));
    assert!(shop.company.edit_document(next, |document| {
        document.order_date -= 86_400_000_000;
        document.number = "S1-9".into();
        document.other_reference = None;
    }));
    assert_eq!(rows(&shop, 102).await.len(), 2, "it moved to the day before");
    assert!(shop.lookup("S1-2").await.is_empty());
    assert_eq!(shop.lookup("S1-9").await[0]["orderId"], next);
}

#[tokio::test]
async fn the_same_through_the_control_interface() {
    let sandbox = Sandbox::new(Clock::new().now(), 7);
    fill(&sandbox.orderwise);
    let (company, router) = (Arc::clone(&sandbox.orderwise), sandbox.control_router());
    let call = async |method: &str, path: &str, body: Value| {
        let request = Request::builder()
            .method(method)
            .uri(format!("/control/orderwise/{path}"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        answer(router.clone().oneshot(request.unwrap()).await.unwrap()).await
    };
    let line = json!({"sku": "ABC-1", "quantity": "2", "gross": 2_400, "location": 1});
    let written = json!({"reference": "S1-1", "order_date": "2026-10-05T09:00:00",
                         "lines": [line.clone()]});
    let id = call("POST", "written-documents", written).await.json()["orderId"].as_i64().unwrap();
    let document = format!("documents/{id}");
    for (method, path, body, status) in [
        ("POST", format!("{document}/lines"), line, 204),
        ("PATCH", format!("{document}/lines/2"), json!({"quantity": "1"}), 204),
        ("PATCH", format!("{document}/lines/3"), json!({"quantity": "1"}), 404),
        ("PATCH", format!("{document}/lines/1"), json!({"quantity": "one"}), 422),
        ("PATCH", document.clone(), json!({"order_type": 4, "delivery": 300}), 204),
        ("PATCH", document.clone(), json!({"order_date": "yesterday"}), 422),
        ("PATCH", document.clone(), json!({"payments": [{"method": 2, "amount": 3_600}]}), 204),
        ("POST", format!("{document}/double"), Value::Null, 200),
        ("DELETE", format!("{document}/lines/1"), Value::Null, 204),
        ("DELETE", format!("documents/{}", id + 1), Value::Null, 204),
        ("DELETE", format!("documents/{}", id + 1), Value::Null, 404),
    ] {
        assert_eq!(call(method, &path, body).await.status, status, "{method} {path}");
    }
    let left = company.documents();
    assert_eq!((left.len(), left[0].order_type, left[0].gross), (1, CREDIT, 1_200));
    assert_eq!((left[0].delivery, left[0].payments[0].amount), (300, 3_600));
}
