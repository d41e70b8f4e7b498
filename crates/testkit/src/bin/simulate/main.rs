//! `cargo xtask simulate`: days of faults and crashes, from seeds. With `--stock` the tills race the
//! stock sync; with `--compare` a naive sync keeps the same days' stock beside ours, with `--calm`
//! without faults.
#![expect(clippy::print_stdout, reason = "a command line tool talks on standard output")]

mod stock;

use std::{process::ExitCode, time::Instant};

use daybook_testkit::{
    db::TestBook,
    simulate::{Plan, run},
};

/// Seeds that CI runs every time.
const FIXED: std::ops::Range<u64> = 1..25;
/// The same of stock, whose days are longer.
const FIXED_STOCK: std::ops::Range<u64> = 1..9;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| args.iter().any(|arg| arg == name);
    let seeds = seeds(&args);
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let began = Instant::now();
    let failed = if has("--compare") {
        runtime.block_on(stock::compare(&seeds, has("--calm")))
    } else if has("--stock") {
        runtime.block_on(stock::run_all(&seeds))
    } else {
        runtime.block_on(run_all(&seeds))
    };
    println!("{} seeds in {:.0?}, {failed} failed", seeds.len(), began.elapsed());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn run_all(seeds: &[u64]) -> u32 {
    let mut failed = 0;
    for &seed in seeds {
        let book = TestBook::sqlite().await;
        let ran = run(&Plan::of(seed), book.db.clone()).await;
        book.remove().await;
        println!(
            "seed {seed}: {} orders, {} documents, {} crashes, {} faults",
            ran.orders, ran.documents, ran.crashes, ran.faults
        );
        if !ran.broken.is_empty() {
            failed += 1;
            println!("  repeat it: cargo xtask simulate --first {seed} --seeds 1");
            for what in &ran.broken {
                println!("  broken: {what}");
            }
        }
    }
    failed
}

/// Of `--fixed`, `--fresh N`, `--seeds N`, `--first SEED`.
fn seeds(args: &[String]) -> Vec<u64> {
    let number = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1)?.parse::<u64>().ok()
    };
    let mut seeds = Vec::new();
    if args.iter().any(|arg| arg == "--fixed") {
        let is_stock = args.iter().any(|arg| arg == "--stock");
        seeds.extend(if is_stock { FIXED_STOCK } else { FIXED });
    }
    if let Some(fresh) = number("--fresh") {
        seeds.extend((0..fresh).map(|_| u64::from(rand::random::<u32>())));
    }
    if seeds.is_empty() {
        let first = number("--first").unwrap_or(1);
        seeds.extend(first..first + number("--seeds").unwrap_or(20));
    }
    seeds
}
