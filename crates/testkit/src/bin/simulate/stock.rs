//! Days of stock.

use daybook_testkit::{
    db::TestBook,
    stock::{Keeper, Plan, Ran, run},
};

/// Runs each seed; how many failed.
pub(super) async fn run_all(seeds: &[u64]) -> u32 {
    let mut failed = 0;
    for &seed in seeds {
        let ran = one(&Plan::of(seed)).await;
        println!(
            "stock seed {seed}: {} sales, {} web orders, {} writes, {} crashes, {} faults",
            ran.tally.sales, ran.tally.web_orders, ran.writes, ran.crashes, ran.faults
        );
        if !ran.broken.is_empty() {
            failed += 1;
            println!("  repeat it: cargo xtask simulate --stock --first {seed} --seeds 1");
            for what in &ran.broken {
                println!("  broken: {what}");
            }
        }
    }
    failed
}

async fn one(plan: &Plan) -> Ran {
    let book = TestBook::sqlite().await;
    let ran = run(plan, book.db.clone()).await;
    book.remove().await;
    ran
}

/// The same days with Daybook and with a naive sync, as a table. Calm ones have no faults and no
/// crashes: only the races are left, and OrderWise that calculates now and then.
pub(super) async fn compare(seeds: &[u64], is_calm: bool) -> u32 {
    println!(
        "| stock kept by | sales | units sold | writes | writes that told too much | sales of \
              what was not there | units oversold | sales refused though it was there |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let mut broken = Vec::new();
    for (name, keeper) in [("Daybook", Keeper::Daybook), ("a naive sync", Keeper::Naive)] {
        let mut sum = Ran::default();
        for &seed in seeds {
            let ran =
                one(&Plan { keeper, has_hands: false, is_troubled: !is_calm, ..Plan::of(seed) })
                    .await;
            add(&mut sum, &ran);
            broken.extend(ran.broken.iter().filter(|_| keeper == Keeper::Daybook).cloned());
        }
        let tally = &sum.tally;
        println!(
            "| {name} | {} | {} | {} | {} | {} | {} | {} |",
            tally.sales,
            units(tally.sold),
            sum.writes,
            sum.wrong_writes,
            tally.oversold_sales,
            units(tally.oversold),
            tally.refused
        );
    }
    for what in &broken {
        println!("broken: {what}");
    }
    u32::try_from(broken.len()).unwrap_or(u32::MAX)
}

fn add(sum: &mut Ran, ran: &Ran) {
    sum.writes += ran.writes;
    sum.wrong_writes += ran.wrong_writes;
    let (all, one) = (&mut sum.tally, &ran.tally);
    all.sales += one.sales;
    all.sold += one.sold;
    all.oversold += one.oversold;
    all.oversold_sales += one.oversold_sales;
    all.refused += one.refused;
}

/// Whole units of thousandths, with one decimal.
fn units(thousandths: i64) -> String {
    let tenths = thousandths / 100;
    format!("{}.{}", tenths / 10, (tenths % 10).abs())
}
