//! Deliveries in Sitoo, and what OrderWise tells of its despatches.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::sync::Arc;

use common::{Hand, Say, Script};
use daybook_connectors::{
    Orderwise, OrderwiseSettings, Pace, Sitoo, SitooSettings,
    orderwise::ExportDefinition,
    sitoo::{NewDelivery, log_type, parse_order},
};
use daybook_domain::{
    Quantity, Reference, Timestamp, class::Failure, supply::DeliveredItem, till::OrderState,
};

const ORDER: Reference = Reference { site_id: 1, order_id: 11_511 };

/// As documented (facts/sitoo 9).
const DELIVERIES: &str = r#"{"totalcount":2,"items":[
{"orderdeliveryid":10,"orderid":11511,"warehouseid":1,"orderdeliveryref":"","datedelivery":1463041059,
"datecancelled":null,"pluginname":"","orderdeliveryitems":[{"orderdeliveryitemid":14,
"orderdeliveryid":10,"orderitemid":0,"quantity":2}]},
{"orderdeliveryid":11,"orderid":11511,"warehouseid":40,"orderdeliveryref":" D123 ","datedelivery":1463041060,
"datecancelled":1463041061,"orderdeliveryitems":[]}]}"#;

const LOG: &str = r#"{"totalcount":2,"items":[
{"datelog":1550669772,"orderid":11511,"orderlogtypeid":0,"strvalue":null,"fvalue":null},
{"datelog":1550669773,"orderid":11511,"orderlogtypeid":900,"strvalue":null,"fvalue":null}]}"#;

fn sitoo(script: &Arc<Script>) -> Sitoo {
    let base = "https://api.mysitoo.com/v2/accounts/10020/".to_owned();
    let settings = SitooSettings::new(base, "10020-140".to_owned(), "hush".to_owned().into());
    Sitoo::new(settings, script.clone(), Hand::at(1_800_000_000)).unwrap()
}

fn delivery() -> NewDelivery {
    let item = |row, pieces| DeliveredItem { row, pieces };
    NewDelivery {
        warehouse_id: 2,
        reference: "D123456789".to_owned(),
        items: vec![item(0, 1), item(1, 2)],
        ignore_stock: true,
    }
}

#[tokio::test]
async fn deliveries_and_the_log_as_documented() {
    let script = Script::new([Say::Body(200, DELIVERIES), Say::Body(200, LOG)]);
    let client = sitoo(&script);
    let all = client.order_deliveries(ORDER).await.outcome.unwrap();
    assert_eq!((all[0].id, all[0].warehouse_id, all[0].cancelled_at), (10, 1, None));
    assert_eq!(all[0].items, [DeliveredItem { row: 0, pieces: 2 }]);
    assert_eq!(all[0].delivered_at, Some(Timestamp::from_seconds(1_463_041_059)));
    assert_eq!((all[1].reference.as_str(), all[1].cancelled_at.is_some()), ("D123", true));
    let log = client.order_log(ORDER).await.outcome.unwrap();
    assert_eq!(log[1].kind, log_type::READY_FOR_PICKUP);
    let base = "/v2/accounts/10020/sites/1/orders/11511";
    assert_eq!(
        script.asked(),
        [
            format!("{base}/orderdeliveries.json?start=0&num=1000"),
            format!("{base}/orderlogitems.json?start=0&num=1000"),
        ]
    );
}

#[tokio::test]
async fn a_delivery_as_sitoo_wants_it() {
    let script = Script::new([
        Say::Body(200, "12"),
        Say::Body(200, r#"[{"statuscode":200,"return":13}]"#),
        Say::Body(200, "true"),
    ]);
    let client = sitoo(&script);
    assert_eq!(client.add_delivery(ORDER, &delivery()).await.outcome, Ok(12));
    let body: serde_json::Value = serde_json::from_str(&script.last_body()).unwrap();
    let wanted = serde_json::json!({
        "warehouseid": 2, "orderdeliveryref": "D123456789",
        "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}, {"orderitemid": 1, "quantity": 2}],
    });
    assert_eq!(body, wanted);
    let moves = NewDelivery { ignore_stock: false, ..delivery() };
    assert_eq!(client.add_delivery(ORDER, &moves).await.outcome, Ok(13));
    client.set_order_state(ORDER, OrderState::Closed).await.outcome.unwrap();
    assert_eq!(script.last_body(), r#"{"orderstateid":10}"#);
    let base = "/v2/accounts/10020/sites/1/orders/11511";
    assert_eq!(
        script.asked(),
        [
            format!("{base}/orderdeliveries.json?ignorestock=true"),
            format!("{base}/orderdeliveries.json"),
            format!("{base}.json"),
        ]
    );
}

#[tokio::test]
async fn what_does_not_say_that_it_worked_is_in_doubt() {
    for answer in ["", "true", "0", "{}", "[]", r#"[{"statuscode":500}]"#, "<html>"] {
        let script = Script::new([Say::Body(200, answer)]);
        let failure = sitoo(&script).add_delivery(ORDER, &delivery()).await.outcome.unwrap_err();
        assert!(matches!(failure, Failure::InDoubt { .. }), "{answer}: {failure:?}");
    }
    let refusal = r#"{"statuscode":400,"errortext":"Invalid value"}"#;
    let script = Script::new([Say::Body(400, refusal)]);
    let failure = sitoo(&script).add_delivery(ORDER, &delivery()).await.outcome.unwrap_err();
    assert!(matches!(failure, Failure::Refused { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_delivery_without_its_rows_is_drift() {
    let body = r#"{"items":[{"orderdeliveryid":10,"warehouseid":1}]}"#;
    let script = Script::new([Say::Body(200, body)]);
    let failure = sitoo(&script).order_deliveries(ORDER).await.outcome.unwrap_err();
    let Failure::Drift { path, .. } = failure else { panic!("{failure:?}") };
    assert_eq!(path, "items[0].orderdeliveryitems");
}

#[test]
fn what_the_till_says_of_goods_to_come() {
    let order = r#"{"orderid":7,"eshopid":1,"ordertypeid":10,"orderstateid":0,"paymentstateid":20,
        "orderdate":1463041119,"currencycode":"GBP","warehouseid":5,"registerid":"{A}",
        "invoice_address":"9 High Street","delivery_countryid":"GB","moneytotal_gross_all":"0.00",
        "orderitems":[{"orderitemid":0,"sku":"A","quantity":3,"decimalunitquantity":"0.500",
        "vatvalue":20,"moneyitemtotal_net":"0.00","moneyitemtotal_vat":"0.00"}],"payments":[],
        "additionaldata":{"delivery-pickup-externalid":" 200 ","delivery-pickup-warehouseid":"6",
        "delivery-carrier-productid":"dpd","delivery-ignore-stock":"true"}}"#;
    let order = parse_order(order).unwrap();
    let choice = &order.delivery;
    assert_eq!(choice.pickup_external_id.as_deref(), Some("200"));
    assert_eq!((choice.pickup_warehouse_id, choice.ignore_stock), (Some(6), true));
    assert_eq!(choice.carrier_product_id.as_deref(), Some("dpd"));
    assert!(!choice.address.is_known() && choice.is_pickup());
    assert_eq!(order.shopper.address.line1, "9 High Street");
    assert_eq!(order.rows[0].pieces, Some(3));
    assert_eq!(order.rows[0].quantity, Quantity::from_thousandths(1_500));
}

#[tokio::test]
async fn despatches_as_the_export_tells_them() {
    let rows = r#"[
        {"orderId":1,"orderNumber":6,"reference":"S1-7","orderStatus":"Completed","deliveryId":77,
         "despatchedAt":"2026-10-05T10:00:00","courier":"DPD","consignmentNumber":"D1",
         "trackingUrl":null,"lineNumber":1,"sku":"ABC","quantity":1.0},
        {"orderId":2,"orderNumber":"7","reference":null,"orderStatus":"On hold","deliveryId":null,
         "despatchedAt":null,"courier":null,"consignmentNumber":null,"trackingUrl":null,
         "lineNumber":null,"sku":null,"quantity":null}]"#;
    let script = Script::new([Say::Body(200, "\"tok\""), Say::Body(200, rows)]);
    let base = "https://shop.orderwisecloud.com/owapi".to_owned();
    let mut settings = OrderwiseSettings::new(base, "daybook".to_owned(), "hush".to_owned().into());
    settings.pace = Pace::UNLIMITED;
    settings.exports.despatches = Some(ExportDefinition::new(26));
    let client = Orderwise::new(settings, script.clone(), Hand::at(1_800_000_000)).unwrap();
    let since = Timestamp::from_seconds(1_791_187_200);
    let told = client.despatches(since).await.outcome.unwrap().read;
    assert_eq!(script.last_body(), r#"[{"name":"@since","value":"2026-10-05T09:00:00"}]"#);
    let parcel = told[0].delivery.as_ref().unwrap();
    assert_eq!((parcel.delivery_id, parcel.consignment.as_deref()), (77, Some("D1")));
    assert_eq!(parcel.despatched_at, Some(Timestamp::from_seconds(1_791_190_800)));
    let line = told[0].line.as_ref().unwrap();
    assert_eq!((line.number, line.quantity), (Some(1), Quantity::from_units(1)));
    assert_eq!((told[1].delivery.as_ref(), told[1].line.as_ref()), (None, None));
    assert_eq!((told[1].status.as_str(), told[1].reference.as_str()), ("On hold", ""));
}
