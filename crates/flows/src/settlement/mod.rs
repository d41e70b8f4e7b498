//! Did the money arrive? Payments are read from what the tills told, reports and statements from
//! files, and rules match them. Nothing here calls anybody: the flow is load, decide, record.

pub mod balance;
mod collect;
pub mod import;
mod items;
pub mod pass;
pub mod people;
pub mod rules;
pub mod show;

pub use collect::{Collected, collect};

/// Who makes and undoes matches by rule.
pub(crate) const DAYBOOK: &str = "daybook";
