//! Z-reports (facts/sitoo 5.3): what a till counted, and when the backend learns of it.
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use daybook_sandbox::sitoo::{
    Closing, control_router,
    till::{Exchange, Refund, Sale, Stage, Tender},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use till::{MORNING, OTHER_TILL, Shop, TILL, TILL_KEY, pence, shop};

async fn reports(shop: &Shop, query: &str) -> Vec<Value> {
    let body = shop.get(&format!("/pos-z-reports?{query}")).await;
    body.as_array().expect("a bare array").clone()
}

fn close(shop: &Shop, register: &str) -> i64 {
    shop.sitoo.close_register(register, Closing::default()).expect("a report")
}

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let items = list.as_array().expect("a list").iter();
    items.into_iter().find(|item| item["name"] == name).expect(name)
}

#[tokio::test]
async fn a_report_adds_up_what_the_till_sold_and_took_back() {
    let shop = shop();
    shop.sitoo.open_register(TILL, Some(5_000)).expect("a till");
    shop.wait(60);
    let coat = shop.sitoo.sell(shop.coat().pay_rest(Tender::cash())).expect("a sale");
    let discount = shop.row("COAT-1").discount(2_000, Some("D1"));
    let basket = Sale::at_register(TILL).row(discount).row(shop.row("BOOK-1").times(2));
    shop.sitoo.sell(basket.pay(Tender::gift_card("77"), 1_000)).expect_err("not paid up");
    let discount = shop.row("COAT-1").discount(2_000, Some("D1"));
    let basket = Sale::at_register(TILL).row(discount).row(shop.row("BOOK-1").times(2));
    let basket = basket.pay(Tender::gift_card("77"), 1_000).pay_rest(Tender::card());
    shop.sitoo.sell(basket).expect("a sale");
    shop.sitoo.refund(Refund::whole(TILL, coat)).expect("a return");
    shop.wait(3_600);
    let closing = Closing { difference: -7, banked: 3_000, ..Closing::default() };
    assert_eq!(shop.sitoo.close_register(TILL, closing), Ok(1));

    let [report] = &reports(&shop, "").await[..] else { panic!("one report") };
    let key = (&report["zreportid"], &report["registerid"], &report["registerkey"]);
    assert_eq!(key, (&json!(1), &json!(TILL), &json!(TILL_KEY)));
    let times = [&report["dateopened"], &report["datecreated"], &report["dateadded"]];
    assert_eq!(times, [MORNING, MORNING + 3_660, MORNING + 3_660]);
    assert_eq!((&report["store_id"], &report["numsales"]), (&json!("LK-BATH"), &json!(2)));
    assert_eq!(pence(&report["moneysalestotal"]), 12_000 + 10_000 + 3_000);
    assert_eq!(pence(&report["moneysalestotalnet"]), 10_000 + 8_333 + 3_000);
    let groups = json!([
        {"vatvalue": 0, "moneytotal": "30.00", "moneytotalnet": "30.00", "moneytotalvat": "0.00"},
        {"vatvalue": 20, "moneytotal": "220.00", "moneytotalnet": "183.33",
         "moneytotalvat": "36.67"},
    ]);
    assert_eq!(report["vatgroupssales"], groups);
    assert_eq!(pence(&report["moneyrefundtotal"]), 12_000, "positive");
    assert_eq!(pence(&named(&report["paymentssales"], "Card")["moneytotal"]), 12_000);
    assert_eq!(pence(&named(&report["paymentssales"], "Cash")["moneycaptured"]), 12_000);
    assert_eq!(pence(&named(&report["paymentsrefund"], "Cash")["moneytotal"]), 12_000);
    let discount = json!([{"vouchercode": "discount-manual", "moneytotal": "20.00",
                           "moneytotalnet": "16.67", "moneytotalvat": "3.33"}]);
    assert_eq!(report["discountssales"], discount);
    assert_eq!(pence(&report["moneysummarysubtotal"]), 13_000);
    assert_eq!(pence(&report["moneycash_in"]), 5_000);
    assert_eq!(pence(&report["moneycash_bank"]), -3_000);
    assert_eq!(pence(&report["moneycash_expected"]), 2_000);
    assert_eq!(pence(&report["moneycash_counted"]), 1_993);
    assert_eq!((&report["numsalesitems"], &report["numrefunditems"]), (&json!(4), &json!(1)));

    shop.sitoo.sell(shop.coat()).expect("a sale");
    assert_eq!(close(&shop, TILL), 2);
    let second = &reports(&shop, "").await[1];
    assert_eq!(pence(&second["moneycash_in"]), 1_993, "what was left");
    assert_eq!(pence(&second["moneygrandtotalsales"]), 37_000);
}

#[tokio::test]
async fn what_is_to_come_is_counted_apart() {
    let shop = shop();
    let basket = shop.coat().row(shop.row("BOOK-1")).stage(Stage::OpenPaid).taken(1, 1);
    shop.sitoo.sell(basket.pay(Tender::card(), 13_500)).expect("a sale");
    close(&shop, TILL);
    let report = &reports(&shop, "").await[0];
    assert_eq!(pence(&report["moneysalestotal"]), 1_500);
    assert_eq!(pence(&report["moneysalesnotdeliveredtotal"]), 12_000);
    assert_eq!((&report["numsales"], &report["numsalesnotdelivered"]), (&json!(1), &json!(1)));
    let card = named(&report["paymentssales"], "Card");
    let parts = ["moneytotal", "moneycaptured", "moneyinadvance"].map(|name| pence(&card[name]));
    assert_eq!(parts, [13_500, 1_500, 12_000]);
}

#[tokio::test]
async fn an_exchange_and_cash_rounding_balance() {
    let shop = shop();
    let coat = shop.sitoo.sell(shop.coat()).expect("a sale");
    let cloth = Sale::at_register(TILL).row(shop.row("CLOTH-1")).round_off_to(5);
    shop.sitoo.sell(cloth.pay_rest(Tender::cash())).expect("a sale");
    let sale = Sale::at_register(TILL).row(shop.row("BOOK-1"));
    let exchange = Exchange { refund: Refund::whole(TILL, coat), sale };
    shop.sitoo.exchange(exchange).expect("an exchange");
    close(&shop, TILL);
    let report = &reports(&shop, "").await[0];
    assert_eq!(pence(&report["moneyroundoff"]), 1);
    assert_eq!(pence(&report["moneysummarytotal"]), 3_000 + 1_500);
    let sum = |list: &Value| -> i64 {
        list.as_array().expect("a list").iter().map(|one| pence(&one["moneytotal"])).sum()
    };
    let paid = sum(&report["paymentssales"]) - sum(&report["paymentsrefund"]);
    assert_eq!(paid, 4_500, "all tenders, less what was given back");
    assert_eq!(pence(&named(&report["paymentssales"], "Exchange")["moneytotal"]), 1_500);
}

#[tokio::test]
async fn practice_takes_a_number_and_no_order() {
    let shop = shop();
    let first = shop.sell_coats(1)[0];
    assert_eq!(shop.sitoo.practise(TILL, 999), Ok(Some(10_001)));
    shop.sitoo.skip_receipts(TILL, 2).expect("a till");
    let second = shop.sell_coats(1)[0];
    let receipt = async |id| shop.order(id).await["additionaldata"]["pos-receiptid"].clone();
    assert_eq!(receipt(first).await, json!(format!("{TILL_KEY}10000")));
    assert_eq!(receipt(second).await, json!(format!("{TILL_KEY}10004")));
    close(&shop, TILL);
    let report = &reports(&shop, "").await[0];
    assert_eq!((&report["numpractice"], &report["numreceipts"]), (&json!(1), &json!(2)));
    assert_eq!(pence(&report["moneypractice"]), 999);
    assert_eq!(pence(&report["moneysalestotal"]), 24_000);
    shop.sitoo.switch(|switches| switches.practice_takes_numbers = false);
    assert_eq!(shop.sitoo.practise(TILL, 999), Ok(None));
}

#[tokio::test]
async fn a_till_counts_what_it_has_not_uploaded() {
    let shop = shop();
    shop.sitoo.sell(shop.coat().held_back()).expect("a sale");
    shop.wait(3_600);
    close(&shop, TILL);
    assert_eq!(pence(&reports(&shop, "").await[0]["moneysalestotal"]), 12_000);
    // It was offline at noon and uploads after closing: its own report counted that.
    shop.wait(60);
    shop.sitoo.sell(shop.coat().at(MORNING + 60)).expect("a sale");
    assert_eq!(pence(&reports(&shop, "").await[0]["moneysalestotal"]), 24_000);
    shop.sitoo.sell(shop.coat()).expect("a sale");
    close(&shop, TILL);
    assert_eq!(pence(&reports(&shop, "").await[1]["moneysalestotal"]), 12_000);
}

#[tokio::test]
async fn the_list_goes_by_when_reports_arrived() {
    let shop = shop();
    shop.sitoo.switch(|switches| switches.events = true);
    shop.sell_coats(1);
    let late = Closing { late: 7_200, ..Closing::default() };
    shop.sitoo.close_register(TILL, late).expect("a report");
    shop.wait(60);
    close(&shop, OTHER_TILL);
    shop.wait(60);
    let lost = Closing { lost: true, ..Closing::default() };
    assert_eq!(shop.sitoo.close_register(OTHER_TILL, lost), Ok(2));
    shop.wait(60);
    let old = Closing { without_opening: true, ..Closing::default() };
    assert_eq!(shop.sitoo.close_register(OTHER_TILL, old), Ok(3));
    let keys = |list: Vec<Value>| -> Vec<(String, i64)> {
        let key = |one: &Value| {
            let register = one["registerid"].as_str().expect("an id").to_owned();
            (register, one["zreportid"].as_i64().expect("a number"))
        };
        list.iter().map(key).collect()
    };
    let (one, other) = (TILL.to_owned(), OTHER_TILL.to_owned());
    let early = [(other.clone(), 1), (other.clone(), 3)];
    assert_eq!(keys(reports(&shop, "").await), early);
    shop.wait(7_200);
    let all = [(other.clone(), 1), (other.clone(), 3), (one.clone(), 1)];
    assert_eq!(keys(reports(&shop, "eshopid=1").await), all);
    let from = format!("dateaddedfrom={}", MORNING + 180);
    assert_eq!(keys(reports(&shop, &from).await), all[1..]);
    let to = format!("dateaddedto={}", MORNING + 180);
    assert_eq!(keys(reports(&shop, &to).await), all[..2]);
    assert_eq!(keys(reports(&shop, "store_id[]=LK-BATH").await), all[2..]);
    let register = "registerid=%7B0C7B1D52-93A4-4E11-8F0A-6B2D9E47C3A1%7D";
    assert_eq!(keys(reports(&shop, register).await), all[..2]);
    assert!(reports(&shop, "eshopid=2").await.is_empty());
    assert!(reports(&shop, "").await[1]["dateopened"].is_null());
    let told = shop.sitoo.take_events(9).into_iter();
    let told: Vec<_> = told.filter(|event| event["event_type"] == "z-report").collect();
    assert_eq!(told.len(), 3, "the lost one is not told");
    assert_eq!(told[2]["data"], json!({"eshop_id": 1, "register_id": one, "z_report_id": 1}));
}

#[tokio::test]
async fn five_hundred_at_most_and_the_older_calls() {
    let shop = shop();
    for _ in 0..501 {
        close(&shop, TILL);
    }
    assert_eq!(reports(&shop, "").await.len(), 500);
    let path = "/sites/1/cashregisters/%7B3CCB9848-155A-49E1-7CA8-5F7F78FC3067%7D/zreports";
    let list = shop.get(&format!("{path}.json?start=499&num=10")).await;
    assert_eq!(
        (&list["totalcount"], list["items"][1]["zreportid"].clone()),
        (&json!(501), json!(501))
    );
    assert_eq!(shop.get(&format!("{path}/7.json")).await["zreportid"], 7);
    let none = shop.call(Method::GET, &format!("{path}/999.json"), None).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn tills_are_closed_by_hand() {
    let shop = shop();
    let control = control_router(std::sync::Arc::clone(&shop.sitoo));
    let send = async |method: &str, path: &str, body: Value| {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/control/sitoo/{path}"))
            .header("content-type", "application/json")
            .body(axum::body::Body::from(body.to_string()));
        till::reply(&control, request.expect("a request")).await
    };
    shop.sell_coats(2);
    let open = format!("registers/{TILL_KEY}/open");
    assert_eq!(send("POST", &open, json!({})).await.status, StatusCode::NO_CONTENT);
    let practice = format!("registers/{TILL_KEY}/practice");
    assert_eq!(send("POST", &practice, json!({"pence": 5})).await.body, json!({"receipt": 10_002}));
    let close = format!("registers/{TILL_KEY}/close");
    let closed = send("POST", &close, json!({"difference_pence": 3, "late_s": 60})).await;
    assert_eq!(closed.body, json!({"zreportid": 1}));
    let field = format!("registers/{TILL_KEY}/z-reports/1/fields/numsales");
    assert_eq!(send("PUT", &field, json!(7)).await.status, StatusCode::NO_CONTENT);
    let all = send("GET", "z-reports", Value::Null).await.body;
    assert_eq!((&all[0]["numsales"], &all[0]["moneycash_diff"]), (&json!(7), &json!("0.03")));
    assert!(reports(&shop, "").await.is_empty(), "not yet");
    let skip = format!("registers/{TILL_KEY}/skip");
    assert_eq!(send("POST", &skip, json!({"numbers": 1})).await.status, StatusCode::NO_CONTENT);
    shop.sell_coats(1);
    assert_eq!(send("POST", "close-registers", Value::Null).await.body, json!({"closed": 1}));
}
