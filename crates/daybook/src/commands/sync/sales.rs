//! `daybook sync sales`

use std::sync::Arc;

use clap::Args;
use daybook_flows::{
    App, reference,
    sales::{self, SyncOptions, SyncReport},
};
use daybook_store::entry;
use serde::Serialize;

use super::{Said, told};
use crate::{commands::Ended, context::Context, failure::Failure};

#[derive(Debug, Args)]
pub(super) struct SalesArgs {
    /// Read all orders again from this order id on.
    #[arg(long, value_name = "ORDER-ID", value_parser = clap::value_parser!(i64).range(0..))]
    from_order: Option<i64>,
    /// Read this order, and no other: one that is older than the book, or that never came. It is looked
    /// up in OrderWise first. Where `daybook serve` is at work on the book, it does it.
    #[arg(long, value_name = "ORDER-ID", conflicts_with = "from_order")]
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    pub(super) order: Option<i64>,
    /// After an older copy of the book was put back: look every order that the tills have now up in
    /// OrderWise before it is sent. Needed once; the book remembers it.
    #[arg(long)]
    look_up_first: bool,
}

pub(super) async fn run(
    context: &Context,
    app: &Arc<App>,
    args: &SalesArgs,
) -> Result<Ended, Failure> {
    if let Some(order_id) = args.order {
        sales::fetch(app, order_id, &context.actor).await?;
    }
    let options = SyncOptions { from_order: args.from_order, look_up_first: args.look_up_first };
    let report = sales::sync(app, &options).await?;
    if let Some(order_id) = args.order
        && entry::get(&app.db, order_id).await?.is_none()
    {
        context.printer.talk(&format!("Sitoo shows no order {order_id}"));
    }
    // What `map set` asks them for.
    reference::lists_if_due(app).await?;
    told(context, app, report, said).await
}

/// What `--json` prints where another process does it.
#[derive(Debug, Serialize)]
struct AskedFor {
    asked_for: i64,
}

/// Has an order read by the process that is at work on the book.
pub(super) async fn fetch(
    context: &Context,
    app: &Arc<App>,
    order_id: i64,
) -> Result<Ended, Failure> {
    sales::fetch(app, order_id, &context.actor).await?;
    context.printer.result(&AskedFor { asked_for: order_id }, |asked| {
        let id = asked.asked_for;
        format!(
            "another process is at work on this book (`daybook serve`): it reads order {id} at its \
             next look; then see `daybook entry {id}`"
        )
    })?;
    Ok(Ended::Done)
}

fn said(report: &SyncReport) -> Said {
    vec![
        (report.received, "received"),
        (report.changed, "changed at the till"),
        (report.posted, "posted"),
        (report.looked_up, "looked up before they are sent"),
        (report.adopted, "found in OrderWise after a doubt"),
        (report.confirmed, "read back"),
        (report.findings, "with totals that differ from the till"),
        (report.waiting, "waiting for their sale"),
        (report.held, "held"),
        (report.set_aside, "set aside: not, or not yet, for the ledger"),
        (report.released, "released"),
        (report.behind, "behind a paused store"),
        (report.not_posted, "calls that OrderWise refused or did not answer"),
        (report.missing, "ids missing"),
    ]
}
