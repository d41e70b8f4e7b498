//! Trading: what happens at the tills of the made-up retailer, from a seed. A whole day
//! ([`TradingDay`]), an endless stream ([`random_action`]), or plain volume ([`bulk`]).
//!
//! The shapes are those of facts/sitoo 2.9. A day also has the troubles that the retailer keeps
//! for it ([`Troubles`](crate::retailer::Troubles)), each so often that a person can find it.

mod action;
mod backwards;
mod basket;
mod mix;
mod plan;
mod shopper;
mod stream;

use std::collections::VecDeque;

pub use action::Refusal;
use action::Step;
pub use stream::{bulk, random_action};

use crate::sitoo::Sitoo;

/// Opening of the day unless [`TradingDay::starting`] says otherwise: 9 o'clock in London on
/// Monday, 5 October 2026 (unix seconds).
pub const OPENING: i64 = 1_791_187_200;
/// From 9 to 18 o'clock, seconds.
pub const LENGTH: i64 = 9 * 3600;

/// What happens at the tills in a day, in the order in which it reaches Sitoo.
#[derive(Debug, Clone)]
pub struct TradingDay {
    opening: i64,
    steps: VecDeque<Step>,
    /// Order ids by number of the step that made them.
    placed: Vec<Option<i64>>,
    refusals: Vec<Refusal>,
    /// When all tills close, seconds after opening; none while somebody else closes them.
    closes: Option<i64>,
}

/// From opening to the moment at which the tills are closed, a quarter of an hour after the shops.
const CLOSES: i64 = LENGTH + 15 * 60;

impl TradingDay {
    /// When the tills open, unix seconds. Before anything is played.
    #[must_use]
    pub fn starting(mut self, unix_seconds: i64) -> Self {
        self.opening = unix_seconds;
        self
    }

    /// Every till is closed in the evening, which makes its Z-report.
    #[must_use]
    pub fn closing_tills(mut self) -> Self {
        self.closes = Some(CLOSES);
        self
    }

    /// When the last action reaches Sitoo, unix microseconds.
    pub fn ends_at(&self) -> i64 {
        let last = self.steps.back().map_or(0, |step| step.arrives);
        (self.opening + last.max(self.closes.unwrap_or(0))) * 1_000_000
    }

    /// When the next action reaches Sitoo, unix microseconds; none when the day is over.
    pub fn next_at(&self) -> Option<i64> {
        let next = self.steps.front().map(|step| step.arrives).or(self.closes)?;
        Some((self.opening + next) * 1_000_000)
    }

    /// How many actions are left.
    pub fn left(&self) -> usize {
        self.steps.len()
    }

    /// Actions that the tills refused. None, unless somebody interfered with the orders.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Plays everything that reaches Sitoo until `now` (unix microseconds); gives how many
    /// actions that were.
    pub fn play_until(&mut self, now: i64, sitoo: &Sitoo) -> usize {
        let mut played = 0;
        while self.next_at().is_some_and(|at| at <= now) {
            let Some(step) = self.steps.pop_front() else {
                let closed = self.closes.take().unwrap_or_default() + self.opening;
                sitoo.close_registers_at(closed);
                break;
            };
            let number = step.number;
            match step.play(self.opening, &self.placed, sitoo) {
                Ok(id) => {
                    if let Some(slot) = self.placed.get_mut(number) {
                        *slot = Some(id);
                    }
                }
                Err(error) => self.refusals.push(Refusal { number, error }),
            }
            played += 1;
        }
        played
    }

    /// Plays the rest of the day at once.
    pub fn play_all(&mut self, sitoo: &Sitoo) -> usize {
        self.play_until(i64::MAX, sitoo)
    }
}
