//! Placing orders and credits (facts/orderwise 2.2, 2.6, 5.4, 6, 11).

mod shop;

use daybook_sandbox::orderwise::{ErrorShape, ItemNet, TaxArithmetic};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shop::{Answer, Shop, order, order_of};

#[tokio::test]
async fn an_order_is_stored_and_answered_as_documented() {
    let shop = Shop::new();
    let answer = shop.place(3, &order("S-1001")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let expected =
        json!({"orderId": 36220, "orderNumber": "SO-3622", "eCommerceOrderNumber": "S-1001"});
    assert_eq!(answer.json(), expected);
    let [document] = &shop.company.documents()[..] else { panic!("one document") };
    assert_eq!((document.net, document.tax, document.gross), (2000, 400, 2400));
    assert_eq!(document.payments[0].amount, 2400);
    assert_eq!(&*document.payments[0].reference, "Visa");
    assert_eq!(document.customer, 1375);
    assert_eq!(shop.company.free_stock("ABC-1", 1), Some(Decimal::from(8)));
    shop.company.switch(|s| s.order_status = 201);
    assert_eq!(shop.place(3, &order("S-1002")).await.status, 201);
}

#[tokio::test]
async fn keys_have_no_letter_case_and_customers_go_by_account_too() {
    let shop = Shop::new();
    let body = r#"{"CUSTOMER":{"AccountNumber":"store-1"},"ORDERHEADER":{"ecommerceordernumber":"A\"b:","SystemOrderType":1},
        "orderlines":[{"VariantCode":"abc-1","QUANTITY":"1","itemgross":12.00}],"Payments":null}"#;
    let answer = shop.post_text("sales/order?session_id=3", body.to_owned()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["eCommerceOrderNumber"], "A\"b:");
}

fn messages(answer: &Answer) -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::String(text) => found.extend(text.split("\r\n").map(str::to_owned)),
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            Value::Object(map) => map.values().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(&answer.json(), &mut found);
    found
}

#[tokio::test]
async fn every_fault_is_named_at_once_in_every_nesting() {
    let shop = Shop::new();
    shop.company.set_variant_active("BOOK-0", false);
    let mut body = order("S-1");
    body["customer"] = json!({ "id": 99 });
    body["orderHeader"]["deliveryMethodId"] = json!(98);
    body["payments"][0]["paymentMethodId"] = json!(97);
    body["orderLines"] = json!([
        { "variantCode": "NOPE", "quantity": 1, "itemGross": 1.00 },
        { "variantCode": "BOOK-0", "quantity": 1, "itemGross": 1.00 },
        { "quantity": 1, "itemGross": 1.00 },
        { "variantCode": "ABC-1", "quantity": 1, "itemGross": 1.00, "taxRateId": 96,
          "stockLocationId": 95 },
    ]);
    let expected = [
        "Order number S-1 customer id: 99 does not exist",
        "Order number S-1 delivery method id: 98 does not exist",
        "Order number S-1 line 1 variant code: NOPE does not exist or is not active",
        "Order number S-1 line 2 variant code: BOOK-0 does not exist or is not active",
        "Order number S-1 line 3 no variant has been provided",
        "Order number S-1 line 4 tax rate id: 96 does not exist",
        "Order number S-1 line 4 stock location id: 95 does not exist",
        "Order number S-1 payment method id: 97 does not exist",
    ];
    for shape in [
        ErrorShape::Message,
        ErrorShape::List,
        ErrorShape::Nested,
        ErrorShape::Array,
        ErrorShape::ModelState,
        ErrorShape::Mixed,
    ] {
        shop.company.switch(|s| s.error_shape = shape);
        let answer = shop.place(3, &body).await;
        assert_eq!(answer.status, 400);
        let found = messages(&answer);
        for text in expected {
            assert!(found.iter().any(|found| found == text), "{shape:?}: {text} in {found:?}");
        }
    }
    assert_eq!(shop.company.document_count(), 0);
}

#[tokio::test]
async fn unknown_sessions_missing_lines_and_broken_bodies_are_400() {
    let shop = Shop::new();
    let answer = shop.place(99, &order("S-1")).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["Message"], "E-commerce session 99 does not exist");
    let mut body = order("S-1");
    body["orderLines"] = json!([]);
    assert_eq!(shop.place(3, &body).await.status, 400);
    let broken = shop.post_text("sales/order?session_id=3", "{\"customer\":".to_owned()).await;
    assert_eq!(broken.status, 400);
    assert_eq!(broken.json()["Message"], "The request is invalid.");
    let mut body = order("S-1");
    body["orderHeader"]["systemOrderType"] = json!(7);
    assert_eq!(shop.place(3, &body).await.status, 400);
    // Called without a session (facts 2.2).
    assert_eq!(shop.post("sales/order", &order("S-1")).await.status, 200);
}

#[tokio::test]
async fn a_session_treats_a_repeated_number_by_its_policy() {
    let shop = Shop::new();
    for session in [3, 4, 5] {
        assert_eq!(shop.place(session, &order("S-1")).await.status, 200);
    }
    assert_eq!(shop.company.document_count(), 3, "numbers are checked per session");
    let rejected = shop.place(3, &order("S-1")).await;
    assert_eq!(rejected.status, 400);
    assert!(rejected.text.contains("Order number S-1 has already been imported"));
    let first = shop.place(4, &order("s-1 ")).await;
    assert_eq!((first.status, &first.json()["orderId"]), (200, &json!(36221)));
    assert_eq!(shop.company.document_count(), 3);
    let second = shop.place(5, &order("S-1")).await;
    assert_eq!((second.status, &second.json()["orderId"]), (200, &json!(36223)));
    assert_eq!(shop.company.documents_by_reference("S-1").len(), 4);
}

#[tokio::test]
async fn tax_is_taken_out_of_each_line_half_up_or_out_of_each_rate() {
    let shop = Shop::new();
    // 0.99 at 20 %: 0.165 rounds to 0.17 per line; three lines 2.97: 0.495 rounds to 0.50.
    let lines = [("ABC-1", "1", "0.99", 1); 3];
    let body = order_of("S-1", &lines);
    assert_eq!(shop.post_text("sales/order?session_id=3", body).await.status, 200);
    shop.company.switch(|s| s.tax = TaxArithmetic::PerOrder);
    let body = order_of("S-2", &lines);
    assert_eq!(shop.post_text("sales/order?session_id=3", body).await.status, 200);
    let documents = shop.company.documents();
    assert_eq!((documents[0].gross, documents[0].tax), (297, 51));
    assert_eq!((documents[1].gross, documents[1].tax, documents[1].net), (297, 50, 247));
}

#[tokio::test]
async fn amounts_are_exact_with_decimal_quantities_and_several_rates() {
    let shop = Shop::new();
    // 0.615 kg at 1.00 is 0.615: half up gives 0.62, a float would give 0.61 or 0.62 by luck.
    let lines =
        [("ABC-1", "0.615", "1.00", 1), ("BOOK-0", "1", "7.99", 3), ("SEAT-5", "1", "10.50", 2)];
    let body = order_of("S-1", &lines);
    assert_eq!(shop.post_text("sales/order?session_id=3", body).await.status, 200);
    let [document] = &shop.company.documents()[..] else { panic!("one document") };
    let taxes: Vec<_> = document.lines.iter().map(|line| (line.gross, line.tax)).collect();
    assert_eq!(taxes, [(62, 10), (799, 0), (1050, 50)]);
    assert_eq!((document.net, document.tax, document.gross), (1851, 60, 1911));
    assert_eq!(shop.company.free_stock("ABC-1", 1), Some("9.385".parse().unwrap()));
}

#[tokio::test]
async fn item_net_is_ignored_or_priced_or_taken_as_it_stands() {
    let shop = Shop::new();
    let mut body = order("S-0");
    body["orderLines"][0]["itemNet"] = json!(9.99);
    for (number, item_net) in
        [("S-1", ItemNet::Ignore), ("S-2", ItemNet::AddTax), ("S-3", ItemNet::Difference)]
    {
        shop.company.switch(|s| s.item_net = item_net);
        body["orderHeader"]["eCommerceOrderNumber"] = json!(number);
        assert_eq!(shop.place(3, &body).await.status, 200);
    }
    let amounts: Vec<_> =
        shop.company.documents().iter().map(|d| (d.net, d.tax, d.gross)).collect();
    assert_eq!(amounts, [(2000, 400, 2400), (1998, 400, 2398), (1998, 402, 2400)]);
}

#[tokio::test]
async fn delivery_is_part_of_the_total_and_the_total_can_be_held_against_the_lines() {
    let shop = Shop::new();
    shop.company.switch(|s| s.gross_must_match = true);
    let mut body = order("S-1");
    body["orderHeader"]["deliveryGross"] = json!(3.00);
    assert_eq!(shop.place(3, &body).await.status, 400);
    body["orderHeader"]["orderGross"] = json!(27.00);
    assert_eq!(shop.place(3, &body).await.status, 200);
    let [document] = &shop.company.documents()[..] else { panic!("one document") };
    assert_eq!(
        (document.net, document.tax, document.gross, document.delivery),
        (2250, 450, 2700, 300)
    );
}

fn credit(number: &str, quantity: i64, return_to_stock: Option<bool>) -> Value {
    let mut body = order(number);
    body["orderHeader"]["systemOrderType"] = json!(4);
    body["orderHeader"]["originalReference"] = json!("S-1");
    body["orderLines"][0]["quantity"] = json!(quantity);
    if let Some(flag) = return_to_stock {
        body["orderLines"][0]["returnToStock"] = json!(flag);
    }
    body
}

#[tokio::test]
async fn a_credit_is_positive_and_puts_the_goods_back_unless_told_not_to() {
    let shop = Shop::new();
    assert_eq!(shop.place(3, &order("S-1")).await.status, 200);
    assert_eq!(shop.place(3, &credit("R-1", 1, None)).await.status, 200);
    assert_eq!(shop.company.free_stock("ABC-1", 1), Some(Decimal::from(9)));
    assert_eq!(shop.place(3, &credit("R-2", 1, Some(false))).await.status, 200);
    assert_eq!(shop.company.free_stock("ABC-1", 1), Some(Decimal::from(9)));
    let totals = shop.company.totals();
    assert_eq!((totals.orders_gross, totals.credits_gross, totals.credits), (2400, 2400, 2));
    let refused = shop.place(3, &credit("R-3", -1, None)).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("positive"));
    shop.company.switch(|s| s.refuse_negative_credits = false);
    assert_eq!(shop.place(3, &credit("R-3", -1, None)).await.status, 200);
}

#[tokio::test]
async fn a_credit_of_an_unknown_sale_can_be_refused() {
    let shop = Shop::new();
    assert_eq!(shop.place(3, &credit("R-1", 1, None)).await.status, 200);
    shop.company.switch(|s| s.original_must_exist = true);
    assert_eq!(shop.place(3, &credit("R-2", 1, None)).await.status, 400);
    assert_eq!(shop.place(3, &order("S-1")).await.status, 200);
    assert_eq!(shop.place(3, &credit("R-2", 1, None)).await.status, 200);
}

#[tokio::test]
async fn amounts_beyond_any_currency_are_refused_not_panicked_at() {
    let shop = Shop::new();
    for (quantity, gross) in [
        ("1", "99999999999999999999999999"),
        ("99999999999999999999999999", "99999999999999999999"),
        ("1e20", "1e9"),
    ] {
        let body = order_of("S-1", &[("ABC-1", quantity, gross, 1)]);
        let answer = shop.post_text("sales/order?session_id=3", body).await;
        assert_eq!(answer.status, 400, "{quantity} x {gross}");
    }
}

#[tokio::test]
async fn stock_may_go_below_zero_and_the_default_location_serves_lines_without_one() {
    let shop = Shop::new();
    let body = order_of("S-1", &[("ABC-1", "12.5", "1.00", 1)]);
    assert_eq!(shop.post_text("sales/order?session_id=3", body).await.status, 200);
    assert_eq!(shop.company.free_stock("ABC-1", 1), Some("-2.5".parse().unwrap()));
    shop.company.switch(|s| s.default_location = 2);
    let mut body = order("S-2");
    body["orderLines"][0].as_object_mut().unwrap().remove("stockLocationId");
    assert_eq!(shop.place(3, &body).await.status, 200);
    assert_eq!(shop.company.free_stock("ABC-1", 2), Some(Decimal::from(-2)));
}

#[tokio::test(start_paused = true)]
async fn parallel_writes_can_be_refused() {
    let shop = Shop::new();
    shop.company.switch(|s| {
        s.service_time_ms = 50;
        s.parallel_write_status = Some(500);
    });
    let (first, second) = (order("S-1"), order("S-2"));
    let (first, second) = tokio::join!(shop.place(3, &first), shop.place(3, &second));
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 500]);
    assert_eq!(shop.company.document_count(), 1);
    assert_eq!(shop.place(3, &order("S-3")).await.status, 200);
}

#[tokio::test]
async fn a_body_is_kept_only_on_demand() {
    let shop = Shop::new();
    shop.place(3, &order("S-1")).await;
    shop.company.switch(|s| s.keep_bodies = true);
    shop.place(3, &order("S-2")).await;
    let documents = shop.company.documents();
    assert_eq!(documents[0].body, None);
    let kept: Value = serde_json::from_str(documents[1].body.as_deref().unwrap()).unwrap();
    assert_eq!(kept, order("S-2"));
}

#[tokio::test]
async fn a_body_cut_off_anywhere_is_400_and_never_a_panic() {
    let shop = Shop::new();
    let body = order("S-\\\"1\u{e9}").to_string();
    for end in (0..body.len()).filter(|end| body.is_char_boundary(*end)) {
        let answer = shop.post_text("sales/order?session_id=3", body[..end].to_owned()).await;
        assert_eq!(answer.status, 400, "{}", &body[..end]);
    }
    assert_eq!(shop.post_text("sales/order?session_id=3", body).await.status, 200);
}
