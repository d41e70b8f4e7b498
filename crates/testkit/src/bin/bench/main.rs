//! `cargo xtask bench`: the whole product beside a bare client that makes the same calls, with no
//! database and no checks. Every figure is of a process of its own; ratios are of one run.
#![expect(clippy::print_stdout, reason = "a command line tool talks on standard output")]
#![expect(clippy::print_stderr, reason = "a command line tool says on standard error what failed")]
#![expect(clippy::float_arithmetic, reason = "rates and ratios, only to be printed")]

mod args;
mod backlog;
mod bare;
mod catalogue;
mod cells;
mod child;
mod desk;
mod desk_people;
mod events;
mod extras;
mod inflate;
mod month;
mod month_book;
mod product;
mod sandbox;
mod setup;
mod shelves;
mod stock;
mod usage;

use std::{error::Error, process::ExitCode};

use args::Args;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever went wrong; it is only shown.
type Fault = Box<dyn Error + Send + Sync>;

const HELP: &str = "\
cargo xtask bench [--quick]         all cells, or a few of them in under a minute
  --engine sqlite|postgres          only this database
  --in-flight N --service-ms N      only this cell
  --orders N                        so many orders a cell
  --only PART                       only this part: cells, backlog, events, stock, catalogue,
                                    month, desk
  --skus N --stores N               size of the stock (--stores N of the month); --products N of the catalogue";

fn main() -> ExitCode {
    let args = Args::read();
    let mode = args.mode();
    if mode == "help" || args.has("help") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let done = runtime.block_on(async {
        match mode {
            "sandbox" => sandbox::run(&args).await,
            "bare" => bare::run(&args).await,
            "product" => product::run(&args).await,
            "backlog" => backlog::run(&args).await,
            "start" => backlog::start(&args).await,
            "events" => events::run(&args).await,
            "senders" => events::send(&args).await,
            "shelves" => shelves::run(&args).await,
            "stock-bare" => stock::bare(&args).await,
            "stock-product" => stock::product(&args).await,
            "stock-sale" => stock::sold(&args).await,
            "month-book" => Box::pin(month::book(&args)).await,
            "month-read" => month::read(&args).await,
            "month-close" => month::close(&args).await,
            "desk-host" => Box::pin(desk::run(&args)).await,
            "desk-people" => Box::pin(desk_people::run(&args)).await,
            "catalogue-product" => catalogue::product(&args).await,
            _ => drive(&args).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("bench {mode}: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn drive(args: &Args) -> Result<(), Fault> {
    let wanted = |part: &str| args.text("only").is_none_or(|only| only == part);
    extras::machine()?;
    if wanted("cells") {
        cells::run(args).await?;
    }
    let quick = args.has("quick");
    if wanted("events") && !(quick && args.text("only").is_none()) {
        extras::events().await?;
    }
    if wanted("backlog") && !(quick && args.text("only").is_none()) {
        extras::backlog(args).await?;
    }
    if wanted("stock") && !(quick && args.text("only").is_none()) {
        stock::drive(args).await?;
    }
    if wanted("catalogue") && !(quick && args.text("only").is_none()) {
        catalogue::drive(args).await?;
    }
    if wanted("month") && !(quick && args.text("only").is_none()) {
        month::drive(args).await?;
    }
    if wanted("desk") && !(quick && args.text("only").is_none()) {
        desk::drive(args).await?;
    }
    Ok(())
}
