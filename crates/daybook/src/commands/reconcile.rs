//! `daybook reconcile`: closes a day, whether it is due or not; shows one; signs what stays.

mod month;
mod people;
mod sign;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use clap::{Args, Subcommand};
use daybook_domain::reconcile::witness::Day;
use daybook_flows::{
    App,
    reconcile::{self, DayView, ReconcileReport},
};
use serde::Serialize;

use self::{month::MonthArgs, sign::SignArgs};
use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, initial, stop};

const EXAMPLES: &str = "\
Examples:
  daybook reconcile --day 2026-11-24              compare every store's day now
  daybook reconcile --day 2026-11-24 --store 5    one store, by its warehouse id in Sitoo
  daybook reconcile show --day 2026-11-24         what the last comparison came to
  daybook reconcile sign --day 2026-11-24 --store 5 --reason 'goodwill, agreed' --by 'Ada Finch'
  daybook reconcile --month 2026-10 --xlsx october.xlsx --html october.html
  daybook reconcile --day 2026-11-24 --json | jq '.days[] | select(.state == \"differs\")'

A day that has been closed is compared again; nothing changes where nothing has changed. Exit code
3: done, and a day is not closed.";

/// Which day, of which store.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct ReconcileArgs {
    #[command(subcommand)]
    action: Option<Action>,
    /// The day, by the stores' clocks.
    #[arg(long, value_name = "YYYY-MM-DD", required_unless_present = "month")]
    day: Option<Day>,
    /// Only this store: its warehouse id in Sitoo.
    #[arg(long, value_name = "ID", conflicts_with = "month")]
    store: Option<i64>,
    #[command(flatten)]
    month: MonthArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What the last comparison of a day came to. Reads the book alone.
    Show(ShowArgs),
    /// Accept what differs on a store's day, with a reason: the day is then closed.
    Sign(SignArgs),
}

/// Which day, of which store.
#[derive(Debug, Args)]
struct ShowArgs {
    /// The day, by the stores' clocks.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Day,
    /// Only this store: its warehouse id in Sitoo.
    #[arg(long, value_name = "ID")]
    store: Option<i64>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Reconciled {
    report: ReconcileReport,
    days: Vec<DayView>,
}

#[derive(Debug, Serialize)]
struct Shown {
    days: Vec<DayView>,
}

/// Compares, shows or signs.
pub(crate) async fn run(context: &Context, args: &ReconcileArgs) -> Result<Ended, Failure> {
    if args.action.is_none() && args.month.is_asked() {
        return month::run(context, &args.month).await;
    }
    match (&args.action, args.day) {
        (Some(Action::Show(args)), _) => show(context, args).await,
        (Some(Action::Sign(args)), _) => sign::run(context, args).await,
        (None, Some(day)) => compare(context, day, args.store).await,
        (None, None) => Err(Failure::wrong_use("day-missing", "which day?", "add --day DATE")),
    }
}

async fn compare(context: &Context, day: Day, store: Option<i64>) -> Result<Ended, Failure> {
    let app = context.app(Need::Systems).await?;
    let _alone = app.db.worker_lock()?;
    initial::apply(context, &app).await?;
    let stopped = stop::on_signal(context.printer)?;
    let stop_app = app.stop.clone();
    tokio::spawn(async move {
        stopped.cancelled().await;
        stop_app.cancel();
    });
    let reconciled = close(&app, day, store).await;
    app.db.close().await;
    let reconciled = reconciled?;
    context.printer.result(&reconciled, |one| people::text(context.currency(), &one.days))?;
    Ok(ended(&reconciled.days))
}

async fn close(app: &Arc<App>, day: Day, store: Option<i64>) -> Result<Reconciled, Failure> {
    if !reconcile::is_set_up(app) {
        return Err(super::sync::not_set_up("the day close", reconcile::EXPORT));
    }
    let mut report = ReconcileReport::default();
    let rows = reconcile::close_on_demand(app, day, store, &mut report).await?;
    let mut days = Vec::with_capacity(rows.len());
    for row in rows {
        days.push(reconcile::view(app, row).await?);
    }
    Ok(Reconciled { report, days })
}

async fn show(context: &Context, args: &ShowArgs) -> Result<Ended, Failure> {
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let days = reconcile::days(&app, args.day, args.store).await;
    app.db.close().await;
    let shown = Shown { days: days? };
    context.printer.result(&shown, |shown| people::text(context.currency(), &shown.days))?;
    if shown.days.is_empty() {
        context.printer.talk("this day has not been compared yet: daybook reconcile --day DATE");
    }
    Ok(ended(&shown.days))
}

fn ended(days: &[DayView]) -> Ended {
    let is_closed = days.iter().all(|day| day.state.is_closed());
    if is_closed && !days.is_empty() { Ended::Done } else { Ended::ExceptionsOpen }
}
