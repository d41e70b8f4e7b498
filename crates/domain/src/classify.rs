//! Is it a sale, a return, or neither (yet)?

use serde::{Deserialize, Serialize};

use crate::{entry::EntryKind, lookup::Policy, till::TillOrder};

/// What an order is for the ledger at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// To be posted.
    ForTheLedger(EntryKind),
    /// Kept, not posted.
    SetAside(SetAside),
}

/// Why an order is not posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetAside {
    /// Not closed yet.
    Open,
    /// A booking.
    Booking,
    /// A parked receipt.
    Parked,
    /// Cancelled.
    Cancelled,
    /// Abandoned.
    Abandoned,
    /// Closed, but not paid.
    Unpaid,
    /// Made by a web shop's integration, not by a till.
    NotFromATill,
    /// Of a site that is not ours.
    OtherSite,
    /// No rows and no money.
    Empty,
    /// A type or state number that the facts do not name.
    UnknownKind,
}

/// Decides on `order`.
pub fn classify(order: &TillOrder, policy: &Policy) -> Standing {
    let _ = (order, policy);
    Standing::SetAside(SetAside::Empty)
}
