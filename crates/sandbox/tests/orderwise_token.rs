//! Tokens, permissions, addresses (facts/orderwise 1.1 to 1.3).

mod shop;

use axum::body::Body;
use daybook_sandbox::orderwise::Area;
use http::Request;
use serde_json::json;
use shop::{SECOND, Shop, order};

#[tokio::test]
async fn the_token_is_a_bare_json_string_or_an_object() {
    let shop = Shop::new();
    let bare = shop.login_at("/OWAPI", "daybook:sandbox").await;
    assert!(bare.text.starts_with('"') && bare.text.ends_with('"'), "{}", bare.text);
    shop.company.switch(|s| s.token_as_object = true);
    let object = shop.login_at("/OWAPI", "daybook:sandbox").await;
    assert!(object.json()["access_token"].is_string());
}

#[tokio::test]
async fn wrong_credentials_and_tokens_are_401_with_an_empty_body() {
    let shop = Shop::new();
    let wrong = shop.login_at("/owapi", "daybook:nonsense").await;
    assert_eq!((wrong.status, wrong.text.as_str()), (401, ""));
    let wrong = shop.get_with("nonsense", "/owapi/value-lists/1").await;
    assert_eq!((wrong.status, wrong.text.as_str()), (401, ""));
}

#[tokio::test]
async fn a_token_ends_by_time_by_hand_and_by_the_next_one() {
    let shop = Shop::new();
    let path = "/owapi/value-lists/1";
    let token = shop.token().await;
    shop.clock.pass(2_999 * SECOND);
    assert_eq!(shop.get_with(&token, path).await.status, 200);
    shop.clock.pass(SECOND);
    assert_eq!(shop.get_with(&token, path).await.status, 401);

    let token = shop.token().await;
    shop.company.expire_tokens();
    assert_eq!(shop.get_with(&token, path).await.status, 401);

    let first = shop.token().await;
    shop.token().await;
    assert_eq!(shop.get_with(&first, path).await.status, 200);
    shop.company.switch(|s| s.new_token_ends_old = true);
    let second = shop.token().await;
    assert_eq!(shop.get_with(&first, path).await.status, 401);
    assert_eq!(shop.get_with(&second, path).await.status, 200);
}

#[tokio::test]
async fn it_can_answer_401_once_and_then_ok() {
    let shop = Shop::new();
    let token = shop.token().await;
    shop.company.switch(|s| s.unauthorised_next = 1);
    assert_eq!(shop.get_with(&token, "/owapi/value-lists/1").await.status, 401);
    assert_eq!(shop.get_with(&token, "/owapi/value-lists/1").await.status, 200);
}

#[tokio::test]
async fn a_missing_permission_is_403() {
    let shop = Shop::new();
    shop.company.permit(Area::Sales, false);
    assert_eq!(shop.place(3, &order("S-1")).await.status, 403);
    assert_eq!(shop.get("value-lists/1").await.status, 200);
    shop.company.permit(Area::Sales, true);
    assert_eq!(shop.place(3, &order("S-1")).await.status, 200);

    shop.company.permit_export(101, false);
    assert_eq!(shop.export(101, &[("@reference", "S-1")]).await.status, 403);
    assert_eq!(shop.export(104, &[("@since", "2026-01-01")]).await.status, 200);
}

#[tokio::test]
async fn paths_have_no_letter_case_and_wrong_ones_get_a_page_of_iis() {
    let shop = Shop::new();
    let token = shop.token().await;
    assert_eq!(shop.get_with(&token, "/OwApI/Value-LISTS/20").await.status, 200);
    for path in ["/api/value-lists/20", "/owapi/nonsense", "/owapix/value-lists/1", "/"] {
        let answer = shop.get_with(&token, path).await;
        assert_eq!((answer.status, answer.content_type.as_str()), (404, "text/html"), "{path}");
    }
    let answer = shop.get_with(&token, "/owapi/sales/order").await;
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn live_and_sandbox_keep_their_own_data_and_tokens() {
    let shop = Shop::new();
    let live = shop.token().await;
    assert_eq!(shop.get_with(&live, "/owapisb/value-lists/1").await.status, 401);
    let sandbox = shop.login_at("/OWAPISB", "daybook:sandbox").await.json();
    let request = Request::post("/OWAPISB/sales/order?SESSION_ID=3")
        .header("authorization", format!("bearer {}", sandbox.as_str().unwrap()))
        .body(Body::from(json!(order("S-1")).to_string()))
        .unwrap();
    assert_eq!(shop.send(request).await.status, 200);
    assert_eq!(shop.company.document_count(), 0);
    assert_eq!(shop.other_company.document_count(), 1);
}
