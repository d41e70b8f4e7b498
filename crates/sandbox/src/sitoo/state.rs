//! What an account holds, and how an order gets into it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    ops::Range,
    sync::Arc,
};

use super::{
    ACCOUNT, API_ID, PASSWORD, Switches,
    api::ApiKey,
    catalogue::Catalogue,
    events::{DeliveryHappening, Event, Happening},
    masters::{Product, ProductGroup, ReasonCode, Register, Settings, Store, Warehouse},
    model::{Order, OrderState},
    stock::Stock,
    till::Sale,
    zreport::Tills,
};

/// A row of the order log that somebody added (facts/sitoo 2.3).
#[derive(Debug, Clone)]
pub(super) struct LogItem {
    pub(super) at: i64,
    pub(super) kind: i64,
    pub(super) text: Option<Box<str>>,
}

/// A delivery (facts/sitoo 2.7): row and quantity.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    pub(super) id: i64,
    pub(super) warehouse: i64,
    pub(super) reference: Box<str>,
    pub(super) at: i64,
    /// Unix seconds; none while it stands.
    pub(super) cancelled: Option<i64>,
    pub(super) ignores_stock: bool,
    /// Made at a till: returned rows go where they say.
    pub(super) by_till: bool,
    pub(super) items: Vec<(i64, i64)>,
}

pub(super) struct State {
    pub(super) account: i64,
    pub(super) keys: Vec<ApiKey>,
    pub(super) switches: Switches,
    pub(super) settings: Settings,
    pub(super) stores: BTreeMap<i64, Arc<Store>>,
    pub(super) warehouses: BTreeMap<i64, Warehouse>,
    pub(super) registers: Vec<Arc<Register>>,
    pub(super) register_by_id: HashMap<Box<str>, Arc<Register>>,
    pub(super) groups: BTreeMap<i64, ProductGroup>,
    pub(super) products: BTreeMap<i64, Arc<Product>>,
    pub(super) product_by_sku: HashMap<Box<str>, Arc<Product>>,
    pub(super) reasons: BTreeMap<i64, ReasonCode>,
    /// Visible orders by id. A sorted list, because ids nearly always come in order and a page's
    /// place is then found without counting.
    pub(super) orders: Vec<Arc<Order>>,
    /// Orders with an id that nobody sees yet, by the moment (microseconds) they appear.
    pub(super) hidden: BTreeMap<(i64, i64), Arc<Order>>,
    /// Visible orders that are not closed: few, and asked for again and again.
    pub(super) unclosed: BTreeSet<i64>,
    pub(super) by_external: HashMap<Box<str>, i64>,
    pub(super) by_credit: HashMap<i64, Vec<i64>>,
    pub(super) by_receipt: HashMap<(u32, u32), i64>,
    /// How much came back, by order and row.
    pub(super) returned: HashMap<(i64, usize), i64>,
    pub(super) tills: Tills,
    pub(super) receipts: HashMap<u32, u32>,
    pub(super) logs: HashMap<i64, Vec<LogItem>>,
    pub(super) deliveries: HashMap<i64, Vec<Delivery>>,
    /// Sales that are placed one by one, each after a page of orders was answered.
    pub(super) between_pages: VecDeque<Sale>,
    pub(super) catalogue: Catalogue,
    pub(super) stock: Stock,
    pub(super) events: VecDeque<Event>,
    pub(super) next_order: i64,
    pub(super) next_delivery: i64,
    pub(super) next_event: u64,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            account: ACCOUNT,
            keys: vec![ApiKey::new(API_ID, PASSWORD)],
            switches: Switches::default(),
            settings: Settings::default(),
            stores: BTreeMap::new(),
            warehouses: BTreeMap::new(),
            registers: Vec::new(),
            register_by_id: HashMap::new(),
            groups: super::load::default_groups(),
            products: BTreeMap::new(),
            product_by_sku: HashMap::new(),
            reasons: BTreeMap::new(),
            orders: Vec::new(),
            hidden: BTreeMap::new(),
            unclosed: BTreeSet::new(),
            by_external: HashMap::new(),
            by_credit: HashMap::new(),
            by_receipt: HashMap::new(),
            returned: HashMap::new(),
            tills: Tills::default(),
            receipts: HashMap::new(),
            logs: HashMap::new(),
            deliveries: HashMap::new(),
            between_pages: VecDeque::new(),
            catalogue: Catalogue::default(),
            stock: Stock::default(),
            events: VecDeque::new(),
            next_order: 10_001,
            next_delivery: 1,
            next_event: 1,
        }
    }

    /// The next order id. Some are skipped for good where the switch says so.
    pub(super) fn allot_order(&mut self) -> i64 {
        loop {
            let id = self.next_order;
            self.next_order += 1;
            if !is_chosen(id, 1, self.switches.skip_id_every) {
                return id;
            }
        }
    }

    pub(super) fn allot_delivery(&mut self) -> i64 {
        let id = self.next_delivery;
        self.next_delivery += 1;
        id
    }

    /// Stores a new order: visible at once, or later.
    pub(super) fn commit(&mut self, order: Order, is_held_back: bool, now: i64) {
        let late = is_chosen(order.id, 2, self.switches.late_commit_every);
        let order = Arc::new(order);
        if is_held_back {
            self.hide(order, i64::MAX, now);
        } else if late && self.switches.late_commit_us > 0 {
            self.hide(order, now + self.switches.late_commit_us, now);
        } else {
            self.show(&order, now);
        }
    }

    /// Nobody sees it until then; its stock moves before, where the switch says so.
    fn hide(&mut self, order: Arc<Order>, until: i64, now: i64) {
        if self.switches.stock_moves_before_visible {
            self.stock.moved_early.insert(order.id);
            self.move_all(&order, now);
        }
        self.hidden.insert((until, order.id), order);
    }

    /// Makes everything visible whose moment has come, and ends what was reserved until now.
    pub(super) fn show_due(&mut self, now: i64) {
        while let Some(entry) = self.hidden.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let order = entry.remove();
            self.show(&order, now);
        }
        self.free_due(now);
        self.tell_reports(now.div_euclid(1_000_000));
    }

    /// Makes a held back order visible.
    pub(super) fn reveal(&mut self, id: i64, now: i64) -> bool {
        let key = self.hidden.keys().find(|(_, hidden)| *hidden == id).copied();
        let order = key.and_then(|key| self.hidden.remove(&key));
        order.map(|order| self.show(&order, now)).is_some()
    }

    fn show(&mut self, order: &Arc<Order>, now: i64) {
        if order.state != OrderState::Closed {
            self.unclosed.insert(order.id);
        }
        if let Some(external) = &order.external_id {
            self.by_external.insert(external.clone(), order.id);
        }
        if let Some(original) = order.credit_of {
            self.by_credit.entry(original).or_default().push(order.id);
        }
        if let (Some(register), Some(receipt)) = (&order.register, order.receipt) {
            self.by_receipt.insert((register.index, receipt), order.id);
        }
        let happening = Happening::Added(order.state);
        if self.switches.events {
            self.announce(order, happening, now);
        }
        let place = self.orders.partition_point(|known| known.id < order.id);
        self.orders.insert(place, Arc::clone(order));
        if self.switches.events && self.switches.stock_events {
            for delivery in self.deliveries_of(order) {
                self.announce_delivery(order.id, &delivery, DeliveryHappening::Added, now);
            }
        }
        if !self.stock.moved_early.remove(&order.id) {
            self.move_all(order, now);
        }
    }

    /// Where the visible orders with `from <= id < to` are.
    pub(super) fn range(&self, from: i64, to: i64) -> Range<usize> {
        let start = self.orders.partition_point(|order| order.id < from);
        let end = self.orders.partition_point(|order| order.id < to);
        start..end.max(start)
    }

    /// A visible order.
    pub(super) fn visible(&self, id: i64) -> Option<&Arc<Order>> {
        let place = self.orders.binary_search_by_key(&id, |order| order.id).ok()?;
        self.orders.get(place)
    }

    /// An order, visible or not: the till that made it knows it.
    pub(super) fn any(&self, id: i64) -> Option<&Arc<Order>> {
        self.visible(id).or_else(|| self.hidden.values().find(|order| order.id == id))
    }

    /// Changes an order, wherever it is, and keeps the indexes right. False without one.
    pub(super) fn change(&mut self, id: i64, change: impl FnOnce(&mut Order)) -> bool {
        let place = self.orders.binary_search_by_key(&id, |order| order.id);
        let Ok(place) = place else {
            let hidden = self.hidden.values_mut().find(|order| order.id == id);
            return hidden.map(|order| change(Arc::make_mut(order))).is_some();
        };
        let Some(slot) = self.orders.get_mut(place) else { return false };
        let before = (slot.external_id.clone(), slot.credit_of);
        change(Arc::make_mut(slot));
        let after = Arc::clone(slot);
        self.reindex(&after, before);
        true
    }

    fn reindex(&mut self, order: &Order, before: (Option<Box<str>>, Option<i64>)) {
        if order.state == OrderState::Closed {
            self.unclosed.remove(&order.id);
        } else {
            self.unclosed.insert(order.id);
        }
        let (external, credit) = before;
        if external != order.external_id {
            external.map(|old| self.by_external.remove(&old));
            if let Some(new) = &order.external_id {
                self.by_external.insert(new.clone(), order.id);
            }
        }
        if credit != order.credit_of {
            if let Some(refunds) = credit.and_then(|old| self.by_credit.get_mut(&old)) {
                refunds.retain(|id| *id != order.id);
            }
            if let Some(original) = order.credit_of {
                self.by_credit.entry(original).or_default().push(order.id);
            }
        }
    }

    /// The order of a receipt id: register key and number, split wherever a key fits.
    pub(super) fn find_receipt(&self, receipt_id: &str) -> Option<i64> {
        self.registers.iter().find_map(|register| {
            let number = receipt_id.strip_prefix(register.key.as_str())?.parse().ok()?;
            self.by_receipt.get(&(register.index, number)).copied()
        })
    }
}

/// About one in `every` ids, always the same ones, without a visible pattern.
fn is_chosen(id: i64, salt: u64, every: u64) -> bool {
    every != 0 && mix(id.unsigned_abs() ^ (salt << 60)).is_multiple_of(every)
}

/// Spreads a number over all 64 bits (splitmix64).
pub(super) fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
