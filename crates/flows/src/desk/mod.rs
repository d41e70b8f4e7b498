//! What the desk shows and does, beyond what the flows offer anyway: the same for pages, for the
//! API and for live updates.

pub mod doubts;
pub mod entry;
pub mod find;
mod glance;
pub mod goods;
pub mod health;
pub mod mappings;
pub mod once;
pub mod operate;
pub mod queue;
pub mod today;

pub(crate) use self::glance::Glance;
pub use self::glance::{fingerprint, today};
