//! `daybook audit` against the sandbox, over real sockets: without a book, with one, and the dry run,
//! whose forecast is what the real run then does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Stdio},
};

use common::{Desk, shape, text};
use serde_json::Value;

/// The stand-ins on ports of their own, gone with this value.
struct Sandbox {
    process: Child,
    control: String,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Sandbox {
    /// A look inside the stand-ins.
    fn control(&self, path: &str) -> Value {
        let mut line = TcpStream::connect(&self.control).unwrap();
        // The older form of HTTP: the answer comes in one piece.
        line.write_all(format!("GET /control/{path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
    }

    /// Tax that OrderWise holds, in pence by rate, credits negative.
    fn tax(&self) -> BTreeMap<i64, i64> {
        let mut sums = BTreeMap::new();
        let documents = self.control("orderwise/documents?limit=10000");
        for document in documents["items"].as_array().unwrap() {
            let sign = if document["orderType"] == 4 { -1 } else { 1 };
            for line in document["lines"].as_array().unwrap() {
                let of_rate: &mut i64 =
                    sums.entry(line["taxRateId"].as_i64().unwrap()).or_default();
                *of_rate += sign * line["tax"].as_i64().unwrap();
            }
        }
        sums
    }

    /// How often a stand-in was asked for what, by method and address.
    fn asked(&self, system: &str) -> BTreeMap<String, u64> {
        let told = self.control(&format!("faults/{system}"));
        let counts = told["counts"]["requests"].as_object().unwrap().iter();
        counts.map(|(what, count)| (what.clone(), count.as_u64().unwrap())).collect()
    }

    /// Calls that may have changed something: all but reads, sign-in, and export definitions, which
    /// OrderWise runs by POST (facts/orderwise 1.8).
    fn writes(&self) -> Vec<String> {
        let all = ["sitoo", "orderwise"].map(|system| self.asked(system));
        let reads = |what: &&String| {
            let is_export =
                what.starts_with("POST ") && what.contains("/system/export-definition/");
            !(what.starts_with("GET ") || is_export)
        };
        all.iter().flat_map(|counts| counts.keys()).filter(reads).cloned().collect()
    }
}

fn sandbox(desk: &Desk, more: &[&str]) -> Sandbox {
    let free = ["--sitoo-port", "0", "--orderwise-port", "0", "--control-port", "0"];
    let rest = ["--seed", "7", "--transactions", "120", "--write-config", "daybook.toml"];
    let args = [&["sandbox"][..], &free, &rest, more].concat();
    let mut child = desk.command(&args).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    // The last line that it says once it listens.
    let control = lines.map(Result::unwrap).find(|line| line.starts_with("control"));
    let control = control.expect("the sandbox did not start");
    let control = control.split("http://").nth(1).unwrap().split(['/', ' ']).next().unwrap();
    Sandbox { process: child, control: control.to_owned() }
}

/// Runs it with pace and places of a test, and gives its JSON and exit code.
fn json(desk: &Desk, args: &[&str]) -> (Option<i32>, Value) {
    let mut command = desk.command(args);
    command
        .env("DAYBOOK_ORDERWISE__PER_SECOND", "0")
        .env("DAYBOOK_POSTING__CONFIRM_AFTER", "1ms")
        .env("DAYBOOK_RECEIVE__FIRST_DAY", "2020-01-01")
        .env("DAYBOOK_DESPATCH__DELIVERIES_AFTER", "0s")
        .env("DAYBOOK_DESPATCH__UNMARKED_AFTER", "0s")
        .env("TMPDIR", desk.path(""));
    let output = command.output().unwrap();
    let told = serde_json::from_slice(&output.stdout);
    // What is refused is said beside the result.
    let told = told.or_else(|_| serde_json::from_slice(&output.stderr));
    (output.status.code(), told.unwrap_or_else(|_| panic!("{args:?}: {}", text(&output))))
}

fn kinds(audit: &Value) -> BTreeSet<&str> {
    let gaps = audit["report"]["gaps"].as_array().unwrap().iter();
    gaps.map(|gap| gap["kind"].as_str().unwrap()).collect()
}

/// The minute with the most entries that reached OrderWise, the first of several.
fn busiest_minute(desk: &Desk) -> Value {
    let (_, told) = json(desk, &["entries", "--limit", "1000", "--json"]);
    let mut minutes: BTreeMap<jiff::Timestamp, i64> = BTreeMap::new();
    for one in told["entries"].as_array().unwrap() {
        if matches!(one["state"].as_str(), Some("posted" | "confirmed")) {
            let at: jiff::Timestamp = one["ordered_at"].as_str().unwrap().parse().unwrap();
            let minute = jiff::Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap();
            *minutes.entry(minute).or_default() += 1;
        }
    }
    let most = minutes.iter().max_by_key(|(at, count)| (**count, std::cmp::Reverse(**at)));
    let (at, entries) = most.unwrap();
    serde_json::json!({ "at": at.to_string(), "entries": entries })
}

/// What the day close of the real run says of the days that were foretold.
fn days_of(desk: &Desk, forecast: &Value) -> Value {
    let foretold = forecast["days_closed"]["days"].as_array().unwrap();
    assert!(!foretold.is_empty(), "{forecast}");
    let days: BTreeSet<&str> = foretold.iter().map(|one| one["day"].as_str().unwrap()).collect();
    let mut all = Vec::new();
    for day in days {
        let (code, told) = json(desk, &["reconcile", "--day", day, "--json"]);
        // The real book begins with its first order, the forecast with the first day it was asked for.
        if told["error"]["code"] == "day-before-daybook" {
            assert_eq!(code, Some(1));
            let empty = foretold.iter().filter(|one| one["day"] == day);
            all.extend(empty.map(|one| {
                assert_eq!((&one["state"], &one["differences"]), (&"closed".into(), &0.into()));
                one.clone()
            }));
            continue;
        }
        let lines = told["days"].as_array().unwrap().iter();
        all.extend(lines.map(|one| {
            serde_json::json!({
                "store": one["store"], "day": one["day"], "state": one["state"],
                "differences": one["differences"],
            })
        }));
    }
    Value::Array(all)
}

/// Entries and pounds by state.
fn states(told: &Value) -> BTreeMap<String, (Value, Value)> {
    let lines = told.as_array().unwrap().iter();
    let line = |one: &Value| (one["entries"].clone(), one["gross"].clone());
    lines.map(|one| (one["state"].as_str().unwrap().to_owned(), line(one))).collect()
}

/// Exceptions with what stands behind them.
fn open(told: &Value) -> BTreeSet<String> {
    let lines = told.as_array().unwrap().iter();
    let text = |one: &Value| {
        let of = |name: &str| one[name].to_string();
        format!("{} {} {} {}", of("cause"), of("subject"), of("entries"), of("money"))
    };
    lines.map(text).collect()
}

#[test]
fn credentials_are_enough_and_the_forecast_comes_true() {
    let desk = Desk::new();
    let sandbox = sandbox(&desk, &["--days-ago", "1"]);
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

    let (_, forecast) = json(&desk, &["audit", "--dry-run", "--days", "4", "--json"]);
    assert!(!desk.path("daybook.db").exists(), "it made a book");
    insta::assert_json_snapshot!("dry_run", shape(&forecast));
    assert_eq!(sandbox.writes(), Vec::<String>::new(), "audit and dry run only read");
    for _ in 0..3 {
        json(&desk, &["sync", "sales", "--json"]);
    }
    assert!(sandbox.writes().iter().any(|what| what.contains("/sales/order")), "a real run writes");
    let (_, synced) = json(&desk, &["sync", "sales", "--json"]);
    assert_eq!(states(&forecast["entries"]), states(&synced["summary"]["entries"]));
    assert!(forecast["posted"].as_i64().unwrap() > 80, "{forecast}");
    let vat = &forecast["days_closed"]["vat"];
    assert!(vat.as_array().unwrap().len() > 1, "whole days were compared: {forecast}");
    assert_eq!(open(&forecast["exceptions"]), open(&synced["summary"]["exceptions"]));

    let foretold = forecast["tax"].as_array().unwrap().iter();
    let foretold: BTreeMap<i64, i64> = foretold
        .map(|one| (one["tax_rate_id"].as_i64().unwrap(), one["ledger"].as_i64().unwrap()))
        .collect();
    assert_eq!(foretold, sandbox.tax(), "OrderWise's tax, rate by rate");
    assert_eq!(busiest_minute(&desk), forecast["busiest_minute"]);
    // In the night before a trading day is over, it is compared by neither.
    let over = |days: &Value| -> Vec<Value> {
        let days = days.as_array().unwrap().iter();
        days.filter(|day| day["state"] != "not-fresh").cloned().collect()
    };
    let foretold = over(&forecast["days_closed"]["days"]);
    assert!(!foretold.is_empty(), "{forecast}");
    assert_eq!(over(&days_of(&desk, &forecast)), foretold);

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
    // What is sent home, collected elsewhere or sent by a carrier that nobody mapped is foretold too.
    let (_, forecast) = json(&desk, &["audit", "--dry-run", "--days", "4", "--json"]);
    for _ in 0..3 {
        json(&desk, &["sync", "sales", "--json"]);
    }
    let (_, synced) = json(&desk, &["sync", "sales", "--json"]);
    assert_eq!(states(&forecast["entries"]), states(&synced["summary"]["entries"]));
    let foretold = open(&forecast["exceptions"]);
    assert_eq!(foretold, open(&synced["summary"]["exceptions"]));
    assert!(foretold.iter().any(|one| one.contains("carrier-unmapped")), "{foretold:?}");
}
