//! Lists of orders: paging, filters, fields, quirks (facts/sitoo 1.5, 2.1, 2.8).
#![allow(clippy::expect_used, reason = "tests")]

mod till;

use daybook_sandbox::sitoo::{
    SITE_GUID,
    till::{Refund, Stage},
};
use http::{Method, StatusCode};
use serde_json::json;
use till::{OTHER_TILL, TILL, TILL_KEY, shop};

#[tokio::test]
async fn the_default_page_is_the_ten_newest() {
    let shop = shop();
    let ids = shop.sell_coats(12);
    let newest: Vec<i64> = ids.iter().rev().copied().take(10).collect();
    assert_eq!(shop.ids("/orders.json").await, newest);
    assert_eq!(shop.ids("/sites/1/orders").await, newest, "deprecated, without the suffix");
    assert_eq!(shop.ids("/orders?start=10").await, [ids[1], ids[0]]);
    assert_eq!(shop.get("/orders?start=50").await, json!({"totalcount": 12, "items": []}));
}

#[tokio::test]
async fn new_orders_are_read_by_id_upwards() {
    let shop = shop();
    let ids = shop.sell_coats(5);
    let path = format!("/orders?orderidfrom={}&sort=orderid&num=3", ids[1]);
    let page = shop.get(&path).await;
    assert_eq!(page["totalcount"], 4);
    assert_eq!(shop.ids(&path).await, ids[1..4]);
    let path = format!("/orders?orderidfrom={}&orderidto={}&sort=orderid", ids[1], ids[3]);
    assert_eq!(shop.ids(&path).await, ids[1..3], "from is included, to is not");
}

#[tokio::test]
async fn a_page_has_at_most_a_thousand_rows() {
    let shop = shop();
    shop.sell_coats(1_005);
    assert_eq!(shop.ids("/orders?num=100000&fields=orderid").await.len(), 1000);
    shop.sitoo.switch(|switches| switches.refuse_large_pages = true);
    let refused = shop.call(Method::GET, "/orders?num=1001", None).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(shop.ids("/orders?num=1000&fields=orderid").await.len(), 1000);
}

#[tokio::test]
async fn only_the_fields_asked_for_come() {
    let shop = shop();
    shop.sell_coats(1);
    let page = shop.get("/orders?fields=orderid,externalid,creditorderid,nonsense").await;
    let row = page["items"][0].as_object().expect("a row");
    assert_eq!(row.keys().collect::<Vec<_>>(), ["creditorderid", "externalid", "orderid"]);
    let page = shop.get("/orders").await;
    let row = page["items"][0].as_object().expect("a row");
    for absent in ["externalid", "creditorderid", "comment", "userid_staff", "orderlogitems"] {
        assert!(!row.contains_key(absent), "{absent} has to be asked for");
    }
    for present in ["orderitems", "payments", "additionaldata", "currencycode", "warehouseid"] {
        assert!(row.contains_key(present), "{present} comes by default");
    }
}

#[tokio::test]
async fn values_are_separated_by_commas_and_a_repeated_key_keeps_the_last() {
    let shop = shop();
    let ids = shop.sell_coats(3);
    let both = [ids[2], ids[0]];
    assert_eq!(shop.ids(&format!("/orders?orderid={},{}", ids[0], ids[2])).await, both);
    assert_eq!(shop.ids(&format!("/orders?orderid={}&orderid={}", ids[0], ids[2])).await, [ids[2]]);
    let arrays = format!("/orders?orderid[]={}&orderid%5B%5D={}", ids[0], ids[2]);
    assert_eq!(shop.ids(&arrays).await, both);
    assert_eq!(shop.ids("/orders?datelastmodified-from=1&whatever=x").await.len(), 3);
    let refused = shop.call(Method::GET, "/orders?orderid=abc", None).await;
    assert_eq!(refused.body, json!({"statuscode": 400, "errortext": "Invalid value"}));
}

#[tokio::test]
async fn receipts_and_returns_override_order_ids() {
    let shop = shop();
    let ids = shop.sell_coats(2);
    let refund = shop.sitoo.refund(Refund::whole(OTHER_TILL, ids[0])).expect("a return");
    let receipt = shop.sitoo.order(ids[1]).and_then(|order| order.receipt_id).expect("a receipt");
    assert_eq!(receipt, format!("{TILL_KEY}10001"), "register key and number");
    let path = format!("/orders?receiptid={receipt}&orderid={}", ids[0]);
    assert_eq!(shop.ids(&path).await, [ids[1]]);
    let path = format!("/orders?creditorderid={}&orderid={}", ids[0], ids[1]);
    assert_eq!(shop.ids(&path).await, [refund]);
    let prefix = receipt.trim_end_matches('1');
    assert!(shop.ids(&format!("/orders?receiptid={prefix}")).await.is_empty(), "whole ids only");
}

#[tokio::test]
async fn states_types_places_dates_and_shoppers_filter() {
    let shop = shop();
    let closed = shop.sell_coats(1)[0];
    let open = shop.sitoo.sell(shop.coat().stage(Stage::Open)).expect("open");
    let parked = shop.sitoo.sell(shop.coat().stage(Stage::Parked)).expect("parked");
    shop.wait(100);
    let york = daybook_sandbox::sitoo::till::Sale::at_register(OTHER_TILL).row(shop.row("BOOK-1"));
    let york = shop.sitoo.sell(york).expect("a sale");
    let cases = [
        ("orderstate=0".to_owned(), vec![parked, open]),
        ("orderstate=0,10".to_owned(), vec![york, parked, open, closed]),
        ("orderstate=0&ordertype=10".to_owned(), vec![open]),
        ("ordertype=110".to_owned(), vec![parked]),
        ("paymentstate=20".to_owned(), vec![york, closed]),
        ("warehouseid=2".to_owned(), vec![york]),
        ("eshopid=7".to_owned(), vec![]),
        (format!("orderdatefrom={}", till::MORNING + 1), vec![york]),
        (format!("orderdateto={}", till::MORNING + 1), vec![parked, open, closed]),
        ("email=nobody@example.com".to_owned(), vec![]),
    ];
    for (query, expected) in cases {
        assert_eq!(shop.ids(&format!("/orders?{query}")).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_guid_for_a_site_gives_nothing_and_no_error() {
    let shop = shop();
    shop.sell_coats(1);
    let guid = SITE_GUID.replace('{', "%7B").replace('}', "%7D");
    let page = shop.get(&format!("/sites/{guid}/orders.json")).await;
    assert_eq!(page, json!({"totalcount": 0, "items": []}));
    let unknown = shop.call(Method::GET, "/sites/2/orders", None).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_id_is_given_out_before_its_order_is_seen() {
    let shop = shop();
    let early = shop.sitoo.sell(shop.coat().held_back()).expect("a sale");
    let seen = shop.sell_coats(1)[0];
    assert_eq!(shop.ids("/orders?sort=orderid").await, [seen]);
    let missing = shop.call(Method::GET, &format!("/sites/1/orders/{early}"), None).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.sitoo.till_totals().count, 2, "the till took both");
    assert!(shop.sitoo.reveal(early));
    assert_eq!(shop.ids("/orders?sort=orderid").await, [early, seen]);
}

#[tokio::test]
async fn late_orders_fill_their_gaps_after_a_while_and_some_ids_never_come() {
    let shop = shop();
    shop.sitoo.switch(|switches| {
        switches.late_commit_every = 4;
        switches.late_commit_us = 30_000_000;
        switches.skip_id_every = 5;
    });
    let ids = shop.sell_coats(60);
    let now = shop.ids("/orders?sort=orderid&num=100&fields=orderid").await;
    assert!((30..58).contains(&now.len()), "{} of 60 at once", now.len());
    assert!(now.last() > ids.iter().find(|id| !now.contains(id)), "a gap below the newest");
    let width = usize::try_from(ids[59] - ids[0]).expect("positive") + 1;
    assert!(width > 60, "ids were skipped");
    shop.wait(31);
    assert_eq!(shop.ids("/orders?sort=orderid&num=100&fields=orderid").await, ids);
}

#[tokio::test]
async fn sales_between_pages_shift_the_rows() {
    let shop = shop();
    let ids = shop.sell_coats(4);
    shop.sitoo.sell_between_pages(shop.coat());
    let first = shop.ids("/orders?num=2").await;
    let second = shop.ids("/orders?num=2&start=2").await;
    assert_eq!(first, [ids[3], ids[2]]);
    assert_eq!(second, [ids[2], ids[1]], "the second page repeats a row of the first");
    assert_eq!(shop.sitoo.order_count(), 5);
}

#[tokio::test]
async fn gaps_are_made_by_hand() {
    let shop = shop();
    let before = shop.sell_coats(1)[0];
    shop.sitoo.insert_gap(3);
    let after = shop.sell_coats(1)[0];
    assert_eq!(after - before, 4);
    assert_eq!(shop.sitoo.last_orderid(), after);
}

#[tokio::test]
async fn an_offline_till_uploads_with_an_old_date_and_a_new_id() {
    let shop = shop();
    let online = shop.sell_coats(1)[0];
    let offline = shop.sitoo.sell(shop.coat().at(till::MORNING - 7_200)).expect("a sale");
    assert!(offline > online);
    assert_eq!(shop.order(offline).await["orderdate"], till::MORNING - 7_200);
    assert_eq!(shop.order(online).await["registerid"], TILL);
}
