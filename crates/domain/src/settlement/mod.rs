//! Did the money arrive? What the tills took, what the payment providers say that they settled,
//! and what the bank booked: three sides, matched twice.
//!
//! A payment of a till is matched with lines of a settlement report, a payout with lines of the
//! bank's statement. Both matches are made by the same [`Rule`]s over the same [`Item`]s, first by
//! the provider's own references, then by amount, day and store. A match that a rule is not sure of
//! is *suggested*; only a *confirmed* one settles anything.

mod balance;
mod day;
mod line;
mod matching;
mod payout;
mod rule;
mod set;
mod state;
#[cfg(test)]
mod tests;
mod what_if;

pub use balance::{BalanceDay, Movement, roll};
pub use day::{Day, NotADay};
pub use line::{
    BankLine, LineKind, NotALineKind, SettlementLine, TillMoney, content, file_hash, fingerprint,
    fold, keys, tokens,
};
pub use matching::{Barred, Item, Proposed, across_currencies, propose};
pub use payout::{Payout, payouts};
pub use rule::{BY_HAND, By, Rule, RuleFault, Subject, WRITTEN_OFF, built_in};
pub use state::{MatchState, NotAMatchState};
pub use what_if::{Match, WhatIf, compare};
