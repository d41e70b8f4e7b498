//! `daybook payouts`

mod balance;
mod list;
mod matches;
mod rules;

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use daybook_domain::settlement::Day;
use daybook_flows::settlement::import::{self, Imported};

use super::Ended;
use crate::{
    config::Need,
    context::{Context, is_terminal},
    failure::Failure,
    words,
};

const EXAMPLES: &str = "\
Every day:
  daybook payouts import settlement_detail_report_batch_7.csv --provider adyen
  daybook bank import statement.xml
  daybook payouts match                        what belongs together, by the rules
  daybook payouts list                         each payout: its sum, and whether the bank has it
  daybook payouts suggestions                  what a person should confirm or undo
  daybook payouts balance --day 2026-11-24     what providers owe at the end of a day

In detail:
  daybook payouts show adyen 7                 a payout with its lines, fees and receipts
  daybook payouts open adyen                   what is not matched, the oldest first
  daybook payouts confirm M-12 M-13
  daybook payouts undo M-12 --reason 'another receipt of the same amount'
  daybook payouts pair --payment 11513:0 --line L-40
  daybook payouts write-off --payment 11513:0 --reason 'charged back, and not won'
  daybook payouts rules list
  daybook payouts rules set amount days=2      change a rule
  daybook payouts match --dry-run              what the rules would match and unmatch

Who settles which payment type stands in [settlement.providers] of the configuration.";

/// What to do about payouts.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct PayoutsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Read a settlement report; whole or not at all, and twice is once.
    Import {
        /// The file; - for stdin.
        file: PathBuf,
        /// Whose report it is, by its name in [settlement.providers].
        #[arg(long, value_name = "NAME")]
        provider: String,
    },
    /// The latest payouts, and how many matches there are.
    List {
        /// Most payouts to show.
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        limit: u16,
    },
    /// A payout with its lines.
    Show {
        /// The provider.
        provider: String,
        /// The provider's id of the payout, or its batch number.
        payout: String,
    },
    /// Match payments with reports and payouts with the bank, by the rules.
    Match(matches::MatchArgs),
    /// Matches that a person should confirm or undo.
    Suggestions(matches::SuggestionsArgs),
    /// What no match holds, on both sides.
    Open {
        /// The provider.
        provider: String,
        /// Only what was taken by the end of this day [default: today].
        #[arg(long, value_name = "DAY")]
        day: Option<Day>,
        /// Most rows to show of each side.
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        limit: u16,
    },
    /// Confirm suggestions.
    Confirm(matches::ConfirmArgs),
    /// Undo matches; no rule makes the same ones again.
    Undo(matches::UndoArgs),
    /// Match by hand what no rule could.
    Pair(matches::PairArgs),
    /// Say that payments will never be paid: they leave the balance as written off.
    WriteOff(matches::WriteOffArgs),
    /// The rules by which matches are made.
    #[command(subcommand)]
    Rules(rules::What),
    /// What is not settled yet at the end of a day.
    Balance(balance::BalanceArgs),
}

/// Does it.
pub(crate) async fn run(context: &Context, args: PayoutsArgs) -> Result<Ended, Failure> {
    // A wrong folder must not look like an empty book.
    context.existing_book().await?.close().await;
    match args.what {
        What::Import { file, provider } => import(context, &file, &provider).await,
        What::List { limit } => list::payouts(context, limit).await,
        What::Show { provider, payout } => list::show(context, &provider, &payout).await,
        What::Match(args) => matches::run(context, &args).await,
        What::Suggestions(args) => matches::suggestions(context, &args).await,
        What::Open { provider, day, limit } => list::open(context, &provider, day, limit).await,
        What::Confirm(args) => matches::confirm(context, &args).await,
        What::Undo(args) => matches::undo(context, &args).await,
        What::Pair(args) => matches::pair(context, &args).await,
        What::WriteOff(args) => matches::write_off(context, &args).await,
        What::Rules(what) => rules::run(context, what).await,
        What::Balance(args) => balance::run(context, &args).await,
    }
}

async fn import(context: &Context, file: &Path, provider: &str) -> Result<Ended, Failure> {
    let bytes = content(file)?;
    let app = context.app(Need::Book).await?;
    let done = import::report(&app, provider, &file_name(file), &bytes, &context.actor).await;
    app.db.close().await;
    context.printer.result(&done?, imported_words)?;
    Ok(Ended::Done)
}

/// What an import came to, for a person.
pub(super) fn imported_words(imported: &Imported) -> String {
    let file = &imported.file;
    if imported.known {
        return format!(
            "{}: imported before as {} by {}; nothing has changed",
            file.hash.get(..12).unwrap_or_default(),
            file.name,
            file.imported_by
        );
    }
    let count = |number: i64| words::count(u64::try_from(number).unwrap_or(0), "line", "lines");
    let mut told = format!("{}: {}, {} new", file.name, count(file.lines), file.added);
    if !imported.payouts.is_empty() {
        told = format!("{told}\npayouts: {}", imported.payouts.join(", "));
    }
    format!("{told}\nnext: `daybook payouts match`")
}

/// The bytes of a file, or of stdin.
pub(super) fn content(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let read = if is_terminal(file) {
        std::io::stdin().read_to_end(&mut content).map(|_| content)
    } else {
        std::fs::read(file)
    };
    read.map_err(|error| Failure::file(file, &error))
}

/// A file's own name, without its folders.
pub(super) fn file_name(file: &Path) -> String {
    file.file_name().map_or_else(|| "stdin".to_owned(), |name| name.to_string_lossy().into_owned())
}
