//! The whole program against its sandbox, over real sockets: what people see, and the JSON that
//! programs depend on (docs/reference/json.md).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod common;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Stdio},
};

use common::{Desk, FILTERS, shape, text};
use serde_json::Value;

/// The stand-ins on ports of their own, gone with this value.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sandbox(desk: &Desk, transactions: &str) -> Sandbox {
    let free = ["--sitoo-port", "0", "--orderwise-port", "0", "--control-port", "0"];
    let rest = ["--seed", "7", "--transactions", transactions, "--write-config", "daybook.toml"];
    let args = [&["sandbox"][..], &free, &rest].concat();
    let mut child = desk.command(&args).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    // The last line that it says once it listens.
    assert!(lines.any(|line| line.unwrap().starts_with("control")), "the sandbox did not start");
    Sandbox(child)
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_trading_day_is_received_posted_and_explained() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk, "120");
    let check = desk.run(&["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check));
    // Read back at once, and one by one, so that each entry's look-up is among its exchanges.
    let mut sync = desk.command(&["sync", "sales", "--json"]);
    sync.env("DAYBOOK_POSTING__CONFIRM_AFTER", "1ms").env("DAYBOOK_POSTING__CONFIRM_BATCH", "1");
    let synced = sync.output().unwrap();
    assert_eq!(synced.status.code(), Some(3), "{}", text(&synced));
    let synced = json(std::str::from_utf8(&synced.stdout).unwrap());
    assert!(synced["report"]["received"].as_u64().unwrap() >= 120);
    assert!(synced["report"]["posted"].as_u64().unwrap() > 80);

    let listed = desk.run(&["exceptions", "list", "--json"]);
    assert_eq!(listed.status.code(), Some(3));
    let listed = json(std::str::from_utf8(&listed.stdout).unwrap());
    let group = &listed["groups"][0];
    let cause = group["cause"].as_str().unwrap();
    let held = json(&desk.ok(&["entries", "--cause", cause, "--json"]));
    let reference = held["entries"][0]["reference"].as_str().unwrap().to_owned();
    let shown = json(&desk.ok(&["entry", &reference, "--json", "--exchanges", "--payload"]));
    // One that was posted and differs from the till, if only by tax.
    let found = json(&desk.ok(&["entries", "--state", "confirmed", "--json"]));
    let all = found["entries"].as_array().unwrap().iter();
    let posted = all.map(|entry| entry["reference"].as_str().unwrap());
    let posted = posted
        .map(|reference| json(&desk.ok(&["entry", reference, "--json", "--exchanges"])))
        .find(|shown| shown["findings"][0].is_object() && shown["exchanges"][0].is_object())
        .expect("a document whose tax differs");
    let cause_shown = json(&desk.ok(&["exceptions", "show", cause, "--json"]));
    let shapes = [
        ("sync_sales", shape(&synced)),
        ("exceptions_list", shape(&listed)),
        ("entries", shape(&held)),
        ("entry_held", shape(&shown)),
        ("entry_posted", shape(&posted)),
        ("exceptions_show", shape(&cause_shown)),
    ];
    for (name, shape) in shapes {
        insta::assert_json_snapshot!(name, shape);
    }

    // One fix, and whatever waited for it goes on.
    let set = json(&desk.ok(&["map", "set", "payment", "Pay by Link", "2", "--json"]));
    assert!(set["released"].as_u64().unwrap() > 0, "{set}");

    let by = ["--reason", "entered by hand", "--by", "Ada Finch", "--json"];
    let dismissed = desk.ok(&[&["exceptions", "dismiss", &reference][..], &by].concat());
    assert_eq!(json(&dismissed)["by"], "Ada Finch");
    assert_eq!(json(&desk.ok(&["entry", &reference, "--json"]))["entry"]["state"], "dismissed");
    let retried = json(&desk.ok(&["exceptions", "retry", &reference, "--json"]));
    assert_eq!(retried["retried"], 1);
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!("entry_for_people", desk.ok(&["entry", &reference]));
    });
}

#[test]
fn stock_is_compared_written_and_explained() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk, "20");
    let synced = desk.run(&["sync", "stock", "--json"]);
    let synced = json(std::str::from_utf8(&synced.stdout).unwrap());
    assert!(synced["report"]["swept"].as_u64().unwrap() > 0, "{synced}");
    let differences = json(&desk.ok(&["stock", "differences", "--json"]));
    let again = desk.run(&["sync", "stock", "--json"]);
    let again = json(std::str::from_utf8(&again.stdout).unwrap());
    assert_eq!(again["report"]["swept"], 0, "{again}");
    // Whatever was sold last is known by its SKU.
    let entries = json(&desk.ok(&["entries", "--kind", "sale", "--limit", "1", "--json"]));
    let reference = entries["entries"][0]["reference"].as_str().unwrap().to_owned();
    let entry = json(&desk.ok(&["entry", &reference, "--payload", "--json"]));
    let payload = json(entry["payloads"][0]["body"].as_str().unwrap());
    let sku = payload["orderitems"][0]["sku"].as_str().unwrap().to_owned();
    let shown = json(&desk.ok(&["stock", "show", &sku, "--json"]));
    let history = json(&desk.ok(&["stock", "history", &sku, "--json"]));
    let shapes = [
        ("sync_stock", shape(&synced)),
        ("stock_differences", shape(&differences)),
        ("stock_show", shape(&shown)),
        ("stock_history", shape(&history)),
    ];
    for (name, shape) in shapes {
        insta::assert_json_snapshot!(name, shape);
    }
}

#[test]
fn products_are_compared_written_and_explained() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk, "1");
    let synced = desk.run(&["sync", "catalogue", "--json"]);
    let synced = json(std::str::from_utf8(&synced.stdout).unwrap());
    assert_eq!(synced["report"]["hidden"], 1, "what OrderWise has discontinued: {synced}");
    let again = desk.run(&["sync", "catalogue", "--json"]);
    let again = json(std::str::from_utf8(&again.stdout).unwrap());
    assert_eq!(again["report"]["updated"], 0, "{again}");
    let run = |args: &[&str]| json(&desk.ok(&[args, &["--json"]].concat()));
    let status = run(&["catalogue", "status"]);
    let faults = run(&["catalogue", "faults"]);
    let sku = faults["faults"][0]["sku"].as_str().unwrap().to_owned();
    let shapes = [
        ("sync_catalogue", shape(&synced)),
        ("catalogue_status", shape(&status)),
        ("catalogue_faults", shape(&faults)),
        ("catalogue_show", shape(&run(&["catalogue", "show", &sku]))),
        ("catalogue_prices", shape(&run(&["catalogue", "prices"]))),
        ("catalogue_foreign", shape(&run(&["catalogue", "foreign"]))),
        ("catalogue_families", shape(&run(&["catalogue", "families"]))),
        ("catalogue_plan", shape(&run(&["catalogue", "plan", "--full"]))),
    ];
    for (name, shape) in shapes {
        insta::assert_json_snapshot!(name, shape);
    }
}

#[test]
fn what_is_to_come_is_listed_and_explained() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk, "40");
    let mut sync = desk.command(&["sync", "sales", "--json"]);
    // Sitoo's deliveries are read at once, so that what is sent home is posted in this pass.
    let synced = sync.env("DAYBOOK_DESPATCH__DELIVERIES_AFTER", "0s").output().unwrap();
    assert_eq!(synced.status.code(), Some(3), "{}", text(&synced));
    let synced = desk.run(&["sync", "despatch", "--json"]);
    let synced = json(std::str::from_utf8(&synced.stdout).unwrap());
    let listed = json(&desk.ok(&["despatches", "list", "--all", "--json"]));
    let reference = listed["despatches"][0]["reference"].as_str().unwrap().to_owned();
    let shown = json(&desk.ok(&["despatches", "show", &reference, "--json"]));
    let shapes = [
        ("sync_despatch", shape(&synced["report"])),
        ("despatches_list", shape(&listed)),
        ("despatches_show", shape(&shown)),
    ];
    for (name, shape) in shapes {
        insta::assert_json_snapshot!(name, shape);
    }
}

/// A day is asked of the service that holds the book, and so is a plan.
fn asks_the_service(desk: &Desk) {
    // Nothing was sold on it; the answer is the service's all the same.
    let far = "2026-01-05";
    let day = ["reconcile", "--day", far, "--json"];
    let fix = ["reconcile", "fix", "--day", far, "--run", "--by", "Ada Finch", "--json"];
    for (command, what) in [(&day[..], "report"), (&fix[..], "run_by")] {
        let asked = desk.run(command);
        assert!(matches!(asked.status.code(), Some(0 | 3)), "{}", text(&asked));
        let said = std::str::from_utf8(&asked.stderr).unwrap();
        assert!(said.contains("another process is at work on this book"), "{said}");
        let answer = json(std::str::from_utf8(&asked.stdout).unwrap());
        assert!(answer.get(what).is_some(), "{answer:#}");
        assert!(!answer["days"].as_array().unwrap().is_empty(), "{answer:#}");
    }
    // Of a day that is not over, nobody need be asked.
    let early = desk.run(&["reconcile", "--day", "2099-01-01"]);
    assert!(text(&early).contains("2099-01-01: the day ends at "), "{}", text(&early));
    assert!(!text(&early).contains("another process"), "{}", text(&early));
    let nowhere = desk.run(&["reconcile", "--day", far, "--store", "999"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(text(&nowhere).contains("error[no-such-store]"), "{}", text(&nowhere));
}

#[test]
fn the_service_starts_works_and_stops() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk, "20");
    // A book that begins with a day, so that there are days before its first sale.
    let config = std::fs::read_to_string(desk.path("daybook.toml")).unwrap();
    assert!(config.contains("first-order-id = 1\n"), "{config}");
    let config = config.replace("first-order-id = 1\n", "first-day = \"2026-01-01\"\n");
    desk.write("daybook.toml", &config);
    let mut serve = desk.command(&["serve"]);
    serve.env("DAYBOOK_WEB__LISTEN", "127.0.0.1:0").env("DAYBOOK_LOG__FORMAT", "json");
    let mut child = serve.stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(child.stderr.take().unwrap());
    let (mut line, mut ways_in) = (String::new(), 0);
    // The log says when entries were posted; until then it is only read.
    while !line.contains("entries posted") {
        // Nobody has an account yet: whoever starts it may make the first one.
        ways_in += usize::from(line.starts_with("http://127.0.0.1:") && line.contains("/join/"));
        line.clear();
        assert!(told.read_line(&mut line).unwrap() > 0, "it ended before it posted anything");
    }
    assert_eq!(ways_in, 1);
    // A book has one worker.
    let second = desk.run(&["sync", "sales"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(text(&second).contains("error[store-in-use]"), "{}", text(&second));
    asks_the_service(&desk);
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{rest}");
    assert!(rest.contains("\"stopped\""), "{rest}");
}
