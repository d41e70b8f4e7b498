//! `daybook sync catalogue`

use std::sync::Arc;

use clap::Args;
use daybook_flows::{
    App,
    catalogue::{self, CatalogueReport},
};

use super::{Said, not_set_up, told};
use crate::{commands::Ended, context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(super) struct CatalogueArgs {}

pub(super) async fn run(
    context: &Context,
    app: &Arc<App>,
    _args: &CatalogueArgs,
) -> Result<Ended, Failure> {
    if !catalogue::is_set_up(app) {
        return Err(not_set_up("catalogue", catalogue::EXPORT));
    }
    let mut report = CatalogueReport::default();
    catalogue::pass(app, &mut report).await?;
    told(context, app, report, said).await
}

fn said(_report: &CatalogueReport) -> Said {
    vec![]
}
