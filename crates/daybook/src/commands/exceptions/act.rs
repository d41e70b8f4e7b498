//! `daybook exceptions retry` and `daybook exceptions dismiss`

use std::str::FromStr;

use clap::Args;
use daybook_domain::{causes::Cause, entry::EntryState};
use daybook_flows::people;
use serde::Serialize;

use crate::{
    commands::{Ended, asked::Named},
    config::Need,
    context::Context,
    failure::Failure,
    words,
};

const RETRY: &str = "\
Examples:
  daybook exceptions retry S1-11513
  daybook exceptions retry --cause orderwise-refused --subject 5";
const DISMISS: &str = "\
Examples:
  daybook exceptions dismiss S1-11513 --reason 'entered by hand as SO-881' --by 'Ada Finch'
  daybook exceptions dismiss EX-12 --reason 'agreed with the store'";

/// What to try again.
#[derive(Debug, Args)]
#[command(after_help = RETRY, arg_required_else_help = true)]
pub(super) struct RetryArgs {
    /// One entry: its reference or order id.
    #[arg(value_name = "REF", conflicts_with = "cause", required_unless_present = "cause")]
    entry: Option<Named>,
    /// All entries that this cause holds.
    #[arg(long, value_name = "CODE")]
    cause: Option<Cause>,
    /// Only about this: the SKU, the rate, the store.
    #[arg(long, requires = "cause")]
    subject: Option<String>,
}

/// What to dismiss, and why.
#[derive(Debug, Args)]
#[command(after_help = DISMISS)]
pub(super) struct DismissArgs {
    /// The entry: its reference or order id. Or the number of an exception that no entry stands
    /// behind, such as EX-12.
    #[arg(value_name = "REF")]
    what: What,
    /// Why it will not be posted; kept on record.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Clone)]
enum What {
    Entry(Named),
    Exception(i64),
}

impl FromStr for What {
    type Err = <Named as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.strip_prefix("EX-").or_else(|| text.strip_prefix("ex-"));
        match number.and_then(|number| number.parse().ok()) {
            Some(number) => Ok(Self::Exception(number)),
            None => text.parse().map(Self::Entry),
        }
    }
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Retried {
    retried: u64,
    /// Whether it had been dismissed: a decision of a person is taken back.
    was_dismissed: bool,
}

const POSTS: &str = "a running `daybook serve` posts them, or `daybook sync sales`";

/// Makes entries due now.
pub(super) async fn retry(context: &Context, args: &RetryArgs) -> Result<Ended, Failure> {
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let mut was_dismissed = false;
    let retried = match (args.entry, args.cause) {
        (Some(named), _) => {
            let entry = named.find(&app.db).await?;
            people::retry(&app, entry.reference(), &context.actor).await?;
            was_dismissed = entry.state == EntryState::Dismissed;
            1
        }
        (None, Some(cause)) => {
            people::retry_group(&app, cause, args.subject.as_deref(), &context.actor).await?
        }
        (None, None) => 0,
    };
    app.db.close().await;
    let shown = Retried { retried, was_dismissed };
    context.printer.result(&shown, |done| match (done.retried, done.was_dismissed) {
        (0, _) => "nothing is held by this".to_owned(),
        (1, true) => format!("it had been dismissed, and is ready again; {POSTS}"),
        (count, _) => {
            format!("{} ready again; {POSTS}", words::count(count, "entry is", "entries are"))
        }
    })?;
    Ok(Ended::Done)
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Dismissed {
    reference: String,
    by: String,
    reason: String,
}

/// Takes an entry out of the queue for good, on the record.
pub(super) async fn dismiss(context: &Context, args: &DismissArgs) -> Result<Ended, Failure> {
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let reference = match &args.what {
        What::Entry(named) => {
            let entry = named.find(&app.db).await?;
            people::dismiss(&app, entry.reference(), &context.actor, &args.reason).await?;
            entry.reference
        }
        What::Exception(number) => {
            people::dismiss_exception(&app, *number, &context.actor, &args.reason).await?;
            format!("EX-{number}")
        }
    };
    app.db.close().await;
    let by = context.actor.clone();
    let done = Dismissed { reference, by, reason: args.reason.clone() };
    context.printer.result(&done, |done| format!("{} dismissed by {}", done.reference, done.by))?;
    Ok(Ended::Done)
}
