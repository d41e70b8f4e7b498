//! The other integration: it reads the tills and posts under a rule of its own, some sales before
//! Daybook has seen them, some later, and some never. It keeps to docs/cut-over.md.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use daybook_connectors::{Clock as _, SystemClock};
use daybook_sandbox::{
    Sandbox,
    orderwise::{CREDIT, LineEdit, ORDER, Written},
    sitoo::{OrderState, OrderType, OrderView, PaymentState},
};
use daybook_testkit::live::{Dice, Live};
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::task::JoinSet;

/// How often it looks at the tills.
const PACE: Duration = Duration::from_millis(10);
/// Of a hundred sales so many are posted the moment it sees them,
const AT_ONCE: u64 = 45;
/// and so many never: that is why it is replaced.
const NEVER: u64 = 6;
/// The others wait up to so long, microseconds.
const LATE: u64 = 5_000_000;

/// Its rule, as the configuration of Daybook has it.
pub(crate) const RULE: &str = "SIT-{order-id}";

/// What its documents are called, before the number of the order.
pub(crate) const PREFIX: &str = "SIT-";

/// Whether an order is a sale or a return that is to be posted.
pub(crate) fn counts(order: &OrderView) -> bool {
    order.is_visible
        && order.state == OrderState::Closed
        && order.payment_state == PaymentState::SUCCESSFUL
        && order.order_type == OrderType::ORDER
}

/// Microseconds, by the clock that Daybook uses too.
pub(crate) fn now() -> i64 {
    SystemClock.now().micros()
}

/// At work until this value is dropped.
pub(crate) struct Other {
    desk: Arc<Mutex<Desk>>,
    _at_work: JoinSet<()>,
}

struct Desk {
    sandbox: Arc<Sandbox>,
    tax_rates: BTreeMap<i64, i64>,
    customer: i64,
    dice: Dice,
    /// Whether it looks for new sales.
    reads: bool,
    /// The highest order it has looked at.
    seen: i64,
    /// Orders that may still become sales.
    open: BTreeSet<i64>,
    /// What it has read and will post, with the moment.
    queue: BTreeMap<i64, i64>,
    /// After this moment it posts nothing of the queue any more.
    until: Option<i64>,
    posted: HashSet<i64>,
    /// What Daybook said it has posted.
    handed: HashSet<i64>,
    /// What Daybook said it does not know of.
    unsettled: HashSet<i64>,
}

impl Other {
    /// Reads and posts from the first order on.
    pub(crate) fn start(live: &Live, seed: u64) -> Self {
        let rates = live.retailer.rates.iter();
        let desk = Desk {
            sandbox: Arc::clone(&live.sandbox),
            tax_rates: rates.map(|rate| (rate.percent * 100, rate.tax_rate_id)).collect(),
            customer: live.retailer.stores[0].customer_id,
            dice: Dice::new(seed),
            reads: true,
            seen: 0,
            open: BTreeSet::new(),
            queue: BTreeMap::new(),
            until: None,
            posted: HashSet::new(),
            handed: HashSet::new(),
            unsettled: HashSet::new(),
        };
        let desk = Arc::new(Mutex::new(desk));
        let worked = Arc::clone(&desk);
        let mut at_work = JoinSet::new();
        at_work.spawn(async move {
            let mut beat = tokio::time::interval(PACE);
            loop {
                beat.tick().await;
                let mut desk = worked.lock().unwrap();
                desk.read();
                desk.post();
            }
        });
        Self { desk, _at_work: at_work }
    }

    /// Before the switch: nothing new is read. What was read is posted, but not after `until`.
    pub(crate) fn stop_reading(&self, until: i64) {
        let mut desk = self.desk.lock().unwrap();
        desk.reads = false;
        desk.until = Some(until);
    }

    /// After the way back: goes on with what `daybook cutover back --json` says.
    pub(crate) fn go_on(&self, told: &Value) {
        let ids = |list: &str| -> HashSet<i64> {
            let lines = told[list].as_array().unwrap().iter();
            lines.map(|line| line["order_id"].as_i64().unwrap()).collect()
        };
        let mut desk = self.desk.lock().unwrap();
        desk.handed.extend(ids("posted"));
        desk.unsettled = ids("unsettled");
        let before = told["from_order"].as_i64().unwrap() - 1;
        if !desk.reads {
            (desk.seen, desk.open) = (before, BTreeSet::new());
        }
        desk.seen = desk.seen.min(before);
        let still_open = told["still_open"].as_array().unwrap().iter();
        desk.open.extend(still_open.filter_map(Value::as_i64));
        (desk.reads, desk.until) = (true, None);
    }

    /// Whether nothing that it has read is left to be posted.
    pub(crate) fn is_done(&self) -> bool {
        self.desk.lock().unwrap().queue.is_empty()
    }

    /// What it posted.
    pub(crate) fn posted(&self) -> HashSet<i64> {
        self.desk.lock().unwrap().posted.clone()
    }
}

impl Desk {
    fn read(&mut self) {
        if !self.reads {
            return;
        }
        let open: Vec<i64> = self.open.iter().copied().collect();
        let mut orders: Vec<_> =
            open.iter().filter_map(|id| self.sandbox.sitoo.order(*id)).collect();
        orders.extend(self.sandbox.sitoo.orders_after(self.seen, 200));
        for order in orders {
            let id = order.orderid;
            self.seen = self.seen.max(id);
            if self.is_dealt_with(id) {
                self.open.remove(&id);
            } else if !counts(&order) || self.unsettled.contains(&id) {
                self.open.insert(id);
            } else {
                self.open.remove(&id);
                self.take(id);
            }
        }
    }

    fn is_dealt_with(&self, id: i64) -> bool {
        self.posted.contains(&id) || self.handed.contains(&id) || self.queue.contains_key(&id)
    }

    fn take(&mut self, id: i64) {
        let dice = self.dice.below(100);
        let late = if dice < AT_ONCE { 0 } else { self.dice.below(LATE) };
        if dice < 100 - NEVER {
            self.queue.insert(id, now() + i64::try_from(late).unwrap());
        }
    }

    fn post(&mut self) {
        let now = now();
        if self.until.is_some_and(|until| now >= until) {
            self.queue.clear();
        }
        let due = self.queue.iter().filter(|(_, at)| **at <= now).map(|(id, _)| *id);
        for id in due.collect::<Vec<_>>() {
            self.queue.remove(&id);
            let Some(order) = self.sandbox.sitoo.order(id) else { continue };
            self.posted.insert(id);
            self.sandbox.orderwise.write_document(self.document(&order));
        }
    }

    fn document(&self, order: &OrderView) -> Written {
        let line = |row: &daybook_sandbox::sitoo::RowView| LineEdit {
            sku: Some(row.sku.clone()),
            quantity: Some(Decimal::new(row.total_thousandths.abs(), 3)),
            gross: Some(row.gross_pence.abs()),
            net: Some(row.net_pence.abs()),
            tax: Some((row.gross_pence - row.net_pence).abs()),
            tax_rate_id: self.tax_rates.get(&row.vat_rate).copied(),
            ..LineEdit::default()
        };
        Written {
            reference: format!("{PREFIX}{}", order.orderid),
            order_type: if order.is_return { CREDIT } else { ORDER },
            order_date: None,
            customer: self.customer,
            lines: order.rows.iter().map(line).collect(),
        }
    }
}
