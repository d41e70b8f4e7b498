//! `daybook man DIR`: the manual's pages, made from the command line itself.

use std::{fs, io, path::Path, path::PathBuf};

use clap::{Args, Command, CommandFactory as _};
use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

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
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    pages(&program, &args.folder).map_err(|error| Failure::file(&args.folder, &error))?;
    Ok(Ended::Done)
}

fn pages(command: &Command, folder: &Path) -> io::Result<()> {
    for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
        pages(one, folder)?;
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    if command.get_arguments().any(|arg| !arg.is_hide_set()) {
        man.render_options_section(&mut page)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    said_after(&after).to_writer(&mut page)?;
    fs::write(folder.join(man.get_filename()), page)
}

/// Examples as they are typed; whatever else stands below them as notes. Filled like prose they could
/// not be copied.
fn said_after(text: &str) -> Roff {
    let mut roff = Roff::new();
    let mut heading = "";
    for part in text.split("\n\n").filter(|part| !part.trim().is_empty()) {
        let (examples, lines) = match part.strip_prefix("Examples:\n") {
            Some(lines) => (true, lines),
            None => (part.starts_with("  "), part),
        };
        let wanted = if examples { "EXAMPLES" } else { "NOTES" };
        if heading == wanted {
            roff.control("PP", []);
        } else {
            roff.control("SH", [wanted]);
            heading = wanted;
        }
        if examples {
            roff.control("nf", []);
        }
        for line in lines.lines() {
            roff.text([roman(line)]);
        }
        if examples {
            roff.control("fi", []);
        }
    }
    roff
}
