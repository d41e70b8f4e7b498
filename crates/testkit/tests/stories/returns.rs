//! Returns and exchanges: a credit that refers to its sale, never more than was sold.

use std::collections::BTreeMap;

use daybook_domain::{
    lookup::{PostOrHold, TaxPolicy},
    mapping::MappingKind,
};
use daybook_sandbox::{
    orderwise::{CREDIT, ItemNet, LineEdit, ORDER, Written},
    sitoo::till::{Exchange, Refund, Row, Sale, Tender},
};

use super::*;

#[tokio::test]
async fn a_return_waits_for_its_sale_and_then_follows() {
    tell(|world| async move {
        let missing = world.retailer.troubles.missing_sku.clone();
        let sale = world.sell(world.sale_of(0, world.row_of(&missing, 1_000)));
        let back = world.refund(Refund::whole(world.till(0), sale));
        // The return's own SKU has to be known, or it would be held for that.
        world.pass().await;
        assert_eq!(world.state(sale).await, Held);
        assert!(matches!(world.state(back).await, Waiting | Held));
        assert_eq!(world.sent(), 0);
        world.map(MappingKind::Sku, &missing, &world.goods(0).sku).await;
        world.pass().await;
        let (sold, credited) = (world.document(sale), world.document(back));
        assert_eq!(credited.order_type, CREDIT);
        assert_eq!(credited.original.as_deref(), Some(&*reference(sale).to_string()));
        assert!(sold.order_id < credited.order_id, "the sale went first");
        assert_eq!(sold.gross, credited.gross);
        world
    })
    .await;
}

#[tokio::test]
async fn a_return_that_arrives_before_its_sale_waits_and_at_last_is_told() {
    tell(|world| async move {
        let early = world.sell(world.sale(1_000).held_back());
        let never = world.sell(world.sale(2_000).held_back());
        let follows = world.refund(Refund::whole(world.till(0), early));
        let stays = world.refund(Refund::whole(world.till(0), never));
        world.pass().await;
        assert_eq!((world.state(follows).await, world.state(stays).await), (Waiting, Waiting));
        world.sandbox.sitoo.reveal(early);
        world.after(minutes(1)).await;
        world.after(minutes(10)).await;
        assert_eq!(world.document(follows).gross, 1_000);
        world.after(hours(25)).await;
        assert_eq!(world.state(stays).await, Held);
        assert_eq!(world.causes(stays).await, ["original-unknown"]);
        // Late, but here: the exception closes by itself.
        world.sandbox.sitoo.reveal(never);
        daybook_flows::sales::sync(
            &world.app,
            &daybook_flows::sales::SyncOptions { from_order: Some(never), ..Default::default() },
        )
        .await
        .unwrap();
        world.after(minutes(10)).await;
        assert_eq!(world.document(stays).gross, 2_000);
        assert_eq!(world.causes(stays).await, Vec::<&str>::new());
        world
    })
    .await;
}

#[tokio::test]
async fn a_return_of_a_sale_older_than_the_book_is_told_at_once_and_follows_what_is_fetched() {
    tell(|mut world| async move {
        let (older, posted) = (world.sell(world.sale(1_000)), world.sell(world.sale(900)));
        // A book that is gone had posted the second one.
        let shop = world.shop(0);
        let line = LineEdit {
            sku: Some(world.goods(0).sku.clone()),
            quantity: Some(1.into()),
            gross: Some(900),
            tax_rate_id: Some(1),
            location: Some(shop.stock_location_id),
            ..LineEdit::default()
        };
        world.sandbox.orderwise.write_document(Written {
            reference: reference(posted).to_string(),
            order_type: ORDER,
            order_date: None,
            customer: shop.customer_id,
            lines: vec![line],
        });
        let first = world.sell(world.sale(1_100));
        world.settings.receive.first_order_id = Some(first);
        world.restart();
        let returns = [older, posted].map(|sale| world.refund(Refund::whole(world.till(0), sale)));
        world.pass().await;
        for back in returns {
            assert_eq!(world.state(back).await, Held);
            assert_eq!(world.causes(back).await, ["original-unknown"]);
        }
        for sale in [older, posted] {
            daybook_flows::sales::fetch(&world.app, sale, "ada").await.unwrap();
        }
        for _ in 0..6 {
            world.after(minutes(6)).await;
        }
        for (sale, back, gross) in [(older, returns[0], 1_000), (posted, returns[1], 900)] {
            assert_eq!(
                world.documents(sale).len(),
                1,
                "looked up, and sent where it was not there"
            );
            assert_eq!((world.document(sale).gross, world.document(back).gross), (gross, gross));
            assert_eq!(world.causes(back).await, Vec::<&str>::new());
        }
        world
    })
    .await;
}

#[tokio::test]
async fn never_more_comes_back_than_was_sold() {
    tell(|world| async move {
        let row = Row::of(&world.goods(0).product).times(3).gross(1_000);
        let sale = world.sell(world.sale_of(0, row));
        let one = world.refund(Refund::rows(world.till(0), sale, &[(0, 1)]));
        let two = world.refund(Refund::rows(world.till(0), sale, &[(0, 2)]));
        let much = Refund::rows(world.till(0), sale, &[(0, 1)]).unchecked();
        let much = world.refund(much.pay(Tender::card(), 333));
        world.pass().await;
        world.after(minutes(10)).await;
        assert_eq!(world.document(one).gross + world.document(two).gross, 1_000);
        assert_eq!(world.causes(much).await, ["returned-more-than-sold"]);
        assert_eq!(world.documents(much).len(), 0);
        world
    })
    .await;
}

#[tokio::test]
async fn goods_go_back_where_the_till_put_them() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let row = || world.row_of(&sku, 1_000);
        let (first, second) =
            (world.sell(world.sale_of(0, row())), world.sell(world.sale_of(0, row())));
        let elsewhere = world.refund(Refund::whole(world.till(1), first));
        let broken = Refund::whole(world.till(1), second);
        let broken = world.refund(broken.into_warehouse(world.shop(1).reclaim_warehouse_id));
        world.pass().await;
        let credit = world.document(elsewhere);
        assert_eq!(credit.session, world.shop(1).session_id);
        assert_eq!(credit.lines[0].location, world.shop(1).stock_location_id);
        assert!(credit.lines[0].return_to_stock);
        let place = world.document(broken).lines[0].location;
        assert_eq!(place, world.shop(1).reclaim_stock_location_id);
        world
    })
    .await;
}

#[tokio::test]
async fn a_blind_return_is_posted_or_held_as_the_retailer_wishes() {
    tell(|mut world| async move {
        let blind = |world: &daybook_testkit::World| {
            let rows = vec![world.row_of(&world.goods(0).sku, 1_000)];
            world.refund(Refund::blind(world.till(0), rows))
        };
        let posted = blind(&world);
        world.pass().await;
        assert_eq!(world.document(posted).original, None);
        assert_eq!(world.document(posted).order_type, CREDIT);
        world.policy.blind_returns = PostOrHold::Hold;
        world.restart();
        let held = blind(&world);
        world.pass().await;
        assert_eq!(world.causes(held).await, ["blind-return"]);
        assert_eq!(world.documents(held).len(), 0);
        world
    })
    .await;
}

#[tokio::test]
async fn an_exchange_is_two_documents_and_only_the_difference_is_money() {
    tell(|world| async move {
        let sale = world.sell(world.sale(2_000));
        let placed = world
            .sandbox
            .sitoo
            .exchange(Exchange {
                refund: Refund::whole(world.till(0), sale),
                sale: world.sale_of(0, Row::of(&world.goods(1).product).gross(3_000)),
            })
            .unwrap();
        world.pass().await;
        let (back, out) = (world.document(placed.refund), world.document(placed.sale));
        assert_eq!((back.order_type, back.gross, out.gross), (CREDIT, 2_000, 3_000));
        let money = |payments: &[daybook_sandbox::orderwise::Payment]| -> Vec<i64> {
            payments.iter().map(|payment| payment.amount).collect()
        };
        assert_eq!((money(&back.payments), money(&out.payments)), (vec![], vec![1_000]));
        let (refund, sale) = (world.entry(placed.refund).await, world.entry(placed.sale).await);
        assert_eq!(refund.partner_order_id, Some(placed.sale));
        assert_eq!(sale.partner_order_id, Some(placed.refund));
        world
    })
    .await;
}

#[tokio::test]
async fn a_sale_and_its_full_return_leave_nothing_at_any_tax_rate() {
    tell(|world| async move {
        let mut sale = Sale::at_register(world.till(0));
        for (percent, pence) in [(20, 1_001), (20, 333), (5, 777), (0, 99), (5, 1)] {
            let row = Row::of(&world.goods_at(percent, 0).product).times(3).gross(pence);
            sale = sale.row(row);
        }
        let sale = world.sell(sale.round_off_to(5).pay_rest(Tender::cash()));
        let back = world.refund(Refund::whole(world.till(0), sale));
        world.pass().await;
        let mut left: BTreeMap<i64, (i64, i64)> = BTreeMap::new();
        for (document, sign) in [(world.document(sale), 1), (world.document(back), -1)] {
            for line in &document.lines {
                let rate = left.entry(line.tax_rate_id).or_default();
                rate.0 += sign * line.gross;
                rate.1 += sign * line.tax;
            }
        }
        assert!(left.len() >= 3, "{left:?}");
        assert!(left.values().all(|rate| *rate == (0, 0)), "{left:?}");
        world
    })
    .await;
}

#[tokio::test]
async fn partial_returns_leave_nothing_where_the_tills_tax_is_pinned() {
    tell(|mut world| async move {
        world.policy.tax = TaxPolicy::PinTillTax;
        world.restart();
        world.sandbox.orderwise.switch(|switches| switches.item_net = ItemNet::Difference);
        let row = Row::of(&world.goods(0).product).times(3).gross(1_000);
        let sale = world.sell(world.sale_of(0, row));
        let returns: Vec<_> =
            (0..3).map(|_| world.refund(Refund::rows(world.till(0), sale, &[(0, 1)]))).collect();
        world.pass().await;
        world.after(minutes(10)).await;
        let sold = world.document(sale);
        let gross: i64 = returns.iter().map(|&back| world.document(back).gross).sum();
        let tax: i64 = returns.iter().map(|&back| world.document(back).tax).sum();
        assert_eq!((gross, tax), (sold.gross, sold.tax));
        world
    })
    .await;
}
