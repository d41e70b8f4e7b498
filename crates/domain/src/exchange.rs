//! One HTTP exchange with either system, as it is recorded: secrets and personal data masked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    class::{Class, Failure},
};

/// The two systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Sitoo POS.
    Sitoo,
    /// OrderWise.
    Orderwise,
}

impl System {
    /// The word used in the database, in metrics and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sitoo => "sitoo",
            Self::Orderwise => "orderwise",
        }
    }

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sitoo => "Sitoo",
            Self::Orderwise => "OrderWise",
        }
    }
}

/// What was sent and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Which system.
    pub system: System,
    /// What the call is for: `orders`, `token`, `place-order`, `order-lookup`, …
    pub purpose: &'static str,
    /// HTTP method.
    pub method: String,
    /// Path and query, without host.
    pub path: String,
    /// When it was sent.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What it came to.
    pub class: Class,
    /// Request body, masked.
    pub request: Option<String>,
    /// Answer body, masked and cut at a limit; never a page of orders (the book keeps those).
    pub response: Option<String>,
}

/// The outcome of one call of a client, with every exchange it took (token, renewal, the call).
#[derive(Debug)]
pub struct Called<T> {
    /// What came of it.
    pub outcome: Result<T, Failure>,
    /// In order. None where no call was made: the system had asked to be left alone.
    pub exchanges: Vec<Exchange>,
}

impl<T> Called<T> {
    /// Whether it was put off before anything was sent: it says nothing about the system.
    pub fn is_put_off(&self) -> bool {
        self.exchanges.is_empty() && matches!(self.outcome, Err(Failure::Later { .. }))
    }
}
