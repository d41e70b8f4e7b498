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
    /// In order.
    pub exchanges: Vec<Exchange>,
}
