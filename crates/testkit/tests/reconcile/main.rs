//! Stories of days that are closed, told on both databases through the real clients, mapping and
//! store.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod close;
mod collect;
mod damage;
mod erase;
mod fix;
mod given_back;
mod months;
mod odd;
mod open;
mod raw;
