//! What is not settled yet, carried from day to day.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::Day;
use crate::Money;

/// What happened on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Movement {
    /// What the tills took.
    pub taken: Money,
    /// How many payments that were.
    pub taken_count: i64,
    /// What was settled of it, then or earlier, in the tills' amounts.
    pub settled: Money,
    /// How many payments that were.
    pub settled_count: i64,
    /// What a person has written off, in the tills' amounts.
    pub written_off: Money,
    /// How many payments that were.
    pub written_off_count: i64,
}

/// One day: opening + taken − settled − written off = closing, and closing is the sum of the open
/// payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BalanceDay {
    /// The day.
    pub day: Day,
    /// What was open when it began.
    pub opening: Money,
    /// What the tills took.
    pub taken: Money,
    /// What was settled.
    pub settled: Money,
    /// What a person has written off.
    pub written_off: Money,
    /// What was open when it ended.
    pub closing: Money,
    /// Payments that were open when it ended.
    pub open: i64,
}

/// Rolls the balance forward over the days on which anything happened, from nothing.
pub fn roll(movements: &BTreeMap<Day, Movement>) -> Vec<BalanceDay> {
    let (mut closing, mut open) = (Money::ZERO, 0);
    let days = movements.iter().map(|(&day, moved)| {
        let opening = closing;
        closing = opening + moved.taken - moved.settled - moved.written_off;
        open += moved.taken_count - moved.settled_count - moved.written_off_count;
        let Movement { taken, settled, written_off, .. } = *moved;
        BalanceDay { day, opening, taken, settled, written_off, closing, open }
    });
    days.collect()
}
