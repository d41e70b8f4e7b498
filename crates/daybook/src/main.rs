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
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::{cli::Cli, commands::Ended, failure::Failure, printer::Printer};

fn main() -> ExitCode {
    // One crypto library in the whole process; fails only if it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = Cli::parse();
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

fn run(cli: Cli, printer: Printer) -> Result<Ended, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(commands::run(cli, printer))
}
