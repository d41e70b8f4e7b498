//! `daybook sync stock`

use std::sync::Arc;

use clap::Args;
use daybook_flows::{
    App,
    stock::{self, StockReport},
};

use super::{Said, not_set_up, told};
use crate::{commands::Ended, context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(super) struct StockArgs {}

pub(super) async fn run(
    context: &Context,
    app: &Arc<App>,
    _args: &StockArgs,
) -> Result<Ended, Failure> {
    if !stock::is_set_up(app) {
        return Err(not_set_up("stock", stock::EXPORT));
    }
    let mut report = StockReport::default();
    stock::pass(app, &mut report).await?;
    told(context, app, report, said).await
}

fn said(report: &StockReport) -> Said {
    vec![
        (report.figures, "figures of OrderWise new or different"),
        (report.swept, "stores compared as a whole"),
        (report.compared, "levels compared"),
        (report.raised, "raised"),
        (report.lowered, "lowered"),
        (report.in_doubt, "in doubt"),
        (report.adopted, "found in Sitoo's journal after a doubt"),
        (report.given_up, "not found there, and due again"),
        (report.refused, "refused by Sitoo"),
        (report.oversold, "oversold"),
        (report.unknown_in_sitoo, "not in Sitoo"),
        (report.unknown_in_orderwise, "not in OrderWise"),
    ]
}
