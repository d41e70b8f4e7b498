//! `daybook entry REF`

mod people;

use clap::Args;
use daybook_domain::mapping::Mapping;
use daybook_store::{
    attempt::{self, AttemptRow},
    entry::{self, PayloadRow},
    exception,
    exchange::{self, ExchangeRow},
    finding::{self, FindingRow},
    mapping,
    timeline::{self, TimelineRow},
};
use serde::Serialize;

use super::{
    Ended,
    asked::Named,
    view::{EntryView, ExceptionView},
};
use crate::{context::Context, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook entry S1-11513                by reference
  daybook entry 11513                   by Sitoo's order id
  daybook entry S1-11513 --exchanges    what was said with both systems, secrets masked
  daybook entry S1-11513 --payload      what the till told, as it came
  daybook entry S1-11513 --json | jq .timeline";

/// Which entry, and how much of it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct EntryArgs {
    /// Its reference (S1-11513) or order id (11513).
    #[arg(value_name = "REF")]
    entry: Named,
    /// Also what was said with Sitoo and OrderWise about it.
    #[arg(long)]
    exchanges: bool,
    /// Also what the till told, every version of it. Holds the shopper's data.
    #[arg(long)]
    payload: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Shown {
    pub(crate) entry: EntryView,
    /// Open and closed ones, the oldest first.
    pub(crate) exceptions: Vec<ExceptionView>,
    pub(crate) findings: Vec<FindingRow>,
    pub(crate) timeline: Vec<TimelineRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attempts: Option<Vec<AttemptRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exchanges: Option<Vec<ExchangeRow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) payloads: Option<Vec<PayloadRow>>,
}

/// Shows one entry.
pub(crate) async fn run(context: &Context, args: &EntryArgs) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let row = args.entry.find(&book).await?;
    let (id, reference) = (row.order_id, row.reference.clone());
    let exceptions = exception::of_entry(&book, id).await?.into_iter();
    let (mapping, _) = Mapping::from_rows(mapping::load(&book).await?.rows);
    let mut shown = Shown {
        entry: EntryView::of(row, &mapping),
        exceptions: exceptions
            .map(|row| ExceptionView::new(row, Some(reference.clone())))
            .collect(),
        findings: finding::of(&book, id).await?,
        timeline: timeline::of_entry(&book, id).await?,
        attempts: None,
        exchanges: None,
        payloads: None,
    };
    if args.exchanges {
        shown.attempts = Some(attempt::of(&book, id).await?);
        shown.exchanges = Some(exchange::of(&book, id).await?);
    }
    if args.payload {
        shown.payloads = Some(entry::payload_versions(&book, id).await?);
    }
    context.printer.result(&shown, |shown| people::text(context, shown))?;
    Ok(Ended::Done)
}
