//! An endless stream of till actions for the simulator, and volume for benchmarks.

use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};

use super::{action::Back, basket::Basket};
use crate::{
    retailer::{GIFT_CARD_SKU, Retailer, TenderType},
    sitoo::{
        OrderState, OrderType, OrderView, Sitoo,
        till::{Exchange, Row, Sale, Stage, TenderKind, TillError},
    },
};

/// Returns pick from so many of the newest orders.
const RECENT: i64 = 200;

/// Does one thing at one of the retailer's tills, now; gives the order that it made or changed.
/// What cannot be done (nothing has been sold yet, it all came back) is a sale instead. The same
/// generator state and the same orders give the same action.
pub fn random_action(
    rng: &mut StdRng,
    retailer: &Retailer,
    sitoo: &Sitoo,
) -> Result<i64, TillError> {
    let mut basket = Basket { retailer, rng };
    let register = basket.till().map(|(_, till)| till.register_id.clone()).unwrap_or_default();
    let done = match basket.rng.random_range(0..100) {
        0..10 => basket.give_back(sitoo),
        10..13 => basket.swap(sitoo),
        13..15 => Some(basket.blind(&register)).map(|refund| sitoo.refund(refund)),
        15..17 => Some(basket.gift_card(&register)).map(|sale| sitoo.sell(sale)),
        17..20 => Some(basket.unpaid(&register)).map(|sale| sitoo.sell(sale)),
        20..24 => basket.settle_open(sitoo),
        _ => None,
    };
    match done {
        Some(Ok(orderid)) => Ok(orderid),
        _ => sitoo.sell(basket.ordinary(&register).0),
    }
}

/// Places so many plain closed sales, fast; gives how many were placed.
pub fn bulk(sitoo: &Sitoo, retailer: &Retailer, n: usize, seed: u64) -> usize {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut basket = Basket { retailer, rng: &mut rng };
    sitoo.reserve(n);
    let tenders: Vec<_> = retailer.tenders.iter().take(2).map(TenderType::tender).collect();
    let registers: Vec<_> = retailer.tills().map(|(_, till)| till.register_id.as_str()).collect();
    let mut placed = 0;
    for _ in 0..n {
        let Some(register) = registers.choose(basket.rng) else { break };
        let mut sale = Sale::at_register(register);
        for _ in 0..basket.rng.random_range(1..4) {
            if let Some(sku) = basket.piece() {
                sale = sale.row(Row::of(&sku.product));
            }
        }
        if let Some(tender) = tenders.choose(basket.rng) {
            sale = sale.pay_rest(tender.clone());
        }
        placed += usize::from(sitoo.sell(sale).is_ok());
    }
    placed
}

impl Basket<'_> {
    /// A return of a recent sale, whole or in part, in any store.
    fn give_back(&mut self, sitoo: &Sitoo) -> Option<Result<i64, TillError>> {
        let (orderid, back) = self.recent(sitoo)?;
        Some(sitoo.refund(back.of(orderid)))
    }

    fn swap(&mut self, sitoo: &Sitoo) -> Option<Result<i64, TillError>> {
        let (orderid, back) = self.recent(sitoo)?;
        let rows = self.rows();
        let sale = self.sale(&back.register, rows);
        let exchange = Exchange { refund: back.of(orderid), sale };
        Some(sitoo.exchange(exchange).map(|placed| placed.sale))
    }

    /// A recent sale and what comes back of it.
    fn recent(&mut self, sitoo: &Sitoo) -> Option<(i64, Back)> {
        let recent = sitoo.orders_after(sitoo.last_orderid() - RECENT, 200);
        let sales: Vec<_> = recent.iter().filter(|order| can_come_back(order)).collect();
        let sale = sales.choose(self.rng)?;
        let quantities: Vec<_> = sale.rows.iter().map(|row| row.quantity).collect();
        let rows = self.rng.random_ratio(1, 2).then(|| self.some_rows(&quantities));
        let shop = self.till()?.0.clone();
        Some((sale.orderid, self.back(&shop, rows)?))
    }

    /// A booking, a parked receipt, or an order that is still open.
    fn unpaid(&mut self, register: &str) -> Sale {
        let rows = self.rows();
        let stage = match self.rng.random_range(0..4) {
            0 => Stage::Parked,
            1 => Stage::Abandoned,
            _ => Stage::Open,
        };
        self.sale(register, rows).stage(stage)
    }

    /// Closes or cancels a recent order that is open.
    fn settle_open(&mut self, sitoo: &Sitoo) -> Option<Result<i64, TillError>> {
        let recent = sitoo.orders_after(sitoo.last_orderid() - RECENT, 200);
        let is_open = |order: &&OrderView| {
            order.state == OrderState::Open && order.order_type == OrderType::ORDER
        };
        let open: Vec<_> = recent.iter().filter(is_open).map(|order| order.orderid).collect();
        let orderid = *open.choose(self.rng)?;
        let tender = self.retailer.tender(TenderKind::Card);
        let done = match self.rng.random_range(0..3) {
            0 => sitoo.cancel(orderid),
            _ => sitoo.close(orderid, Some(tender)),
        };
        Some(done.map(|()| orderid))
    }
}

fn can_come_back(order: &OrderView) -> bool {
    !order.is_return
        && order.state == OrderState::Closed
        && order.order_type == OrderType::ORDER
        && order.rows.iter().all(|row| row.quantity > 0 && row.sku != GIFT_CARD_SKU)
}
