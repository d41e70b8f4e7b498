//! Orders with rows to come: sent from elsewhere, collected later (facts/sitoo 2.7 and 8).
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use daybook_sandbox::sitoo::till::{Sale, Shopper, Stage, TillError};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use till::{FLOOR, MORNING, OTHER_TILL, Shop, TILL, shop};

/// Two coats and a book; one coat is taken along.
fn mixed(shop: &Shop) -> Sale {
    let address = Shopper {
        first_name: "Ada".to_owned(),
        address: "1 Mill Lane".to_owned(),
        country: "GB".to_owned(),
        ..Shopper::default()
    };
    Sale::at_register(TILL)
        .row(shop.row("COAT-1").times(2))
        .row(shop.row("BOOK-1"))
        .stage(Stage::OpenPaid)
        .taken(0, 1)
        .shopper(address)
        .carrier("DPD-NEXT")
}

async fn deliveries(shop: &Shop, id: i64) -> Vec<Value> {
    let path = format!("/sites/1/orders/{id}/orderdeliveries.json?num=100");
    shop.get(&path).await["items"].as_array().expect("items").clone()
}

async fn ship(shop: &Shop, id: i64, rows: &[(i64, i64)]) -> till::Reply {
    let items =
        rows.iter().map(|(row, quantity)| json!({"orderitemid": row, "quantity": quantity}));
    let body = json!({"warehouseid": 2, "orderdeliveryref": "D123456789",
                      "orderdeliveryitems": items.collect::<Vec<_>>()});
    let path = format!("/sites/1/orders/{id}/orderdeliveries.json?ignorestock=true");
    shop.call(Method::POST, &path, Some(&body)).await
}

#[tokio::test]
async fn a_mixed_basket_is_open_until_all_has_left() {
    let shop = shop();
    let id = shop.sitoo.sell(mixed(&shop)).expect("an order");
    let order = shop.order(id).await;
    let states = json!([order["orderstateid"], order["paymentstateid"], order["ordertypeid"]]);
    assert_eq!(states, json!([0, 20, 10]));
    assert_eq!(order["additionaldata"]["delivery-carrier-productid"], "DPD-NEXT");
    assert_eq!(order["delivery_address"], "1 Mill Lane");
    let along = json!({
        "orderdeliveryid": 1, "orderid": id, "warehouseid": FLOOR, "orderdeliveryref": "",
        "datedelivery": MORNING, "datecancelled": null, "pluginname": "",
        "orderdeliveryitems": [{"orderdeliveryitemid": 1000, "orderdeliveryid": 1,
                                "orderitemid": 0, "quantity": 1}],
    });
    assert_eq!(deliveries(&shop, id).await, [along]);
    assert_eq!(ship(&shop, id, &[(0, 1)]).await.body, json!(2));
    assert_eq!(shop.order(id).await["orderstateid"], 0);
    assert_eq!(ship(&shop, id, &[(1, 1)]).await.body, json!(3));
    assert_eq!(shop.order(id).await["orderstateid"], 10);
    let last = &deliveries(&shop, id).await[2];
    assert_eq!(
        (&last["warehouseid"], &last["orderdeliveryref"]),
        (&json!(2), &json!("D123456789"))
    );
    assert_eq!(shop.sitoo.last_transaction(), 1, "only what was taken along moved");
}

#[tokio::test]
async fn more_than_is_left_cannot_be_delivered() {
    let shop = shop();
    let id = shop.sitoo.sell(mixed(&shop)).expect("an order");
    for rows in [&[(0, 2)][..], &[(0, 1), (0, 1)], &[(7, 1)], &[(1, -1)], &[(1, 0)], &[]] {
        assert_eq!(ship(&shop, id, rows).await.status, StatusCode::BAD_REQUEST, "{rows:?}");
    }
    assert_eq!(ship(&shop, id, &[(0, 1), (1, 1)]).await.status, StatusCode::OK);
    assert_eq!(ship(&shop, id, &[(1, 1)]).await.status, StatusCode::BAD_REQUEST, "closed and full");
    let odd = mixed(&shop).taken(1, 2);
    assert_eq!(shop.sitoo.sell(odd), Err(TillError::BadRow));
}

#[tokio::test]
async fn what_is_collected_elsewhere_leaves_from_there() {
    let shop = shop();
    shop.sitoo.switch(|switches| switches.events = true);
    let sale = mixed(&shop).collect_at("LK-YORK");
    let id = shop.sitoo.sell(sale).expect("an order");
    shop.sitoo.ready_for_pickup(id).expect("an order");
    shop.sitoo.reject_pickup(id).expect("an order");
    shop.sitoo.collect(id, OTHER_TILL).expect("a collection");
    let order = shop.order(id).await;
    assert_eq!(order["orderstateid"], 10);
    assert_eq!(order["additionaldata"]["delivery-pickup-externalid"], "LK-YORK");
    let log = order["orderlogitems"].as_array().expect("a log");
    let kinds: Vec<_> = log.iter().filter_map(|row| row["orderlogtypeid"].as_i64()).collect();
    assert_eq!(kinds[kinds.len() - 2..], [900, 910]);
    let kinds = |event: Value| event["data"]["order_event_type"].as_str().map(str::to_owned);
    let told: Vec<_> = shop.sitoo.take_events(9).into_iter().filter_map(kinds).collect();
    assert_eq!(told, ["add", "ready-for-pickup", "pickup-rejected", "update"]);
    let level = |warehouse| shop.sitoo.stock_level(warehouse, "COAT-1").map(|level| level.total);
    assert_eq!((level(FLOOR), level(2)), (Some(-1_000), Some(-1_000)));
    assert_eq!(shop.sitoo.collect(id, OTHER_TILL), Err(TillError::BadDelivery(id)));
}

#[tokio::test]
async fn a_till_that_closes_hands_over_the_rest() {
    let shop = shop();
    let id = shop.sitoo.sell(mixed(&shop)).expect("an order");
    shop.sitoo.close(id, None).expect("a close");
    let views = shop.sitoo.deliveries(id);
    let rows: Vec<_> = views.iter().map(|view| (view.by_till, view.items.clone())).collect();
    assert_eq!(rows, [(true, vec![(0, 1)]), (true, vec![(0, 1), (1, 1)])]);
    let level = shop.sitoo.stock_level(FLOOR, "COAT-1").expect("a level");
    assert_eq!(level.total, -2_000);
}

#[tokio::test]
async fn what_was_given_up_is_not_delivered() {
    let shop = shop();
    let id = shop.sitoo.sell(mixed(&shop)).expect("an order");
    shop.sitoo.cancel(id).expect("a cancellation");
    assert_eq!(shop.order(id).await["orderstateid"], 20);
    assert_eq!(ship(&shop, id, &[(1, 1)]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(shop.sitoo.hand_over(id, 2, &[(1, 1)], ""), Err(TillError::NotOpen(id)));
}

#[tokio::test]
async fn a_cancelled_delivery_stays_with_a_date_and_its_goods_come_back() {
    let shop = shop();
    let id = shop.sitoo.sell(mixed(&shop)).expect("an order");
    let sent = shop.sitoo.hand_over(id, 2, &[(1, 1)], "D1").expect("a delivery");
    shop.wait(60);
    assert!(shop.sitoo.cancel_delivery(id, sent));
    assert!(!shop.sitoo.cancel_delivery(id, sent), "once");
    assert_eq!(deliveries(&shop, id).await[1]["datecancelled"], MORNING + 60);
    let back = shop.sitoo.transactions_after(2, 9);
    assert_eq!((back[0].kind, back[0].delivery, back[0].items[0].after), (40, Some(sent), 0));
    assert_eq!(ship(&shop, id, &[(0, 1), (1, 1)]).await.status, StatusCode::OK, "to come again");
    let own = shop.sell_coats(1)[0];
    let whole = shop.sitoo.deliveries(own)[0].id;
    assert!(shop.sitoo.cancel_delivery(own, whole));
    assert_eq!(deliveries(&shop, own).await[0]["datecancelled"], MORNING + 60);
}
