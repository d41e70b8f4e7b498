//! What people do at a till, as plain builders: [`Sale`], [`Refund`] and [`Exchange`], placed
//! with the functions of [`Sitoo`](super::Sitoo). The shapes are those of facts/sitoo 2.9.

mod back;
mod later;
mod life;
mod payment;
mod place;
mod refund;
mod row;
mod sale;
mod settle;

use std::fmt;

pub use later::DeliveryView;
pub use payment::{Tender, TenderKind};
pub use refund::{Exchange, ExchangePlaced, Reference, Refund};
pub use row::Row;
pub use sale::{Sale, Shopper, Stage};

/// Why a till refuses to do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TillError {
    /// No register with this id.
    UnknownRegister(String),
    /// No order with this id.
    UnknownOrder(i64),
    /// The order has no such row.
    UnknownRow(usize),
    /// No rows.
    Empty,
    /// A row with quantity 0, or a discount larger than its price.
    BadRow,
    /// More than is left to return of the row (the POS blocks it, facts/sitoo 2.9).
    OverReturn(usize),
    /// The payments miss the amount to pay by so many pence.
    Unbalanced(i64),
    /// The order is not open any more, or not paid.
    NotOpen(i64),
    /// A delivery from an unknown warehouse, or of more than is left.
    BadDelivery(i64),
}

impl fmt::Display for TillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRegister(id) => write!(f, "no register {id}"),
            Self::UnknownOrder(id) => write!(f, "no order {id}"),
            Self::UnknownRow(row) => write!(f, "no row {row}"),
            Self::Empty => f.write_str("no rows"),
            Self::BadRow => f.write_str("a row without quantity, or with too large a discount"),
            Self::OverReturn(row) => write!(f, "more than is left to return of row {row}"),
            Self::Unbalanced(pence) => {
                write!(f, "the payments miss the amount to pay by {pence} pence")
            }
            Self::NotOpen(id) => write!(f, "order {id} is not open"),
            Self::BadDelivery(id) => write!(f, "that cannot be delivered of order {id}"),
        }
    }
}

impl std::error::Error for TillError {}
