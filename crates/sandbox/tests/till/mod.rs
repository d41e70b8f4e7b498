//! What the tests of Sitoo's stand-in have in common: an account with two tills, and calls
//! through the router in this process.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::expect_used, reason = "helpers of tests")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{Router, body::Body};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use daybook_sandbox::sitoo::{
    API_ID, PASSWORD, Sitoo,
    masters::{Product, Register, Staff, Store, Warehouse},
    router,
    till::{Row, Sale},
};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

/// A Tuesday morning, unix seconds.
pub(crate) const MORNING: i64 = 1_700_000_000;
/// The till of the first store.
pub(crate) const TILL: &str = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}";
/// Its key.
pub(crate) const TILL_KEY: &str = "SII0000001500001";
/// The till of the second store.
pub(crate) const OTHER_TILL: &str = "{0C7B1D52-93A4-4E11-8F0A-6B2D9E47C3A1}";
/// The first store's warehouse.
pub(crate) const FLOOR: i64 = 1;
/// Its reclaims.
pub(crate) const RECLAIMS: i64 = 4;

/// An account, its clock and its API.
pub(crate) struct Shop {
    pub(crate) sitoo: Arc<Sitoo>,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) api: Router,
}

pub(crate) fn shop() -> Shop {
    let clock = Arc::new(AtomicI64::new(MORNING * 1_000_000));
    let hand = Arc::clone(&clock);
    let sitoo = Arc::new(Sitoo::new(Arc::new(move || hand.load(Ordering::Relaxed))));
    sitoo.add_store(Store::new(1, "Larkfield Bath", "LK-BATH"));
    sitoo.add_store(Store::new(2, "Larkfield York", "LK-YORK"));
    sitoo.add_warehouse(Warehouse::new(FLOOR, "Bath", Some(1)));
    sitoo.add_warehouse(Warehouse::new(2, "York", Some(2)));
    sitoo.add_warehouse(Warehouse::new(RECLAIMS, "Reclaims", None).reclaims());
    sitoo.add_register(Register::new(TILL, TILL_KEY, FLOOR, 1));
    sitoo.add_register(Register::new(OTHER_TILL, "SII0000001500002", 2, 1));
    sitoo.add_product(Product::new(21, "COAT-1", "Coat", 12_000, 2000));
    sitoo.add_product(Product::new(22, "BOOK-1", "Cookbook", 1_500, 0));
    let mut cloth = Product::new(23, "CLOTH-1", "Tweed", 2_999, 2000);
    cloth.allow_decimals = true;
    cloth.unit_label = "m".into();
    sitoo.add_product(cloth);
    let api = router(Arc::clone(&sitoo));
    Shop { sitoo, clock, api }
}

impl Shop {
    pub(crate) fn row(&self, sku: &str) -> Row {
        Row::of(&self.sitoo.product(sku).expect("a product"))
    }

    /// A sale of one coat.
    pub(crate) fn coat(&self) -> Sale {
        Sale::at_register(TILL).row(self.row("COAT-1"))
    }

    pub(crate) fn sell_coats(&self, count: usize) -> Vec<i64> {
        (0..count).map(|_| self.sitoo.sell(self.coat()).expect("a sale")).collect()
    }

    pub(crate) fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        let token = BASE64_STANDARD.encode(format!("{API_ID}:{PASSWORD}"));
        self.call_as(method, path, body, &format!("Basic {token}")).await
    }

    pub(crate) async fn call_as(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        authorization: &str,
    ) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(format!("/v2/accounts/90001{path}"))
            .header(header::AUTHORIZATION, authorization)
            .body(body.map_or(Body::empty(), |body| Body::from(body.to_string())))
            .expect("a request");
        reply(&self.api, request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let reply = self.call(Method::GET, path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        reply.body
    }

    /// The ids on a page of orders.
    pub(crate) async fn ids(&self, path: &str) -> Vec<i64> {
        let body = self.get(path).await;
        let items = body["items"].as_array().expect("items").iter();
        items.map(|item| item["orderid"].as_i64().expect("an id")).collect()
    }

    /// All fields of one order.
    pub(crate) async fn order(&self, id: i64) -> Value {
        self.get(&format!("/sites/1/orders/{id}.json")).await
    }
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Value,
}

pub(crate) async fn reply(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.expect("a body").to_bytes();
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Reply { status: parts.status, headers: parts.headers, body }
}

/// Pence of a money string.
pub(crate) fn pence(value: &Value) -> i64 {
    let text = value.as_str().expect("money is a string");
    let (whole, fraction) = text.split_once('.').expect("two decimals");
    assert_eq!(fraction.len(), 2, "{text}");
    format!("{whole}{fraction}").parse().expect("a number")
}

/// A member of staff.
pub(crate) fn staff() -> Arc<Staff> {
    Arc::new(Staff {
        user_id: "{11111111-2222-3333-4444-555555555555}".into(),
        name: "Mo".into(),
        external_id: "S7".into(),
    })
}
