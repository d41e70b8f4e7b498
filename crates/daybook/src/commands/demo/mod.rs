//! `daybook demo`: both systems made up, a trading day, the whole integration, in one process.

mod clock;
mod close;
mod config;
mod day;
mod goods;
mod money;
mod next;
mod people;
mod progress;
mod proof;
mod summary;
#[cfg(test)]
mod tests;
mod troubles;
mod warehouse;
mod world;

use std::path::PathBuf;

use clap::Args;
use tokio_util::sync::CancellationToken;

use self::{progress::Progress, world::World};
use super::Ended;
use crate::{failure::Failure, printer::Printer, stop};

const EXAMPLES: &str = "\
Examples:
  daybook demo                               yesterday: 3,000 transactions in about a minute
  daybook demo --transactions 300 --seconds 10
  daybook demo --book demo.db                keeps the book, and demo.toml beside it
  daybook demo --exit --json | jq .proof     for a program: exit code 1 if the proof fails

Nothing of this machine's configuration is used, nothing leaves it, and without --book nothing of
it stays. Exceptions are a part of the day and no failure.";

/// Which day, how fast, and what stays of it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DemoArgs {
    /// Transactions at the tills.
    #[arg(long, default_value_t = 3_000, value_name = "N")]
    transactions: usize,
    /// How long the nine hours of trading take. Daybook takes the time it needs to finish.
    #[arg(long, default_value_t = 60, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=3_600))]
    seconds: u32,
    /// The same seed makes the same retailer and the same day.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Keep the book in this file, which must not exist yet.
    #[arg(long, value_name = "FILE")]
    book: Option<PathBuf>,
    /// Leave after the summary, instead of staying up to be tried.
    #[arg(long)]
    exit: bool,
}

/// Plays the day, sums it up, and stays.
pub(crate) async fn run(args: &DemoArgs, printer: Printer) -> Result<Ended, Failure> {
    let stop = stop::on_signal(printer)?;
    let world = World::new(args, printer).await?;
    let ended = show(&world, args, printer, &stop).await;
    let closed = world.end().await;
    let ended = ended?;
    closed?;
    Ok(ended)
}

async fn show(
    world: &World,
    args: &DemoArgs,
    printer: Printer,
    stop: &CancellationToken,
) -> Result<Ended, Failure> {
    announce(world, args, printer);
    let mut progress = Progress::new(printer);
    let ended = day::play(world, args, stop, &mut progress).await?;
    progress.ends();
    if ended == day::Ended::Stopped {
        return Ok(Ended::Failed);
    }
    let summary = summary::sum_up(world, args, ended).await?;
    printer.result(&summary, people::text)?;
    if !args.exit {
        printer.talk(&next::text(world, &summary));
        next::stay(world, printer, stop).await?;
    }
    let cards = summary.cards.as_ref().is_none_or(|cards| cards.unexplained.is_zero());
    let holds = summary.proof.holds && summary.goods.holds() && cards;
    Ok(if holds { Ended::Done } else { Ended::Failed })
}

fn announce(world: &World, args: &DemoArgs, printer: Printer) {
    let retailer = &world.retailer;
    printer.talk(&format!(
        "{}: {} stores, {} tills, {} products; nine hours of trading in {} seconds",
        retailer.name,
        retailer.stores.len(),
        retailer.tills().count(),
        retailer.skus.len(),
        args.seconds,
    ));
    printer.talk(&format!("Sitoo's stand-in      http://{}", world.at.sitoo));
    printer.talk(&format!("OrderWise's stand-in  http://{}/OWAPI", world.at.orderwise));
    printer.talk(&format!("Daybook               http://{}", world.at.daybook));
    printer.talk(&format!("the desk, signed in   {}", world.door));
    printer.talk(&format!("its configuration     {}\n", world.config_file.display()));
}
