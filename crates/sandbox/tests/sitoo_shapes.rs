//! The documented examples (facts/sitoo 9): the same input gives the same numbers.
#![allow(clippy::expect_used, reason = "tests")]
#![recursion_limit = "256"] // The documented sale is one large literal.

mod till;

use std::sync::Arc;

use daybook_sandbox::sitoo::{
    masters::Product,
    till::{Refund, Row, Sale, Shopper, Stage, Tender, TenderKind},
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use till::{RECLAIMS, Shop, TILL, TILL_KEY, shop, staff};

fn book() -> Row {
    let product = Product::new(24, "121292-4", "Cookbook", 1_500, 600);
    Row::of(&Arc::new(product))
}

fn picked(order: &Value, fields: &[&str]) -> Value {
    fields.iter().map(|name| ((*name).to_owned(), order[*name].clone())).collect()
}

#[tokio::test]
async fn the_documented_sale() {
    let shop = shop();
    shop.sitoo.set_settings(|settings| settings.currency = "USD".to_owned());
    let card =
        Tender::new("Card", "123456", TenderKind::Card).numbered("160512095647 000046160830");
    let id = shop.sitoo.sell(Sale::at_register(TILL).row(book()).pay_rest(card)).expect("a sale");
    let order = &shop.get("/orders.json").await["items"][0];
    let expected = json!({
        "orderid": id, "eshopid": 1, "email": "", "namefirst": "", "namelast": "", "company": "",
        "moneyfinal_net": "14.15", "moneyfinal_vat": "0.85", "moneytotal_gross_roundoff": "0.00",
        "moneytotal_gross_all": "15.00", "checkouttypename": "Sitoo POS - Card",
        "deliverytypename": "", "orderdate": till::MORNING, "orderstateid": 10,
        "paymentstateid": 20, "ordertypeid": 10, "registerid": TILL, "warehouseid": 1,
        "datereserved": null, "currencycode": "USD",
        "additionaldata": {
            "pos-receiptid": format!("{TILL_KEY}10000"), "pos-timezone": "Europe/London",
            "store-externalid": "LK-BATH", "store-name": "Larkfield Bath",
        },
        "orderitems": [{
            "orderitemid": 0, "orderitemtype": 10, "productid": 24, "productname": "Cookbook",
            "sku": "121292-4", "productattributes": "", "externalinput": "",
            "externalinputtitle": "", "unitlabel": "", "quantity": 1,
            "decimalunitquantity": null, "moneynetpriceperunit": "14.15", "moneypriceorg": "0.00",
            "vatvalue": 6, "deliveryinfo": "", "moneyitemtotal_net": "14.15",
            "moneyitemtotal_vat": "0.85", "voucherid": 0, "vouchercode": "", "vouchername": "",
            "moneyoriginalprice": "14.15", "moneydiscountedprice": "0.00",
            "moneydiscount": "0.00", "salestaxes": [], "additionaldata": {},
            "decimalquantitytotal": "1.000", "moneynetpriceperquantity": "14.15",
        }],
        "payments": [{
            "name": "Card", "moneyamount": "15.00", "externalid": "123456",
            "reftype": "verifonelpp", "refid": "160512095647 000046160830",
            "cardissuer": "Visa", "additionaldata": {},
        }],
    });
    assert_eq!(*order, expected);
}

#[tokio::test]
async fn the_documented_refund() {
    let shop = shop();
    let sofa = Product::new(25, "44079-0", "Sofa", 299_000, 2500);
    let sale = Sale::at_register(TILL).row(Row::of(&Arc::new(sofa)));
    let sale = shop.sitoo.sell(sale).expect("a sale");
    let refund = Refund::whole(TILL, sale).reason("RC123", "Guarantee");
    let refund = shop.sitoo.refund(refund).expect("a return");
    let order = shop.order(refund).await;
    let fields = ["moneyfinal_net", "moneyfinal_vat", "moneytotal_gross_all", "creditorderid"];
    assert_eq!(
        picked(&order, &fields),
        json!({
            "moneyfinal_net": "-2392.00", "moneyfinal_vat": "-598.00",
            "moneytotal_gross_all": "-2990.00", "creditorderid": sale,
        })
    );
    let extras = &order["additionaldata"];
    assert_eq!(extras["refundreasoncode-reasoncode"], "RC123");
    assert_eq!(extras["refundreasoncode-comment"], "Guarantee");
    assert_eq!(extras["pos-originalsales-orderid"], sale.to_string());
    let fields = [
        "sku",
        "quantity",
        "moneynetpriceperunit",
        "vatvalue",
        "moneyitemtotal_net",
        "moneyitemtotal_vat",
        "moneyoriginalprice",
        "decimalquantitytotal",
    ];
    assert_eq!(
        picked(&order["orderitems"][0], &fields),
        json!({
            "sku": "44079-0", "quantity": -1, "moneynetpriceperunit": "2392.00", "vatvalue": 25,
            "moneyitemtotal_net": "-2392.00", "moneyitemtotal_vat": "-598.00",
            "moneyoriginalprice": "2392.00", "decimalquantitytotal": "-1.000",
        })
    );
    assert_eq!(order["orderitems"][0]["additionaldata"]["pos-originalsales-orderitemid"], "0");
    assert_eq!(order["payments"][0]["moneyamount"], "-2990.00");
    assert_eq!(order["payments"][0]["name"], "Card", "back to where it came from");
}

async fn add_sofas(shop: &Shop) -> Value {
    let body = json!({
        "ordertypeid": 10, "namefirst": "John", "namelast": "Smith", "company": "Company Inc",
        "phone": "555-1451", "email": "john.smith@example.com", "currencycode": "USD",
        "orderitems": [
            {"productname": "Sofa Cosy", "sku": "10038-2", "quantity": 1,
             "moneyrowprice": "125.00", "vatvalue": 25},
            {"productname": "Sofa Cosy", "sku": "83428-0", "quantity": 2,
             "moneyrowprice": "250.00", "moneyrowdiscount": "50.00", "vatvalue": 25},
            {"productname": "Sofa Stressless", "sku": "83537-0", "quantity": 1,
             "moneyrowprice": "106.00", "vatvalue": 6},
        ],
    });
    let added = shop.call(Method::POST, "/sites/1/orders.json", Some(&body)).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    added.body
}

#[tokio::test]
async fn the_documented_added_order() {
    let shop = shop();
    let id = add_sofas(&shop).await.as_i64().expect("a bare id");
    let order = shop.order(id).await;
    let fields = [
        "moneytotal_net",
        "moneytotal_vat",
        "moneytotal_gross_all",
        "moneycheckout_net",
        "moneyfinal_salestax",
        "orderstateid",
        "paymentstateid",
        "registerid",
        "warehouseid",
        "externalid",
        "creditorderid",
        "userid_staff",
        "currencycode",
        "personalid",
    ];
    assert_eq!(
        picked(&order, &fields),
        json!({
            "moneytotal_net": "360.00", "moneytotal_vat": "71.00",
            "moneytotal_gross_all": "431.00", "moneycheckout_net": "0.00",
            "moneyfinal_salestax": "0.00", "orderstateid": 0, "paymentstateid": 0,
            "registerid": null, "warehouseid": null, "externalid": null, "creditorderid": null,
            "userid_staff": null, "currencycode": "USD", "personalid": "",
        })
    );
    let fields = [
        "orderitemid",
        "moneynetpriceperunit",
        "moneyoriginalprice",
        "moneydiscountedprice",
        "moneydiscount",
        "moneyitemtotal_net",
        "moneyitemtotal_vat",
        "additionaldata",
    ];
    assert_eq!(
        picked(&order["orderitems"][1], &fields),
        json!({
            "orderitemid": 1, "moneynetpriceperunit": "80.00", "moneyoriginalprice": "100.00",
            "moneydiscountedprice": "80.00", "moneydiscount": "20.00",
            "moneyitemtotal_net": "160.00", "moneyitemtotal_vat": "40.00",
            "additionaldata": {"orderitem-moneyrowdiscount": "50.00"},
        })
    );
}

#[tokio::test]
async fn the_documented_order_log() {
    let shop = shop();
    let id = shop.sitoo.sell(shop.coat().staff(&staff())).expect("a sale");
    let log = shop.order(id).await["orderlogitems"].clone();
    let rows = log.as_array().expect("rows").iter();
    let rows: Vec<Value> =
        rows.map(|row| json!([row["orderlogtypeid"], row["strvalue"]])).collect();
    let note = format!("Register 1 ({TILL_KEY})\nReceipt #10000\nMo");
    assert_eq!(rows, [json!([0, null]), json!([999, note]), json!([70, null]), json!([21, "Mo"])]);
    let list = shop.get(&format!("/sites/1/orders/{id}/orderlogitems")).await;
    assert_eq!(list, json!({"totalcount": 4, "items": log}));
}

#[tokio::test]
async fn fractional_goods() {
    let shop = shop();
    let sale = Sale::at_register(TILL).row(shop.row("CLOTH-1").unit(1_500));
    let id = shop.sitoo.sell(sale).expect("a sale");
    let row = &shop.order(id).await["orderitems"][0];
    let fields = [
        "quantity",
        "decimalunitquantity",
        "decimalquantitytotal",
        "moneyitemtotal_net",
        "moneyitemtotal_vat",
        "moneynetpriceperunit",
        "moneynetpriceperquantity",
        "unitlabel",
    ];
    assert_eq!(
        picked(row, &fields),
        json!({
            "quantity": 1, "decimalunitquantity": "1.500", "decimalquantitytotal": "1.500",
            "moneyitemtotal_net": "37.49", "moneyitemtotal_vat": "7.50",
            "moneynetpriceperunit": "24.99", "moneynetpriceperquantity": "37.49",
            "unitlabel": "m",
        })
    );
}

#[tokio::test]
async fn gift_cards_discounts_and_reasons_carry_their_keys() {
    let shop = shop();
    let sale = Sale::at_register(TILL)
        .row(Row::ad_hoc("GIFT", "Gift Card", 5_000, 0).gift_card("GC-1"))
        .row(shop.row("COAT-1").discount(12_000, Some("STAFF")))
        .row(shop.row("BOOK-1").manual_price(1_000, "SHELF"))
        .pay(Tender::gift_card("GC-0"), 2_000)
        .pay_rest(Tender::cash());
    let id = shop.sitoo.sell(sale).expect("a sale");
    let order = shop.order(id).await;
    let extras = |row: usize| order["orderitems"][row]["additionaldata"].clone();
    assert_eq!(extras(0), json!({"giftcard-cardnumber": "GC-1"}));
    let discount =
        json!({"reasoncode-manualdiscount": "STAFF", "orderitem-moneyrowdiscount": "120.00"});
    assert_eq!(extras(1), discount);
    assert_eq!(extras(2), json!({"reasoncode-manualprice": "SHELF"}));
    assert_eq!(order["orderitems"][1]["moneyitemtotal_net"], "0.00", "a discount to zero");
    assert_eq!(order["payments"][0]["additionaldata"], json!({"giftcard-cardnumber": "GC-0"}));
    assert_eq!(order["payments"][1]["moneyamount"], "40.00");
    assert_eq!(order["checkouttypename"], "Sitoo POS - Split");
}

#[tokio::test]
async fn cash_is_rounded_off_on_the_order() {
    let shop = shop();
    let sale = Sale::at_register(TILL).row(shop.row("BOOK-1").gross(1_498)).round_off_to(5);
    let id = shop.sitoo.sell(sale.pay_rest(Tender::cash())).expect("a sale");
    let order = shop.order(id).await;
    assert_eq!(order["moneytotal_gross_roundoff"], "0.02");
    assert_eq!(order["moneytotal_gross_all"], "15.00");
    assert_eq!(order["moneyfinal_net"], "14.98");
    assert_eq!(order["payments"][0]["moneyamount"], "15.00");
    let back = shop.sitoo.refund(Refund::whole(TILL, id)).expect("a return");
    assert_eq!(shop.order(back).await["moneytotal_gross_roundoff"], "-0.02");
    assert_eq!(shop.sitoo.till_totals().gross_pence, 0);
}

#[tokio::test]
async fn shoppers_bookings_and_return_places() {
    let shop = shop();
    let shopper = Shopper {
        email: "ada@example.com".to_owned(),
        first_name: "Ada".to_owned(),
        address: "1 Mill Lane".to_owned(),
        country: "GB".to_owned(),
        member_number: Some("M-9".to_owned()),
        ..Shopper::default()
    };
    let sale = shop.sitoo.sell(shop.coat().shopper(shopper)).expect("a sale");
    let order = shop.order(sale).await;
    let fields = ["email", "namefirst", "namelast", "delivery_address", "delivery_countryid"];
    assert_eq!(
        picked(&order, &fields),
        json!({
            "email": "ada@example.com", "namefirst": "Ada", "namelast": "",
            "delivery_address": "1 Mill Lane", "delivery_countryid": "GB",
        })
    );
    assert_eq!(order["additionaldata"]["crm-membernumber"], "M-9");
    assert_eq!(order["invoice_countryid"], Value::Null);
    let until = till::MORNING + 86_400;
    let booking = shop.sitoo.sell(shop.coat().stage(Stage::Booking(until))).expect("a booking");
    let booking = shop.order(booking).await;
    assert_eq!((&booking["ordertypeid"], &booking["datereserved"]), (&json!(100), &json!(until)));
    let refund = Refund::whole(TILL, sale).into_warehouse(RECLAIMS).row_reason("FAULTY");
    let refund = shop.sitoo.refund(refund).expect("a return");
    let extras = &shop.order(refund).await["orderitems"][0]["additionaldata"];
    assert_eq!(extras["return-warehouseid"], RECLAIMS.to_string());
    assert_eq!(extras["reasoncode-return"], "FAULTY");
}
