//! To the penny: every case of MAPPING.md arrives in OrderWise as the till told it.

use daybook_connectors::orderwise::ORDER_TEMPLATE;
use daybook_domain::lookup::TaxPolicy;
use daybook_flows::desk::{self, queue};
use daybook_sandbox::{
    orderwise::{ItemNet, Payment},
    retailer::{GIFT_CARD_SKU, ROUND_OFF_SKU, SkuKind},
    sitoo::till::{Row, Sale, Tender},
};
use daybook_testkit::{World, db::for_each_engine};

use super::*;

#[tokio::test]
async fn cash_round_off_stands_on_a_line_of_its_own() {
    tell(|world| async move {
        for pence in [1_998, 2_002] {
            let row = Row::of(&world.goods(0).product).gross(pence);
            let sale = Sale::at_register(world.till(0)).row(row).round_off_to(5);
            let sale = world.sell(sale.pay_rest(Tender::cash()));
            world.pass().await;
            let document = world.document(sale);
            assert_eq!(document.gross, 2_000);
            let line = document.lines.iter().find(|line| *line.sku == *ROUND_OFF_SKU).unwrap();
            assert_eq!((line.gross, line.tax), (2_000 - pence, 0));
            assert_eq!(document.payments[0].amount, 2_000);
        }
        world
    })
    .await;
}

#[tokio::test]
async fn a_gift_card_is_a_liability_when_sold_and_a_tender_when_used() {
    tell(|world| async move {
        let card = world.row_of(GIFT_CARD_SKU, 2_500).gift_card("6000-1");
        let sold = world.sell(world.sale_of(0, card));
        let used = Sale::at_register(world.till(0))
            .row(world.row_of(&world.goods(0).sku, 3_000))
            .pay(Tender::gift_card("6000-1"), 2_500)
            .pay_rest(Tender::card());
        let used = world.sell(used);
        world.pass().await;
        let sold = world.document(sold);
        assert_eq!((&*sold.lines[0].sku, sold.gross, sold.tax), (GIFT_CARD_SKU, 2_500, 0));
        let amounts = |payments: &[Payment]| -> Vec<(i64, i64)> {
            payments.iter().map(|payment| (payment.method, payment.amount)).collect()
        };
        assert_eq!(amounts(&world.document(used).payments), [(3, 2_500), (2, 500)]);
        assert_eq!(world.document(used).tax, 500);
        world
    })
    .await;
}

#[tokio::test]
async fn three_for_ten_pounds_is_split_to_the_penny() {
    tell(|world| async move {
        let row = Row::of(&world.goods(0).product).times(3).gross(1_000);
        let sale = world.sell(world.sale_of(0, row));
        world.pass().await;
        let document = world.document(sale);
        let lines = document.lines.iter().map(|line| (line.quantity.to_string(), line.gross));
        assert_eq!(lines.collect::<Vec<_>>(), [("2".to_owned(), 666), ("1".to_owned(), 334)]);
        assert_eq!(document.gross, 1_000);
        world
    })
    .await;
}

#[tokio::test]
async fn metres_keep_their_fraction_and_their_price() {
    tell(|world| async move {
        let fabric = world.retailer.skus.iter().find(|sku| sku.kind == SkuKind::Metre).unwrap();
        let row = Row::of(&fabric.product).unit(1_250).gross(1_237);
        let sale = world.sell(world.sale_of(0, row));
        world.pass().await;
        let document = world.document(sale);
        assert_eq!(document.gross, 1_237);
        let metres: i64 =
            document.lines.iter().map(|line| thousandths(&line.quantity.to_string())).sum();
        assert_eq!(metres, 1_250);
        world
    })
    .await;
}

/// `1.25` is 1250.
fn thousandths(quantity: &str) -> i64 {
    let (whole, fraction) = quantity.split_once('.').unwrap_or((quantity, ""));
    format!("{whole}{fraction:0<3}").parse().unwrap()
}

#[tokio::test]
async fn what_is_given_away_is_posted_too() {
    tell(|world| async move {
        let row = Row::of(&world.goods(0).product).gross(1_000).discount(1_000, Some("DISC-MARK"));
        let sale = world.sell(world.sale_of(0, row));
        world.pass().await;
        let document = world.document(sale);
        assert_eq!((document.gross, document.lines.len()), (0, 1));
        assert_eq!(document.lines[0].quantity.to_string(), "1");
        world
    })
    .await;
}

#[tokio::test]
async fn the_tills_tax_is_pinned_where_the_retailer_wishes() {
    tell(|mut world| async move {
        world.policy.tax = TaxPolicy::PinTillTax;
        world.restart();
        world.sandbox.orderwise.switch(|switches| switches.item_net = ItemNet::Difference);
        let mut sale = Sale::at_register(world.till(0));
        for (percent, pence) in [(20, 1_001), (20, 1_003), (5, 777), (0, 99), (20, 7)] {
            sale = sale.row(Row::of(&world.goods_at(percent, 0).product).times(3).gross(pence));
        }
        let sale = world.sell(sale.pay_rest(Tender::card()));
        world.pass().await;
        let (document, till) = (world.document(sale), world.entry(sale).await);
        assert_eq!(document.gross, till.gross.pence());
        assert_eq!((document.net, document.tax), (till.net.pence(), till.vat.pence()));
        world
    })
    .await;
}

#[tokio::test]
async fn a_template_of_the_site_changes_the_body_without_a_release() {
    tell(|mut world| async move {
        let own = ORDER_TEMPLATE.replace("{{ order.instructions }}", "\"taken at the till\"");
        assert_ne!(own, ORDER_TEMPLATE);
        world.to_orderwise.order_template = Some(own);
        world.restart();
        world.sandbox.orderwise.switch(|switches| switches.keep_bodies = true);
        let sale = world.sell(world.sale(1_000));
        world.pass().await;
        let body = world.document(sale).body.unwrap();
        assert!(body.contains("\"specialInstructions\": \"taken at the till\""), "{body}");
        world
    })
    .await;
}

/// A sum in pounds with euros in it would be a figure that nobody can explain.
#[tokio::test]
async fn money_of_another_currency_is_told_in_it_and_never_added() {
    for_each_engine(|db| async move {
        let world = World::small(1, db).await.unwrap();
        let foreign = world.sell(world.sale(1_200));
        assert!(world.sandbox.sitoo.spoil(foreign, "currencycode", r#""EUR""#));
        let ours = world.sell(world.sale_of(0, Row::ad_hoc("NOBODY-KNOWS", "Unknown", 700, 2_000)));
        world.pass().await;
        assert_eq!((world.state(foreign).await, world.state(ours).await), (Held, Held));
        let (count, held) = queue::at_risk(&world.app, None).await.unwrap();
        assert_eq!((count, held.told("GBP").as_str()), (2, "£7.00 and €12.00"));
        let groups = queue::groups(&world.app, None, None).await.unwrap();
        let euros = groups.iter().find(|group| group.cause == "currency-not-ours").unwrap();
        assert_eq!((euros.money.pence(), euros.currency.as_deref()), (1_200, Some("EUR")));
        let today = desk::today(&world.app).await.unwrap();
        assert_eq!((today.held.pence(), today.held_elsewhere.told("GBP")), (700, "€12.00".into()));
        assert!(today.sentence.contains("£7.00 and €12.00"), "{}", today.sentence);
    })
    .await;
}
