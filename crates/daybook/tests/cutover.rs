//! `daybook cutover` against the sandbox, over real sockets: from nothing to the parallel run, to the
//! switch, and back.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Output, Stdio},
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

fn sandbox(desk: &Desk) -> Sandbox {
    let free = ["--sitoo-port", "0", "--orderwise-port", "0", "--control-port", "0"];
    let rest = ["--seed", "7", "--transactions", "40", "--write-config", "daybook.toml"];
    let args = [&["sandbox"][..], &free, &rest].concat();
    let mut child = desk.command(&args).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("control")), "the sandbox did not start");
    Sandbox(child)
}

fn output(desk: &Desk, args: &[&str]) -> Output {
    let mut command = desk.command(args);
    command.env("DAYBOOK_ORDERWISE__PER_SECOND", "0");
    command.env("DAYBOOK_POSTING__CONFIRM_AFTER", "1ms");
    command.env("DAYBOOK_POSTING__SETTLING_TIME", "1ms");
    command.output().unwrap()
}

fn run(desk: &Desk, args: &[&str]) -> (Option<i32>, String) {
    let output = output(desk, args);
    (output.status.code(), text(&output))
}

fn json(desk: &Desk, args: &[&str]) -> Value {
    let output = output(desk, &[args, &["--json"]].concat());
    let told = serde_json::from_slice(&output.stdout);
    told.unwrap_or_else(|_| panic!("{args:?}: {}", text(&output)))
}

fn count(synced: &Value, field: &str) -> u64 {
    synced["report"][field].as_u64().unwrap()
}

#[test]
fn a_consultant_goes_from_the_first_look_to_the_switch_and_back() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk);
    // Without the other integration's references nothing can be looked up, and nothing is proposed.
    for step in ["begin", "parallel"] {
        let (code, told) = run(&desk, &["cutover", step]);
        assert_eq!(code, Some(1), "{told}");
        assert!(told.contains("cutover-no-references"), "{told}");
    }
    let config = std::fs::read_to_string(desk.path("daybook.toml")).unwrap();
    let rules = "\n[cutover]\nother-references = [\"SIT-{order-id}\"]\n";
    desk.write("daybook.toml", &(config + rules));
    let proposal = json(&desk, &["cutover", "begin"]);
    assert!(proposal["newest"].as_i64().unwrap() > 0, "{proposal}");
    let newest = proposal["newest"].as_i64().unwrap();
    let first = (newest - 9).to_string();
    let begun = json(&desk, &["cutover", "begin", "--from-order", &first]);
    assert_eq!(
        (&begun["mode"], begun["first_order_id"].as_i64()),
        (&"begun".into(), Some(newest - 9))
    );

    // Whoever starts Daybook too early posts nothing.
    let synced = json(&desk, &["sync", "sales"]);
    assert_eq!((count(&synced, "received"), count(&synced, "posted")), (10, 0));
    let (code, told) = run(&desk, &["cutover", "stock", "--csv", "stock.csv"]);
    assert_eq!(code, Some(0), "{told}");
    let table = std::fs::read_to_string(desk.path("stock.csv")).unwrap();
    assert!(table.starts_with("warehouse,location,place,sku,tills,free,"), "{table}");
    let parallel = json(&desk, &["cutover", "parallel", "--also", "stock"]);
    assert_eq!(parallel["also"], serde_json::json!(["stock"]));
    let synced = json(&desk, &["sync", "sales"]);
    assert_eq!(count(&synced, "posted"), 0);
    let report = json(&desk, &["cutover", "report"]);
    assert!(report["not_found"].as_i64().unwrap() > 0, "{report}");
    let (_, told) = run(&desk, &["cutover"]);
    assert!(told.contains("Daybook posts NOTHING (parallel)"), "{told}");
    assert!(told.contains("Next: clear these, then daybook cutover switch"), "{told}");
    insta::assert_json_snapshot!("plan", shape(&json(&desk, &["cutover", "plan"])));
    insta::assert_json_snapshot!("report", shape(&report));

    let (code, told) = run(&desk, &["cutover", "switch"]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("no-audit"), "{told}");
    let anyway = ["cutover", "switch", "--from-order", &first, "--anyway", "a test"];
    assert_eq!(json(&desk, &anyway)["mode"], "switched");
    // What was asked before the switch is asked again, and then posted: the point lies before it.
    let posted = count(&json(&desk, &["sync", "sales"]), "posted");
    assert!(posted > 0);
    let (_, told) = run(&desk, &["cutover", "back", "--reason", "a test", "--csv", "ours.csv"]);
    assert!(told.contains("The other integration goes on with order"), "{told}");
    let ours = std::fs::read_to_string(desk.path("ours.csv")).unwrap();
    assert_eq!(u64::try_from(ours.lines().count()).unwrap(), posted + 1, "{ours}");
    let handed = json(&desk, &["cutover", "back"]);
    insta::assert_json_snapshot!("back", shape(&handed));
    assert_eq!(count(&json(&desk, &["sync", "sales"]), "posted"), 0);
}
