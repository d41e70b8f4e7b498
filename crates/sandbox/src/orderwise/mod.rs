//! OrderWise's stand-in.

use std::sync::Arc;

use axum::Router;

use crate::Now;

/// One company's data.
pub struct OrderWise;

impl OrderWise {
    /// An empty company.
    pub fn new(_now: Now, _seed: u64) -> Self {
        Self
    }
}

/// The API of several companies, each under its base path.
pub fn router(_companies: Vec<(String, Arc<OrderWise>)>) -> Router {
    Router::new()
}
