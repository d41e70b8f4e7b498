//! `daybook serve` and its book: somebody asks for a day and it ends before it answers; its database is
//! away when it starts. The real processes, real sockets.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{ChildStderr, Command, Stdio},
    time::Duration,
};

use common::Running;
use daybook_sandbox::faults::{Fault, Matcher};
use daybook_store::asked;
use daybook_testkit::{
    db::TestBook,
    live::{Live, until},
    pg,
};
use serde_json::Value;

/// Long, because a test must not fail only because the machine is busy.
const PATIENCE: Duration = Duration::from_mins(2);
/// What the day close asks Sitoo for before anything else.
const Z_REPORTS: &str = "pos-z-reports";
/// A call may last as long as the test does.
const PATIENT: &str = "\nweb.listen = \"127.0.0.1:0\"\nsitoo.timeout = \"1h\"\n\
 orderwise.per-second = 0\n";

fn start(folder: &Path, args: &[&str], said: Stdio) -> Running {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    command.args(args).current_dir(folder).env_clear().env("USER", "ada");
    Running(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said).spawn().unwrap())
}

/// What a program says to a person, up to the line that holds `wanted`.
fn hear(said: ChildStderr, wanted: &str) -> BufReader<ChildStderr> {
    let mut said = BufReader::new(said);
    let mut heard = String::new();
    while !heard.contains(wanted) {
        assert_ne!(said.read_line(&mut heard).unwrap(), 0, "{wanted}: {heard}");
    }
    said
}

/// `daybook serve` is at work, and stands still in the middle of the day close: before it knows of
/// the question, or while it answers it.
async fn who_asked_takes_over(closes_days: bool) {
    let book = TestBook::sqlite().await;
    book.db.close().await;
    let live = Live::start(1).await;
    let folder = book.folder.path();
    let closes = format!("reconcile.enabled = {closes_days}\n");
    let config = format!("book.url = {:?}\n{}{PATIENT}{closes}", book.url, live.config());
    fs::write(folder.join("daybook.toml"), config).unwrap();
    let faults = &live.sandbox.sitoo_faults;
    faults.put(Fault::TimeoutBefore, Matcher::on("GET", Z_REPORTS));
    let stands = || faults.counts().of("GET", Z_REPORTS) > 0;
    let log = fs::File::create(folder.join("serve.log")).unwrap();
    let mut serve = start(folder, &["serve"], log.into());
    // It has the book once it calls anybody.
    let works = || if closes_days { stands() } else { faults.counts().all() > 0 };
    assert!(until(PATIENCE, works).await, "it does nothing");

    let args = ["reconcile", "--day", "2026-10-05", "--json"];
    let mut asks = start(folder, &args, Stdio::piped());
    let mut said = hear(asks.0.stderr.take().unwrap(), "another process is at work");
    assert!(until(PATIENCE, stands).await, "nobody begins with it");
    assert!(asks.0.try_wait().unwrap().is_none(), "it waits for the answer");
    faults.clear();
    serve.0.kill().unwrap();
    serve.0.wait().unwrap();

    let has_ended = until(PATIENCE, || asks.0.try_wait().unwrap().is_some()).await;
    assert!(has_ended, "it waits for an answer that nobody gives");
    let (mut told, mut rest) = (String::new(), String::new());
    asks.0.stdout.take().unwrap().read_to_string(&mut told).unwrap();
    said.read_to_string(&mut rest).unwrap();
    let status = asks.0.wait().unwrap();
    assert!(matches!(status.code(), Some(0 | 3)), "{status}: {told}{rest}");
    let told: Value = serde_json::from_str(&told).unwrap();
    let days = told["days"].as_array().unwrap();
    assert_eq!(days.len(), live.retailer.stores.len(), "{told}");
    assert!(
        days.iter().all(|day| day["day"] == "2026-10-05" && day["state"] == "closed"),
        "{told}"
    );

    // It was done once, and the book has the answer: nobody does it again.
    let db = book.again().await;
    assert_eq!(asked::next(&db).await.unwrap(), None);
    db.close().await;
    book.remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_takes_over_when_serve_ends_before_it_began() {
    who_asked_takes_over(true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_takes_over_when_serve_ends_while_it_answers() {
    who_asked_takes_over(false).await;
}

/// A database server that starts with the same machine, or is being patched.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_waited_for() {
    const SOCKET: &str = ".s.PGSQL.5432";
    let (address, live) = (pg::fresh_database().await, Live::start(1).await);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (plain, server) = address.split_once("?host=").unwrap();
    let url = format!("{plain}?host={}", folder.display());
    let config = format!("book.url = {url:?}\n{}{PATIENT}", live.config());
    fs::write(folder.join("daybook.toml"), config).unwrap();
    let log = folder.join("serve.log");
    let serve = start(folder, &["serve"], fs::File::create(&log).unwrap().into());
    let waits = || fs::read_to_string(&log).unwrap().contains("the book is waited for");
    assert!(until(PATIENCE, waits).await, "it ended");
    std::os::unix::fs::symlink(Path::new(server).join(SOCKET), folder.join(SOCKET)).unwrap();
    let works = || live.sandbox.sitoo_faults.counts().all() > 0;
    assert!(until(PATIENCE, works).await, "{}", fs::read_to_string(&log).unwrap());
    drop(serve);
    pg::drop_database(&address).await;
}
