//! `daybook reconcile --day D`: closes a day, whether it is due or not.

use std::sync::Arc;

use clap::Args;
use daybook_domain::reconcile::witness::Day;
use daybook_flows::{
    App,
    reconcile::{self, ReconcileReport},
};
use daybook_store::reconcile::{
    day::{DayState, StoreDayRow},
    difference::{self, DifferenceRow},
};
use serde::Serialize;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, initial, printer, stop, words};

const EXAMPLES: &str = "\
Examples:
  daybook reconcile --day 2026-11-24              every store
  daybook reconcile --day 2026-11-24 --store 5    one store, by its warehouse id in Sitoo
  daybook reconcile --day 2026-11-24 --json | jq '.days[] | select(.state == \"differs\")'

A day that has been closed is compared again; nothing changes where nothing has changed. Exit code
3: done, and a day is not closed.";

/// Which day, of which store.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct ReconcileArgs {
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
struct DayView {
    #[serde(flatten)]
    row: StoreDayRow,
    causes: Vec<DifferenceRow>,
}

/// Closes the day.
pub(crate) async fn run(context: &Context, args: &ReconcileArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Systems).await?;
    let _alone = app.db.worker_lock()?;
    initial::apply(context, &app).await?;
    let stopped = stop::on_signal(context.printer)?;
    let stop_app = app.stop.clone();
    tokio::spawn(async move {
        stopped.cancelled().await;
        stop_app.cancel();
    });
    let ended = close(context, &app, args).await;
    app.db.close().await;
    ended
}

async fn close(context: &Context, app: &Arc<App>, args: &ReconcileArgs) -> Result<Ended, Failure> {
    if !reconcile::is_set_up(app) {
        return Err(super::sync::not_set_up("the day close", reconcile::EXPORT));
    }
    let mut report = ReconcileReport::default();
    let rows = reconcile::close_on_demand(app, args.day, args.store, &mut report).await?;
    let mut days = Vec::with_capacity(rows.len());
    for row in rows {
        let causes = difference::of_day(&app.db, row.warehouse_id, row.day).await?;
        days.push(DayView { row, causes });
    }
    let is_closed = days.iter().all(|day| day.row.state.is_closed());
    let reconciled = Reconciled { report, days };
    context.printer.result(&reconciled, |reconciled| people(context, reconciled))?;
    Ok(if is_closed { Ended::Done } else { Ended::ExceptionsOpen })
}

fn people(context: &Context, reconciled: &Reconciled) -> String {
    let money = |amount| words::money(amount, context.currency());
    let rows = reconciled.days.iter().map(|day| {
        let row = &day.row;
        let state = match row.state {
            DayState::Differs => "DIFFERS",
            state => state.word(),
        };
        vec![
            row.warehouse_id.to_string(),
            row.day.to_string(),
            state.to_owned(),
            row.differences.to_string(),
            money(row.gross),
            row.detail.clone(),
        ]
    });
    let head = ["store", "day", "state", "differences", "gross", "found"];
    let mut text = printer::table(&head, &[0, 3, 4], rows.collect());
    let causes = reconciled.days.iter().flat_map(|day| &day.causes);
    let causes: Vec<Vec<String>> = causes
        .map(|one| {
            let note = if one.tolerated { "tolerated" } else { "" };
            vec![
                one.warehouse_id.to_string(),
                one.cause.clone(),
                one.subject.clone(),
                money(one.effect.gross),
                note.to_owned(),
            ]
        })
        .collect();
    if !causes.is_empty() {
        text.push_str("\n\n");
        let head = ["store", "cause", "about", "gross", ""];
        text.push_str(&printer::table(&head, &[0, 3], causes));
    }
    text
}
