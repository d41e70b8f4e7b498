//! `daybook sync sales|stock|despatch|catalogue|settlement`: one pass of a flow. One file a flow.

mod catalogue;
mod despatch;
mod sales;
mod settlement;
mod stock;

use std::{fmt::Write as _, sync::Arc};

use clap::{Args, Subcommand};
use daybook_domain::sums::Sums;
use daybook_flows::{App, cutover, desk::queue, status};
use serde::Serialize;

use self::sales::SalesArgs;
use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, initial, stop, words};

const EXAMPLES: &str = "\
Examples:
  daybook sync sales                        what is new, and everything that is due
  daybook sync sales --order 11513          read this order too, also beside `daybook serve`
  daybook sync sales --from-order 11513     read again from this order id on, then as above
  daybook sync stock                        what changed since the last pass
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
    /// Stock: what may still be sold, from OrderWise to the tills.
    Stock(stock::StockArgs),
    /// Despatches: what OrderWise sent, shown on the tills' orders.
    Despatch(despatch::DespatchArgs),
    /// Products and prices: from OrderWise to the tills.
    Catalogue(catalogue::CatalogueArgs),
    /// Payouts: files from the folders of providers and banks, and what belongs together.
    Settlement(settlement::SettlementArgs),
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Synced<R> {
    /// What this pass did.
    pub(crate) report: R,
    /// How things stand after it.
    pub(crate) summary: status::Summary,
}

/// Counts with the words for them; those that are 0 are not said.
type Said = Vec<(u64, &'static str)>;

/// One pass.
pub(crate) async fn run(context: &Context, args: &SyncArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Systems).await?;
    let _alone = match (app.db.worker_lock(), &args.flow) {
        (Err(error), Flow::Sales(SalesArgs { order: Some(id), .. }))
            if error.code() == "store-in-use" =>
        {
            let asked = sales::fetch(context, &app, *id).await;
            app.db.close().await;
            return asked;
        }
        (lock, _) => lock?,
    };
    initial::apply(context, &app).await?;
    let stopped = stop::on_signal(context.printer)?;
    let stop_app = app.stop.clone();
    tokio::spawn(async move {
        stopped.cancelled().await;
        stop_app.cancel();
    });
    let ended = match &args.flow {
        Flow::Sales(args) => sales::run(context, &app, args).await,
        Flow::Stock(args) => stock::run(context, &app, args).await,
        Flow::Despatch(args) => despatch::run(context, &app, args).await,
        Flow::Catalogue(args) => catalogue::run(context, &app, args).await,
        Flow::Settlement(args) => settlement::run(context, &app, args).await,
    };
    app.db.close().await;
    ended
}

/// Prints what a pass came to.
async fn told<R: Serialize>(
    context: &Context,
    app: &Arc<App>,
    report: R,
    said: impl Fn(&R) -> Said,
) -> Result<Ended, Failure> {
    if let Some(notice) = cutover::state(app).await?.notice() {
        context.printer.talk(notice);
    }
    let summary = status::summary(app).await?;
    let at_risk = queue::at_risk(app, None).await?;
    let synced = Synced { report, summary };
    let people = |synced: &Synced<R>| people(context, said(&synced.report), at_risk);
    context.printer.result(&synced, people)?;
    Ok(if synced.summary.has_exceptions() { Ended::ExceptionsOpen } else { Ended::Done })
}

fn people(context: &Context, said: Said, (exceptions, money): (i64, Sums)) -> String {
    let said: Vec<String> = said
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let mut text = if said.is_empty() { "nothing to do".to_owned() } else { said.join(", ") };
    if exceptions > 0 {
        let _ = write!(
            text,
            "\n{} open, {}: see `daybook exceptions list`",
            words::count(exceptions.unsigned_abs(), "exception", "exceptions"),
            money.told(context.currency()),
        );
    }
    text
}

/// The flow's export definition has no id.
pub(super) fn not_set_up(flow: &str, export: &str) -> Failure {
    Failure::new(
        "export-not-set-up",
        format!("{flow} needs the export definition '{export}', and the settings name none"),
        format!("set orderwise.exports.{export}.id; orderwise/exports/README.md tells how"),
    )
}
