//! The command line without any system behind it: help, mistakes, exit codes.

mod common;

use common::{Desk, text};

#[test]
fn help_teaches() {
    let desk = Desk::new();
    let help = desk.run(&["--help"]);
    insta::assert_snapshot!(text(&help));
    for command in [
        "serve",
        "sync",
        "check",
        "init",
        "audit",
        "entries",
        "entry",
        "exceptions",
        "map",
        "reconcile",
        "period",
        "evidence",
        "stock",
        "people",
        "backup",
        "config",
        "demo",
        "sandbox",
    ] {
        let help = desk.run(&[command, "--help"]);
        assert_eq!(help.status.code(), Some(0), "{command}");
        assert!(text(&help).contains("xample") || command == "serve", "{command} shows no example");
    }
}

#[test]
fn mistakes_have_a_code_a_hint_and_exit_code_2() {
    let desk = Desk::settled();
    let cases: &[&[&str]] = &[
        &["--config", "nowhere.toml", "entries"],
        &["entries", "--state", "lost"],
        &["entry", "shoe"],
        &["map", "set", "shop", "5", "LEEDS"],
        &["map", "set", "store", "five", "LEEDS"],
        &["serve", "--password", "hunter2"],
        &["exceptions", "retry"],
        &["entries", "--cause", "bad-luck"],
        &["reconcile", "--day", "yesterday"],
        &["reconcile", "sign", "--day", "2026-11-24", "--store", "5"],
        &["reconcile", "show", "--day", "2026-11-24", "--store", "Leeds"],
    ];
    let mut said = Vec::new();
    for case in cases {
        let output = desk.run(case);
        assert_eq!(output.status.code(), Some(2), "{case:?}: {}", text(&output));
        said.push(format!("$ daybook {}\n{}", case.join(" "), text(&output)));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn what_is_missing_is_named() {
    let desk = Desk::new();
    desk.write("daybook.toml", "[sitoo]\nbase-url = \"https://sitoo.test/v2/accounts/1\"\n");
    let missing = desk.run(&["sync", "sales"]);
    assert_eq!(missing.status.code(), Some(2));
    desk.write(
        "daybook.toml",
        "[sitoo]\nbase-url = \"https://sitoo.test/v2/accounts/1\"\napi-id = \"1-1\"\n",
    );
    let secret = desk.run(&["check"]);
    assert_eq!(secret.status.code(), Some(2));
    let json = desk.run(&["check", "--json"]);
    insta::assert_snapshot!([text(&missing), text(&secret), text(&json)].join("\n"));
}

#[test]
fn a_wrong_folder_does_not_look_like_an_empty_book() {
    let desk = Desk::new();
    // Whether it only reads or would make one.
    for case in [
        &["entries"][..],
        &["exceptions", "list"],
        &["map", "set", "sku", "A", "B"],
        &["stock", "oversold"],
        &["check"],
        &["sync", "sales"],
        &["restore", "copy.db"],
    ] {
        let output = desk.run(case);
        assert_eq!(output.status.code(), Some(2), "{case:?}: {}", text(&output));
        assert!(text(&output).contains("error[book-none]"), "{case:?}: {}", text(&output));
        assert!(!desk.path("daybook.db").exists(), "{case:?}");
    }
    let mut named = desk.command(&["map", "set", "sku", "A", "B"]);
    let named = named.env("DAYBOOK_BOOK__URL", "sqlite:mine.db").output().unwrap();
    assert_eq!(named.status.code(), Some(0), "{}", text(&named));
    desk.write("daybook.toml", "");
    let output = desk.run(&["entries"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(text(&output));
    assert!(!desk.path("daybook.db").exists());
}

#[test]
fn on_a_machine_with_the_package_hints_name_its_command() {
    let desk = Desk::settled();
    let run = |args: &[&str]| {
        let mut command = desk.command(args);
        let command = command.env("DAYBOOK_COMMAND", "sudo daybook-admin");
        text(&command.env("DAYBOOK_CONFIG", "daybook.toml").output().unwrap())
    };
    desk.ok(&["map", "set", "vat", "20", "1"]);
    let said = run(&["map", "unset", "sku", "A"]);
    assert!(said.contains("`sudo daybook-admin map list sku`"), "{said}");
    let said = run(&["check"]);
    assert!(said.contains("let `sudo daybook-admin init` ask"), "{said}");
    assert!(!said.contains("DAYBOOK_SITOO"), "{said}");
}

#[test]
fn mappings_can_be_kept_without_any_system() {
    let desk = Desk::settled();
    let set = desk.run(&["map", "set", "store", "5", "account=LEEDS", "session=3", "--by", "Ada"]);
    assert_eq!(set.status.code(), Some(0), "{}", text(&set));
    desk.ok(&["map", "set", "sku", "--", "-old 1", "NEW-1"]);
    let mut said = vec![text(&set), desk.ok(&["map", "list"]), desk.ok(&["map", "list", "--json"])];
    let csv = desk.ok(&["map", "export"]);
    desk.write("mappings.csv", &csv.replace("session=3", "session=4"));
    said.push(csv);
    said.push(desk.ok(&["map", "import", "mappings.csv", "--dry-run"]));
    said.push(desk.ok(&["map", "import", "mappings.csv"]));
    said.push(desk.ok(&["map", "unset", "sku", "--", "-OLD 1"]));
    said.push(desk.ok(&["map", "list"]));
    desk.write("bad.csv", "kind,key,value\nsku,A,B\nshop,5,x\nstore,five,LEEDS\n");
    let bad = desk.run(&["map", "import", "bad.csv"]);
    assert_eq!(bad.status.code(), Some(2));
    said.push(text(&bad));
    insta::with_settings!({ filters => common::FILTERS.to_vec() }, {
        insta::assert_snapshot!(said.join("\n"));
    });
}

#[test]
fn what_looks_like_a_slip_in_a_file_wants_a_word_more() {
    let desk = Desk::settled();
    desk.ok(&["map", "set", "store", "5", "account=LEEDS", "session=3"]);
    let rows = "kind,key,value\nstore,6,account=YORK session=3\nstore,7,account=BATH session=8\n\
                store,8,account=DEAL session=8\n";
    desk.write("stores.csv", rows);
    let tried = desk.ok(&["map", "import", "stores.csv", "--dry-run"]);
    assert_eq!(tried.matches("doubtful").count(), 2, "{tried}");
    let refused = desk.run(&["map", "import", "stores.csv"]);
    let said = text(&refused);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("error[mapping-doubts]") && said.contains("--anyway"), "{said}");
    assert!(said.contains("store 6: store 5 has session 3 already"), "{said}");
    assert!(said.contains("store 8: store 7 of the file has the same session"), "{said}");
    assert!(!desk.ok(&["map", "list", "store"]).contains("YORK"), "nothing was changed");
    desk.ok(&["map", "import", "stores.csv", "--anyway"]);
    assert!(desk.ok(&["map", "list", "store"]).contains("YORK"));
}

#[test]
fn buffers_can_be_kept_without_any_system() {
    let desk = Desk::settled();
    desk.ok(&["map", "set", "vat", "20", "1"]);
    let buffer = |args: &[&str]| desk.ok(&[&["stock", "buffer"][..], args].concat());
    let mut said = vec![buffer(&["set", "sku", "ABC-1", "2"])];
    said.push(buffer(&["set", "prefix", "COAT-", "10%>=1", "--store", "5"]));
    said.push(buffer(&["set", "store", "1", "--store", "5"]));
    said.push(buffer(&["set", "default", "0.5", "--json"]));
    said.push(buffer(&["list"]));
    said.push(buffer(&["list", "--json"]));
    said.push(buffer(&["unset", "sku", "abc-1"]));
    for case in [
        &["stock", "buffer", "set", "sku", "ABC-1", "many"][..],
        &["stock", "buffer", "set", "sku", "2"],
        &["stock", "buffer", "set", "store", "2"],
        &["stock", "buffer", "unset", "sku", "abc-1"],
        &["stock", "show", "ABC-1"],
    ] {
        let output = desk.run(case);
        assert_ne!(output.status.code(), Some(0), "{case:?}");
        said.push(format!("$ daybook {}\n{}", case.join(" "), text(&output)));
    }
    for case in ["differences", "oversold", "suggest"] {
        said.push(text(&desk.run(&["stock", case])));
        said.push(desk.ok(&["stock", case, "--json"]));
    }
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn months_and_evidence_need_no_system() {
    let desk = Desk::settled();
    desk.ok(&["map", "set", "store", "5", "account=LEEDS", "session=3", "--by", "Ada"]);
    let mut said = Vec::new();
    let close = ["period", "close", "2026-10", "--reason", "complete"];
    for case in [
        &["evidence", "verify"][..],
        &["evidence", "verify", "--json"],
        &["period", "list"],
        &["period", "list", "--json"],
        &close,
        &["period", "reopen", "2026-10", "--reason", "late tills"],
        &["period", "approve", "2026-10", "--reason", " "],
        &["period", "show", "October"],
        &[
            "reconcile",
            "--month",
            "2026-10",
            "--csv",
            "pack",
            "--xlsx",
            "a.xlsx",
            "--html",
            "a.html",
        ],
        &["reconcile", "--xlsx", "a.xlsx"],
    ] {
        let output = desk.run(case);
        let code = output.status.code();
        said.push(format!("$ daybook {}\n{}exit {code:?}", case.join(" "), text(&output)));
    }
    let csv = std::fs::read_to_string(desk.path("pack/2026-10-control.csv")).unwrap();
    assert!(csv.contains("equal") && !csv.contains("NOT EQUAL"), "{csv}");
    assert!(std::fs::read(desk.path("a.xlsx")).unwrap().starts_with(b"PK"));
    assert!(std::fs::read_to_string(desk.path("a.html")).unwrap().contains("The figures tie"));
    insta::with_settings!({ filters => common::FILTERS.to_vec() }, {
        insta::assert_snapshot!(said.join("\n\n"));
    });
}

#[test]
fn an_empty_book_is_listed_shown_and_copied() {
    let desk = Desk::settled();
    desk.ok(&["map", "set", "vat", "20", "1"]);
    let list = desk.run(&["exceptions", "list"]);
    assert_eq!((list.status.code(), text(&list).trim()), (Some(0), "no exceptions are open"));
    // Nothing to fill the command with: capitals stand for it.
    let cause = desk.ok(&["exceptions", "show", "sku-unmapped"]);
    assert!(cause.contains("daybook map set sku SUBJECT CODE"), "{cause}");
    assert_eq!(desk.ok(&["entries", "--json"]), "{\n  \"entries\": [],\n  \"next\": null\n}\n");
    let strays = desk.ok(&["entries", "--stray", "--json"]);
    assert_eq!(strays, "{\n  \"strays\": [],\n  \"kept\": 0\n}\n");
    // A day that nobody has compared is not closed.
    let show = desk.run(&["reconcile", "show", "--day", "2026-11-24", "--json"]);
    assert_eq!(show.status.code(), Some(3), "{}", text(&show));
    assert!(text(&show).starts_with("{\n  \"days\": []\n}\n"), "{}", text(&show));
    let sign = ["reconcile", "sign", "--day", "2026-11-24", "--store", "5", "--reason", "agreed"];
    let sign = desk.run(&sign);
    assert_eq!(sign.status.code(), Some(1));
    assert!(text(&sign).contains("error[day-not-compared]"), "{}", text(&sign));
    desk.ok(&["backup", "copy.db"]);
    assert!(desk.path("copy.db").exists());
    let nowhere = desk.run(&["backup", "no/where/copy.db"]);
    assert!(text(&nowhere).contains("error[backup-target]"), "{}", text(&nowhere));
    let again = desk.run(&["backup", "copy.db"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again).contains("error[store-backup]"), "{}", text(&again));
}

#[test]
fn a_copy_is_proved_put_back_and_never_over_a_book() {
    let desk = Desk::settled();
    desk.ok(&["map", "set", "vat", "20", "1"]);
    desk.ok(&["backup", "copy.db"]);
    assert!(desk.ok(&["restore", "--verify", "copy.db"]).contains("can be put back"));
    let refused = desk.run(&["restore", "copy.db", "--json"]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
    assert!(text(&refused).contains("store-not-empty"), "{}", text(&refused));
    std::fs::rename(desk.path("daybook.db"), desk.path("lost.db")).unwrap();
    assert!(desk.ok(&["restore", "copy.db"]).contains("looks every order up"));
    assert!(desk.ok(&["map", "list"]).contains("vat"));
    assert!(desk.ok(&["evidence", "verify"]).contains("nothing was changed"));
    assert_eq!(desk.run(&["restore"]).status.code(), Some(2));
}

#[test]
fn pages_of_the_manual_are_made_from_the_command_line() {
    let desk = Desk::new();
    desk.ok(&["man", "."]);
    let page = std::fs::read_to_string(desk.path("daybook.1")).unwrap();
    assert!(page.contains(".TH daybook 1"), "{page}");
    assert!(desk.path("daybook-restore.1").exists());
}

#[test]
fn the_default_configuration_is_printed_and_can_be_used() {
    let desk = Desk::new();
    let default = desk.ok(&["config", "--default"]);
    desk.write("daybook.toml", &default);
    assert!(desk.ok(&["config", "--changed"]).contains("daybook.toml"));
    desk.write("daybook.toml", "[sitoo]\npassword = \"hunter2\"\n");
    let shown = desk.ok(&["config", "--changed", "--json"]);
    assert!(!shown.contains("hunter2"));
    insta::assert_snapshot!(shown);
}

#[test]
fn shells_complete() {
    let desk = Desk::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(desk.ok(&["completions", shell]).contains("exceptions"));
    }
}

#[test]
fn people_are_let_in_from_the_terminal() {
    let desk = Desk::new();
    desk.write("daybook.toml", "[web.access]\npassword-memory-kib = 64\npassword-passes = 1\n");
    let mut said = Vec::new();
    for case in [
        &["people", "list"][..],
        &["people", "invite", "--name", "Ada Finch", "--login", "ada@example.com"],
        &[
            "people",
            "invite",
            "--name",
            "Ada Finch",
            "--login",
            "Ada@example.com",
            "--role",
            "admin",
            "--store",
            "5",
        ],
        &["people", "invite", "--name", "ada finch", "--login", "mo", "--role", "retail"],
        &["people", "invite", "--name", "Mo", "--login", "mo", "--role", "boss"],
        &["people", "reset", "ADA FINCH", "--second-factor"],
        &["people", "reset", "Zoe"],
        &["people", "disable", "Ada Finch"],
        &["people", "list", "--json"],
    ] {
        let output = desk.run(case);
        let code = output.status.code();
        said.push(format!("$ daybook {}\n{}exit {code:?}", case.join(" "), text(&output)));
    }
    insta::with_settings!({ filters => [
        (r"/join/[\w-]{43}", "/join/[secret]"),
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "[moment]"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "[moment]"),
        (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
    ] }, {
        insta::assert_snapshot!(said.join("\n"));
    });
}
