//! The day close: the witnesses are collected ([`collect`]), each with the moment at which it was
//! read, so that figures of different age are never taken for a difference.

pub mod collect;
pub(crate) mod late;

/// The export definition that days cannot be closed without.
pub const EXPORT: &str = "order-totals";
/// The one that lets documents be compared line by line.
pub const LINES: &str = "order-lines";
