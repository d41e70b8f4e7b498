//! `daybook entries`

use clap::{Args, builder::PossibleValuesParser};
use daybook_connectors::mask_body;
use daybook_domain::{
    Timestamp,
    causes::Cause,
    entry::{EntryKind, EntryState},
    mapping::Mapping,
};
use daybook_store::{
    entry::{self, EntryFilter},
    mapping, stray,
};
use jiff::civil::Date;
use serde::Serialize;

use super::{Ended, asked, view::EntryView};
use crate::{context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook entries --state held                    what is stopped
  daybook entries --store 5 --from 2026-11-24     a store's day
  daybook entries --cause sku-unmapped            what waits for a SKU
  daybook entries --differs                       other totals in OrderWise than at the till
  daybook entries --find 8812                     by receipt, order id, reference or document number
  daybook entries --limit 1000 --before 11513     the next page: older than this order id
  daybook entries --stray                         orders of Sitoo that do not say which they are

States: set-aside, waiting, ready, posting, in-doubt, posted, confirmed, held, dismissed.";

/// Which entries.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EntriesArgs {
    /// Only in this state.
    #[arg(long, value_parser = states())]
    state: Option<String>,
    /// Only of this kind.
    #[arg(long, value_parser = ["sale", "return", "other"])]
    kind: Option<String>,
    /// Only what OrderWise keeps with other totals than the till's.
    #[arg(long)]
    differs: bool,
    /// Only of this store (its warehouse id in Sitoo).
    #[arg(long, value_name = "ID", value_parser = asked::store)]
    store: Option<i64>,
    /// Only from this day on.
    #[arg(long, value_name = "DAY", value_parser = asked::date)]
    from: Option<Date>,
    /// Only up to this day, the day included.
    #[arg(long, value_name = "DAY", value_parser = asked::date)]
    to: Option<Date>,
    /// Only with an open exception of this cause.
    #[arg(long, value_name = "CODE")]
    cause: Option<Cause>,
    /// Only with this reference, order id, receipt number or document number.
    #[arg(long, value_name = "TEXT")]
    find: Option<String>,
    /// Only older than this order id: the cursor for the next page.
    #[arg(long, value_name = "ORDER-ID")]
    before: Option<i64>,
    /// Most entries to list.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
    /// Not entries: orders without a usable order id, kept as they came; the latest first.
    #[arg(long, conflicts_with_all = ["state", "kind", "differs", "store", "from", "to", "cause", "find", "before"])]
    stray: bool,
}

fn states() -> PossibleValuesParser {
    PossibleValuesParser::new(EntryState::ALL.map(EntryState::word))
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Page {
    /// The newest first.
    pub(crate) entries: Vec<EntryView>,
    /// For `--before`; none on the last page.
    pub(crate) next: Option<i64>,
}

/// What `--stray --json` prints.
#[derive(Debug, Serialize)]
struct Strays {
    /// The latest first.
    strays: Vec<Stray>,
    /// How many are kept.
    kept: i64,
}

/// An order that does not say which it is.
#[derive(Debug, Serialize)]
struct Stray {
    received_at: Timestamp,
    /// As it came, without what tells of a person.
    order: String,
}

async fn strays(context: &Context, limit: usize) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let rows = stray::latest(&book, limit).await?.into_iter();
    let strays =
        rows.map(|row| Stray { received_at: row.received_at, order: mask_body(&row.body) });
    let found = Strays { strays: strays.collect(), kept: stray::count(&book).await? };
    context.printer.result(&found, |found| {
        let zone = context.zone();
        let line = |stray: &Stray| {
            format!("{}  {}\n", words::moment(stray.received_at, &zone), stray.order)
        };
        found.strays.iter().map(line).collect()
    })?;
    if found.strays.is_empty() {
        context.printer.talk("no stray orders");
    }
    Ok(Ended::Done)
}

/// Lists entries.
pub(crate) async fn run(context: &Context, args: &EntriesArgs) -> Result<Ended, Failure> {
    if args.stray {
        return strays(context, usize::from(args.limit)).await;
    }
    let filter = filter(context, args)?;
    let book = context.existing_book().await?;
    let limit = usize::from(args.limit);
    // One more than asked tells whether there is another page.
    let mut rows = entry::list(&book, &filter, limit + 1).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.order_id);
    let (mapping, _) = Mapping::from_rows(mapping::load(&book).await?.rows);
    let entries = rows.into_iter().map(|row| EntryView::of(row, &mapping)).collect();
    let page = Page { entries, next };
    context.printer.result(&page, |page| people(context, page))?;
    if page.entries.is_empty() {
        context.printer.talk("no entries");
    }
    if let Some(next) = page.next {
        context.printer.talk(&format!("there are more: --before {next}"));
    }
    Ok(Ended::Done)
}

fn filter(context: &Context, args: &EntriesArgs) -> Result<EntryFilter, Failure> {
    let zone = context.zone();
    Ok(EntryFilter {
        // Both words were checked when the command line was read.
        state: args.state.as_deref().and_then(|word| word.parse::<EntryState>().ok()),
        kind: args.kind.as_deref().and_then(|word| word.parse::<EntryKind>().ok()),
        differs: args.differs,
        warehouse_id: args.store,
        stores: None,
        from: args.from.map(|day| asked::start_of(day, 0, &zone)).transpose()?,
        to: args.to.map(|day| asked::start_of(day, 1, &zone)).transpose()?,
        cause: args.cause,
        text: args.find.clone(),
        before: args.before,
    })
}

fn people(context: &Context, page: &Page) -> String {
    if page.entries.is_empty() {
        return String::new();
    }
    let zone = context.zone();
    let rows = page.entries.iter().map(|entry| {
        vec![
            entry.reference.clone(),
            entry.kind.to_string(),
            entry.state.to_string(),
            entry.store.map_or_else(|| "-".to_owned(), |id| id.to_string()),
            words::moment(entry.ordered_at, &entry.till_zone(&zone)),
            words::money(entry.gross, &entry.currency),
            words::or_dash(entry.document.as_ref().and_then(|found| found.number.clone())),
            words::or_dash(entry.why()),
        ]
    });
    let head = ["reference", "kind", "state", "store", "sold at", "gross", "document", "why"];
    printer::table(&head, &[3, 5], rows.collect())
}
