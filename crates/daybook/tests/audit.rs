//! `daybook audit` against the sandbox, over real sockets: without a book, with one, and the dry run,
//! whose forecast is what the real run then does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use common::{Desk, shape, text};
use serde_json::Value;

/// The stand-ins on ports of their own, gone with this value.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sandbox(desk: &Desk, more: &[&str]) -> Sandbox {
    let free = ["--sitoo-port", "0", "--orderwise-port", "0", "--control-port", "0"];
    let rest = ["--seed", "7", "--transactions", "120", "--write-config", "daybook.toml"];
    let args = [&["sandbox"][..], &free, &rest, more].concat();
    let mut child = desk.command(&args).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    // The last line that it says once it listens.
    assert!(lines.any(|line| line.unwrap().starts_with("control")), "the sandbox did not start");
    Sandbox(child)
}

/// Runs it with pace and places of a test, and gives its JSON and exit code.
fn json(desk: &Desk, args: &[&str]) -> (Option<i32>, Value) {
    let mut command = desk.command(args);
    command
        .env("DAYBOOK_ORDERWISE__PER_SECOND", "0")
        .env("DAYBOOK_POSTING__CONFIRM_AFTER", "1ms")
        .env("DAYBOOK_RECEIVE__FIRST_DAY", "2020-01-01")
        .env("TMPDIR", desk.path(""));
    let output = command.output().unwrap();
    let told = serde_json::from_slice(&output.stdout);
    (output.status.code(), told.unwrap_or_else(|_| panic!("{args:?}: {}", text(&output))))
}

fn kinds(audit: &Value) -> BTreeSet<&str> {
    let gaps = audit["report"]["gaps"].as_array().unwrap().iter();
    gaps.map(|gap| gap["kind"].as_str().unwrap()).collect()
}

#[test]
fn credentials_are_enough_and_the_forecast_comes_true() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk, &[]);
    let files = ["--report", "gaps.html", "--csv", "gaps.csv"];
    let (code, audit) = json(&desk, &[&["audit", "--json"][..], &files].concat());
    assert_eq!(code, Some(3));
    let found = kinds(&audit);
    for kind in ["sku-only-in-sitoo", "discontinued-on-tills", "payment-unmapped"] {
        assert!(found.contains(kind), "{kind} is not in {found:?}");
    }
    assert!(!desk.path("daybook.db").exists(), "it made a book");
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    let (page, table) = (read("gaps.html"), read("gaps.csv"));
    assert!(page.contains("sku-only-in-sitoo") && !page.contains("<script"), "{page}");
    assert!(table.starts_with("severity,kind,owner,record,detail,money,fix\n"), "{table}");
    insta::assert_json_snapshot!("audit", shape(&audit));

    let (_, forecast) = json(&desk, &["audit", "--dry-run", "--days", "3", "--json"]);
    assert!(!desk.path("daybook.db").exists(), "it made a book");
    insta::assert_json_snapshot!("dry_run", shape(&forecast));
    for _ in 0..3 {
        json(&desk, &["sync", "sales", "--json"]);
    }
    let (_, synced) = json(&desk, &["sync", "sales", "--json"]);
    let states = |told: &Value| -> BTreeMap<String, (Value, Value)> {
        let lines = told.as_array().unwrap().iter();
        let line = |one: &Value| (one["entries"].clone(), one["gross"].clone());
        lines.map(|one| (one["state"].as_str().unwrap().to_owned(), line(one))).collect()
    };
    assert_eq!(states(&forecast["entries"]), states(&synced["summary"]["entries"]));
    assert!(forecast["posted"].as_i64().unwrap() > 80, "{forecast}");
    let open = |told: &Value| -> BTreeSet<String> {
        let lines = told.as_array().unwrap().iter();
        let text = |one: &Value| {
            let of = |name: &str| one[name].to_string();
            format!("{} {} {} {}", of("cause"), of("subject"), of("entries"), of("money"))
        };
        lines.map(text).collect()
    };
    assert_eq!(open(&forecast["exceptions"]), open(&synced["summary"]["exceptions"]));

    // With a book, the next audit says what changed: nothing.
    assert_eq!(json(&desk, &["audit", "--json"]).0, Some(3));
    let (code, again) = json(&desk, &["audit", "--since-last", "--json"]);
    assert_eq!(code, Some(0), "{}", again["changes"]);
    assert_eq!(again["changes"]["new"], Value::Array(Vec::new()));
    let (code, last) = json(&desk, &["audit", "--last", "--json"]);
    assert_eq!((code, &last["number"]), (Some(3), &again["number"]));
    let shown = text(&desk.run(&["audit", "--last"]));
    assert!(shown.contains("To do: ") && shown.contains("Not looked at:"), "{shown}");
}

#[test]
fn the_sandbox_plants_gaps_on_demand() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk, &["--gaps"]);
    let (code, audit) = json(&desk, &["audit", "--json"]);
    assert_eq!(code, Some(3));
    let found = kinds(&audit);
    assert!(found.len() > 40, "{found:?}");
}
