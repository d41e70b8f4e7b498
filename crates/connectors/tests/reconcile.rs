//! What a day close reads: Z-reports, registers, receipts, documents with their lines.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::sync::Arc;

use common::{Hand, Say, Script};
use daybook_connectors::{
    Orderwise, OrderwiseSettings, Pace, Sitoo, SitooSettings,
    orderwise::ExportDefinition,
    sitoo::{OrdersQuery, ZReportsQuery, parse_z_report},
};
use daybook_domain::{
    Money, Quantity, Timestamp,
    class::{Class, Failure},
    reconcile::witness::LocalTime,
};

const REPORTS: &str = include_str!("fixtures/sitoo/z_reports.json");
const LOOKUP: &str = include_str!("fixtures/orderwise/lookup.json");
const LINES: &str = include_str!("fixtures/orderwise/lines.json");
const TILL: &str = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}";

fn sitoo(script: &Arc<Script>) -> Sitoo {
    let base = "https://api.mysitoo.com/v2/accounts/10020/".to_owned();
    let settings = SitooSettings::new(base, "10020-140".to_owned(), "hush".to_owned().into());
    Sitoo::new(settings, script.clone(), Hand::at(1_800_000_000)).unwrap()
}

fn orderwise(script: &Arc<Script>) -> Orderwise {
    let base = "https://ow.example/owapi".to_owned();
    let mut settings = OrderwiseSettings::new(base, "u".to_owned(), "x".to_owned().into());
    settings.pace = Pace::UNLIMITED;
    settings.exports.order_totals = Some(ExportDefinition::new(22));
    settings.exports.order_lines = Some(ExportDefinition::new(24));
    Orderwise::new(settings, script.clone(), Hand::at(1_800_000_000)).unwrap()
}

/// The documented report with some texts exchanged for others, as an array.
fn altered(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(REPORTS.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    })
}

fn one(array: &str) -> &str {
    array.trim().strip_prefix('[').unwrap().strip_suffix(']').unwrap()
}

#[test]
fn a_z_report_in_our_words() {
    insta::assert_debug_snapshot!(parse_z_report(one(REPORTS)).unwrap());
}

#[tokio::test]
async fn reports_are_asked_for_by_when_they_arrived() {
    let bad = altered(&[("\"moneysalestotal\":\"40463.75\"", "\"moneysalestotal\":\"lots\"")]);
    let nameless = altered(&[("\"zreportid\":2", "\"zreportid\":null")]);
    let all = format!("[{},{},{}]", one(REPORTS), one(&bad), one(&nameless));
    let script = Script::new([Say::Made(200, all), Say::Body(200, "[]"), Say::Body(200, "{}")]);
    let client = sitoo(&script);
    let page = client.z_reports(&ZReportsQuery::default()).await.outcome.unwrap();
    assert_eq!((page.elements, page.reports.len(), page.strays.len()), (3, 2, 1));
    let added = Some(Timestamp::from_seconds(1_618_225_274));
    for report in &page.reports {
        let key = (report.register_id.as_str(), report.number, report.added_at);
        assert_eq!(key, (TILL, 2, added));
    }
    assert!(page.reports[0].report.is_ok());
    let Err(Failure::Drift { path, .. }) = &page.reports[1].report else { panic!("drift") };
    assert_eq!(path, "moneysalestotal");
    let Failure::Drift { path, .. } = &page.strays[0].fault else { panic!("drift") };
    assert_eq!(path, "[2].zreportid");
    let query =
        ZReportsQuery { added_from: added, added_to: added, register_id: Some(TILL.to_owned()) };
    client.z_reports(&query).await.outcome.unwrap();
    assert_eq!(
        script.asked(),
        [
            "/v2/accounts/10020/pos-z-reports?eshopid=1",
            "/v2/accounts/10020/pos-z-reports?eshopid=1&dateaddedfrom=1618225274\
             &dateaddedto=1618225274&registerid=%7B3CCB9848-155A-49E1-7CA8-5F7F78FC3067%7D",
        ]
    );
    let odd = client.z_reports(&ZReportsQuery::default()).await.outcome.unwrap_err();
    assert_eq!(odd.class(), Class::Drift);
}

#[test]
fn what_old_tills_leave_out_is_not_needed() {
    let text = altered(&[
        ("\"dateopened\":1587110444", "\"dateopened\":null"),
        ("\"dateadded\":1618225274,", ""),
        ("\"moneygrandtotalnet\":\"71807.56\"", "\"moneygrandtotalnet\":null"),
        ("\"numreceipts\":3,", ""),
        ("\"moneytotalnet\":\"14.13\",", ""),
    ]);
    let report = parse_z_report(one(&text)).unwrap();
    assert_eq!((report.opened_at, report.added_at), (None, report.closed_at));
    assert_eq!((report.grand_totals, report.receipts), (None, None));
    assert_eq!(report.sales.vat_groups[0].net, Money::from_pence(1_413));
    for (old, new, at) in [
        ("\"datecreated\":1587110959", "\"datecreated\":-5", "datecreated"),
        ("\"vatvalue\":25", "\"vatvalue\":null", "vatgroupssales[1].vatvalue"),
        ("\"moneytotal\":\"300.00\"", "\"moneytotal\":\"\"", "paymentssales[1].moneytotal"),
    ] {
        let Err(Failure::Drift { path, .. }) = parse_z_report(one(&altered(&[(old, new)]))) else {
            panic!("{at}")
        };
        assert_eq!(path, at);
    }
}

#[test]
fn returns_are_positive_however_they_are_written() {
    let text = altered(&[
        ("\"moneyrefundtotal\":\"0.00\"", "\"moneyrefundtotal\":\"-12.00\""),
        ("\"moneyrefundtotalnet\":\"0.00\"", "\"moneyrefundtotalnet\":\"-10.00\""),
        ("\"numrefund\":0,\"numrefunditems\":0", "\"numrefund\":1,\"numrefunditems\":-1"),
        (
            "\"paymentsrefund\":[]",
            "\"paymentsrefund\":[{\"name\":\"Cash\",\"moneytotal\":\"-12\"}]",
        ),
    ]);
    let refunds = parse_z_report(one(&text)).unwrap().refunds;
    assert_eq!((refunds.gross, refunds.net), (Money::from_pence(1_200), Money::from_pence(1_000)));
    assert_eq!((refunds.count, refunds.items), (1, 1));
    assert_eq!(refunds.payments[0].captured, Money::from_pence(1_200));
}

#[tokio::test]
async fn registers_and_receipts() {
    let registers = r#"{"totalcount":2,"items":[
        {"registerid":"{A}","registerkey":"SII1","warehouseid":5},{"registerid":"{B}"}]}"#;
    let script = Script::new([Say::Body(200, registers), Say::Body(200, "{\"items\":[]}")]);
    let client = sitoo(&script);
    let found = client.cash_registers(1).await.outcome.unwrap();
    assert_eq!((found[0].key.as_deref(), found[0].warehouse_id), (Some("SII1"), Some(5)));
    assert_eq!((found[1].id.as_str(), found[1].key.as_deref()), ("{B}", None));
    let query = OrdersQuery::Receipt("SII000000150000110009".to_owned());
    assert!(client.orders(&query).await.outcome.unwrap().orders.is_empty());
    let asked = script.asked();
    assert_eq!(
        asked[0],
        "/v2/accounts/10020/sites/1/cashregisters.json?includenotregistered=true&start=0&num=1000"
    );
    let wanted = "/v2/accounts/10020/orders.json?receiptid=SII000000150000110009&sort=orderid&";
    assert!(asked[1].starts_with(wanted), "{}", asked[1]);
}

#[tokio::test]
async fn documents_and_their_lines() {
    let script = Script::new([
        Say::Body(200, "\"token\""),
        Say::Body(200, LOOKUP),
        Say::Body(200, LINES),
        Say::Body(200, r#"[{"orderId":1,"orderDate":null}]"#),
        Say::Body(200, r#"[{"orderId":1,"lineNumber":1,"sku":"A","quantity":1,"net":0.005}]"#),
    ]);
    let client = orderwise(&script);
    let [from, to]: [LocalTime; 2] =
        ["2026-10-25T00:00:00", "2026-10-25T01:00:00"].map(|at| at.parse().unwrap());
    let documents = client.ledger_documents(from, to).await.outcome.unwrap().read;
    assert_eq!(
        script.last_body(),
        r#"[{"name":"@from","value":"2026-10-25T00:00:00"},{"name":"@to","value":"2026-10-25T01:00:00"}]"#
    );
    assert_eq!(documents[0].order_date, "2016-05-12T09:18:39".parse().unwrap());
    assert_eq!((documents[0].document.order_id, &documents[0].lines), (36_220, &None));
    let lines = client.ledger_lines(from, to).await.outcome.unwrap().read;
    let (order_id, line) = &lines[0];
    assert_eq!((*order_id, line.quantity), (36_220, Quantity::from_units(2)));
    assert_eq!((line.net, line.gross), (Money::from_pence(2_000), Money::from_pence(2_400)));
    assert_eq!((line.tax_code.as_deref(), line.stock_location_id), (Some("T1"), Some(3)));
    assert_eq!((lines[1].1.sku.as_str(), &lines[1].1.tax_code), ("", &None));
    let rows = client.ledger_documents(from, to).await.outcome.unwrap();
    assert_eq!(rows.odd[0].to_string(), "order-totals(22)[0].orderDate is empty");
    assert_eq!((rows.read.len(), rows.odd[0].order_id), (0, Some(1)));
    let rows = client.ledger_lines(from, to).await.outcome.unwrap();
    assert_eq!((rows.read.len(), rows.odd[0].path.as_str()), (0, "order-lines(24)[0].net"));
}
