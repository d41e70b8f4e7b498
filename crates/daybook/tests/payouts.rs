//! Payouts on the command line: what people see, and the JSON that programs depend on
//! (docs/reference/json.md).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

mod common;

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Stdio},
};

use common::{Desk, FILTERS, shape, text};
use serde_json::Value;

const PROVIDERS: &str = "\n[settlement.providers.adyen]\nformat = \"adyen\"\ntenders = [\"CARD\"]\n\
[settlement.providers.hand]\nformat = \"columns\"\ntenders = [\"voucher\"]\ncurrency = \"GBP\"\n\
[settlement.providers.hand.columns]\ngross = \"Amount\"\nat = \"Date\"\npayout = \"Payout\"\n\
references = [\"Ref\"]\n";

const REPORT: &str = "\
Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,\
TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),\
Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Markup (NC),\
Scheme Fees (NC),Interchange (NC),Batch Number
Made,Shop,8836000000000001,R1,visa,2026-07-01 10:00:00,BST,Settled,M1,GBP,,50.00,1,GBP,,49.40,,,,,7
Made,Shop,8836000000000002,R2,mc,2026-07-02 10:00:00,BST,Refunded,M2,GBP,10.00,,1,GBP,10.10,,,,,,7
Made,Shop,,,,2026-07-02 11:00:00,BST,Fee,July,,,,,GBP,2.00,,,,,,7
Made,Shop,,,,2026-07-03 02:00:00,BST,MerchantPayout,TX70007XT batch 7,,,,,GBP,37.30,,,,,,7
";

const STATEMENT: &str = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">\
<BkToCstmrStmt><Stmt><Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>\
<Ntry><Amt Ccy=\"GBP\">37.30</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>\
<BookgDt><Dt>2026-07-04</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>TX70007XT batch 7</Ustrd>\
</RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_report_and_a_statement_are_read_and_matched_without_any_system() {
    let desk = Desk::new();
    desk.write("daybook.toml", PROVIDERS);
    desk.ok(&["map", "set", "vat", "20", "1"]);
    desk.write("report.csv", REPORT);
    desk.write("statement.xml", STATEMENT);
    desk.write("changed.csv", &REPORT.replace("Batch Number", "Batch").replace("50.00", "x"));
    desk.write("cells.csv", &REPORT.replace("50.00", "50.005").replace("Refunded", "Returned"));
    let cases: &[&[&str]] = &[
        &["payouts", "import", "report.csv", "--provider", "adyen", "--by", "Ada"],
        &["payouts", "import", "report.csv", "--provider", "adyen", "--by", "Bob"],
        &["bank", "import", "statement.xml"],
        &["bank", "list"],
        &["payouts", "match"],
        &["payouts", "list"],
        &["payouts", "show", "adyen", "7"],
        &["payouts", "open", "adyen"],
        &["payouts", "suggestions"],
        &["payouts", "match", "--dry-run"],
        &["payouts", "balance", "--day", "2026-07-04"],
        &["payouts", "rules", "list"],
        &["payouts", "rules", "set", "late", "days=10", "tolerance=2", "--by", "Ada"],
        &["payouts", "rules", "export"],
        &["payouts", "rules", "unset", "late"],
        &["payouts", "import", "changed.csv", "--provider", "adyen"],
        &["payouts", "import", "cells.csv", "--provider", "adyen"],
        &["payouts", "import", "report.csv", "--provider", "paypal"],
        &["payouts", "import", "nowhere.csv", "--provider", "adyen"],
        &["bank", "import", "report.csv"],
        &["payouts", "show", "adyen", "8"],
        &["payouts", "confirm", "M-1"],
        &["payouts", "confirm", "M-99"],
        &["payouts", "undo", "M-1", "--reason", "not ours", "--by", "Ada"],
        &["payouts", "undo", "M-x", "--reason", "so"],
        &["payouts", "rules", "set", "late", "days=many"],
        &["payouts", "rules", "unset", "amount"],
    ];
    let said = cases.iter().map(|case| {
        let output = desk.run(case);
        let code = output.status.code().unwrap();
        format!("$ daybook {}\n{}[{code}]\n", case.join(" "), text(&output))
    });
    let said: Vec<String> = said.collect();
    insta::with_settings!({ filters => FILTERS.to_vec() }, {
        insta::assert_snapshot!(said.join("\n"));
    });
}

#[test]
fn help_teaches() {
    let desk = Desk::new();
    let said =
        [&["payouts", "--help"][..], &["payouts", "rules", "set", "--help"], &["bank", "--help"]]
            .map(|case| desk.ok(case));
    insta::assert_snapshot!(said.join("\n"));
}

/// The stand-ins on ports of their own, gone with this value.
struct Sandbox(Child);

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sandbox(desk: &Desk) -> Sandbox {
    sandbox_with(desk, &["--transactions", "30"])
}

fn sandbox_with(desk: &Desk, more: &[&str]) -> Sandbox {
    let free = ["--sitoo-port", "0", "--orderwise-port", "0", "--control-port", "0"];
    let rest = ["--seed", "7", "--write-config", "daybook.toml"];
    let args = [&["sandbox"][..], &free, &rest, more].concat();
    let mut child = desk.command(&args).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    // The last line that it says once it listens.
    assert!(lines.any(|line| line.unwrap().starts_with("control")), "the sandbox did not start");
    Sandbox(child)
}

#[test]
fn what_tills_took_is_suggested_confirmed_and_carried_forward() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk);
    let config = std::fs::read_to_string(desk.path("daybook.toml")).unwrap();
    let tenders =
        "[settlement.providers.hand]\nformat = \"columns\"\ntenders = [\"card\", \"cash\"]\n";
    let columns = PROVIDERS.split("currency").nth(1).unwrap();
    desk.write("daybook.toml", &format!("{config}\n{tenders}currency{columns}"));
    desk.run(&["sync", "sales"]);
    let matched = json(&desk.ok(&["payouts", "match", "--json"]));
    assert!(matched["collected"]["payments"].as_u64().unwrap() > 10, "{matched}");
    let open = json(&desk.ok(&["payouts", "open", "hand", "--json"]));
    let payments = open["payments"].as_array().unwrap();
    assert!(payments.len() > 5, "{open}");

    // A report of just what is open, under references of its own.
    let mut report = "Amount,Date,Payout,Ref\n".to_owned();
    for (at, payment) in payments.iter().enumerate() {
        let pence = payment["amount"].as_i64().unwrap();
        let sign = if pence < 0 { "-" } else { "" };
        let (pounds, rest) = (pence.abs() / 100, pence.abs() % 100);
        let day = payment["day"].as_str().unwrap();
        report += &[sign, &format!("{pounds}.{rest:02},{day},P1,ref-{at}\n")].concat();
    }
    desk.write("report.csv", &report);
    let imported =
        json(&desk.ok(&["payouts", "import", "report.csv", "--provider", "hand", "--json"]));
    let plan = json(&desk.ok(&["payouts", "match", "--dry-run", "--json"]));
    let matched = json(&desk.ok(&["payouts", "match", "--json"]));
    assert_eq!(
        matched["payments"]["suggested"].as_u64().unwrap(),
        imported["lines"].as_u64().unwrap()
    );
    let suggested = json(&desk.ok(&["payouts", "suggestions", "--json"]));
    let confirmed = json(&desk.ok(&["payouts", "confirm", "--rule", "amount", "--json"]));
    let first = confirmed["matches"][0]["number"].to_string();
    let listed = json(&desk.ok(&["payouts", "list", "--json"]));
    let shown = json(&desk.ok(&["payouts", "show", "hand", "P1", "--json"]));
    let balance = json(&desk.ok(&["payouts", "balance", "--from", "2020-01-01", "--json"]));
    assert_eq!(balance["balances"][0]["closing"], 0, "{balance}");
    assert_eq!(balance["balances"][0]["ties"], true);
    let undone = json(&desk.ok(&["payouts", "undo", &first, "--reason", "why not", "--json"]));
    let rules = json(&desk.ok(&["payouts", "rules", "list", "--json"]));
    let shapes = [
        ("import", &imported),
        ("open", &open),
        ("plan", &plan),
        ("match", &matched),
        ("suggestions", &suggested),
        ("undo", &undone),
        ("list", &listed),
        ("show", &shown),
        ("balance", &balance),
        ("rules", &rules),
    ];
    for (name, value) in shapes {
        insta::assert_json_snapshot!(format!("payouts_{name}"), shape(value));
    }
}

/// The balance of the one provider.
fn balance(desk: &Desk) -> Value {
    json(&desk.ok(&["payouts", "balance", "--json"]))["balances"][0].take()
}

/// How many payments no match holds.
fn open_payments(desk: &Desk, provider: &str) -> usize {
    let open = json(&desk.ok(&["payouts", "open", provider, "--limit", "500", "--json"]));
    open["payments"].as_array().unwrap().len()
}

#[test]
fn what_is_never_paid_is_written_off_and_comes_back_when_that_is_undone() {
    let desk = Desk::new();
    let _sandbox = sandbox(&desk);
    let config = std::fs::read_to_string(desk.path("daybook.toml")).unwrap();
    let provider = "[settlement.providers.adyen]\nformat = \"adyen\"\ntenders = [\"card\"]\n";
    desk.write("daybook.toml", &format!("{config}\n{provider}"));
    desk.run(&["sync", "sales"]);
    desk.ok(&["payouts", "match"]);
    let open = json(&desk.ok(&["payouts", "open", "adyen", "--limit", "500", "--json"]));
    let payments = open["payments"].as_array().unwrap();
    let lost = payments.iter().find(|one| one["amount"].as_i64().unwrap() > 0).unwrap();
    let key = format!("{}:{}", lost["order_id"], lost["index"]);
    let before = balance(&desk);
    assert_eq!((&before["ties"], &before["written_off"]), (&true.into(), &0.into()), "{before}");

    let write_off = |reason| ["payouts", "write-off", "--payment", &key, "--reason", reason];
    let silent = desk.run(&write_off(" "));
    assert_eq!(silent.status.code(), Some(1));
    assert!(text(&silent).contains("error[reason-missing]"), "{}", text(&silent));
    let nowhere = desk.run(&["payouts", "write-off", "--payment", "1:0", "--reason", "lost"]);
    assert!(text(&nowhere).contains("error[match-part-taken]"), "{}", text(&nowhere));
    assert_eq!(balance(&desk), before, "nothing was written off");

    let by = ["--by", "Ada Finch", "--json"];
    let made = json(&desk.ok(&[&write_off("charged back")[..], &by].concat()));
    let one = &made["matches"][0];
    assert_eq!((&one["amount"], &one["state"]), (&lost["amount"], &"confirmed".into()), "{made}");
    assert_eq!(one["made_by"], "Ada Finch", "{made}");
    let after = balance(&desk);
    assert_eq!((&after["written_off"], &after["ties"]), (&lost["amount"], &true.into()), "{after}");
    let less = before["closing"].as_i64().unwrap() - lost["amount"].as_i64().unwrap();
    assert_eq!(after["closing"], less);
    assert_eq!(open_payments(&desk, "adyen"), payments.len() - 1);
    let twice = desk.run(&write_off("again"));
    assert!(text(&twice).contains("error[match-part-taken]"), "{}", text(&twice));

    let number = one["number"].to_string();
    desk.ok(&["payouts", "undo", &number, "--reason", "it was paid after all"]);
    assert_eq!(balance(&desk), before);
    assert_eq!(open_payments(&desk, "adyen"), payments.len());
    insta::assert_json_snapshot!("payouts_write_off", shape(&made));
}

#[test]
fn the_sandbox_writes_what_a_provider_and_the_bank_say_of_its_day() {
    let desk = Desk::new();
    let _sandbox = sandbox_with(&desk, &["--transactions", "120", "--settlement", "inbox"]);
    let report = desk.path("inbox/adyen/settlement_detail_report_batch_7.csv");
    assert!(std::fs::read_to_string(report).unwrap().starts_with("Company Account,"));
    let statement = std::fs::read_to_string(desk.path("inbox/statements/statement.xml")).unwrap();
    assert!(statement.contains("camt.053"), "{statement}");
    let config = std::fs::read_to_string(desk.path("daybook.toml")).unwrap();
    assert!(config.contains("[settlement.providers.adyen]"), "{config}");
    desk.run(&["sync", "sales"]);
    // The folders stand in the configuration: nobody has to name a file.
    let sync = || {
        let output = desk.run(&["sync", "settlement", "--json"]);
        let said = String::from_utf8(output.stdout).unwrap();
        json(&said)["report"].take()
    };
    let report = sync();
    assert_eq!((&report["imported"], &report["bad"]), (&2.into(), &0.into()), "{report}");
    assert!(report["matched"]["payments"]["confirmed"].as_u64().unwrap() > 10, "{report}");
    assert_eq!(report["matched"]["bank"]["confirmed"], 1, "{report}");
    assert_eq!(sync()["imported"], 0, "each file is read once");
    let payouts = json(&desk.ok(&["payouts", "list", "--json"]));
    let payout = &payouts["payouts"][0];
    assert_eq!((&payout["difference"], &payout["bank_difference"]), (&0.into(), &0.into()));
    assert_eq!(balance(&desk)["ties"], true);
}
