//! `daybook cutover`: from another integration to Daybook, and back.

mod csv;
mod people;

use std::{fs, path::PathBuf, sync::Arc};

use clap::{Args, Subcommand};
use daybook_flows::{
    App,
    cutover::{self, Flow, deeds},
};

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, initial};

const EXAMPLES: &str = "\
Examples:
  daybook cutover                              the steps, and what stands against the switch
  daybook cutover begin                        proposes the order to begin with
  daybook cutover begin --from-order 48210     begins there; Daybook posts nothing from now on
  daybook cutover stock --csv stock.csv        the stock of both sides; writes to neither
  daybook cutover parallel                     the other integration posts, Daybook looks and adopts
  daybook cutover report --csv run.csv         each receipt: adopted, different, not found
  daybook cutover switch                       Daybook posts from the next order on
  daybook cutover back --reason WHY            stops; what the other must not post again

docs/cut-over.md has a day's timetable. Exit code 3: done, and something stands against the switch.";

/// Which step.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CutoverArgs {
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The steps, which are done, what is next, and what stands against the switch: the default.
    Plan {
        /// Try both systems too, as `daybook check` does.
        #[arg(long)]
        check: bool,
    },
    /// The opening watermark: proposes one, or sets the one that is named.
    Begin(BeginArgs),
    /// What the tills believe beside what OrderWise can sell. Only reads.
    Stock {
        /// Write what differs as a table.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// The other integration posts; Daybook looks for its documents and adopts them.
    Parallel {
        /// Flows that write to the tills all the same: stock, catalogue, despatch.
        #[arg(long, value_name = "FLOW", value_delimiter = ',')]
        also: Vec<Flow>,
    },
    /// The parallel run receipt by receipt.
    Report {
        /// Write it as a table.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// From an order on Daybook posts.
    Switch {
        /// The first order that Daybook posts without waiting for the other integration [default:
        /// the next one].
        #[arg(long, value_name = "ORDER")]
        from_order: Option<i64>,
        /// Switch although something stands against it; the reason is kept on record.
        #[arg(long, value_name = "REASON")]
        anyway: Option<String>,
    },
    /// Daybook stops; lists what the other integration must not post again.
    Back {
        /// Why; kept on record. Without it the list is shown again.
        #[arg(long)]
        reason: Option<String>,
        /// Write the list as a table.
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct BeginArgs {
    /// Begin with this order.
    #[arg(long, value_name = "ORDER", conflicts_with = "from_day")]
    from_order: Option<i64>,
    /// Begin with the first order of this day (UTC).
    #[arg(long, value_name = "YYYY-MM-DD")]
    from_day: Option<String>,
}

/// Does a step, or shows how they stand.
pub(crate) async fn run(context: &Context, args: CutoverArgs) -> Result<Ended, Failure> {
    let action = args.action.unwrap_or(Action::Plan { check: false });
    let need = match &action {
        Action::Plan { check: true }
        | Action::Begin(_)
        | Action::Stock { .. }
        | Action::Switch { .. } => Need::Systems,
        _ => Need::Book,
    };
    if matches!(action, Action::Begin(_)) {
        return begin(context, need, action).await;
    }
    context.existing_book().await?.close().await;
    let app = context.app(need).await?;
    let ended = Box::pin(step(context, &app, action)).await;
    app.db.close().await;
    ended
}

/// Only here a new book may be made, and nobody may receive meanwhile.
async fn begin(context: &Context, need: Need, action: Action) -> Result<Ended, Failure> {
    let app = context.app(need).await?;
    let _alone = app.db.worker_lock()?;
    initial::apply(context, &app).await?;
    let ended = Box::pin(step(context, &app, action)).await;
    app.db.close().await;
    ended
}

async fn step(context: &Context, app: &Arc<App>, action: Action) -> Result<Ended, Failure> {
    let by = context.actor.as_str();
    match action {
        Action::Plan { check } => return plan(context, app, check).await,
        Action::Begin(BeginArgs { from_order: None, from_day: None }) => {
            let proposal = deeds::propose(app).await?;
            context.printer.result(&proposal, people::proposal)?;
        }
        Action::Begin(BeginArgs { from_order, from_day }) => {
            let from = from_order.map(deeds::From::Order);
            let from = from.or(from_day.map(deeds::From::Day)).unwrap_or(deeds::From::Order(1));
            let state = deeds::begin(app, &from, by).await?;
            context.printer.result(&state, people::begun)?;
        }
        Action::Stock { csv } => {
            let compared = Box::pin(cutover::compare_stock(app, by)).await?;
            write(csv, || csv::stock(&compared))?;
            context.printer.result(&compared, |it| people::stock(context, it))?;
        }
        Action::Parallel { also } => {
            let state = deeds::parallel(app, &also, by).await?;
            context.printer.result(&state, people::parallel)?;
        }
        Action::Report { csv } => {
            let report = cutover::report(app).await?;
            write(csv, || csv::report(&report))?;
            context.printer.result(&report, |it| people::report(context, it))?;
        }
        Action::Switch { from_order, anyway } => {
            let state = deeds::switch(app, from_order, anyway.as_deref(), by).await?;
            context.printer.result(&state, people::switched)?;
        }
        Action::Back { reason, csv } => {
            let handed = match reason {
                Some(reason) => deeds::back(app, &reason, by).await?,
                None => deeds::handed_back(app).await?,
            };
            write(csv, || csv::handed_back(&handed))?;
            let is_settled = handed.unsettled.is_empty();
            context.printer.result(&handed, |it| people::handed_back(context, it))?;
            return Ok(if is_settled { Ended::Done } else { Ended::ExceptionsOpen });
        }
    }
    Ok(Ended::Done)
}

/// Where the lines of a document are others than Daybook's, in one line.
fn other_lines(line: &cutover::Line) -> String {
    let all = line.line_differences.iter().flatten().map(ToString::to_string);
    all.collect::<Vec<_>>().join("; ")
}

async fn plan(context: &Context, app: &Arc<App>, check: bool) -> Result<Ended, Failure> {
    let plan = Box::pin(cutover::plan(app, check)).await?;
    context.printer.result(&plan, |plan| people::plan(context, plan))?;
    Ok(if plan.obstacles.is_empty() { Ended::Done } else { Ended::ExceptionsOpen })
}

fn write(
    file: Option<PathBuf>,
    bytes: impl FnOnce() -> Result<Vec<u8>, Failure>,
) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(()) };
    fs::write(&file, bytes()?).map_err(|error| {
        let hint = "name a file in a folder that exists and can be written to";
        Failure::new("cutover-file", format!("{}: {error}", file.display()), hint)
    })
}
