//! Stories of stock, each told on both databases through the real client, arithmetic and store. When
//! one is over, every till must show what OrderWise has left. One program, so that all share one
//! throw-away cluster.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;
mod doubt;
mod levels;
mod odd;
mod rules;
mod sweep;

pub(crate) use std::time::Duration;

pub(crate) use self::common::{Shelf, tell};

pub(crate) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) const fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

pub(crate) const fn hours(n: u64) -> Duration {
    Duration::from_hours(n)
}
