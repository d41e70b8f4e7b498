//! OrderWise: the body we send, every class of failure, tokens, export definitions.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::{sync::Arc, time::Duration};

use common::{Hand, Say, Script};
use daybook_connectors::{
    Lost, Orderwise, OrderwiseSettings, Pace,
    orderwise::{CreditSign, ExportDefinition, NewCustomer, RenderedOrder, sample_drafts},
};
use daybook_domain::{
    Money, Reference, Timestamp,
    class::{Class, Failure},
    entry::EntryKind,
    till::Shopper,
};

const TOKEN: Say = Say::Body(200, "\"tok-1\"");
const LOOKUP: &str = include_str!("fixtures/orderwise/lookup.json");
const VARIANTS: &str = include_str!("fixtures/orderwise/variants.json");

fn settings() -> OrderwiseSettings {
    let base = "https://shop.orderwisecloud.com/owapi".to_owned();
    let mut settings =
        OrderwiseSettings::new(base, "daybook".to_owned(), "hush-hush".to_owned().into());
    settings.pace = Pace::UNLIMITED;
    settings.exports.order_lookup = Some(ExportDefinition::new(21));
    settings.exports.order_totals = Some(ExportDefinition::new(22));
    settings.exports.variants = Some(ExportDefinition::new(23));
    settings
}

fn client_with(script: &Arc<Script>, settings: OrderwiseSettings) -> Orderwise {
    Orderwise::new(settings, script.clone(), Hand::at(1_800_000_000)).unwrap()
}

fn client(script: &Arc<Script>) -> Orderwise {
    client_with(script, settings())
}

fn order() -> RenderedOrder {
    RenderedOrder {
        body: "{\"email\":\"jo@x.example\"}".into(),
        masked: "{\"email\":\"***\"}".into(),
    }
}

#[test]
fn the_body_of_a_sale_and_of_a_return() {
    let client = client(&Script::new([]));
    let [sale, credit] = sample_drafts();
    insta::assert_snapshot!("sale_body", client.render(&sale).unwrap().body);
    let credit = client.render(&credit).unwrap();
    insta::assert_snapshot!("credit_body", credit.body);
    assert_eq!(credit.body, credit.masked);
}

#[test]
fn the_record_of_a_sale_hides_the_shopper_and_nothing_else() {
    let rendered = client(&Script::new([])).render(&sample_drafts()[0]).unwrap();
    for secret in ["Shopper", "jo@shopper.example", "01632", "High Street", "LS1 4AP"] {
        assert!(rendered.body.contains(secret), "{secret}");
        assert!(!rendered.masked.contains(secret), "{secret}");
    }
    assert!(rendered.masked.contains("S1-11513") && rendered.masked.contains("24.00"));
}

#[test]
fn a_membership_number_alone_is_no_delivery_address() {
    let [mut sale, _] = sample_drafts();
    sale.shopper = Shopper { membership: sale.shopper.membership, ..Shopper::default() };
    let body = client(&Script::new([])).render(&sale).unwrap().body;
    assert!(!body.contains("customerDeliveryAddress"), "{body}");
}

#[test]
fn a_site_that_wants_minus_on_credits() {
    let settings = OrderwiseSettings { credit_sign: CreditSign::Negative, ..settings() };
    let client = client_with(&Script::new([]), settings);
    let [sale, mut credit] = sample_drafts();
    credit.payments.clone_from(&sale.payments);
    let body = client.render(&credit).unwrap().body;
    assert!(body.contains("\"quantity\": -1.25") && body.contains("\"itemGross\": 19.20"));
    assert!(body.contains("\"orderGross\": -24.00") && body.contains("\"amount\": -14.00"));
    assert!(!client.render(&sale).unwrap().body.contains(": -"));
}

#[test]
fn what_is_no_sale_and_no_return_is_never_rendered() {
    let [mut draft, _] = sample_drafts();
    draft.kind = EntryKind::Other;
    assert!(client(&Script::new([])).render(&draft).is_err());
}

#[test]
fn a_bad_template_is_found_when_the_settings_are_read() {
    for (template, fault) in [
        ("{\n\"a\": {{ order.refrence }}\n}", "line 2: undefined value"),
        ("{\n{% for line in lines %}\n}", "line 2: syntax error"),
        ("{\"a\": {{ order.date }},}", "the result is not JSON"),
        ("{\"a\": {{ account.number.x }}}", "line 1: undefined value"),
    ] {
        let settings = OrderwiseSettings { order_template: Some(template.into()), ..settings() };
        let error = Orderwise::new(settings, Script::new([]), Hand::at(0)).unwrap_err();
        assert_eq!(error.key, "order_template");
        assert!(error.what.starts_with(fault), "{}", error.what);
    }
}

#[tokio::test]
async fn an_order_is_placed_in_its_session() {
    let stored = r#"{"orderId":36220,"orderNumber":"SO-3622","eCommerceOrderNumber":"S-1001"}"#;
    let script = Script::new([TOKEN, Say::Body(201, stored), Say::Body(200, stored)]);
    let client = client(&script);
    let called = client.place(Some(3), &order()).await;
    let receipt = called.outcome.unwrap();
    assert_eq!((receipt.order_id, receipt.order_number.as_str()), (36_220, "SO-3622"));
    assert_eq!(script.last_body(), order().body);
    client.place(None, &order()).await.outcome.unwrap();
    assert_eq!(
        script.asked(),
        ["/owapi/token/gettoken", "/owapi/sales/order?session_id=3", "/owapi/sales/order"]
    );
    let authorization = script.headers("authorization");
    assert_eq!(authorization, ["Basic ZGF5Ym9vazpodXNoLWh1c2g=", "Bearer tok-1", "Bearer tok-1"]);
    assert_eq!(script.headers("content-type")[1], "application/json");

    let [token, placed] = &called.exchanges[..] else { panic!("two exchanges") };
    assert_eq!((token.purpose, token.response.as_deref()), ("token", Some("***")));
    assert_eq!(placed.purpose, "place-order");
    assert_eq!(placed.request.as_deref(), Some("{\"email\":\"***\"}"));
    assert_eq!(placed.response.as_deref(), Some(stored));
    let record = format!("{:?}", called.exchanges);
    assert!(!record.contains("tok-1") && !record.contains("hush") && !record.contains("jo@x"));
}

#[tokio::test]
async fn every_class_of_failure_of_a_write() {
    for (answer, class) in [
        (Say::Body(400, r#"{"Message":"no"}"#), Class::Refused),
        (Say::Body(409, ""), Class::Refused),
        (Say::Body(422, "[]"), Class::Refused),
        (Say::Body(200, r#"{"errors":["No variant has been provided"]}"#), Class::Refused),
        (Say::Body(403, ""), Class::NotAuthorised),
        (Say::Body(404, "<html>"), Class::NotFound),
        (Say::Body(429, ""), Class::Later),
        (Say::Lost(Lost::NotSent("refused".into())), Class::Later),
        (Say::Lost(Lost::NoAnswer("timed out".into())), Class::InDoubt),
        (Say::Body(500, r#"{"Message":"An error has occurred."}"#), Class::InDoubt),
        (Say::Body(503, ""), Class::InDoubt),
        (Say::Body(408, ""), Class::InDoubt),
        (Say::Body(200, "<html>busy</html>"), Class::InDoubt),
        (Say::Body(200, "{\"orderId\":3"), Class::InDoubt),
        (Say::Body(204, ""), Class::InDoubt),
    ] {
        let script = Script::new([TOKEN, answer]);
        let called = client(&script).place(Some(3), &order()).await;
        let failure = called.outcome.unwrap_err();
        assert_eq!(failure.class(), class, "{failure}");
        assert_eq!(called.exchanges[1].class, class);
    }
}

#[tokio::test]
async fn every_reason_of_a_refusal_is_told() {
    let body = r#"{"errors":[{"Message":"variant code: ABC-9 does not exist or is not active"},
        {"Message":"variant code: ABC-8 does not exist or is not active"}],"status":"error"}"#;
    let script = Script::new([TOKEN, Say::Body(400, body)]);
    let Err(Failure::Refused { status: 400, reasons }) =
        client(&script).place(None, &order()).await.outcome
    else {
        panic!("refused")
    };
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].contains("ABC-9") && reasons[1].contains("ABC-8"));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_order_sent_once_more() {
    let stored = r#"{"orderId":1,"orderNumber":"SO-1"}"#;
    let script = Script::new([
        TOKEN,
        Say::Body(401, "\"\""),
        Say::Body(200, "\"tok-2\""),
        Say::Body(200, stored),
    ]);
    let called = client(&script).place(None, &order()).await;
    assert!(called.outcome.is_ok());
    let classes: Vec<Class> = called.exchanges.iter().map(|exchange| exchange.class).collect();
    assert_eq!(classes, [Class::Done, Class::NotAuthorised, Class::Done, Class::Done]);
    assert_eq!(script.headers("authorization")[3], "Bearer tok-2");

    let script = Script::new([TOKEN, Say::Body(401, ""), TOKEN, Say::Body(401, "")]);
    let called = client(&script).place(None, &order()).await;
    assert_eq!(called.outcome.unwrap_err().class(), Class::NotAuthorised);
    assert_eq!(called.exchanges.len(), 4);
}

#[tokio::test]
async fn without_a_token_nothing_is_sent_so_nothing_is_in_doubt() {
    for (answer, class) in [
        (Say::Body(401, ""), Class::NotAuthorised),
        (Say::Body(200, "\"\""), Class::NotAuthorised),
        (Say::Body(500, ""), Class::Later),
        (Say::Lost(Lost::NoAnswer("timed out".into())), Class::Later),
        (Say::Body(404, ""), Class::NotFound),
    ] {
        let script = Script::new([answer]);
        let called = client(&script).place(None, &order()).await;
        assert_eq!(called.outcome.unwrap_err().class(), class);
        assert_eq!(called.exchanges.len(), 1);
    }
}

#[tokio::test]
async fn a_token_is_minted_again_before_it_is_too_old() {
    let rows = || Say::Body(200, "[]");
    let script = Script::new([TOKEN, rows(), rows(), Say::Body(200, "\"tok-2\""), rows()]);
    let clock = Hand::at(1_000);
    let client = Orderwise::new(settings(), script.clone(), clock.clone()).unwrap();
    client.value_list(20).await.outcome.unwrap();
    clock.advance(Duration::from_mins(49));
    client.value_list(20).await.outcome.unwrap();
    clock.advance(Duration::from_mins(1));
    client.value_list(20).await.outcome.unwrap();
    assert_eq!(script.headers("authorization")[4], "Bearer tok-2");
}

#[tokio::test]
async fn a_document_is_found_by_its_reference() {
    let script = Script::new([TOKEN, Say::Body(200, LOOKUP), Say::Body(200, "[]")]);
    let client = client(&script);
    let reference: Reference = "S1-11513".parse().unwrap();
    let documents = client.lookup(&reference).await.outcome.unwrap();
    assert_eq!(script.last_body(), r#"[{"name":"@reference","value":"S1-11513"}]"#);
    assert_eq!(script.asked()[1], "/owapi/system/export-definition/21");
    insta::assert_debug_snapshot!(documents);
    assert!(client.lookup(&reference).await.outcome.unwrap().is_empty());
}

#[tokio::test]
async fn a_definition_that_finds_other_orders_is_not_believed() {
    let script = Script::new([TOKEN, Say::Body(200, LOOKUP)]);
    let other: Reference = "S1-1151".parse().unwrap();
    let Err(Failure::Drift { path, .. }) = client(&script).lookup(&other).await.outcome else {
        panic!("drift")
    };
    assert_eq!(path, "order-lookup(21)[0].reference");
}

#[tokio::test]
async fn a_missing_column_is_named() {
    let script =
        Script::new([TOKEN, Say::Body(200, r#"[{"sku":"A","variantId":1,"taxRateId":1}]"#)]);
    let mut settings = settings();
    let mut definition = ExportDefinition::new(23);
    definition.columns.insert("saleable".into(), "canSell".into());
    settings.exports.variants = Some(definition);
    let called = client_with(&script, settings).variants(None).await;
    let Err(Failure::Drift { path, what }) = called.outcome else { panic!("drift") };
    assert_eq!(path, "variants(23)[0].saleable");
    assert_eq!(what, "export definition 23 (variants) has no column 'canSell'");
}

#[tokio::test]
async fn a_definition_that_is_not_configured_is_not_called() {
    let script = Script::new([]);
    let mut settings = settings();
    settings.exports.order_lookup = None;
    let client = client_with(&script, settings);
    assert!(!client.has_export("order-lookup") && client.has_export("variants"));
    let called = client.lookup(&"S1-1".parse().unwrap()).await;
    let Err(Failure::Refused { reasons, .. }) = called.outcome else { panic!("refused") };
    assert_eq!(reasons, ["export definition order-lookup is not configured"]);
    assert!(called.exchanges.is_empty());
}

#[tokio::test]
async fn windows_are_told_in_local_time() {
    let script =
        Script::new([TOKEN, Say::Body(200, "[]"), Say::Body(200, VARIANTS), Say::Body(200, "[]")]);
    let client = client(&script);
    let from: Timestamp = "2026-10-24T23:00:00Z".parse::<jiff::Timestamp>().unwrap().into();
    let to: Timestamp = "2026-10-26T00:00:00Z".parse::<jiff::Timestamp>().unwrap().into();
    client.totals(from, to).await.outcome.unwrap();
    assert_eq!(
        script.last_body(),
        r#"[{"name":"@from","value":"2026-10-25T00:00:00"},{"name":"@to","value":"2026-10-26T00:00:00"}]"#
    );
    let variants = client.variants(None).await.outcome.unwrap();
    assert_eq!(script.last_body(), r#"[{"name":"@since","value":"1970-01-01T00:00:00"}]"#);
    // The third has no code: no till can name it.
    assert_eq!(variants.len(), 2);
    let blue = &variants[1];
    assert_eq!((blue.variant.sku.as_str(), blue.variant.variant_id), ("abc-100-blue", 1_002));
    assert!(blue.variant.saleable && !blue.variant.discontinued);
    // Sales need no more than that; the product says what is missing.
    assert!(blue.unreadable.starts_with("export definition 23 (variants) has no column 'product"));
    insta::assert_debug_snapshot!(variants[0]);
    client.variants(Some(from)).await.outcome.unwrap();
    assert_eq!(script.last_body(), r#"[{"name":"@since","value":"2026-10-25T00:00:00"}]"#);
}

#[tokio::test]
async fn every_class_of_failure_of_a_read() {
    for (answer, class) in [
        (Say::Body(400, r#"{"Message":"Must provide parameter @since"}"#), Class::Refused),
        (Say::Body(403, ""), Class::NotAuthorised),
        (Say::Body(404, "<html>"), Class::NotFound),
        (Say::Body(500, ""), Class::Later),
        (Say::Lost(Lost::NoAnswer("cut".into())), Class::Later),
        (Say::Body(200, "<html>"), Class::Later),
        (Say::Body(200, ""), Class::Later),
        (Say::Body(200, r#"[{"sku":"A""#), Class::Later),
        (Say::Body(200, r#"{"Message":"odd"}"#), Class::Drift),
        (Say::Body(200, "[1]"), Class::Drift),
        (Say::Body(200, r#"[{"sku":"A","variantId":1}]"#), Class::Drift),
    ] {
        let script = Script::new([TOKEN, answer]);
        let failure = client(&script).variants(None).await.outcome.unwrap_err();
        assert_eq!(failure.class(), class, "{failure}");
    }
    let script = Script::new([TOKEN, Say::Body(204, "")]);
    assert!(client(&script).variants(None).await.outcome.unwrap().is_empty());
}

/// One bad record stops only itself; a column that no row has is another matter.
#[tokio::test]
async fn a_row_that_cannot_be_read_is_a_fault_of_its_own() {
    let rows = r#"[{"sku":"A","variantId":"x","taxRateId":1,"saleable":1,"discontinued":0},
        {"sku":"B"},null,{"sku":"C","variantId":3,"taxRateId":1,"saleable":1,"discontinued":0}]"#;
    let script = Script::new([TOKEN, Say::Body(200, rows)]);
    let client = client(&script);
    let read = client.variants_in_pieces(None).await.all().await.outcome.unwrap();
    let skus: Vec<&str> = read.read.iter().map(|one| one.variant.sku.as_str()).collect();
    assert_eq!(skus, ["A", "C"]);
    assert!(read.read[0].unreadable.contains("variantId is not a whole number"));
    let odd: Vec<String> = read.odd.iter().map(ToString::to_string).collect();
    let missing = "export definition 23 (variants) has no column 'variantId'";
    assert_eq!(
        odd,
        [
            format!("variants(23)[1].variantId {missing}"),
            "variants(23)[2] is no row with columns".to_owned()
        ]
    );
    assert_eq!(
        (read.odd[0].about(), read.odd[1].about()),
        ("B".into(), "a row without a name".into())
    );
}

#[tokio::test]
async fn value_lists_in_both_spellings() {
    let list = r#"[{"id":1,"name":"Cash"},{"Id":"2","Description":" Card "},{"ID":3}]"#;
    let script = Script::new([TOKEN, Say::Body(200, list)]);
    let values = client(&script).value_list(20).await.outcome.unwrap();
    let expected = [(1, "Cash"), (2, "Card"), (3, "")].map(|(id, name)| (id, name.to_owned()));
    assert_eq!(values, expected);
    assert_eq!(script.asked()[1], "/owapi/value-lists/20");
}

#[tokio::test]
async fn customers_are_paged_found_and_created() {
    let page = r#"[{"id":7,"accountNumber":"WEB7","statementName":"Jo","statementEmail":"jo@x.example","onHold":false}]"#;
    let script = Script::new([TOKEN, Say::Body(200, page), Say::Body(201, r#"{"Id":8}"#)]);
    let client = client(&script);
    let since = Timestamp::from_seconds(1_790_000_000);
    let called = client.customers_since(Some(since), 6).await;
    assert_eq!(called.exchanges[1].response, None);
    let found = &called.outcome.unwrap()[0];
    assert_eq!((found.id, found.account_number.as_str()), (7, "WEB7"));
    assert_eq!(
        script.asked()[1],
        "/owapi/customers?limit=1000&last_id=6&lastAmendedDateTime=2026-09-21T15:13:20"
    );
    let new =
        NewCustomer { name: "Jo".into(), email: "jo@x.example".into(), ..NewCustomer::default() };
    let called = client.create_customer(1_375, &new).await;
    assert_eq!(called.outcome.unwrap(), 8);
    assert_eq!(script.asked()[2], "/owapi/customers?template_customer_id=1375");
    assert!(script.last_body().contains("\"statementEmail\": \"jo@x.example\""));
    assert!(!called.exchanges[0].request.as_deref().unwrap().contains("jo@x.example"));
}

#[tokio::test]
async fn a_token_proves_address_user_and_password() {
    let script = Script::new([TOKEN, Say::Body(401, "")]);
    let client = client(&script);
    assert!(client.mint_token().await.outcome.is_ok());
    assert_eq!(client.mint_token().await.outcome.unwrap_err().class(), Class::NotAuthorised);
}

#[test]
fn settings_that_cannot_work_name_their_key() {
    for (settings, key) in [
        (OrderwiseSettings { base_url: "x".into(), ..settings() }, "base_url"),
        (OrderwiseSettings { time_zone: "Mars".into(), ..settings() }, "time_zone"),
        (OrderwiseSettings { writes_in_flight: 0, ..settings() }, "writes_in_flight"),
        (OrderwiseSettings { order_path: String::new(), ..settings() }, "order_path"),
        (
            OrderwiseSettings { customer_template: Some("{{".into()), ..settings() },
            "customer_template",
        ),
    ] {
        let fault = Orderwise::new(settings, Script::new([]), Hand::at(0)).unwrap_err();
        assert_eq!(fault.key, key);
    }
}

#[test]
fn amounts_on_the_wire_are_exact_numbers() {
    let [mut sale, _] = sample_drafts();
    sale.gross = Money::from_pence(1);
    let body = client(&Script::new([])).render(&sale).unwrap().body;
    assert!(body.contains("\"orderGross\": 0.01"), "{body}");
}
