//! `daybook evidence verify`: proves that nothing in the record was changed, and finds it when
//! something was. `daybook evidence erase`: takes a shopper's data out, and the record stays whole.

mod erase;

use clap::{Args, Subcommand};
use daybook_flows::evidence;
use daybook_store::evidence::Evidence;

use super::Ended;
use crate::{context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook evidence verify                every timeline, payload, figure, mapping, act, certificate,
                                         sign-off, period
  daybook evidence verify --json | jq '.broken'
  daybook evidence erase --email jo@shop.example --reason 'asked for on 3 May' --by 'Ada Finch'
  daybook evidence erase --order S1-11513 --reason 'asked for' --by 'Ada Finch' --run
  daybook evidence erase --expired --reason 'seven years are over' --by 'Ada Finch' --run

Erasing is only planned without --run. Amounts, ids and references stay, and verify is still clean.
Have it erased in Sitoo first: what Sitoo tells differently afterwards is kept as it comes.

verify works on a copy of the book as well: daybook backup, then --config with that copy. Exit code 1:
something is not as it was written.";

/// What to do.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct EvidenceArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check every chain from its beginning to its end.
    Verify,
    /// Erase shoppers' data: names, addresses, e-mail addresses, telephone numbers.
    Erase(erase::EraseArgs),
}

/// Verifies the record, or erases.
pub(crate) async fn run(context: &Context, args: &EvidenceArgs) -> Result<Ended, Failure> {
    if let What::Erase(args) = &args.what {
        return erase::run(context, args).await;
    }
    let book = context.existing_book().await?;
    // Somebody may mean a copy, and look at the book that is at work.
    context.printer.talk(&format!("the book is {}", context.book_url()?));
    let found = evidence::verify(&book).await;
    book.close().await;
    let found = found?;
    context.printer.result(&found, people)?;
    Ok(if found.is_whole() { Ended::Done } else { Ended::Failed })
}

/// What has no chain, and can be read or counted anew.
const NOT_LOOKED_AT: &str = "not looked at: payouts and what they are paired with, exceptions that \
    were closed, stock and catalogue, accounts of people";

pub(super) fn people(found: &Evidence) -> String {
    let count = words::count;
    let looked = format!(
        "{}, {}, {}, {}, {}, {}, {}",
        count(found.entries, "entry", "entries"),
        count(found.mappings, "mapping", "mappings"),
        count(found.certificates, "certificate", "certificates"),
        count(found.store_days, "store-day", "store-days"),
        count(found.sign_offs, "sign-off", "sign-offs"),
        count(found.fixes, "fix", "fixes"),
        count(found.periods, "period", "periods"),
    );
    if found.is_whole() {
        return format!("{looked}: nothing was changed\n{NOT_LOOKED_AT}");
    }
    let rows = found
        .broken
        .iter()
        .map(|one| vec![one.part.word().to_owned(), one.subject.clone(), one.what.clone()]);
    let table = printer::table(&["part", "which", "what"], &[], rows.collect());
    format!("{looked}: CHANGED\n\n{table}")
}
