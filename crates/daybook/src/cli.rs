//! The command line: what can be said. What happens stands in `commands/`, one file a command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    alerts::AlertsArgs, audit::AuditArgs, backup::BackupArgs, bank::BankArgs,
    catalogue::CatalogueArgs, check::CheckArgs, completions::CompletionsArgs, config::ConfigArgs,
    cutover::CutoverArgs, demo::DemoArgs, despatches::DespatchesArgs, entries::EntriesArgs,
    entry::EntryArgs, evidence::EvidenceArgs, exceptions::ExceptionsArgs, init::InitArgs,
    man::ManArgs, map::MapArgs, payouts::PayoutsArgs, people::PeopleArgs, period::PeriodArgs,
    reconcile::ReconcileArgs, restore::RestoreArgs, sandbox::SandboxArgs, serve::ServeArgs,
    stock::StockArgs, sync::SyncArgs,
};

const EXAMPLES: &str = "\
Begin:
  daybook demo                           a made-up retailer's trading day, whole, in one process
  daybook sandbox                        stand-ins for both systems, and a daybook.toml for them
  daybook init                           asks, tries each answer, and sets everything up
  daybook check                          can Daybook reach and read everything it needs?
  daybook serve                          receive and post until stopped

Every day:
  daybook exceptions list                what waits for a person, grouped by cause
  daybook map set sku OLD-1 NEW-1        one fix releases everything that waited for it
  daybook entry S1-11513                 where is this sale, and why

Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 3 done and exceptions are open.";

/// From the till to the ledger, each transaction exactly once.
///
/// Daybook writes down every sale and return that Sitoo POS takes, posts each one exactly once to
/// OrderWise, and shows what cannot be posted as an exception with its cause and its fix.
#[derive(Debug, Parser)]
#[command(name = "daybook", version, propagate_version = true, after_help = EXAMPLES)]
#[command(arg_required_else_help = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten, next_help_heading = "With every command")]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Globals {
    /// Configuration file [default: ./daybook.toml, if there is one].
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DAYBOOK_CONFIG",
        hide_env_values = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// Print results as JSON (docs/reference/json.md), and errors too.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say nothing but results and errors.
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Who does this, for the record [default: the user of this machine].
    #[arg(long, global = true, visible_alias = "by", value_name = "NAME", env = "DAYBOOK_ACTOR")]
    #[arg(hide_env_values = true)]
    pub(crate) actor: Option<String>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Receive and post until stopped.
    Serve(ServeArgs),
    /// One pass of a flow until nothing is left to do now, then exit.
    Sync(SyncArgs),
    /// From nothing to working settings and an empty book: asks, or reads a file of answers.
    Init(InitArgs),
    /// Can Daybook reach, read and write everything it needs? What to do where it cannot.
    Check(CheckArgs),
    /// Every gap between Sitoo and OrderWise that would hurt, with its fix. Only reads.
    Audit(AuditArgs),
    /// From another integration to Daybook, step by step, and back.
    Cutover(CutoverArgs),
    /// List entries, the newest first.
    Entries(EntriesArgs),
    /// One entry: where it is, why, and how it got there.
    Entry(EntryArgs),
    /// What waits for a person.
    Exceptions(ExceptionsArgs),
    /// What was sold at a till and is sent from elsewhere: how far it is.
    Despatches(DespatchesArgs),
    /// What on the till is what in OrderWise.
    Map(MapArgs),
    /// Does a day tie, to the penny? Compares tills, Z-reports and OrderWise, and closes it.
    Reconcile(ReconcileArgs),
    /// Months: list, close, open again with a second person's approval.
    Period(PeriodArgs),
    /// Was anything in the record changed?
    Evidence(EvidenceArgs),
    /// What the tills may still sell, and why.
    Stock(StockArgs),
    /// Did the money arrive? Settlement reports, matches with the tills, what is not settled yet.
    Payouts(PayoutsArgs),
    /// The bank's statements.
    Bank(BankArgs),
    /// Products and prices on their way to the tills.
    Catalogue(CatalogueArgs),
    /// What people were told without asking, and over which channels.
    Alerts(AlertsArgs),
    /// Who may sign in to the desk, and the way back in for who cannot.
    People(PeopleArgs),
    /// Copy a SQLite book while the work goes on.
    Backup(BackupArgs),
    /// Put a copy of the book back, once it has proved that it is whole.
    Restore(RestoreArgs),
    /// Show the settings in force, or the commented defaults.
    Config(ConfigArgs),
    /// A made-up retailer's trading day, from the tills to OrderWise, proved to the penny.
    Demo(DemoArgs),
    /// Stand-ins for Sitoo and OrderWise, to try Daybook without either.
    Sandbox(SandboxArgs),
    /// Completions for a shell.
    Completions(CompletionsArgs),
    /// Pages of the manual for `man`: for whoever makes a package.
    #[command(hide = true)]
    Man(ManArgs),
}
