//! Sitoo: documented payloads, the requests we make, and every class of failure.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::{sync::Arc, time::Duration};

use common::{Hand, Say, Script};
use daybook_connectors::{
    Lost, Pace, Sitoo, SitooSettings,
    sitoo::{OrdersQuery, parse_order},
};
use daybook_domain::{
    Money, Quantity, Timestamp,
    class::{Class, Failure},
    priority::Priority,
    till::{OrderState, OrderType, PaymentState},
};

const SALE: &str = include_str!("fixtures/sitoo/sale.json");
const REFUND: &str = include_str!("fixtures/sitoo/refund.json");
const EXCHANGE: &str = include_str!("fixtures/sitoo/exchange_sale.json");
const WEB: &str = include_str!("fixtures/sitoo/web_order.json");

fn settings() -> SitooSettings {
    let base = "https://api.mysitoo.com/v2/accounts/10020/".to_owned();
    SitooSettings::new(base, "10020-140".to_owned(), "hush".to_owned().into())
}

fn client(script: &Arc<Script>) -> Sitoo {
    Sitoo::new(settings(), script.clone(), Hand::at(1_800_000_000)).unwrap()
}

#[test]
fn a_sale_in_our_words() {
    insta::assert_debug_snapshot!(parse_order(SALE).unwrap());
}

#[test]
fn a_refund_in_our_words() {
    insta::assert_debug_snapshot!(parse_order(REFUND).unwrap());
}

#[test]
fn an_exchange_with_everything_in_our_words() {
    insta::assert_debug_snapshot!(parse_order(EXCHANGE).unwrap());
}

#[test]
fn a_web_order_is_open_unpaid_and_of_no_till() {
    let order = parse_order(WEB).unwrap();
    assert_eq!(order.order_state, OrderState::Open);
    assert_eq!(order.payment_state, PaymentState::None);
    assert_eq!(order.register_id, None);
    assert_eq!(order.external_id.as_deref(), Some("WEB-77"));
    assert!(order.web_order && order.payments.is_empty());
    let rows: Money = order.rows.iter().map(daybook_domain::till::TillRow::gross).sum();
    assert_eq!((rows, order.gross), (Money::from_pence(43_100), Money::from_pence(43_100)));
    assert_eq!(order.shopper.name, "John Smith");
    assert_eq!(order.shopper.company, "Company Inc");
}

/// The sale with some texts exchanged for others.
fn altered(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SALE.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    })
}

#[test]
fn missing_totals_are_made_from_the_rows() {
    let changed = altered(&[
        ("\"moneyfinal_net\":\"14.15\",\"moneyfinal_vat\":\"0.85\",", "\"moneyfinal_vat\":null,"),
        ("\"moneytotal_gross_roundoff\":\"0.00\",\"moneytotal_gross_all\":\"15.00\",", ""),
        (
            "\"checkouttypename\":",
            "\"moneydelivery_net\":\"4.00\",\"moneytotal_gross_delivery\":\"5.00\",\
             \"moneytotal_gross_checkout\":1,\"checkouttypename\":",
        ),
    ]);
    let order = parse_order(&changed).unwrap();
    assert_eq!(order.net, Money::from_pence(1_415 + 400 + 100));
    assert_eq!(order.vat, Money::from_pence(85 + 100));
    assert_eq!(order.gross, Money::from_pence(2_100));
    assert_eq!(order.delivery_gross, Money::from_pence(500));
    assert_eq!(order.checkout_gross, Money::from_pence(100));
}

#[test]
fn a_quantity_is_made_of_its_parts_where_the_total_is_missing() {
    let changed = altered(&[
        (",\"decimalquantitytotal\":\"1.000\"", ""),
        (
            "\"quantity\":1,\"decimalunitquantity\":null",
            "\"quantity\":3,\"decimalunitquantity\":0.5",
        ),
    ]);
    assert_eq!(parse_order(&changed).unwrap().rows[0].quantity, Quantity::from_thousandths(1_500));
}

#[test]
fn unknown_numbers_of_the_enums_are_kept() {
    let changed = altered(&[
        ("\"orderstateid\":10", "\"orderstateid\":33"),
        ("\"paymentstateid\":20", "\"paymentstateid\":\"34\""),
        ("\"ordertypeid\":10", "\"ordertypeid\":120"),
        ("\"orderitemtype\":10", "\"orderitemtype\":7"),
    ]);
    let order = parse_order(&changed).unwrap();
    assert_eq!(order.order_state, OrderState::Unknown(33));
    assert_eq!(order.payment_state, PaymentState::Unknown(34));
    assert_eq!(order.order_type, OrderType::Unknown(120));
    assert!(!order.rows[0].product);
}

#[test]
fn both_spellings_of_the_original_are_read_and_nonsense_is_not_passed_over() {
    let extra = |value: &str| {
        altered(&[("\"additionaldata\":{}", &format!("\"additionaldata\":{{{value}}}"))])
    };
    let order = parse_order(&extra("\"pos-originalsales-orderid\":\"11500\"")).unwrap();
    assert_eq!(order.original_order_id, Some(11_500));
    let Err(Failure::Drift { path, .. }) =
        parse_order(&extra("\"pos-originalsales-orderid\":\"A-1\""))
    else {
        panic!("drift")
    };
    assert_eq!(path, "additionaldata.pos-originalsales-orderid");
}

#[test]
fn drift_names_the_path() {
    for (old, new, expected) in [
        (
            "\"moneyitemtotal_vat\":\"0.85\"",
            "\"moneyitemtotal_vat\":\"0.855\"",
            "orderitems[0].moneyitemtotal_vat",
        ),
        ("\"moneyitemtotal_vat\":\"0.85\",", "", "orderitems[0].moneyitemtotal_vat"),
        ("\"moneyamount\":\"15.00\"", "\"moneyamount\":{}", "payments[0].moneyamount"),
        ("\"orderdate\":1463041119", "\"orderdate\":\"2016-05-12\"", "orderdate"),
        ("\"orderdate\":1463041119", "\"orderdate\":-1", "orderdate"),
        ("\"vatvalue\":6", "\"vatvalue\":null", "orderitems[0].vatvalue"),
        ("\"orderitems\"", "\"rows\"", "orderitems"),
        ("\"eshopid\":1,", "", "eshopid"),
        ("\"sku\":\"121292-4\"", "\"sku\":[]", "orderitems[0].sku"),
    ] {
        let Err(Failure::Drift { path, .. }) = parse_order(&altered(&[(old, new)])) else {
            panic!("{new}")
        };
        assert_eq!(path, expected, "{new}");
    }
}

#[test]
fn odd_data_of_the_shopper_never_stops_a_sale() {
    let changed = altered(&[
        ("\"email\":\"\"", "\"email\":{\"a\":1}"),
        ("\"namefirst\":\"\"", "\"namefirst\":\"\\ud800\""),
        ("\"company\":\"\"", "\"company\":null"),
        ("\"datereserved\":null", "\"phone\":447000,\"delivery_zip\":[1]"),
    ]);
    let order = parse_order(&changed).unwrap();
    assert_eq!(order.shopper.phone, "447000");
    assert_eq!(order.shopper.email, "");
}

#[tokio::test]
async fn one_bad_element_stops_only_itself() {
    let odd = "{\"orderid\":\"11514\",\"note\" : 1.50}";
    let page = format!("{{\"totalcount\":40,\"items\":[{SALE}, {odd}, {REFUND}]}}");
    let script = Script::new([Say::Made(200, page)]);
    let called =
        client(&script).orders(&OrdersQuery::FromId { from: 11_500, start: 0, num: 5_000 }).await;
    let page = called.outcome.unwrap();
    assert_eq!(page.total_count, 40);
    let ids: Vec<i64> = page.orders.iter().map(|order| order.order_id).collect();
    assert_eq!(ids, [11_513, 11_514, 11_512]);
    assert_eq!(page.orders[0].payload, SALE.trim());
    assert_eq!(page.orders[1].payload, odd);
    assert_eq!(page.orders[1].order.as_ref().unwrap_err().class(), Class::Drift);
    assert!(page.orders[0].order.is_ok() && page.orders[2].order.is_ok());
    // The book keeps the page; the record does not.
    assert_eq!(called.exchanges[0].response, None);
    assert_eq!(called.exchanges[0].class, Class::Done);
}

#[tokio::test]
async fn an_element_that_does_not_say_which_it_is_stops_only_itself() {
    let said = r#"{"items":[{"orderid":null,"email":"jo@x.example"}, 7,{"orderid":0},
        {"orderid":7},{"orderid":-7}]}"#;
    let script = Script::new([Say::Body(200, said)]);
    let page = client(&script).orders(&OrdersQuery::Newest).await.outcome.unwrap();
    assert_eq!(page.total_count, 5);
    let ids: Vec<i64> = page.orders.iter().map(|order| order.order_id).collect();
    assert_eq!(ids, [7]);
    let paths = page.strays.iter().map(|stray| match &stray.fault {
        Failure::Drift { path, .. } => path.as_str(),
        other => panic!("{other}"),
    });
    let paths: Vec<&str> = paths.collect();
    let place = |n: usize| format!("items[{n}].");
    for (path, n) in paths.iter().zip([0, 1, 2, 4]) {
        assert!(path.starts_with(&place(n)), "{paths:?}");
    }
    assert_eq!(paths.len(), 4);
    assert_eq!(page.strays[0].payload, r#"{"orderid":null,"email":"jo@x.example"}"#);
    assert!(!page.strays[0].masked.contains("jo@x"), "{}", page.strays[0].masked);
}

#[tokio::test]
async fn every_question_as_sitoo_wants_it() {
    let empty = || Say::Body(200, r#"{"totalcount":0,"items":[]}"#);
    let script = Script::new((0..5).map(|_| empty()));
    let client = client(&script);
    let day = Timestamp::from_micros(1_790_000_000_999_999);
    for query in [
        OrdersQuery::FromId { from: 7, start: 3, num: 5_000 },
        OrdersQuery::Ids(vec![7, 9]),
        OrdersQuery::Ids(Vec::new()),
        OrdersQuery::FirstSince(day),
        OrdersQuery::CreditOf(7),
        OrdersQuery::Newest,
    ] {
        assert!(client.orders(&query).await.outcome.unwrap().orders.is_empty());
    }
    let asked: Vec<String> = script
        .asked()
        .into_iter()
        .map(|path| {
            let (path, fields) = path.split_once("&fields=").unwrap();
            assert!(fields.starts_with("orderid,eshopid,externalid,creditorderid,"));
            path.strip_prefix("/v2/accounts/10020/").unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        asked,
        [
            "orders.json?orderidfrom=7&sort=orderid&start=3&num=1000",
            "orders.json?orderid=7,9&sort=orderid&start=0&num=1000",
            "orders.json?orderdatefrom=1790000000&sort=orderid&start=0&num=1",
            "orders.json?creditorderid=7&sort=orderid&start=0&num=1000",
            "orders.json?sort=-orderid&start=0&num=1",
        ]
    );
    assert_eq!(script.headers("authorization")[0], "Basic MTAwMjAtMTQwOmh1c2g=");
    assert_eq!(script.headers("accept")[0], "application/json");
}

#[tokio::test]
async fn the_deprecated_address_of_one_site() {
    let script = Script::new([Say::Body(200, r#"{"items":[]}"#)]);
    let settings = SitooSettings { site_orders_path: Some(1), ..settings() };
    let client = Sitoo::new(settings, script.clone(), Hand::at(0)).unwrap();
    client.orders(&OrdersQuery::Newest).await.outcome.unwrap();
    assert!(script.asked()[0].starts_with("/v2/accounts/10020/sites/1/orders.json?"));
}

#[tokio::test]
async fn every_class_of_failure() {
    let error = r#"{"statuscode":400,"errortext":"Invalid value"}"#;
    for (answer, class) in [
        (Say::Body(400, error), Class::Refused),
        (Say::Body(401, ""), Class::NotAuthorised),
        (Say::Body(403, ""), Class::NotAuthorised),
        (Say::Body(404, "<html>nothing</html>"), Class::NotFound),
        (Say::Body(301, ""), Class::NotFound),
        (Say::Body(429, r#"{"statuscode":429,"errortext":"Too many connections"}"#), Class::Later),
        (Say::Body(500, ""), Class::Later),
        (Say::Body(502, "<html>"), Class::Later),
        (Say::Body(200, "<html>maintenance</html>"), Class::Later),
        (Say::Body(200, "{\"totalcount\":1,\"items\":[{\"ord"), Class::Later),
        (Say::Body(200, ""), Class::Later),
        (Say::Body(200, "[]"), Class::Drift),
        (Say::Body(200, "{\"totalcount\":1}"), Class::Drift),
        (Say::Lost(Lost::NotSent("refused".into())), Class::Later),
        (Say::Lost(Lost::NoAnswer("timed out".into())), Class::Later),
    ] {
        let script = Script::new([answer]);
        let called = client(&script).orders(&OrdersQuery::Newest).await;
        let failure = called.outcome.unwrap_err();
        assert_eq!(failure.class(), class, "{failure}");
        assert_eq!(called.exchanges.len(), 1);
        assert_eq!(called.exchanges[0].class, class);
        assert!(!format!("{failure:?}{:?}", called.exchanges).contains("hush"));
    }
}

#[tokio::test]
async fn the_wait_that_sitoo_asks_for_is_passed_on() {
    for (header, seconds) in [(("Retry-After", "9"), 9), (("X-Rate-Limit-Reset", "1800000004"), 4)]
    {
        let script = Script::new([Say::Header(429, header, "")]);
        let called = client(&script).orders(&OrdersQuery::Newest).await;
        let Err(Failure::Later { after, .. }) = called.outcome else { panic!("later") };
        assert_eq!(after, Some(Duration::from_secs(seconds)));
    }
}

#[tokio::test]
async fn what_sitoo_asks_one_call_to_wait_all_wait() {
    let busy = Say::Header(429, ("Retry-After", "9"), "");
    let script = Script::new([busy, Say::Body(200, r#"{"items":[]}"#)]);
    let clock = Hand::at(1_000);
    let sales = Sitoo::new(settings(), script.clone(), clock.clone()).unwrap();
    let stock = sales.at(Priority::Stock);
    assert!(sales.orders(&OrdersQuery::Newest).await.outcome.is_err());
    clock.advance(Duration::from_secs(2));
    // Nothing is sent, nothing is recorded, and the caller knows how long that lasts.
    let called = stock.warehouses(1).await;
    assert!(called.is_put_off());
    let Err(Failure::Later { after, .. }) = called.outcome else { panic!("later") };
    assert_eq!((after, script.asked().len()), (Some(Duration::from_secs(7)), 1));
    clock.advance(Duration::from_secs(7));
    assert!(stock.warehouses(1).await.outcome.is_ok());
}

#[tokio::test]
async fn what_check_asks_for() {
    let script = Script::new([
        Say::Body(
            200,
            r#"{"totalcount":1,"items":[{"warehouseid":4,"warehousetype":10,"usetype":40,"storeid":null,"sellable":true,"currencycode":"USD","name":"Reclaims","externalid":""}]}"#,
        ),
        Say::Body(
            200,
            r#"{"totalcount":1,"items":[{"storeid":2,"name":"Leeds","externalid":"200"}]}"#,
        ),
        Say::Body(
            200,
            r#"{"eshopid":1,"eshopname":"Shop","doroundoff":true,"currencycode":"GBP","timezone":"Europe/London","pricesstoredwithvat":true}"#,
        ),
    ]);
    let client = client(&script);
    let warehouses = client.warehouses(1).await.outcome.unwrap();
    assert_eq!((warehouses[0].id, warehouses[0].store_id), (4, None));
    assert_eq!(client.stores(1).await.outcome.unwrap()[0].external_id, "200");
    let settings = client.settings(1).await.outcome.unwrap();
    assert_eq!((settings.currency.as_str(), settings.rounds_off_cash), ("GBP", Some(true)));
    assert_eq!(script.asked()[0], "/v2/accounts/10020/sites/1/warehouses.json?start=0&num=1000");
}

#[tokio::test]
async fn the_pace_is_kept_on_our_clock() {
    let script = Script::new((0..3).map(|_| Say::Body(200, r#"{"items":[]}"#)));
    let settings = SitooSettings { pace: Pace { per_second: Some(2), burst: 1 }, ..settings() };
    let client = Sitoo::new(settings, script.clone(), Hand::at(1_000)).unwrap();
    let mut started = Vec::new();
    for _ in 0..3 {
        let called = client.orders(&OrdersQuery::Newest).await;
        started.push(called.exchanges[0].started_at.micros() - 1_000_000_000);
    }
    assert_eq!(started, [0, 500_000, 1_000_000]);
}

#[test]
fn settings_that_cannot_work_name_their_key() {
    for (settings, key) in [
        (SitooSettings { base_url: "sitoo".into(), ..settings() }, "base_url"),
        (SitooSettings { page_size: 0, ..settings() }, "page_size"),
        (SitooSettings { in_flight: 0, ..settings() }, "in_flight"),
        (
            SitooSettings { pace: Pace { per_second: Some(0), burst: 1 }, ..settings() },
            "per_second",
        ),
        (SitooSettings { api_id: "a:b".into(), ..settings() }, "api_id"),
    ] {
        let fault = Sitoo::new(settings, Script::new([]), Hand::at(0)).unwrap_err();
        assert_eq!(fault.key, key);
    }
    assert!(!format!("{:?}", client(&Script::new([]))).contains("hush"));
}
