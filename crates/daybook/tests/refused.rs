//! A password that OrderWise does not take any more: every flow meets it, and a person is told once.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::{collections::BTreeSet, fs, time::Duration};

use common::{Desk, Running, text};
use daybook_testkit::live::{Live, until};
use serde_json::Value;

/// Long, because a test must not fail only because the machine is busy.
const PATIENCE: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn one_wrong_password_is_one_exception() {
    let live = Live::start(3).await;
    let desk = Desk::new();
    let soon = "posting.breaker-backoff.first = \"50ms\"\nposting.breaker-backoff.longest = \"200ms\"\n\
                web.listen = \"127.0.0.1:0\"\nbook.url = \"sqlite:daybook.db\"\n";
    desk.write("daybook.toml", &format!("{soon}{}", live.config()));
    let log = desk.path("serve.log");
    let mut serve = desk.command(&["serve"]);
    serve.env("DAYBOOK_ORDERWISE__PASSWORD", "yesterday's");
    let _serve = Running(serve.stderr(fs::File::create(&log).unwrap()).spawn().unwrap());
    // Each of several flows has failed often enough to tell somebody.
    let lasting = || {
        let said = fs::read_to_string(&log).unwrap();
        let lines = said.lines().filter(|line| line.contains("401") && line.contains("failures=4"));
        let flows = lines.filter_map(|line| line.split("flow=").nth(1)?.split_whitespace().next());
        flows.collect::<BTreeSet<_>>().len() >= 3
    };
    assert!(until(PATIENCE, lasting).await, "{}", fs::read_to_string(&log).unwrap());
    let list = ["exceptions", "list", "--cause", "orderwise-credentials", "--json"];
    let listed = desk.run(&list);
    let told: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(told["exceptions"], 1, "{}", text(&listed));
    assert_eq!(told["groups"][0]["subject"], "orderwise", "{}", text(&listed));
}
