//! OrderWise's stand-in: one company's orders, stock, customers and value lists in memory, behind
//! the API that public clients were seen to use (facts/orderwise).
//!
//! What is not publicly known has a default (design, section 7) and a switch ([`Switches`]).

mod amend;
mod answer;
mod customers;
mod damage;
mod despatch;
mod exact;
mod export;
mod fate;
mod inspect;
mod keys;
mod load;
mod model;
mod order;
mod reads;
mod route;
mod state;
mod stock;
mod stock_load;
mod switches;
mod token;
mod uk_time;
mod variants;

use std::sync::{Mutex, MutexGuard, atomic::AtomicUsize};

use state::State;

use crate::{Now, lock};
pub use damage::{LineEdit, Written};
pub use export::Purpose;
pub use fate::{Delivery, NotDespatched, Parcel};
pub use model::{
    CREDIT, Calculated, Customer, Document, Given, Line, ORDER, Payment, Session, StockLevel,
    TaxRate, Totals, Variant,
};
pub use route::router;
pub use switches::{
    DuplicatePolicy, ErrorShape, HandedOver, ItemNet, StockCalculation, Switches, TaxArithmetic,
};
pub use token::Area;
pub use uk_time::parse as wall_clock;

/// `orderId` of the first document (facts/orderwise 11 shows this range).
const FIRST_ORDER_ID: i64 = 36_220;
/// The order number is another number than the id, so that mixing them up shows.
const ID_AHEAD_OF_NUMBER: i64 = 32_598;

/// One company's data; share it in an `Arc`.
pub struct OrderWise {
    now: Now,
    state: Mutex<State>,
    /// Writes in progress, for the switch that refuses parallel ones.
    writing: AtomicUsize,
}

impl OrderWise {
    /// An empty company: tax rates 1 (T1, 20 %), 2 (T5, 5 %) and 3 (T0, 0 %), currency 1, all
    /// export definitions at their default ids, user `daybook` with password `sandbox`.
    pub fn new(now: Now, seed: u64) -> Self {
        Self { now, state: Mutex::new(State::new(seed)), writing: AtomicUsize::new(0) }
    }

    /// The data, with all stock calculated that was due.
    fn settled(&self) -> MutexGuard<'_, State> {
        let now = (self.now)();
        let mut state = lock(&self.state);
        state.settle(now);
        state
    }

    /// The UK wall clock, microseconds.
    fn wall(&self) -> i64 {
        uk_time::wall((self.now)())
    }
}
