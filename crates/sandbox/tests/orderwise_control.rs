//! The control interface of a company: stock, orders and variants by hand.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod shop;

use std::sync::Arc;

use axum::{Router, body::Body};
use daybook_sandbox::{
    Sandbox,
    orderwise::{OrderWise, Variant},
};
use http::Request;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shop::{Answer, Clock, SECOND, answer, fill};
use tower::ServiceExt;

struct Desk {
    clock: Clock,
    company: Arc<OrderWise>,
    router: Router,
}

impl Desk {
    fn new() -> Self {
        let clock = Clock::new();
        let sandbox = Sandbox::new(clock.now(), 7);
        fill(&sandbox.orderwise);
        let company = Arc::clone(&sandbox.orderwise);
        Self { clock, company, router: sandbox.control_router() }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/control/orderwise/{path}"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        answer(self.router.clone().oneshot(request.unwrap()).await.unwrap()).await
    }

    async fn status(&self, method: &str, path: &str, body: Value) -> u16 {
        self.call(method, path, body).await.status
    }
}

#[tokio::test]
async fn stock_moves_by_hand() {
    let desk = Desk::new();
    let switches = json!({"calculation": {"every-s": 60}, "calculated_whole_seconds": true});
    assert_eq!(desk.status("PATCH", "switches", switches).await, 204);
    let stock = "variants/ABC-1/stock/1";
    assert_eq!(desk.status("PUT", stock, json!({"free": "7", "buffer": "1.5"})).await, 204);
    let movement = json!({"quantity": "-2"});
    assert_eq!(desk.status("POST", &format!("{stock}/movements"), movement).await, 204);
    let order = json!({"number": "WEB-1",
        "lines": [{"sku": "ABC-1", "location": 1, "quantity": "1"}]});
    assert!(desk.call("POST", "orders", order).await.json()["orderId"].is_i64());
    let seen = desk.call("GET", stock, Value::Null).await.json();
    let figures = (&seen["free"], &seen["figure"], &seen["buffer"]);
    assert_eq!(figures, (&json!("4"), &json!("10"), &json!("1.5")));
    assert_eq!(desk.status("POST", "calculations", Value::Null).await, 204);
    assert_eq!(desk.call("GET", stock, Value::Null).await.json()["figure"], "4");
    let components = json!({"ABC-1": "2"});
    assert_eq!(desk.status("PUT", "variants/SEAT-5/components", components).await, 204);
    assert_eq!(desk.company.free_stock("SEAT-5", 1), Some(Decimal::TWO));
    for (method, path, body, expected) in [
        ("PUT", "variants/NO/stock/1", json!({"free": "1"}), 404),
        ("GET", "variants/ABC-1/stock/9", Value::Null, 404),
        ("PUT", stock, json!({"free": "many"}), 422),
        ("PUT", "variants/NO/components", json!({"ABC-1": "1"}), 404),
        (
            "POST",
            "orders",
            json!({"number": "W", "lines": [
            {"sku": "NO", "location": 1, "quantity": "1"}]}),
            422,
        ),
    ] {
        assert_eq!(desk.status(method, path, body).await, expected, "{method} {path}");
    }
}

#[tokio::test]
async fn orders_leave_by_hand() {
    let desk = Desk::new();
    let id = desk.company.other_order("WEB-1", &[("ABC-1", 1, Decimal::TEN)]).unwrap();
    let deliveries = format!("documents/{id}/deliveries");
    let part = json!({"lines": [{"line": 1, "quantity": "4"}], "courier": "DX",
        "consignment": "C-1", "tracking_url": "https://courier.example/C-1"});
    let left = desk.call("POST", &deliveries, part).await.json();
    let delivery = format!("deliveries/{}", left["deliveryId"]);
    let seen = desk.call("GET", &deliveries, Value::Null).await.json();
    assert_eq!(seen[0]["lines"], json!([{"line": 1, "quantity": "4"}]));
    assert_eq!(desk.status("PUT", &delivery, json!({"consignment": "C-2"})).await, 204);
    assert_eq!(desk.company.documents_by_reference("WEB-1")[0].status.as_ref(), "Completed");
    assert_eq!(desk.status("POST", &deliveries, json!({})).await, 422, "nothing is left");
    assert_eq!(desk.status("DELETE", &delivery, Value::Null).await, 204);
    assert_eq!(desk.status("DELETE", &delivery, Value::Null).await, 404);
    let hold = format!("documents/{id}/hold");
    assert_eq!(desk.status("PUT", &hold, json!({"on_hold": true})).await, 204);
    assert_eq!(desk.company.documents_by_reference("WEB-1")[0].status.as_ref(), "On hold");
    assert_eq!(
        desk.status("POST", &format!("documents/{id}/cancellation"), Value::Null).await,
        204
    );
    assert_eq!(desk.company.free_stock("ABC-1", 1), Some(Decimal::TEN));
    let status = format!("documents/{id}/status");
    assert_eq!(desk.status("PUT", &status, json!({"status": "Parti"})).await, 204);
    assert_eq!(desk.status("POST", "documents/1/cancellation", Value::Null).await, 404);
    let method = "delivery-methods/1/handed-over";
    assert_eq!(desk.status("PUT", method, json!({"handed_over": true})).await, 204);
}

#[tokio::test]
async fn variants_change_by_hand_one_or_many() {
    let desk = Desk::new();
    let change = json!({"price_inc_vat": "24.00", "description": "A jumper", "ean": "5012345678900",
        "on_tills": false, "product_code": "ABC"});
    assert_eq!(desk.status("PUT", "variants/ABC-1", change).await, 204);
    let seen = desk.call("GET", "variants/abc-1", Value::Null).await.json();
    assert_eq!((&seen["price_exc_vat"], &seen["on_tills"]), (&json!("20.00"), &json!(false)));
    assert_eq!(desk.status("PUT", "variants/ABC-1", json!({"on_tills": null})).await, 204);
    assert_eq!(desk.company.variant("ABC-1").unwrap().on_tills, None);
    assert_eq!(desk.status("PUT", "variants/ABC-1", json!({"sku": "ABC-2"})).await, 204);
    assert_eq!(desk.company.free_stock("ABC-2", 1), Some(Decimal::TEN));
    assert!(desk.company.variant("ABC-1").is_none());
    assert_eq!(desk.status("DELETE", "variants/ABC-2", Value::Null).await, 204);
    let retired = desk.company.variant("ABC-2").unwrap();
    assert!(retired.discontinued && retired.ean.is_none());
    let some = json!({"change": {"tax_rate_id": 3}, "skus": ["ABC-2", "SEAT-5", "NO"]});
    let amended = desk.call("POST", "variants/amendments", some).await.json();
    assert_eq!(amended["amended"], json!(2));
    let again = json!({"change": {"tax_rate_id": 3}});
    let amended = desk.call("POST", "variants/amendments", again).await.json();
    assert_eq!(amended["amended"], json!(0), "BOOK-0 had it already");
    let code = json!({"change": {"sku": "X"}});
    assert_eq!(desk.status("POST", "variants/amendments", code).await, 422);
}

#[tokio::test]
async fn a_hundred_thousand_variants_are_amended_in_one_call() {
    let desk = Desk::new();
    for id in 10_000..110_000 {
        desk.company.add_variant(Variant::new(id, &format!("V-{id}"), 1));
    }
    desk.clock.pass(60 * SECOND);
    let change = json!({"change": {"description": "Renamed"}, "every": 2});
    let amended = desk.call("POST", "variants/amendments", change).await.json();
    assert_eq!(amended["amended"], json!(50_002));
}
