use std::sync::Arc; use axum::Router; use super::Sitoo;
pub fn router(_s: Arc<Sitoo>) -> Router { Router::new() }
