//! `daybook config`

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::Ended;
use crate::{
    config::{self, DEFAULT, Setting},
    failure::Failure,
    printer::{self, Printer},
};

const EXAMPLES: &str = "\
Examples:
  daybook config --default > daybook.toml    every setting, explained, with its default
  daybook config                             what is in force, and where it comes from
  daybook config --changed                   only what differs from the defaults

Passwords are shown as ***.";

/// What to show.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ConfigArgs {
    /// The commented defaults, ready to be changed.
    #[arg(long, conflicts_with = "changed")]
    default: bool,
    /// Only what the file or the environment sets.
    #[arg(long)]
    changed: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct InForce {
    file: Option<std::path::PathBuf>,
    settings: Vec<Setting>,
}

/// Shows the settings.
pub(crate) fn run(
    args: &ConfigArgs,
    named: Option<&Path>,
    printer: Printer,
) -> Result<Ended, Failure> {
    if args.default {
        printer::data(DEFAULT)?;
        return Ok(Ended::Done);
    }
    let (config, mut settings) = config::effective(named, std::env::vars())?;
    if args.changed {
        settings.retain(|setting| setting.from != "default");
    }
    printer.result(&InForce { file: config.file, settings }, |shown| {
        let rows = shown.settings.iter().map(|setting| {
            let value = serde_json::to_string(&setting.value).unwrap_or_default();
            vec![setting.key.clone(), value, setting.from.clone()]
        });
        printer::table(&["setting", "value", "from"], &[], rows.collect())
    })?;
    Ok(Ended::Done)
}
