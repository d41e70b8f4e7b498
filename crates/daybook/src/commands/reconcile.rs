//! `daybook reconcile`: closes a day, whether it is due or not; shows one; mends what differs; signs
//! what stays.

mod beside;
mod fix;
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
    reconcile::{
        self, DayView, ReconcileReport,
        asked::{self, Answer, Wanted},
    },
};
use serde::Serialize;

use self::{fix::FixArgs, month::MonthArgs, sign::SignArgs};
use super::Ended;
use crate::{config::Need, context::Context, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook reconcile --day 2026-11-24              compare every store's day now
  daybook reconcile --day 2026-11-24 --store 5    one store, by its warehouse id in Sitoo
  daybook reconcile show --day 2026-11-24         what the last comparison came to
  daybook reconcile fix --day 2026-11-24          what to do about what differs; --run does it
  daybook reconcile sign --day 2026-11-24 --store 5 --reason 'goodwill, agreed' --by 'Ada Finch'
  daybook reconcile --month 2026-10 --xlsx october.xlsx --html october.html
  daybook reconcile --day 2026-11-24 --json | jq '.days[] | select(.state == \"differs\")'

A day that has been closed is compared again; nothing changes where nothing has changed. Where
`daybook serve` is at work on the book, it does it, and the answer is waited for. Exit code 3: done,
and a day is not closed.";

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
    #[arg(long, value_name = "ID", conflicts_with = "month", value_parser = crate::commands::asked::store)]
    store: Option<i64>,
    #[command(flatten)]
    month: MonthArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What the last comparison of a day came to. Reads the book alone.
    Show(ShowArgs),
    /// What to do about what differs on a day: who does it, and what it changes. Does it with --run.
    Fix(FixArgs),
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
    #[arg(long, value_name = "ID", value_parser = crate::commands::asked::store)]
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
        (Some(Action::Fix(args)), _) => fix::run(context, args).await,
        (Some(Action::Sign(args)), _) => sign::run(context, args).await,
        (None, Some(day)) => compare(context, day, args.store).await,
        (None, None) => {
            Err(Failure::wrong_use("day-missing", "which day?", "add --day 2026-11-24"))
        }
    }
}

async fn compare(context: &Context, day: Day, store: Option<i64>) -> Result<Ended, Failure> {
    let app = beside::app(context).await?;
    let reconciled = close(context, &app, day, store).await;
    app.db.close().await;
    let reconciled = reconciled?;
    context.printer.result(&reconciled, |one| people::text(context.currency(), &one.days))?;
    Ok(ended(&reconciled.days))
}

async fn close(
    context: &Context,
    app: &Arc<App>,
    day: Day,
    store: Option<i64>,
) -> Result<Reconciled, Failure> {
    if !reconcile::is_set_up(app) {
        return Err(super::sync::not_set_up("the day close", reconcile::EXPORT));
    }
    // Whoever is at work on the book could only say the same, some time later.
    if let Some(said) = reconcile::not_over(app, day, store).await? {
        context.printer.talk(&format!("{day}: {said}"));
        let days = reconcile::days(app, day, store).await?;
        return Ok(Reconciled { report: ReconcileReport::default(), days });
    }
    match beside::answer(context, app, &Wanted::Compare { day, store }).await? {
        Answer::Compared(compared) => {
            let days = asked::days(app, &compared).await?;
            Ok(Reconciled { report: compared.report, days })
        }
        _ => Err(other_answer()),
    }
}

/// The book holds an answer to something else.
fn other_answer() -> Failure {
    let hint = "another version of Daybook may be at work on this book: use the same one";
    Failure::new("answer-unreadable", "the answer does not fit the question", hint)
}

async fn show(context: &Context, args: &ShowArgs) -> Result<Ended, Failure> {
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let days = reconcile::days(&app, args.day, args.store).await;
    let not_over = reconcile::not_over(&app, args.day, args.store).await;
    app.db.close().await;
    let shown = Shown { days: days? };
    context.printer.result(&shown, |shown| people::text(context.currency(), &shown.days))?;
    if shown.days.is_empty() {
        let day = args.day;
        let why = not_over.unwrap_or_default();
        let why = why.unwrap_or_else(|| format!("compare it: daybook reconcile --day {day}"));
        context.printer.talk(&format!("{day} has not been compared yet; {why}"));
    }
    Ok(ended(&shown.days))
}

fn ended(days: &[DayView]) -> Ended {
    let is_closed = days.iter().all(|day| day.state.is_closed());
    if is_closed && !days.is_empty() { Ended::Done } else { Ended::ExceptionsOpen }
}
