//! Stories, each told on both databases through the real client, mapping and store. When one is
//! over, the promises must hold: `testkit::story::tell` proves it. One program, so that all share
//! one throw-away cluster.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod confirmed;
mod cutover;
mod database;
mod doubt;
mod ill;
mod importance;
mod money;
mod odd;
mod people;
mod products;
mod receive;
mod restored;
mod returns;
mod said;
mod shared;

pub(crate) use std::time::Duration;

pub(crate) use daybook_domain::entry::EntryState::{
    Held, InDoubt, Posted, Ready, SetAside, Waiting,
};
pub(crate) use daybook_testkit::story::{reference, tell};

pub(crate) const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

pub(crate) const fn minutes(n: u64) -> Duration {
    Duration::from_mins(n)
}

pub(crate) const fn hours(n: u64) -> Duration {
    Duration::from_hours(n)
}
