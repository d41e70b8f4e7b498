//! `daybook bank`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use daybook_flows::settlement::import;
use daybook_store::settlement::bank::{self, StoredBankLine};
use serde::Serialize;

use super::{
    Ended,
    payouts::{content, file_name, imported_words},
};
use crate::{config::Need, context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook bank import statement.xml                    CAMT.053, known by itself
  daybook bank import statement.csv --bank highstreet  CSV or XLSX, as [settlement.banks] says
  daybook bank list                                    the lines that came last

A file is imported whole or not at all, and the same file twice changes nothing. What belongs to
which payout: `daybook payouts match`.";

/// What to do with statements.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct BankArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Read a statement.
    Import {
        /// The file; - for stdin.
        file: PathBuf,
        /// Whose statement it is, by its name in [settlement.banks]; not for CAMT.053.
        #[arg(long, value_name = "NAME")]
        bank: Option<String>,
    },
    /// Lines of statements, the latest first.
    List {
        /// Most lines to show.
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        limit: u16,
    },
}

/// Does it.
pub(crate) async fn run(context: &Context, args: BankArgs) -> Result<Ended, Failure> {
    // A wrong folder must not look like an empty book.
    context.existing_book().await?.close().await;
    match args.what {
        What::Import { file, bank } => {
            let bytes = content(&file)?;
            let app = context.app(Need::Book).await?;
            let bank = bank.as_deref();
            let done =
                import::statement(&app, bank, &file_name(&file), &bytes, &context.actor).await;
            app.db.close().await;
            context.printer.result(&done?, imported_words)?;
        }
        What::List { limit } => list(context, limit).await?,
    }
    Ok(Ended::Done)
}

/// What `list --json` prints.
#[derive(Debug, Serialize)]
struct Listed {
    lines: Vec<StoredBankLine>,
}

async fn list(context: &Context, limit: u16) -> Result<(), Failure> {
    let book = context.existing_book().await?;
    let listed = Listed { lines: bank::latest(&book, usize::from(limit)).await? };
    context.printer.result(&listed, |listed| {
        let rows = listed.lines.iter().map(|stored| {
            let line = &stored.line;
            vec![
                format!("B-{}", stored.number),
                line.day.to_string(),
                words::money(line.amount, &line.currency),
                words::or_dash(stored.match_number.map(|number| format!("M-{number}"))),
                line.words.clone(),
            ]
        });
        printer::table(&["line", "day", "amount", "match", "words"], &[2], rows.collect())
    })
}
