//! Stock: how much of each SKU lies in each warehouse, and the journal of what moved it
//! (facts/sitoo 3). Kept small: a hundred thousand SKUs in fifty warehouses are five million
//! levels.

mod hand;
mod levels;
mod moves;

use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    sync::Arc,
};

pub use hand::StockError;
pub(super) use levels::{Levels, Wanted};
pub(super) use moves::back_to;

use super::state::State;

/// What an answer with levels leaves out, though the status is 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftOut {
    /// All of them: it counts none and has none.
    All,
    /// All but the first; it counts them all.
    ButTheFirst,
}

/// `transactiontype`: goods in by hand or from outside.
pub(super) const MOVE_IN: i64 = 10;
/// Goods out by hand or from outside.
pub(super) const MOVE_OUT: i64 = 20;
/// A delivery of a sale.
pub(super) const SALES: i64 = 30;
/// A delivery of a return.
pub(super) const REFUND: i64 = 40;
/// Somebody counted.
pub(super) const STOCK_TAKING: i64 = 50;

/// `warehousetype` of a warehouse that takes absolute values.
pub(super) const VIRTUAL: i64 = 20;

/// What lies of a SKU in a warehouse. Quantities in thousandths, money in pence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLevel {
    /// `warehouseitemid`.
    pub item_id: i64,
    /// `warehouseid`.
    pub warehouse: i64,
    /// SKU.
    pub sku: Arc<str>,
    /// `decimaltotal`: on hand; may be negative.
    pub total: i64,
    /// `decimalreserved`: held for bookings.
    pub reserved: i64,
    /// `decimalthreshold`: the re-order point.
    pub threshold: i64,
    /// `binlocation`.
    pub bin: Box<str>,
    /// `moneytotal`: what it is worth.
    pub value: i64,
    /// `datelastmodified`, unix seconds.
    pub modified: i64,
    /// `datelaststocktaking`, unix seconds.
    pub counted: Option<i64>,
}

impl StockLevel {
    /// `decimalavailable`: on hand and not reserved.
    pub fn available(&self) -> i64 {
        self.total - self.reserved
    }
}

/// A movement in the journal (facts/sitoo 3.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTransaction {
    /// `warehousetransactionid`, ascending without gaps.
    pub id: i64,
    /// `warehouseid`.
    pub warehouse: i64,
    /// Unix microseconds.
    pub at: i64,
    /// `transactiontype`: 10 in, 20 out, 30 sales, 40 refund, 50 stock-taking.
    pub kind: i64,
    /// `description`.
    pub description: Box<str>,
    /// `orderdeliveryid` of a sale or a return.
    pub delivery: Option<i64>,
    /// The order of that delivery; not on the wire.
    pub order: Option<i64>,
    /// `externalid`, as a client gave it.
    pub external_id: Option<Box<str>>,
    /// `reasoncode`.
    pub reason: Option<Box<str>>,
    /// A client of the API wrote it; not on the wire.
    pub by_api: bool,
    /// What moved.
    pub items: Box<[StockMove]>,
}

/// One SKU of a movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockMove {
    /// SKU.
    pub sku: Arc<str>,
    /// `warehouseitemid`.
    pub item_id: i64,
    /// `decimalquantity`: signed change in thousandths.
    pub change: i64,
    /// `decimaltotal`: level after it.
    pub after: i64,
    /// `moneypricein`, pence.
    pub price_in: i64,
    /// `moneyvalue`: change of what the stock is worth, pence.
    pub value: i64,
    /// `moneytotal`: what it is worth after it, pence.
    pub value_after: i64,
}

/// A client of the API changed a level: a movement, or an absolute value of a virtual warehouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockWrite {
    /// Unix microseconds.
    pub at: i64,
    /// `warehouseid`.
    pub warehouse: i64,
    /// SKU.
    pub sku: Arc<str>,
    /// Signed change in thousandths.
    pub change: i64,
    /// Level after it, in thousandths.
    pub level_after: i64,
    /// `externalid` of a movement.
    pub external_id: Option<Box<str>>,
    /// The movement; none for an absolute value.
    pub transaction: Option<i64>,
    /// The last movement before it: what the journal held when the write landed.
    pub journal_before: i64,
}

/// Is told of every write at the moment it lands, while the account is locked: it must not call
/// the stand-in.
pub type StockWatcher = Box<dyn Fn(&StockWrite) + Send + Sync>;

/// What a booking holds back.
struct Reservation {
    until: i64,
    warehouse: i64,
    moves: Vec<(u32, i64)>,
}

/// Stock of an account.
#[derive(Default)]
pub(super) struct Stock {
    pub(super) levels: Levels,
    journal: Vec<Arc<StockTransaction>>,
    by_warehouse: HashMap<i64, Vec<i64>>,
    external_ids: HashSet<Box<str>>,
    reservations: HashMap<i64, Reservation>,
    /// When reservations end (unix seconds), and of which order.
    ends: BTreeSet<(i64, i64)>,
    /// Hidden orders whose deliveries moved stock all the same.
    pub(super) moved_early: HashSet<i64>,
    /// Movements that happen one by one, each after a page of levels was answered.
    pub(super) between_pages: VecDeque<(i64, Box<str>, i64)>,
    /// What the next answers with levels leave out.
    pub(super) left_out: VecDeque<LeftOut>,
    watcher: Option<StockWatcher>,
}

/// SKU number, signed change in thousandths, price.
type Moves = Vec<(u32, i64, Option<i64>)>;

/// A movement that is not booked yet.
pub(super) struct Draft {
    pub(super) warehouse: i64,
    pub(super) kind: i64,
    pub(super) description: Box<str>,
    pub(super) delivery: Option<(i64, i64)>,
    pub(super) external_id: Option<Box<str>>,
    pub(super) reason: Option<Box<str>>,
    pub(super) by_api: bool,
    pub(super) moves: Moves,
}

impl Draft {
    pub(super) fn new(warehouse: i64, kind: i64, description: &str) -> Self {
        Self {
            warehouse,
            kind,
            description: description.into(),
            delivery: None,
            external_id: None,
            reason: None,
            by_api: false,
            moves: Vec::new(),
        }
    }
}

impl Stock {
    /// The highest id in the journal.
    pub(super) fn last_id(&self) -> i64 {
        i64::try_from(self.journal.len()).unwrap_or(i64::MAX)
    }

    pub(super) fn transaction(&self, id: i64) -> Option<&Arc<StockTransaction>> {
        self.journal.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// The journal from an id on, up to before another.
    pub(super) fn range(&self, from: i64, to: i64) -> &[Arc<StockTransaction>] {
        let place =
            |id: i64| usize::try_from(id.saturating_sub(1)).unwrap_or(0).min(self.journal.len());
        self.journal.get(place(from)..place(to)).unwrap_or_default()
    }

    /// The ids of a warehouse's movements, from an id on, up to before another.
    pub(super) fn range_of(&self, warehouse: i64, from: i64, to: i64) -> &[i64] {
        let ids = self.by_warehouse.get(&warehouse).map(Vec::as_slice).unwrap_or_default();
        let start = ids.partition_point(|id| *id < from);
        let end = ids.partition_point(|id| *id < to);
        ids.get(start..end).unwrap_or_default()
    }

    pub(super) fn knows_external(&self, external_id: &str) -> bool {
        self.external_ids.contains(external_id)
    }

    fn tell(&self, write: &StockWrite) {
        if let Some(watcher) = &self.watcher {
            watcher(write);
        }
    }
}

impl State {
    /// Books a movement: levels change, the journal gets its row. Gives its id.
    pub(super) fn book(&mut self, draft: Draft, now: i64) -> i64 {
        let stock = &mut self.stock;
        let journal_before = stock.last_id();
        let id = journal_before + 1;
        let Draft { warehouse, kind, moves, .. } = draft;
        let is_count = kind == STOCK_TAKING;
        let items: Box<[StockMove]> = moves
            .into_iter()
            .map(|(sku, change, price)| {
                stock.levels.change(warehouse, sku, change, price, is_count, now)
            })
            .collect();
        if draft.by_api {
            for item in &items {
                stock.tell(&StockWrite {
                    at: now,
                    warehouse,
                    sku: Arc::clone(&item.sku),
                    change: item.change,
                    level_after: item.after,
                    external_id: draft.external_id.clone(),
                    transaction: Some(id),
                    journal_before,
                });
            }
        }
        stock.external_ids.extend(draft.external_id.clone());
        stock.by_warehouse.entry(warehouse).or_default().push(id);
        stock.journal.push(Arc::new(StockTransaction {
            id,
            warehouse,
            at: now,
            kind,
            description: draft.description,
            delivery: draft.delivery.map(|(delivery, _)| delivery),
            order: draft.delivery.map(|(_, order)| order),
            external_id: draft.external_id,
            reason: draft.reason,
            by_api: draft.by_api,
            items,
        }));
        self.announce_stock(warehouse, id, now);
        id
    }

    /// Sets the absolute level of a virtual warehouse, as a client wrote it.
    pub(super) fn set_absolute(&mut self, warehouse: i64, sku: u32, total: i64, now: i64) {
        let stock = &mut self.stock;
        let before = stock.levels.total(warehouse, sku);
        let item = stock.levels.change(warehouse, sku, total - before, None, false, now);
        stock.tell(&StockWrite {
            at: now,
            warehouse,
            sku: item.sku,
            change: item.change,
            level_after: item.after,
            external_id: None,
            transaction: None,
            journal_before: stock.last_id(),
        });
    }
}
