//! What happens in the shops and in OrderWise, whatever the Daybook does: the same days for every
//! way of keeping stock.

use std::{collections::VecDeque, sync::Arc};

use daybook_sandbox::{
    Sandbox,
    retailer::{Retailer, Shop, Sku, SkuKind},
    sitoo::{
        OrderState, OrderType, OrderView,
        till::{Refund, Row, Sale, Stage, TenderKind},
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rust_decimal::Decimal;

use super::{books::Books, truth::thousandths};

/// Returns and bookings pick from so many of the newest orders.
const RECENT: i64 = 150;

/// What kinds of thing happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hands {
    /// Staff move and count stock in Sitoo, up and down.
    Both,
    /// Only downwards: what a till oversells then is nobody's fault but the sync's.
    Down,
}

/// One thing that happens. Quantities are thousandths.
#[derive(Debug, Clone)]
enum What {
    Sale { till: String, warehouse: i64, sku: usize, quantity: i64 },
    Book { till: String, sku: usize },
    Return { till: String, pick: usize },
    Settle { pick: usize, is_kept: bool },
    Count { warehouse: i64, sku: usize, off_by: i64 },
    Adjust { warehouse: i64, sku: usize, by: i64 },
    Web { location: i64, sku: usize, quantity: i64 },
    Correct { location: i64, sku: usize, by: i64 },
}

/// What became of what shoppers wanted. Quantities are thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sales that tills made.
    pub sales: u64,
    /// What they sold.
    pub sold: i64,
    /// Of that, what was not there any more.
    pub oversold: i64,
    /// Sales with something that was not there.
    pub oversold_sales: u64,
    /// Sales that a till refused although it was there.
    pub refused: u64,
    /// Orders of the web shop.
    pub web_orders: u64,
}

/// Days of it.
pub(super) struct Demand {
    retailer: Retailer,
    events: VecDeque<(i64, What)>,
    web_orders: u64,
    pub(super) tally: Tally,
}

impl Demand {
    /// From a seed: things that happen between two moments (unix microseconds).
    pub(super) fn new(retailer: Retailer, seed: u64, from: i64, to: i64, hands: Hands) -> Self {
        let mut rng = StdRng::seed_from_u64(seed ^ 0x5704_C4ED);
        let mut events = VecDeque::new();
        let mut at = from;
        loop {
            at += rng.random_range(500_000..20_000_000);
            if at > to {
                break;
            }
            if let Some(what) = one(&mut rng, &retailer, hands) {
                events.push_back((at, what));
            }
        }
        Self { retailer, events, web_orders: 0, tally: Tally::default() }
    }

    /// Plays what happens until now (unix microseconds).
    pub(super) fn play(&mut self, now: i64, sandbox: &Sandbox, books: &mut Books) {
        while self.events.front().is_some_and(|(at, _)| *at <= now) {
            let Some((_, what)) = self.events.pop_front() else { return };
            books.read(&sandbox.sitoo, &sandbox.orderwise);
            self.happen(what, sandbox, books);
        }
    }

    fn happen(&mut self, what: What, sandbox: &Sandbox, books: &Books) {
        let (sitoo, orderwise) = (&sandbox.sitoo, &sandbox.orderwise);
        // Nobody is surprised when something cannot be done: the shopper goes away.
        match what {
            What::Sale { till, warehouse, sku, quantity } => {
                self.sell(sandbox, books, &till, warehouse, sku, quantity);
            }
            What::Book { till, sku } => {
                let sale = Sale::at_register(&till).row(Row::of(&self.sku(sku).product));
                let _ = sitoo.sell(sale.stage(Stage::Open));
            }
            What::Return { till, pick } => {
                let sold = recent(sandbox, |order| order.state == OrderState::Closed);
                let Some(order) = sold.get(pick % sold.len().max(1)) else { return };
                let reason = self.retailer.reasons.iter().find(|reason| reason.kind == 10);
                let mut refund = Refund::whole(&till, order.orderid);
                if let Some(reason) = reason {
                    refund = refund.reason(&reason.code, "");
                }
                let _ = sitoo.refund(refund);
            }
            What::Settle { pick, is_kept } => {
                let open = recent(sandbox, |order| order.state == OrderState::Open);
                let Some(order) = open.get(pick % open.len().max(1)) else { return };
                let card = self.retailer.tender(TenderKind::Card);
                let _ = if is_kept {
                    sitoo.close(order.orderid, Some(card))
                } else {
                    sitoo.cancel(order.orderid)
                };
            }
            What::Count { warehouse, sku, off_by } => {
                let sku = &self.sku(sku).sku;
                let level = sitoo.stock_level(warehouse, sku).map_or(0, |level| level.total);
                let _ = sitoo.stock_take(warehouse, sku, (level + off_by).max(0));
            }
            What::Adjust { warehouse, sku, by } => {
                let _ = sitoo.adjust_stock(warehouse, &self.sku(sku).sku, by);
            }
            What::Web { location, sku, quantity } => {
                let sku = self.sku(sku).sku.clone();
                let free = orderwise.free_stock(&sku, location).map_or(0, thousandths);
                if free >= quantity {
                    self.web_orders += 1;
                    self.tally.web_orders += 1;
                    let quantity = Decimal::new(quantity, 3);
                    let number = format!("WEB-{}", self.web_orders);
                    orderwise.other_order(&number, &[(&sku, location, quantity)]);
                }
            }
            What::Correct { location, sku, by } => {
                orderwise.move_stock(&self.sku(sku).sku, location, Decimal::new(by, 3));
            }
        }
    }

    /// A till sells what it believes to have.
    fn sell(
        &mut self,
        sandbox: &Sandbox,
        books: &Books,
        till: &str,
        warehouse: i64,
        sku: usize,
        quantity: i64,
    ) {
        let Some(shop) = self.retailer.stores.iter().find(|it| it.warehouse_id == warehouse) else {
            return;
        };
        let location = shop.stock_location_id;
        let item = self.sku(sku);
        let shown = sandbox.sitoo.stock_level(warehouse, &item.sku);
        let shown = shown.map_or(0, |level| level.available());
        let place = (warehouse, Arc::from(item.sku.as_str()));
        let free = sandbox.orderwise.free_stock(&item.sku, location).map_or(0, thousandths);
        let there = (free - books.not_posted(&place)).max(0);
        if shown < quantity {
            self.tally.refused += u64::from(there >= quantity);
            return;
        }
        let row = Row::of(&item.product);
        let row = if item.kind == SkuKind::Metre {
            row.unit(quantity)
        } else {
            row.times(quantity / 1000)
        };
        let card = self.retailer.tender(TenderKind::Card);
        if sandbox.sitoo.sell(Sale::at_register(till).row(row).pay_rest(card)).is_ok() {
            let oversold = (quantity - there).max(0);
            self.tally.sales += 1;
            self.tally.sold += quantity;
            self.tally.oversold += oversold;
            self.tally.oversold_sales += u64::from(oversold > 0);
        }
    }

    fn sku(&self, place: usize) -> &Sku {
        &self.retailer.skus[place]
    }
}

/// Recent orders that hold goods and fit.
fn recent(sandbox: &Sandbox, fits: impl Fn(&OrderView) -> bool) -> Vec<OrderView> {
    let last = sandbox.sitoo.last_orderid();
    let mut orders = sandbox.sitoo.orders_after(last - RECENT, 150);
    orders.retain(|order| {
        fits(order) && !order.is_return && order.order_type == OrderType::ORDER && order.is_visible
    });
    orders
}

fn one(rng: &mut StdRng, retailer: &Retailer, hands: Hands) -> Option<What> {
    let shop: &Shop = retailer.stores.get(rng.random_range(0..retailer.stores.len()))?;
    let (warehouse, location) = (shop.warehouse_id, shop.stock_location_id);
    let till = shop.registers.get(rng.random_range(0..shop.registers.len()))?.register_id.clone();
    let stocked: Vec<usize> = (0..retailer.skus.len())
        .filter(|place| {
            let sku = &retailer.skus[*place];
            matches!(sku.kind, SkuKind::Piece | SkuKind::Metre)
        })
        .collect();
    let sku = *stocked.get(rng.random_range(0..stocked.len()))?;
    let is_metre = retailer.skus[sku].kind == SkuKind::Metre;
    let quantity = if is_metre { 50 * rng.random_range(5..40) } else { 1_000 * few(rng) };
    let either = 1_000 * if rng.random_bool(0.5) { 1 } else { -1 };
    let down = if hands == Hands::Both { either } else { -1_000 };
    let pick = rng.random_range(0..1_000);
    Some(match rng.random_range(0..100) {
        0..9 => What::Return { till, pick },
        9..13 => What::Book { till, sku },
        13..16 => What::Settle { pick, is_kept: rng.random_bool(0.7) },
        16..18 => What::Count { warehouse, sku, off_by: down },
        18..21 => What::Adjust { warehouse, sku, by: down },
        21..31 => What::Web { location, sku, quantity },
        31..34 => What::Correct { location, sku, by: either },
        34..38 => What::Correct { location, sku, by: 1_000 * rng.random_range(2..8) },
        _ => What::Sale { till, warehouse, sku, quantity },
    })
}

/// One mostly, sometimes two or three.
fn few(rng: &mut StdRng) -> i64 {
    1 + rng.random_range(0..3_i64).min(rng.random_range(0..4))
}
