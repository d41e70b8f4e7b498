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

fn said(_report: &StockReport) -> Said {
    vec![]
}
