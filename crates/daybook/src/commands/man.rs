//! `daybook man DIR`: the manual's pages, made from the command line itself.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _};

use super::Ended;
use crate::{cli::Cli, failure::Failure};

const EXAMPLES: &str = "\
Examples:
  daybook man /tmp/man1";

/// Where the pages go.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ManArgs {
    /// A folder that exists.
    folder: PathBuf,
}

/// Writes a page for the program and for each of its commands.
pub(crate) fn run(args: &ManArgs) -> Result<Ended, Failure> {
    clap_mangen::generate_to(Cli::command(), &args.folder)
        .map_err(|error| Failure::file(&args.folder, &error))?;
    Ok(Ended::Done)
}
