//! `daybook despatches`

use clap::{Args, Subcommand};
use daybook_domain::{
    Timestamp,
    despatch::{DespatchState, SentLine, StatusMeaning},
};
use daybook_store::{
    Db,
    despatch::{DespatchRow, SendingRow, parcel, sending},
    entry,
};
use serde::Serialize;

use super::{Ended, asked::Named};
use crate::{context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook despatches list               what is to come
  daybook despatches list --stuck       what does not go on by itself
  daybook despatches list --all         what is at its end too
  daybook despatches show S1-11513      one order: its lines, its parcels, its status

What waits for a person stands in `daybook exceptions list` as well.";

/// What to show.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct DespatchesArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Orders with goods to come, by order id.
    List(ListArgs),
    /// One order.
    Show {
        /// Its reference (S1-11513) or order id (11513).
        #[arg(value_name = "REF")]
        entry: Named,
    },
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Also what is at its end on both sides.
    #[arg(long)]
    all: bool,
    /// Only what does not go on by itself.
    #[arg(long)]
    stuck: bool,
    /// Only after this order id: the cursor for the next page.
    #[arg(long, default_value_t = 0, value_name = "ORDER-ID")]
    after: i64,
    /// Most orders to read.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
}

/// What `list --json` prints.
#[derive(Debug, Serialize)]
struct Page {
    despatches: Vec<OrderView>,
    /// For `--after`; none on the last page.
    next: Option<i64>,
}

/// An order with goods to come.
#[derive(Debug, Serialize)]
struct OrderView {
    reference: String,
    order_id: i64,
    /// OrderWise's text, as it stands.
    status: Option<String>,
    meaning: Option<StatusMeaning>,
    /// What the last look at both sides came to.
    verdict: String,
    posted_at: Timestamp,
    moved_at: Timestamp,
    looked_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    parcels: Vec<ParcelView>,
}

/// A delivery of OrderWise.
#[derive(Debug, Serialize)]
struct ParcelView {
    delivery_id: i64,
    state: DespatchState,
    despatched_at: Option<Timestamp>,
    courier: Option<String>,
    consignment: Option<String>,
    tracking_url: Option<String>,
    lines: Vec<SentLine>,
    sitoo_delivery_id: Option<i64>,
    written_at: Option<Timestamp>,
    due_at: Option<Timestamp>,
    failures: i64,
}

impl From<DespatchRow> for ParcelView {
    fn from(row: DespatchRow) -> Self {
        let parcel = row.told.parcel;
        Self {
            delivery_id: row.delivery_id,
            state: row.state,
            despatched_at: parcel.despatched_at,
            courier: parcel.courier,
            consignment: parcel.consignment,
            tracking_url: parcel.tracking_url,
            lines: row.told.lines,
            sitoo_delivery_id: row.sitoo_delivery_id,
            written_at: row.written_at,
            due_at: row.due_at,
            failures: row.failures,
        }
    }
}

impl OrderView {
    /// Whether a person has to do something, or a parcel cannot be written.
    fn is_stuck(&self) -> bool {
        let going = matches!(self.verdict.as_str(), "going" | "ended" | "to-be-closed");
        let refused = self.parcels.iter().any(|parcel| parcel.state == DespatchState::Refused);
        !going || refused
    }
}

/// Shows despatches.
pub(crate) async fn run(context: &Context, args: &DespatchesArgs) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    match &args.what {
        What::List(args) => list(context, &book, args).await,
        What::Show { entry } => show(context, &book, entry).await,
    }
}

async fn list(context: &Context, book: &Db, args: &ListArgs) -> Result<Ended, Failure> {
    let limit = usize::from(args.limit);
    let mut rows = sending::list(book, args.all, args.after, limit + 1).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| row.order_id);
    let mut despatches = Vec::with_capacity(rows.len());
    for row in rows {
        let view = view(book, row).await?;
        if !args.stuck || view.is_stuck() {
            despatches.push(view);
        }
    }
    let page = Page { despatches, next };
    context.printer.result(&page, |page| people(context, page))?;
    if page.despatches.is_empty() {
        context.printer.talk("nothing is to come");
    }
    if let Some(next) = page.next {
        context.printer.talk(&format!("there are more: --after {next}"));
    }
    Ok(Ended::Done)
}

async fn view(book: &Db, row: SendingRow) -> Result<OrderView, Failure> {
    let entry = entry::get(book, row.order_id).await?;
    let parcels = parcel::of_order(book, row.order_id).await?;
    Ok(OrderView {
        reference: entry.map_or_else(|| row.order_id.to_string(), |entry| entry.reference),
        order_id: row.order_id,
        status: row.status,
        meaning: row.meaning,
        verdict: row.verdict,
        posted_at: row.begun_at,
        moved_at: row.moved_at,
        looked_at: row.looked_at,
        due_at: row.due_at,
        ended_at: row.ended_at,
        parcels: parcels.into_iter().map(ParcelView::from).collect(),
    })
}

async fn show(context: &Context, book: &Db, named: &Named) -> Result<Ended, Failure> {
    let entry = named.find(book).await?;
    let Some(row) = sending::get(book, entry.order_id).await? else {
        return Err(Failure::new(
            "nothing-to-come",
            format!("{}: OrderWise sends nothing of it", entry.reference),
            format!("see `daybook entry {}`", entry.reference),
        ));
    };
    let view = view(book, row).await?;
    context.printer.result(&view, |view| one(context, view))?;
    Ok(Ended::Done)
}

fn people(context: &Context, page: &Page) -> String {
    if page.despatches.is_empty() {
        return String::new();
    }
    let zone = context.zone();
    let rows = page.despatches.iter().map(|order| {
        let written = |one: &&ParcelView| one.state == DespatchState::Written;
        let done = order.parcels.iter().filter(written).count();
        vec![
            order.reference.clone(),
            words::or_dash(order.status.clone()),
            order.verdict.clone(),
            format!("{done} of {}", order.parcels.len()),
            words::moment(order.moved_at, &zone),
        ]
    });
    let head = ["reference", "status in OrderWise", "how it is", "parcels shown", "moved"];
    printer::table(&head, &[], rows.collect())
}

fn one(context: &Context, order: &OrderView) -> String {
    let zone = context.zone();
    let status = order.status.as_deref().unwrap_or("not told yet");
    let meaning = order.meaning.map_or("not explained", StatusMeaning::word);
    let mut text = format!(
        "{}: {}\nin OrderWise: {status} ({meaning})\nmoved: {}",
        order.reference,
        order.verdict,
        words::moment(order.moved_at, &zone),
    );
    if order.parcels.is_empty() {
        text.push_str("\nnothing has left yet");
        return text;
    }
    let rows = order.parcels.iter().map(|parcel| {
        let lines = parcel.lines.iter().map(|line| format!("{} × {}", line.quantity, line.sku));
        vec![
            parcel.delivery_id.to_string(),
            parcel.state.to_string(),
            words::or_dash(parcel.courier.clone()),
            words::or_dash(parcel.consignment.clone().or_else(|| parcel.tracking_url.clone())),
            lines.collect::<Vec<_>>().join(", "),
            words::or_dash(parcel.sitoo_delivery_id.map(|id| id.to_string())),
        ]
    });
    let head = ["parcel", "state", "courier", "number", "holds", "in Sitoo"];
    text.push('\n');
    text.push_str(&printer::table(&head, &[], rows.collect()));
    text
}
