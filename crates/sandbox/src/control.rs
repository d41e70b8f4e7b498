//! The control interface: places troubles by hand. Filled in step by step.

use axum::Router;

use crate::Sandbox;

/// Control of faults and of OrderWise.
pub fn router(_sandbox: &Sandbox) -> Router {
    Router::new()
}
