//! Sitoo's stand-in (placeholder until its author fills it in).

use std::sync::Arc;

use axum::Router;

use crate::Now;

/// One account's data.
pub struct Sitoo;

impl Sitoo {
    /// An empty account.
    pub fn new(_now: Now) -> Self {
        Self
    }
}

/// The API.
pub fn router(_sitoo: Arc<Sitoo>) -> Router {
    Router::new()
}

/// Its part of the control interface.
pub fn control_router(_sitoo: Arc<Sitoo>) -> Router {
    Router::new()
}
