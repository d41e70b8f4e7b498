//! Stock: levels, movements, and what moves them (facts/sitoo 2.7, 3 and 9).
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use std::sync::{Arc, Mutex};

use daybook_sandbox::sitoo::{
    masters::{Product, Warehouse},
    stock::StockWrite,
    till::{Refund, Sale, Stage},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use till::{FLOOR, MORNING, OTHER_TILL, RECLAIMS, Shop, TILL, shop};

/// A shop with ten coats, five books and 20 m of tweed on its floor.
fn stocked() -> Shop {
    let shop = shop();
    for (sku, total) in [("COAT-1", 10_000), ("BOOK-1", 5_000), ("CLOTH-1", 20_000)] {
        shop.sitoo.set_stock(FLOOR, sku, total).expect("a level");
    }
    shop
}

fn total(shop: &Shop, warehouse: i64, sku: &str) -> i64 {
    shop.sitoo.stock_level(warehouse, sku).map_or(0, |level| level.total)
}

const MOVES: &str = "/sites/1/warehousetransactions.json";

async fn post(shop: &Shop, body: Value) -> till::Reply {
    shop.call(Method::POST, MOVES, Some(&body)).await
}

fn movement(kind: i64, sku: &str, quantity: &str) -> Value {
    json!({"warehouseid": FLOOR, "transactiontype": kind, "description": "Daybook",
           "externalid": "EXTID1", "reasoncode": null,
           "items": [{"sku": sku, "decimalquantity": quantity}]})
}

#[tokio::test]
async fn levels_are_listed_by_sku_by_date_and_in_pages() {
    let shop = stocked();
    let path = "/sites/1/warehouses/1/warehouseitems.json";
    let all = shop.get(path).await;
    assert_eq!(all["totalcount"], 3);
    let documented = json!({
        "warehouseitemid": 10_000_001, "warehouseid": FLOOR, "sku": "COAT-1", "binlocation": "",
        "decimalthreshold": "0.000", "decimaltotal": "10.000", "decimalreserved": "0.000",
        "decimalavailable": "10.000", "moneytotal": "0.00", "datelastmodified": MORNING,
        "datelaststocktaking": null,
    });
    assert_eq!(all["items"][0], documented);
    let some = shop.get(&format!("{path}?sku=CLOTH-1,NONE,BOOK-1&fields=sku,decimaltotal")).await;
    let expected = json!([{"sku": "BOOK-1", "decimaltotal": "5.000"},
                          {"sku": "CLOTH-1", "decimaltotal": "20.000"}]);
    assert_eq!((&some["totalcount"], &some["items"]), (&json!(2), &expected));
    let page = shop.get(&format!("{path}?start=2&num=1&fields=sku")).await;
    assert_eq!((&page["totalcount"], &page["items"]), (&json!(3), &json!([{"sku": "CLOTH-1"}])));
    shop.wait(60);
    shop.sell_coats(1);
    let (from, to) = (MORNING + 60, MORNING + 60);
    let late = shop.get(&format!("{path}?datelastmodifiedfrom={from}&fields=sku")).await;
    assert_eq!(late["items"], json!([{"sku": "COAT-1"}]));
    let early = shop.get(&format!("{path}?datelastmodifiedto={to}")).await;
    assert_eq!(early["totalcount"], 2);
    let none = shop.call(Method::GET, "/sites/1/warehouses/99/warehouseitems", None).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_sale_takes_and_a_return_brings_back() {
    let shop = stocked();
    let basket = Sale::at_register(TILL)
        .row(shop.row("COAT-1").times(2))
        .row(shop.row("CLOTH-1").unit(1_500));
    let sale = shop.sitoo.sell(basket).expect("a sale");
    shop.sitoo.refund(Refund::rows(TILL, sale, &[(0, 1)])).expect("a return");
    let broken = Refund::rows(OTHER_TILL, sale, &[(0, 1)]).into_warehouse(RECLAIMS);
    let broken = shop.sitoo.refund(broken).expect("a return");
    let levels = [total(&shop, FLOOR, "COAT-1"), total(&shop, RECLAIMS, "COAT-1")];
    assert_eq!((levels, total(&shop, FLOOR, "CLOTH-1")), ([9_000, 1_000], 18_500));
    let rows = shop.get(&format!("{MOVES}?sort=warehousetransactionid")).await;
    let short =
        |row: &Value| json!([row["transactiontype"], row["warehouseid"], row["orderdeliveryid"]]);
    let items = rows["items"].as_array().expect("items");
    let seen: Vec<Value> = items.iter().map(short).collect();
    assert_eq!(seen, [json!([30, 1, 1]), json!([40, 1, 2]), json!([40, 4, 3])]);
    let documented = json!({
        "warehouseitemlogid": 1001, "warehouseitemid": 10_000_003, "warehousetransactionid": 1,
        "sku": "CLOTH-1", "decimalquantity": "-1.500", "decimaltotal": "18.500",
        "moneypricein": "0.00", "moneytotal": "0.00", "moneyvalue": "0.00",
    });
    assert_eq!(items[0]["items"][1], documented);
    let own = shop.get(&format!("/sites/1/orders/{broken}/orderdeliveries")).await;
    assert_eq!(own["items"][0]["warehouseid"], RECLAIMS);
}

#[tokio::test]
async fn what_is_not_counted_does_not_move_and_levels_may_be_negative() {
    let shop = stocked();
    let mut service = Product::new(40, "HEM-1", "Hemming", 900, 2000);
    service.stock_count = false;
    shop.sitoo.add_product(service);
    let basket = Sale::at_register(TILL)
        .row(shop.row("HEM-1"))
        .row(daybook_sandbox::sitoo::till::Row::ad_hoc("NEW", "Not in the file", 100, 0))
        .row(shop.row("BOOK-1").times(7));
    shop.sitoo.sell(basket).expect("a sale");
    assert_eq!(total(&shop, FLOOR, "BOOK-1"), -2_000);
    assert!(shop.sitoo.stock_level(FLOOR, "HEM-1").is_none());
    let row = &shop.sitoo.transactions_after(0, 10)[0];
    assert_eq!((row.items.len(), row.items[0].after, row.by_api), (1, -2_000, false));
}

#[tokio::test]
async fn an_order_nobody_sees_yet_moves_its_stock_when_it_appears_or_before() {
    for early in [false, true] {
        let shop = stocked();
        shop.sitoo.switch(|switches| switches.stock_moves_before_visible = early);
        let id = shop.sitoo.sell(shop.coat().held_back()).expect("a sale");
        let hidden = if early { 9_000 } else { 10_000 };
        assert_eq!(total(&shop, FLOOR, "COAT-1"), hidden);
        assert!(shop.sitoo.reveal(id));
        assert_eq!(total(&shop, FLOOR, "COAT-1"), 9_000, "once");
        assert_eq!(shop.sitoo.last_transaction(), 1);
    }
}

#[tokio::test]
async fn a_delivery_moves_its_warehouse_unless_told_not_to() {
    let shop = stocked();
    let sale = shop.coat().stage(Stage::OpenPaid);
    let place = |query: &'static str, sale: Sale| {
        let id = shop.sitoo.sell(sale).expect("an order");
        let body = json!({"warehouseid": 2, "orderdeliveryref": "D1",
                          "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}]});
        let shop = &shop;
        async move {
            let path = format!("/sites/1/orders/{id}/orderdeliveries.json{query}");
            let reply = shop.call(Method::POST, &path, Some(&body)).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        }
    };
    place("", sale.clone()).await;
    assert_eq!((total(&shop, FLOOR, "COAT-1"), total(&shop, 2, "COAT-1")), (10_000, -1_000));
    place("?ignorestock=true", sale.clone()).await;
    place("", sale.with("delivery-ignore-stock", "true")).await;
    assert_eq!((total(&shop, FLOOR, "COAT-1"), total(&shop, 2, "COAT-1")), (10_000, -1_000));
    assert_eq!(shop.sitoo.last_transaction(), 1);
}

#[tokio::test]
async fn movements_are_posted_each_by_itself() {
    let shop = stocked();
    let one = post(&shop, movement(10, "COAT-1", "3.000")).await;
    assert_eq!((one.status, one.body), (StatusCode::OK, json!(1)));
    let mut other = movement(10, "COAT-1", "1.000");
    other["warehouseid"] = json!(99);
    let mut two = movement(20, "BOOK-1", "-1.000");
    two["items"]
        .as_array_mut()
        .expect("items")
        .push(json!({"sku": "NONE", "decimalquantity": "-1.000"}));
    let many = json!([
        movement(20, "BOOK-1", "-2.000"),
        movement(20, "BOOK-1", "2.000"),
        movement(10, "BOOK-1", "-2.000"),
        movement(50, "BOOK-1", "2.000"),
        other,
        two,
        movement(10, "BOOK-1", "0.000"),
    ]);
    let reply = post(&shop, many).await;
    let statuses: Vec<i64> = reply
        .body
        .as_array()
        .expect("an envelope")
        .iter()
        .map(|one| one["statuscode"].as_i64().expect("a status"))
        .collect();
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(statuses, [200, 400, 400, 400, 404, 400, 400]);
    assert_eq!(reply.body[0]["return"], 2);
    assert_eq!(reply.body[1]["errortext"], "Invalid value 'decimalquantity'");
    assert_eq!((total(&shop, FLOOR, "COAT-1"), total(&shop, FLOOR, "BOOK-1")), (13_000, 3_000));
    let read = shop.get("/sites/1/warehouses/1/warehousetransactions/2.json").await;
    assert_eq!((&read["externalid"], &read["description"]), (&json!("EXTID1"), &json!("Daybook")));
    let item = json!({"sku": "BOOK-1", "decimalquantity": "1.000"});
    let large = json!({"warehouseid": FLOOR, "transactiontype": 10, "items": vec![item; 1001]});
    assert_eq!(post(&shop, large).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_external_id_is_only_unique_where_the_switch_says_so() {
    let shop = stocked();
    for _ in 0..2 {
        assert_eq!(post(&shop, movement(10, "COAT-1", "1.000")).await.status, StatusCode::OK);
    }
    shop.sitoo.switch(|switches| switches.unique_transaction_ids = true);
    let again = post(&shop, movement(10, "COAT-1", "1.000")).await;
    assert_eq!(again.status, StatusCode::BAD_REQUEST);
    shop.sitoo.switch(|switches| switches.envelope_always = true);
    let mut fresh = movement(10, "COAT-1", "1.000");
    fresh["externalid"] = json!("EXTID2");
    let reply = post(&shop, json!([fresh])).await;
    assert_eq!(reply.body, json!([{"statuscode": 200, "return": 3}]));
}

#[tokio::test]
async fn the_journal_is_filtered_and_sorted() {
    let shop = stocked();
    shop.sell_coats(2);
    shop.wait(100);
    shop.sitoo.stock_take(2, "BOOK-1", 3_000).expect("a count");
    shop.sitoo.adjust_stock(FLOOR, "BOOK-1", -1_000).expect("a movement");
    let ids = |query: &'static str| {
        let shop = &shop;
        async move {
            let body = shop.get(&format!("{MOVES}?fields=warehousetransactionid&{query}")).await;
            let items = body["items"].as_array().expect("items");
            let ids =
                items.iter().map(|row| row["warehousetransactionid"].as_i64().expect("an id"));
            (body["totalcount"].as_u64().expect("a count"), ids.collect::<Vec<_>>())
        }
    };
    assert_eq!(ids("").await, (4, vec![4, 3, 2, 1]));
    assert_eq!(ids("sort=warehousetransactionid&num=2&start=1").await, (4, vec![2, 3]));
    let range =
        "sort=warehousetransactionid&warehousetransactionidfrom=2&warehousetransactionidto=4";
    assert_eq!(ids(range).await, (2, vec![2, 3]));
    assert_eq!(ids("warehousetransactionid=1,4,9").await, (2, vec![4, 1]));
    assert_eq!(ids("warehouseid=2").await, (1, vec![3]));
    assert_eq!(ids("transactiontype=30").await, (2, vec![2, 1]));
    assert_eq!(ids("datecreatedfrom=1700000100").await, (2, vec![4, 3]));
    assert_eq!(ids("datecreatedto=1700000100&num=1").await, (2, vec![2]));
    let own = shop.get("/sites/1/warehouses/1/warehousetransactions.json").await;
    assert_eq!(own["totalcount"], 3);
    let count = shop.get("/sites/1/warehouses/2/warehousetransactions/3.json").await;
    assert_eq!(
        (&count["transactiontype"], &count["items"][0]["decimalquantity"]),
        (&json!(50), &json!("3.000"))
    );
    assert_eq!((&count["externalid"], &count["shipmentid"]), (&Value::Null, &Value::Null));
    let wrong = shop.call(Method::GET, "/sites/1/warehouses/1/warehousetransactions/3", None).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_a_virtual_warehouse_takes_absolute_levels() {
    let shop = stocked();
    shop.sitoo.add_warehouse(Warehouse::new(7, "Web", None).virtual_levels());
    let put = |warehouse: i64, body: Value| {
        let shop = &shop;
        async move {
            let path = format!("/sites/1/warehouses/{warehouse}/warehouseitems.json");
            shop.call(Method::PUT, &path, Some(&body)).await.body
        }
    };
    let body = json!([{"sku": "COAT-1", "binlocation": "A1", "decimalthreshold": "3.000"},
                      {"sku": "COAT-1", "decimaltotal": "4.000"}, {"sku": "NONE"}]);
    let fifo = put(FLOOR, body.clone()).await;
    assert_eq!(
        (&fifo[0]["return"], &fifo[1]["statuscode"], &fifo[2]["statuscode"]),
        (&json!(10_000_001), &json!(400), &json!(400))
    );
    let level = shop.sitoo.stock_level(FLOOR, "COAT-1").expect("a level");
    assert_eq!((level.total, level.threshold, &*level.bin), (10_000, 3_000, "A1"));
    let own = put(7, body).await;
    assert_eq!(own[1], json!({"statuscode": 200, "return": 70_000_001}));
    assert_eq!(total(&shop, 7, "COAT-1"), 4_000);
    assert_eq!(shop.sitoo.last_transaction(), 0, "no history");
    let mut moved = movement(10, "COAT-1", "1.000");
    moved["warehouseid"] = json!(7);
    assert_eq!(post(&shop, moved).await.status, StatusCode::BAD_REQUEST);
    shop.sitoo.set_warehouse_type(FLOOR, 20);
    shop.sell_coats(1);
    shop.sitoo.switch(|switches| switches.virtual_counts_sales = false);
    shop.sell_coats(1);
    assert_eq!(total(&shop, FLOOR, "COAT-1"), 9_000);
}

#[tokio::test]
async fn a_booking_reserves_until_it_ends_or_is_sold() {
    let shop = stocked();
    let book = || shop.coat().stage(Stage::Booking(MORNING + 600));
    let level = || shop.sitoo.stock_level(FLOOR, "COAT-1").expect("a level");
    let first = shop.sitoo.sell(book()).expect("a booking");
    shop.sitoo.sell(book()).expect("a booking");
    assert_eq!((level().total, level().reserved, level().available()), (10_000, 2_000, 8_000));
    shop.sitoo.sell(shop.coat().from_source(first)).expect("a sale");
    assert_eq!((level().total, level().reserved), (9_000, 1_000));
    shop.wait(600);
    assert_eq!((level().total, level().reserved), (9_000, 0));
}

#[tokio::test]
async fn a_watcher_sees_every_write_of_a_client_as_it_lands() {
    let shop = stocked();
    shop.sitoo.set_warehouse_type(2, 20);
    let log: Arc<Mutex<Vec<StockWrite>>> = Arc::default();
    let seen = Arc::clone(&log);
    shop.sitoo.watch_stock(Box::new(move |write| seen.lock().expect("a log").push(write.clone())));
    shop.sell_coats(1);
    shop.sitoo.adjust_stock(FLOOR, "COAT-1", 1_000).expect("a movement");
    post(&shop, movement(20, "COAT-1", "-4.000")).await;
    let body = json!([{"sku": "BOOK-1", "decimaltotal": "7.000"}]);
    shop.call(Method::PUT, "/sites/1/warehouses/2/warehouseitems", Some(&body)).await;
    let log = log.lock().expect("a log");
    let short = |one: &StockWrite| (one.warehouse, one.change, one.level_after, one.transaction);
    let seen: Vec<_> = log.iter().map(short).collect();
    assert_eq!(seen, [(FLOOR, -4_000, 6_000, Some(3)), (2, 7_000, 7_000, None)]);
    assert_eq!((log[0].at, log[0].journal_before), (MORNING * 1_000_000, 2));
    assert_eq!(log[0].external_id.as_deref(), Some("EXTID1"));
}

#[tokio::test]
async fn rows_shift_between_the_pages_of_a_client() {
    let shop = stocked();
    shop.sitoo.switch(|switches| switches.newest_first = true);
    let path = "/sites/1/warehouses/1/warehouseitems?fields=sku&num=2";
    shop.wait(1);
    shop.sitoo.adjust_between_pages(FLOOR, "CLOTH-1", 1_000);
    let skus = |body: Value| {
        let items = body["items"].as_array().expect("items").clone();
        items.iter().map(|row| row["sku"].as_str().expect("a sku").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(skus(shop.get(path).await), ["COAT-1", "BOOK-1"]);
    let second = skus(shop.get(&format!("{path}&start=2")).await);
    assert_eq!(second, ["BOOK-1"], "one twice, one never");
}

#[tokio::test]
async fn movements_and_deliveries_are_told_where_the_account_asks_for_them() {
    let shop = stocked();
    shop.sitoo.switch(|switches| (switches.events, switches.stock_events) = (true, true));
    let id = shop.sell_coats(1)[0];
    let events = shop.sitoo.take_events(10);
    let types: Vec<_> = events.iter().map(|event| event["event_type"].as_str()).collect();
    assert_eq!(types, [Some("order"), Some("order-delivery"), Some("warehouse-transaction")]);
    let delivery = json!({"eshop_id": 1, "order_id": id, "order_delivery_id": 1,
                          "warehouse_id": FLOOR, "order_delivery_event_type": "add",
                          "order_delivery_state_changed": "delivered"});
    assert_eq!(events[1]["data"], delivery);
    let moved = json!({"eshop_id": 1, "warehouse_id": FLOOR, "warehouse_transaction_id": 1});
    assert_eq!(events[2]["data"], moved);
}
