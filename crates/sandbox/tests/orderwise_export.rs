//! Export definitions (facts/orderwise 1.8; names of design, section 7).

mod shop;

use daybook_sandbox::orderwise::Purpose;
use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shop::{SECOND, START, Shop, order};

#[tokio::test]
async fn a_lookup_finds_the_document_by_its_reference() {
    let shop = Shop::new();
    shop.place(3, &order("S-1")).await;
    let answer = shop.export(101, &[("@reference", "s-1")]).await;
    assert_eq!(
        answer.text,
        r#"[{"orderId":36220,"orderNumber":"SO-3622","reference":"S-1","orderType":1,"orderDate":"2026-10-05T09:30:00.114","storedAt":"2026-10-05T11:00:00.000","net":20.0,"tax":4.0,"gross":24.0,"status":"Awaiting despatch"}]"#
    );
    assert!(shop.lookup("S-2").await.is_empty());
    shop.company.switch(|s| s.stored_at_null = true);
    assert_eq!(shop.lookup("S-1").await[0]["storedAt"], Value::Null);
}

#[tokio::test]
async fn the_customer_reference_is_the_reference_where_it_differs() {
    let shop = Shop::new();
    let mut body = order("S-1");
    body["orderHeader"]["customerOrderReference"] = json!("REF-9");
    shop.place(3, &body).await;
    assert_eq!(shop.lookup("REF-9").await.len(), 1);
    assert!(shop.lookup("S-1").await.is_empty());
}

#[tokio::test]
async fn totals_and_lines_go_by_order_date_from_inclusive_to_exclusive() {
    let shop = Shop::new();
    for (number, date) in [
        ("S-1", "2026-10-04T23:59:59.999"),
        ("S-2", "2026-10-05T00:00:00"),
        ("S-3", "2026-10-05T23:59:59"),
        ("S-4", "2026-10-06"),
    ] {
        let mut body = order(number);
        body["orderHeader"]["orderDate"] = json!(date);
        assert_eq!(shop.place(3, &body).await.status, 200);
    }
    let window = [("@from", "2026-10-05"), ("@to", "2026-10-06T00:00:00")];
    let totals = shop.export(102, &window).await.json();
    let references: Vec<_> = totals.as_array().unwrap().iter().map(|r| &r["reference"]).collect();
    assert_eq!(references, ["S-2", "S-3"]);
    let lines = shop.export(103, &window).await;
    let first = r#"[{"orderId":36221,"lineNumber":1,"sku":"ABC-1","quantity":2.0,"net":20.0,"tax":4.0,"gross":24.0,"taxCode":"T1","stockLocationId":1},"#;
    assert!(lines.text.starts_with(first), "{}", lines.text);
    let backwards = shop.export(102, &[("@from", "2026-10-06"), ("@to", "2026-10-05")]).await;
    assert_eq!(backwards.text, "[]");
}

#[tokio::test]
async fn parameters_must_be_there_and_convert() {
    let shop = Shop::new();
    let missing = shop.export(102, &[("@from", "2026-10-05")]).await;
    assert_eq!(
        (missing.status, missing.json()),
        (400, json!({"Message":"Must provide parameter @to"}))
    );
    let none = json!([{ "name": "", "value": null }]);
    let missing = shop.post("system/export-definition/105", &none).await;
    assert_eq!(missing.json(), json!({"Message":"Must provide parameter @since"}));
    let null = json!([{ "Name": "@SINCE", "Value": null }]);
    let null = shop.post("system/export-definition/105", &null).await;
    assert_eq!((null.status, null.text.as_str()), (200, "[]"));
    for value in ["yesterday", "2026-10-05T10:00:00+01:00"] {
        assert_eq!(shop.export(105, &[("@since", value)]).await.status, 500, "{value}");
    }
}

#[tokio::test]
async fn an_unknown_definition_is_404_or_400() {
    let shop = Shop::new();
    assert_eq!(shop.export(9, &[]).await.status, 404);
    shop.company.switch(|s| s.unknown_export_status = 400);
    assert_eq!(shop.export(9, &[]).await.status, 400);
    shop.company.set_export(Purpose::OrderLookup, 9);
    assert_eq!(shop.export(9, &[("@reference", "S-1")]).await.status, 200);
    assert_eq!(shop.export(101, &[("@reference", "S-1")]).await.status, 400);
}

#[tokio::test]
async fn a_column_can_be_renamed_or_left_out() {
    let shop = Shop::new();
    shop.place(3, &order("S-1")).await;
    shop.company.set_alias(Purpose::OrderLookup, "gross", Some("total"));
    shop.company.set_alias(Purpose::OrderLookup, "orderId", None);
    let row = &shop.lookup("S-1").await[0];
    assert_eq!(row["total"], json!(24.0));
    assert!(row.get("gross").is_none() && row.get("orderId").is_none());
    shop.company.reset_aliases();
    assert_eq!(shop.lookup("S-1").await[0]["gross"], json!(24.0));
}

#[tokio::test]
async fn a_stored_order_can_show_late_though_the_session_knows_it() {
    let shop = Shop::new();
    shop.company.switch(|s| s.late_visibility_ms = 5_000);
    assert_eq!(shop.place(3, &order("S-1")).await.status, 200);
    let window = [("@from", "2026-10-05"), ("@to", "2026-10-06")];
    assert!(shop.lookup("S-1").await.is_empty());
    assert_eq!(shop.export(102, &window).await.text, "[]");
    assert_eq!(shop.export(103, &window).await.text, "[]");
    assert_eq!(shop.place(3, &order("S-1")).await.status, 400, "duplicate");
    shop.clock.pass(5 * SECOND);
    assert_eq!(shop.lookup("S-1").await.len(), 1);
    assert_eq!(shop.company.document_count(), 1);
}

#[tokio::test]
async fn stock_rows_come_by_the_time_they_were_calculated() {
    let shop = Shop::new();
    shop.company.set_buffer("ABC-1", 1, Some(Decimal::from(2)));
    shop.clock.pass(60 * SECOND);
    shop.place(3, &order("S-1")).await;
    let all = shop.export(104, &[("@since", "2026-10-05T11:00:00")]).await.json();
    assert_eq!(all.as_array().unwrap().len(), 3);
    let fresh = shop.export(104, &[("@since", "2026-10-05T11:00:30")]).await;
    assert_eq!(
        fresh.text,
        r#"[{"sku":"ABC-1","stockLocationId":1,"freeStock":8.0,"buffer":2.0,"lastCalculated":"2026-10-05T11:01:00.000"}]"#
    );
}

#[tokio::test]
async fn variants_come_by_the_time_they_were_amended() {
    let shop = Shop::new();
    let all = shop.export(105, &[("@since", "1900-01-01")]).await;
    assert_eq!(all.json().as_array().unwrap().len(), 3);
    shop.clock.pass(60 * SECOND);
    shop.company.set_variant_active("SEAT-5", false);
    let fresh = shop.export(105, &[("@since", "2026-10-05T11:00:30")]).await;
    assert_eq!(
        fresh.text,
        r#"[{"variantId":1003,"sku":"SEAT-5","productCode":"SEAT-5","description":"SEAT-5","ean":null,"priceExcVat":0.0,"priceIncVat":10.5,"taxRateId":2,"taxCode":"T5","taxRate":5.0,"saleable":false,"onTills":null,"discontinued":true,"kit":false,"lastAmended":"2026-10-05T11:01:00.000"}]"#
    );
}

#[tokio::test]
async fn times_are_uk_wall_clock_on_both_sides_of_the_autumn_change() {
    let shop = Shop::new();
    // 2026-10-25T01:00:00Z: the clock goes back from 02:00 to 01:00.
    let change = START + (20 * 86_400 - 9 * 3_600) * SECOND;
    for (number, at, expected) in [
        ("S-1", change - 1_000, "2026-10-25T01:59:59.999"),
        ("S-2", change, "2026-10-25T01:00:00.000"),
    ] {
        shop.clock.set(at);
        assert_eq!(shop.place(3, &order(number)).await.status, 200);
        assert_eq!(shop.lookup(number).await[0]["storedAt"], json!(expected));
    }
}

#[tokio::test]
async fn a_body_that_is_no_list_of_parameters_is_400() {
    let shop = Shop::new();
    let answer = shop.post("system/export-definition/101", &json!({"name": "@reference"})).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
}
