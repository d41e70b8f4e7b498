//! `daybook exceptions`

mod act;
mod list;
mod show;

use std::str::FromStr;

use clap::{Args, Subcommand};
use daybook_domain::causes::Cause;

use super::{Ended, asked::Named};
use crate::{context::Context, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook exceptions list                            by cause, the most money first
  daybook exceptions list --owner finance            what finance clears
  daybook exceptions show sku-unmapped               a cause: what it is, its fix, its entries
  daybook exceptions show S1-11513                   all that stops one entry
  daybook exceptions retry S1-11513                  try again now
  daybook exceptions retry --cause orderwise-refused
  daybook exceptions dismiss S1-11513 --reason 'entered by hand as SO-881' --by 'Ada Finch'

Most exceptions close by themselves once their cause is gone: a mapping set, a SKU made saleable.
Exit code 3 of `list`: there are some.";

/// What to do with exceptions.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct ExceptionsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What waits for a person: siblings in one line, with money and age.
    List(list::ListArgs),
    /// One entry's exceptions, one exception (EX-12), or a cause with its entries.
    Show {
        /// A reference, an order id, EX- and a number, or the code of a cause.
        #[arg(value_name = "WHAT")]
        what: Shown,
        /// Only about this: the SKU, the rate, the store.
        #[arg(long)]
        subject: Option<String>,
    },
    /// Try again now: one entry, or all that one cause holds.
    Retry(act::RetryArgs),
    /// Decide, with a reason, that an entry will not be posted.
    Dismiss(act::DismissArgs),
}

/// What can be shown.
#[derive(Debug, Clone)]
enum Shown {
    Entry(Named),
    Number(i64),
    Cause(Cause),
}

impl FromStr for Shown {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_prefix("EX-").or_else(|| text.strip_prefix("ex-"));
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            return Ok(Self::Number(number));
        }
        if let Ok(cause) = text.parse() {
            return Ok(Self::Cause(cause));
        }
        text.parse().map(Self::Entry).map_err(|_| {
            format!("'{text}' is no reference, order id, exception like EX-12 or code of a cause")
        })
    }
}

/// Does it.
pub(crate) async fn run(context: &Context, args: ExceptionsArgs) -> Result<Ended, Failure> {
    match args.what {
        What::List(args) => list::run(context, &args).await,
        What::Show { what, subject } => show::run(context, what, subject).await,
        What::Retry(args) => act::retry(context, &args).await,
        What::Dismiss(args) => act::dismiss(context, &args).await,
    }
}
