//! `daybook audit`

mod dry;
mod people;
mod progress;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use daybook_flows::{
    App,
    audit::{self, Audited, Wish},
};
use daybook_store::{Db, DbUrl, OpenOptions};
use daybook_web::export;

use self::progress::Progress;
use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, printer::as_said_here, stop};

const EXAMPLES: &str = "\
Examples:
  daybook audit                               every gap between Sitoo and OrderWise that would hurt
  daybook audit --report gaps.html            also a page to hand over and print
  daybook audit --csv gaps.csv --days 90      also a table; payment types in use of 90 days
  daybook audit --since-last                  only what is new, and what is gone
  daybook audit --dry-run --days 30           what would happen if Daybook had run these days
  daybook audit --last                        the latest report, without reading anything
  daybook audit --json | jq '.report.gaps[] | select(.severity == \"critical\")'

Nothing is written to either system: the clients cannot write. Addresses, credentials and the ids of
export definitions are enough; without a book the audit keeps a temporary one. It goes on where it was
when it is interrupted. Exit code 0: no gaps; 1: failed; 3: gaps were found.";

/// What is read, and where the report goes.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
#[command(after_help = EXAMPLES)]
pub(crate) struct AuditArgs {
    /// Days of Sitoo's orders that are read [default: audit.days].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=366))]
    days: Option<i64>,
    /// Show only what is new since the audit before, and what is gone.
    #[arg(long)]
    since_last: bool,
    /// Show the latest report; reads nothing.
    #[arg(long, conflicts_with_all = ["days", "anew"])]
    last: bool,
    /// Replay the days against a stand-in for OrderWise, and say what would happen.
    #[arg(long, conflicts_with_all = ["since_last", "last", "csv", "report", "anew"])]
    dry_run: bool,
    /// Begin anew, whatever an interrupted audit has read.
    #[arg(long)]
    anew: bool,
    /// Write the records as a table.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a page to read, print and hand over.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Audits, or shows the latest.
pub(crate) async fn run(context: &Context, args: &AuditArgs) -> Result<Ended, Failure> {
    if args.dry_run {
        let days = args.days.unwrap_or(context.config.audit.days);
        return Box::pin(dry::run(context, days)).await;
    }
    for path in [&args.csv, &args.report].into_iter().flatten() {
        can_be_written(path)?;
    }
    let audited = if args.last { last(context).await? } else { anew(context, args).await? };
    if args.since_last && audited.changes.is_none() {
        context.printer.talk("this is the first audit of this book: there is none to compare with");
    }
    write_files(context, args, &audited)?;
    context.printer.result(&audit::show::shown(&audited), |_| {
        people::show(context, &audited, args.since_last)
    })?;
    let found = match (&audited.changes, args.since_last) {
        (Some(changes), true) => !changes.new.is_empty(),
        _ => !audited.report.gaps.is_empty(),
    };
    Ok(if found { Ended::ExceptionsOpen } else { Ended::Done })
}

async fn last(context: &Context) -> Result<Audited, Failure> {
    let book = context.existing_book().await?;
    let app = context.app_on(book, Need::Book)?;
    let last = audit::last(&app).await;
    app.db.close().await;
    last?.ok_or_else(|| {
        let hint = "`daybook audit` makes one";
        Failure::new("audit-none", "this book has no audit yet", hint)
    })
}

async fn anew(context: &Context, args: &AuditArgs) -> Result<Audited, Failure> {
    // What is missing to reach them is told before a book is made.
    context.config.sitoo(Need::Systems)?;
    context.config.orderwise(Need::Systems)?;
    let book = Book::open(context).await?;
    let app = context.app_on(book.db.clone(), Need::Systems)?;
    let wish = Wish { days: args.days, anew: args.anew, rows: context.config.initial_mapping()? };
    let audited = read(context, &app, &wish).await;
    app.db.close().await;
    let audited = audited?;
    book.remove();
    Ok(audited)
}

async fn read(context: &Context, app: &Arc<App>, wish: &Wish) -> Result<Audited, Failure> {
    let (progress, stop) = (Progress::new(context.printer), stop::on_signal(context.printer)?);
    let tell = |at: audit::Progress<'_>| progress.show(at);
    let audited = tokio::select! {
        audited = Box::pin(audit::run(app, wish, &tell)) => Some(audited),
        () = stop.cancelled() => None,
    };
    progress.end();
    let Some(audited) = audited else {
        audit::let_go(app).await?;
        let hint = "`daybook audit` goes on where it was";
        return Err(Failure::new("interrupted", "the audit was interrupted", hint));
    };
    Ok(audited?)
}

/// The book of the configuration; where there is none, a temporary one, kept until its audit is done.
struct Book {
    db: Db,
    temporary: Option<PathBuf>,
}

impl Book {
    async fn open(context: &Context) -> Result<Self, Failure> {
        let url = context.book_url()?;
        if let DbUrl::Sqlite(path) = &url
            && !path.exists()
        {
            // Beside the book that it stands for, so that the next try goes on with it.
            let path = PathBuf::from(format!("{}.audit", path.display()));
            let db = Db::open(&DbUrl::Sqlite(path.clone()), OpenOptions::default()).await?;
            return Ok(Self { db, temporary: Some(path) });
        }
        Ok(Self { db: Db::open(&url, OpenOptions::default()).await?, temporary: None })
    }

    /// What is left of it is of no use to anybody.
    fn remove(self) {
        if let Some(path) = self.temporary {
            for end in ["", "-wal", "-shm", ".lock"] {
                let _ = fs::remove_file(format!("{}{end}", path.display()));
            }
        }
    }
}

/// Tried before both systems are read, which may take long.
fn can_be_written(path: &Path) -> Result<(), Failure> {
    let is_new = !path.exists();
    let opened = fs::OpenOptions::new().append(true).create(true).open(path);
    opened.map_err(|error| Failure::file(path, &error))?;
    if is_new {
        let _ = fs::remove_file(path);
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn unwritable(error: export::ExportError) -> Failure {
    Failure::new("export", error.to_string(), "please report it")
}

fn write_files(context: &Context, args: &AuditArgs, audited: &Audited) -> Result<(), Failure> {
    let Audited { report, changes, .. } = audited;
    if let Some(path) = &args.csv {
        let bytes = export::csv::bytes(&export::audit::table(report)).map_err(unwritable)?;
        fs::write(path, bytes).map_err(|error| Failure::file(path, &error))?;
    }
    if let Some(path) = &args.report {
        let (zone, currency) = (context.zone(), context.currency());
        let page =
            export::audit::page(report, changes.as_ref(), &zone, currency).map_err(unwritable)?;
        fs::write(path, &*as_said_here(&page)).map_err(|error| Failure::file(path, &error))?;
        context.printer.talk(&format!("report written to {}", path.display()));
    }
    Ok(())
}
