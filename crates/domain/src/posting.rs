//! From an entry to a posting: validation with every fault at once, then the draft.

use serde::{Deserialize, Serialize};

use crate::{causes::Cause, draft::Draft, lookup::Known, till::TillOrder};

/// One thing that stops an entry from being posted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fault {
    /// Its cause, from the catalogue.
    pub cause: Cause,
    /// What it is about, so that siblings group: the SKU, the rate, the tender, the store.
    pub subject: String,
    /// One sentence with the particulars.
    pub detail: String,
}

/// What happens next to an entry that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Post it.
    Post(Box<Draft>),
    /// Wait for the sale to be posted.
    Wait {
        /// Sitoo's order id of the sale.
        for_order_id: i64,
    },
    /// Wait for a person.
    Hold(Vec<Fault>),
}

/// Decides on an order that is a sale or a return.
pub fn decide(order: &TillOrder, known: &Known<'_>) -> Decision {
    let _ = (order, known);
    Decision::Hold(Vec::new())
}
