//! `daybook completions SHELL`

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Ended;
use crate::{cli::Cli, failure::Failure, printer};

const EXAMPLES: &str = "\
Examples:
  daybook completions bash > /etc/bash_completion.d/daybook
  daybook completions zsh > \"${fpath[1]}/_daybook\"
  daybook completions fish > ~/.config/fish/completions/daybook.fish";

/// Which shell.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    shell: Shell,
    /// What the program is called where it is typed: the package's command takes the same words.
    #[arg(long, default_value = "daybook", hide = true)]
    name: String,
}

/// Prints the script.
pub(crate) fn run(args: &CompletionsArgs) -> Result<Ended, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), args.name.as_str(), &mut script);
    printer::data(&String::from_utf8_lossy(&script))?;
    Ok(Ended::Done)
}
