//! `daybook restore FILE`: a copy takes the book's place once it has proved that it is whole.

use std::path::PathBuf;

use clap::Args;
use daybook_flows::evidence;
use daybook_store::{DbUrl, evidence::Evidence, restore};

use super::{Ended, evidence::people};
use crate::{context::Context, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook restore /backup/daybook-2026-11-24.db
  daybook restore --verify /backup/daybook-2026-11-24.db    only proves that it could
  pg_restore --dbname daybook daybook.dump && daybook restore    a book on PostgreSQL

Stop Daybook first. Every timeline, payload, act, certificate and period of the copy is checked
before it takes the book's place; a book that is not empty is never overwritten. What the lost book
posted after the copy was made is not in it: at its next start Daybook looks every order up in
OrderWise before it sends it.";

/// What to put back.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct RestoreArgs {
    /// The copy (SQLite). A book on PostgreSQL is put back by its own tools first, and checked here.
    file: Option<PathBuf>,
    /// Check the copy and leave everything as it is.
    #[arg(long, requires = "file")]
    verify: bool,
}

/// Checks a copy, and puts it back if it is whole.
pub(crate) async fn run(context: &Context, args: &RestoreArgs) -> Result<Ended, Failure> {
    let by = (context.now(), context.actor.as_str());
    let url = context.book_url()?;
    if !args.verify {
        context.is_meant(&url)?;
    }
    let (found, put_back) = match (&url, &args.file) {
        (DbUrl::Sqlite(book), Some(file)) if args.verify => {
            (restore::verify_copy(book, file, evidence::told).await?, false)
        }
        (DbUrl::Sqlite(book), Some(file)) => {
            (restore::from_copy(book, file, by, evidence::told).await?, true)
        }
        (DbUrl::Sqlite(_), None) => return Err(wrong("a SQLite book is put back from a file")),
        (DbUrl::Postgres(_), Some(_)) => return Err(wrong("this book is on PostgreSQL")),
        (DbUrl::Postgres(_), None) => {
            let book = context.existing_book().await?;
            let found = restore::in_place(&book, by, evidence::told).await;
            book.close().await;
            (found?, true)
        }
    };
    context.printer.result(&found, |found| told(found, put_back))?;
    Ok(if found.is_whole() { Ended::Done } else { Ended::Failed })
}

fn wrong(message: &str) -> Failure {
    let hint = "SQLite: `daybook restore FILE`; PostgreSQL: pg_restore, then `daybook restore`";
    Failure::wrong_use("restore-how", message, hint)
}

fn told(found: &Evidence, put_back: bool) -> String {
    let last = match (found.is_whole(), put_back) {
        (true, true) => {
            "put back; at its next start Daybook looks every order up before it sends it"
        }
        (true, false) => "the copy is whole and can be put back",
        (false, _) => "nothing was put back: take another copy, and keep this one as evidence",
    };
    format!("{}\n{last}", people(found))
}
