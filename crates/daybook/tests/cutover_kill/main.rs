//! A cut-over and `kill -9`: the real `daybook serve` and the real commands, real sockets, both
//! databases, while the tills sell and another integration posts beside. Whoever is killed when,
//! each sale stands in OrderWise once, and who posts is never in between.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

#[path = "../common/mod.rs"]
mod common;
mod judge;
mod other;

use std::{
    fs,
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};

use common::{
    served::{QUICK, Served},
    text,
};
use daybook_domain::{
    cutover::Mode,
    entry::EntryState::{InDoubt, Posted, Posting, Ready, Waiting},
};
use daybook_sandbox::{
    faults::{Chance, Fault, Matcher},
    orderwise::DuplicatePolicy,
};
use daybook_store::{Db, cutover, entry};
use daybook_testkit::{
    db::TestBook,
    live::{Dice, Live, until},
};
use other::{Other, now};
use serde_json::Value;

/// Long, because a test must not fail only because the machine is busy.
const PATIENCE: Duration = Duration::from_mins(2);
/// So many requests later a process is killed in any case.
const MANY: u64 = 60;
/// A command is killed twice before it may end,
const CUTS: usize = 2;
/// and it is made so often: a lost answer makes it fail now and then.
const TRIES: usize = 20;
/// A command that is to be killed is killed within so many milliseconds.
const SOON: u64 = 700;
/// How late the other integration may be, microseconds: `settle-for` below.
const SETTLE: i64 = 7_000_000;

/// What the flows beside the sales do has tests of its own. A return of a sale from before Daybook's
/// time is posted without it.
const RULES: &str = r#"
posting.waiting-limit = "3s"
policy.unknown-original = "post"
cutover.look-every = "1s"
cutover.settle-for = "7s"
cutover.look-valid-for = "5s"
stock.enabled = false
catalogue.enabled = false
despatch.enabled = false
settlement.enabled = false
reconcile.enabled = false
"#;

struct Story<'b> {
    book: &'b TestBook,
    live: Live,
    other: Other,
    served: Served,
    dice: Dice,
    mode: Mode,
    first: i64,
    /// Times in which Daybook posts nothing.
    quiet: Vec<(i64, i64)>,
}

impl<'b> Story<'b> {
    /// The other integration has been at it for a while.
    async fn start(seed: u64, book: &'b TestBook) -> Self {
        let mut live = Live::start(seed).await;
        trouble(&live, seed);
        let folder = book.folder.path();
        let rules = format!("{RULES}cutover.other-references = [{:?}]\n", other::RULE);
        let config = format!("book.url = {:?}\n{}{QUICK}{rules}", book.url, live.config());
        fs::write(folder.join("daybook.toml"), config).unwrap();
        let other = Other::start(&live, seed);
        live.trade(seed, Duration::from_millis(80));
        let some = until(PATIENCE, || live.sandbox.orderwise.document_count() >= 10).await;
        assert!(some, "nobody sells anything");
        Self {
            book,
            other,
            served: Served::new(folder),
            dice: Dice::new(seed),
            mode: Mode::Live,
            first: live.sandbox.sitoo.last_orderid() + 1,
            quiet: vec![(0, i64::MAX)],
            live,
        }
    }

    /// A person takes a step, and does it again until it is done. The command is killed at first, at
    /// moments that the dice choose; the service once it has ended.
    async fn step(&mut self, to: Mode, args: &[&str]) {
        for made in 0..TRIES {
            let output = self.command(args, made < CUTS).await;
            let db = self.book.again().await;
            let mode = cutover::state(&db).await.unwrap().mode;
            db.close().await;
            let told = text(&output);
            assert!(mode == self.mode || mode == to, "{} to {to}: {mode}\n{told}", self.mode);
            let is_done = mode == to;
            assert!(is_done || output.status.code() != Some(0), "it says {to}: {told}");
            if is_done {
                self.mode = to;
                if self.served.count() > 0 {
                    self.served.kill(0);
                }
                return;
            }
        }
        panic!("{to} is not reached: {}", text(&self.command(args, false).await));
    }

    async fn command(&mut self, args: &[&str], is_cut: bool) -> Output {
        let mut command = self.served.program(args);
        // Files, because nobody reads a pipe before it ends: a long list would fill it.
        let (out, err) =
            (self.book.folder.path().join("said"), self.book.folder.path().join("told"));
        let file = |path: &Path| Stdio::from(fs::File::create(path).unwrap());
        let mut child = command.stdout(file(&out)).stderr(file(&err)).spawn().unwrap();
        let limit = Duration::from_millis(self.dice.below(SOON));
        let limit = if is_cut { limit } else { PATIENCE };
        let ended = until(limit, || child.try_wait().unwrap().is_some()).await;
        assert!(ended || is_cut, "{args:?} does not end");
        let _ = child.kill();
        let status = child.wait().unwrap();
        Output { status, stdout: fs::read(out).unwrap(), stderr: fs::read(err).unwrap() }
    }

    /// The service is killed so many times, at moments that the dice choose.
    async fn kills(&mut self, times: usize) {
        for _ in 0..times {
            self.moment().await;
            self.served.kill(0);
            let doubled = judge::doubled(&self.live.sandbox);
            assert_eq!(doubled, Vec::<String>::new(), "{}", self.mode);
        }
    }

    /// Now and then at once; else when so many more requests of a kind have arrived.
    async fn moment(&mut self) {
        let (at_orderwise, at_sitoo) =
            (&self.live.sandbox.orderwise_faults, &self.live.sandbox.sitoo_faults);
        let seen: Box<dyn Fn() -> u64> = match self.dice.below(8) {
            0 => return,
            1..4 => Box::new(|| at_orderwise.counts().of("POST", "sales/order")),
            4..6 => Box::new(|| at_orderwise.counts().of("POST", "export-definition/101")),
            6 => Box::new(|| at_orderwise.counts().all()),
            _ => Box::new(|| at_sitoo.counts().all()),
        };
        let more = 1 + self.dice.below(12);
        self.served.see(&self.live, (more, MANY), seen).await;
    }

    /// The service is dead at the switch: Daybook has not seen what the other integration has.
    async fn switch_while_it_is_dead(&mut self) {
        self.served.stop();
        let sold = || self.live.sandbox.sitoo.order_count();
        let more = sold() + 30;
        assert!(until(PATIENCE, || sold() >= more).await, "nobody sells anything");
        self.switch().await;
        self.served.start();
    }

    /// The other integration stops reading; what it has read it posts while Daybook takes over.
    async fn switch(&mut self) {
        let begins = now();
        self.other.stop_reading(begins + SETTLE);
        self.quiet.last_mut().unwrap().1 = begins;
        self.step(Mode::Switched, &["cutover", "switch", "--anyway", "a test"]).await;
    }

    /// As [`Self::kills`], once Daybook posts.
    async fn kills_while_it_posts(&mut self, times: usize) {
        for _ in 0..times {
            let orderwise = &self.live.sandbox.orderwise_faults;
            let posted = || orderwise.counts().of("POST", "sales/order");
            let more = posted() + 5;
            let posts = until(PATIENCE, || posted() >= more).await;
            assert!(posts, "it does not post: {}", self.served.last_words(0));
            self.kills(1).await;
        }
    }

    /// The other integration gets the list, and gets it again until nothing is unknown any more.
    async fn back(&mut self) {
        self.step(Mode::Back, &["cutover", "back", "--reason", "a test"]).await;
        self.hand_over().await;
        self.kills(1).await;
        while !self.hand_over().await {
            self.moment().await;
        }
        self.quiet.push((now(), i64::MAX));
    }

    /// Whether nothing is unknown.
    async fn hand_over(&mut self) -> bool {
        let output = self.command(&["cutover", "back", "--json"], false).await;
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", text(&output));
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        let left_out = judge::left_out(&self.live.sandbox, self.first, &told);
        assert_eq!(left_out, Vec::<String>::new());
        self.other.go_on(&told);
        output.status.code() == Some(0)
    }

    /// No more faults, nothing new at the tills, and nothing on its way.
    async fn settle(&mut self, db: &Db) {
        self.live.close_shops().await;
        let sandbox = &self.live.sandbox;
        sandbox.orderwise_faults.clear();
        sandbox.sitoo_faults.clear();
        sandbox.sitoo.reveal_all();
        assert!(until(PATIENCE, || self.other.is_done()).await, "the other does not end");
        let ours = sandbox.sitoo.orders_after(self.first - 1, usize::MAX).len();
        let wait = async {
            while !is_quiet(db, ours).await {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let quiet = tokio::time::timeout(PATIENCE, wait).await;
        assert!(quiet.is_ok(), "no end: {}", self.served.last_words(0));
    }
}

async fn is_quiet(db: &Db, orders: usize) -> bool {
    let counts = entry::counts(db).await.unwrap();
    let moving = |state| matches!(state, Waiting | Ready | Posting | InDoubt | Posted);
    let moving = counts.iter().any(|count| moving(count.state) && count.entries > 0);
    let all: i64 = counts.iter().map(|count| count.entries).sum();
    usize::try_from(all).unwrap() == orders && !moving
}

/// Lost answers before and after storing, orders that show late, ids that never come. OrderWise
/// takes the same order as often as it is sent.
fn trouble(live: &Live, seed: u64) {
    let chance = |fault, per_10_000, matcher| Chance { fault, per_10_000, matcher };
    let placing = || Matcher::on("POST", "sales/order");
    let at_orderwise = vec![
        chance(Fault::CutAfter, 400, placing()),
        chance(Fault::CutBefore, 200, placing()),
        chance(Fault::ErrorAfter { status: 500 }, 200, placing()),
        chance(Fault::CutAfter, 100, Matcher::default()),
    ];
    live.sandbox.orderwise_faults.schedule(seed, at_orderwise);
    let at_sitoo = vec![chance(Fault::CutAfter, 200, Matcher::default())];
    live.sandbox.sitoo_faults.schedule(seed, at_sitoo);
    live.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
    live.sandbox.orderwise.switch(|switches| switches.service_time_ms = 4);
    live.sandbox.sitoo.switch(|switches| {
        switches.late_commit_every = 20;
        switches.late_commit_us = 300_000;
        switches.skip_id_every = 40;
    });
}

/// On PostgreSQL a process that dies keeps its leases for a while: each kill costs some seconds.
async fn each_sale_stands_once(book: TestBook, seed: u64, kills: usize) {
    // The book is the processes' own until they are done with it.
    book.db.close().await;
    let mut story = Story::start(seed, &book).await;
    let first = story.first.to_string();
    story.step(Mode::Begun, &["cutover", "begin", "--from-order", &first]).await;
    story.served.start();
    story.kills(1).await;
    story.step(Mode::Parallel, &["cutover", "parallel"]).await;
    story.kills(kills).await;
    story.switch_while_it_is_dead().await;
    story.kills_while_it_posts(kills).await;
    story.back().await;
    story.kills(1).await;
    story.step(Mode::Parallel, &["cutover", "parallel"]).await;
    story.kills(kills / 2).await;
    story.switch().await;
    story.kills_while_it_posts(kills).await;
    let db = book.again().await;
    story.settle(&db).await;
    // Orders that are still open are read again for ever: a record is judged when it stands still.
    story.served.stop();
    let sandbox = &story.live.sandbox;
    let theirs = story.other.posted();
    let mut broken = judge::in_the_end(&db, sandbox, story.first, &theirs).await;
    broken.extend(judge::out_of_turn(sandbox, &story.quiet));
    assert_eq!(broken, Vec::<String>::new(), "{}", story.served.last_words(0));
    let ours = sandbox.orderwise.document_count() - theirs.len();
    assert!(
        ours > 10 * kills && theirs.len() > 10 * kills,
        "too little happened: {ours}, {}",
        theirs.len()
    );
    drop(story);
    db.close().await;
    book.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_over_that_is_killed_posts_each_sale_once_on_sqlite() {
    each_sale_stands_once(TestBook::sqlite().await, 1, 6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_over_that_is_killed_posts_each_sale_once_on_postgresql() {
    each_sale_stands_once(TestBook::postgres().await, 2, 2).await;
}
