//! One file a command.

pub(crate) mod alerts;
mod asked;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod bank;
pub(crate) mod catalogue;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod cutover;
pub(crate) mod demo;
pub(crate) mod despatches;
pub(crate) mod entries;
pub(crate) mod entry;
pub(crate) mod evidence;
pub(crate) mod exceptions;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod map;
pub(crate) mod payouts;
pub(crate) mod people;
pub(crate) mod period;
pub(crate) mod reconcile;
pub(crate) mod restore;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod stock;
pub(crate) mod sync;

use std::sync::Arc;

use daybook_connectors::SystemClock;
pub(crate) use daybook_flows::view;

use crate::{
    cli::{Cli, Command},
    config as settings,
    context::{self, Context},
    failure::Failure,
    printer::Printer,
    telemetry,
};

/// How a command ended; the process's exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// 0.
    Done,
    /// 1: it ran, and what it found is not good.
    Failed,
    /// 3: done, and exceptions are open.
    ExceptionsOpen,
}

/// Runs what was asked.
pub(crate) async fn run(cli: Cli, printer: Printer) -> Result<Ended, Failure> {
    let named = cli.globals.config.as_deref();
    match &cli.command {
        // These need no configuration, and must work with a broken one.
        Command::Completions(args) => return completions::run(args),
        Command::Man(args) => return man::run(args),
        Command::Config(args) => return config::run(args, named, printer),
        Command::Sandbox(args) => return sandbox::run(args, printer).await,
        Command::Demo(args) => return Box::pin(demo::run(args, printer)).await,
        Command::Init(args) => {
            let actor = cli.globals.actor.as_deref();
            return Box::pin(init::run(args, actor, printer)).await;
        }
        _ => {}
    }
    let config = settings::load(named, std::env::vars())?;
    let level = match &cli.command {
        Command::Serve(_) => config.log.level.clone(),
        // A command that ends at once says what it has to say by its result.
        _ => "error".to_owned(),
    };
    telemetry::start(&config, &level)?;
    let actor = context::actor(cli.globals.actor.as_deref());
    let context = Context { config, printer, actor, clock: Arc::new(SystemClock) };
    match cli.command {
        Command::Serve(args) => serve::run(&context, &args).await,
        Command::Sync(args) => sync::run(&context, &args).await,
        Command::Check(args) => Box::pin(check::run(&context, &args)).await,
        Command::Audit(args) => Box::pin(audit::run(&context, &args)).await,
        Command::Cutover(args) => Box::pin(cutover::run(&context, args)).await,
        Command::Entries(args) => entries::run(&context, &args).await,
        Command::Entry(args) => entry::run(&context, &args).await,
        Command::Exceptions(args) => exceptions::run(&context, args).await,
        Command::Despatches(args) => despatches::run(&context, &args).await,
        Command::Map(args) => map::run(&context, args).await,
        Command::Payouts(args) => payouts::run(&context, args).await,
        Command::Bank(args) => bank::run(&context, args).await,
        Command::Reconcile(args) => reconcile::run(&context, &args).await,
        Command::Period(args) => period::run(&context, &args).await,
        Command::People(args) => people::run(&context, &args).await,
        Command::Evidence(args) => evidence::run(&context, &args).await,
        Command::Stock(args) => stock::run(&context, args).await,
        Command::Alerts(args) => alerts::run(&context, &args).await,
        Command::Backup(args) => backup::run(&context, &args).await,
        Command::Restore(args) => restore::run(&context, &args).await,
        Command::Catalogue(args) => catalogue::run(&context, &args).await,
        Command::Completions(_)
        | Command::Man(_)
        | Command::Config(_)
        | Command::Init(_)
        | Command::Sandbox(_)
        | Command::Demo(_) => Ok(Ended::Done),
    }
}
