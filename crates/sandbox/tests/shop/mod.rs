//! A small OrderWise company and a client without any type of the product.
#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{Router, body::Body};
use base64::{Engine, prelude::BASE64_STANDARD};
use daybook_sandbox::{
    Now,
    faults::{Cut, Faults, Style, wrap},
    orderwise::{DuplicatePolicy, OrderWise, Variant, router},
};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tower::ServiceExt;

/// 2026-10-05T10:00:00Z, which is 11:00 in the UK.
pub(crate) const START: i64 = 1_791_194_400_000_000;
pub(crate) const SECOND: i64 = 1_000_000;

/// A clock that only the test moves.
#[derive(Clone)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(START)))
    }

    pub(crate) fn now(&self) -> Now {
        let at = Arc::clone(&self.0);
        Arc::new(move || at.load(Ordering::SeqCst))
    }

    pub(crate) fn pass(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    pub(crate) fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::SeqCst);
    }
}

pub(crate) struct Shop {
    pub(crate) clock: Clock,
    pub(crate) company: Arc<OrderWise>,
    pub(crate) other_company: Arc<OrderWise>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) router: Router,
}

/// What came back; lost replies have no status worth looking at.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) cut: Option<Cut>,
    pub(crate) content_type: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
}

pub(crate) async fn answer(response: Response<Body>) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status.as_u16(),
        cut: parts.extensions.get::<Cut>().copied(),
        content_type: parts
            .headers
            .get("content-type")
            .map_or("", |value| value.to_str().unwrap())
            .to_owned(),
        headers: parts.headers,
        text: String::from_utf8(bytes.to_vec()).unwrap(),
    }
}

pub(crate) fn fill(company: &OrderWise) {
    company.add_session(3, DuplicatePolicy::reject());
    company.add_session(4, DuplicatePolicy::ReturnFirst);
    company.add_session(5, DuplicatePolicy::CreateSecond);
    company.add_customer(1375, "STORE-1", "High Street");
    company.add_delivery_method(1, "Taken away");
    company.add_payment_method(1, "Cash");
    company.add_payment_method(2, "Card");
    company.add_stock_location(1, "High Street");
    company.add_stock_location(2, "Warehouse");
    for (id, sku, rate, price) in
        [(1001, "ABC-1", 1, "12.00"), (1002, "BOOK-0", 3, "7.99"), (1003, "SEAT-5", 2, "10.50")]
    {
        let mut variant = Variant::new(id, sku, rate);
        variant.price_inc_vat = price.parse().unwrap();
        company.add_variant(variant);
        company.set_stock(sku, 1, Decimal::from(10));
    }
}

impl Shop {
    pub(crate) fn new() -> Self {
        let clock = Clock::new();
        let company = Arc::new(OrderWise::new(clock.now(), 7));
        let other_company = Arc::new(OrderWise::new(clock.now(), 7));
        fill(&company);
        fill(&other_company);
        let faults = Arc::new(Faults::new(clock.now(), 7, Style::OrderWise));
        let companies = vec![
            ("/OWAPI".to_owned(), Arc::clone(&company)),
            ("/OWAPISB".to_owned(), Arc::clone(&other_company)),
        ];
        let router = wrap(router(companies), Arc::clone(&faults));
        Self { clock, company, other_company, faults, router }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        answer(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub(crate) async fn login_at(&self, base: &str, credentials: &str) -> Answer {
        let basic = BASE64_STANDARD.encode(credentials);
        let request = Request::get(format!("{base}/token/gettoken"))
            .header("authorization", format!("Basic {basic}"))
            .body(Body::empty());
        self.send(request.unwrap()).await
    }

    pub(crate) async fn token(&self) -> String {
        let answer = self.login_at("/owapi", "daybook:sandbox").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json().as_str().unwrap().to_owned()
    }

    pub(crate) async fn get_with(&self, token: &str, path: &str) -> Answer {
        let request = Request::get(path)
            .header("authorization", format!("Bearer {token}"))
            .body(Body::empty());
        self.send(request.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let token = self.token().await;
        self.get_with(&token, &format!("/owapi/{path}")).await
    }

    pub(crate) async fn post_text(&self, path: &str, body: String) -> Answer {
        let token = self.token().await;
        let request = Request::post(format!("/owapi/{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, body.to_string()).await
    }

    pub(crate) async fn place(&self, session: i64, body: &Value) -> Answer {
        self.post(&format!("sales/order?session_id={session}"), body).await
    }

    pub(crate) async fn export(&self, id: i64, parameters: &[(&str, &str)]) -> Answer {
        let parameters: Vec<Value> = parameters
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        self.post(&format!("system/export-definition/{id}"), &Value::from(parameters)).await
    }

    pub(crate) async fn lookup(&self, reference: &str) -> Vec<Value> {
        let answer = self.export(101, &[("@reference", reference)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json().as_array().unwrap().clone()
    }
}

/// An order as Daybook is expected to write it: two at 12.00.
pub(crate) fn order(number: &str) -> Value {
    json!({
        "customer": { "id": 1375 },
        "orderHeader": {
            "systemOrderType": 1,
            "orderDate": "2026-10-05T09:30:00.114",
            "eCommerceOrderNumber": number,
            "customerOrderReference": number,
            "deliveryMethodId": 1,
            "orderGross": 24.00,
            "deliveryGross": 0.00
        },
        "orderLines": [
            { "itemNumber": 1, "variantCode": "ABC-1", "quantity": 2, "itemGross": 12.00,
              "taxRateId": 1, "stockLocationId": 1 }
        ],
        "payments": [ { "paymentMethodId": 2, "amount": 24.00, "reference": "Visa" } ]
    })
}

/// The order with other lines, each `(code, quantity, gross, rate)`, numbers as text.
pub(crate) fn order_of(number: &str, lines: &[(&str, &str, &str, i64)]) -> String {
    let lines: Vec<String> = lines
        .iter()
        .map(|(code, quantity, gross, rate)| {
            format!(
                r#"{{"variantCode":"{code}","quantity":{quantity},"itemGross":{gross},"taxRateId":{rate},"stockLocationId":1}}"#
            )
        })
        .collect();
    format!(
        r#"{{"customer":{{"accountNumber":"store-1"}},"orderHeader":{{"eCommerceOrderNumber":"{number}","orderDate":"2026-10-05T09:30:00"}},"orderLines":[{}]}}"#,
        lines.join(",")
    )
}
