//! The pages of the causes are made from the catalogue, so that they cannot drift from it.
//!
//! `DAYBOOK_WRITE_DOCS=1 cargo test -p daybook-domain --test causes_pages` writes them.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its pages cannot go on")]

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use daybook_domain::{
    causes::{Cause, CauseRow, Owner, Scope, Severity},
    mapping::MappingKind,
};

const HINT: &str =
    "write them anew: DAYBOOK_WRITE_DOCS=1 cargo test -p daybook-domain --test causes_pages";
const MADE: &str = "<!-- Made from crates/domain/src/causes/table.rs: change that, not this. -->\n";

/// A pause of a store ends with a probe, not with the mapping itself.
const STORE_PAUSE: &str = "\
The store is tried again by itself, after a pause that grows up to `[posting.breaker-backoff] longest`.
Each try uses today's mapping; the first transaction that OrderWise takes ends the pause.";

/// What OrderWise refused with a text nobody knows.
const SLOWLY: &str = "\
It is sent again by itself now and then (`[posting.backoff] longest`), until OrderWise takes it or
`[posting] attempts-limit` is reached. `daybook exceptions retry REFERENCE` does it at once.";

/// What no state of an entry holds back.
const FOR_THE_RECORD: &str = "\
It stops no transaction. It stays listed until a person has seen to it and says so, with a reason and a name.";

/// A day that closes takes its exception with it.
const WITH_ITS_DAY: &str = "\
It closes by itself when the day is closed: when both sides say the same again, or when a person has signed what
stays (`daybook reconcile sign`). `[reconcile] open-limit` says how long after its night a day may stay open.";

/// What is set aside is read again, and not decided anew.
const READ_AGAIN: &str = "\
It closes by itself when Sitoo shows the order closed or cancelled: an event makes it be read, and so does
`daybook exceptions retry REFERENCE`. What is still open then is listed again.";

/// Files that are looked for in folders.
const BY_FILE: &str = "\
The folders are looked into every `[settlement] poll-every`. It closes by itself once the file is imported, or is
no longer there. A file is imported whole or not at all.";

/// Money that arrives after all.
const BY_MATCH: &str = "\
What is imported is matched at once. It closes by itself when the last of it is confirmed, or written off
(`daybook payouts write-off`). How long it may take: `[settlement] unsettled-after-days` and `at-bank-after-days`.";

/// Disputes.
const BY_REVERSAL: &str = "\
It closes by itself when a report reverses the chargeback. Dismissing it with a reason and a name ends it too, and
it is not told again.";

#[test]
fn every_cause_has_its_page_and_no_page_is_left_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/causes");
    let pages = pages();
    if env::var_os("DAYBOOK_WRITE_DOCS").is_some() {
        write(&folder, &pages);
    }
    let mut differs = Vec::new();
    for (name, page) in &pages {
        let there = fs::read_to_string(folder.join(name)).unwrap_or_default();
        if there != *page {
            differs.push(format!("{name} is missing or out of date"));
        }
    }
    for name in there(&folder) {
        if !pages.contains_key(&name) {
            differs.push(format!("{name} belongs to no cause"));
        }
    }
    assert!(differs.is_empty(), "docs/causes: {}\n{HINT}", differs.join("; "));
}

/// All pages by file name.
fn pages() -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> = Cause::ALL
        .iter()
        .map(|cause| (format!("{}.md", cause.code()), page(cause.entry())))
        .collect();
    pages.insert("README.md".to_owned(), index());
    pages
}

fn page(row: &CauseRow) -> String {
    let mut page = format!("{MADE}# {}\n\n{}\n\n", row.title, row.sentence);
    page.push_str("| | |\n|---|---|\n");
    for (name, value) in [
        ("code", format!("`{}`", row.code)),
        ("who clears it", owner(row.owner).to_owned()),
        ("how soon", how_soon(row.severity).to_owned()),
        ("what stands still", stands_still(row).to_owned()),
    ] {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let _ = write!(page, "\n## How to clear it\n\n{}\n\n```sh\n{}\n```\n", row.fix, command(row));
    if row.command.contains('{') {
        page.push_str("\n`daybook exceptions show` prints the command with its names filled in.\n");
    }
    let _ = write!(page, "\n## What releases it\n\n{}\n", releases(row));
    page.push_str("\n[All causes](README.md)\n");
    page
}

fn index() -> String {
    let mut page = format!("{MADE}# Causes of exceptions\n\n");
    page.push_str(
        "An exception waits for a person. `daybook exceptions list` shows what is open, grouped by \
         cause; each\ncause has a page here. A code never changes once it is released.\n",
    );
    for who in [Owner::Finance, Owner::Retail, Owner::It] {
        let _ = write!(page, "\n## For {}\n\n", owner(who));
        page.push_str("| cause | what it is | how soon |\n|---|---|---|\n");
        for row in Cause::ALL.iter().map(|cause| cause.entry()).filter(|row| row.owner == who) {
            let (code, soon) = (row.code, how_soon(row.severity));
            let _ = writeln!(page, "| [`{code}`]({code}.md) | {} | {soon} |", row.title);
        }
    }
    page
}

/// The command with the names that a person fills in.
fn command(row: &CauseRow) -> String {
    row.command_for("SUBJECT", "REFERENCE")
}

const fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Finance => "finance",
        Owner::Retail => "retail operations",
        Owner::It => "IT",
    }
}

const fn how_soon(severity: Severity) -> &'static str {
    match severity {
        Severity::Normal => "within the day",
        Severity::High => "soon: more will follow, or the books may be wrong",
        Severity::Critical => "now: a flow stands still",
    }
}

const fn stands_still(row: &CauseRow) -> &'static str {
    if matches!(row.cause, Cause::OrderIdLeap | Cause::OrderWithoutId) {
        return "nothing but this order; the others go on";
    }
    if matches!(row.cause, Cause::DayNotClosed) {
        return "closing the month; tills and postings go on";
    }
    match (row.scope, row.released_by) {
        (Scope::System, Some(MappingKind::Status)) => {
            "nothing but what depends on the status: closing the loop of these orders"
        }
        (Scope::Entry, _) => "this transaction, and the returns that depend on it",
        (Scope::Store, _) => "the transactions of the store that need it; other stores go on",
        (Scope::Product, _) => {
            "the products it names, at the tills; sales and other products go on"
        }
        (Scope::Payout, _) => "nothing: sales, stock and postings go on",
        (Scope::System, Some(_)) => "each transaction that needs it, in every store",
        (Scope::System, None) => "the whole flow with this system; nothing is lost meanwhile",
    }
}

const BY_STATUS: &str = "A mapping of kind `status` for the text ends it at the next read of \
    OrderWise; so does the text's\ndisappearance from the orders that are followed.";
const FOLLOWED: &str = "The sale itself is posted. Both sides are looked at every `[despatch] \
    follow-every` while anything is to come,\nand this closes by itself once they agree. \
    Dismissing it with a reason and a name ends it too, and it is not told again.";

fn releases(row: &CauseRow) -> String {
    let kinds: Vec<String> = MappingKind::ALL
        .iter()
        .filter(|kind| row.cause.is_released_by(**kind))
        .map(|kind| format!("`{kind}`"))
        .collect();
    match row.cause {
        Cause::OrderwiseRefused => return SLOWLY.to_owned(),
        Cause::StatusUnknown => return BY_STATUS.to_owned(),
        Cause::DespatchLineUnknown
        | Cause::DespatchBeyondOrder
        | Cause::DespatchCorrected
        | Cause::DeliveryRefused
        | Cause::CancelledInOrderwise
        | Cause::CancelledInSitoo
        | Cause::HandedOverElsewhere
        | Cause::OrderNotClosed
        | Cause::DespatchedButOpen
        | Cause::PaidButNotMoving => return FOLLOWED.to_owned(),
        Cause::SessionUnknown | Cause::AccountUnknown => return STORE_PAUSE.to_owned(),
        Cause::PostedTwice
        | Cause::OrderIdGap
        | Cause::OrderIdLeap
        | Cause::OrderWithoutId
        | Cause::DoubtUnresolved
        | Cause::ChangedAfterPosting => return FOR_THE_RECORD.to_owned(),
        Cause::SettlementFile => return BY_FILE.to_owned(),
        Cause::PaymentUnsettled | Cause::PayoutNotAtBank => return BY_MATCH.to_owned(),
        Cause::Chargeback => return BY_REVERSAL.to_owned(),
        Cause::OrderLeftOpen => return READ_AGAIN.to_owned(),
        Cause::DayNotClosed => return WITH_ITS_DAY.to_owned(),
        _ => {}
    }
    if !kinds.is_empty() {
        return by_mapping(row, &kinds.join(" or "));
    }
    if row.scope == Scope::System {
        return "It closes by itself: the system is tried again after a pause that grows, and the \
                first call that\nsucceeds ends it."
            .to_owned();
    }
    let text = if row.command.starts_with("daybook exceptions dismiss") {
        "Dismissing the transaction with a reason and a name ends it. Until then it is decided anew \
         every\n`[posting] recheck-every`, and goes on by itself if nothing stands in its way any more."
    } else if row.command.starts_with("daybook exceptions retry") {
        "Trying again decides it anew, with today's mappings and settings. What is still wrong is \
         listed again."
    } else {
        "It is decided anew every `[posting] recheck-every`, and goes on by itself once its cause is \
         gone.\n`daybook exceptions retry REFERENCE` does it at once."
    };
    text.to_owned()
}

fn by_mapping(row: &CauseRow, kinds: &str) -> String {
    let mut text = format!(
        "A change of a mapping of kind {kinds} decides every transaction anew that waits for this \
         cause; those that\nnothing else stops are posted."
    );
    if row.released_by == Some(MappingKind::Sku) {
        text.push_str(
            "\nSo does a refresh of OrderWise's variants that finds the SKU changed \
             (`[reference] refresh-every`).",
        );
    }
    text
}

fn write(folder: &Path, pages: &BTreeMap<String, String>) {
    fs::create_dir_all(folder).unwrap();
    for name in there(folder) {
        if !pages.contains_key(&name) {
            fs::remove_file(folder.join(name)).unwrap();
        }
    }
    for (name, page) in pages {
        fs::write(folder.join(name), page).unwrap();
    }
}

/// File names of the pages that are there.
fn there(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>());
    let paths: Vec<PathBuf> = entries.unwrap_or_default().iter().map(fs::DirEntry::path).collect();
    paths.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
}
