//! Receipts that are missing in the book: asked for one by one, by their whole id, and written down
//! by the same path as every order.

use super::CollectReport;
use crate::{
    app::App,
    error::FlowError,
    sales::{SyncReport, receive},
};

/// Fetches receipts; gives those that Sitoo does not show. `[reconcile] receipts-per-pass` limits
/// how many are asked for; the others count as not shown.
pub async fn receipts(
    app: &App,
    receipt_ids: &[String],
    report: &mut CollectReport,
) -> Result<Vec<String>, FlowError> {
    let most = app.settings.reconcile.receipts_per_pass.min(receipt_ids.len());
    let (asked, rest) = receipt_ids.split_at(most);
    let mut lost = Vec::new();
    for receipt in asked {
        if receive::by_receipt(app, receipt, &mut SyncReport::default()).await? {
            report.receipts += 1;
        } else {
            report.lost_receipts += 1;
            lost.push(receipt.clone());
        }
    }
    lost.extend_from_slice(rest);
    Ok(lost)
}
