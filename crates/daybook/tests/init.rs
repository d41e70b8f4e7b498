//! Setting up, by the program itself against the sandbox: from nothing to a posted sale, with every
//! wrong answer named, and nothing written over.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod common;

use std::{
    fs,
    io::{Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    process::{Command, Output, Stdio},
    sync::mpsc,
    time::Duration,
};

use common::{Desk, text};
use daybook_connectors::{Clock as _, SystemClock};
use daybook_sandbox::{
    day::{LENGTH, TradingDay},
    faults::{ErrorBody, Fault, Matcher},
    orderwise::{Area, Purpose},
    sitoo,
};
use daybook_testkit::{live::Live, pg};
use serde_json::Value;

/// Long, because a test must not fail only because the machine is busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// A shop with a day behind it.
async fn shop(transactions: usize) -> Live {
    let live = Live::start(11).await;
    let opening = SystemClock.now().micros() / 1_000_000 - LENGTH;
    TradingDay::plan(11, &live.retailer, transactions)
        .starting(opening)
        .play_all(&live.sandbox.sitoo);
    live
}

/// Good answers; `book` is where the book is to be.
fn answers(live: &Live, book: &str) -> String {
    let (sitoo, orderwise) = live.addresses();
    let sessions: Vec<String> = live
        .retailer
        .stores
        .iter()
        .map(|store| format!("{} = \"session={}\"\n", store.warehouse_id, store.session_id))
        .collect();
    format!(
        "[sitoo]\nbase-url = \"{sitoo}\"\napi-id = \"{}\"\npassword-file = \"till\"\n\
         [orderwise]\nbase-url = \"{orderwise}\"\nuser = \"daybook\"\npassword-file = \"erp\"\n\
         per-second = 0\n\
         [orderwise.exports.order-lookup]\nid = 101\n[orderwise.exports.despatches]\nid = 106\n\
         [orderwise.exports.order-totals]\nid = 102\n[orderwise.exports.order-lines]\nid = 103\n\
         [book]\nurl = \"{book}\"\n\
         [receive]\nfirst-order-id = 1\n\
         [web]\nlisten = \"127.0.0.1:0\"\nevents-user = \"sitoo\"\n\
         [init]\naccept = \"likely\"\nfind-exports = [99, 100, 101, 102, 103, 104, 105, 106]\n\
         [mapping.store]\n{}",
        sitoo::API_ID,
        sessions.concat(),
    )
}

/// A desk with files of passwords and answers.
fn desk(answers: &str) -> Desk {
    let desk = Desk::new();
    desk.write("till", &format!("{}\n", sitoo::PASSWORD));
    desk.write("erp", "sandbox\n");
    for file in ["till", "erp"] {
        let private = fs::Permissions::from_mode(0o600);
        fs::set_permissions(desk.path(file), private).unwrap();
    }
    desk.write("answers.toml", answers);
    fs::create_dir(desk.path("live")).unwrap();
    desk
}

/// Runs it with the events' password in the environment.
fn init(desk: &Desk, more: &[&str]) -> Output {
    let args = [&["init", "--answers", "answers.toml", "--output", "live"], more].concat();
    desk.command(&args).env("DAYBOOK_WEB__EVENTS_PASSWORD", "s3cret-events").output().unwrap()
}

fn json(output: &Output) -> Value {
    let said = std::str::from_utf8(&output.stdout).unwrap();
    serde_json::from_str(said).unwrap_or_else(|error| panic!("{error}: {}", text(output)))
}

/// Each line that is not as it should be says what to do.
fn all_hinted(lines: &Value) {
    for line in lines.as_array().unwrap() {
        let state = line["state"].as_str().unwrap();
        let has_hint = line["hint"].as_str().is_some_and(|hint| hint.len() > 10);
        assert!(has_hint || !matches!(state, "failed" | "warning"), "{line:#}");
    }
}

async fn from_nothing_to_a_posted_sale(book: &str) {
    let live = shop(60).await;
    let desk = desk(&answers(&live, book));
    let done = init(&desk, &["--json"]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    let told = json(&done);
    assert_eq!(told["set_up"], true);
    all_hinted(&told["check"]["lines"]);
    all_hinted(&told["checked"]);
    // Definitions that nobody named were found by their columns.
    let found = |purpose: &str| {
        let exports = told["exports"].as_array().unwrap();
        exports.iter().find(|one| one["purpose"] == purpose).unwrap_or(&Value::Null)["id"].clone()
    };
    assert_eq!((found("variants"), found("stock-levels")), (105.into(), 104.into()));
    // Each proposal says how sure it is and why, and what is not accepted is named.
    let proposed = told["proposed"].as_array().unwrap();
    assert!(proposed.iter().all(|one| !one["reason"].as_str().unwrap().is_empty()));
    assert!(proposed.iter().any(|one| one["accepted"] == false), "{proposed:#?}");
    for one in proposed.iter().filter(|one| one["accepted"] == false) {
        let left = told["left"].as_array().unwrap();
        assert!(
            left.iter().any(|it| it["key"] == one["key"] && it["kind"] == one["kind"]),
            "{one:#}"
        );
    }

    // The settings hold no password, and can be read by their owner alone.
    let settings = fs::read_to_string(desk.path("live/daybook.toml")).unwrap();
    assert!(settings.contains("# Address of the account"), "{settings}");
    let said = text(&done);
    for secret in ["s3cret-events", "sandbox\""] {
        assert!(!settings.contains(secret) && !said.contains(secret), "{secret}");
    }
    let events = desk.path("live/web.events-password");
    assert_eq!(fs::read_to_string(&events).unwrap(), "s3cret-events\n");
    assert_eq!(fs::metadata(&events).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!desk.path("live/sitoo.password").exists(), "a named file is not copied");

    // A sandbox day goes through.
    let check = desk.run(&["check", "--config", "live/daybook.toml"]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check));
    let synced = desk.run(&["sync", "sales", "--config", "live/daybook.toml", "--json"]);
    assert!(matches!(synced.status.code(), Some(0 | 3)), "{}", text(&synced));
    let posted = json(&synced)["report"]["posted"].as_u64().unwrap();
    assert!(posted > 20, "{posted}: {}", text(&synced));
    assert!(live.sandbox.orderwise.document_count() >= usize::try_from(posted).unwrap());

    // A SKU is not mapped to what OrderWise does not have, unless somebody insists.
    let set = ["map", "set", "sku", "OLD-1", "NO-SUCH-THING", "--config", "live/daybook.toml"];
    let refused = desk.run(&set);
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
    assert!(text(&refused).contains("error[no-such-variant]"), "{}", text(&refused));
    desk.ok(&[&set[..], &["--anyway"]].concat());
    // Nor a tender to a payment method that is in no list, nor two stores to one session.
    for (row, code) in [
        (["payment", "Voucher", "99"], "no-such-id"),
        (["store", "77", "account=A location=99"], "no-such-id"),
        (["store", "77", "account=A session=11"], "session-of-another-store"),
    ] {
        let refused =
            desk.run(&[&["map", "set"][..], &row, &["--config", "live/daybook.toml"]].concat());
        assert_eq!(refused.status.code(), Some(2), "{row:?}: {}", text(&refused));
        assert!(text(&refused).contains(&format!("error[{code}]")), "{}", text(&refused));
    }

    // A book that is in use is never set up anew.
    let again = init(&desk, &["--overwrite", "--json"]);
    assert_eq!(again.status.code(), Some(1), "{}", text(&again));
    let said = text(&again);
    assert!(said.contains("never set up anew") && said.contains("can post them twice"), "{said}");
    // Its settings can be written again, and it stays as it is.
    let rows = desk.ok(&["map", "list", "--config", "live/daybook.toml"]);
    fs::remove_file(desk.path("live/daybook.toml")).unwrap();
    let kept = init(&desk, &["--keep-book", "--overwrite", "--json"]);
    assert_eq!(kept.status.code(), Some(0), "{}", text(&kept));
    assert_eq!(json(&kept)["kept_book"], true);
    assert_eq!(rows, desk.ok(&["map", "list", "--config", "live/daybook.toml"]));
    let again = desk.run(&["sync", "sales", "--config", "live/daybook.toml", "--json"]);
    assert_eq!(json(&again)["report"]["posted"], 0, "{}", text(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_a_posted_sale_on_sqlite() {
    Box::pin(from_nothing_to_a_posted_sale("sqlite:daybook.db")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_a_posted_sale_on_postgresql() {
    let url = pg::fresh_database().await;
    Box::pin(from_nothing_to_a_posted_sale(&url)).await;
    pg::drop_database(&url).await;
}

/// Answers with one thing changed, and what has to be said about it.
struct Wrong {
    what: &'static str,
    from: &'static str,
    to: &'static str,
    exit: i32,
    says: &'static str,
}

const WRONG: &[Wrong] = &[
    Wrong {
        what: "API id of Sitoo",
        from: "api-id = \"90001-1\"",
        to: "api-id = \"90001-9\"",
        exit: 1,
        says: "correct sitoo.api-id and its password",
    },
    Wrong {
        what: "account of Sitoo",
        from: "/v2/accounts/90001",
        to: "/v2/accounts/90009",
        exit: 1,
        says: "correct sitoo.",
    },
    Wrong {
        what: "user of OrderWise",
        from: "user = \"daybook\"",
        to: "user = \"nobody\"",
        exit: 1,
        says: "authentication failed",
    },
    Wrong {
        what: "address without https",
        from: "[orderwise]\nbase-url = \"http://",
        to: "[orderwise]\nbase-url = \"",
        exit: 2,
        says: "write it with https://",
    },
    Wrong {
        what: "number of the web shop",
        from: "[orderwise]\n",
        to: "site = 7\n[orderwise]\n",
        exit: 1,
        says: "correct sitoo.site",
    },
    Wrong {
        what: "currency",
        from: "[receive]\n",
        to: "[policy]\ncurrencies = [\"pounds\"]\n[receive]\n",
        exit: 2,
        says: "three capital letters",
    },
    Wrong {
        what: "virtual directory",
        from: "/OWAPI\"",
        to: "/nowhere\"",
        exit: 1,
        says: "correct the virtual directory",
    },
    Wrong {
        what: "export definition",
        from: "order-lookup]\nid = 101",
        to: "order-lookup]\nid = 777",
        exit: 1,
        says: "export definition not found",
    },
    Wrong {
        what: "another export definition",
        from: "order-lookup]\nid = 101",
        to: "order-lookup]\nid = 105",
        exit: 1,
        says: "order-lookup.sql anew",
    },
    Wrong {
        what: "folder of the book",
        from: "sqlite:daybook.db",
        to: "sqlite:no/where/daybook.db",
        exit: 1,
        says: "make the folder",
    },
    Wrong {
        what: "a password in the file",
        from: "password-file = \"erp\"",
        to: "password = \"hunter2\"",
        exit: 2,
        says: "error[init-secret-in-answers]",
    },
    Wrong {
        what: "a mapping",
        from: "\"session=",
        to: "\"sessio=",
        exit: 2,
        says: "is not a field of store",
    },
    Wrong {
        what: "the file of a password",
        from: "\"erp\"",
        to: "\"missing\"",
        exit: 2,
        says: "error[config-secret-file]",
    },
    Wrong {
        what: "what is accepted",
        from: "accept = \"likely\"",
        to: "accept = \"everything\"",
        exit: 2,
        says: "init.accept",
    },
];

#[tokio::test(flavor = "multi_thread")]
async fn each_wrong_answer_is_named_with_what_to_do_and_nothing_is_written() {
    let live = shop(5).await;
    let good = answers(&live, "sqlite:daybook.db");
    for wrong in WRONG {
        let bad = good.replace(wrong.from, wrong.to);
        assert_ne!(bad, good, "{}", wrong.what);
        let desk = desk(&bad);
        let told = init(&desk, &[]);
        let said = text(&told);
        assert_eq!(told.status.code(), Some(wrong.exit), "{}: {said}", wrong.what);
        assert!(said.contains(wrong.says), "{}: {said}", wrong.what);
        assert!(!said.contains("hunter2"), "{said}");
        let left = fs::read_dir(desk.path("live")).unwrap().count();
        assert_eq!(left, 0, "{}", wrong.what);
        if wrong.exit == 1 {
            all_hinted(&json(&init(&desk, &["--json"]))["checked"]);
        }
    }
}

#[test]
fn what_fits_its_type_and_cannot_work_is_told_with_the_rest() {
    let desk = desk(
        "[init]\ndays = \"many\"\naccept = \"sure\"\n[sitoo]\nbase-url = \"ftp:x\"\n\
         [orderwise]\nuser = 5\ntime-zone = \"Europe/Londn\"\n[policy]\n\
         currencies = [\"pounds\"]\n[receive]\nfirst-day = \"26.11.2026\"\n\
         [mapping.store]\n5 = \"sesion=3\"\n",
    );
    let told = json(&init(&desk, &["--json"]));
    let faults = told["faults"].as_array().unwrap().iter();
    let said: Vec<&str> = faults.map(|fault| fault["what"].as_str().unwrap()).collect();
    for key in [
        "init.days",
        "init.accept",
        "sitoo.base-url",
        "orderwise.user",
        "orderwise.time-zone",
        "policy.currencies",
        "receive.first-day",
        "mapping.store.5",
    ] {
        let named = said.iter().filter(|what| what.contains(&format!("{key}: ")));
        assert_eq!(named.count(), 1, "{key}: {said:?}");
    }
}

#[test]
fn every_fault_of_the_answers_is_told_at_once() {
    let desk = desk(
        "[sitoo]\nbas-url = \"https://x\"\nsite = \"one\"\n[web]\nlisten = \"here\"\n\
         [shop]\nname = \"x\"\n[mapping.shop]\n5 = \"x\"\n",
    );
    let told = init(&desk, &["--json"]);
    assert_eq!(told.status.code(), Some(2), "{}", text(&told));
    let faults = json(&told)["faults"].as_array().unwrap().clone();
    assert!(faults.len() >= 5, "{faults:#?}");
    for fault in &faults {
        assert!(!fault["code"].as_str().unwrap().is_empty(), "{fault:#}");
        assert!(!fault["hint"].as_str().unwrap().is_empty(), "{fault:#}");
    }
    // A password in the database's address is one, too.
    desk.write("answers.toml", "[book]\nurl = \"postgres://ada:hunter2@db/book\"\n");
    let told = init(&desk, &[]);
    assert_eq!(told.status.code(), Some(2));
    assert!(text(&told).contains("error[init-secret-in-answers]: book.url"), "{}", text(&told));
    assert!(!text(&told).contains("hunter2"), "{}", text(&told));
    desk.write("answers.toml", "");
    let told = init(&desk, &[]);
    assert_eq!(told.status.code(), Some(2));
    for key in [
        "sitoo.base-url",
        "sitoo.api-id",
        "sitoo.password",
        "orderwise.base-url",
        "orderwise.user",
        "orderwise.password",
        "orderwise.exports.order-lookup.id",
    ] {
        assert!(text(&told).contains(key), "{key}: {}", text(&told));
    }
}

#[test]
fn without_a_terminal_it_says_what_to_do() {
    let desk = Desk::new();
    let told = desk.command(&["init"]).stdin(Stdio::null()).output().unwrap();
    assert_eq!(told.status.code(), Some(2));
    assert!(text(&told).contains("error[init-no-terminal]"), "{}", text(&told));
    assert!(text(&told).contains("--answers-example"), "{}", text(&told));
}

#[test]
fn the_example_of_answers_can_be_read() {
    let desk = desk("");
    let example = desk.ok(&["init", "--answers-example"]);
    desk.write("answers.toml", &example);
    let told = init(&desk, &[]);
    // Only what cannot be known is missing: the passwords' files.
    assert_eq!(told.status.code(), Some(2), "{}", text(&told));
    assert!(!text(&told).contains("config-unknown-key"), "{}", text(&told));
    assert!(text(&told).contains("config-secret-file"), "{}", text(&told));
}

/// A book that is lost, or a first trial: what it posted is in OrderWise and in no other book.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_book_over_posted_days_looks_before_it_sends() {
    let live = shop(20).await;
    let desk = desk(&answers(&live, "sqlite:first.db"));
    let synced = || {
        let synced = desk.run(&["sync", "sales", "--config", "live/daybook.toml", "--json"]);
        json(&synced)["report"].clone()
    };
    let first = init(&desk, &["--json"]);
    assert_eq!(json(&first)["posted_already"]["found"], 0, "{}", text(&first));
    let report = synced();
    assert_eq!(report["looked_up"], 0, "{report:#}");
    let posted = live.sandbox.orderwise.document_count();
    assert!(posted > 10, "{posted}");
    // It was lost some time ago: the tills sold on, and of the latest none is posted.
    TradingDay::plan(12, &live.retailer, 25)
        .starting(SystemClock.now().micros() / 1_000_000 - LENGTH)
        .play_all(&live.sandbox.sitoo);
    desk.write("answers.toml", &answers(&live, "sqlite:second.db"));
    let second = init(&desk, &["--overwrite", "--json"]);
    let found = json(&second)["posted_already"]["found"].as_u64().unwrap();
    assert!(found > 0, "{}", text(&second));
    let report = synced();
    // All that the first book posted is found; what is new waits its settling time.
    assert_eq!(report["adopted"], posted, "{report:#}");
    assert_eq!(report["not_posted"], 0, "nothing was sent that is there: {report:#}");
    let new = report["posted"].as_u64().unwrap();
    let documents = live.sandbox.orderwise.document_count();
    assert_eq!(documents, posted + usize::try_from(new).unwrap(), "{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_over_unless_that_is_asked_for() {
    let live = shop(5).await;
    let desk = desk(&answers(&live, "sqlite:daybook.db"));
    let mine = "[sitoo]\nbase-url = \"https://mine\"\n";
    desk.write("live/daybook.toml", mine);
    let told = init(&desk, &[]);
    assert_eq!(told.status.code(), Some(2), "{}", text(&told));
    assert!(text(&told).contains("error[init-exists]"), "{}", text(&told));
    assert_eq!(fs::read_to_string(desk.path("live/daybook.toml")).unwrap(), mine);
    fs::remove_file(desk.path("live/daybook.toml")).unwrap();
    desk.write("live/web.events-password", "old\n");
    let told = init(&desk, &[]);
    assert!(text(&told).contains("web.events-password is there already"), "{}", text(&told));
    assert_eq!(fs::read_to_string(desk.path("live/web.events-password")).unwrap(), "old\n");
    let told = init(&desk, &["--overwrite"]);
    assert_eq!(told.status.code(), Some(0), "{}", text(&told));
    assert!(text(&told).contains("Next:"), "{}", text(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_of_a_package_are_filled_in_and_kept_beside() {
    let live = shop(5).await;
    let answers = answers(&live, "");
    let desk = desk(&answers.replace("[book]\nurl = \"\"\n", ""));
    desk.write("live/daybook.toml", "[book]\nurl = \"sqlite:kept/daybook.db\"\n[sitoo]\n");
    fs::create_dir(desk.path("live/kept")).unwrap();
    fs::create_dir(desk.path("live/credentials")).unwrap();
    let told = init(&desk, &[]);
    assert_eq!(told.status.code(), Some(0), "{}", text(&told));
    assert!(desk.path("live/kept/daybook.db").exists());
    assert!(desk.path("live/credentials/web.events-password").exists());
    assert!(desk.path("live/daybook.toml.before-init").exists());
    let settings = fs::read_to_string(desk.path("live/daybook.toml")).unwrap();
    assert!(settings.contains("kept/daybook.db"), "{settings}");
    // Files of passwords that lie elsewhere are copied: the service would not see them there.
    assert!(!settings.contains("password-file"), "{settings}");
    for (key, secret) in [("sitoo", sitoo::PASSWORD), ("orderwise", "sandbox")] {
        let copy = desk.path(&format!("live/credentials/{key}.password"));
        assert_eq!(fs::read_to_string(copy).unwrap(), format!("{secret}\n"));
    }
    assert!(text(&told).contains("audit --report /var/lib/daybook/gaps.html"), "{}", text(&told));
    assert!(text(&told).contains("sudo daybook-admin"), "{}", text(&told));
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_that_lie_in_the_package_s_folder_are_used() {
    let live = shop(5).await;
    let answers = answers(&live, "sqlite:daybook.db")
        .replace("password-file = \"till\"\n", "")
        .replace("password-file = \"erp\"\n", "");
    let desk = desk(&answers);
    fs::create_dir(desk.path("live/credentials")).unwrap();
    desk.write("live/credentials/sitoo.password", sitoo::PASSWORD);
    desk.write("live/credentials/orderwise.password", "sandbox");
    let args = ["init", "--answers", "answers.toml", "--output", "live"];
    let mut command = desk.command(&args);
    // As the package's `daybook-admin` runs it.
    command.env("CREDENTIALS_DIRECTORY", "live/credentials");
    command.env("DAYBOOK_COMMAND", "sudo daybook-admin");
    command.env("DAYBOOK_WEB__EVENTS_PASSWORD", "s3cret-events");
    let told = command.output().unwrap();
    assert!(matches!(told.status.code(), Some(0 | 3)), "{}", text(&told));
    let settings = fs::read_to_string(desk.path("live/daybook.toml")).unwrap();
    assert!(!settings.contains("password-file"), "{settings}");
    let again = command.output().unwrap();
    assert!(text(&again).contains("error[init-exists]"), "{}", text(&again));
    assert!(!text(&again).contains("--output"), "{}", text(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_that_must_wait_is_told_by_the_exit_code() {
    let live = shop(5).await;
    let answers = answers(&live, "sqlite:daybook.db");
    let answers = answers.replace("accept = \"likely\"", "accept = \"none\"");
    let (answers, _) = answers.split_once("[mapping.store]").unwrap();
    let desk = desk(answers);
    let told = init(&desk, &[]);
    assert_eq!(told.status.code(), Some(3), "{}", text(&told));
}

/// A desk that is set up.
fn healthy(live: &Live) -> Desk {
    let desk = desk(&answers(live, "sqlite:daybook.db"));
    let done = init(&desk, &[]);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    desk
}

fn check(desk: &Desk) -> Output {
    desk.run(&["check", "--config", "live/daybook.toml", "--json"])
}

/// The line of a name; every line is looked at for its hint.
fn line(desk: &Desk, name: &str) -> Value {
    let told = json(&check(desk));
    all_hinted(&told["lines"]);
    let lines = told["lines"].as_array().unwrap();
    lines.iter().find(|line| line["name"] == name).unwrap_or(&Value::Null).clone()
}

fn hint(line: &Value) -> &str {
    line["hint"].as_str().unwrap_or_else(|| panic!("no hint: {line:#}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_names_rights_definitions_and_clocks() {
    let live = shop(20).await;
    let desk = healthy(&live);
    let erp = &live.sandbox.orderwise;
    // Nothing was posted yet: no row shows whether the number is the right one's.
    let totals = line(&desk, "order-totals");
    assert_eq!((&totals["state"], &totals["stops"]), (&"unverified".into(), &Value::Array(vec![])));
    // Rights that the API user's group lacks.
    for area in [Area::ExportDefinitions, Area::ValueLists, Area::Customers] {
        erp.permit(area, false);
    }
    let lookup = line(&desk, "order-lookup");
    assert!(hint(&lookup).contains("API Export Definitions"), "{lookup:#}");
    assert_eq!(lookup["stops"], serde_json::json!(["sales"]), "{lookup:#}");
    for area in [Area::ExportDefinitions, Area::ValueLists, Area::Customers] {
        erp.permit(area, true);
    }
    // SQL that somebody edited, and a definition that is gone.
    erp.set_alias(Purpose::Variants, "sku", Some("code"));
    erp.set_export(Purpose::StockLevels, 9_104);
    let variants = line(&desk, "variants");
    assert!(variants["detail"].as_str().unwrap().contains("sku"), "{variants:#}");
    assert!(hint(&variants).contains("exports.variants.columns"), "{variants:#}");
    let stock = line(&desk, "stock-levels");
    assert!(hint(&stock).contains("exports.stock-levels.id"), "{stock:#}");
    assert_eq!(stock["stops"], serde_json::json!(["stock"]));
    erp.reset_aliases();
    erp.set_export(Purpose::StockLevels, 104);
    // A mapping that names what is not there.
    let map = ["map", "set", "vat", "gift-card", "77", "--config", "live/daybook.toml"];
    desk.ok(&[&map[..], &["--anyway"]].concat());
    let row = line(&desk, "row");
    assert!(row["detail"].as_str().unwrap().contains("gift-card names tax rate 77"), "{row:#}");
    let map = ["map", "set", "payment", "cash", "99", "--config", "live/daybook.toml"];
    desk.ok(&[&map[..], &["--anyway"]].concat());
    let row = line(&desk, "row");
    assert!(row["detail"].as_str().unwrap().contains("payment method 99"), "{row:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_to_do_whatever_the_line_does() {
    let live = shop(5).await;
    let desk = healthy(&live);
    let faults = [
        Fault::Outage,
        Fault::CutBefore,
        Fault::HtmlPage { status: 200 },
        Fault::HtmlPage { status: 404 },
        Fault::MalformedJson,
        Fault::ErrorInOk,
        Fault::EmptyUnauthorised,
        Fault::TooManyRequests { retry_after_s: Some(1) },
        Fault::ServerError { status: 500, body: ErrorBody::Html },
    ];
    for fault in faults {
        for system in [&live.sandbox.sitoo_faults, &live.sandbox.orderwise_faults] {
            for _ in 0..40 {
                system.put(fault, Matcher::default());
            }
            let told = check(&desk);
            system.clear();
            assert_eq!(told.status.code(), Some(1), "{}: {}", fault.name(), text(&told));
            let told = json(&told);
            all_hinted(&told["lines"]);
            let failed = told["lines"].as_array().unwrap().iter();
            let mut failed = failed.filter(|line| line["state"] == "failed");
            let stops = failed.next().unwrap()["stops"].as_array().unwrap().clone();
            assert!(stops.contains(&"sales".into()), "{}: {stops:?}", fault.name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_lists_what_to_do_in_the_order_to_do_it() {
    let live = shop(5).await;
    let desk = healthy(&live);
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(desk.path("till"), open).unwrap();
    live.sandbox.orderwise.set_credentials("daybook", "changed");
    let said = text(&desk.run(&["check", "--config", "live/daybook.toml"]));
    let todo = said.split("What to do, in this order:").nth(1).unwrap();
    assert!(todo.trim_start().starts_with("1. FAILED orderwise sign-in (stops sales"), "{said}");
    assert!(todo.contains("chmod 600"), "{said}");
}

/// The program at a terminal of its own; `script` of util-linux makes one.
struct Terminal {
    child: std::process::Child,
    said: mpsc::Receiver<Vec<u8>>,
    heard: String,
}

impl Terminal {
    fn start(desk: &Desk) -> Self {
        let program = assert_cmd::cargo::cargo_bin!("daybook").display().to_string();
        let mut child = Command::new("script")
            .args(["-qec", &format!("{program} init --output live"), "/dev/null"])
            .current_dir(desk.path(""))
            .env_clear()
            .envs([("USER", "ada"), ("PATH", "/usr/bin:/bin"), ("TERM", "dumb")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = child.stdout.take().unwrap();
        let (tell, said) = mpsc::channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4_096];
            while let Ok(count @ 1..) = out.read(&mut buffer) {
                if tell.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, said, heard: String::new() }
    }

    /// Waits for the first of several questions; gives which, and what was said before it.
    fn wait(&mut self, asked: &[&str]) -> (usize, String) {
        loop {
            let found = asked.iter().enumerate().filter_map(|(which, asks)| {
                let at = self.heard.find(asks)?;
                Some((at, which, at + asks.len()))
            });
            if let Some((_, which, end)) = found.min() {
                return (which, self.heard.drain(..end).collect());
            }
            match self.said.recv_timeout(PATIENCE) {
                Ok(said) => self.heard.push_str(&String::from_utf8_lossy(&said)),
                Err(error) => panic!("{asked:?} was not asked: {error}: {}", self.heard),
            }
        }
    }

    fn say(&mut self, answer: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{answer}").unwrap();
    }

    /// Waits for a question and answers it.
    fn answer(&mut self, asks: &str, answer: &str) {
        self.wait(&[asks]);
        self.say(answer);
    }

    /// Waits for its end; gives the rest of what it said.
    fn end(mut self) -> (Option<i32>, String) {
        while let Ok(said) = self.said.recv_timeout(PATIENCE) {
            self.heard.push_str(&String::from_utf8_lossy(&said));
        }
        drop(self.child.stdin.take());
        (self.child.wait().unwrap().code(), self.heard)
    }
}

/// Stops after a wrong password was corrected and a wrong directory was not.
fn stops(desk: &Desk, sitoo: &str, host: &str) {
    let mut at = Terminal::start(desk);
    // What cannot be meant is told at once.
    at.answer("Address, as Backoffice", sitoo::API_ID);
    at.answer("is no address such as", sitoo);
    at.answer("API id", sitoo::API_ID);
    at.answer("Its password", "Mistyped-1");
    let (_, seen) = at.wait(&["Number of the web shop"]);
    assert!(!seen.contains("Mistyped"), "a password is not shown: {seen}");
    at.say("");
    // It is tried at once, and can be corrected on the spot.
    at.answer("(c)orrect", "c");
    at.answer("Address, as Backoffice", "");
    at.answer("API id", "");
    at.answer("(Enter: as before)", sitoo::PASSWORD);
    at.answer("Number of the web shop", "");
    at.answer("Address of its API", host);
    at.answer("virtual directory", "nowhere");
    at.answer("API user", "daybook");
    at.answer("Its password", "sandbox");
    at.answer("Time zone of its server", "");
    at.answer("(c)orrect", "s");
    let (code, said) = at.end();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("error[init-stopped]"), "{said}");
    let draft = fs::read_to_string(desk.path("live/daybook-init.toml")).unwrap();
    assert!(draft.contains(sitoo) && !draft.contains(sitoo::PASSWORD), "{draft}");
    assert!(!desk.path("live/daybook.toml").exists());
}

/// Goes on with what was answered, up to the mappings.
fn goes_on(desk: &Desk, orderwise: &str) -> Terminal {
    let mut at = Terminal::start(desk);
    at.answer("(g)o on with it", "g");
    at.answer("Address, as Backoffice", "");
    at.answer("API id", "");
    at.answer("Its password", sitoo::PASSWORD);
    at.answer("Number of the web shop", "");
    at.answer("Address of its API", orderwise);
    at.answer("API user", "");
    at.answer("Its password", "sandbox");
    at.answer("Time zone of its server", "");
    at.answer("Numbers to look among", "99-106");
    // A new company has no documents yet, so some do not show what they are.
    let mut found = 0;
    while let (0, said) = at.wait(&["(y)es, (n)o:", "Id of order-lookup"]) {
        let is_sure = said.contains("certain:") || said.contains("likely:");
        found += usize::from(is_sure);
        at.say(if is_sure { "y" } else { "n" });
    }
    assert_eq!(found, 3, "order-lookup, variants and stock-levels show what they are");
    at.say("");
    at.answer("Id of variants", "");
    at.answer("Id of order-totals", "102");
    at.answer("Id of order-lines", "103");
    at.answer("Id of stock-levels", "");
    at.answer("Id of despatches", "106");
    at.answer("Where: sqlite", "");
    // The till's own currency and zone are known: another one is corrected where it is asked.
    at.answer("Currency", "eur");
    at.answer("Time zone of the tills", "");
    at.answer("(c)orrect", "c");
    at.answer("Currency", "GBP");
    at.answer("Time zone of the tills", "");
    at.answer("First day", "24/11/2026");
    at.answer("write it as 2026-11-24", "");
    at.answer("Address and port", "127.0.0.1:0");
    at.answer("Address by which people", "");
    at.answer("User that Sitoo sends", "sitoo");
    at.answer("Password that Sitoo sends", "");
    at
}

/// Accepts what is certain at once, and of the rest what is likely; gives how many sessions were
/// asked for.
fn accepts(at: &mut Terminal) -> i32 {
    let asked = ["(a)ll, (o)ne by one, (n)one", "(s)kip the rest of them", "Session of ", "Write "];
    let (mut sessions, mut edited) = (0, false);
    loop {
        let (which, said) = at.wait(&asked);
        match which {
            0 => at.say("a"),
            1 if said.contains("likely:") => at.say("y"),
            // What can be typed is said; nothing leaves it as it was.
            1 if !edited => {
                edited = true;
                at.say("e");
                at.answer("Fields to change of", "");
            }
            1 => at.say("n"),
            2 => {
                sessions += 1;
                at.say(&(10 + sessions).to_string());
            }
            _ => return sessions,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_asked_corrects_stops_and_goes_on() {
    let live = shop(15).await;
    let desk = desk("");
    let (sitoo, orderwise) = live.addresses();
    let (host, _) = orderwise.rsplit_once('/').unwrap();

    stops(&desk, &sitoo, host);
    let mut at = goes_on(&desk, &orderwise);
    let sessions = accepts(&mut at);
    at.say("y");
    let (code, said) = at.end();
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(sessions, 3, "one a store");
    assert!(said.contains("Next:") && !said.contains(sitoo::PASSWORD), "{said}");
    assert!(!desk.path("live/daybook-init.toml").exists());
    let secret = fs::read_to_string(desk.path("live/sitoo.password")).unwrap();
    assert_eq!(secret.trim(), sitoo::PASSWORD);
    let check = desk.run(&["check", "--config", "live/daybook.toml"]);
    assert_eq!(check.status.code(), Some(0), "{}", text(&check));
}
