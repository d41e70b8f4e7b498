//! The stock flow: free stock reaches the tills.

use std::sync::Arc;

use serde::Serialize;

use crate::{app::App, error::FlowError};

/// What one pass came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StockReport {}

/// Whether the flow is set up: its export definition has an id.
pub fn is_set_up(app: &App) -> bool {
    app.orderwise.has_export(EXPORT)
}

/// The export definition that the flow reads.
pub const EXPORT: &str = "stock-levels";

/// One pass, until nothing is left to do now.
pub async fn pass(_app: &Arc<App>, _report: &mut StockReport) -> Result<(), FlowError> {
    Ok(())
}
