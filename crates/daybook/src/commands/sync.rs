//! `daybook sync sales`

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use daybook_flows::{
    sales::{self, SyncOptions, SyncReport},
    status,
};
use serde::Serialize;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, initial, stop, words};

const EXAMPLES: &str = "\
Examples:
  daybook sync sales                        what is new, and everything that is due
  daybook sync sales --from-order 11513     read again from this order id on, then as above
  daybook sync sales --json | jq .report.posted

For cron and for tests; `daybook serve` does the same all the time. On a SQLite book it cannot run
beside `daybook serve`. Exit code 3: done, and exceptions are open.";

/// Which flow.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct SyncArgs {
    #[command(subcommand)]
    flow: Flow,
}

#[derive(Debug, Subcommand)]
enum Flow {
    /// Sales and returns: from the tills into the book, and on to OrderWise.
    #[command(after_help = EXAMPLES)]
    Sales(SalesArgs),
}

#[derive(Debug, Args)]
struct SalesArgs {
    /// Read all orders again from this order id on.
    #[arg(long, value_name = "ORDER-ID", value_parser = clap::value_parser!(i64).range(0..))]
    from_order: Option<i64>,
    /// After an older copy of the book was put back: look every order that the tills have now up in
    /// OrderWise before it is sent. Needed once; the book remembers it.
    #[arg(long)]
    look_up_first: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Synced {
    /// What this pass did.
    pub(crate) report: SyncReport,
    /// How things stand after it.
    pub(crate) summary: status::Summary,
}

/// One pass.
pub(crate) async fn run(context: &Context, args: &SyncArgs) -> Result<Ended, Failure> {
    let Flow::Sales(args) = &args.flow;
    let app = context.app(Need::Systems).await?;
    let _alone = app.db.worker_lock()?;
    initial::apply(context, &app).await?;
    let stopped = stop::on_signal(context.printer)?;
    let stop_app = app.stop.clone();
    tokio::spawn(async move {
        stopped.cancelled().await;
        stop_app.cancel();
    });
    let options = SyncOptions { from_order: args.from_order, look_up_first: args.look_up_first };
    let report = sales::sync(&app, &options).await?;
    let summary = status::summary(&app).await?;
    app.db.close().await;
    let synced = Synced { report, summary };
    context.printer.result(&synced, |synced| people(context, synced))?;
    Ok(if synced.summary.has_exceptions() { Ended::ExceptionsOpen } else { Ended::Done })
}

fn people(context: &Context, synced: &Synced) -> String {
    let report = &synced.report;
    let done = [
        (report.received, "received"),
        (report.changed, "changed at the till"),
        (report.posted, "posted"),
        (report.looked_up, "looked up before they are sent"),
        (report.adopted, "found in OrderWise after a doubt"),
        (report.confirmed, "read back"),
        (report.findings, "differ from the till"),
        (report.waiting, "wait for their sale"),
        (report.held, "held"),
        (report.released, "released"),
        (report.not_posted, "calls did not end in a posting"),
        (report.missing, "ids missing"),
    ];
    let said: Vec<String> = done
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut text = if said.is_empty() { "nothing to do".to_owned() } else { said.join(", ") };
    let open = &synced.summary.exceptions;
    if !open.is_empty() {
        let entries = open.iter().map(|line| line.entries).sum::<i64>();
        let money = open.iter().map(|line| line.money).sum();
        let _ = write!(
            text,
            "\n{} open, {}: see `daybook exceptions list`",
            words::count(entries.unsigned_abs(), "exception", "exceptions"),
            words::money(money, context.currency()),
        );
    }
    text
}
