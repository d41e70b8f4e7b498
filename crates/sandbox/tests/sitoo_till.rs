//! Tills: whatever is sold, returned and exchanged, the sums hold to the penny.
#![allow(clippy::expect_used, reason = "helpers of tests")]

mod till;

use std::collections::BTreeMap;

use daybook_sandbox::sitoo::{
    OrderState, net_of,
    till::{
        Exchange, ExchangePlaced, Reference, Refund, Row, Sale, Stage, Tender, TenderKind,
        TillError,
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use till::{OTHER_TILL, Shop, TILL, pence, shop};

const RATES: [i64; 5] = [0, 500, 600, 2000, 2500];

/// One to six rows of any rate, price, quantity and discount.
fn basket(rng: &mut StdRng) -> Sale {
    let rows = rng.random_range(1..=6);
    (0..rows).fold(Sale::at_register(TILL), |sale, row| {
        let vat = RATES[rng.random_range(0..RATES.len())];
        let gross = rng.random_range(0..50_000);
        let mut row = Row::ad_hoc(&format!("SKU-{row}"), "Thing", 0, vat).gross(gross);
        if rng.random_ratio(1, 4) {
            row = row.unit(rng.random_range(1..5_000));
        } else {
            row = row.times(rng.random_range(1..=5));
        }
        if rng.random_ratio(1, 3) {
            row = row.discount(rng.random_range(0..=gross), None);
        }
        sale.row(row)
    })
}

/// Checks one order as a client would, and gives gross by VAT rate.
fn check(order: &Value) -> BTreeMap<i64, (i64, i64)> {
    let mut rates = BTreeMap::new();
    for row in order["orderitems"].as_array().expect("rows") {
        let net = pence(&row["moneyitemtotal_net"]);
        let vat = pence(&row["moneyitemtotal_vat"]);
        let rate: &mut (i64, i64) =
            rates.entry(row["vatvalue"].as_i64().expect("a rate")).or_default();
        *rate = (rate.0 + net, rate.1 + vat);
    }
    let (net, vat) = rates.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!(pence(&order["moneyfinal_net"]), net);
    assert_eq!(pence(&order["moneyfinal_vat"]), vat);
    let gross = pence(&order["moneytotal_gross_all"]);
    assert_eq!(gross, net + vat + pence(&order["moneytotal_gross_roundoff"]));
    let payments = order["payments"].as_array().expect("payments").iter();
    assert_eq!(gross, payments.map(|payment| pence(&payment["moneyamount"])).sum::<i64>());
    rates
}

#[tokio::test]
async fn rows_and_payments_add_up_and_net_comes_from_gross() {
    let shop = shop();
    for seed in 0..300 {
        let mut rng = StdRng::seed_from_u64(seed);
        let sale = basket(&mut rng).round_off_to(5).pay_rest(Tender::cash());
        let id = shop.sitoo.sell(sale).expect("a sale");
        check(&shop.order(id).await);
        for row in shop.sitoo.order(id).expect("an order").rows {
            assert_eq!(row.net_pence, net_of(row.gross_pence, row.vat_rate), "seed {seed}");
        }
    }
    let totals = shop.sitoo.till_totals();
    assert_eq!((totals.count, totals.gross_pence), (300, totals.paid_pence));
    assert_eq!(totals.gross_pence % 5, 0);
}

#[tokio::test]
async fn a_sale_and_its_return_in_any_parts_are_zero_at_every_rate() {
    let shop = shop();
    for seed in 0..200 {
        let mut rng = StdRng::seed_from_u64(seed);
        let sale = shop.sitoo.sell(basket(&mut rng)).expect("a sale");
        let order = shop.order(sale).await;
        let mut sums = check(&order);
        let quantities: Vec<i64> =
            shop.sitoo.order(sale).expect("an order").rows.iter().map(|row| row.quantity).collect();
        // One piece at a time, then whatever is left at once.
        let singles = rng.random_range(0..=quantities.len());
        let mut refunds: Vec<Refund> =
            (0..singles).map(|row| Refund::rows(OTHER_TILL, sale, &[(row, 1)])).collect();
        refunds.push(Refund::whole(TILL, sale));
        for refund in refunds {
            let id = match shop.sitoo.refund(refund) {
                Ok(id) => id,
                Err(error) => {
                    assert_eq!(error, TillError::Empty, "only when nothing is left");
                    continue;
                }
            };
            for (rate, (net, vat)) in check(&shop.order(id).await) {
                let sum = sums.get_mut(&rate).expect("a rate of the sale");
                *sum = (sum.0 + net, sum.1 + vat);
            }
        }
        assert!(sums.values().all(|sum| *sum == (0, 0)), "seed {seed}: {sums:?}");
    }
}

#[tokio::test]
async fn both_halves_of_an_exchange_add_up_and_name_each_other() {
    let shop = shop();
    for seed in 0..200 {
        let mut rng = StdRng::seed_from_u64(seed);
        let original = shop.sitoo.sell(basket(&mut rng)).expect("a sale");
        let before = shop.sitoo.till_totals().paid_pence;
        let refund = Refund::whole(OTHER_TILL, original);
        let exchange = Exchange { refund, sale: basket(&mut rng) };
        let placed = shop.sitoo.exchange(exchange).expect("an exchange");
        let ExchangePlaced { refund, sale } = placed;
        let (refund, sale) = (shop.order(refund).await, shop.order(sale).await);
        check(&refund);
        check(&sale);
        let due = pence(&refund["moneytotal_gross_all"]) + pence(&sale["moneytotal_gross_all"]);
        assert_eq!(shop.sitoo.till_totals().paid_pence - before, due, "only the rest is money");
        let (back, out) = (&refund["additionaldata"], &sale["additionaldata"]);
        assert_eq!(back["pos-refundsales-orderid"], placed.sale.to_string());
        assert_eq!(out["pos-refund-orderid"], placed.refund.to_string());
        assert_eq!(out["pos-refund-receiptid"], back["pos-receiptid"]);
        assert_eq!(back["pos-originalsales-orderid"], original.to_string());
    }
}

#[tokio::test]
async fn virtual_payments_are_marked() {
    let shop = shop();
    let original = shop.sell_coats(1)[0];
    let sale = Sale::at_register(TILL).row(shop.row("BOOK-1")).row(shop.row("COAT-1"));
    let exchange = Exchange { refund: Refund::whole(TILL, original), sale };
    let placed = shop.sitoo.exchange(exchange).expect("an exchange");
    let refund = shop.order(placed.refund).await;
    assert_eq!(refund["payments"].as_array().map(Vec::len), Some(1));
    assert_eq!(refund["payments"][0]["moneyamount"], "-120.00");
    assert_eq!(refund["payments"][0]["additionaldata"], json!({"virtual-payment": "true"}));
    let payments = &shop.order(placed.sale).await["payments"];
    assert_eq!(payments[0]["moneyamount"], "120.00");
    assert_eq!(payments[0]["additionaldata"]["virtual-payment"], "true");
    assert_eq!(
        (&payments[1]["name"], &payments[1]["moneyamount"]),
        (&json!("Card"), &json!("15.00"))
    );
}

#[test]
fn no_more_comes_back_than_was_sold() {
    let shop = shop();
    let sale = shop.sitoo.sell(Sale::at_register(TILL).row(shop.row("BOOK-1").times(3)));
    let sale = sale.expect("a sale");
    let back = |quantity| Refund::rows(TILL, sale, &[(0, quantity)]);
    assert!(shop.sitoo.refund(back(2)).is_ok());
    assert_eq!(shop.sitoo.refund(back(2)), Err(TillError::OverReturn(0)));
    assert_eq!(
        shop.sitoo.refund(Refund::rows(TILL, sale, &[(7, 1)])),
        Err(TillError::UnknownRow(7))
    );
    assert!(shop.sitoo.refund(back(2).unchecked()).is_ok(), "unless on purpose");
    assert_eq!(shop.sitoo.refund(Refund::whole(TILL, 1)), Err(TillError::UnknownOrder(1)));
}

#[tokio::test]
async fn a_return_names_its_sale_in_one_way_or_the_other_or_not_at_all() {
    let shop = shop();
    let cases = [
        (Reference::Both, true, true),
        (Reference::CreditOnly, true, false),
        (Reference::ExtraOnly, false, true),
    ];
    for (reference, credit, extra) in cases {
        let sale = shop.sell_coats(1)[0];
        let refund = shop.sitoo.refund(Refund::whole(TILL, sale).reference(reference));
        let order = shop.order(refund.expect("a return")).await;
        assert_eq!(order["creditorderid"] == json!(sale), credit);
        let named = &order["additionaldata"]["pos-originalsales-orderid"];
        assert_eq!(*named == json!(sale.to_string()), extra);
    }
    let blind = Refund::blind(TILL, vec![shop.row("COAT-1").times(2)]).pay_rest(Tender::cash());
    let order = shop.order(shop.sitoo.refund(blind).expect("a return")).await;
    assert_eq!(order["moneytotal_gross_all"], "-240.00");
    assert_eq!(order["orderitems"][0]["quantity"], -2);
    assert_eq!(order["creditorderid"], Value::Null);
}

#[test]
fn what_does_not_add_up_is_refused_unless_on_purpose() {
    let shop = shop();
    let short = || shop.coat().pay(Tender::card(), 11_000);
    assert_eq!(shop.sitoo.sell(short()), Err(TillError::Unbalanced(1_000)));
    assert!(shop.sitoo.sell(short().unchecked()).is_ok());
    assert_eq!(shop.sitoo.sell(Sale::at_register(TILL)), Err(TillError::Empty));
    let nowhere = Sale::at_register("{NONE}").row(shop.row("COAT-1"));
    assert_eq!(shop.sitoo.sell(nowhere), Err(TillError::UnknownRegister("{NONE}".into())));
    let generous = Sale::at_register(TILL).row(shop.row("COAT-1").discount(12_001, None));
    assert_eq!(shop.sitoo.sell(generous), Err(TillError::BadRow));
}

fn state(shop: &Shop, id: i64) -> OrderState {
    shop.sitoo.order(id).expect("an order").state
}

#[tokio::test]
async fn open_orders_close_or_are_given_up() {
    let shop = shop();
    let open = || shop.sitoo.sell(shop.coat().stage(Stage::Open)).expect("an order");
    let (one, two, three) = (open(), open(), open());
    assert_eq!(shop.order(one).await["payments"], json!([]));
    assert_eq!(shop.sitoo.till_totals().count, 0);
    let voucher = Tender::new("Voucher", "V", TenderKind::Other);
    shop.sitoo.close(one, Some(voucher)).expect("closed");
    let closed = shop.order(one).await;
    assert_eq!((&closed["orderstateid"], &closed["paymentstateid"]), (&json!(10), &json!(20)));
    check(&closed);
    assert_eq!(closed["payments"][0]["name"], "Voucher");
    shop.sitoo.cancel(two).expect("cancelled");
    shop.sitoo.abandon(three).expect("abandoned");
    assert_eq!(state(&shop, two), OrderState::Cancelled);
    assert_eq!(state(&shop, three), OrderState::Abandoned);
    assert_eq!(shop.sitoo.close(two, None), Err(TillError::NotOpen(two)));
    assert_eq!(shop.sitoo.till_totals().gross_pence, 12_000);
}

#[tokio::test]
async fn a_parked_receipt_becomes_a_sale() {
    let shop = shop();
    let parked = shop.sitoo.sell(shop.coat().stage(Stage::Parked)).expect("parked");
    let order = shop.order(parked).await;
    assert_eq!((&order["ordertypeid"], &order["orderstateid"]), (&json!(110), &json!(0)));
    assert_eq!(order["additionaldata"].get("pos-receiptid"), None, "not a receipt");
    let sale = shop.sitoo.sell(shop.coat().from_source(parked)).expect("a sale");
    let extras = &shop.order(sale).await["additionaldata"];
    assert_eq!(extras["pos-sourceorderid"], parked.to_string());
    assert_eq!(state(&shop, parked), OrderState::Closed);
    assert_eq!(shop.sitoo.till_totals().count, 1, "the parked receipt is no sale");
}

#[tokio::test]
async fn a_delivery_charge_is_part_of_the_total_and_comes_back_with_all() {
    let shop = shop();
    let sale = shop.sitoo.sell(shop.coat().delivery_charge(495, 2000)).expect("a sale");
    let order = shop.order(sale).await;
    let fields = ["moneydelivery_net", "moneydelivery_vat", "moneytotal_gross_delivery"];
    let values: Vec<&Value> = fields.iter().map(|name| &order[*name]).collect();
    assert_eq!(values, ["4.13", "0.82", "4.95"]);
    assert_eq!(order["moneytotal_gross_all"], "124.95");
    let part = shop.sitoo.refund(Refund::whole(TILL, sale)).expect("a return");
    assert_eq!(shop.order(part).await["moneytotal_gross_all"], "-124.95");
}

#[tokio::test]
async fn fields_are_spoilt_and_healed() {
    let shop = shop();
    let id = shop.sell_coats(1)[0];
    assert!(shop.sitoo.spoil(id, "moneytotal_gross_all", "120"));
    assert!(shop.sitoo.spoil(id, "orderitems", "\"none\""));
    assert!(shop.sitoo.spoil(id, "payments", ""));
    let order = shop.order(id).await;
    assert_eq!(order["moneytotal_gross_all"], 120);
    assert_eq!(order["orderitems"], "none");
    assert_eq!(order.get("payments"), None);
    assert!(shop.sitoo.heal(id));
    check(&shop.order(id).await);
    assert!(!shop.sitoo.spoil(1, "x", "1"));
}
