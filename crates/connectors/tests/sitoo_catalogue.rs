//! Sitoo's catalogue: what we ask and write, and how batches are answered (facts/sitoo 1.3, 4).
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::sync::Arc;

use common::{Hand, Say, Script};
use daybook_connectors::{
    Lost, Sitoo, SitooSettings,
    sitoo::{Element, ListPrice, ProductsQuery},
};
use daybook_domain::{
    Money, Timestamp, VatRate,
    catalogue::{NewProduct, Patch},
    class::Class,
};

const PRODUCTS: &str = include_str!("fixtures/sitoo/products.json");

fn client(script: &Arc<Script>) -> Sitoo {
    let base = "https://api.mysitoo.com/v2/accounts/10020/".to_owned();
    let settings = SitooSettings::new(base, "10020-140".to_owned(), "hush".to_owned().into());
    Sitoo::new(settings, script.clone(), Hand::at(1_800_000_000)).unwrap()
}

fn coat() -> NewProduct {
    NewProduct {
        sku: "COAT+M".to_owned(),
        title: "Coat \"M\"".to_owned(),
        price: Money::from_pence(5_999),
        vat_id: 2,
        barcode: None,
    }
}

#[tokio::test]
async fn products_are_read_and_a_bad_one_spoils_only_itself() {
    let script = Script::new([Say::Body(200, PRODUCTS), Say::Body(200, PRODUCTS)]);
    let client = client(&script);
    let page = client.products(&ProductsQuery::All, 0, 1_000).await.outcome.unwrap();
    assert_eq!((page.total_count, page.elements), (3, 3));
    assert_eq!(
        page.unreadable,
        ["unexpected answer at items[1].productid: \"x\" is not a whole number"]
    );
    let [red, blue] = page.products.as_slice() else { panic!("two") };
    assert_eq!((red.barcode.as_str(), red.active_pos, red.parent_id), ("", true, Some(21)));
    assert_eq!((blue.barcode.as_str(), blue.active_pos), ("5012345678900", false));
    assert_eq!(
        (blue.aliases.as_slice(), blue.allow_decimals),
        (&["96385074".to_owned()][..], true)
    );
    let skus = ProductsQuery::Skus(vec!["A/1".to_owned(), "B+2".to_owned()]);
    client.products(&skus, 0, 100).await.outcome.unwrap();
    let asked = script.asked();
    assert!(asked[0].starts_with("/v2/accounts/10020/sites/1/products.json?start=0&num=1000&"));
    assert!(asked[0].contains("includeinactive=true"), "{}", asked[0]);
    assert!(asked[1].contains("&sku=A%2F1,B%2B2&"), "{}", asked[1]);
}

#[tokio::test]
async fn what_changed_after_a_moment() {
    let script = Script::new([Say::Body(200, r#"{"totalcount":0,"items":[]}"#)]);
    let query = ProductsQuery::ModifiedAfter(Timestamp::from_seconds(1_373_026_433));
    client(&script).products(&query, 0, 10).await.outcome.unwrap();
    assert!(script.asked()[0].contains("&datelastmodified=1373026433&"));
}

#[tokio::test]
async fn new_products_are_written_whole_and_each_is_answered() {
    let answer = r#"[{"statuscode":200,"return":28},{"statuscode":400,"errortext":"SKU exists"}]"#;
    let script = Script::new([Say::Body(200, answer)]);
    let second = NewProduct { barcode: Some("96385074".to_owned()), ..coat() };
    let made = client(&script).create_products(&[coat(), second]).await.outcome.unwrap();
    assert_eq!(made, [Element::Done(28), Element::Refused("SKU exists (400)".to_owned())]);
    assert_eq!(
        script.last_body(),
        r#"[{"sku":"COAT+M","title":"Coat \"M\"","moneyprice":"59.99","vatid":2,"activepos":true},{"sku":"COAT+M","title":"Coat \"M\"","moneyprice":"59.99","vatid":2,"barcode":"96385074","activepos":true}]"#
    );
}

#[tokio::test]
async fn only_what_differs_is_written_and_a_barcode_is_never_null() {
    let script = Script::new([Say::Body(200, "true")]);
    let patch = Patch { barcode: Some(String::new()), ..Patch::default() };
    let done = client(&script).update_products(&[(28, &patch)]).await.outcome.unwrap();
    assert_eq!(done, [Element::Done(())]);
    assert_eq!(script.last_body(), r#"[{"productid":28,"barcode":""}]"#);
}

#[tokio::test]
async fn a_write_whose_outcome_is_not_known_is_in_doubt() {
    for (say, class) in [
        (Say::Lost(Lost::NoAnswer("cut".into())), Class::InDoubt),
        (Say::Lost(Lost::NotSent("no route".into())), Class::Later),
        (Say::Body(500, ""), Class::InDoubt),
        (Say::Body(200, "<html>"), Class::InDoubt),
        (Say::Body(200, "[]"), Class::InDoubt),
        (Say::Body(400, r#"{"statuscode":400,"errortext":"Invalid value"}"#), Class::Refused),
        (Say::Body(429, ""), Class::Later),
    ] {
        let script = Script::new([say]);
        let failure = client(&script).create_products(&[coat()]).await.outcome.unwrap_err();
        assert_eq!(failure.class(), class, "{failure}");
    }
}

#[tokio::test]
async fn groups_and_price_lists() {
    let groups = r#"{"totalcount":1,"items":[{"vatid":2,"value":25,"productgrouptype":10,
        "productgroupname":"Common Goods","comment":"Default Sales Tax"}]}"#;
    let prices = r#"{"totalcount":1,"items":[{"productid":21,"sku":"A","moneyprice":"5.00",
        "moneypricevolume":[]}]}"#;
    let script = Script::new([
        Say::Body(200, groups),
        Say::Body(200, prices),
        Say::Body(200, r#"[{"statuscode":200,"return":true}]"#),
    ]);
    let client = client(&script);
    let group = client.product_groups().await.outcome.unwrap().remove(0);
    assert_eq!((group.vat_id, group.percent, group.group_type), (2, VatRate::from_percent(25), 10));
    let prices = [ListPrice { sku: "A".to_owned(), price: Money::from_pence(500) }];
    assert_eq!(client.list_prices(3, 0, 1_000).await.outcome.unwrap(), prices);
    assert_eq!(client.set_list_prices(3, &prices).await.outcome.unwrap(), [Element::Done(())]);
    assert_eq!(script.last_body(), r#"[{"sku":"A","moneyprice":"5.00"}]"#);
}
