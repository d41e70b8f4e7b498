//! Planning a day: who does what, when, at which till.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::{
    LENGTH, OPENING, TradingDay,
    action::{Action, Step},
    backwards::Sold,
    basket::{Basket, Rows, worth},
    mix::{Kind, kinds},
    shopper,
};
use crate::{
    retailer::{CARRIER, Retailer},
    sitoo::till::{Row, Sale, Stage, Tender, TenderKind},
};

/// The offline till loses its line at 13 o'clock and gets it back at 17:40.
const LINE_LOST: i64 = 4 * 3600;
const LINE_BACK: i64 = LENGTH - 20 * 60;
/// What stays open is closed, collected or cancelled within so many seconds.
const MEANWHILE: std::ops::Range<i64> = 300..2 * 3600;

impl TradingDay {
    /// A day with so many transactions. The same seed plans the same day.
    pub fn plan(seed: u64, retailer: &Retailer, transactions: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let kinds = kinds(transactions, &mut rng);
        let mut times: Vec<_> = kinds.iter().map(|_| moment(&mut rng)).collect();
        times.sort_unstable();
        let basket = Basket { retailer, rng: &mut rng };
        let mut planner = Planner { basket, steps: Vec::new(), sold: Vec::new(), now: 0 };
        for (kind, at) in kinds.into_iter().zip(times) {
            planner.now = at;
            if let Some(till) = planner.till() {
                planner.add(kind, till);
            }
        }
        let mut steps = planner.steps;
        let placed = vec![None; steps.len()];
        steps.sort_by_key(|step| (step.arrives, step.number));
        Self { opening: OPENING, steps: steps.into(), placed, refusals: Vec::new(), closes: None }
    }
}

/// A moment of the day; noon is busy.
fn moment(rng: &mut StdRng) -> i64 {
    i64::midpoint(rng.random_range(0..LENGTH), rng.random_range(0..LENGTH))
}

struct Planner<'a> {
    basket: Basket<'a>,
    steps: Vec<Step>,
    sold: Vec<Sold>,
    now: i64,
}

/// A till, chosen: position of its store, register.
type At = (usize, String);

impl Planner<'_> {
    /// Adds a transaction at a till.
    fn add(&mut self, kind: Kind, at: At) {
        match kind {
            Kind::Ordinary => self.ordinary(at),
            Kind::GiftCard => {
                let sale = self.basket.gift_card(&at.1);
                self.now(Action::Sell(Box::new(sale)));
            }
            Kind::ThreeFor => {
                let row = self.basket.three_for();
                self.with_row(at, row);
            }
            Kind::Metres => {
                let row = self.basket.metres();
                self.with_row(at, row);
            }
            Kind::RoundedCash => self.rounded_cash(at),
            Kind::Offline => self.offline(),
            Kind::ReturnWhole => self.comes_back(at, false, true),
            Kind::ReturnRows => self.comes_back(at, false, false),
            Kind::ReturnElsewhere => self.comes_back(at, true, true),
            Kind::ReturnBlind => {
                let refund = self.basket.blind(&at.1);
                self.now(Action::Blind(Box::new(refund)));
            }
            Kind::Exchange => self.exchange(at),
            Kind::Booking | Kind::Parked | Kind::Abandoned => {
                self.unfinished(&at, kind);
            }
            Kind::BookingCollected | Kind::ParkedCollected => self.collected(&at, kind),
            Kind::OpenThenClosed | Kind::OpenThenCancelled => self.open(&at, kind),
            Kind::SentHome => self.sent_home(&at),
            Kind::Misspelt => self.misspelt(at),
            Kind::Missing => {
                let sku = self.basket.retailer.troubles.missing_sku.clone();
                self.trouble(at, &sku);
            }
            Kind::Inactive => {
                let sku = self.basket.retailer.troubles.inactive_sku.clone();
                self.trouble(at, &sku);
            }
            Kind::UnknownTender => self.unknown_tender(&at),
        }
    }

    /// A till that is not offline now.
    fn till(&mut self) -> Option<At> {
        let stores = &self.basket.retailer.stores;
        let store = self.basket.rng.random_range(0..stores.len().max(1));
        let tills = &stores.get(store)?.registers;
        let mut till = self.basket.rng.random_range(0..tills.len().max(1));
        if (store, till) == (0, 0) && tills.len() > 1 && self.now >= LINE_LOST {
            till = 1;
        }
        Some((store, tills.get(till)?.register_id.clone()))
    }

    fn push(&mut self, happens: i64, arrives: i64, action: Action) -> usize {
        let number = self.steps.len();
        self.steps.push(Step { number, happens, arrives, action });
        number
    }

    fn now(&mut self, action: Action) -> usize {
        self.push(self.now, self.now, action)
    }

    /// After a while, but before the shop closes if it can be.
    fn later(&mut self, action: Action) -> usize {
        let at = (self.now + self.basket.rng.random_range(MEANWHILE)).min(LENGTH.max(self.now + 1));
        self.push(at, at, action)
    }

    /// A sale that can come back.
    fn sell(&mut self, store: usize, sale: Sale, quantities: Vec<i64>) {
        let step = self.now(Action::Sell(Box::new(sale)));
        self.sold.push(Sold { step, store, quantities });
    }

    fn ordinary(&mut self, (store, register): At) {
        let (sale, quantities) = self.basket.ordinary(&register);
        self.sell(store, sale, quantities);
    }

    fn with_row(&mut self, (store, register): At, row: Option<(Row, i64)>) {
        let mut rows = self.basket.rows();
        rows.extend(row);
        let (sale, quantities) = self.basket.paid_sale(&register, rows);
        self.sell(store, sale, quantities);
    }

    fn rounded_cash(&mut self, (store, register): At) {
        let rows = self.basket.rows();
        let quantities = rows.iter().map(|(_, quantity)| *quantity).collect();
        let cash = self.basket.retailer.tender(TenderKind::Cash);
        let sale = self.basket.sale(&register, rows).pay_rest(cash).round_off_to(5);
        self.sell(store, sale, quantities);
    }

    /// A sale at the till that lost its line; Sitoo gets it, with all others, when it is back.
    fn offline(&mut self) {
        let stores = &self.basket.retailer.stores;
        let till = stores.first().and_then(|shop| shop.registers.first());
        let Some(register) = till.map(|till| till.register_id.clone()) else { return };
        let happens = self.basket.rng.random_range(LINE_LOST..LINE_BACK);
        let sale = self.basket.ordinary(&register).0;
        self.push(happens, LINE_BACK, Action::Sell(Box::new(sale)));
    }

    fn misspelt(&mut self, (store, register): At) {
        let troubles = &self.basket.retailer.troubles;
        let spellings = &troubles.spellings;
        let spelling = spellings.get(self.steps.len() % spellings.len().max(1));
        let sku = self.basket.retailer.sku(&troubles.misspelt_sku);
        let (Some(sku), Some(spelling)) = (sku, spelling) else { return };
        let rows = vec![(Row::of(&sku.product).sold_as(spelling), 1)];
        let (sale, quantities) = self.basket.paid_sale(&register, rows);
        self.sell(store, sale, quantities);
    }

    /// A basket with this SKU in it. It does not come back: that would count twice.
    fn trouble(&mut self, (_, register): At, sku: &str) {
        let mut rows: Rows = self.basket.row().into_iter().collect();
        rows.extend(self.basket.retailer.sku(sku).map(|sku| (Row::of(&sku.product), 1)));
        let sale = self.basket.paid_sale(&register, rows).0;
        self.now(Action::Sell(Box::new(sale)));
    }

    fn unknown_tender(&mut self, (_, register): &At) {
        let rows = self.basket.rows();
        let name = self.basket.retailer.troubles.unknown_tender.as_str();
        let tender = Tender::new(name, "", TenderKind::Other);
        let sale = self.basket.sale(register, rows).pay_rest(tender);
        self.now(Action::Sell(Box::new(sale)));
    }

    /// Paid, and open until all of it has left OrderWise (facts/sitoo 8.4): sent home from the
    /// central warehouse, with some of it taken along now and then, or collected in another store.
    fn sent_home(&mut self, (store, register): &At) {
        let rows = self.basket.rows();
        let (due, taken) = (worth(&rows), rows.first().map_or(0, |(_, quantity)| *quantity));
        let is_mixed = rows.len() > 1 && self.basket.rng.random_ratio(1, 3);
        let sale = self.basket.sale(register, rows);
        let sale = sale.shopper(shopper::with_address(self.basket.rng)).stage(Stage::OpenPaid);
        let others = self.basket.retailer.stores.len().max(2) - 1;
        let other = (store + 1 + self.basket.rng.random_range(0..others)) % (others + 1);
        let other = self.basket.retailer.stores.get(other);
        let sale = match other.filter(|_| self.basket.rng.random_ratio(1, 4)) {
            Some(other) => sale.collect_at(&other.external_id),
            None => sale.carrier(CARRIER),
        };
        let sale = if is_mixed { sale.taken(0, taken) } else { sale };
        let sale = self.basket.paid(sale, due);
        self.now(Action::Sell(Box::new(sale)));
    }

    fn open(&mut self, (_, register): &At, kind: Kind) {
        let rows = self.basket.rows();
        let sale = self.basket.sale(register, rows).stage(Stage::Open);
        let of = self.now(Action::Sell(Box::new(sale)));
        let tender = self.basket.retailer.tender(TenderKind::Card);
        let is_closed = kind == Kind::OpenThenClosed;
        self.later(if is_closed { Action::Close { of, tender } } else { Action::Cancel { of } });
    }

    /// What is not a sale, and will not become one here; gives its step and its rows.
    fn unfinished(&mut self, (_, register): &At, kind: Kind) -> (usize, Rows) {
        let rows = self.basket.rows();
        let sale = self.basket.sale(register, rows.clone());
        let action = match kind {
            Kind::Booking | Kind::BookingCollected => {
                Action::Book(Box::new(sale.shopper(shopper::known(self.basket.rng))))
            }
            Kind::Abandoned => Action::Sell(Box::new(sale.stage(Stage::Abandoned))),
            _ => Action::Sell(Box::new(sale.stage(Stage::Parked))),
        };
        (self.now(action), rows)
    }

    fn collected(&mut self, at: &At, kind: Kind) {
        let (of, rows) = self.unfinished(at, kind);
        let sale = self.basket.paid_sale(&at.1, rows).0;
        self.later(Action::Collect { of, sale: Box::new(sale) });
    }

    /// A sale of the day that has not come back yet, any one.
    fn pick_sold(&mut self) -> Option<Sold> {
        if self.sold.is_empty() {
            return None;
        }
        Some(self.sold.swap_remove(self.basket.rng.random_range(0..self.sold.len())))
    }

    fn comes_back(&mut self, at: At, is_elsewhere: bool, is_whole: bool) {
        let Some(sold) = self.pick_sold() else { return self.ordinary(at) };
        let rows = (!is_whole).then(|| self.basket.some_rows(&sold.quantities));
        let Some(shop) = self.basket.store_for(&sold, is_elsewhere) else { return };
        if let Some(back) = self.basket.back(&shop, rows) {
            self.now(Action::Return { of: sold.step, back });
        }
    }

    fn exchange(&mut self, at: At) {
        let Some(sold) = self.pick_sold() else { return self.ordinary(at) };
        let rows = Some(self.basket.some_rows(&sold.quantities));
        let Some(shop) = self.basket.store_for(&sold, false) else { return };
        let Some(back) = self.basket.back(&shop, rows) else { return };
        let new = self.basket.rows();
        // Nothing but a card settles the difference: its side is known only at the till.
        let sale = self.basket.sale(&back.register, new);
        self.now(Action::Exchange { of: sold.step, back, sale: Box::new(sale) });
    }
}
