//! `daybook sync catalogue`

use std::sync::Arc;

use clap::Args;
use daybook_flows::{
    App,
    catalogue::{self, CatalogueReport, PassOptions},
};

use super::{Said, not_set_up, told};
use crate::{commands::Ended, context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(super) struct CatalogueArgs {
    /// Read and compare everything, as every night.
    #[arg(long)]
    full: bool,
    /// Hide all products that are not ready, however many: say so after `products-not-hidden`.
    #[arg(long)]
    hide_all: bool,
}

pub(super) async fn run(
    context: &Context,
    app: &Arc<App>,
    args: &CatalogueArgs,
) -> Result<Ended, Failure> {
    if !catalogue::is_set_up(app) {
        return Err(not_set_up("catalogue", catalogue::EXPORT));
    }
    let mut report = CatalogueReport::default();
    let options = PassOptions { full: args.full, hide_all: args.hide_all };
    catalogue::pass_with(app, options, &mut report).await?;
    told(context, app, report, said).await
}

fn said(report: &CatalogueReport) -> Said {
    vec![
        (report.created, "created"),
        (report.updated, "updated"),
        (report.hidden, "hidden"),
        (report.families, "families written"),
        (report.prices, "prices written"),
        (report.adopted, "found again"),
        (report.refused, "refused"),
        (report.not_hidden, "not hidden because they are too many"),
    ]
}
