//! Value lists, variants, stock, status, customers (facts/orderwise 1.6, 1.9, 4, 7).

mod shop;

use daybook_sandbox::orderwise::Customer;
use serde_json::json;
use shop::{SECOND, Shop, order};

#[tokio::test]
async fn value_lists_come_with_names_in_differing_letter_case() {
    let shop = Shop::new();
    let payments = shop.get("value-lists/20").await;
    assert_eq!(payments.json(), json!([{"id":1,"name":"Cash"},{"id":2,"name":"Card"}]));
    let locations = shop.get("value-lists/4").await.json();
    assert_eq!(locations[0], json!({"Id":1,"Name":"High Street"}));
    let rates = shop.get("value-lists/2").await.json();
    assert_eq!(rates[0], json!({"id":1,"description":"T1 - 20.0%"}));
    for list in [1, 15, 18, 56] {
        let items = shop.get(&format!("value-lists/{list}")).await.json();
        assert!(!items.as_array().unwrap().is_empty(), "{list}");
    }
    assert_eq!(shop.get("value-lists/3").await.status, 404);
}

#[tokio::test]
async fn a_variant_is_an_array_of_one_or_an_object() {
    let shop = Shop::new();
    let plain = shop.get("variants/1001").await.json();
    assert_eq!(plain[0]["variantInfo"]["code"], "ABC-1");
    let priced = shop.get("variants/1001?include_sales_info=true").await.json();
    assert_eq!(priced["variantSalesInfo"][0]["Id"], json!(1001));
    assert_eq!(shop.get("variants/9").await.status, 404);
}

#[tokio::test]
async fn stock_is_read_per_location_in_sum_and_as_a_directory() {
    let shop = Shop::new();
    shop.company.set_stock("ABC-1", 2, "-2.5".parse().unwrap());
    let rows = shop.get("stock/1001").await;
    assert_eq!(
        rows.json(),
        json!([{"stockLocationID":1,"freeStock":10.0},{"stockLocationID":2,"freeStock":-2.5}])
    );
    assert_eq!(shop.get("stock/1001/free-stock").await.json(), json!({"freeStockQty":7.5}));
    let directory = shop.get("stock/variants?limit=2").await.json();
    assert_eq!(directory[1], json!({"variantID":1002,"variantCode":"BOOK-0"}));
    assert_eq!(directory.as_array().unwrap().len(), 2);
    assert_eq!(shop.get("system/stock-locations").await.json()[0]["id"], json!(1));
}

#[tokio::test]
async fn the_status_of_an_order_is_a_text_that_can_change() {
    let shop = Shop::new();
    let id = shop.place(3, &order("S-1")).await.json()["orderId"].clone();
    let path = format!("sales/order/{id}/status?include_lines=true&include_delivery=true");
    let status = shop.get(&path).await.json();
    assert_eq!(status["orderStatus"], "Awaiting despatch");
    assert_eq!((&status["orderNumber"], &status["subStatus"]), (&json!("SO-3622"), &json!("")));
    assert!(status["lines"].is_array() && status["delivery"].is_array());
    assert!(shop.company.set_status(id.as_i64().unwrap(), "Completed"));
    assert_eq!(shop.get(&path).await.json()["orderStatus"], "Completed");
    assert_eq!(shop.get("sales/order/1/status").await.status, 404);
}

#[tokio::test]
async fn customers_are_paged_by_the_last_id_and_filtered_by_amendment() {
    let shop = Shop::new();
    shop.clock.pass(60 * SECOND);
    shop.company.add_customer(2000, "STORE-2", "Mill Lane");
    let first = shop.get("customers?limit=1&last_id=0").await.json();
    assert_eq!(first[0]["id"], json!(1375));
    let second = shop.get("customers?limit=1&last_id=1375").await.json();
    assert_eq!(second[0]["accountNumber"], "STORE-2");
    assert_eq!(shop.get("customers?limit=1&last_id=2000").await.text, "[]");
    let amended = shop.get("Customers?lastAmendedDateTime=2026-10-05T11:00:30").await.json();
    assert_eq!(amended.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_customer_is_created_from_a_template_once() {
    let shop = Shop::new();
    shop.company.put_customer(Customer {
        id: 9,
        account_number: "TEMPLATE".to_owned(),
        default_stock_location_id: Some(2),
        ..Customer::default()
    });
    let body = json!({"statementName":"A. Shopper","statementEmail":"a@example.org","AccountNumber":"M-1"});
    let path = "customers?template_customer_id=9";
    let created = shop.post(path, &body).await;
    assert_eq!((created.status, &created.json()["id"]), (201, &json!(1376)));
    assert_eq!(shop.post(path, &body).await.status, 400, "the account number is taken");
    assert_eq!(shop.post("customers", &body).await.status, 400, "no template");
    let customer = shop.company.customers().pop().unwrap();
    assert_eq!(customer.statement_email, "a@example.org");
    assert_eq!(customer.default_stock_location_id, Some(2));
    let mut sale = order("S-1");
    sale["customer"] = json!({"accountNumber": "M-1"});
    assert_eq!(shop.place(3, &sale).await.status, 200);
}
