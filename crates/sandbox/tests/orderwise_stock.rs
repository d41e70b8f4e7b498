//! Free stock that is calculated (facts/orderwise 4): the truth and the figure that is shown.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod shop;

use daybook_sandbox::orderwise::{OrderWise, StockCalculation};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shop::{SECOND, Shop, order};

fn units(number: i64) -> Decimal {
    Decimal::from(number)
}

/// `(truth, figure)` of ABC-1 at location 1.
fn abc(company: &OrderWise) -> (Decimal, Decimal) {
    let (level, _) = company.stock_level("ABC-1", 1).unwrap();
    (level.free, level.figure)
}

async fn rows(shop: &Shop, since: &str) -> Vec<Value> {
    shop.export(104, &[("@since", since)]).await.json().as_array().unwrap().clone()
}

/// The export's figure for ABC-1, with its time.
async fn shown(shop: &Shop) -> (Value, String) {
    let rows = rows(shop, "2026-10-05").await;
    let row = rows.iter().find(|row| row["sku"] == "ABC-1").unwrap();
    (row["freeStock"].clone(), row["lastCalculated"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_figure_holds_what_was_stored_before_its_calculation_and_nothing_later() {
    let shop = Shop::new();
    shop.company.switch(|s| s.calculation = StockCalculation::EveryS(60));
    shop.clock.pass(10 * SECOND);
    shop.place(3, &order("S-1")).await;
    assert_eq!(abc(&shop.company), (units(8), units(10)));
    assert_eq!(shown(&shop).await, (json!(10.0), "2026-10-05T11:00:00.000".to_owned()));
    // The calculation of 11:01 takes place by itself; the order of 11:01:20 comes after it.
    shop.clock.pass(70 * SECOND);
    shop.place(3, &order("S-2")).await;
    assert_eq!(shown(&shop).await, (json!(8.0), "2026-10-05T11:01:00.000".to_owned()));
    assert_eq!(shop.company.stock_level("ABC-1", 1).unwrap().1.documents, 1);
    shop.clock.pass(60 * SECOND);
    assert_eq!(shown(&shop).await, (json!(6.0), "2026-10-05T11:02:00.000".to_owned()));
    // Nothing changed since: nothing is calculated again.
    shop.clock.pass(600 * SECOND);
    assert_eq!(shown(&shop).await.1, "2026-10-05T11:02:00.000");
    assert_eq!(shop.get("stock/1001").await.json()[0]["freeStock"], json!(6.0));
}

#[tokio::test]
async fn what_is_stored_in_the_instant_of_a_calculation_is_not_inside_it() {
    let shop = Shop::new();
    shop.company.switch(|s| s.calculation = StockCalculation::EveryS(60));
    shop.clock.pass(30 * SECOND);
    shop.place(3, &order("S-1")).await;
    shop.clock.pass(30 * SECOND);
    shop.place(3, &order("S-2")).await;
    let (figure, calculated) = shown(&shop).await;
    assert_eq!(figure, json!(8.0));
    assert_eq!(shop.lookup("S-2").await[0]["storedAt"], json!(calculated));
}

#[tokio::test]
async fn on_demand_nothing_is_calculated_until_somebody_asks() {
    let shop = Shop::new();
    shop.company.switch(|s| s.calculation = StockCalculation::OnDemand);
    shop.place(3, &order("S-1")).await;
    shop.clock.pass(100_000 * SECOND);
    assert_eq!(abc(&shop.company), (units(8), units(10)));
    shop.company.calculate_stock();
    assert_eq!(abc(&shop.company), (units(8), units(8)));
    shop.company.move_stock("ABC-1", 1, units(-9));
    shop.company.switch(|s| s.calculation = StockCalculation::AtOnce);
    assert_eq!(abc(&shop.company), (units(-1), units(-1)));
}

#[tokio::test]
async fn times_come_with_a_fraction_or_in_whole_seconds() {
    let shop = Shop::new();
    shop.clock.pass(SECOND + 750_000);
    shop.place(3, &order("S-1")).await;
    assert_eq!(shown(&shop).await.1, "2026-10-05T11:00:01.750");
    shop.company.switch(|s| {
        s.calculated_whole_seconds = true;
        s.stored_at_whole_seconds = true;
    });
    shop.company.move_stock("ABC-1", 1, units(1));
    assert_eq!(shown(&shop).await.1, "2026-10-05T11:00:01.000");
    assert_eq!(shop.lookup("S-1").await[0]["storedAt"], json!("2026-10-05T11:00:01.000"));
}

#[tokio::test]
async fn a_stale_export_answers_as_it_would_have_some_time_ago() {
    let shop = Shop::new();
    shop.company.switch(|s| s.stock_export_lag_s = 120);
    shop.clock.pass(60 * SECOND);
    shop.company.move_stock("ABC-1", 1, units(-1));
    shop.clock.pass(60 * SECOND);
    shop.company.move_stock("ABC-1", 1, units(-1));
    shop.company.set_stock("ABC-1", 2, units(5));
    for (minutes, expected, rows_then) in [(0, "10.0", 3), (1, "9.0", 3), (1, "8.0", 4)] {
        shop.clock.pass(minutes * 60 * SECOND);
        assert_eq!(shown(&shop).await.0.to_string(), expected);
        assert_eq!(rows(&shop, "2026-10-05").await.len(), rows_then);
    }
    assert_eq!(abc(&shop.company).1, units(8), "the figure itself is never stale");
}

#[tokio::test]
async fn a_kit_has_what_its_scarcest_component_allows_and_its_sale_takes_components() {
    let shop = Shop::new();
    let company = &shop.company;
    assert!(!company.set_components("SEAT-5", &[("NO-SUCH", units(1))]));
    assert!(company.set_components("SEAT-5", &[("ABC-1", units(2)), ("BOOK-0", units(1))]));
    assert_eq!(company.free_stock("SEAT-5", 1), Some(units(5)));
    assert!(!company.set_stock("SEAT-5", 1, units(99)), "a kit has no stock of its own");
    assert!(!company.set_components("BOOK-0", &[("SEAT-5", units(1))]), "no kit in a kit");
    let mut body = order("S-1");
    body["orderLines"][0]["variantCode"] = json!("SEAT-5");
    assert_eq!(shop.place(3, &body).await.status, 200);
    assert_eq!(company.free_stock("ABC-1", 1), Some(units(6)));
    assert_eq!(company.free_stock("BOOK-0", 1), Some(units(8)));
    assert_eq!(company.free_stock("SEAT-5", 1), Some(units(3)));
    company.move_stock("BOOK-0", 1, units(-10));
    assert_eq!(company.free_stock("SEAT-5", 1), Some(units(-2)), "oversold");
    let rows = rows(&shop, "2026-10-05").await;
    assert!(rows.iter().any(|row| row["sku"] == "SEAT-5" && row["freeStock"] == json!(-2.0)));
}

#[tokio::test]
async fn orders_of_other_channels_take_stock_and_have_documents() {
    let shop = Shop::new();
    let order_id = shop.company.other_order("WEB-1", &[("abc-1", 1, units(3))]).unwrap();
    assert_eq!(abc(&shop.company).0, units(7));
    assert_eq!(shop.lookup("WEB-1").await[0]["orderId"], json!(order_id));
    assert_eq!(shop.lookup("WEB-1").await[0]["gross"], json!(36.0));
    assert_eq!(shop.company.other_order("WEB-2", &[("NO-SUCH", 1, units(1))]), None);
    assert_eq!(shop.company.document_count(), 1);
}

#[tokio::test]
async fn what_an_export_gave_can_be_looked_at() {
    let shop = Shop::new();
    shop.company.switch(|s| s.keep_given = true);
    shop.place(3, &order("S-1")).await;
    rows(&shop, "2026-10-05").await;
    let given = shop.company.take_given();
    let abc = given.iter().find(|given| &*given.sku == "ABC-1").unwrap();
    assert_eq!((abc.figure, abc.calculated.documents), (units(8), 1));
    assert!(shop.company.take_given().is_empty());
}
