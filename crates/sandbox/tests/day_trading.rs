//! A trading day and what it leaves behind: sums that agree, troubles that can be found.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use daybook_sandbox::{
    Now,
    day::{LENGTH, OPENING, TradingDay, bulk, random_action},
    orderwise::OrderWise,
    retailer::{GIFT_CARD_SKU, LegalShape, ROUND_OFF_SKU, Retailer, SKUS, SkuKind, check_digit},
    sitoo::{OrderState, OrderType, OrderView, Sitoo, net_of},
};
use rand::{SeedableRng, rngs::StdRng};

struct Shop {
    at: Arc<AtomicI64>,
    sitoo: Sitoo,
    retailer: Retailer,
}

fn shop(seed: u64) -> Shop {
    let at = Arc::new(AtomicI64::new(OPENING * 1_000_000));
    let clock = Arc::clone(&at);
    let now: Now = Arc::new(move || clock.load(Ordering::SeqCst));
    let retailer = Retailer::made_up(seed);
    let sitoo = Sitoo::new(now);
    retailer.install_sitoo(&sitoo);
    Shop { at, sitoo, retailer }
}

impl Shop {
    fn play(&self, seed: u64, transactions: usize) -> Vec<OrderView> {
        let mut day = TradingDay::plan(seed, &self.retailer, transactions);
        while let Some(next) = day.next_at() {
            self.at.store(next, Ordering::SeqCst);
            assert!(day.play_until(next, &self.sitoo) > 0);
        }
        assert_eq!(day.refusals(), []);
        self.sitoo.orders().collect()
    }
}

fn sum_up(orders: &[OrderView]) {
    for order in orders {
        let rows: i64 = order.rows.iter().map(|row| row.gross_pence).sum();
        let net: i64 = order.rows.iter().map(|row| row.net_pence).sum();
        assert_eq!(order.gross_pence, rows + order.roundoff_pence, "{order:?}");
        assert_eq!((order.net_pence, order.vat_pence), (net, rows - net), "{order:?}");
        assert!(order.roundoff_pence.abs() <= 2, "{order:?}");
    }
}

#[test]
fn the_retailer_is_whole_and_the_same_for_the_same_seed() {
    let retailer = Retailer::made_up(3);
    assert_eq!(retailer.stores.len(), 6);
    assert_eq!(retailer.tills().count(), 20);
    let outlets = retailer.stores.iter().filter(|it| it.legal_shape == LegalShape::Outlet);
    assert_eq!(outlets.count(), 2);
    assert_eq!(retailer.skus.len(), SKUS + 1);
    let mut codes: Vec<_> = retailer.skus.iter().map(|sku| sku.sku.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), SKUS + 1);
    for rate in [20, 5, 0] {
        assert!(retailer.skus.iter().filter(|sku| sku.vat_percent == rate).count() > 20);
    }
    for ean in retailer.skus.iter().filter_map(|sku| sku.ean.as_ref()) {
        let (twelve, last) = ean.split_at(12);
        assert_eq!(check_digit(twelve.parse().unwrap()), last.parse::<u64>().unwrap());
    }
    assert!(retailer.sku(GIFT_CARD_SKU).is_some() && retailer.sku(ROUND_OFF_SKU).is_some());
    assert!(retailer.skus.iter().any(|sku| sku.kind == SkuKind::Metre));
    let again = Retailer::made_up(3);
    assert_eq!(retailer.skus, again.skus);
    assert_eq!(retailer.stores, again.stores);
    assert_ne!(retailer.stores, Retailer::made_up(4).stores);
}

#[test]
fn both_sides_get_the_same_products_but_for_the_troubles() {
    let at = shop(1);
    let orderwise = OrderWise::new(Arc::new(|| OPENING * 1_000_000), 1);
    at.retailer.install_orderwise(&orderwise);
    let troubles = &at.retailer.troubles;
    assert!(!orderwise.set_variant_saleable(&troubles.missing_sku, true));
    assert!(orderwise.set_variant_saleable(&troubles.inactive_sku, true));
    assert!(at.sitoo.product(&troubles.missing_sku).is_some());
    assert!(at.sitoo.product(ROUND_OFF_SKU).is_none());
}

#[test]
fn a_day_adds_up_for_every_seed_and_size() {
    for seed in 0..12 {
        for transactions in [0, 1, 7, 60, 400] {
            let at = shop(seed);
            let orders = at.play(seed, transactions);
            assert!(orders.len() >= transactions, "{seed} {transactions}: {}", orders.len());
            sum_up(&orders);
            let totals = at.sitoo.till_totals();
            let counted = orders.iter().filter(|order| {
                order.state == OrderState::Closed
                    && order.order_type == OrderType::ORDER
                    && order.payment_state.0 == 20
            });
            assert_eq!(totals.gross_pence, counted.map(|order| order.gross_pence).sum::<i64>());
            assert_eq!(totals.gross_pence, totals.paid_pence, "virtual payments cancel out");
        }
    }
}

#[test]
fn a_day_of_500_has_everything_in_it() {
    for seed in 0..6 {
        let at = shop(seed);
        let orders = at.play(seed, 500);
        let troubles = &at.retailer.troubles;
        let sold = |sku: &str| {
            orders.iter().filter(|order| order.rows.iter().any(|row| row.sku == sku)).count()
        };
        assert_eq!(sold(&troubles.missing_sku), 12);
        assert_eq!(sold(&troubles.inactive_sku), 4);
        assert!(troubles.spellings.iter().map(|spelling| sold(spelling)).sum::<usize>() >= 5);
        assert!(sold(GIFT_CARD_SKU) > 0);
        let has = |what: &dyn Fn(&OrderView) -> bool| assert!(orders.iter().any(what));
        has(&|order| order.roundoff_pence != 0);
        has(&|order| order.is_return && order.original.is_some());
        has(&|order| order.is_return && order.original.is_none());
        has(&|order| order.state == OrderState::Cancelled);
        has(&|order| order.state == OrderState::Abandoned);
        has(&|order| order.order_type == OrderType::BOOKING);
        has(&|order| order.order_type == OrderType::PARKED);
        has(&|order| order.rows.iter().any(|row| row.total_thousandths % 1000 != 0));
        has(&|order| order.rows.iter().any(|row| row.gross_pence == 0));
        has(&|order| order.rows.iter().any(|row| row.gross_pence % row.quantity != 0));
        let stores: BTreeMap<_, _> = orders.iter().map(|it| (it.orderid, it.store_id)).collect();
        has(&|order| order.original.is_some_and(|of| stores.get(&of) != Some(&order.store_id)));
    }
}

#[test]
fn the_offline_till_uploads_its_afternoon_late() {
    let at = shop(5);
    let orders = at.play(5, 400);
    let first_till = &at.retailer.stores[0].registers[0].register_id;
    let afternoon = |order: &&OrderView| {
        order.register_id.as_ref() == Some(first_till) && order.orderdate > OPENING + 4 * 3600
    };
    let late: Vec<_> = orders.iter().filter(afternoon).collect();
    assert!(late.len() >= 5);
    let overtaken = late.iter().filter(|order| {
        orders
            .iter()
            .any(|other| other.orderid < order.orderid && other.orderdate > order.orderdate)
    });
    assert!(overtaken.count() >= late.len() / 2, "ids are later than dates");
    assert!(orders.iter().all(|order| (OPENING..=OPENING + 2 * LENGTH).contains(&order.orderdate)));
}

#[test]
fn the_same_seed_plays_the_same_day() {
    let (one, two) = (shop(9), shop(9));
    assert_eq!(one.play(9, 120), two.play(9, 120));
    assert_ne!(one.play(10, 120), two.play(11, 120));
}

#[test]
fn the_stream_never_ends_and_adds_up() {
    for seed in 0..4 {
        let at = shop(seed);
        let mut rng = StdRng::seed_from_u64(seed);
        for _ in 0..400 {
            at.at.fetch_add(1_000_000, Ordering::SeqCst);
            random_action(&mut rng, &at.retailer, &at.sitoo).unwrap();
        }
        let orders: Vec<_> = at.sitoo.orders().collect();
        sum_up(&orders);
        assert!(orders.iter().filter(|order| order.is_return).count() > 10);
        let totals = at.sitoo.till_totals();
        assert_eq!(totals.gross_pence, totals.paid_pence);
    }
}

#[test]
fn volume_is_plain_and_paid() {
    let at = shop(2);
    assert_eq!(bulk(&at.sitoo, &at.retailer, 2_000, 1), 2_000);
    let totals = at.sitoo.till_totals();
    assert_eq!((totals.count, totals.returns), (2_000, 0));
    assert_eq!(totals.gross_pence, totals.paid_pence);
    for row in at.sitoo.orders().flat_map(|order| order.rows) {
        assert_eq!(row.net_pence, net_of(row.gross_pence, row.vat_rate));
    }
}
