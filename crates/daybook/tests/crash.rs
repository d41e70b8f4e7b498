//! `kill -9` at any moment: the real process, real sockets, both databases. Nothing is lost and
//! nothing is doubled, and neither system is of any help: they would store every repeat. The same
//! kills serve all flows: sales, stock, despatch and catalogue.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::{fs, time::Duration};

use common::served::{QUICK, Served};
use daybook_domain::entry::EntryState;
use daybook_sandbox::{
    faults::{Chance, ErrorBody, Fault, Matcher},
    orderwise::DuplicatePolicy,
};
use daybook_store::{Db, entry};
use daybook_testkit::{
    db::TestBook,
    goods,
    live::{Dice, Live},
    proof,
};

/// Long, because a test must not fail only because the machine is busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// So many requests later a process is killed in any case.
const MANY: u64 = 150;

/// Besides: all orders, and the pauses of the flows that bring goods.
const ALL_FLOWS: &str = r#"
receive.first-order-id = 1
stock.poll-every = "200ms"
stock.settling-time = "300ms"
stock.tie-after = "1s"
stock.clock-margin = "1s"
catalogue.poll-every = "300ms"
catalogue.batch = 10
catalogue.settling-time = "300ms"
catalogue.retry-refused-after = "300ms"
despatch.poll-every = "200ms"
despatch.deliveries-after = "50ms"
despatch.unmarked-after = "300ms"
despatch.settling-time = "300ms"
despatch.lease = "4500ms"
despatch.follow-every = "1s"
despatch.close-after = "300ms"
"#;

/// Processes on one book, and the systems they talk to.
struct Fleet {
    live: Live,
    served: Served,
    dice: Dice,
    kills: usize,
}

impl Fleet {
    async fn start(seed: u64, processes: usize, book: &TestBook) -> Self {
        let live = Live::start(seed).await;
        trouble(&live, seed);
        let folder = book.folder.path();
        let config = format!("book.url = {:?}\n{}{QUICK}{ALL_FLOWS}", book.url, live.config());
        fs::write(folder.join("daybook.toml"), config).unwrap();
        let dice = Dice::new(seed);
        let mut fleet = Self { live, served: Served::new(folder), dice, kills: 0 };
        fleet.live.trade(seed, Duration::from_millis(12));
        fleet.live.supply(seed, Duration::from_millis(60));
        for _ in 0..processes {
            fleet.served.start();
        }
        fleet
    }

    /// Kills one process at a moment that the dice choose, and starts another in its place.
    async fn kill_one(&mut self) {
        let victim = usize::try_from(self.dice.below(self.served.count() as u64)).unwrap();
        self.moment().await;
        self.served.kill(victim);
        self.kills += 1;
        let mut doubled = Vec::new();
        proof::nothing_posted_twice(&self.live.sandbox, &mut doubled);
        goods::nothing_doubled(&self.live.sandbox, &mut doubled);
        assert_eq!(doubled, Vec::<String>::new(), "after {} kills", self.kills);
    }

    /// Now and then at once; else when so many more requests of a kind have arrived.
    async fn moment(&mut self) {
        let (at_orderwise, at_sitoo) =
            (&self.live.sandbox.orderwise_faults, &self.live.sandbox.sitoo_faults);
        let seen: Box<dyn Fn() -> u64> = match self.dice.below(13) {
            0 => return,
            10 => Box::new(|| at_sitoo.counts().of("POST", "warehousetransactions")),
            11 => Box::new(|| at_sitoo.counts().of("POST", "orderdeliveries")),
            12 => Box::new(|| {
                let counts = at_sitoo.counts();
                counts.of("POST", "products") + counts.of("PUT", "products")
            }),
            1..6 => Box::new(|| at_orderwise.counts().of("POST", "sales/order")),
            6 | 7 => Box::new(|| at_orderwise.counts().of("POST", "export-definition/101")),
            8 => Box::new(|| at_orderwise.counts().all()),
            _ => Box::new(|| at_sitoo.counts().all()),
        };
        let more = 1 + self.dice.below(12);
        self.served.see(&self.live, (more, MANY), seen).await;
    }

    /// No more faults, nothing new at the tills; returns when nothing is on its way.
    async fn settle(&mut self, db: &Db) {
        self.live.close_shops().await;
        let sandbox = &self.live.sandbox;
        sandbox.orderwise_faults.clear();
        sandbox.sitoo_faults.clear();
        sandbox.sitoo.reveal_all();
        let orders = i64::try_from(sandbox.sitoo.order_count()).unwrap();
        let wait = async {
            while !is_quiet(db, orders).await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let quiet = tokio::time::timeout(PATIENCE, wait).await;
        assert!(quiet.is_ok(), "no end: {}", self.served.last_words(0));
        let (sandbox, retailer) = (&self.live.sandbox, &self.live.retailer);
        let agree = || goods::when_quiet(sandbox, retailer);
        let wait = async {
            while !agree().is_empty() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let _ = tokio::time::timeout(PATIENCE, wait).await;
        assert_eq!(agree(), Vec::<String>::new(), "{}", self.served.last_words(0));
    }
}

async fn is_quiet(db: &Db, orders: i64) -> bool {
    let counts = entry::counts(db).await.unwrap();
    let moving = |state| {
        use EntryState::{InDoubt, Posted, Posting, Ready};
        matches!(state, Ready | Posting | InDoubt | Posted)
    };
    let moving = counts.iter().any(|count| moving(count.state) && count.entries > 0);
    let all: i64 = counts.iter().map(|count| count.entries).sum();
    all == orders && !moving
}

/// Lost replies and errors, orders that show late, ids that never come.
fn trouble(live: &Live, seed: u64) {
    let placing = || Matcher::on("POST", "sales/order");
    let chance = |fault, per_10_000, matcher| Chance { fault, per_10_000, matcher };
    live.sandbox.orderwise_faults.schedule(
        seed,
        vec![
            chance(Fault::CutAfter, 200, placing()),
            chance(Fault::CutBefore, 200, placing()),
            chance(Fault::ErrorAfter { status: 500 }, 100, placing()),
            chance(Fault::TimeoutAfter, 20, placing()),
            chance(Fault::ServerError { status: 500, body: ErrorBody::Json }, 200, placing()),
            chance(Fault::CutAfter, 100, Matcher::default()),
        ],
    );
    live.sandbox.sitoo_faults.schedule(
        seed,
        vec![
            chance(Fault::CutAfter, 200, Matcher::default()),
            chance(Fault::HtmlPage { status: 502 }, 100, Matcher::default()),
            chance(Fault::CutAfter, 1_000, Matcher::on("POST", "warehousetransactions")),
            chance(Fault::CutAfter, 1_000, Matcher::on("POST", "orderdeliveries")),
            chance(Fault::CutAfter, 1_000, Matcher::on("POST", "products")),
            chance(Fault::CutBefore, 500, Matcher::on("POST", "orderdeliveries")),
        ],
    );
    live.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
    live.sandbox.orderwise.switch(|switches| switches.service_time_ms = 4);
    live.sandbox.sitoo.switch(|switches| {
        switches.late_commit_every = 20;
        switches.late_commit_us = 300_000;
        switches.skip_id_every = 40;
    });
}

async fn nothing_is_lost_or_doubled(book: TestBook, seed: u64, processes: usize, kills: usize) {
    // The book is the processes' own until they are done with it.
    book.db.close().await;
    let mut fleet = Fleet::start(seed, processes, &book).await;
    while fleet.kills < kills {
        fleet.kill_one().await;
    }
    let db = book.again().await;
    fleet.settle(&db).await;
    // Orders that are still open are read again for ever: a record is judged when it stands still.
    fleet.served.stop();
    let broken = proof::when_quiet_in(&db, &fleet.live.sandbox).await;
    assert_eq!(broken, Vec::<String>::new(), "{}", fleet.served.last_words(0));
    let documents = fleet.live.sandbox.orderwise.document_count();
    assert!(documents >= kills, "too little happened to prove anything: {documents} documents");
    drop(fleet);
    db.close().await;
    book.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_and_doubles_nothing_on_sqlite() {
    nothing_is_lost_or_doubled(TestBook::sqlite().await, 1, 1, 26).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_process_loses_and_doubles_nothing_on_postgresql() {
    nothing_is_lost_or_doubled(TestBook::postgres().await, 2, 1, 14).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_that_are_killed_share_one_book_without_doubles() {
    nothing_is_lost_or_doubled(TestBook::postgres().await, 3, 3, 16).await;
}
