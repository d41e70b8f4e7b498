//! `daybook sync despatch`

use std::sync::Arc;

use clap::Args;
use daybook_flows::{
    App,
    despatch::{self, DespatchReport},
};

use super::{Said, not_set_up, told};
use crate::{commands::Ended, context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(super) struct DespatchArgs {}

pub(super) async fn run(
    context: &Context,
    app: &Arc<App>,
    _args: &DespatchArgs,
) -> Result<Ended, Failure> {
    if !despatch::is_set_up(app) {
        return Err(not_set_up("despatch", despatch::EXPORT));
    }
    let mut report = DespatchReport::default();
    despatch::pass(app, &mut report).await?;
    told(context, app, report, said).await
}

fn said(report: &DespatchReport) -> Said {
    vec![
        (report.told, "sent by OrderWise"),
        (report.written, "written into Sitoo"),
        (report.adopted, "found in Sitoo after a doubt"),
        (report.not_written, "calls that Sitoo refused or did not answer"),
        (report.corrected, "corrected or taken back"),
        (report.moved, "changed their status"),
        (report.closed, "closed in Sitoo"),
        (report.ended, "at their end on both sides"),
        (report.raised, "told to a person"),
    ]
}
