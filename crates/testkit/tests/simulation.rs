//! The simulator itself: it holds on both databases, it repeats, and it can fail.

use daybook_testkit::{
    db::{TestBook, for_each_engine},
    simulate::{Plan, Ran, run},
};

/// A short run, for tests; `cargo xtask simulate` runs long ones.
fn short(seed: u64) -> Plan {
    Plan { turns: 25, ..Plan::of(seed) }
}

async fn on_sqlite(plan: &Plan) -> Ran {
    let book = TestBook::sqlite().await;
    let ran = run(plan, book.db.clone()).await;
    book.remove().await;
    ran
}

#[tokio::test]
async fn the_promises_hold_on_both_databases() {
    for_each_engine(|db| async move {
        let ran = run(&short(7), db).await;
        assert_eq!(ran.broken, Vec::<String>::new());
        assert!(ran.documents > 0 && ran.faults > 0);
    })
    .await;
}

/// Parcels, prices, a range that grows, and stock, all with lost replies and crashes.
#[tokio::test]
async fn goods_are_neither_lost_nor_doubled_on_both_databases() {
    for_each_engine(|db| async move {
        let ran = run(&Plan { with_goods: true, ..short(8) }, db).await;
        assert_eq!(ran.broken, Vec::<String>::new());
        assert!(ran.documents > 0 && ran.faults > 0);
    })
    .await;
}

#[tokio::test]
async fn a_seed_repeats_itself() {
    for with_goods in [false, true] {
        let plan = Plan { with_goods, ..short(11) };
        let (first, second) = (on_sqlite(&plan).await, on_sqlite(&plan).await);
        let figures = |ran: &Ran| (ran.orders, ran.documents, ran.crashes, ran.faults);
        assert_eq!(figures(&first), figures(&second));
    }
}

/// The proof of the proof: when OrderWise never shows what it stored, the look-up is blind, and
/// the simulator must see a double.
#[tokio::test]
async fn without_the_look_up_a_double_is_found() {
    for seed in 1..20 {
        let ran = on_sqlite(&Plan { blind_lookup: true, with_goods: false, ..short(seed) }).await;
        if ran.broken.iter().any(|what| what.contains("was posted 2 times")) {
            return;
        }
    }
    panic!("twenty worlds without a look-up, and not one double: the simulator sees nothing");
}
