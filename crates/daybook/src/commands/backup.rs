//! `daybook backup FILE`

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::Ended;
use crate::{context::Context, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook backup /backup/daybook-$(date +%F).db

The copy is a whole book; `daybook restore FILE` puts it back, and `daybook restore --verify FILE`
proves that it could.
A book on PostgreSQL is backed up with PostgreSQL's own tools (pg_dump).";

/// Where the copy goes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct BackupArgs {
    /// A file that does not exist yet.
    file: PathBuf,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Copied {
    file: PathBuf,
    bytes: u64,
}

/// Copies the book while the work goes on.
pub(crate) async fn run(context: &Context, args: &BackupArgs) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    can_be_written(&args.file)?;
    book.backup_to(&args.file).await?;
    let found = fs::metadata(&args.file).map_err(|error| Failure::file(&args.file, &error))?;
    let copied = Copied { file: args.file.clone(), bytes: found.len() };
    context.printer.result(&copied, |copied| {
        format!("{}: {} KiB", copied.file.display(), copied.bytes.div_ceil(1024))
    })?;
    Ok(Ended::Done)
}

/// Otherwise it would look as if the book could not be reached. A file that is there is refused by
/// the copying itself.
fn can_be_written(file: &Path) -> Result<(), Failure> {
    let made = match fs::OpenOptions::new().write(true).create_new(true).open(file) {
        Ok(_) => fs::remove_file(file),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    };
    made.map_err(|error| {
        let path = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        let message = format!("the copy cannot be written to {}: {error}", path.display());
        let hint = "name a file in a folder that this user may write to; with the package, for \
                    example /var/lib/daybook/backup/daybook.db";
        Failure::new("backup-target", message, hint)
    })
}
