//! The stock simulator itself: the promise holds on both databases, it repeats, and it can fail.

use std::time::Duration;

use daybook_testkit::{
    db::{TestBook, for_each_engine},
    stock::{Keeper, Plan, Ran, run},
};

/// A short day, for tests; `cargo xtask simulate --stock` runs longer ones.
fn short(seed: u64) -> Plan {
    Plan { open: Duration::from_mins(40), ..Plan::of(seed) }
}

async fn on_sqlite(plan: &Plan) -> Ran {
    let book = TestBook::sqlite().await;
    let ran = run(plan, book.db.clone()).await;
    book.remove().await;
    ran
}

#[tokio::test]
async fn no_till_is_told_too_much_on_either_database() {
    for_each_engine(|db| async move {
        let ran = run(&short(3), db).await;
        assert_eq!(ran.broken, Vec::<String>::new());
        assert!(ran.writes > 0 && ran.tally.sales > 0 && ran.faults > 0);
    })
    .await;
}

#[tokio::test]
async fn a_seed_repeats_itself() {
    let (first, second) = (on_sqlite(&short(5)).await, on_sqlite(&short(5)).await);
    let figures = |ran: &Ran| (ran.tally, ran.writes, ran.crashes, ran.faults);
    assert_eq!(figures(&first), figures(&second));
}

/// The proof of the proof: what is sold between two reads in the wrong order is lost sight of, and
/// the simulator must see it.
#[tokio::test]
async fn orders_that_are_read_before_levels_are_found_out() {
    for seed in 1..20 {
        let plan = Plan { keeper: Keeper::OrdersFirst, is_troubled: false, ..short(seed) };
        if on_sqlite(&plan).await.wrong_writes > 0 {
            return;
        }
    }
    panic!("twenty days with the reads in the wrong order, and nothing seen");
}

/// What Daybook is compared with does oversell: a table in which nobody oversells says nothing.
#[tokio::test]
async fn the_naive_sync_tells_tills_too_much() {
    let plan = Plan { keeper: Keeper::Naive, has_hands: false, ..short(1) };
    let ran = on_sqlite(&plan).await;
    assert!(ran.wrong_writes > 0, "{ran:?}");
}
