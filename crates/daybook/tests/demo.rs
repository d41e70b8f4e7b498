//! `daybook demo`, whole: both stand-ins, the integration and a trading day in one process.

mod common;

use common::{Desk, shape, text};
use serde_json::Value;

#[test]
fn a_small_day_is_proved_to_the_penny() {
    let desk = Desk::new();
    let demo = ["demo", "--exit", "--json", "--transactions", "200", "--seconds", "5"];
    let output = desk.run(&[&demo[..], &["--book", "demo.db"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    let proof = &summary["proof"];
    assert_eq!(proof["holds"], true, "{proof}");
    assert_eq!(proof["total"]["unexplained"], 0);
    let gross = |name: &str| proof["total"][name].as_i64().unwrap();
    assert!(gross("ledger") > 0);
    assert_eq!(gross("till"), gross("ledger") + gross("exceptions") + gross("waiting"));
    for none in ["doubles", "lost", "altered", "made_up"] {
        assert_eq!(proof[none], Value::Array(Vec::new()), "{none}");
    }
    assert_eq!(proof["stores"].as_array().unwrap().len(), 6);
    // The troubles of the retailer are there, and OrderWise was away.
    assert!(summary["held"].as_i64().unwrap() > 0);
    assert!(summary["faults"]["outage"].as_u64().unwrap() > 0);

    // The book stays, and any command reads it with the configuration beside it.
    let held = desk.ok(&["--config", "demo.toml", "entries", "--state", "held", "--json"]);
    let held: Value = serde_json::from_str(&held).unwrap();
    let count = i64::try_from(held["entries"].as_array().unwrap().len()).unwrap();
    assert_eq!(count, summary["held"].as_i64().unwrap());
    each_store_is_closed(&desk, &summary);
    let again = desk.run(&["demo", "--exit", "--book", "demo.db"]);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again));
    assert!(text(&again).contains("error[demo-book-exists]"), "{}", text(&again));

    let fixed = ["set_aside", "faults", "exceptions", "tried_again"];
    let mut summary = summary;
    for varying in fixed {
        summary[varying] = Value::from("…");
    }
    insta::assert_json_snapshot!("demo", shape(&summary));
}

/// Each store's day has its certificate, which names what is held, and can be signed.
#[expect(clippy::unwrap_used, reason = "a part of the test above")]
fn each_store_is_closed(desk: &Desk, summary: &Value) {
    let lines = summary["days"].as_array().unwrap();
    assert_eq!(lines.len(), 6);
    let sum = |name: &str| lines.iter().map(|line| line[name].as_i64().unwrap()).sum::<i64>();
    assert_eq!(sum("tills"), summary["proof"]["total"]["till"], "{lines:#?}");
    assert_eq!(sum("z_reports"), summary["proof"]["total"]["till"], "{lines:#?}");
    assert_eq!(sum("orderwise"), summary["proof"]["total"]["ledger"], "{lines:#?}");
    let day = lines[0]["day"].as_str().unwrap();
    let show = ["--config", "demo.toml", "reconcile", "show", "--json", "--day", day];
    let output = desk.run(&show);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let days = shown["days"].as_array().unwrap();
    let known = ["not-posted-held", "not-posted-waiting", "tax-rounding"];
    for cause in days.iter().flat_map(|day| day["causes"].as_array().unwrap()) {
        assert!(known.contains(&cause["cause"].as_str().unwrap()), "{cause:#}");
    }
    let open = days.iter().find(|day| day["standing"] == "open").unwrap();
    let store = open["store"].to_string();
    let plan = ["--config", "demo.toml", "reconcile", "fix", "--day", day, "--store", &store];
    let output = desk.run(&[&plan[..], &["--json"]].concat());
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let planned: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(planned["run_by"], Value::Null, "{planned:#}");
    let steps = planned["days"][0]["steps"].as_array().unwrap();
    let held = steps.iter().find(|one| one["cause"] == "not-posted-held").unwrap();
    insta::assert_json_snapshot!("reconcile_fix_step", shape(held));
    insta::assert_json_snapshot!("reconcile_fix_total", shape(&planned["days"][0]["total"]));
    let sign = ["--config", "demo.toml", "reconcile", "sign", "--day", day, "--store", &store];
    let why = ["--reason", "agreed with the store", "--by", "Ada Finch", "--json"];
    let signed: Value = serde_json::from_str(&desk.ok(&[&sign[..], &why].concat())).unwrap();
    assert_eq!(signed["days"][0]["standing"], "signed", "{signed:#}");
    insta::assert_json_snapshot!("reconcile", shape(&signed["days"][0]));
}
