//! Events (facts/sitoo 7): what Sitoo posts to `{your base}/events`, and how it insists.

use std::sync::Arc;

use serde_json::json;

use super::{
    SITE, Sitoo,
    model::{Order, OrderState, OrderType},
    state::{Delivery, State, mix},
};
use crate::lock;

/// At most so many events in a batch.
const BATCH: usize = 10;
/// Pauses between the first ten tries, which fall into the first hour (seconds). The exact
/// pauses are not known.
const FIRST_PAUSES: [i64; 9] = [10, 30, 60, 120, 300, 300, 600, 900, 1_200];
/// Tries in the end: ten, and one each hour for 23 hours.
const TRIES: u32 = 33;
const SECOND: i64 = 1_000_000;

/// What happened to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happening {
    Added(OrderState),
    Updated(Option<OrderState>),
    ReadyForPickup,
    PickupRejected,
}

/// What happened to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeliveryHappening {
    Added,
    Cancelled,
}

/// An event that waits to be sent.
#[derive(Debug, Clone)]
pub(super) struct Event {
    id: u64,
    kind: Box<str>,
    at: i64,
    data: serde_json::Value,
}

/// What statuses mean; the pages disagree (facts/sitoo 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StatusRule {
    /// 200 is done; 429, 503 and 504 are tried again; anything else drops the events.
    #[default]
    Newest,
    /// 200 or any 4xx but 429 is done; anything else is tried again.
    Older,
}

/// What one step of the sender did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing to send.
    Idle,
    /// The head of the line waits until this moment (unix microseconds).
    Waiting(i64),
    /// So many events were accepted.
    Delivered(usize),
    /// The batch is sent again at this moment.
    Again(i64),
    /// So many events were thrown away.
    Dropped(usize),
}

/// Sends the events of an account, one batch at a time, in their order; a batch that is not
/// accepted holds up all others.
pub struct Sender {
    sitoo: Arc<Sitoo>,
    rule: StatusRule,
    repeat_every: u64,
    batches: u64,
    head: Vec<Event>,
    is_repeat: bool,
    tries: u32,
    due: i64,
}

impl Sender {
    /// A sender; turns the switch for events on.
    pub fn new(sitoo: Arc<Sitoo>) -> Self {
        sitoo.switch(|switches| switches.events = true);
        Self {
            sitoo,
            rule: StatusRule::Newest,
            repeat_every: 0,
            batches: 0,
            head: Vec::new(),
            is_repeat: false,
            tries: 0,
            due: 0,
        }
    }

    /// Which meaning statuses have.
    #[must_use]
    pub fn rule(mut self, rule: StatusRule) -> Self {
        self.rule = rule;
        self
    }

    /// Sends every so many-th accepted batch once more: delivery is at least once.
    #[must_use]
    pub fn repeat_every(mut self, batches: u64) -> Self {
        self.repeat_every = batches;
        self
    }

    /// Sends the next batch, if one is due. `post` gets the body (a JSON array) and gives the
    /// status, or nothing when there was no answer within 15 seconds.
    pub async fn step<F, Answer>(&mut self, post: F) -> Step
    where
        F: FnOnce(String) -> Answer,
        Answer: Future<Output = Option<u16>>,
    {
        let now = self.sitoo.now();
        if self.head.is_empty() {
            self.head = self.sitoo.next_events(BATCH);
            (self.tries, self.due) = (0, now);
        }
        if self.head.is_empty() {
            return Step::Idle;
        }
        if self.due > now {
            return Step::Waiting(self.due);
        }
        let status = post(self.body()).await;
        self.settle(status)
    }

    fn body(&self) -> String {
        let account = lock(&self.sitoo.state).account;
        let events: Vec<_> = self.head.iter().map(|event| event.json(account)).collect();
        serde_json::Value::Array(events).to_string()
    }

    fn settle(&mut self, status: Option<u16>) -> Step {
        let now = self.sitoo.now();
        self.tries += 1;
        let count = self.head.len();
        match self.rule.verdict(status) {
            Verdict::Done => {
                self.batches += 1;
                let is_unlucky =
                    self.repeat_every != 0 && self.batches.is_multiple_of(self.repeat_every);
                self.is_repeat = is_unlucky && !self.is_repeat;
                if self.is_repeat {
                    (self.tries, self.due) = (0, now);
                } else {
                    self.head.clear();
                }
                Step::Delivered(count)
            }
            Verdict::Again if self.tries < TRIES => {
                let nth = usize::try_from(self.tries - 1).unwrap_or(usize::MAX);
                let pause = FIRST_PAUSES.get(nth).copied().unwrap_or(3_600);
                self.due = now + pause * SECOND;
                Step::Again(self.due)
            }
            Verdict::Again | Verdict::Drop => {
                self.head.clear();
                Step::Dropped(count)
            }
        }
    }
}

enum Verdict {
    Done,
    Again,
    Drop,
}

impl StatusRule {
    fn verdict(self, status: Option<u16>) -> Verdict {
        match (self, status) {
            (_, Some(200)) | (Self::Older, Some(400..=428 | 430..=499)) => Verdict::Done,
            (Self::Newest, Some(status)) if ![429, 503, 504].contains(&status) => Verdict::Drop,
            _ => Verdict::Again,
        }
    }
}

impl Event {
    fn json(&self, account: i64) -> serde_json::Value {
        let id = format!("{:016x}{:016x}", mix(self.id), mix(!self.id));
        json!({
            "event_id": id,
            "event_type": self.kind,
            "event_date": self.at,
            "account_id": account,
            "data": self.data,
        })
    }
}

impl Happening {
    fn words(self) -> (&'static str, Option<OrderState>) {
        match self {
            Self::Added(state) => ("add", Some(state)),
            Self::Updated(state) => ("update", state),
            Self::ReadyForPickup => ("ready-for-pickup", None),
            Self::PickupRejected => ("pickup-rejected", None),
        }
    }
}

impl State {
    /// Makes the event of something that happened to an order.
    pub(super) fn announce(&mut self, order: &Order, happening: Happening, now: i64) {
        let (what, state) = happening.words();
        let mut data = json!({
            "eshop_id": SITE,
            "order_id": order.id,
            "order_event_type": what,
        });
        if let Some(warehouse) = order.warehouse {
            data["warehouse_id"] = warehouse.into();
        }
        let state = match state {
            Some(OrderState::Open) => Some("open"),
            Some(OrderState::Closed) => Some("closed"),
            Some(OrderState::Cancelled) => Some("cancelled"),
            _ => None,
        };
        if let Some(state) = state {
            data["order_state_changed"] = state.into();
        }
        let kind = if order.kind == OrderType::BOOKING { "booking" } else { "order" };
        self.queue_event(kind, data, now);
    }

    /// The same for an order that clients can see; others are announced when they appear.
    pub(super) fn announce_id(&mut self, orderid: i64, happening: Happening, now: i64) {
        if self.switches.events
            && let Some(order) = self.visible(orderid).cloned()
        {
            self.announce(&order, happening, now);
        }
    }

    /// Makes the event of a delivery of an order that clients can see. Property names are partly
    /// guessed (facts/sitoo 7).
    pub(super) fn announce_delivery(
        &mut self,
        order_id: i64,
        delivery: &Delivery,
        happening: DeliveryHappening,
        now: i64,
    ) {
        let is_told = self.switches.events && self.switches.stock_events;
        if !is_told || self.visible(order_id).is_none() {
            return;
        }
        let (what, state) = match happening {
            DeliveryHappening::Added => ("add", "delivered"),
            DeliveryHappening::Cancelled => ("update", "cancelled"),
        };
        let data = json!({
            "eshop_id": SITE,
            "order_id": order_id,
            "order_delivery_id": delivery.id,
            "warehouse_id": delivery.warehouse,
            "order_delivery_event_type": what,
            "order_delivery_state_changed": state,
        });
        self.queue_event("order-delivery", data, now);
    }

    /// Makes the event of a movement: ids only, which is our guess (facts/sitoo 7).
    pub(super) fn announce_stock(&mut self, warehouse: i64, transaction: i64, now: i64) {
        if self.switches.events && self.switches.stock_events {
            let data = json!({
                "eshop_id": SITE,
                "warehouse_id": warehouse,
                "warehouse_transaction_id": transaction,
            });
            self.queue_event("warehouse-transaction", data, now);
        }
    }

    pub(super) fn queue_event(&mut self, kind: &str, data: serde_json::Value, now: i64) {
        let id = self.next_event;
        self.next_event += 1;
        let at = now.div_euclid(SECOND);
        self.events.push_back(Event { id, kind: kind.into(), at, data });
    }
}

impl Sitoo {
    /// Queues an event of any type: `shipment`, `z-report`, or one nobody has heard of.
    pub fn push_event(&self, event_type: &str, data: serde_json::Value) {
        let now = self.now();
        lock(&self.state).queue_event(event_type, data, now);
    }

    /// How many events wait to be taken by a sender.
    pub fn events_waiting(&self) -> usize {
        lock(&self.state).events.len()
    }

    /// Takes at most so many events off the queue, in the shape in which they are posted. Events
    /// are recorded while [`Switches::events`](super::Switches) is on.
    pub fn take_events(&self, most: usize) -> Vec<serde_json::Value> {
        let events = self.next_events(most);
        let account = lock(&self.state).account;
        events.iter().map(|event| event.json(account)).collect()
    }

    fn next_events(&self, most: usize) -> Vec<Event> {
        let now = self.now();
        let mut state = lock(&self.state);
        state.show_due(now);
        let count = most.min(state.events.len());
        state.events.drain(..count).collect()
    }
}
