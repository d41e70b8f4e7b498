//! `daybook period`: months are closed when every day is, and opened again by two persons.

use clap::{Args, Subcommand};
use daybook_domain::month::{Month, period::PeriodState};
use daybook_flows::reconcile::period::{self, PeriodView};
use serde::Serialize;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook period list
  daybook period show 2026-10                what stands against closing it, and who did what
  daybook period close 2026-10 --reason 'October is complete' --by 'Ada Finch'
  daybook period reopen 2026-10 --reason 'late tills of Leeds' --by 'Ada Finch'
  daybook period approve 2026-10 --reason 'agreed' --by 'Mo Reed'

A period is opened again by two persons: one asks, another approves. Exit code 3: done, and the
period cannot be closed yet.";

/// What to do with which month.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct PeriodArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Every month that has compared days.
    List,
    /// One month.
    Show {
        /// The month.
        #[arg(value_name = "YYYY-MM")]
        month: Month,
    },
    /// Close a month: every day of it has to be closed, or signed off.
    Close(ActArgs),
    /// Ask that a closed month be opened again.
    Reopen(ActArgs),
    /// Approve what another person asked for: the month is then open again.
    Approve(ActArgs),
}

#[derive(Debug, Args)]
struct ActArgs {
    /// The month.
    #[arg(value_name = "YYYY-MM")]
    month: Month,
    /// Why; kept on record.
    #[arg(long)]
    reason: String,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Shown {
    periods: Vec<PeriodView>,
}

/// Lists, shows, closes, opens again.
pub(crate) async fn run(context: &Context, args: &PeriodArgs) -> Result<Ended, Failure> {
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let by = context.actor.as_str();
    let done = match &args.action {
        Action::List => period::list(&app).await,
        Action::Show { month } => period::view(&app, *month).await.map(|one| vec![one]),
        Action::Close(act) => {
            period::close(&app, act.month, by, &act.reason).await.map(|one| vec![one])
        }
        Action::Reopen(act) => {
            period::ask_reopen(&app, act.month, by, &act.reason).await.map(|one| vec![one])
        }
        Action::Approve(act) => {
            period::approve(&app, act.month, by, &act.reason).await.map(|one| vec![one])
        }
    };
    app.db.close().await;
    let shown = Shown { periods: done? };
    let lists = matches!(args.action, Action::List);
    context.printer.result(&shown, |shown| match shown.periods.as_slice() {
        [one] if !lists => one_for_people(context, one),
        all => list_for_people(all),
    })?;
    if shown.periods.is_empty() {
        let today = context.now().to_jiff().to_zoned_datetime(context.zone()).date();
        let day = today.yesterday().unwrap_or(today);
        let talk = format!("no month has compared days yet: daybook reconcile --day {day}");
        context.printer.talk(&talk);
    }
    let blocked = !lists && shown.periods.iter().any(|one| !one.obstacles.is_empty());
    Ok(if blocked { Ended::ExceptionsOpen } else { Ended::Done })
}

/// How it stands, in a few words.
fn state(one: &PeriodView) -> String {
    match (&one.asked_by, one.state) {
        (Some(by), _) => format!("closed; {by} asks to open it again"),
        (None, PeriodState::Closed) => "closed".to_owned(),
        (None, state) if one.obstacles.is_empty() => format!("{state}, can be closed"),
        (None, state) => state.word().to_owned(),
    }
}

fn list_for_people(all: &[PeriodView]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let rows = all.iter().map(|one| {
        vec![
            one.month.to_string(),
            state(one),
            one.obstacles.len().to_string(),
            one.late_days.to_string(),
        ]
    });
    printer::table(&["month", "state", "to do", "late days"], &[2, 3], rows.collect())
}

fn one_for_people(context: &Context, one: &PeriodView) -> String {
    let zone = context.zone();
    let mut text = format!("{}: {}", one.month, state(one));
    if one.late_days > 0 {
        let days = words::count(one.late_days as u64, "store-day", "store-days");
        let policy = one.late_policy.word();
        text.extend(["\n", &days, " changed after it was closed (late = \"", policy, "\")"]);
    }
    for obstacle in &one.obstacles {
        text.extend(["\n  ", &obstacle.to_string()]);
    }
    if !one.acts.is_empty() {
        let rows = one.acts.iter().map(|act| {
            vec![
                words::moment(act.at, &zone),
                act.act.word().to_owned(),
                act.actor.clone(),
                act.reason.clone(),
                act.days.to_string(),
            ]
        });
        let head = ["when", "what", "by", "reason", "days"];
        text.push_str("\n\n");
        text.push_str(&printer::table(&head, &[4], rows.collect()));
    }
    text
}
