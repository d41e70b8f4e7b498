//! Is it a sale, a return, or neither (yet)?

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    entry::EntryKind,
    lookup::{NoRegister, OpenPaid, Policy},
    till::{OrderState, OrderType, PaymentState, TillOrder},
};

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

impl SetAside {
    /// All reasons.
    pub const ALL: [Self; 10] = [
        Self::Open,
        Self::Booking,
        Self::Parked,
        Self::Cancelled,
        Self::Abandoned,
        Self::Unpaid,
        Self::NotFromATill,
        Self::OtherSite,
        Self::Empty,
        Self::UnknownKind,
    ];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Booking => "booking",
            Self::Parked => "parked",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
            Self::Unpaid => "unpaid",
            Self::NotFromATill => "not-from-a-till",
            Self::OtherSite => "other-site",
            Self::Empty => "empty",
            Self::UnknownKind => "unknown-kind",
        }
    }

    /// One sentence for a person.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Open => "The order is still open; it is read again until it closes.",
            Self::Booking => "Goods are put aside for a customer; nothing is sold yet.",
            Self::Parked => "The receipt is parked at the till; nothing is sold yet.",
            Self::Cancelled => "The order was cancelled.",
            Self::Abandoned => "The order was abandoned.",
            Self::Unpaid => "The order is closed but not paid; it is read again until it is.",
            Self::NotFromATill => "A web shop made the order; it reaches OrderWise another way.",
            Self::OtherSite => "The order belongs to a site that Daybook does not look after.",
            Self::Empty => "The order has no rows and no money.",
            Self::UnknownKind => "The order has a type or state number that Daybook does not know.",
        }
    }

    /// Whether the order is worth reading again: orders tell nobody when they change.
    pub const fn may_still_become_a_sale(self) -> bool {
        matches!(self, Self::Open | Self::Booking | Self::Parked | Self::Unpaid | Self::UnknownKind)
    }
}

impl fmt::Display for SetAside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a reason to set an order aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a reason to set an order aside")]
pub struct NotSetAside(pub String);

impl FromStr for SetAside {
    type Err = NotSetAside;

    fn from_str(word: &str) -> Result<Self, NotSetAside> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.word() == word)
            .ok_or_else(|| NotSetAside(word.to_owned()))
    }
}

/// Decides on `order`.
pub fn classify(order: &TillOrder, policy: &Policy) -> Standing {
    match set_aside(order, policy) {
        Some(reason) => Standing::SetAside(reason),
        None => Standing::ForTheLedger(kind_of(order)),
    }
}

/// Sale or return, by the sign of the quantities; a basket with both signs goes by its amount (and
/// [`crate::posting::decide`] holds it), and so does one without quantities.
pub fn kind_of(order: &TillOrder) -> EntryKind {
    let mut rows = order.rows.iter().filter(|row| !row.is_discount() && !row.quantity.is_zero());
    let by_amount = order.gross.is_negative();
    let back = match rows.next() {
        None => by_amount,
        Some(first) => {
            let negative = first.quantity.is_negative();
            let same = rows.all(|row| row.quantity.is_negative() == negative);
            if same { negative } else { by_amount }
        }
    };
    if back { EntryKind::Return } else { EntryKind::Sale }
}

/// Why not, in the order in which a person would look.
fn set_aside(order: &TillOrder, policy: &Policy) -> Option<SetAside> {
    if !policy.sites.is_empty() && !policy.sites.contains(&order.reference.site_id) {
        return Some(SetAside::OtherSite);
    }
    // An end is an end, whatever the type: a cancelled booking is not read again.
    by_end(order.order_state)
        .or_else(|| by_type(order.order_type))
        .or_else(|| by_state(order, policy))
        .or_else(|| by_money(order))
        .or_else(|| by_maker(order, policy.no_register))
}

const fn by_end(state: OrderState) -> Option<SetAside> {
    match state {
        OrderState::Cancelled => Some(SetAside::Cancelled),
        OrderState::Abandoned => Some(SetAside::Abandoned),
        OrderState::Open | OrderState::Closed | OrderState::Unknown(_) => None,
    }
}

const fn by_type(kind: OrderType) -> Option<SetAside> {
    match kind {
        OrderType::Order => None,
        OrderType::Booking => Some(SetAside::Booking),
        OrderType::Parked => Some(SetAside::Parked),
        OrderType::Unknown(_) => Some(SetAside::UnknownKind),
    }
}

fn by_state(order: &TillOrder, policy: &Policy) -> Option<SetAside> {
    match order.order_state {
        OrderState::Open if is_sold_with_rows_to_come(order, policy) => None,
        OrderState::Open => Some(SetAside::Open),
        OrderState::Unknown(_) => Some(SetAside::UnknownKind),
        OrderState::Closed | OrderState::Cancelled | OrderState::Abandoned => None,
    }
}

/// Paid at a till, and open only because goods of it are to come (facts/sitoo 8.4). A web shop's
/// order waits for its shop, however much of it is paid.
fn is_sold_with_rows_to_come(order: &TillOrder, policy: &Policy) -> bool {
    policy.open_paid_orders == OpenPaid::Post
        && order.payment_state == PaymentState::Successful
        && order.register_id.is_some()
        && !order.web_order
        && !order.payments.is_empty()
        && kind_of(order) == EntryKind::Sale
}

fn by_money(order: &TillOrder) -> Option<SetAside> {
    let free = order.gross.is_zero() && order.payments.is_empty();
    if free && order.rows.is_empty() {
        return Some(SetAside::Empty);
    }
    match order.payment_state {
        PaymentState::Successful => None,
        // Nothing was to pay, so nothing was paid: a zero-value sale.
        PaymentState::None if free => None,
        PaymentState::Unknown(_) => Some(SetAside::UnknownKind),
        PaymentState::None
        | PaymentState::Pending
        | PaymentState::Reserved
        | PaymentState::Cancelled
        | PaymentState::Failed => Some(SetAside::Unpaid),
    }
}

/// Last, because an order may get its register only when the till closes it.
fn by_maker(order: &TillOrder, policy: NoRegister) -> Option<SetAside> {
    let foreign = order.register_id.is_none()
        && match policy {
            NoRegister::Post => false,
            NoRegister::PostUntagged => order.web_order,
            NoRegister::SetAside => true,
        };
    foreign.then_some(SetAside::NotFromATill)
}

#[cfg(test)]
mod tests;
