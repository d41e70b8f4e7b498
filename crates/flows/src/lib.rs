//! What happens when: one file (or folder) a flow, and the engine that runs them.
//!
//! Every flow has the same five steps: **load** (one read) → **decide** (a pure function of
//! `daybook-domain`) → **record the intent** (one transaction) → **call** (no transaction open) →
//! **record the outcome** (one transaction, guarded by the attempt's number).

pub mod access;
pub mod alerts;
pub mod app;
pub mod audit;
pub mod catalogue;
pub mod check;
pub mod correct;
pub mod cutover;
pub mod desk;
pub mod despatch;
pub mod engine;
pub mod erase;
pub mod error;
pub mod events;
pub mod evidence;
mod exchanges;
mod health;
pub mod manual;
pub mod mapping_csv;
mod mirror;
mod odd_rows;
pub mod people;
pub mod reconcile;
pub mod reference;
mod retrying;
pub mod sales;
pub mod settings;
pub mod settlement;
pub mod setup;
pub mod status;
pub mod stock;
pub mod view;

pub use app::{App, AppParts, Ids};
pub use error::FlowError;
