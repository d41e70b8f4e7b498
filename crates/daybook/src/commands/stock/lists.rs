//! `daybook stock history`, `differences`, `oversold`, `suggest`

use clap::Args;
use daybook_flows::stock::people::{self, SuggestedBuffer};
use daybook_store::stock::{finding::StockFinding, history::HistoryRow, oversell::OversellRow};
use serde::Serialize;

use crate::{commands::Ended, config::Need, context::Context, failure::Failure, printer, words};

/// Whose history.
#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// As the till or OrderWise spells it.
    #[arg(allow_hyphen_values = true)]
    sku: String,
    /// Only in this store (its warehouse id in Sitoo).
    #[arg(long, value_name = "ID", value_parser = crate::commands::asked::store)]
    store: Option<i64>,
    #[command(flatten)]
    most: LimitArgs,
}

/// How many.
#[derive(Debug, Args)]
pub(super) struct LimitArgs {
    /// Most rows to list.
    #[arg(long, default_value_t = 200, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct History {
    history: Vec<HistoryRow>,
}

pub(super) async fn history(context: &Context, args: &HistoryArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let limit = usize::from(args.most.limit);
    let rows = people::decisions(&app, &args.sku, args.store, limit).await;
    app.db.close().await;
    let listed = History { history: rows? };
    let zone = context.zone();
    context.printer.result(&listed, |listed| {
        // Several products of the till may be one SKU of OrderWise.
        let first = listed.history.first().map(|row| &row.sku);
        let is_one = listed.history.iter().all(|row| Some(&row.sku) == first);
        let rows = listed.history.iter().map(|row| {
            let store = row.warehouse_id;
            vec![
                words::moment(row.at, &zone),
                if is_one { store.to_string() } else { format!("{store} {}", row.sku) },
                row.level.to_string(),
                row.target.to_string(),
                row.free.to_string(),
                row.in_flight.to_string(),
                row.buffer.to_string(),
                if row.left_in_doubt() {
                    format!("{}; left as it was, see stock show", row.why)
                } else {
                    row.why.to_string()
                },
            ]
        });
        let head = ["at", "store", "level", "target", "free", "in flight", "buffer", "why"];
        table(&head, &[2, 3, 4, 5, 6], rows.collect())
    })?;
    none(context, listed.history.is_empty(), "nothing was decided about this SKU");
    Ok(Ended::Done)
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Differences {
    differences: Vec<StockFinding>,
}

pub(super) async fn differences(context: &Context, args: &LimitArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let rows = people::differences(&app, usize::from(args.limit)).await;
    app.db.close().await;
    let listed = Differences { differences: rows? };
    let zone = context.zone();
    context.printer.result(&listed, |listed| {
        let rows = listed.differences.iter().map(|row| {
            vec![
                row.what.word().to_owned(),
                row.sku.clone(),
                row.warehouse_id.to_string(),
                row.level.to_string(),
                row.free.to_string(),
                words::moment(row.at, &zone),
            ]
        });
        table(&["what", "sku", "store", "level", "free", "found at"], &[3, 4], rows.collect())
    })?;
    none(context, listed.differences.is_empty(), "the last comparison left nothing alone");
    Ok(Ended::Done)
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Oversold {
    oversold: Vec<OversellRow>,
}

pub(super) async fn oversold(context: &Context) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let rows = people::oversold(&app).await;
    app.db.close().await;
    let listed = Oversold { oversold: rows? };
    let zone = context.zone();
    context.printer.result(&listed, |listed| {
        let rows = listed.oversold.iter().map(|row| {
            vec![
                words::moment(row.began_at, &zone),
                row.sku.clone(),
                row.warehouse_id.to_string(),
                row.units.to_string(),
                words::or_dash(row.ended_at.map(|at| words::moment(at, &zone))),
                row.orders.clone(),
            ]
        });
        table(&["since", "sku", "store", "units", "until", "sales"], &[3], rows.collect())
    })?;
    none(context, listed.oversold.is_empty(), "no till sold what was not there in 90 days");
    Ok(Ended::Done)
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Suggestions {
    suggestions: Vec<SuggestedBuffer>,
}

pub(super) async fn suggest(context: &Context) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let rows = people::suggestions(&app).await;
    app.db.close().await;
    let listed = Suggestions { suggestions: rows? };
    context.printer.result(&listed, |listed| {
        let rows = listed.suggestions.iter().map(|row| {
            let why = format!(
                "oversold {}, by {} at most; usually {} in flight",
                words::count(u64::try_from(row.times).unwrap_or(0), "time", "times"),
                row.oversold,
                row.usual_in_flight,
            );
            vec![
                row.sku.clone(),
                row.warehouse_id.to_string(),
                row.units.to_string(),
                words::or_dash(row.rule.clone()),
                why,
            ]
        });
        table(&["sku", "store", "hold back", "now", "because"], &[2, 3], rows.collect())
    })?;
    none(context, listed.suggestions.is_empty(), "nothing was oversold: no buffer is needed");
    Ok(Ended::Done)
}

pub(super) fn table(head: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> String {
    if rows.is_empty() { String::new() } else { printer::table(head, right, rows) }
}

pub(super) fn none(context: &Context, is_empty: bool, what: &str) {
    if is_empty {
        context.printer.talk(what);
    }
}
