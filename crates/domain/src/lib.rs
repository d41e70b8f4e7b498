//! What is true: money, quantities, entries, mapping, validation, posting drafts, causes.
//!
//! Everything here is pure: no I/O, no async, no clock, no randomness. A decision is a function
//! from what is known to an enum that says what happens next; the flows carry it out.

pub mod access;
pub mod alert;
pub mod audit;
pub mod catalogue;
pub mod causes;
pub mod class;
pub mod classify;
pub mod correction;
pub mod cutover;
pub mod despatch;
pub mod document;
pub mod draft;
pub mod entry;
pub mod exchange;
pub mod findings;
#[cfg(test)]
mod fixtures;
pub mod lookup;
pub mod manual;
pub mod mapping;
pub mod money;
pub mod month;
pub mod posting;
pub mod priority;
pub mod propose;
pub mod quantity;
pub mod reconcile;
pub mod reference;
pub mod retry;
pub mod scan;
pub mod settlement;
pub mod sku;
pub mod split;
pub mod stock;
pub mod sums;
pub mod supply;
pub mod till;
pub mod time;
pub mod truth;
pub mod vat;
mod wire;
pub mod words;

pub use money::Money;
pub use quantity::Quantity;
pub use reference::{CreditReference, Reference};
pub use time::Timestamp;
pub use vat::VatRate;
