//! What OrderWise sends: the orders that are followed ([`sending`]), and its deliveries, each of
//! which becomes exactly one delivery in Sitoo ([`parcel`]).

pub mod parcel;
pub mod sending;

pub use self::{
    parcel::{DespatchRow, Intent},
    sending::SendingRow,
};

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[parcel::STATEMENTS, sending::STATEMENTS];
