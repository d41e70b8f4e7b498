//! The eye on the line between Daybook and both systems: time passes with every call, shops go on
//! meanwhile, and every write of stock is judged at the moment it lands.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::extract::Query;
use bytes::Bytes;
use daybook_sandbox::{Sandbox, sitoo::stock::StockWrite};
use http::{Method, Response, StatusCode};
use rand::{RngExt, rngs::StdRng};
use serde_json::Value;

use super::{books::Books, demand::Demand, truth::Truth};
use crate::{
    clock::TestClock,
    in_process::{Asked, Witness},
};

/// How long before the levels orders are read, where they are read in the wrong order.
const BETWEEN_READS: Duration = Duration::from_secs(30);

/// Everything that is seen, behind one lock.
pub(super) struct Seen {
    rng: StdRng,
    pub(super) books: Books,
    pub(super) demand: Demand,
    pub(super) truth: Truth,
    pub(super) broken: Vec<String>,
    /// Orders above this are kept from the Daybook: see [`Eye::hide_orders`].
    newest_shown: Option<i64>,
}

/// The eye.
pub(super) struct Eye {
    clock: TestClock,
    sandbox: Arc<Sandbox>,
    seen: Mutex<Seen>,
    landed: Arc<Mutex<Vec<StockWrite>>>,
    /// As if orders were read before the levels: what tills sell in between is inside the level,
    /// and not in the book. Shows that the order of the reads matters, and that a breach is seen.
    hide_orders: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Eye {
    pub(super) fn new(
        clock: &TestClock,
        sandbox: Arc<Sandbox>,
        (demand, truth): (Demand, Truth),
        rng: StdRng,
        hide_orders: bool,
    ) -> Arc<Self> {
        let landed: Arc<Mutex<Vec<StockWrite>>> = Arc::default();
        let writes = Arc::clone(&landed);
        sandbox.sitoo.watch_stock(Box::new(move |write| lock(&writes).push(write.clone())));
        sandbox.orderwise.switch(|switches| switches.keep_given = true);
        let seen = Seen {
            rng,
            books: Books::default(),
            demand,
            truth,
            broken: Vec::new(),
            newest_shown: None,
        };
        let clock = clock.clone();
        Arc::new(Self { clock, sandbox, seen: Mutex::new(seen), landed, hide_orders })
    }

    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    /// Shops go on until now.
    pub(super) fn play(&self) {
        let Seen { demand, books, .. } = &mut *self.seen();
        demand.play(self.clock.micros()(), &self.sandbox, books);
    }

    fn judge(&self, seen: &mut Seen) {
        let writes = std::mem::take(&mut *lock(&self.landed));
        if writes.is_empty() {
            return;
        }
        seen.books.read(&self.sandbox.sitoo, &self.sandbox.orderwise);
        for write in writes {
            let wrong = seen.truth.judge(&write, &seen.books, &self.sandbox.orderwise);
            seen.broken.extend(wrong);
        }
    }
}

impl Witness for Eye {
    fn before(&self, asked: &Asked) {
        if self.hide_orders && warehouse_of_levels(asked).is_some() {
            self.seen().newest_shown = Some(self.sandbox.sitoo.last_orderid());
            self.clock.advance(BETWEEN_READS);
        }
        let took = self.seen().rng.random_range(80..1_500);
        self.clock.advance(Duration::from_millis(took));
        self.play();
        if is(asked, &Method::POST, "warehousetransactions") {
            let truth = &mut self.seen().truth;
            for (external_id, warehouse, skus) in movements(&asked.body) {
                truth.write_sent(&external_id, warehouse, &skus);
            }
        }
    }

    fn after(&self, asked: &Asked, answer: Option<&mut Response<Bytes>>) {
        let mut guard = self.seen();
        let seen = &mut *guard;
        self.judge(seen);
        let given = self.sandbox.orderwise.take_given();
        let Some(answer) = answer.filter(|answer| answer.status() == StatusCode::OK) else {
            return;
        };
        if !given.is_empty() && serde_json::from_slice::<Vec<Value>>(answer.body()).is_ok() {
            seen.truth.figures_arrived(given);
        }
        if let Some(warehouse) = warehouse_of_levels(asked)
            && let Some(items) = items(answer.body())
        {
            let listed = items.iter().filter_map(|item| item["sku"].as_str().map(Arc::from));
            let skus = listed.chain(asked_skus(asked));
            let last = self.sandbox.sitoo.last_transaction();
            seen.truth.levels_arrived(warehouse, skus.collect::<Vec<_>>(), last);
        }
        if let Some(newest) = seen.newest_shown
            && is(asked, &Method::GET, "orders")
            && let Some(items) = items(answer.body())
        {
            *answer.body_mut() = without_newer(items, newest);
        }
    }
}

/// Whether it is this call, in any version of the path.
fn is(asked: &Asked, method: &Method, last: &str) -> bool {
    let name = asked.uri.path().rsplit('/').next().unwrap_or_default();
    asked.method == *method && name.trim_end_matches(".json") == last
}

/// The warehouse whose levels are asked for.
fn warehouse_of_levels(asked: &Asked) -> Option<i64> {
    if !is(asked, &Method::GET, "warehouseitems") {
        return None;
    }
    asked.uri.path().rsplit('/').nth(1)?.parse().ok()
}

/// The SKUs that are asked for: one that has no level yet is answered by not being there.
fn asked_skus(asked: &Asked) -> Vec<Arc<str>> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&asked.uri);
    let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
    let skus = pairs.iter().filter(|(name, _)| name == "sku");
    skus.flat_map(|(_, skus)| skus.split(',')).map(Arc::from).collect()
}

fn items(body: &Bytes) -> Option<Vec<Value>> {
    let envelope: Value = serde_json::from_slice(body).ok()?;
    envelope["items"].as_array().cloned()
}

fn without_newer(mut items: Vec<Value>, newest: i64) -> Bytes {
    items.retain(|item| item["orderid"].as_i64().is_none_or(|id| id <= newest));
    let envelope = serde_json::json!({ "totalcount": items.len(), "items": items });
    envelope.to_string().into()
}

/// `externalid`, warehouse and SKUs of each movement in a body.
fn movements(body: &Bytes) -> Vec<(String, i64, Vec<Arc<str>>)> {
    let sent: Value = serde_json::from_slice(body).unwrap_or_default();
    let all = match sent {
        Value::Array(all) => all,
        one => vec![one],
    };
    let movement = |one: &Value| {
        let skus = one["items"].as_array()?.iter();
        let skus = skus.filter_map(|item| item["sku"].as_str().map(Arc::from)).collect();
        Some((one["externalid"].as_str()?.to_owned(), one["warehouseid"].as_i64()?, skus))
    };
    all.iter().filter_map(movement).collect()
}
