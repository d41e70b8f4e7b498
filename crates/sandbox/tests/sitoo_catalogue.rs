//! Products, families, groups and price lists (facts/sitoo 4 and 9).
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use daybook_sandbox::sitoo::masters::Product;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use till::{MORNING, Reply, Shop, shop};

const PRODUCTS: &str = "/sites/1/products.json";

async fn send(shop: &Shop, method: Method, path: &str, body: Value) -> Reply {
    shop.call(method, path, Some(&body)).await
}

async fn done(shop: &Shop, method: Method, path: &str, body: Value) -> Value {
    let reply = send(shop, method, path, body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    reply.body
}

/// Status and words of a refusal.
async fn refused(shop: &Shop, method: Method, path: &str, body: Value) -> (u16, String) {
    let reply = send(shop, method, path, body).await;
    assert_eq!(reply.body["statuscode"], reply.status.as_u16());
    (reply.status.as_u16(), reply.body["errortext"].as_str().expect("a text").to_owned())
}

fn statuses(envelope: &Value) -> Vec<i64> {
    let all = envelope.as_array().expect("an envelope").iter();
    all.map(|one| one["statuscode"].as_i64().expect("a status")).collect()
}

#[tokio::test]
async fn products_are_added_changed_and_deleted() {
    let shop = shop();
    let id = done(&shop, Method::POST, PRODUCTS, json!({"sku": "A/1+x"})).await;
    assert_eq!(id, json!(24), "a bare id");
    let two = json!([{"sku": "B-1", "title": "Scarf", "moneyprice": "59.00", "moneypricein": "8.00",
                      "barcode": "735001", "barcodealiases": ["735002"], "allowdecimals": true,
                      "activepos": false, "vatid": 3, "unitlabel": "m", "custom1": "AW26",
                      "defaultcategoryid": 49, "categories": [19, 49]}, {"sku": "B-2"}]);
    let both = done(&shop, Method::POST, PRODUCTS, two).await;
    assert_eq!(both, json!([{"statuscode": 200, "return": 25}, {"statuscode": 200, "return": 26}]));
    let read = shop.get("/sites/1/products/25.json").await;
    let expected = json!({
        "productid": 25, "sku": "B-1", "title": "Scarf", "moneyprice": "59.00",
        "moneypricein": "8.00", "barcode": "735001", "barcodealiases": ["735002"],
        "allowdecimals": true, "active": true, "activepos": false, "vatid": 3, "vatvalue": 5,
        "productgrouptype": 10, "unitlabel": "m", "custom1": "AW26", "categories": [19, 49],
        "stockcountenable": true, "variantparentid": null, "datemodified": MORNING,
    });
    for (name, value) in expected.as_object().expect("an object") {
        assert_eq!(&read[name], value, "{name}");
    }
    shop.wait(60);
    let change = json!([{"productid": 25, "title": "Long scarf"}, {"productid": 99, "title": "?"}]);
    assert_eq!(statuses(&done(&shop, Method::PUT, PRODUCTS, change).await), [200, 404]);
    let single = json!({"barcode": ""});
    assert_eq!(done(&shop, Method::PUT, "/sites/1/products/25", single).await, json!(true));
    let read = shop.get("/sites/1/products/25").await;
    assert_eq!((&read["title"], &read["barcode"]), (&json!("Long scarf"), &Value::Null));
    assert_eq!((&read["moneyprice"], &read["datecreated"]), (&json!("59.00"), &json!(MORNING)));
    let late = format!("{PRODUCTS}?datelastmodified={MORNING}&fields=sku");
    assert_eq!(shop.get(&late).await["items"], json!([{"sku": "B-1"}]));
    let gone = json!([{"productid": 25}, {"productid": 25}]);
    assert_eq!(statuses(&done(&shop, Method::DELETE, PRODUCTS, gone).await), [200, 404]);
    assert!(shop.sitoo.product("B-1").is_none());
}

#[tokio::test]
async fn what_is_wrong_with_a_product_is_said() {
    let shop = shop();
    done(
        &shop,
        Method::POST,
        PRODUCTS,
        json!({"sku": "A", "barcode": "1", "barcodealiases": ["2"]}),
    )
    .await;
    let cases = [
        (json!({"title": "No SKU"}), "Missing required field 'sku'."),
        (json!({"sku": ""}), "Invalid value 'sku'"),
        (json!({"sku": "white space"}), "Invalid value 'sku'"),
        (json!({"sku": "A"}), "Invalid value 'sku'"),
        (json!({"sku": "C", "barcode": null}), "Invalid value"),
        (json!({"sku": "C", "barcode": "2"}), "Invalid value 'barcode'"),
        (json!({"sku": "C", "barcodealiases": ["1"]}), "Invalid value 'barcode'"),
        (
            json!({"sku": "C", "barcodealiases": [1]}),
            "Invalid value in barcodealiases (Not string)",
        ),
        (json!({"sku": "C", "vatid": 77}), "Invalid value 'vatid'"),
        (
            json!({"sku": "C", "moneyprice": 12}),
            "Invalid field value 'moneyprice' should be string.",
        ),
        (json!({"sku": "C", "active": 1}), "Invalid field value 'active' should be bool."),
    ];
    for (body, words) in cases {
        assert_eq!(refused(&shop, Method::POST, PRODUCTS, body).await, (400, words.to_owned()));
    }
    assert_eq!(shop.sitoo.product_count(), 4);
    done(&shop, Method::POST, PRODUCTS, json!({"sku": "a"})).await;
    let blank = json!({"sku": ""});
    assert_eq!(refused(&shop, Method::PUT, "/sites/1/products/21", blank).await.0, 400);
    let own = json!({"barcode": "1", "sku": "A"});
    done(&shop, Method::PUT, "/sites/1/products/24", own).await;
}

#[tokio::test]
async fn switches_turn_what_is_not_known() {
    let shop = shop();
    shop.sitoo.switch(|switches| {
        (switches.sku_ignores_case, switches.unique_barcodes) = (true, false);
        (switches.envelope_always, switches.largest_batch) = (true, 2);
    });
    let one = done(&shop, Method::POST, PRODUCTS, json!([{"sku": "A", "barcode": "1"}])).await;
    assert_eq!(one, json!([{"statuscode": 200, "return": 24}]));
    let alike = json!([{"sku": "coat-1"}, {"sku": "B", "barcode": "1"}]);
    assert_eq!(statuses(&done(&shop, Method::POST, PRODUCTS, alike).await), [400, 200]);
    let three = json!([{"sku": "C"}, {"sku": "D"}, {"sku": "E"}]);
    assert_eq!(refused(&shop, Method::POST, PRODUCTS, three).await.0, 400);
    shop.sitoo.switch(|switches| switches.envelope_always = false);
    assert_eq!(done(&shop, Method::POST, PRODUCTS, json!([{"sku": "C"}])).await, json!(26));
}

fn variant(id: i64, sku: &str, attributes: &[&str]) -> Value {
    json!({"productid": id, "active": true, "activepos": true, "title": format!("Blanket {sku}"),
           "sku": sku, "deliverystatus": "", "moneyprice": "59.00", "moneypriceorg": "59.00",
           "moneypricein": "8.00", "moneyofferprice": "0.00", "barcode": "", "barcodealiases": [],
           "friendly": "", "attributes": attributes})
}

fn family(variants: &[Value]) -> Value {
    json!({"groups": [{"name": "Color", "options": ["Red", "Blue"]},
                      {"name": "Pattern", "options": ["Striped", "Plain"]}],
           "variants": variants})
}

#[tokio::test]
async fn a_family_is_replaced_as_a_whole() {
    let shop = shop();
    let path = "/sites/1/products/21/productvariants.json";
    let main = variant(21, "COAT-1", &["Red", "Striped"]);
    let all = [
        main.clone(),
        variant(0, "COAT-2", &["Blue", "Plain"]),
        variant(22, "BOOK-1", &["Red", "Plain"]),
    ];
    assert_eq!(done(&shop, Method::PUT, path, family(&all)).await, json!(true));
    let read = shop.get(path).await;
    assert_eq!(read["groups"], family(&[])["groups"]);
    let short = |one: &Value| json!([one["productid"], one["sku"], one["attributes"]]);
    let variants: Vec<_> =
        read["variants"].as_array().expect("variants").iter().map(short).collect();
    let expected = [
        json!([21, "COAT-1", ["Red", "Striped"]]),
        json!([22, "BOOK-1", ["Red", "Plain"]]),
        json!([24, "COAT-2", ["Blue", "Plain"]]),
    ];
    assert_eq!(variants, expected);
    let new = shop.get("/sites/1/products/24").await;
    let pairs = json!([{"name": "Color", "value": "Blue"}, {"name": "Pattern", "value": "Plain"}]);
    assert_eq!((&new["variantparentid"], &new["variant"]), (&json!(21), &pairs));
    assert_eq!(
        shop.sitoo.product("COAT-2").expect("a product").attributes.as_ref(),
        "Color: Blue, Pattern: Plain"
    );
    let fewer = family(&[main, variant(24, "COAT-2", &["Blue", "Striped"])]);
    done(&shop, Method::PUT, path, fewer).await;
    assert!(shop.sitoo.product("BOOK-1").is_none(), "what is missing is deleted");
    assert_eq!(shop.get("/sites/1/products/24/productvariants").await, shop.get(path).await);
}

#[tokio::test]
async fn a_family_with_anything_wrong_stays_as_it_was() {
    let shop = shop();
    let path = "/sites/1/products/21/productvariants.json";
    let main = || variant(21, "COAT-1", &["Red", "Striped"]);
    let without = |name: &str| {
        let mut row = variant(0, "COAT-2", &["Blue", "Plain"]);
        row.as_object_mut().expect("an object").remove(name);
        row
    };
    let odd = |name: &str, value: Value| {
        let mut row = variant(0, "COAT-2", &["Blue", "Plain"]);
        row[name] = value;
        row
    };
    let cases = [
        (without("active"), "Missing required field 'active'."),
        (without("friendly"), "Missing required field 'friendly'."),
        (odd("deliverystatus", json!(5)), "Invalid field value 'deliverystatus' should be string."),
        (odd("barcode", Value::Null), "Invalid value"),
        (odd("sku", json!("BOOK-1")), "Invalid value 'sku'"),
        (odd("attributes", json!(["Green", "Plain"])), "Invalid value 'attributes'"),
        (odd("attributes", json!(["Red", "Striped"])), "Invalid value 'variants'"),
    ];
    for (row, words) in cases {
        let body = family(&[main(), row]);
        assert_eq!(refused(&shop, Method::PUT, path, body).await, (400, words.to_owned()));
    }
    let headless = family(&[variant(0, "COAT-2", &["Blue", "Plain"])]);
    assert_eq!(refused(&shop, Method::PUT, path, headless).await.0, 400);
    assert_eq!(shop.sitoo.product_count(), 3);
    assert_eq!(shop.get("/sites/1/products/21").await["variantparentid"], Value::Null);
}

#[tokio::test]
async fn groups_tax_their_products() {
    let shop = shop();
    let path = "/sites/1/productgroups.json";
    let luxury = json!({"value": 25, "productgrouptype": 10, "productgroupname": "Luxury", "comment": "New"});
    let id = done(&shop, Method::POST, path, luxury).await;
    assert_eq!(id, json!(6));
    let read = shop.get(path).await;
    let expected = json!({"vatid": 6, "value": 25, "productgrouptype": 10,
                          "productgroupname": "Luxury", "comment": "New"});
    assert_eq!(read["items"][4], expected);
    done(&shop, Method::PUT, "/sites/1/products/21", json!({"vatid": 6})).await;
    done(&shop, Method::PUT, "/sites/1/productgroups/6", json!({"value": 17.5})).await;
    let product = shop.get("/sites/1/products/21").await;
    assert_eq!((&product["vatvalue"], &product["moneyprice"]), (&json!(17.5), &json!("120.00")));
    let nameless = json!({"value": 5});
    assert_eq!(refused(&shop, Method::POST, path, nameless).await.0, 400);
}

#[tokio::test]
async fn prices_are_with_or_without_vat_as_the_settings_say() {
    let shop = shop();
    shop.sitoo.set_settings(|settings| settings.prices_with_vat = false);
    assert_eq!(shop.get("/sites/1/settings").await["pricesstoredwithvat"], false);
    assert_eq!(shop.get("/sites/1/products/21").await["moneyprice"], "100.00");
    done(&shop, Method::PUT, "/sites/1/products/21", json!({"moneyprice": "41.66"})).await;
    assert_eq!(shop.get("/sites/1/products/21").await["moneyprice"], "41.66");
    assert_eq!(shop.sitoo.product("COAT-1").expect("a product").price, 4_999, "what a till asks");
    done(&shop, Method::PUT, "/sites/1/products/21", json!({"vatid": 4})).await;
    assert_eq!(shop.get("/sites/1/products/21").await["moneyprice"], "41.66", "as it was written");
}

#[tokio::test]
async fn price_lists_have_items_by_sku() {
    let shop = shop();
    let lists = "/sites/1/pricelists.json";
    assert_eq!(shop.get(lists).await["items"][0]["pricelistname"], "Default");
    let outlet =
        json!({"pricelistname": "Outlet", "active": true, "externalid": "OUT", "tags": ["s1"]});
    assert_eq!(done(&shop, Method::POST, lists, outlet).await, json!(2));
    done(&shop, Method::PUT, "/sites/1/pricelists/2", json!({"active": false})).await;
    let read = shop.get("/sites/1/pricelists/2").await;
    let expected = json!({"pricelistid": 2, "pricelistname": "Outlet", "pricelistdescription": "",
                          "active": false, "externalid": "OUT", "currencycode": "GBP", "tags": ["s1"]});
    assert_eq!(read, expected);
    let items = "/sites/1/pricelists/2/pricelistitems.json";
    let body = json!([{"sku": "CLOTH-1", "moneyprice": "19.99"}, {"sku": "NONE", "moneyprice": "1.00"},
                      {"sku": "COAT-1", "moneyprice": "99.00",
                       "moneypricevolume": [{"levelstart": 3, "moneyprice": "90.00"}]}]);
    assert_eq!(statuses(&done(&shop, Method::PUT, items, body).await), [200, 400, 200]);
    let coat = json!({"productid": 21, "sku": "COAT-1", "moneyprice": "99.00",
                      "moneypricevolume": [{"levelstart": 3, "moneyprice": "90.00"}]});
    let read = shop.get(items).await;
    assert_eq!((&read["totalcount"], &read["items"][0]), (&json!(2), &coat), "by product id");
    assert_eq!(shop.get(&format!("{items}?start=1&num=5")).await["items"][0]["sku"], "CLOTH-1");
    assert_eq!(
        (shop.sitoo.list_price(2, "COAT-1"), shop.sitoo.product("COAT-1").map(|one| one.price)),
        (Some(9_900), Some(12_000))
    );
    let own = "/sites/1/pricelists/1/pricelistitems.json";
    done(&shop, Method::PUT, own, json!([{"sku": "COAT-1", "moneyprice": "110.00"}])).await;
    assert_eq!(shop.get("/sites/1/products/21").await["moneyprice"], "110.00");
    assert_eq!(shop.get(own).await["totalcount"], 3);
    let gone = json!([{"sku": "CLOTH-1"}, {"sku": "CLOTH-1"}]);
    assert_eq!(statuses(&done(&shop, Method::DELETE, items, gone).await), [200, 404]);
    assert_eq!(refused(&shop, Method::DELETE, own, json!([{"sku": "COAT-1"}])).await.0, 400);
}

#[tokio::test]
async fn products_shift_between_the_pages_of_a_client() {
    let shop = shop();
    shop.sitoo.add_product_between_pages(Product::new(1, "NEW-1", "New", 100, 2000));
    let page = |start: usize| format!("{PRODUCTS}?fields=sku&num=2&start={start}");
    let first = shop.get(&page(0)).await["items"].clone();
    assert_eq!(first, json!([{"sku": "COAT-1"}, {"sku": "BOOK-1"}]));
    let second = shop.get(&page(2)).await["items"].clone();
    assert_eq!(second, json!([{"sku": "BOOK-1"}, {"sku": "CLOTH-1"}]), "one twice");
    shop.sitoo.switch(|switches| switches.newest_first = true);
    shop.wait(1);
    done(&shop, Method::PUT, "/sites/1/products/23", json!({"title": "Tweed cloth"})).await;
    assert_eq!(shop.get(&page(0)).await["items"][0], json!({"sku": "CLOTH-1"}));
}

#[tokio::test]
async fn stock_follows_a_product_that_gets_another_sku() {
    let shop = shop();
    shop.sitoo.set_stock(1, "COAT-1", 5_000).expect("a level");
    done(&shop, Method::PUT, "/sites/1/products/21", json!({"sku": "coat-1"})).await;
    assert!(shop.sitoo.stock_level(1, "COAT-1").is_none());
    assert_eq!(shop.sitoo.stock_level(1, "coat-1").map(|level| level.total), Some(5_000));
}
