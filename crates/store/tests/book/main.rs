//! Tests of the book, each on SQLite and on PostgreSQL. One program, so that they share one
//! throw-away cluster.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

// By path and not as a crate: the test kit as a whole needs every crate above this one.
#[path = "../../../testkit/src/db.rs"]
pub mod db;
#[path = "../../../testkit/src/pg.rs"]
pub mod pg;

mod access;
mod alert;
mod audit_run;
mod catalogue;
mod chain;
mod claim;
mod common;
mod correction;
mod counts;
mod cutover;
mod desk;
mod despatch;
mod engine;
mod exception;
mod files;
mod fix;
mod input;
mod list;
mod manual;
mod mapping;
mod period;
mod plans;
mod reconcile;
mod record;
mod reference;
mod restore;
mod schema;
mod settlement;
mod stock;
mod transition;
