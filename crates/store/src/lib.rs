//! What we remember: the book, on SQLite or PostgreSQL.
//!
//! One module an aggregate, its SQL on top. Reads take `&Db` or `&mut Tx` (anything that becomes a
//! [`Source`]); writes take `&mut Tx`, so that a flow decides what belongs to one transaction.
//! Moments are whole microseconds and money is whole pence on both engines: they sort and add up
//! alike, and nothing is rounded on the way.

#[macro_use]
mod engine;
mod attribute;
mod by_keys;
mod chain;
mod copy;
mod count;
mod db;
mod error;
mod lock;
mod migrate;
mod open;
mod tx;
mod url;

pub mod access;
pub mod alert;
pub mod asked;
pub mod attempt;
pub mod audit;
pub mod audit_run;
pub mod catalogue;
pub mod correction;
pub mod customer;
pub mod cutover;
pub mod despatch;
pub mod entry;
pub mod erase;
pub mod evidence;
pub mod exception;
pub mod exchange;
pub mod finding;
pub mod idempotency;
pub mod inbox;
pub mod lease;
pub mod list_price;
pub mod manual;
pub mod mapping;
pub mod pause;
pub mod period;
pub mod price_arrival;
pub mod reconcile;
pub mod restore;
pub mod settlement;
pub mod statements;
pub mod stock;
pub mod stray;
pub mod supply;
pub mod till_movement;
pub mod till_product;
pub mod timeline;
pub mod value_list;
pub mod variant;
pub mod watermark;

pub use db::Db;
pub use error::{StoreError, StoreResult};
pub use lock::WorkerLock;
pub use open::{OpenOptions, Synchronous};
pub use tx::{Source, Tx};
pub use url::DbUrl;
