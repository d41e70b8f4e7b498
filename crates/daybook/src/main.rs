//! The binary: command line, configuration, telemetry, start and stop. It wires the rest.

mod cli;
mod commands;
mod config;
mod context;
mod failure;
mod ids;
mod initial;
mod printer;
mod stop;
mod telemetry;

use std::process::ExitCode;

use clap::Parser as _;
pub(crate) use daybook_domain::words;

use crate::{cli::Cli, commands::Ended, failure::Failure, printer::Printer};

/// See the workspace's `Cargo.toml`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // One crypto library in the whole process; fails only if it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let printer = Printer::new(cli.globals.json, cli.globals.quiet);
    match run(cli, printer) {
        Ok(Ended::Done) => ExitCode::SUCCESS,
        Ok(Ended::Failed) => ExitCode::from(1),
        Ok(Ended::ExceptionsOpen) => ExitCode::from(3),
        Err(failure) => {
            printer.failure(&failure);
            ExitCode::from(if failure.wrong_use { 2 } else { 1 })
        }
    }
}

/// Help and version are answers; anything else is a mistake, and looks like every other one.
fn usage(error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind::{
        DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion,
    };
    let answer = match error.kind() {
        DisplayHelp | DisplayVersion => 0,
        DisplayHelpOnMissingArgumentOrSubcommand => 2,
        _ => {
            let printer = Printer::new(std::env::args().any(|word| word == "--json"), false);
            printer.failure(&Failure::usage(&error.render().to_string()));
            return ExitCode::from(2);
        }
    };
    // Nobody is left to tell when the terminal is gone.
    let _ = error.print();
    ExitCode::from(answer)
}

fn run(cli: Cli, printer: Printer) -> Result<Ended, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(commands::run(cli, printer))
}
