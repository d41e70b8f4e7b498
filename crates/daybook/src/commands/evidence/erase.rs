//! `daybook evidence erase`

use clap::Args;
use daybook_domain::{Reference, Timestamp, reconcile::witness::Day};
use daybook_flows::{
    App,
    erase::{self, Erasure, Whose},
};
use jiff::ToSpan as _;

use crate::{commands::Ended, config::Need, context::Context, failure::Failure, words};

/// Whose data goes, and why.
#[derive(Debug, Args)]
pub(crate) struct EraseArgs {
    #[command(flatten)]
    whose: WhoseArgs,
    /// Why; kept on record. Nothing about the shopper belongs here.
    #[arg(long)]
    reason: String,
    /// Do it. Without this, it is only said what would be erased.
    #[arg(long)]
    run: bool,
}

/// One of these: a group holds every argument of its struct.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct WhoseArgs {
    /// The shopper of one entry.
    #[arg(long, value_name = "REFERENCE")]
    order: Option<Reference>,
    /// The shopper with this e-mail address, in every entry.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// All shoppers of what was taken before this day.
    #[arg(long, value_name = "DAY")]
    older_than: Option<Day>,
    /// All shoppers of what is older than the setting evidence.personal-data-years.
    #[arg(long)]
    expired: bool,
}

/// Plans it, or does it. Exit code 3: something is left, because it is not posted yet.
pub(super) async fn run(context: &Context, args: &EraseArgs) -> Result<Ended, Failure> {
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let whose = whose(context, &app, &args.whose)?;
    let by = (context.actor.as_str(), args.reason.as_str());
    let done = erase::erase(&app, &whose, args.run, by).await;
    app.db.close().await;
    let done = done?;
    context.printer.result(&done, people)?;
    Ok(if done.refused > 0 { Ended::ExceptionsOpen } else { Ended::Done })
}

fn whose(context: &Context, app: &App, args: &WhoseArgs) -> Result<Whose, Failure> {
    if let Some(order) = args.order {
        return Ok(Whose::Order(order));
    }
    if let Some(email) = &args.email {
        let known = email.trim();
        if !known.contains('@') {
            let hint = "write it as it stands on the receipt: jo@shop.example";
            return Err(Failure::new("no-address", "that is no e-mail address", hint));
        }
        return Ok(Whose::Email(known.to_owned()));
    }
    let zone = context.zone();
    let today = zone.to_datetime(app.now().to_jiff()).date();
    let years = app.settings.evidence.personal_data_years;
    let day = match args.older_than {
        Some(day) => day.0,
        None => today.saturating_sub(years.years()),
    };
    let begin = zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()));
    Ok(Whose::Before(begin.map_or_else(|_| Timestamp::default(), Timestamp::from)))
}

fn people(done: &Erasure) -> String {
    let verb = if done.done { "erased" } else { "would be erased" };
    let count = words::count;
    let mut text = format!(
        "{verb}: a shopper's data in {}, {}, {}, {}",
        count(done.entries, "entry", "entries"),
        count(done.payloads, "payload", "payloads"),
        count(done.texts, "other text", "other texts"),
        count(done.strays, "order without an id", "orders without an id"),
    );
    if done.customers > 0 {
        let known = count(done.customers, "customer", "customers");
        text.extend(["; ", &known, " of OrderWise forgotten"]);
    }
    if !done.order_ids.is_empty() {
        let ids: Vec<String> = done.order_ids.iter().map(ToString::to_string).collect();
        let more = if done.entries > ids.len() as u64 { ", …" } else { "" };
        text.extend(["\norders: ", &ids.join(", "), more]);
    }
    for left in &done.left {
        text.extend(["\nleft: order ", &left.order_id.to_string(), ": ", &left.why]);
    }
    if done.refused > done.left.len() as u64 {
        text.extend(["\nleft in all: ", &done.refused.to_string()]);
    }
    if !done.done {
        text.push_str("\nnothing was erased; --run does it, and it cannot be undone");
    }
    text
}
